/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/watchdog.h"

static void
on_alarm(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	_exit(info->si_value.sival_int);
}

/* Runs CHILD in a process whose messages go to the file "said"; its wait
 * status. */
static int
run(void (*child)(void))
{
	const char *path = nb_test_path("said");
	pid_t pid = fork();
	int status;

	if (!pid) {
		struct sigaction alarm = { .sa_sigaction = on_alarm,
					   .sa_flags = SA_SIGINFO };
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		dup2(fd, STDERR_FILENO);
		sigaction(SIGALRM, &alarm, NULL);
		child();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void
assert_said(const char *text)
{
	char said[256] = "";
	FILE *file = fopen(nb_test_path("said"), "r");

	ck_assert_ptr_nonnull(file);
	said[fread(said, 1, sizeof said - 1, file)] = '\0';
	fclose(file);
	ck_assert_str_eq(said, text);
}

static void
hang_after_beat(void)
{
	struct nb_watchdog *watchdog;

	if (nb_watchdog_begin("/dev/x", 1, &watchdog))
		_exit(99);
	nb_watchdog_beat(watchdog, 1);
	nb_watchdog_beat(watchdog, 4);
	for (;;)
		pause();
}

START_TEST(a_hanging_process_ends_with_the_status_of_its_last_beat)
{
	int status = run(hang_after_beat);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 4);
	assert_said("nightburn: /dev/x: no response for 1 s; the run is "
		    "ended\n");
}
END_TEST

static void
hang_deaf(void)
{
	struct nb_watchdog *watchdog;

	signal(SIGALRM, SIG_IGN);
	if (nb_watchdog_begin("/dev/x", 1, &watchdog))
		_exit(99);
	for (;;)
		pause();
}

START_TEST(one_that_does_not_listen_is_killed)
{
	int status = run(hang_deaf);

	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGKILL);
}
END_TEST

static void
hang_in_call(void)
{
	struct nb_calls *calls;

	if (nb_calls_begin(&calls))
		_exit(99);
	nb_calls_limit(calls, 1);
	nb_calls_limit(calls, 0);
	nb_calls_limit(NULL, 1);
	nb_calls_enter(calls, "tree all", "before");
	nb_calls_leave(calls);
	nb_calls_end(calls);
	if (nb_calls_begin(&calls))
		_exit(98);
	nb_calls_limit(calls, 1);
	nb_calls_burning(calls, true);
	nb_calls_enter(calls, "tree all", "sub");
	for (;;)
		pause();
}

START_TEST(a_call_that_hangs_ends_with_the_status_of_a_burn)
{
	int status = run(hang_in_call);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 4);
	assert_said("nightburn: tree all: sub: no response from its file "
		    "system; the run is ended\n");
}
END_TEST

static void
beat_and_end(void)
{
	struct nb_watchdog *watchdog;
	struct timespec step = { .tv_nsec = 300000000 };

	if (nb_watchdog_begin("/dev/x", 1, &watchdog))
		_exit(99);
	for (int i = 0; i < 6; i++) {
		nanosleep(&step, NULL);
		nb_watchdog_beat(watchdog, 4);
	}
	nb_watchdog_end(watchdog);
	/* No child is left. */
	if (waitpid(-1, NULL, 0) != -1)
		_exit(98);
}

START_TEST(one_that_gives_signs_of_life_is_left_alone)
{
	int status = run(beat_and_end);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	assert_said("");
}
END_TEST

static void
rest_and_end(void)
{
	struct nb_watchdog *watchdog;
	struct timespec step = { .tv_sec = 1, .tv_nsec = 500000000 };

	if (nb_watchdog_begin("/dev/x", 1, &watchdog))
		_exit(99);
	nb_watchdog_beat(watchdog, 4);
	nb_watchdog_rest(watchdog);
	nanosleep(&step, NULL);
	nb_watchdog_end(watchdog);
}

START_TEST(one_that_rests_is_left_alone)
{
	int status = run(rest_and_end);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	assert_said("");
}
END_TEST

static void
rest_and_hang(void)
{
	struct nb_watchdog *watchdog;

	if (nb_watchdog_begin("/dev/x", 1, &watchdog))
		_exit(99);
	nb_watchdog_rest(watchdog);
	nb_watchdog_beat(watchdog, 4);
	for (;;)
		pause();
}

START_TEST(a_call_after_a_rest_is_watched)
{
	int status = run(rest_and_hang);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 4);
}
END_TEST

START_TEST(nothing_is_done_without_one)
{
	nb_watchdog_rest(NULL);
	nb_watchdog_beat(NULL, 1);
	nb_watchdog_end(NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/watchdog");
	TCase *test = nb_test_case("watchdog", 60);

	tcase_add_test(test,
		       a_hanging_process_ends_with_the_status_of_its_last_beat);
	tcase_add_test(test, one_that_does_not_listen_is_killed);
	tcase_add_test(test, a_call_that_hangs_ends_with_the_status_of_a_burn);
	tcase_add_test(test, one_that_gives_signs_of_life_is_left_alone);
	tcase_add_test(test, one_that_rests_is_left_alone);
	tcase_add_test(test, a_call_after_a_rest_is_watched);
	tcase_add_test(test, nothing_is_done_without_one);
	suite_add_tcase(suite, test);
	return nb_test_main(suite);
}
