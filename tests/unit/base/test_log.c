/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"

static enum nb_level last_level;
static char last_text[8192];

static void
keep(void *ctx, enum nb_level level, const char *message)
{
	++*(int *)ctx;
	last_level = level;
	strncpy(last_text, message, sizeof last_text - 1);
	errno = EXDEV;
}

START_TEST(each_message_reaches_the_sink_once_and_errno_stays)
{
	int count = 0;

	nb_set_log(keep, &count);
	errno = ENOENT;
	nb_log(NB_DEBUG, "%s: %d", "x", 7);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(count, 1);
	ck_assert_int_eq(last_level, NB_DEBUG);
	ck_assert_str_eq(last_text, "x: 7");
}
END_TEST

START_TEST(a_failure_is_logged_and_its_code_returned)
{
	nb_assert_fails(nb_fail(NB_EWRONG, "disc %s\nhint: %d", "A", 1),
			NB_EWRONG, "error: disc A\nhint: 1\n");
	errno = ENOENT;
	nb_assert_fails(nb_fail_errno(NB_EIO, "file %s", "f"), NB_EIO,
			"error: file f: No such file or directory\n");
	ck_assert_int_eq(errno, ENOENT);
	nb_assert_fails(nb_fail_memory(), NB_ENOMEM, "error: out of memory\n");
}
END_TEST

START_TEST(a_message_of_any_length_is_cut_and_harmless)
{
	static char longest[10000];
	int count = 0;

	memset(longest, 'x', sizeof longest - 1);
	nb_set_log(keep, &count);
	nb_log(NB_NOTE, "%s", longest);
	ck_assert_uint_eq(strlen(last_text), 4095);
}
END_TEST

static const struct {
	enum nb_err err;
	int status;
	const char *name;
} all[] = {
	{ NB_OK, 0, "done" },
	{ NB_EFAIL, 1, "failed" },
	{ NB_EUSAGE, 2, "usage" },
	{ NB_ECONFIG, 2, "configuration" },
	{ NB_ENOMEM, 1, "out of memory" },
	{ NB_EIO, 1, "input/output" },
	{ NB_ENOMEDIUM, 3, "no disc" },
	{ NB_EFULL, 3, "too large" },
	{ NB_EFOREIGN, 3, "unknown disc" },
	{ NB_EWRONG, 3, "wrong disc" },
	{ NB_ESUSPECT, 4, "disc suspect" },
	{ NB_ELOCKED, 5, "busy" },
	{ NB_ECORRUPT, 1, "corrupt" },
	{ NB_ESOURCE, 1, "source" },
	{ NB_ENOTFOUND, 1, "not found" },
	{ NB_ECANCELED, 1, "cancelled" },
	{ (enum nb_err)99, 1, "unknown error" },
};

START_TEST(each_code_has_its_exit_status_and_name)
{
	ck_assert_int_eq(nb_exit_status(all[_i].err), all[_i].status);
	ck_assert_str_eq(nb_err_name(all[_i].err), all[_i].name);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("log");
	TCase *tc = nb_test_case("log", 10);

	tcase_add_test(tc, each_message_reaches_the_sink_once_and_errno_stays);
	tcase_add_test(tc, a_failure_is_logged_and_its_code_returned);
	tcase_add_test(tc, a_message_of_any_length_is_cut_and_harmless);
	tcase_add_loop_test(tc, each_code_has_its_exit_status_and_name, 0,
			    (int)(sizeof all / sizeof *all));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
