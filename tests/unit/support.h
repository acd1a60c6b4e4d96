/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every test program shares: a temporary directory per test, the messages
 * of the library captured, and a runner that prints TAP.
 */
#ifndef NB_TEST_SUPPORT_H
#define NB_TEST_SUPPORT_H

#include <check.h>

#include "base/err.h"

/* A test case with the fixture below; the deadline is in seconds. */
TCase *nb_test_case(const char *name, int deadline);

/* One in how many of an exhaustive test's cases is enough: 1, or NB_TEST_SAMPLE,
 * which tools/valgrind sets. */
size_t nb_test_sample(void);

/* Runs SUITE, TAP to stdout; the exit status for main. */
int nb_test_main(Suite *suite);

/* The fixture.  The directory is made when first asked for and removed with
 * everything in it after the test. */
const char *nb_test_dir(void);
/* DIR/NAME in memory that lives until the end of the test. */
const char *nb_test_path(const char *name);
/* All messages since the last nb_test_log_clear, "level: text\n" each, as
 * "error: a.conf:3: ...\n". */
const char *nb_test_log(void);
void nb_test_log_clear(void);

/* Writes TEXT to NAME beneath the test's directory, with MODE. */
void nb_test_write(const char *name, const char *text, unsigned int mode);

/* The call gives ERR, and the messages are exactly TEXT. */
#define nb_assert_fails(call, err, text)                 \
	do {                                             \
		nb_test_log_clear();                     \
		ck_assert_int_eq((call), (err));         \
		ck_assert_str_eq(nb_test_log(), (text)); \
	} while (0)

/* The call succeeds; its messages are shown when it does not. */
#define nb_assert_ok(call)                                              \
	do {                                                            \
		int nb_result_ = (int)(call);                           \
		ck_assert_msg(nb_result_ == NB_OK, "%s: %s\n%s", #call, \
			      nb_err_name((enum nb_err)nb_result_),     \
			      nb_test_log());                           \
	} while (0)

#endif
