/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which backup is meant, and whether the disc in the drive has it. */
#include "support.h"

#include <string.h>

#include "model/decide/restore.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)
#define DAY 86400

/* Two discs of one pool, one that failed, one of another pool; generation 1
 * was lost with a disc that was blanked, and something was appended to A. */
static const struct nb_known_backup known[] = {
	{ "id5", "nightly", "db", "C", "c", false, 5, 5 * DAY, false, 0, 0,
	  false, false },
	{ "id4b", "append", "db", "A", "a", true, 4, 4 * DAY + 60, false, 0, 0,
	  false, false },
	{ "id4", "nightly", "db", "A", "a", true, 4, 4 * DAY, false, 0, 0,
	  false, false },
	{ "id3w", "weekly", "db", "B", "b", true, 3, 3 * DAY, false, 0, 0,
	  false, false },
	{ "id2", "nightly", "db", "B", "b", true, 2, 2 * DAY, false, 0, 0,
	  false, false },
	{ "id2", "nightly", "db", "C", "c", false, 2, 2 * DAY, false, 0, 0,
	  false, false },
	{ "id1", "nightly", "db", NULL, NULL, false, 1, 1 * DAY, false, 0, 0,
	  false, false },
	{ "other2", "photos", "files", "F", "f", true, 2, 6 * DAY, false, 0, 0,
	  false, false },
};
#define ALL COUNT(known)

#define A                    \
	{                    \
		"a", "db", 4 \
	}
#define B                    \
	{                    \
		"b", "db", 3 \
	}
#define C                    \
	{                    \
		"c", "db", 0 \
	} /* suspect */
#define F                       \
	{                       \
		"f", "files", 2 \
	}
#define UNKNOWN              \
	{                    \
		"x", "db", 3 \
	}
#define NEWER                \
	{                    \
		"x", "db", 6 \
	}
#define FOREIGN                     \
	{                           \
		"y", "elsewhere", 9 \
	}

static const struct row {
	const char *what;
	struct nb_restore_wish wish;
	struct nb_restore_disc disc;
	int count; /* of the known */
	enum nb_restore_place place;
	const char *meant; /* its id; NULL: what the disc has */
} rows[] = {
	{ "the newest is in", { 0 }, A, ALL, NB_RESTORE_HERE, "id4" },
	{ "it is on another disc", { 0 }, B, ALL, NB_RESTORE_ELSEWHERE, "id4" },
	{ "a suspect disc, which is not asked for, is in",
	  { 0 },
	  C,
	  ALL,
	  NB_RESTORE_HERE,
	  "id5" },
	{ "generations of other pools do not count",
	  { 0 },
	  F,
	  ALL,
	  NB_RESTORE_HERE,
	  "other2" },
	{ "a disc that the catalog does not know",
	  { 0 },
	  UNKNOWN,
	  ALL,
	  NB_RESTORE_ELSEWHERE,
	  "id4" },
	{ "a disc that is newer than the catalog",
	  { 0 },
	  NEWER,
	  ALL,
	  NB_RESTORE_BY_DISC,
	  NULL },
	{ "a pool that the catalog does not know",
	  { 0 },
	  FOREIGN,
	  ALL,
	  NB_RESTORE_BY_DISC,
	  NULL },
	{ "no catalog", { 0 }, B, 0, NB_RESTORE_BY_DISC, NULL },
	{ "the newest of a job",
	  { .job = "weekly" },
	  B,
	  ALL,
	  NB_RESTORE_HERE,
	  "id3w" },
	{ "what was appended, when asked for",
	  { .job = "append" },
	  A,
	  ALL,
	  NB_RESTORE_HERE,
	  "id4b" },
	{ "as of a date",
	  { .at = 3 * DAY - 1 },
	  B,
	  ALL,
	  NB_RESTORE_HERE,
	  "id2" },
	{ "as of its very second",
	  { .at = 3 * DAY },
	  A,
	  ALL,
	  NB_RESTORE_ELSEWHERE,
	  "id3w" },
	{ "before all that there is",
	  { .at = DAY },
	  A,
	  ALL,
	  NB_RESTORE_BY_DISC,
	  NULL },
	{ "a generation that is in",
	  { .backup = "3" },
	  B,
	  ALL,
	  NB_RESTORE_HERE,
	  "id3w" },
	{ "a generation on another disc",
	  { .backup = "4" },
	  B,
	  ALL,
	  NB_RESTORE_ELSEWHERE,
	  "id4" },
	{ "a generation that two discs have: the one that is in",
	  { .backup = "2" },
	  C,
	  ALL,
	  NB_RESTORE_HERE,
	  "id2" },
	{ "the same, the other",
	  { .backup = "2" },
	  B,
	  ALL,
	  NB_RESTORE_HERE,
	  "id2" },
	{ "the same, of the pool that is in",
	  { .backup = "2" },
	  F,
	  ALL,
	  NB_RESTORE_HERE,
	  "other2" },
	{ "a suspect disc's, by its number",
	  { .backup = "5" },
	  C,
	  ALL,
	  NB_RESTORE_HERE,
	  "id5" },
	{ "the beginning of an id",
	  { .backup = "other" },
	  A,
	  ALL,
	  NB_RESTORE_ELSEWHERE,
	  "other2" },
	{ "one that is on no disc any more",
	  { .backup = "1" },
	  A,
	  ALL,
	  NB_RESTORE_ELSEWHERE,
	  "id1" },
	{ "one that nobody knows",
	  { .backup = "77" },
	  A,
	  ALL,
	  NB_RESTORE_BY_DISC,
	  NULL },
};

START_TEST(a_restore_takes_what_is_meant_or_reports_where_it_is)
{
	const struct row *r = &rows[_i];
	const struct nb_known_backup *meant = &known[0], *damaged = &known[0];

	ck_assert_msg(nb_restore_place(known, (size_t)r->count, &r->wish,
				       &r->disc, &meant, &damaged)
			      == r->place,
		      "%s", r->what);
	if (r->meant)
		ck_assert_str_eq(meant->id, r->meant);
	else
		ck_assert_ptr_null(meant);
	ck_assert_ptr_null(damaged);
}
END_TEST

/* The order of the rows decides nothing. */
START_TEST(the_order_of_the_list_does_not_matter)
{
	const struct row *r = &rows[_i];
	struct nb_known_backup turned[ALL];
	const struct nb_known_backup *meant, *damaged;

	for (int i = 0; i < r->count; i++)
		turned[i] = known[r->count - 1 - i];
	ck_assert_int_eq(nb_restore_place(turned, (size_t)r->count, &r->wish,
					  &r->disc, &meant, &damaged),
			 r->place);
	if (r->meant)
		ck_assert_str_eq(meant->id, r->meant);
}
END_TEST

/* Which of the known are damaged, as a set of bits: the bit 1 << i stands for
 * known[i]. */
static const struct {
	const char *what;
	unsigned int set;
	struct nb_restore_wish wish;
	struct nb_restore_disc disc;
	enum nb_restore_place place;
	const char *meant, *passed; /* NULL: none */
} sick[] = {
	{ "the newest is damaged: the one before it",
	  1U << 2,
	  { 0 },
	  A,
	  NB_RESTORE_ELSEWHERE,
	  "id3w",
	  "id4" },
	{ "it is not in, but known to be newer",
	  1U << 2,
	  { 0 },
	  B,
	  NB_RESTORE_HERE,
	  "id3w",
	  "id4" },
	{ "so it is on a disc that is suspect",
	  1U << 0,
	  { 0 },
	  B,
	  NB_RESTORE_ELSEWHERE,
	  "id4",
	  "id5" },
	{ "and on one that is in",
	  1U << 0,
	  { 0 },
	  C,
	  NB_RESTORE_ELSEWHERE,
	  "id4",
	  "id5" },
	{ "an older one is damaged: nobody misses it",
	  1U << 3,
	  { 0 },
	  A,
	  NB_RESTORE_HERE,
	  "id4",
	  NULL },
	{ "of a job",
	  1U << 3,
	  { .job = "weekly" },
	  B,
	  NB_RESTORE_HERE,
	  "id3w",
	  NULL },
	{ "as of a date",
	  1U << 3,
	  { .at = 3 * DAY },
	  B,
	  NB_RESTORE_HERE,
	  "id2",
	  "id3w" },
	{ "one of two copies: the other",
	  1U << 4,
	  { .at = 2 * DAY },
	  C,
	  NB_RESTORE_HERE,
	  "id2",
	  NULL },
	{ "the copy that is in",
	  1U << 5,
	  { .at = 2 * DAY },
	  C,
	  NB_RESTORE_ELSEWHERE,
	  "id2",
	  NULL },
	{ "a named one is what was named",
	  1U << 2,
	  { .backup = "4" },
	  A,
	  NB_RESTORE_HERE,
	  "id4",
	  NULL },
	{ "a drill wants the newest, whatever is known",
	  1U << 2,
	  { .damaged = true },
	  A,
	  NB_RESTORE_HERE,
	  "id4",
	  NULL },
	{ "all are damaged: the newest",
	  0xff,
	  { 0 },
	  A,
	  NB_RESTORE_HERE,
	  "id4",
	  "id5" },
	{ "a disc that is newer than the damaged one",
	  1U << 2,
	  { 0 },
	  NEWER,
	  NB_RESTORE_BY_DISC,
	  NULL,
	  NULL },
};

START_TEST(one_that_is_known_to_be_damaged_is_passed_over_and_named)
{
	struct nb_known_backup list[ALL];
	const struct nb_known_backup *meant, *passed;

	memcpy(list, known, sizeof list);
	for (size_t i = 0; i < ALL; i++)
		list[i].damaged = sick[_i].set >> i & 1;
	ck_assert_msg(nb_restore_place(list, ALL, &sick[_i].wish,
				       &sick[_i].disc, &meant, &passed)
			      == sick[_i].place,
		      "%s", sick[_i].what);
	ck_assert_pstr_eq(meant ? meant->id : NULL, sick[_i].meant);
	ck_assert_pstr_eq(passed ? passed->id : NULL, sick[_i].passed);
}
END_TEST

START_TEST(with_no_disc_in_the_newest_of_all_pools_is_wanted)
{
	const struct nb_restore_wish any = { 0 }, two = { .backup = "2" };

	ck_assert_str_eq(nb_restore_meant(known, ALL, &any, NULL)->id,
			 "other2");
	ck_assert_str_eq(nb_restore_meant(known, ALL, &two, NULL)->id,
			 "other2");
	ck_assert_ptr_null(nb_restore_meant(known, 0, &any, NULL));
}
END_TEST

/* Generation 4 of the table above, made by a clock that is wrong. */
static const struct {
	const char *what;
	int64_t created, before;
	uint64_t generation;
	bool good, damaged, shrunk;
	const char *later;
} wrong_clock[] = {
	{ "in order", 4 * DAY, 9 * DAY, 4, true, false, false, NULL },
	{ "before generation 2", DAY, 9 * DAY, 4, true, false, false, "id2" },
	{ "in the same second", 2 * DAY, 9 * DAY, 4, true, false, false, NULL },
	{ "the other is of the future", DAY, 2 * DAY - 1, 4, true, false, false,
	  NULL },
	{ "up to now", DAY, 2 * DAY, 4, true, false, false, "id2" },
	{ "the other is on no good disc", DAY, 9 * DAY, 4, false, false, false,
	  NULL },
	{ "the other is damaged", DAY, 9 * DAY, 4, true, true, false, NULL },
	{ "the other shrank", DAY, 9 * DAY, 4, true, false, true, NULL },
	{ "the other has a higher number", DAY, 9 * DAY, 1, true, false, false,
	  NULL },
};

/* The weekly job, what was appended by hand and another pool do not count. */
START_TEST(what_was_made_later_is_found_whatever_its_number)
{
	const struct nb_known_backup chosen = {
		.job = "nightly",
		.pool = "db",
		.generation = wrong_clock[_i].generation,
		.created = wrong_clock[_i].created,
	};
	struct nb_known_backup list[ALL];
	const struct nb_known_backup *later;

	memcpy(list, known, sizeof list);
	list[2].good = false;
	list[4].good = wrong_clock[_i].good;
	list[4].damaged = wrong_clock[_i].damaged;
	list[4].shrunk = wrong_clock[_i].shrunk;
	later = nb_restore_later(list, ALL, &chosen, wrong_clock[_i].before);
	ck_assert_pstr_eq(later ? later->id : NULL, wrong_clock[_i].later);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("restore");
	TCase *tc = nb_test_case("restore", 10);

	tcase_add_loop_test(
		tc, a_restore_takes_what_is_meant_or_reports_where_it_is, 0,
		COUNT(rows));
	tcase_add_loop_test(tc, the_order_of_the_list_does_not_matter, 0,
			    COUNT(rows));
	tcase_add_loop_test(
		tc, one_that_is_known_to_be_damaged_is_passed_over_and_named, 0,
		COUNT(sick));
	tcase_add_test(tc, with_no_disc_in_the_newest_of_all_pools_is_wanted);
	tcase_add_loop_test(tc,
			    what_was_made_later_is_found_whatever_its_number, 0,
			    COUNT(wrong_clock));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
