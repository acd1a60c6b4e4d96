/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/record/entry.h"

static void
add(struct nb_entries *list, const char *path, enum nb_entry_type type,
    uint64_t size)
{
	struct nb_entry e = { .type = type, .size = size };

	e.path = strdup(path);
	nb_assert_ok(nb_entries_add(list, &e));
}

START_TEST(an_added_entry_belongs_to_the_list)
{
	struct nb_entries list = NB_ARRAY_INIT;
	struct nb_entry e = { .path = strdup("a"),
			      .target = strdup("t"),
			      .root_path = strdup("r"),
			      .data = strdup("d") };
	const char *path = e.path;

	nb_assert_ok(nb_entries_add(&list, &e));
	ck_assert_uint_eq(list.count, 1);
	ck_assert_ptr_eq(list.at[0].path, path);
	nb_entries_free(&list);
	ck_assert_uint_eq(list.count, 0);
	ck_assert_ptr_null(list.at);
}
END_TEST

START_TEST(clearing_an_entry_leaves_zeros)
{
	struct nb_entry e = { .path = strdup("a"),
			      .target = strdup("t"),
			      .mode = 0644,
			      .ino = 7 };
	struct nb_entry zero = { 0 };

	nb_entry_clear(&e);
	ck_assert_ptr_null(e.path);
	ck_assert_ptr_null(e.target);
	ck_assert_uint_eq(e.mode, zero.mode);
	ck_assert_uint_eq(e.ino, zero.ino);
}
END_TEST

START_TEST(text_is_copied_with_its_nul_bytes)
{
	struct nb_entries list = NB_ARRAY_INIT;
	char text[] = "a\0b";

	nb_assert_ok(nb_entries_add_text(&list, "README.txt", text, 3, 1234));
	text[0] = 'x';
	ck_assert_str_eq(list.at[0].path, "README.txt");
	ck_assert_int_eq(list.at[0].type, NB_ENTRY_FILE);
	ck_assert_int_eq(list.at[0].content, NB_CONTENT_MEMORY);
	ck_assert_uint_eq(list.at[0].mode, 0444);
	ck_assert_int_eq(list.at[0].mtime, 1234);
	ck_assert_uint_eq(list.at[0].size, 3);
	ck_assert_mem_eq(list.at[0].data, "a\0b", 4);
	nb_entries_free(&list);
}
END_TEST

START_TEST(a_directory_is_added_when_it_is_missing)
{
	struct nb_entries list = NB_ARRAY_INIT;

	nb_assert_ok(nb_entries_add_dir(&list, "nightburn", 5));
	nb_assert_ok(nb_entries_add_dir(&list, "nightburn", 6));
	ck_assert_uint_eq(list.count, 1);
	ck_assert_int_eq(list.at[0].type, NB_ENTRY_DIR);
	ck_assert_int_eq(list.at[0].content, NB_CONTENT_NONE);
	ck_assert_uint_eq(list.at[0].mode, 0755);
	ck_assert_uint_eq(list.at[0].uid, 0);
	ck_assert_uint_eq(list.at[0].gid, 0);
	ck_assert_int_eq(list.at[0].mtime, 5);
	nb_entries_free(&list);
}
END_TEST

START_TEST(paths_are_sorted_by_their_bytes)
{
	static const char *const given[] = { "b",   "a/b", "\xff", "a",
					     "a.b", "A",   "a b",  "日本" };
	static const char *const sorted[] = { "A",   "a", "a b",  "a.b",
					      "a/b", "b", "日本", "\xff" };
	struct nb_entries list = NB_ARRAY_INIT;

	for (size_t i = 0; i < sizeof given / sizeof *given; i++)
		add(&list, given[i], NB_ENTRY_FILE, i);
	nb_assert_ok(nb_entries_sort(&list));
	for (size_t i = 0; i < sizeof sorted / sizeof *sorted; i++)
		ck_assert_str_eq(list.at[i].path, sorted[i]);
	nb_entries_free(&list);
}
END_TEST

START_TEST(an_empty_list_is_sorted_and_searched)
{
	struct nb_entries list = NB_ARRAY_INIT;

	nb_assert_ok(nb_entries_sort(&list));
	ck_assert_ptr_null(nb_entries_find(&list, "a"));
	ck_assert_uint_eq(nb_entries_bytes(&list), 0);
}
END_TEST

START_TEST(a_path_that_stands_twice_is_refused_by_name)
{
	struct nb_entries list = NB_ARRAY_INIT;

	add(&list, "x/same", NB_ENTRY_FILE, 1);
	add(&list, "other", NB_ENTRY_FILE, 2);
	add(&list, "x/same", NB_ENTRY_DIR, 0);
	nb_assert_fails(nb_entries_sort(&list), NB_ECORRUPT,
			"error: x/same: is in the backup twice\n");
	nb_entries_free(&list);
}
END_TEST

static void
add_inode(struct nb_entries *list, const char *path, uint64_t dev, uint64_t ino)
{
	add(list, path, NB_ENTRY_FILE, 1);
	list->at[list->count - 1].dev = dev;
	list->at[list->count - 1].ino = ino;
}

/* As "path:ino" of each entry; every dev must be 0. */
static void
assert_links(const struct nb_entries *list, const char *expected)
{
	char text[256] = "";

	for (size_t i = 0; i < list->count; i++) {
		ck_assert_uint_eq(list->at[i].dev, 0);
		snprintf(text + strlen(text), sizeof text - strlen(text),
			 "%s:%u ", list->at[i].path,
			 (unsigned int)list->at[i].ino);
	}
	ck_assert_str_eq(text, expected);
}

START_TEST(hard_links_are_numbered_by_the_first_of_their_names)
{
	struct nb_entries list = NB_ARRAY_INIT;

	add_inode(&list, "e", 1, 700);
	add_inode(&list, "d", 1, 900);
	add_inode(&list, "c", 1, UINT64_MAX);
	add_inode(&list, "b", 1, 700);
	add_inode(&list, "a", 1, UINT64_MAX);
	add_inode(&list, "f", 1, UINT64_MAX);
	nb_assert_ok(nb_entries_sort(&list));
	assert_links(&list, "a:1 b:2 c:1 d:0 e:2 f:1 ");
	nb_entries_free(&list);
}
END_TEST

START_TEST(one_inode_number_on_two_devices_is_two_files)
{
	struct nb_entries list = NB_ARRAY_INIT;

	add_inode(&list, "a", 1, 7);
	add_inode(&list, "b", 2, 7);
	add_inode(&list, "c", 2, 7);
	nb_assert_ok(nb_entries_sort(&list));
	assert_links(&list, "a:0 b:2 c:2 ");
	nb_entries_free(&list);
}
END_TEST

START_TEST(entries_without_an_inode_are_never_linked)
{
	struct nb_entries list = NB_ARRAY_INIT;

	add_inode(&list, "a", 3, 0);
	add_inode(&list, "b", 3, 0);
	nb_assert_ok(nb_entries_sort(&list));
	assert_links(&list, "a:0 b:0 ");
	nb_entries_free(&list);
}
END_TEST

START_TEST(sorting_again_changes_nothing)
{
	struct nb_entries list = NB_ARRAY_INIT;

	add_inode(&list, "c", 9, 5);
	add_inode(&list, "b", 9, 4);
	add_inode(&list, "a", 9, 5);
	nb_assert_ok(nb_entries_sort(&list));
	nb_assert_ok(nb_entries_sort(&list));
	assert_links(&list, "a:1 b:0 c:1 ");
	nb_entries_free(&list);
}
END_TEST

START_TEST(each_of_many_entries_is_found)
{
	struct nb_entries list = NB_ARRAY_INIT;
	char path[32];

	for (int i = 0; i < 10000; i++) {
		snprintf(path, sizeof path, "d%d/f%d", i % 7,
			 (i * 7919) % 10000);
		add(&list, path, NB_ENTRY_FILE, (uint64_t)i);
	}
	nb_assert_ok(nb_entries_sort(&list));
	for (int i = 0; i < 10000; i++) {
		const struct nb_entry *e;

		snprintf(path, sizeof path, "d%d/f%d", i % 7,
			 (i * 7919) % 10000);
		e = nb_entries_find(&list, path);
		ck_assert_msg(e && e->size == (uint64_t)i, "%s", path);
	}
	ck_assert_ptr_null(nb_entries_find(&list, "d0/f"));
	ck_assert_ptr_null(nb_entries_find(&list, ""));
	nb_entries_free(&list);
}
END_TEST

START_TEST(only_files_count_in_the_sum_of_bytes)
{
	struct nb_entries list = NB_ARRAY_INIT;

	add(&list, "a", NB_ENTRY_FILE, 5000000000);
	add(&list, "b", NB_ENTRY_DIR, 4096);
	add(&list, "c", NB_ENTRY_SYMLINK, 10);
	add(&list, "d", NB_ENTRY_FILE, 3);
	ck_assert_uint_eq(nb_entries_bytes(&list), 5000000003);
	nb_entries_free(&list);
}
END_TEST

static const char *const types[] = { "file", "dir",   "symlink", "fifo",
				     "char", "block", "socket" };

START_TEST(each_type_has_a_name_that_leads_back_to_it)
{
	enum nb_entry_type type = NB_ENTRY_FILE;

	ck_assert_str_eq(nb_entry_type_name((enum nb_entry_type)_i), types[_i]);
	ck_assert(nb_entry_type_parse(types[_i], &type));
	ck_assert_int_eq(type, _i);
}
END_TEST

START_TEST(an_unknown_type_is_told)
{
	enum nb_entry_type type = NB_ENTRY_BLOCK;

	ck_assert(!nb_entry_type_parse("door", &type));
	ck_assert(!nb_entry_type_parse("", &type));
	ck_assert(!nb_entry_type_parse("File", &type));
	ck_assert_int_eq(type, NB_ENTRY_BLOCK);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("entry");
	TCase *tc = nb_test_case("entry", 10);

	tcase_add_test(tc, an_added_entry_belongs_to_the_list);
	tcase_add_test(tc, clearing_an_entry_leaves_zeros);
	tcase_add_test(tc, text_is_copied_with_its_nul_bytes);
	tcase_add_test(tc, a_directory_is_added_when_it_is_missing);
	tcase_add_test(tc, paths_are_sorted_by_their_bytes);
	tcase_add_test(tc, an_empty_list_is_sorted_and_searched);
	tcase_add_test(tc, a_path_that_stands_twice_is_refused_by_name);
	tcase_add_test(tc, hard_links_are_numbered_by_the_first_of_their_names);
	tcase_add_test(tc, one_inode_number_on_two_devices_is_two_files);
	tcase_add_test(tc, entries_without_an_inode_are_never_linked);
	tcase_add_test(tc, sorting_again_changes_nothing);
	tcase_add_test(tc, each_of_many_entries_is_found);
	tcase_add_test(tc, only_files_count_in_the_sum_of_bytes);
	tcase_add_loop_test(tc, each_type_has_a_name_that_leads_back_to_it, 0,
			    (int)(sizeof types / sizeof *types));
	tcase_add_test(tc, an_unknown_type_is_told);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
