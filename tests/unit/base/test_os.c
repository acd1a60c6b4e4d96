/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/os.h"
#include "base/str.h"

/* Both ways, so that the second is tried where the first is there, too. */
static int (*const renames[])(int, const char *, int,
			      const char *) = { nb_os_rename_new,
						nb_os_rename_new_by_link };

START_TEST(a_file_is_renamed_where_its_name_is_free)
{
	struct stat before, after;
	int dir;

	nb_test_write("old", "text", 0640);
	dir = open(nb_test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(fstatat(dir, "old", &before, 0), 0);
	ck_assert_int_eq(renames[_i](dir, "old", dir, "new"), 0);
	ck_assert_int_eq(fstatat(dir, "new", &after, 0), 0);
	ck_assert_uint_eq(after.st_ino, before.st_ino);
	ck_assert_int_eq(after.st_nlink, 1);
	ck_assert_int_eq(faccessat(dir, "old", F_OK, 0), -1);
	close(dir);
}
END_TEST

START_TEST(a_file_is_not_renamed_over_another)
{
	int dir;

	nb_test_write("old", "text", 0600);
	nb_test_write("new", "other text", 0600);
	dir = open(nb_test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(renames[_i](dir, "old", dir, "new"), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(faccessat(dir, "old", F_OK, 0), 0);
	ck_assert_int_eq(unlinkat(dir, "new", 0), 0);
	ck_assert_int_eq(symlinkat("nowhere", dir, "new"), 0);
	ck_assert_int_eq(renames[_i](dir, "old", dir, "new"), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(renames[_i](dir, "missing", dir, "free"), -1);
	ck_assert_int_eq(errno, ENOENT);
	close(dir);
}
END_TEST

static void (*const closers[])(int) = { nb_os_close_from, nb_os_close_each };

/* In a child: what was open from FIRST on is closed, the one before is not. */
static void __attribute__((noreturn)) close_in_child(void (*closer)(int))
{
	struct rlimit few = { .rlim_cur = 256, .rlim_max = 256 };
	int kept = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int first = fcntl(kept, F_DUPFD_CLOEXEC, kept + 1);
	int last = fcntl(kept, F_DUPFD_CLOEXEC, 200);

	setrlimit(RLIMIT_NOFILE, &few);
	closer(first);
	_exit(fcntl(kept, F_GETFD) >= 0 && fcntl(first, F_GETFD) < 0
			      && fcntl(last, F_GETFD) < 0
		      ? 0
		      : 1);
}

START_TEST(descriptors_are_closed_from_one_on)
{
	pid_t pid = fork();
	int status = -1;

	if (!pid)
		close_in_child(closers[_i]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(the_end_of_a_process_is_seen_by_its_descriptor)
{
	struct pollfd end = { .events = POLLIN };
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	end.fd = nb_os_pidfd(pid);
	if (end.fd < 0) {
		ck_assert_int_eq(errno, ENOSYS);
	} else {
		ck_assert_int_eq(poll(&end, 1, 0), 0);
		kill(pid, SIGKILL);
		ck_assert_int_eq(poll(&end, 1, 10000), 1);
		close(end.fd);
	}
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

START_TEST(signals_have_their_names_without_the_c_library)
{
	static const int ending[] = { SIGHUP, SIGINT, SIGTERM, SIGQUIT,
				      SIGKILL };

	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
		ck_assert_str_eq(nb_str_signal_here(ending[i]),
				 nb_str_signal(ending[i]));
	ck_assert_str_eq(nb_str_signal_here(SIGTERM), "TERM");
	ck_assert_str_eq(nb_str_signal_here(0), "NAL");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("os");
	TCase *tc = nb_test_case("os", 20);

	tcase_add_loop_test(tc, a_file_is_renamed_where_its_name_is_free, 0, 2);
	tcase_add_loop_test(tc, a_file_is_not_renamed_over_another, 0, 2);
	tcase_add_loop_test(tc, descriptors_are_closed_from_one_on, 0, 2);
	tcase_add_test(tc, the_end_of_a_process_is_seen_by_its_descriptor);
	tcase_add_test(tc, signals_have_their_names_without_the_c_library);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
