/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <libburn/libburn.h>
#include <libisofs/libisofs.h>

#include "disc/library.h"

START_TEST(the_libraries_start_again_after_the_last_end)
{
	for (int i = 0; i < 3; i++) {
		nb_assert_ok(nb_library_begin());
		nb_assert_ok(nb_library_begin());
		nb_library_end();
		ck_assert(!nb_library_drain());
		nb_library_end();
	}
	nb_library_end();
}
END_TEST

START_TEST(no_signal_handler_is_left_behind)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT, SIGABRT };

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		signal(signals[i], SIG_DFL);
	nb_assert_ok(nb_library_begin());
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		ck_assert(signal(signals[i], SIG_DFL) == SIG_DFL);
	nb_library_end();
}
END_TEST

START_TEST(their_bad_messages_are_passed_on_and_told_once)
{
	char severity[] = "SORRY", text[] = "the tray is stuck";

	nb_assert_ok(nb_library_begin());
	nb_test_log_clear();
	burn_msgs_submit(0x00020001, text, 0, severity, NULL);
	ck_assert(nb_library_drain());
	ck_assert_str_eq(nb_test_log(),
			 "warning: libburn: the tray is stuck\n");
	ck_assert(!nb_library_drain());
	nb_library_end();
}
END_TEST

START_TEST(their_harmless_messages_do_not_count_as_bad)
{
	char severity[] = "WARNING", text[] = "the tray squeaks";

	nb_assert_ok(nb_library_begin());
	burn_msgs_submit(0x00020001, text, 0, severity, NULL);
	ck_assert(!nb_library_drain());
	nb_library_end();
}
END_TEST

START_TEST(a_failed_call_is_told_in_the_libraries_words)
{
	char severity[] = "FAILURE", text[] = "the laser is dark";

	nb_assert_ok(nb_library_begin());
	nb_assert_ok(nb_library_check(1, NB_EIO, "x"));
	burn_msgs_submit(0x00020001, text, 0, severity, NULL);
	nb_test_log_clear();
	ck_assert_int_eq(nb_library_check(0, NB_EIO, "/dev/sr0"), NB_EIO);
	ck_assert_ptr_nonnull(
		strstr(nb_test_log(), "error: /dev/sr0: the laser is dark\n"));
	ck_assert(nb_library_drain());
	nb_library_end();
}
END_TEST

START_TEST(known_returns_become_codes)
{
	nb_assert_ok(nb_library_begin());
	nb_assert_fails(nb_library_check((int)ISO_OUT_OF_MEM, NB_EIO, "x"),
			NB_ENOMEM, "error: out of memory\n");
	nb_assert_fails(nb_library_check((int)ISO_CANCELED, NB_EIO, "x"),
			NB_ECANCELED, "");
	nb_assert_fails(nb_library_check((int)ISO_FILE_READ_ERROR, NB_EIO, "a"),
			NB_EIO, "error: a: Read error\n");
	nb_assert_fails(nb_library_check(0, NB_EFAIL, "b"), NB_EFAIL,
			"error: b: no reason given by the library\n");
	nb_library_end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("library");
	TCase *tc = nb_test_case("library", 30);

	tcase_add_test(tc, the_libraries_start_again_after_the_last_end);
	tcase_add_test(tc, no_signal_handler_is_left_behind);
	tcase_add_test(tc, their_bad_messages_are_passed_on_and_told_once);
	tcase_add_test(tc, their_harmless_messages_do_not_count_as_bad);
	tcase_add_test(tc, a_failed_call_is_told_in_the_libraries_words);
	tcase_add_test(tc, known_returns_become_codes);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
