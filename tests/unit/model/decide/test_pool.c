/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "model/decide/medium.h"
#include "model/decide/pool.h"

static const struct nb_pool_disc discs[] = {
	{ .name = "DB-A", .disc_id = "aa", .state = NB_DISC_GOOD },
	{ .name = "DB-B", .disc_id = "", .state = NB_DISC_UNUSED },
	{ .name = "DB-C", .disc_id = "cc", .state = NB_DISC_SUSPECT },
};

static void
fill(struct nb_pool_view *view)
{
	memset(view, 0, sizeof *view);
	for (size_t i = 0; i < sizeof discs / sizeof *discs; i++)
		nb_assert_ok(nb_array_push(&view->discs, discs[i]));
}

START_TEST(a_disc_is_found_by_id_and_by_name)
{
	struct nb_pool_view view;

	fill(&view);
	ck_assert_ptr_eq(nb_pool_by_id(&view, "cc"), &view.discs.at[2]);
	ck_assert_ptr_eq(nb_pool_by_name(&view, "DB-B"), &view.discs.at[1]);
	ck_assert_ptr_null(nb_pool_by_id(&view, "dd"));
	ck_assert_ptr_null(nb_pool_by_name(&view, "db-a"));
	nb_pool_view_clear(&view);
}
END_TEST

START_TEST(no_disc_is_found_by_an_empty_id)
{
	struct nb_pool_view view;

	fill(&view);
	ck_assert_ptr_null(nb_pool_by_id(&view, ""));
	nb_pool_view_clear(&view);
}
END_TEST

START_TEST(a_cleared_view_is_empty)
{
	struct nb_pool_view view;

	fill(&view);
	view.generation = 9;
	nb_pool_view_clear(&view);
	ck_assert_uint_eq(view.discs.count, 0);
	ck_assert_uint_eq(view.generation, 0);
	ck_assert_ptr_null(nb_pool_by_name(&view, "DB-A"));
}
END_TEST

START_TEST(what_is_on_a_disc_in_doubt_is_not_the_newest)
{
	struct nb_pool_view view;

	fill(&view);
	view.discs.at[0].generation = 3;
	view.discs.at[0].complete = 2;
	view.discs.at[1] = (struct nb_pool_disc){ .name = "DB-B",
						  .disc_id = "bb",
						  .state = NB_DISC_GOOD,
						  .generation = 4,
						  .complete = 4 };
	view.generation = view.complete = 4;
	nb_pool_doubt(&view, "bb");
	ck_assert_int_eq(view.discs.at[1].state, NB_DISC_SUSPECT);
	ck_assert_uint_eq(view.generation, 3);
	ck_assert_uint_eq(view.complete, 2);
	nb_pool_view_clear(&view);
}
END_TEST

/* As long as one disc has a complete backup, only those count. */
START_TEST(what_shrank_counts_if_somebody_says_so_and_there_is_no_other)
{
	struct nb_pool_view view;

	fill(&view);
	view.discs.at[0].generation = view.generation = 5;
	view.discs.at[2].generation = 7;
	view.discs.at[0].complete = view.complete = 4;
	strcpy(view.discs.at[0].alone, "tree www");
	nb_pool_accept_shrunk(&view);
	ck_assert_str_eq(view.discs.at[0].alone, "");
	ck_assert_str_eq(view.discs.at[0].accepted, "tree www");
	ck_assert_uint_eq(view.complete, 4);
	ck_assert_uint_eq(view.discs.at[0].complete, 4);
	view.discs.at[0].complete = view.complete = 0;
	nb_pool_accept_shrunk(&view);
	ck_assert_uint_eq(view.complete, 5);
	ck_assert_uint_eq(view.discs.at[0].complete, 5);
	ck_assert_uint_eq(view.discs.at[1].complete, 0);
	nb_pool_view_clear(&view);
}
END_TEST

static const char *const states[] = { "unused",  "good",    "suspect",
				      "blanked", "retired", "replaced" };

START_TEST(each_disc_state_has_a_name_that_leads_back_to_it)
{
	enum nb_disc_state state = NB_DISC_UNUSED;

	ck_assert_str_eq(nb_disc_state_name((enum nb_disc_state)_i),
			 states[_i]);
	ck_assert(nb_disc_state_parse(states[_i], &state));
	ck_assert_int_eq(state, _i);
}
END_TEST

START_TEST(an_unknown_disc_state_is_told)
{
	enum nb_disc_state state = NB_DISC_RETIRED;

	ck_assert(!nb_disc_state_parse("Good", &state));
	ck_assert(!nb_disc_state_parse("", &state));
	ck_assert_int_eq(state, NB_DISC_RETIRED);
}
END_TEST

static const char *const media[] = { "none",         "blank",  "appendable",
				     "overwritable", "closed", "damaged" };

START_TEST(each_medium_state_has_a_name)
{
	ck_assert_str_eq(nb_medium_state_name((enum nb_medium_state)_i),
			 media[_i]);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int
main(void)
{
	Suite *suite = suite_create("pool");
	TCase *tc = nb_test_case("pool", 10);

	tcase_add_test(tc, what_is_on_a_disc_in_doubt_is_not_the_newest);
	tcase_add_test(tc, a_disc_is_found_by_id_and_by_name);
	tcase_add_test(tc, no_disc_is_found_by_an_empty_id);
	tcase_add_test(tc, a_cleared_view_is_empty);
	tcase_add_test(
		tc,
		what_shrank_counts_if_somebody_says_so_and_there_is_no_other);
	tcase_add_loop_test(tc,
			    each_disc_state_has_a_name_that_leads_back_to_it, 0,
			    COUNT(states));
	tcase_add_test(tc, an_unknown_disc_state_is_told);
	tcase_add_loop_test(tc, each_medium_state_has_a_name, 0, COUNT(media));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
