/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "model/decide/hint.h"

static const struct {
	const char *hint, *job, *text;
} jobs[] = {
	{ "run nightburn adopt --as NAME", NULL,
	  "run nightburn adopt --as NAME" },
	{ "run nightburn adopt --as NAME", "db",
	  "run nightburn adopt -j db --as NAME" },
	{ "run nightburn verify, or nightburn catalog accept", "db",
	  "run nightburn verify, or nightburn catalog accept -j db" },
	{ "nightburn run", "db", "nightburn run -j db" },
	{ "nightburn runs", "db", "nightburn runs" },
	{ "nightburn run, then nightburn run --resume", "db",
	  "nightburn run -j db, then nightburn run -j db --resume" },
	{ "nightburn catalog rebuild", "db", "nightburn catalog rebuild" },
	{ "insert another disc", "db", "insert another disc" },
	{ "nightburn plan", "my job's", "nightburn plan -j 'my job'\\''s'" },
	{ "nightburn plan", "-n", "nightburn plan -j '-n'" },
};

START_TEST(a_command_that_needs_the_job_is_told_it)
{
	char text[NB_HINT_MAX];

	ck_assert_str_eq(nb_hint_job(jobs[_i].hint, jobs[_i].job, text),
			 jobs[_i].text);
}
END_TEST

static const struct {
	const char *hint, *disc, *text;
	bool is_new;
} discs[] = {
	{ "insert another disc, or wait", "B",
	  "insert a blank disc, which becomes B, or wait", true },
	{ "clean the disc", "B",
	  "clean the disc, or insert a blank disc, which becomes B", true },
	{ "insert another disc", "", "insert another disc", false },
	{ "insert another disc", "B", "insert disc B", false },
	{ "insert another disc, or wait", "B", "insert disc B, or wait",
	  false },
	{ "wait, then insert a blank disc", "B", "wait, then insert disc B",
	  false },
	{ "run nightburn verify with the other disc first", "B",
	  "run nightburn verify with disc B first", false },
	{ "verify the other disc; or nightburn catalog lost NAME", "B",
	  "verify disc B; or nightburn catalog lost B", false },
	{ "insert another disc; or nightburn catalog lost NAME", "B",
	  "insert disc B; or nightburn catalog lost NAME", false },
	{ "clean the disc", "B", "clean the disc, or insert disc B", false },
};

START_TEST(the_disc_to_insert_is_named_once)
{
	char text[NB_HINT_MAX];

	ck_assert_str_eq(nb_hint_disc(discs[_i].hint, discs[_i].disc,
				      discs[_i].is_new, text),
			 discs[_i].text);
}
END_TEST

START_TEST(a_long_hint_is_cut)
{
	char hint[2 * NB_HINT_MAX], text[NB_HINT_MAX];

	memset(hint, 'x', sizeof hint);
	hint[sizeof hint - 1] = '\0';
	ck_assert_uint_eq(strlen(nb_hint_job(hint, "db", text)),
			  NB_HINT_MAX - 1);
	ck_assert_uint_eq(strlen(nb_hint_disc(hint, "B", false, text)),
			  NB_HINT_MAX - 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hint");
	TCase *tc = tcase_create("hint");

	tcase_add_loop_test(tc, a_command_that_needs_the_job_is_told_it, 0,
			    sizeof jobs / sizeof *jobs);
	tcase_add_loop_test(tc, the_disc_to_insert_is_named_once, 0,
			    sizeof discs / sizeof *discs);
	tcase_add_test(tc, a_long_hint_is_cut);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
