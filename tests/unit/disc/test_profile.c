/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/types.h>

#include <libburn/libburn.h>
#include <stdio.h>

#include "disc/profile.h"
#include "support.h"

/* What MMC and libburn say of each: the speed that is asked for, how it is
 * blanked, and what of random access, format, multi-session and ATIP holds. */
static const struct row {
	int number;
	enum nb_profile_family family;
	int speed_unit;
	enum nb_profile_blank blank;
	const char *does;
} rows[] = {
	{ 0x08, NB_FAMILY_CD, 177, NB_BLANK_NEVER, "" },
	{ 0x09, NB_FAMILY_CD, 177, NB_BLANK_NEVER, "multi atip" },
	{ 0x0a, NB_FAMILY_CD, 177, NB_BLANK_FAST, "multi atip" },
	{ 0x10, NB_FAMILY_DVD, 1385, NB_BLANK_NEVER, "" },
	{ 0x11, NB_FAMILY_DVD, 1385, NB_BLANK_NEVER, "multi" },
	{ 0x12, NB_FAMILY_DVD, 1385, NB_BLANK_HEAD, "random format" },
	{ 0x13, NB_FAMILY_DVD, 1385, NB_BLANK_HEAD, "random format" },
	{ 0x14, NB_FAMILY_DVD, 1385, NB_BLANK_ALL, "multi" },
	{ 0x15, NB_FAMILY_DVD, 1385, NB_BLANK_NEVER, "" },
	{ 0x16, NB_FAMILY_DVD, 1385, NB_BLANK_NEVER, "" },
	{ 0x1a, NB_FAMILY_DVD, 1385, NB_BLANK_HEAD, "random format" },
	{ 0x1b, NB_FAMILY_DVD, 1385, NB_BLANK_NEVER, "multi" },
	{ 0x2b, NB_FAMILY_DVD, 1385, NB_BLANK_NEVER, "multi" },
	{ 0x40, NB_FAMILY_BD, 4496, NB_BLANK_NEVER, "" },
	{ 0x41, NB_FAMILY_BD, 4496, NB_BLANK_NEVER, "multi" },
	{ 0x42, NB_FAMILY_BD, 4496, NB_BLANK_NEVER, "" },
	{ 0x43, NB_FAMILY_BD, 4496, NB_BLANK_HEAD, "random format" },
	{ NB_PROFILE_STDIO, NB_FAMILY_FILE, 1385, NB_BLANK_HEAD, "random" },
	{ 0x00, NB_FAMILY_OTHER, 1385, NB_BLANK_FAST, "multi" },
	{ 0x2a, NB_FAMILY_OTHER, 1385, NB_BLANK_FAST, "multi" },
};

static const char *
does(const struct nb_profile *p)
{
	static char text[64];

	snprintf(text, sizeof text, "%s%s%s%s",
		 p->random_access ? " random" : "",
		 p->needs_format ? " format" : "",
		 p->multi_session ? " multi" : "", p->atip ? " atip" : "");
	return *text ? text + 1 : text;
}

START_TEST(a_profile_is_what_mmc_says_it_is)
{
	const struct row *row = &rows[_i];
	const struct nb_profile *p = nb_profile_of(row->number);

	ck_assert_int_eq(p->family, row->family);
	ck_assert_int_eq(p->speed_unit, row->speed_unit);
	ck_assert_int_eq(p->blank, row->blank);
	ck_assert_str_eq(does(p), row->does);
}
END_TEST

START_TEST(a_profile_that_is_known_has_the_name_that_libburn_gives_it)
{
	const struct nb_profile *p = nb_profile_of(rows[_i].number);
	char name[80] = "";

	if (p->family == NB_FAMILY_OTHER) {
		ck_assert_str_eq(p->name, "unknown");
	} else if (p->family == NB_FAMILY_FILE) {
		ck_assert_str_eq(p->name, "stdio file");
	} else {
		ck_assert_int_gt(burn_obtain_profile_name(p->number, name), 0);
		ck_assert_str_eq(p->name, name);
		ck_assert_int_eq(p->number, rows[_i].number);
	}
}
END_TEST

/* Of all numbers: nothing is both overwritten at its head and counted by the
 * drive, and only what is overwritten block by block is formatted. */
START_TEST(no_profile_contradicts_itself)
{
	for (int i = 0; i <= 0xffff; i++) {
		const struct nb_profile *p = nb_profile_of(i);

		ck_assert_int_eq(p->random_access, p->blank == NB_BLANK_HEAD);
		ck_assert(!(p->random_access && p->multi_session));
		ck_assert(p->random_access || !p->needs_format);
		ck_assert(p->family == NB_FAMILY_CD || !p->atip);
		ck_assert(p->family != NB_FAMILY_OTHER || !p->number);
	}
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int
main(void)
{
	Suite *suite = suite_create("profile");
	TCase *tc = nb_test_case("profile", 20);

	tcase_add_loop_test(tc, a_profile_is_what_mmc_says_it_is, 0,
			    COUNT(rows));
	tcase_add_loop_test(
		tc, a_profile_that_is_known_has_the_name_that_libburn_gives_it,
		0, COUNT(rows));
	tcase_add_test(tc, no_profile_contradicts_itself);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
