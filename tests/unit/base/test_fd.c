/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

START_TEST(closing_forgets_the_number_and_keeps_errno)
{
	int fd = open("/dev/null", O_RDONLY), number = fd;

	errno = EXDEV;
	nb_fd_close(&fd);
	ck_assert_int_eq(fd, -1);
	nb_fd_close(&fd);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_int_eq(fcntl(number, F_GETFD), -1);
}
END_TEST

START_TEST(short_reads_are_gone_on_with)
{
	char text[16] = "";
	int ends[2];
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		for (int i = 0; i < 10; i++) {
			(void)!write(ends[1], "x", 1);
			usleep(1000);
		}
		_exit(0);
	}
	close(ends[1]);
	ck_assert_int_eq(nb_fd_read(ends[0], text, 15), 10);
	ck_assert_str_eq(text, "xxxxxxxxxx");
	ck_assert_int_eq(nb_fd_read(-1, text, 1), -1);
	close(ends[0]);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

START_TEST(a_file_is_saved_with_its_mode_and_loaded_again)
{
	char *text = NULL;
	size_t length = 0;
	struct stat st;
	const char *name = nb_test_path("file");

	umask(077);
	nb_assert_ok(nb_fd_save(AT_FDCWD, name, "old", 3, 0644));
	nb_assert_ok(nb_fd_save(AT_FDCWD, name, "a\0b", 3, 0644));
	nb_assert_ok(nb_fd_load(AT_FDCWD, name, 3, &text, &length));
	ck_assert_uint_eq(length, 3);
	ck_assert_mem_eq(text, "a\0b\0", 4);
	free(text);
	ck_assert_int_eq(stat(name, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
	ck_assert_int_eq(access(nb_test_path("file.new"), F_OK), -1);
}
END_TEST

START_TEST(what_is_missing_or_too_large_is_not_loaded)
{
	char *text = NULL, message[512];
	size_t length;
	const char *name = nb_test_path("file");

	nb_assert_fails(nb_fd_load(AT_FDCWD, name, 10, &text, &length),
			NB_ENOTFOUND, "");
	nb_test_write("file", "12345678901", 0600);
	snprintf(message, sizeof message, "error: %s: larger than 10 B\n",
		 name);
	nb_assert_fails(nb_fd_load(AT_FDCWD, name, 10, &text, &length),
			NB_EFULL, message);
	ck_assert_ptr_null(text);
}
END_TEST

START_TEST(a_save_that_fails_leaves_the_old_file)
{
	const struct rlimit small = { 10, RLIM_INFINITY };
	const struct rlimit any = { RLIM_INFINITY, RLIM_INFINITY };
	char *text = NULL, message[512];
	size_t length;
	const char *name = nb_test_path("file");

	nb_test_write("file", "old", 0600);
	snprintf(
		message, sizeof message,
		"error: %s.new: cannot write: "
		"File too large\nhint: raise the file size limit (ulimit -f)\n",
		name);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	nb_assert_fails(nb_fd_save(AT_FDCWD, name, "12345678901234", 14, 0600),
			NB_EFULL, message);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &any), 0);
	nb_assert_ok(nb_fd_load(AT_FDCWD, name, 10, &text, &length));
	ck_assert_str_eq(text, "old");
	free(text);
	ck_assert_int_eq(access(nb_test_path("file.new"), F_OK), -1);
}
END_TEST

static const struct {
	int number;
	enum nb_err err;
} write_errors[] = {
	{ ENOSPC, NB_EFULL }, { EDQUOT, NB_EFULL }, { EFBIG, NB_EFULL },
	{ EIO, NB_EIO },      { EROFS, NB_EIO },
};

START_TEST(a_full_file_system_is_told_from_a_broken_one)
{
	errno = write_errors[_i].number;
	ck_assert_int_eq(nb_fd_write_error(), write_errors[_i].err);
}
END_TEST

START_TEST(only_what_is_not_there_is_not_found)
{
	static const struct {
		int error;
		enum nb_err err;
	} rows[] = {
		{ ENOENT, NB_ENOTFOUND }, { ENOTDIR, NB_ENOTFOUND },
		{ EACCES, NB_EIO },       { EEXIST, NB_EIO },
		{ EBUSY, NB_EIO },        { ELOOP, NB_EIO },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		errno = rows[i].error;
		ck_assert_int_eq(nb_fd_open_error(), rows[i].err);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("fd");
	TCase *tc = nb_test_case("fd", 10);

	tcase_add_test(tc, closing_forgets_the_number_and_keeps_errno);
	tcase_add_test(tc, short_reads_are_gone_on_with);
	tcase_add_test(tc, a_file_is_saved_with_its_mode_and_loaded_again);
	tcase_add_test(tc, what_is_missing_or_too_large_is_not_loaded);
	tcase_add_test(tc, a_save_that_fails_leaves_the_old_file);
	tcase_add_test(tc, only_what_is_not_there_is_not_found);
	tcase_add_loop_test(tc, a_full_file_system_is_told_from_a_broken_one, 0,
			    (int)(sizeof write_errors / sizeof *write_errors));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
