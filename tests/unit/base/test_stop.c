/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/proc.h"
#include "base/stop.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

static void
block(int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	ck_assert_int_eq(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	signal(number, SIG_DFL);
}

START_TEST(a_signal_that_waits_asks_to_end_for_ever)
{
	block(signals[_i]);
	ck_assert(!nb_stop_asked());
	kill(getpid(), signals[_i]);
	for (int i = 0; i < 3; i++)
		ck_assert(nb_stop_asked());
	kill(getpid(), signals[_i]);
	ck_assert(nb_stop_asked());
}
END_TEST

START_TEST(other_signals_do_not)
{
	block(SIGUSR1);
	kill(getpid(), SIGUSR1);
	ck_assert(!nb_stop_asked());
}
END_TEST

/* The shell tells its id, and does not listen to SIGTERM. */
START_TEST(a_program_that_runs_is_ended_with_us)
{
	static const char script[] =
		"trap '' TERM; echo $$; "
		"kill -INT $PPID; while :; do sleep 1; done";
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct nb_proc spec = { .argv = argv, .stdin_fd = -1 };
	struct nb_proc_result result;
	int64_t began = nb_clock_ms();

	block(SIGINT);
	nb_assert_fails(nb_proc_run(&spec, &result), NB_ECANCELED, "");
	ck_assert_int_eq(result.signal, SIGKILL);
	ck_assert_int_lt(nb_clock_ms() - began, 5000);
	ck_assert_int_eq(kill(atoi(result.output), 0), -1);
	ck_assert_int_eq(errno, ESRCH);
	nb_proc_result_free(&result);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/stop");
	TCase *test = nb_test_case("stop", 30);

	tcase_add_loop_test(test, a_signal_that_waits_asks_to_end_for_ever, 0,
			    3);
	tcase_add_test(test, other_signals_do_not);
	tcase_add_test(test, a_program_that_runs_is_ended_with_us);
	suite_add_tcase(suite, test);
	return nb_test_main(suite);
}
