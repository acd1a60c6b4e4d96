/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "plan_scene.h"

static const struct {
	const char *discs, *generations, *next;
} turns[] = {
	{ "uu", NULL, "DB-A" },   { "gu", NULL, "DB-B" },
	{ "gb", NULL, "DB-B" },   { "gg", NULL, "DB-A" },
	{ "gg", "21", "DB-B" },   { "ggg", "231", "DB-C" },
	{ "ggg", "312", "DB-B" }, { "gub", NULL, "DB-B" },
	{ "ggg", "112", "DB-A" }, { "sgg", NULL, "DB-B" },
	{ "rsg", NULL, NULL },    { "g", NULL, NULL },
	{ "s", NULL, NULL },      { "", NULL, NULL },
};

START_TEST(the_turn_goes_to_an_unwritten_disc_and_then_to_the_oldest)
{
	struct situation s = { .discs = turns[_i].discs,
			       .generations = turns[_i].generations };
	const struct nb_pool_disc *next;
	struct scene scene;

	if (!s.discs[0])
		s.discs = "g";
	scene_set(&scene, &s);
	scene.pool.discs.count = strlen(turns[_i].discs);
	next = nb_rotation_next(&scene.pool);
	if (turns[_i].next)
		ck_assert_str_eq(next ? next->name : "none", turns[_i].next);
	else
		ck_assert_ptr_null(next);
}
END_TEST

START_TEST(every_reason_has_words_of_its_own)
{
	for (int i = 0; i < NB_REASON_COUNT; i++) {
		const char *code = nb_plan_reason_code((enum nb_plan_reason)i);
		const char *text = nb_plan_reason_text((enum nb_plan_reason)i);

		ck_assert_uint_lt(strlen(code), 32);
		ck_assert_uint_gt(strlen(text), 10);
		ck_assert_int_ne(text[strlen(text) - 1], '.');
		if (i >= NB_REASON_NO_DISC)
			ck_assert_ptr_nonnull(
				nb_plan_reason_hint((enum nb_plan_reason)i));
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(
				code,
				nb_plan_reason_code((enum nb_plan_reason)k));
	}
}
END_TEST

START_TEST(every_plan_has_its_name)
{
	ck_assert_str_eq(nb_plan_name(NB_PLAN_REFUSE), "refuse");
	ck_assert_str_eq(nb_plan_name(NB_PLAN_FRESH), "fresh");
	ck_assert_str_eq(nb_plan_name(NB_PLAN_APPEND), "append");
	ck_assert_str_eq(nb_plan_name(NB_PLAN_BLANK_FRESH), "blank-then-fresh");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("rotation");
	TCase *tc = nb_test_case("rotation", 10);

	tcase_add_loop_test(
		tc, the_turn_goes_to_an_unwritten_disc_and_then_to_the_oldest,
		0, (int)(sizeof turns / sizeof *turns));
	tcase_add_test(tc, every_reason_has_words_of_its_own);
	tcase_add_test(tc, every_plan_has_its_name);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
