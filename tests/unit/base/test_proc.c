/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/proc.h"
#include "base/str.h"

#define SHELL(script)                    \
	(const char *const[])            \
	{                                \
		"sh", "-c", script, NULL \
	}

static struct nb_proc_result result;

static void
assert_output(struct nb_proc *spec, const char *text)
{
	spec->stdin_fd = -1;
	nb_assert_ok(nb_proc_run(spec, &result));
	ck_assert_str_eq(result.errors, "");
	ck_assert_str_eq(result.output, text);
	ck_assert_int_eq(result.exit_code, 0);
	ck_assert_uint_eq(result.bytes, strlen(text));
	nb_proc_result_free(&result);
}

START_TEST(arguments_reach_the_program_as_they_are)
{
	const char *const argv[] = { "printf", "%s|", "a b", "$HOME",
				     "`x`",    "",    "\n",  NULL };

	assert_output(&(struct nb_proc){ .argv = argv }, "a b|$HOME|`x`||\n|");
}
END_TEST

static const struct {
	const char *script, *check;
} ends[] = {
	{ "exit 0", "" },
	{ "exit 7", "error: x: exit status 7\n" },
	{ "echo one >&2; echo two >&2; exit 1",
	  "error: x: exit status 1: one (and 1 more line)\n" },
	{ "kill -9 $$", "error: x: killed by signal 9 (Killed)\n" },
	{ "kill -15 $$", "error: x: killed by signal 15 (Terminated)\n" },
};

START_TEST(the_way_it_ended_is_told)
{
	struct nb_proc spec = { .argv = SHELL(ends[_i].script),
				.stdin_fd = -1 };
	enum nb_err err;

	nb_assert_ok(nb_proc_run(&spec, &result));
	err = nb_proc_check("x", &result, NB_ESOURCE);
	ck_assert_int_eq(err, *ends[_i].check ? NB_ESOURCE : NB_OK);
	ck_assert_str_eq(nb_test_log(), ends[_i].check);
	nb_proc_result_free(&result);
}
END_TEST

START_TEST(a_program_that_is_not_there_is_not_found)
{
	const char *const argv[] = { "nb-no-such-program", NULL };
	const char *const path[] = { "/nowhere/program", NULL };
	struct nb_proc spec = { .argv = argv, .stdin_fd = -1 };

	nb_assert_fails(
		nb_proc_run(&spec, &result), NB_ENOTFOUND,
		"error: nb-no-such-program: program not found in PATH\n");
	spec.argv = path;
	nb_assert_fails(nb_proc_run(&spec, &result), NB_ENOTFOUND,
			"error: /nowhere/program: cannot execute: "
			"No such file or directory\n");
}
END_TEST

START_TEST(a_file_that_is_no_program_cannot_be_executed)
{
	char text[256];
	const char *argv[] = { nb_test_path("plain"), NULL };
	struct nb_proc spec = { .argv = argv, .stdin_fd = -1 };

	nb_test_write("plain", "text", 0644);
	snprintf(text, sizeof text,
		 "error: %s: cannot execute: "
		 "Permission denied\n",
		 argv[0]);
	nb_assert_fails(nb_proc_run(&spec, &result), NB_EFAIL, text);
}
END_TEST

/* The pid in the file NAME is that of no living process. */
static void
assert_gone(const char *name)
{
	FILE *f = fopen(nb_test_path(name), "r");
	int64_t deadline = nb_clock_ms() + 5000;
	int pid = 0;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%d", &pid), 1);
	fclose(f);
	while (!kill(pid, 0) && nb_clock_ms() < deadline)
		usleep(10000);
	ck_assert_int_eq(kill(pid, 0), -1);
	ck_assert_int_eq(errno, ESRCH);
}

static struct nb_proc
script(const char *text)
{
	static const char *argv[4] = { "sh", "-c" };
	char *command;

	nb_assert_ok(nb_str_format(&command, "cd %s; %s", nb_test_dir(), text));
	argv[2] = command;
	return (struct nb_proc){ .argv = argv, .stdin_fd = -1 };
}

START_TEST(at_the_deadline_the_whole_group_is_ended)
{
	struct nb_proc spec = script("sleep 100 & echo $! >kid; wait");
	int64_t start = nb_clock_ms();

	spec.timeout_ms = 300;
	nb_assert_fails(nb_proc_run(&spec, &result), NB_EFAIL,
			"error: sh: timed out after 1 s\n");
	ck_assert_int_lt(nb_clock_ms() - start, 5000);
	ck_assert_int_eq(result.signal, SIGTERM);
	assert_gone("kid");
	nb_proc_result_free(&result);
	free((char *)(uintptr_t)spec.argv[2]);
}
END_TEST

START_TEST(one_that_ignores_sigterm_is_killed)
{
	struct nb_proc spec = script("trap '' TERM; sleep 100 & echo $! >kid; "
				     "while :; do wait; done");
	int64_t start = nb_clock_ms();

	spec.timeout_ms = 200;
	nb_assert_fails(nb_proc_run(&spec, &result), NB_EFAIL,
			"error: sh: timed out after 1 s\n");
	ck_assert_int_eq(result.signal, SIGKILL);
	ck_assert_int_lt(nb_clock_ms() - start, 8000);
	assert_gone("kid");
	nb_proc_result_free(&result);
	free((char *)(uintptr_t)spec.argv[2]);
}
END_TEST

START_TEST(output_beyond_the_cap_ends_it)
{
	struct nb_proc spec = { .argv = (const char *const[]){ "yes", NULL },
				.stdin_fd = -1,
				.max_bytes = 100000 };

	nb_assert_fails(nb_proc_run(&spec, &result), NB_EFAIL,
			"error: yes: more than 100.0 kB of output\n");
	ck_assert_uint_le(result.bytes, 100000);
	nb_proc_result_free(&result);
}
END_TEST

START_TEST(a_grandchild_that_keeps_stdout_open_does_not_hang_us)
{
	struct nb_proc spec = script("sleep 100 & echo $! >kid; exit 0");
	int64_t start = nb_clock_ms();

	nb_assert_fails(nb_proc_run(&spec, &result), NB_EFAIL,
			"error: sh: exited, but a child process keeps its "
			"output open\n");
	ck_assert_int_lt(nb_clock_ms() - start, 8000);
	assert_gone("kid");
	nb_proc_result_free(&result);
	free((char *)(uintptr_t)spec.argv[2]);
}
END_TEST

static enum nb_err
count_up_to_1000(void *ctx, const void *data, size_t n)
{
	size_t *count = ctx;

	ck_assert_ptr_nonnull(data);
	*count += n;
	return *count > 1000 ? nb_fail(NB_EFULL, "sink: full") : NB_OK;
}

START_TEST(the_sink_gets_every_byte)
{
	size_t count = 0;
	struct nb_proc spec = { .argv = SHELL("printf %0999d 1"),
				.stdin_fd = -1,
				.sink = count_up_to_1000,
				.ctx = &count };

	nb_assert_ok(nb_proc_run(&spec, &result));
	ck_assert_uint_eq(count, 999);
	ck_assert_uint_eq(result.bytes, 999);
	ck_assert_ptr_null(result.output);
	nb_proc_result_free(&result);
}
END_TEST

START_TEST(an_error_of_the_sink_ends_it_and_comes_back)
{
	size_t count = 0;
	struct nb_proc spec = { .argv = (const char *const[]){ "yes", NULL },
				.stdin_fd = -1,
				.sink = count_up_to_1000,
				.ctx = &count };

	nb_assert_fails(nb_proc_run(&spec, &result), NB_EFULL,
			"error: sink: full\n");
	nb_proc_result_free(&result);
}
END_TEST

static enum nb_err
cancel(void *ctx)
{
	++*(int *)ctx;
	return NB_ECANCELED;
}

START_TEST(a_tick_that_says_stop_ends_it)
{
	int ticks = 0;
	struct nb_proc spec = { .argv = SHELL("sleep 100"),
				.stdin_fd = -1,
				.tick = cancel,
				.ctx = &ticks };

	nb_assert_fails(nb_proc_run(&spec, &result), NB_ECANCELED, "");
	ck_assert_int_eq(ticks, 1);
	nb_proc_result_free(&result);
}
END_TEST

START_TEST(of_long_errors_both_ends_are_kept)
{
	struct nb_proc spec = { .argv = SHELL("seq 100000 >&2; printf end "
					      ">&2"),
				.stdin_fd = -1 };

	nb_assert_ok(nb_proc_run(&spec, &result));
	ck_assert_uint_eq(strlen(result.errors), 60000 + 1 + 4096);
	ck_assert_int_eq(strncmp(result.errors, "1\n2\n3\n", 6), 0);
	ck_assert_str_eq(result.errors + 60001 + 4096 - 11, "\n100000\nend");
	nb_proc_result_free(&result);
}
END_TEST

static int
answer(void *ctx)
{
	const char *text = ctx;

	dprintf(1, "%s as %d", text, (int)getuid());
	return 3;
}

START_TEST(a_function_runs_in_the_child_as_a_program_would)
{
	char text[64], word[] = "word";
	struct passwd *pw = getpwnam("nobody");
	struct nb_proc spec = { .name = "f",
				.function = answer,
				.ctx = word,
				.run_as = "nobody",
				.stdin_fd = -1 };

	ck_assert_ptr_nonnull(pw);
	snprintf(text, sizeof text, "word as %d", (int)pw->pw_uid);
	nb_assert_ok(nb_proc_run(&spec, &result));
	ck_assert_str_eq(result.output, text);
	ck_assert_int_eq(result.exit_code, 3);
	nb_proc_result_free(&result);
}
END_TEST

START_TEST(no_descriptor_and_no_child_is_left)
{
	struct nb_proc spec = { .argv = SHELL("echo x"), .stdin_fd = -1 };
	int before = open("/dev/null", O_RDONLY | O_CLOEXEC), after;

	close(before);
	for (int i = 0; i < 20; i++) {
		nb_assert_ok(nb_proc_run(&spec, &result));
		nb_proc_result_free(&result);
	}
	after = open("/dev/null", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(before, after);
	close(after);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("proc");
	TCase *tc = nb_test_case("proc", 30);

	tcase_add_test(tc, arguments_reach_the_program_as_they_are);
	tcase_add_loop_test(tc, the_way_it_ended_is_told, 0,
			    (int)(sizeof ends / sizeof *ends));
	tcase_add_test(tc, a_program_that_is_not_there_is_not_found);
	tcase_add_test(tc, a_file_that_is_no_program_cannot_be_executed);
	tcase_add_test(tc, at_the_deadline_the_whole_group_is_ended);
	tcase_add_test(tc, one_that_ignores_sigterm_is_killed);
	tcase_add_test(tc, output_beyond_the_cap_ends_it);
	tcase_add_test(tc,
		       a_grandchild_that_keeps_stdout_open_does_not_hang_us);
	tcase_add_test(tc, the_sink_gets_every_byte);
	tcase_add_test(tc, an_error_of_the_sink_ends_it_and_comes_back);
	tcase_add_test(tc, a_tick_that_says_stop_ends_it);
	tcase_add_test(tc, of_long_errors_both_ends_are_kept);
	tcase_add_test(tc, a_function_runs_in_the_child_as_a_program_would);
	tcase_add_test(tc, no_descriptor_and_no_child_is_left);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
