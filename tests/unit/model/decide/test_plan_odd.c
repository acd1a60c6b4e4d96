/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts that contradict each other, as a damaged catalog would give them.
 */
#include "support.h"

#include <string.h>

#include "plan_scene.h"

#define OPEN .state = NB_MEDIUM_APPENDABLE
#define IN(disc) .label = NB_LABEL_GOOD, .free = 500, .in = (disc)
#define A IN(0), OPEN
#define B IN(1), OPEN

START_TEST(a_label_said_to_be_good_must_be_there)
{
	struct situation s = { .discs = "gg", A };
	struct nb_decision d;
	struct scene scene;

	scene_set(&scene, &s);
	scene.facts.label = NULL;
	d = nb_plan_decide(&scene.facts);
	ck_assert_int_eq(d.plan, NB_PLAN_REFUSE);
	ck_assert_int_eq(d.reason, NB_REASON_LABEL_UNREADABLE);
}
END_TEST

START_TEST(a_newest_generation_that_no_disc_holds_forbids_blanking)
{
	struct situation s = { .discs = "gg", A };
	struct nb_decision d;
	struct scene scene;

	scene_set(&scene, &s);
	scene.pool.generation = scene.pool.complete = 3;
	d = nb_plan_decide(&scene.facts);
	ck_assert_int_eq(d.plan, NB_PLAN_REFUSE);
	ck_assert_int_eq(d.reason, NB_REASON_LAST_GOOD);
}
END_TEST

START_TEST(a_good_disc_without_a_backup_is_a_conflict)
{
	struct situation s = { .discs = "gg", .generations = "02", A };
	struct nb_decision d;
	struct scene scene;

	scene_set(&scene, &s);
	strcpy(scene.discs[0].backup_id, scene.label.backup_id);
	d = nb_plan_decide(&scene.facts);
	ck_assert_int_eq(d.reason, NB_REASON_GENERATION_CONFLICT);
}
END_TEST

START_TEST(a_disc_blanked_in_the_catalog_is_a_conflict_with_any_label)
{
	struct situation s = { .discs = "bg", .generations = "02", A };
	struct nb_decision d;
	struct scene scene;

	scene_set(&scene, &s);
	scene.discs[0].generation = scene.label.generation = 1;
	scene.discs[0].complete = 1;
	strcpy(scene.discs[0].backup_id, scene.label.backup_id);
	d = nb_plan_decide(&scene.facts);
	ck_assert_int_eq(d.reason, NB_REASON_GENERATION_CONFLICT);
}
END_TEST

START_TEST(a_disc_newer_than_its_pool_is_a_conflict)
{
	struct situation s = { .discs = "gg", B };
	struct nb_decision d;
	struct scene scene;

	scene_set(&scene, &s);
	scene.pool.generation = scene.pool.complete = 1;
	d = nb_plan_decide(&scene.facts);
	ck_assert_int_eq(d.reason, NB_REASON_GENERATION_CONFLICT);
}
END_TEST

START_TEST(of_two_copies_of_the_newest_the_one_verified_last_counts)
{
	struct situation s = { .discs = "ggg",
			       .generations = "122",
			       A,
			       .limit = 10,
			       .verified_ago = 11 };
	struct nb_decision d;
	struct scene scene;

	scene_set(&scene, &s);
	scene.discs[1 + _i].verified = SCENE_NOW - 10;
	d = nb_plan_decide(&scene.facts);
	ck_assert_int_eq(d.plan, NB_PLAN_BLANK_FRESH);
	scene.discs[1 + _i].verified--;
	d = nb_plan_decide(&scene.facts);
	ck_assert_int_eq(d.reason, NB_REASON_OTHER_UNVERIFIED);
}
END_TEST

/* One that nobody could identify was seen since: it may be that one. */
START_TEST(of_two_copies_of_the_newest_the_one_that_was_read_counts)
{
	struct situation s = { .discs = "ggg", .generations = "122", A };
	struct nb_decision d;
	struct scene scene;

	scene_set(&scene, &s);
	scene.discs[1 + _i].unread = true;
	scene.discs[2 - _i].verified--;
	d = nb_plan_decide(&scene.facts);
	ck_assert_int_eq(d.plan, NB_PLAN_BLANK_FRESH);
	scene.discs[2 - _i].unread = true;
	d = nb_plan_decide(&scene.facts);
	ck_assert_int_eq(d.plan, NB_PLAN_REFUSE);
	ck_assert_int_eq(d.reason, NB_REASON_OTHER_UNREAD);
	ck_assert_str_eq(d.wanted, _i ? "DB-C" : "DB-B");
}
END_TEST

/* A larger disc would not help. */
START_TEST(a_full_file_system_is_no_disc_that_is_too_small)
{
	struct situation s = { .discs = "gg", A };
	struct nb_decision d;
	struct scene scene;

	scene_set(&scene, &s);
	scene.facts.need_fresh = scene.medium.capacity + 1;
	d = nb_plan_decide(&scene.facts);
	ck_assert_int_eq(d.reason, NB_REASON_TOO_LARGE_FOR_DISC);
	ck_assert_str_eq(nb_plan_hint(&d),
			 "use larger discs, compress more, or split the job");
	scene.medium.cramped = true;
	d = nb_plan_decide(&scene.facts);
	ck_assert_str_eq(nb_plan_hint(&d),
			 "free some space on the file system of the disc, "
			 "compress more, or split the job");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("plan_odd");
	TCase *tc = nb_test_case("plan_odd", 10);

	tcase_add_test(tc, a_label_said_to_be_good_must_be_there);
	tcase_add_test(tc,
		       a_newest_generation_that_no_disc_holds_forbids_blanking);
	tcase_add_test(tc, a_good_disc_without_a_backup_is_a_conflict);
	tcase_add_test(
		tc, a_disc_blanked_in_the_catalog_is_a_conflict_with_any_label);
	tcase_add_test(tc, a_disc_newer_than_its_pool_is_a_conflict);
	tcase_add_loop_test(
		tc, of_two_copies_of_the_newest_the_one_verified_last_counts, 0,
		2);
	tcase_add_loop_test(
		tc, of_two_copies_of_the_newest_the_one_that_was_read_counts, 0,
		2);
	tcase_add_test(tc, a_full_file_system_is_no_disc_that_is_too_small);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
