/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "report/report.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)
#define LONG                                                             \
	"dump a_database_with_a_name_that_is_longer_than_a_line_of_any_" \
	"terminal_that_people_use"

static const struct {
	const char *what;
	uint64_t done, total;
	double seconds;
	int width;
	const char *line;
} lines[] = {
	{ "burn", 50000000, 100000000, 10, 80,
	  "burn [###############---------------]  50%  5.0 MB/s  0:10 left" },
	{ "burn", 0, 100, 0, 80, "burn [------------------------------]   0%" },
	{ "burn", 100, 100, 0.5, 80,
	  "burn [##############################] 100%" },
	/* more than was expected is not more than all of it */
	{ "burn", 200, 100, 0, 80,
	  "burn [##############################] 100%" },
	{ "read back", 1000000000, 100000000000, 100, 80,
	  "read back "
	  "[------------------------------]   1%  10.0 MB/s  2:45:00 left" },
	/* no total: what is done so far */
	{ "dump testdb", 12300000, 0, 2, 80, "dump testdb 12.3 MB  6.2 MB/s" },
	{ "waiting", 0, 0, 5, 80, "waiting" },
	/* narrower terminals lose the bar, then the speed, then all but what */
	{ "burn", 50000000, 100000000, 10, 45,
	  "burn [#####------]  50%  5.0 MB/s  0:10 left" },
	{ "burn", 50000000, 100000000, 10, 38,
	  "burn  50%  5.0 MB/s  0:10 left" },
	{ "burn", 50000000, 100000000, 10, 24, "burn [#####------]  50%" },
	{ "burn", 50000000, 100000000, 10, 16, "burn  50%" },
	{ "burn", 50000000, 100000000, 10, 10, "burn" },
	{ "burn", 50000000, 100000000, 10, 4, "bu~" },
	{ LONG, 0, 0, 0, 40, "dump a_database_with_a_name_that_is_lo~" },
	{ "dump 日本語日本語日本語", 0, 0, 0, 12, "dump 日本語日本~" },
};

START_TEST(progress_fits_the_terminal)
{
	struct nb_progress p = { lines[_i].what, lines[_i].done,
				 lines[_i].total };
	struct nb_str s = NB_STR_INIT;

	nb_report_progress(&s, &p, lines[_i].seconds, lines[_i].width);
	ck_assert_str_eq(s.text, lines[_i].line);
	nb_str_free(&s);
}
END_TEST

START_TEST(no_width_is_too_small_and_none_is_overrun)
{
	struct nb_progress p = { "read back", 123456789, 4700000000u };

	for (int width = 0; width < 120; width++) {
		struct nb_str s = NB_STR_INIT;

		nb_report_progress(&s, &p, 33, width);
		ck_assert_int_lt((int)s.length, width > 2 ? width : 3);
		nb_str_free(&s);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("progress");
	TCase *tc = nb_test_case("progress", 10);

	tcase_add_loop_test(tc, progress_fits_the_terminal, 0, COUNT(lines));
	tcase_add_test(tc, no_width_is_too_small_and_none_is_overrun);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
