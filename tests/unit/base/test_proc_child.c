/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a child begins with: streams, signals, environment, user. */
#include "support.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/proc.h"

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

START_TEST(stdin_is_empty_when_none_is_given)
{
	assert_output(&(struct nb_proc){ .argv = SHELL("cat; readlink "
						       "/proc/self/fd/0") },
		      "/dev/null\n");
}
END_TEST

START_TEST(stdin_that_is_given_is_read)
{
	struct nb_proc spec = { .argv = SHELL("cat") };

	nb_test_write("in", "words", 0600);
	spec.stdin_fd = open(nb_test_path("in"), O_RDONLY | O_CLOEXEC);
	nb_assert_ok(nb_proc_run(&spec, &result));
	ck_assert_str_eq(result.output, "words");
	nb_proc_result_free(&result);
	close(spec.stdin_fd);
}
END_TEST

START_TEST(nothing_but_the_three_streams_is_inherited)
{
	int fd = open("/dev/null", O_RDONLY);
	int high = fcntl(fd, F_DUPFD, 200);

	assert_output(
		&(struct nb_proc){ .argv = SHELL("for f in $(seq 0 250); do "
						 "[ -e /proc/$$/fd/$f ] && "
						 "printf '%s ' $f; done; :") },
		"0 1 2 ");
	close(fd);
	close(high);
}
END_TEST

START_TEST(it_has_a_session_of_its_own)
{
	char text[32];

	assert_output(
		&(struct nb_proc){
			.argv = SHELL("set -- $(cut -d' ' -f5,6 "
				      "/proc/$$/stat); "
				      "[ $1 = $$ ] && [ $2 = $$ ] && "
				      "echo leader") },
		"leader\n");
	snprintf(text, sizeof text, "%d\n", (int)getpid());
	assert_output(&(struct nb_proc){ .argv = SHELL("echo $PPID") }, text);
}
END_TEST

START_TEST(signals_have_their_default_meaning_again)
{
	sigset_t set, old;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old);
	/* 32 and 33 belong to the C library, which leaves them alone. */
	assert_output(
		&(struct nb_proc){
			.argv = SHELL("while read n v; do case $n in "
				      "SigBlk:|SigIgn:) "
				      "echo $((0x$v & 0x7fffffff));; esac; "
				      "done </proc/self/status") },
		"0\n0\n");
	sigprocmask(SIG_SETMASK, &old, NULL);
	signal(SIGPIPE, SIG_DFL);
}
END_TEST

START_TEST(the_environment_is_ours_with_additions_and_the_c_locale)
{
	const char *const add[] = { "NB_TEST_ONE=two", "NB_TEST_KEPT=new",
				    NULL };

	setenv("NB_TEST_KEPT", "old", 1);
	setenv("NB_TEST_OWN", "own", 1);
	setenv("LC_ALL", "de_DE.UTF-8", 1);
	assert_output(
		&(struct nb_proc){ .argv = SHELL("echo $LC_ALL $NB_TEST_ONE "
						 "$NB_TEST_KEPT $NB_TEST_OWN"),
				   .environ_add = add },
		"C two new own\n");
}
END_TEST

START_TEST(another_user_is_become_in_all_ids)
{
	struct passwd *pw = getpwnam("nobody");
	char text[256];

	ck_assert_int_eq(geteuid(), 0);
	ck_assert_ptr_nonnull(pw);
	snprintf(text, sizeof text,
		 "Uid:\t%d\t%d\t%d\t%d\n"
		 "Gid:\t%d\t%d\t%d\t%d\nGroups:\t%d \nnobody %s /\n",
		 pw->pw_uid, pw->pw_uid, pw->pw_uid, pw->pw_uid, pw->pw_gid,
		 pw->pw_gid, pw->pw_gid, pw->pw_gid, pw->pw_gid, pw->pw_dir);
	assert_output(
		&(struct nb_proc){
			.argv = SHELL("grep -E '^(Uid|Gid|Groups)' "
				      "/proc/self/status; echo $USER $HOME "
				      "$PWD"),
			.run_as = "nobody" },
		text);
}
END_TEST

START_TEST(a_user_that_does_not_exist_is_not_found)
{
	struct nb_proc spec = { .argv = SHELL(":"),
				.run_as = "nb-nobody",
				.stdin_fd = -1 };

	nb_assert_fails(nb_proc_run(&spec, &result), NB_ENOTFOUND,
			"error: run_as: no user nb-nobody\n");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("proc_child");
	TCase *tc = nb_test_case("proc_child", 30);

	tcase_add_test(tc, stdin_is_empty_when_none_is_given);
	tcase_add_test(tc, stdin_that_is_given_is_read);
	tcase_add_test(tc, nothing_but_the_three_streams_is_inherited);
	tcase_add_test(tc, it_has_a_session_of_its_own);
	tcase_add_test(tc, signals_have_their_default_meaning_again);
	tcase_add_test(tc,
		       the_environment_is_ours_with_additions_and_the_c_locale);
	tcase_add_test(tc, another_user_is_become_in_all_ids);
	tcase_add_test(tc, a_user_that_does_not_exist_is_not_found);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
