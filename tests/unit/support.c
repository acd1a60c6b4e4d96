/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/path.h"
#include "base/str.h"

static char *directory;
static struct nb_str messages = NB_STR_INIT;
static struct NB_ARRAY(char *) paths = NB_ARRAY_INIT;

static void
capture(void *ctx, enum nb_level level, const char *message)
{
	static const char *const names[] = { "error", "warning", "note",
					     "debug" };

	(void)ctx;
	if (level != NB_DEBUG)
		nb_str_addf(&messages, "%s: %s\n", names[level], message);
}

static void
setup(void)
{
	nb_set_log(capture, NULL);
}

static void
teardown(void)
{
	if (directory) {
		ck_assert_int_eq(nb_path_remove(AT_FDCWD, directory), NB_OK);
		free(directory);
		directory = NULL;
	}
	for (size_t i = 0; i < paths.count; i++)
		free(paths.at[i]);
	nb_array_free(&paths);
	nb_str_free(&messages);
	nb_set_log(NULL, NULL);
}

TCase *
nb_test_case(const char *name, int deadline)
{
	TCase *tc = tcase_create(name);
	const char *slower = getenv("NB_TEST_SLOWER");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, deadline * (slower ? atof(slower) : 1));
	return tc;
}

size_t
nb_test_sample(void)
{
	const char *sample = getenv("NB_TEST_SAMPLE");
	long n = sample ? atol(sample) : 1;

	return n > 1 ? (size_t)n : 1;
}

int
nb_test_main(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

const char *
nb_test_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	if (!directory) {
		nb_assert_ok(nb_str_format(&directory, "%s/nbtest.XXXXXX",
					   tmp ? tmp : "/tmp"));
		ck_assert_ptr_nonnull(mkdtemp(directory));
		ck_assert_int_eq(chmod(directory, 0755), 0);
	}
	return directory;
}

const char *
nb_test_path(const char *name)
{
	char *path;

	nb_assert_ok(nb_path_join(nb_test_dir(), name, &path));
	nb_assert_ok(nb_array_push(&paths, path));
	return path;
}

const char *
nb_test_log(void)
{
	return messages.text ? messages.text : "";
}

void
nb_test_log_clear(void)
{
	nb_str_free(&messages);
}

void
nb_test_write(const char *name, const char *text, unsigned int mode)
{
	const char *path = nb_test_path(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}
