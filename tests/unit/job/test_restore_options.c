/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of a restore that contradict each other. */
#include "support.h"

#include "job/restore/restore_options.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

static const char *const names[] = { "a" };

#define NO_DATABASE                                                  \
	"error: restore: an option for databases, but no database\n" \
	"hint: use --into DATABASE\n"
#define NO_TARGET                                                              \
	"error: restore: either a directory or a database is required\nhint: " \
	"use --to DIR or --into DATABASE\n"

static const struct {
	enum nb_restore_way way;
	struct nb_restore_options options;
	const char *message; /* NULL: nothing is wrong */
} cases[] = {
	{ NB_RESTORE_DELIVER, { .to = "d" }, NULL },
	{ NB_RESTORE_DELIVER, { .into = "d", .replace = true }, NULL },
	{ NB_RESTORE_DELIVER,
	  { .into = "d",
	    .replace = true,
	    .disconnect = true,
	    .drop_old = true,
	    .with_globals = true },
	  NULL },
	{ NB_RESTORE_OUTPUT, { .source = "s" }, NULL },
	{ NB_RESTORE_LIST, { .patterns = names, .pattern_count = 1 }, NULL },
	{ NB_RESTORE_DELIVER, { .to = NULL }, NO_TARGET },
	{ NB_RESTORE_DELIVER, { .to = "d", .into = "d" }, NO_TARGET },
	{ NB_RESTORE_OUTPUT,
	  { .to = "d" },
	  "error: restore: --stdout together with --to\nhint: use one of "
	  "them\n" },
	{ NB_RESTORE_LIST,
	  { .into = "d" },
	  "error: restore: --list together with --into\nhint: use one of "
	  "them\n" },
	{ NB_RESTORE_LIST,
	  { .salvage = true },
	  "error: restore: --salvage only restores files\nhint: use --to "
	  "DIR\n" },
	{ NB_RESTORE_OUTPUT, { .with_globals = true }, NO_DATABASE },
	{ NB_RESTORE_DELIVER, { .to = "d", .replace = true }, NO_DATABASE },
	{ NB_RESTORE_LIST, { .table_count = 1 }, NO_DATABASE },
	{ NB_RESTORE_DELIVER,
	  { .into = "d", .disconnect = true },
	  "error: restore: --disconnect without --replace\nhint: use both\n" },
	{ NB_RESTORE_DELIVER,
	  { .into = "d", .drop_old = true },
	  "error: restore: --drop-old without --replace\nhint: use both\n" },
	{ NB_RESTORE_DELIVER,
	  { .into = "d", .replace = true, .section = "data" },
	  "error: restore: a part of a dump cannot replace a database\nhint: "
	  "restore the part into another database\n" },
	{ NB_RESTORE_DELIVER,
	  { .into = "d", .paths = names, .path_count = 1 },
	  "error: restore: paths cannot be used with a database\nhint: --table "
	  "NAME or --schema NAME selects parts of a dump, --to DIR restores "
	  "files\n" },
	{ NB_RESTORE_OUTPUT,
	  { .backup = "7", .at = 1 },
	  "error: restore: a backup and a date are named\nhint: use one of "
	  "them\n" },
};

START_TEST(options_that_contradict_each_other_are_refused)
{
	if (cases[_i].message)
		nb_assert_fails(nb_restore_check_options(&cases[_i].options,
							 cases[_i].way),
				NB_EUSAGE, cases[_i].message);
	else
		nb_assert_ok(nb_restore_check_options(&cases[_i].options,
						      cases[_i].way));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("restore_options");
	TCase *tc = nb_test_case("restore_options", 10);

	tcase_add_loop_test(tc, options_that_contradict_each_other_are_refused,
			    0, COUNT(cases));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
