/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "disc/read/reader.h"

/* Sorted, with names around the directory that sort between. */
static char names[][8] = { "a",     "a-b",    "a/b",  "a/b-c",
			   "a/b/c", "a0/b/c", "aa/b", "b" };
#define NAMES (sizeof names / sizeof *names)

static struct nb_node at[NAMES];
static const struct nb_nodes nodes = { .at = at, .count = NAMES };

static const struct {
	const char *above, *path, *found;
} cases[] = {
	{ "a", "b", "a/b" },       { "a", "b/c", "a/b/c" },
	{ "a", "b-c", "a/b-c" },   { "a/b", "c", "a/b/c" },
	{ "a0", "b/c", "a0/b/c" }, { "aa", "b", "aa/b" },
	{ "a", "c", NULL },        { "a", "", NULL },
	{ "b", "c", NULL },        { "c", "b", NULL },
	{ "a-", "b", NULL },       { "aaa", "b", NULL },
	{ "a/b/c", "d", NULL },    { "0", "b", NULL },
};

START_TEST(a_node_is_found_beneath_a_directory)
{
	const struct nb_node *node;

	for (size_t i = 0; i < NAMES; i++)
		at[i].entry.path = names[i];
	node = nb_nodes_find_beneath(&nodes, cases[_i].above, cases[_i].path);
	ck_assert_int_eq(node != NULL, cases[_i].found != NULL);
	if (node)
		ck_assert_str_eq(node->entry.path, cases[_i].found);
}
END_TEST

START_TEST(nothing_is_found_among_no_nodes)
{
	const struct nb_nodes none = NB_ARRAY_INIT;

	ck_assert_ptr_null(nb_nodes_find_beneath(&none, "a", "b"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nodes");
	TCase *tc = nb_test_case("nodes", 20);

	tcase_add_loop_test(tc, a_node_is_found_beneath_a_directory, 0,
			    sizeof cases / sizeof *cases);
	tcase_add_test(tc, nothing_is_found_among_no_nodes);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
