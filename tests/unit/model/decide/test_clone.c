/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "model/decide/clone.h"

#define ID "00112233445566778899aabbccddeeff"
#define OTHER_ID "ff112233445566778899aabbccddeeff"

static const struct nb_clone_marker marker = {
	.name = "standby",
	.id = OTHER_ID,
	.installation = ID,
	.source = "uuid",
	.finished = 10,
	.checked = 5,
	.files = 12345,
};

START_TEST(a_marker_is_read_as_it_was_written)
{
	struct nb_clone_marker back;
	char *text;

	nb_assert_ok(nb_clone_render(&marker, &text));
	nb_assert_ok(nb_clone_parse("m", text, strlen(text), &back));
	ck_assert_str_eq(back.name, "standby");
	ck_assert_str_eq(back.id, OTHER_ID);
	ck_assert_str_eq(back.installation, ID);
	ck_assert_str_eq(back.source, "uuid");
	ck_assert_int_eq(back.finished, 10);
	ck_assert_int_eq(back.checked, 5);
	ck_assert_uint_eq(back.files, 12345);
	free(text);
}
END_TEST

START_TEST(what_is_no_marker_is_refused)
{
	struct nb_clone_marker back;

	nb_assert_fails(nb_clone_parse("m", "{\"name\": 1}", 11, &back),
			NB_ECORRUPT, "error: m: not the marker of a clone\n");
}
END_TEST

/* A good clone that may be written, and one fact that changes it. */
enum change {
	NOTHING,
	SOURCE_MARKED,
	SOURCE_EMPTY,
	NOT_MOUNTED,
	SAME,
	NEW,
	NEW_INIT,
	NEW_FULL,
	NEW_FORCE,
	DAMAGED,
	DAMAGED_FORCE,
	INIT,
	INIT_FORCE,
	INSTALLATION,
	NAME,
	SOURCE
};

static const struct {
	enum change change;
	enum nb_clone_verdict answer;
} cases[] = {
	{ NOTHING, NB_CLONE_PERMIT },
	{ SOURCE_MARKED, NB_CLONE_FROM_CLONE },
	{ SOURCE_EMPTY, NB_CLONE_SOURCE_EMPTY },
	{ NOT_MOUNTED, NB_CLONE_NOT_MOUNTED },
	{ SAME, NB_CLONE_SAME_FILE_SYSTEM },
	{ NEW, NB_CLONE_NO_CLONE },
	{ NEW_INIT, NB_CLONE_PERMIT },
	{ NEW_FULL, NB_CLONE_NOT_EMPTY },
	{ NEW_FORCE, NB_CLONE_PERMIT },
	{ DAMAGED, NB_CLONE_MARKER_DAMAGED },
	{ DAMAGED_FORCE, NB_CLONE_MARKER_DAMAGED },
	{ INIT, NB_CLONE_ALREADY },
	{ INIT_FORCE, NB_CLONE_ALREADY },
	{ INSTALLATION, NB_CLONE_OTHER_INSTALLATION },
	{ NAME, NB_CLONE_OTHER_NAME },
	{ SOURCE, NB_CLONE_OTHER_SOURCE },
};

static struct nb_clone_facts
facts_of(enum change c)
{
	bool new = c == NEW || c == NEW_INIT || c == NEW_FULL || c == NEW_FORCE;

	return (struct nb_clone_facts){
		.name = c == NAME ? "other" : "standby",
		.installation = c == INSTALLATION ? OTHER_ID : ID,
		.source = c == SOURCE ? "other" : "uuid",
		.source_marked = c == SOURCE_MARKED,
		.source_empty = c == SOURCE_EMPTY,
		.target_mounted = c != NOT_MOUNTED,
		.same_file_system = c == SAME,
		.target_empty = c == NEW_INIT,
		.marker_there = !new,
		.marker_good = c != DAMAGED &&c != DAMAGED_FORCE,
		.marker = &marker,
		.init = c == NEW_INIT || c == NEW_FULL || c == NEW_FORCE
			|| c == INIT || c == INIT_FORCE || c == DAMAGED_FORCE,
		.force =
			c == NEW_FORCE || c == INIT_FORCE || c == DAMAGED_FORCE,
	};
}

START_TEST(each_wrong_fact_is_refused_for_its_reason)
{
	const struct nb_clone_facts facts = facts_of(cases[_i].change);

	ck_assert_int_eq(nb_clone_check(&facts), cases[_i].answer);
	ck_assert_ptr_nonnull(nb_clone_text(cases[_i].answer));
}
END_TEST

START_TEST(a_tenth_or_a_hundred_files_may_vanish)
{
	struct nb_clone_marker m = { .files = 12345 };

	ck_assert_uint_eq(nb_clone_most_deleted(&m, 10), 1234);
	ck_assert_uint_eq(nb_clone_most_deleted(&m, 100), 12345);
	ck_assert_uint_eq(nb_clone_most_deleted(&m, 0), 100);
	m.files = 5;
	ck_assert_uint_eq(nb_clone_most_deleted(&m, 50), 100);
	m.files = UINT64_MAX;
	ck_assert_uint_eq(nb_clone_most_deleted(&m, 100), UINT64_MAX);
}
END_TEST

START_TEST(contents_are_compared_once_a_week)
{
	int64_t day = 86400, now = 1000 * day;

	ck_assert(nb_clone_compares(NB_COMPARE_WEEKLY, 0, now));
	ck_assert(nb_clone_compares(NB_COMPARE_WEEKLY, now - 7 * day, now));
	ck_assert(nb_clone_compares(NB_COMPARE_WEEKLY, now - 7 * day + 3600,
				    now));
	ck_assert(!nb_clone_compares(NB_COMPARE_WEEKLY, now - 6 * day, now));
	ck_assert(nb_clone_compares(NB_COMPARE_WEEKLY, now + day, now));
	ck_assert(nb_clone_compares(NB_COMPARE_ALWAYS, now, now));
	ck_assert(!nb_clone_compares(NB_COMPARE_NEVER, 0, now));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("clone");
	TCase *tc = nb_test_case("clone", 10);

	tcase_add_test(tc, a_marker_is_read_as_it_was_written);
	tcase_add_test(tc, what_is_no_marker_is_refused);
	tcase_add_loop_test(tc, each_wrong_fact_is_refused_for_its_reason, 0,
			    sizeof cases / sizeof *cases);
	tcase_add_test(tc, a_tenth_or_a_hundred_files_may_vanish);
	tcase_add_test(tc, contents_are_compared_once_a_week);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
