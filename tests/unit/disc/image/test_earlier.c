/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdio.h>

#include "disc/image/earlier.h"
#include "disc/library.h"

/* With a search through a list, this many take minutes. */
#define MANY 100000

static IsoImage *iso;
static struct nb_earlier *earlier;

static void
begin(void)
{
	nb_assert_ok(nb_library_begin());
	ck_assert_int_eq(iso_image_new("TEST", &iso), 1);
	nb_assert_ok(nb_earlier_new(iso, &earlier));
}

static void
end(void)
{
	nb_earlier_free(earlier);
	iso_image_unref(iso);
	nb_library_end();
}

static IsoDir *
add_dir(IsoDir *parent, const char *name)
{
	IsoDir *dir = NULL;

	ck_assert_int_gt(iso_tree_add_new_dir(parent, name, &dir), 0);
	return dir;
}

static IsoNode *
add_node(IsoDir *parent, const char *name)
{
	IsoSymlink *link = NULL;

	ck_assert_int_gt(
		iso_tree_add_new_symlink(parent, name, "target", &link), 0);
	return (IsoNode *)link;
}

static IsoNode *
find(const char *id, const char *path)
{
	IsoNode *node = NULL;

	nb_assert_ok(nb_earlier_find(earlier, id, path, &node));
	return node;
}

START_TEST(a_node_is_found_in_its_own_backup_and_directory)
{
	IsoDir *root = iso_image_get_root(iso);
	IsoDir *one = add_dir(root, "one"), *two = add_dir(root, "two");
	IsoDir *deep = add_dir(add_dir(one, "d"), "d");
	IsoNode *a = add_node(one, "a"), *other = add_node(two, "a");
	IsoNode *below = add_node(deep, "a");

	ck_assert_ptr_eq(find("one", "a"), a);
	ck_assert_ptr_eq(find("two", "a"), other);
	ck_assert_ptr_eq(find("one", "d/d/a"), below);
	ck_assert_ptr_eq(find("one", "d/d"), (IsoNode *)deep);
	ck_assert_ptr_eq(find("one", ""), (IsoNode *)one);
}
END_TEST

static const struct {
	const char *id, *path;
} missing[] = {
	{ "none", "a" },     { "one", "b" }, { "one", "aa" },
	{ "one", "a/a" },    { "one", "d" }, { "one", "d/a" },
	{ "one", "../one" }, { "on", "a" },
};

START_TEST(what_is_not_there_is_not_found)
{
	add_node(add_dir(iso_image_get_root(iso), "one"), "a");
	ck_assert_ptr_null(find(missing[_i].id, missing[_i].path));
	ck_assert_ptr_nonnull(find("one", "a"));
}
END_TEST

START_TEST(a_node_that_was_moved_is_no_longer_there)
{
	IsoDir *root = iso_image_get_root(iso);
	IsoDir *one = add_dir(root, "one"), *two = add_dir(root, "two");
	IsoNode *a = add_node(one, "a"), *b = add_node(one, "b");

	ck_assert_ptr_eq(find("one", "a"), a);
	ck_assert_int_ge(iso_node_take(a), 0);
	ck_assert_int_ge(iso_dir_add_node(two, a, 0), 0);
	ck_assert_ptr_null(find("one", "a"));
	ck_assert_ptr_eq(find("one", "b"), b);
}
END_TEST

START_TEST(many_nodes_of_a_directory_are_found_in_seconds)
{
	IsoDir *one = add_dir(iso_image_get_root(iso), "one");
	char name[16];

	/* The last name first: libisofs' list is sorted. */
	for (int i = MANY; i-- > 0;) {
		snprintf(name, sizeof name, "%07d", i);
		add_node(one, name);
	}
	for (int i = MANY; i-- > 0;) {
		snprintf(name, sizeof name, "%07d", i);
		ck_assert_str_eq(iso_node_get_name(find("one", name)), name);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("earlier");
	TCase *tc = nb_test_case("earlier", 20);

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_node_is_found_in_its_own_backup_and_directory);
	tcase_add_loop_test(tc, what_is_not_there_is_not_found, 0,
			    sizeof missing / sizeof *missing);
	tcase_add_test(tc, a_node_that_was_moved_is_no_longer_there);
	tcase_add_test(tc, many_nodes_of_a_directory_are_found_in_seconds);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
