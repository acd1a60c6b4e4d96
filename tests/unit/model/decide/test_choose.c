/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "model/decide/choose.h"

#define MOST 4
#define FITS NB_CHOOSE_FITS
/* What was seen in a drive. */
#define SILENT                  \
	{                       \
		false, false, 0 \
	}
#define EMPTY                  \
	{                      \
		true, false, 0 \
	}
#define DISC(fit)               \
	{                       \
		true, true, fit \
	}

static const struct row {
	const char *what;
	enum nb_choose_for purpose;
	struct nb_drive_seen list[MOST];
	size_t count;
	enum nb_choice choice;
	size_t at;
} rows[] = {
	{ "no drive", NB_CHOOSE_ANY, { SILENT }, 0, NB_CHOICE_NONE, 0 },
	{ "no drive answers",
	  NB_CHOOSE_BEST,
	  { SILENT, SILENT },
	  2,
	  NB_CHOICE_NONE,
	  0 },
	{ "one, empty", NB_CHOOSE_ANY, { EMPTY }, 1, NB_CHOICE_DRIVE, 0 },
	{ "all empty: the first",
	  NB_CHOOSE_WRITABLE,
	  { EMPTY, EMPTY },
	  2,
	  NB_CHOICE_DRIVE,
	  0 },
	{ "the first does not answer",
	  NB_CHOOSE_BEST,
	  { SILENT, EMPTY },
	  2,
	  NB_CHOICE_DRIVE,
	  1 },
	{ "looking: the first disc",
	  NB_CHOOSE_ANY,
	  { EMPTY, DISC(0), DISC(FITS) },
	  3,
	  NB_CHOICE_DRIVE,
	  1 },
	{ "reading: the one that fits best",
	  NB_CHOOSE_BEST,
	  { DISC(1), DISC(0), DISC(7), DISC(6) },
	  4,
	  NB_CHOICE_DRIVE,
	  2 },
	{ "reading: of equals the first",
	  NB_CHOOSE_BEST,
	  { EMPTY, DISC(7), DISC(7) },
	  3,
	  NB_CHOICE_DRIVE,
	  1 },
	{ "reading: none fits, the first disc",
	  NB_CHOOSE_BEST,
	  { EMPTY, DISC(0), DISC(0) },
	  3,
	  NB_CHOICE_DRIVE,
	  1 },
	{ "writing: the first that may be written",
	  NB_CHOOSE_WRITABLE,
	  { DISC(0), EMPTY, DISC(FITS) },
	  3,
	  NB_CHOICE_DRIVE,
	  2 },
	{ "writing: the one that is due, not one that was left in",
	  NB_CHOOSE_WRITABLE,
	  { DISC(1), DISC(FITS - 2), EMPTY },
	  3,
	  NB_CHOICE_DRIVE,
	  1 },
	{ "writing: an empty drive is worth less than a wrong disc",
	  NB_CHOOSE_WRITABLE,
	  { EMPTY, SILENT, DISC(0) },
	  3,
	  NB_CHOICE_DRIVE,
	  2 },
	{ "destroying: the only one that could be meant",
	  NB_CHOOSE_ONLY,
	  { DISC(0), EMPTY, DISC(1) },
	  3,
	  NB_CHOICE_DRIVE,
	  2 },
	{ "destroying: two that could be meant",
	  NB_CHOOSE_ONLY,
	  { DISC(1), SILENT, DISC(1) },
	  3,
	  NB_CHOICE_SEVERAL,
	  0 },
	{ "destroying: one that could be meant, and a drive that is silent",
	  NB_CHOOSE_ONLY,
	  { SILENT, DISC(1) },
	  2,
	  NB_CHOICE_UNKNOWN,
	  0 },
	{ "destroying: none could be, so that it is told why",
	  NB_CHOOSE_ONLY,
	  { EMPTY, DISC(0), DISC(0) },
	  3,
	  NB_CHOICE_DRIVE,
	  1 },
	{ "destroying: no disc",
	  NB_CHOOSE_ONLY,
	  { EMPTY },
	  1,
	  NB_CHOICE_DRIVE,
	  0 },
	{ "destroying: no drive",
	  NB_CHOOSE_ONLY,
	  { SILENT },
	  1,
	  NB_CHOICE_NONE,
	  0 },
};

START_TEST(a_drive_is_chosen_by_what_is_in_it)
{
	const struct row *row = &rows[_i];
	size_t at = 99;
	enum nb_choice choice =
		nb_choose(row->purpose, row->list, row->count, &at);

	ck_assert_msg(choice == row->choice, "%s: choice %d, not %d", row->what,
		      choice, row->choice);
	if (choice == NB_CHOICE_DRIVE)
		ck_assert_msg(at == row->at, "%s: drive %zu, not %zu",
			      row->what, at, row->at);
	else
		ck_assert_uint_eq(at, 99);
}
END_TEST

static const struct settled {
	enum nb_choose_for purpose;
	struct nb_drive_seen last;
	bool settled;
} settled[] = {
	{ NB_CHOOSE_ANY, SILENT, false },
	{ NB_CHOOSE_ANY, EMPTY, false },
	{ NB_CHOOSE_ANY, DISC(0), true },
	{ NB_CHOOSE_WRITABLE, EMPTY, false },
	{ NB_CHOOSE_WRITABLE, DISC(0), false },
	{ NB_CHOOSE_WRITABLE, DISC(1), false },
	{ NB_CHOOSE_WRITABLE, DISC(FITS), true },
	{ NB_CHOOSE_BEST, DISC(FITS - 1), false },
	{ NB_CHOOSE_BEST, DISC(FITS), true },
	{ NB_CHOOSE_ONLY, DISC(1), false },
	{ NB_CHOOSE_ONLY, DISC(FITS), false },
};

/* Else the choice among all would be another one than that among some. */
START_TEST(no_drive_is_looked_at_without_need)
{
	const struct settled *row = &settled[_i];

	ck_assert_int_eq(nb_choose_settled(row->purpose, &row->last),
			 row->settled);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int
main(void)
{
	Suite *suite = suite_create("choose");
	TCase *tc = nb_test_case("choose", 10);

	tcase_add_loop_test(tc, a_drive_is_chosen_by_what_is_in_it, 0,
			    COUNT(rows));
	tcase_add_loop_test(tc, no_drive_is_looked_at_without_need, 0,
			    COUNT(settled));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
