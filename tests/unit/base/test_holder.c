/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/holder.h"
#include "base/str.h"

START_TEST(other_processes_that_have_it_open_are_named)
{
	char *who, expected[128], comm[64];
	int ready[2], end[2];
	FILE *file;
	pid_t pid;

	nb_test_write("a device", "", 0600);
	nb_assert_ok(nb_holder_processes(nb_test_path("a device"), &who));
	ck_assert_ptr_null(who);
	ck_assert_int_eq(pipe(ready) || pipe(end), 0);
	pid = fork();
	if (!pid) {
		close(end[1]);
		if (open(nb_test_path("a device"), O_RDONLY) < 0
		    || write(ready[1], "r", 1) != 1)
			_exit(1);
		_exit(read(end[0], expected, 1) != 0);
	}
	ck_assert_int_eq(read(ready[0], expected, 1), 1);
	nb_assert_ok(nb_holder_processes(nb_test_path("a device"), &who));
	close(end[1]);
	file = fopen("/proc/self/comm", "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%63[^\n]", comm), 1);
	fclose(file);
	snprintf(expected, sizeof expected, "process %ld (%s)", (long)pid,
		 comm);
	ck_assert_str_eq(who, expected);
	free(who);
}
END_TEST

START_TEST(we_ourselves_do_not_count)
{
	char *who;
	int fd;

	nb_test_write("file", "", 0600);
	fd = open(nb_test_path("file"), O_RDONLY);
	nb_assert_ok(nb_holder_processes(nb_test_path("file"), &who));
	ck_assert_ptr_null(who);
	close(fd);
}
END_TEST

/* The root of this machine, and a device that nobody mounts. */
START_TEST(where_it_is_mounted)
{
	char line[4096], source[1024], place[1024], *where = NULL;
	FILE *mounts = fopen("/proc/self/mounts", "r");

	ck_assert_ptr_nonnull(mounts);
	ck_assert_ptr_nonnull(fgets(line, sizeof line, mounts));
	fclose(mounts);
	ck_assert_int_eq(sscanf(line, "%1023s %1023s", source, place), 2);
	nb_assert_ok(nb_holder_mount(source, &where));
	ck_assert_str_eq(where, place);
	free(where);
	nb_assert_ok(nb_holder_mount("/dev/null", &where));
	ck_assert_ptr_null(where);
	nb_assert_ok(nb_holder_mount("/nothing/here", &where));
	ck_assert_ptr_null(where);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/holder");
	TCase *test = nb_test_case("holder", 30);

	tcase_add_test(test, other_processes_that_have_it_open_are_named);
	tcase_add_test(test, we_ourselves_do_not_count);
	tcase_add_test(test, where_it_is_mounted);
	suite_add_tcase(suite, test);
	return nb_test_main(suite);
}
