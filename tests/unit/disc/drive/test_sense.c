/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "disc/drive/sense.h"

static const struct {
	const char *text;
	bool found;
	struct nb_sense sense;
	bool passes;
} cases[] = {
	{ "", false, { 0 }, false },
	{ "Drive [of mine] is busy", false, { 0 }, false },
	{ "Sense Key 2 without more", false, { 0 }, false },
	{ "on waiting: [2 04 03] Drive not ready.", true, { 2, 4, 3 }, true },
	{ "[x] [6 29 00] Drive event", true, { 6, 0x29, 0 }, true },
	{ "Sense Key 2 \"Drive not ready\", ASC 3E ASCQ 01.",
	  true,
	  { 2, 0x3e, 1 },
	  true },
	{ "Sense Key 6 \"Drive event\", ASC FE ASCQ FF.",
	  true,
	  { 6, 0xfe, 0xff },
	  true },
	{ "[2 3A 01] no medium", true, { 2, 0x3a, 1 }, false },
	{ "[2 30 00] incompatible", true, { 2, 0x30, 0 }, false },
	{ "[4 44 00] Drive error", true, { 4, 0x44, 0 }, false },
	{ "[3 0C 00] Medium error", true, { 3, 0x0c, 0 }, false },
};

START_TEST(a_sense_is_found_and_told_by_its_class)
{
	struct nb_sense sense = { 0 };

	ck_assert_int_eq(nb_sense_find(cases[_i].text, &sense),
			 cases[_i].found);
	ck_assert_uint_eq(sense.key, cases[_i].sense.key);
	ck_assert_uint_eq(sense.asc, cases[_i].sense.asc);
	ck_assert_uint_eq(sense.ascq, cases[_i].sense.ascq);
	ck_assert_int_eq(nb_sense_passes(&sense), cases[_i].passes);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sense");
	TCase *tc = nb_test_case("sense", 5);

	tcase_add_loop_test(tc, a_sense_is_found_and_told_by_its_class, 0,
			    (int)(sizeof cases / sizeof *cases));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
