/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the writer makes the reader takes, at any size; or the writer refuses. */
#include "support.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/record/holding.h"
#include "model/record/json.h"
#include "model/record/manifest.h"

static struct nb_manifest m;
static struct nb_entries entries;
static struct nb_key key;

static void
set_up(void)
{
	m = (struct nb_manifest){
		.backup_id = "20260101T013000Z-1a2b",
		.generation = 1,
		.job = "nightly",
		.pool = "db",
		.host = "pg1.example.org",
		.created = 1767231000,
	};
	entries = (struct nb_entries)NB_ARRAY_INIT;
	memset(&key, 7, sizeof key);
}

static void
tear_down(void)
{
	nb_manifest_clear(&m);
	nb_entries_free(&entries);
}

static struct nb_entry *
add_file(struct nb_entries *to, size_t number)
{
	struct nb_entry e = { .type = NB_ENTRY_FILE, .hashed = true };

	nb_assert_ok(
		nb_str_format(&e.path, "tree/www/a file, %zu.php", number));
	nb_assert_ok(nb_entries_add(to, &e));
	return &to->at[to->count - 1];
}

static struct nb_manifest_source *
add_source(const char *path)
{
	struct nb_manifest_source source = {
		.kind = strdup("tree"),
		.name = strdup("www"),
		.path = strdup(path),
	};

	nb_assert_ok(nb_array_push(&m.sources, source));
	return &m.sources.at[m.sources.count - 1];
}

/* Rendered, with a MAC or without, and read again. */
static void
check_both(size_t files, size_t members, size_t notes)
{
	for (int mac = 0; mac < 2; mac++) {
		struct nb_entries found = NB_ARRAY_INIT;
		struct nb_manifest read = { 0 };
		size_t length, seen_members = 0, seen_notes = 0;
		char *text;

		nb_assert_ok(nb_manifest_render(&m, &entries, &text, &length));
		if (mac)
			nb_assert_ok(nb_manifest_mac_add(&text, &length, &key));
		nb_assert_ok(nb_manifest_parse("manifest.json", text, length,
					       &read, &found));
		for (size_t i = 0; i < read.sources.count; i++) {
			seen_members += read.sources.at[i].members.count;
			seen_notes += read.sources.at[i].notes.count;
		}
		ck_assert_uint_eq(found.count, files);
		ck_assert_uint_eq(seen_members, members);
		ck_assert_uint_eq(seen_notes, notes);
		ck_assert_int_eq(
			nb_manifest_mac_of(text, length, &key, mac == 1),
			mac ? NB_MAC_GOOD : NB_MAC_NONE);
		nb_manifest_clear(&read);
		nb_entries_free(&found);
		free(text);
	}
}

START_TEST(no_file_and_one)
{
	check_both(0, 0, 0);
	add_file(&entries, 1);
	check_both(1, 0, 0);
}
END_TEST

START_TEST(many_files)
{
	size_t count = 100000 / nb_test_sample();

	for (size_t i = 0; i < count; i++)
		add_file(&entries, i);
	check_both(count, 0, 0);
}
END_TEST

/* What is known only when all files were read has its room already. */
static size_t
length_now(struct nb_manifest *read, struct nb_entries *found)
{
	size_t length;
	char *text;

	nb_assert_ok(nb_manifest_render(&m, &entries, &text, &length));
	nb_assert_ok(nb_manifest_parse("m", text, length, read, found));
	free(text);
	return length;
}

START_TEST(what_is_lost_while_it_is_read_changes_no_length)
{
	static char kind[] = "tree", name[] = "www", other[] = "w \"2\"";
	const struct nb_shrink may[] = {
		{ .kind = kind,
		  .name = name,
		  .what = NB_SHRINK_CONTENT,
		  .before = UINT64_MAX,
		  .now = UINT64_MAX },
		{ .kind = kind,
		  .name = other,
		  .what = NB_SHRINK_CONTENT,
		  .before = UINT64_MAX,
		  .now = UINT64_MAX },
	};
	const struct nb_shrinks more = { (struct nb_shrink *)may, 2, 0 };
	const struct nb_shrink one = {
		.kind = kind,
		.name = other,
		.what = NB_SHRINK_FILES,
		.before = 40,
		.now = 1,
	};
	size_t first = 0;

	add_file(&entries, 1)->tolerant = true;
	nb_assert_ok(nb_manifest_reserve(&m, &more));
	for (int torn = 0; torn < 3; torn++) {
		struct nb_manifest read = { 0 };
		struct nb_entries found = NB_ARRAY_INIT;
		size_t length;

		entries.at[0].torn = torn > 0;
		entries.at[0].lost = torn > 1;
		if (torn)
			nb_assert_ok(nb_shrinks_add(&m.shrinks, &one));
		length = length_now(&read, &found);
		first = first ? first : length;
		ck_assert_uint_eq(length, first);
		ck_assert_int_eq(found.at[0].torn, torn > 0);
		ck_assert_int_eq(found.at[0].lost, torn > 1);
		ck_assert_uint_eq(read.shrinks.count, (size_t)torn);
		nb_manifest_clear(&read);
		nb_entries_free(&found);
	}
}
END_TEST

START_TEST(many_members_of_an_archive)
{
	struct nb_manifest_source *source = add_source("tree/www.tar.zst");
	size_t count = 50000 / nb_test_sample();

	add_file(&entries, 1);
	free(entries.at[0].path);
	entries.at[0].path = strdup(source->path);
	for (size_t i = 0; i < count; i++)
		add_file(&source->members, i);
	check_both(1, count, 0);
}
END_TEST

START_TEST(many_sources_with_many_notes)
{
	char path[600];
	size_t count = 19 / nb_test_sample() + 1;

	memset(path, 'x', sizeof path);
	path[sizeof path - 1] = '\0';
	add_file(&entries, 1);
	for (size_t i = 0; i < count; i++) {
		struct nb_manifest_source *source = add_source("tree/www");

		for (size_t k = 0; k < NB_NOTES_MAX; k++)
			nb_assert_ok(nb_manifest_source_note(
				source, NB_NOTE_CHANGED, path, k));
	}
	check_both(1, 0, count * NB_NOTES_MAX);
}
END_TEST

/* Not burned first and found to be unreadable afterwards. */
START_TEST(more_than_a_reader_takes_is_refused)
{
	size_t length, size = (size_t)2 << 20;
	struct nb_entry *e = add_file(&entries, 1);
	struct nb_xattr attr = { .name = strdup("user.note"),
				 .value = calloc(1, size),
				 .size = size };
	char *text;

	nb_assert_ok(nb_array_push(&e->xattrs, attr));
	nb_assert_fails(nb_manifest_render(&m, &entries, &text, &length),
			NB_EFULL,
			"error: tree/www/a file, 1.php: its name, extended "
			"attributes and holes are too large for the "
			"manifest\n");
}
END_TEST

/* ---- the memory that reading takes ---- */

static size_t used, most;

static void *
counted(size_t size)
{
	void *p = malloc(size);

	used += p ? malloc_usable_size(p) + 2 * sizeof(size_t) : 0;
	most = used > most ? used : most;
	return p;
}

static void
uncounted(void *p)
{
	used -= p ? malloc_usable_size(p) + 2 * sizeof(size_t) : 0;
	free(p);
}

/* Many of one of these; the members of an object have different names. */
static const char *const shapes[] = {
	"[]",
	"{}",
	"1",
	"\"\"",
	"null",
	"[1]",
	"[[[[[]]]]]",
	"{\"\":1}",
	"{\"a\":{}}",
	"{\"path\":\"a/b\",\"what\":\"flags\",\"size\":0}",
	"{\"name\":\"public.table\",\"rows\":12345678}",
	"\"\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\"",
	"1.5",
	"member",
	"list",
};

#define SHAPE ((size_t)1 << 20)

static void
make_shape(const char *shape, struct nb_str *s)
{
	bool members = !strcmp(shape, "member"), list = !strcmp(shape, "list");
	const char *comma = "";

	nb_str_add(s, list ? "{\"a\":[[" : "{\"a\":{\"a\":[], \"b\":");
	nb_str_add(s, list ? "" : members ? "{" : "[");
	for (unsigned int i = 0; s->length < SHAPE / nb_test_sample(); i++) {
		nb_str_add(s, comma);
		if (members)
			nb_str_addf(s, "\"%x\":0", i);
		else
			nb_str_add(s, list ? "],[1" : shape);
		comma = list ? "" : ",";
	}
	nb_str_add(s, list ? "]]}" : members ? "}}}" : "]}}");
}

START_TEST(the_memory_that_json_takes_is_known_before)
{
	struct nb_str s = NB_STR_INIT;
	json_t *root = NULL;

	make_shape(shapes[_i], &s);
	used = most = 0;
	json_set_alloc_funcs(counted, uncounted);
	nb_assert_ok(nb_json_load("test", s.text, s.length, &root));
	json_decref(root);
	json_set_alloc_funcs(malloc, free);
	ck_assert_uint_eq(used, 0);
	ck_assert_msg(most <= nb_json_cost(s.text, s.length),
		      "%zu bytes, not %llu", most,
		      (unsigned long long)nb_json_cost(s.text, s.length));
	nb_str_free(&s);
}
END_TEST

/* 12 MB, which would take 600. */
START_TEST(a_head_that_takes_much_memory_is_refused)
{
	struct nb_manifest back;
	struct nb_entries files = NB_ARRAY_INIT;
	struct nb_str s = NB_STR_INIT;
	int few = nb_test_sample() > 1 ? 8 : 1;

	nb_str_add(&s, "{\"nightburn_manifest\":1,\"a\":[[]");
	for (int i = 0; i < 4000000 / few; i++)
		nb_str_add_bytes(&s, ",[]", 3);
	nb_str_add(&s, "],\n\"files\":[\n]}\n");
	ck_assert(!s.failed);
	nb_assert_fails(
		nb_manifest_parse("forged", s.text, s.length, &back, &files),
		NB_ECORRUPT, "error: forged: not a nightburn manifest\n");
	nb_str_free(&s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("manifest_size");
	TCase *tc = nb_test_case("manifest_size", 60);

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, no_file_and_one);
	tcase_add_test(tc, many_files);
	tcase_add_test(tc, what_is_lost_while_it_is_read_changes_no_length);
	tcase_add_test(tc, many_members_of_an_archive);
	tcase_add_test(tc, many_sources_with_many_notes);
	tcase_add_loop_test(tc, the_memory_that_json_takes_is_known_before, 0,
			    sizeof shapes / sizeof *shapes);
	tcase_add_test(tc, a_head_that_takes_much_memory_is_refused);
	tcase_add_test(tc, more_than_a_reader_takes_is_refused);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
