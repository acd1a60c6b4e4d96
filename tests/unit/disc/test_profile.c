/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/types.h>

#include <libburn/libburn.h>
#include <stdio.h>

#include "disc/drive/private.h"
#include "support.h"

/* What MMC and libburn say of each: the speed that is asked for, the blocks
 * that it writes at once, how it is blanked, and what of random access, format, multi-session, ATIP and growth holds. */
static const struct row {
	int number;
	int speed_unit, unit;
	enum nb_profile_blank blank;
	const char *does;
} rows[] = {
	{ 0x08, 177, 1, NB_BLANK_NEVER, "" },
	{ 0x09, 177, 1, NB_BLANK_NEVER, "multi atip" },
	{ 0x0a, 177, 1, NB_BLANK_FAST, "multi atip" },
	{ 0x10, 1385, 16, NB_BLANK_NEVER, "" },
	{ 0x11, 1385, 16, NB_BLANK_NEVER, "multi" },
	{ 0x12, 1385, 16, NB_BLANK_HEAD, "random format" },
	{ 0x13, 1385, 16, NB_BLANK_HEAD, "random format" },
	{ 0x14, 1385, 16, NB_BLANK_ALL, "multi" },
	{ 0x15, 1385, 16, NB_BLANK_NEVER, "" },
	{ 0x16, 1385, 16, NB_BLANK_NEVER, "" },
	{ 0x1a, 1385, 16, NB_BLANK_HEAD, "random format" },
	{ 0x1b, 1385, 16, NB_BLANK_NEVER, "multi" },
	{ 0x2b, 1385, 16, NB_BLANK_NEVER, "multi" },
	{ 0x40, 4496, 32, NB_BLANK_NEVER, "" },
	{ 0x41, 4496, 32, NB_BLANK_NEVER, "multi" },
	{ 0x42, 4496, 32, NB_BLANK_NEVER, "" },
	{ 0x43, 4496, 32, NB_BLANK_HEAD, "random format" },
	{ NB_PROFILE_STDIO, 1385, 16, NB_BLANK_HEAD, "random grows" },
	{ 0x00, 1385, 16, NB_BLANK_FAST, "multi" },
	{ 0x2a, 1385, 16, NB_BLANK_FAST, "multi" },
};

static const char *
does(const struct nb_profile *p)
{
	static char text[64];

	snprintf(text, sizeof text, "%s%s%s%s%s",
		 p->random_access ? " random" : "",
		 p->needs_format ? " format" : "",
		 p->multi_session ? " multi" : "", p->atip ? " atip" : "",
		 p->grows ? " grows" : "");
	return *text ? text + 1 : text;
}

START_TEST(a_profile_is_what_mmc_says_it_is)
{
	const struct row *row = &rows[_i];
	const struct nb_profile *p = nb_profile_of(row->number);

	ck_assert_int_eq(p->speed_unit, row->speed_unit);
	ck_assert_int_eq(p->unit, row->unit);
	ck_assert_int_eq(p->blank, row->blank);
	ck_assert_str_eq(does(p), row->does);
}
END_TEST

START_TEST(a_profile_that_is_known_has_the_name_that_libburn_gives_it)
{
	const struct nb_profile *p = nb_profile_of(rows[_i].number);
	char name[80] = "";

	if (!p->number) {
		ck_assert_str_eq(p->name, "unknown");
	} else if (p->number == NB_PROFILE_STDIO) {
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
		ck_assert(p->multi_session || !p->atip);
		ck_assert(p->random_access || !p->grows);
	}
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

/* Where it is overwritten (descriptors, a session, what blanking erases), the
 * drive need not read anything back first. */
START_TEST(what_is_overwritten_begins_and_ends_with_a_unit)
{
	static const int places[] = { NB_OVERWRITE_START, NB_PROBE_BLOCKS,
				      NB_PROBE_ANCHOR };
	const struct nb_profile *p = nb_profile_of(rows[_i].number);

	for (int i = 0; i < COUNT(places) && p->random_access; i++)
		ck_assert_int_eq(places[i] % p->unit, 0);
	for (uint64_t at = 0; at < 200 && p->random_access; at++)
		ck_assert_uint_eq(nb_chain_align(at) % (uint64_t)p->unit, 0);
}
END_TEST

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
	tcase_add_loop_test(tc, what_is_overwritten_begins_and_ends_with_a_unit,
			    0, COUNT(rows));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
