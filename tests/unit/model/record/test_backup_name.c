/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "model/record/label.h"

static const struct {
	const char *which;
	bool generation;
} names[] = {
	{ "0", true },
	{ "2", true },
	{ "20", true },
	{ "1234567", true },
	{ "", false },
	{ "20261121", false },
	{ "20261121T01", false },
	{ "2026-11", false },
	{ "1a", false },
	{ "-1", false },
	{ "newest", false },
};

START_TEST(a_short_number_is_a_generation)
{
	ck_assert_int_eq(nb_backup_is_generation(names[_i].which),
			 names[_i].generation);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("backup_name");
	TCase *tc = nb_test_case("backup_name", 10);

	tcase_add_loop_test(tc, a_short_number_is_a_generation, 0,
			    (int)(sizeof names / sizeof *names));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
