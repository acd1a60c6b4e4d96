/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "source/dump_file.h"

static int
open_directory(void)
{
	int fd = open(nb_test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

START_TEST(a_name_that_another_source_uses_is_no_file_that_is_missing)
{
	struct nb_dump_file_spec spec = { .path = "one", .level = -1 };
	struct nb_dump_file file;

	spec.directory = open_directory();
	nb_test_write("one", "is there", 0600);
	nb_assert_fails(nb_dump_file_open(&file, &spec), NB_ECONFIG,
			"error: one: already exists\n"
			"hint: two sources of the job use the same name\n");
	nb_dump_file_clear(&file);
	close(spec.directory);
}
END_TEST

START_TEST(whoever_has_another_name_is_told_without_a_message)
{
	struct nb_dump_file_spec spec = { .path = "one", .level = -1 };
	struct nb_dump_file file;
	bool exists = false;

	spec.directory = open_directory();
	spec.exists = &exists;
	nb_assert_ok(nb_dump_file_open(&file, &spec));
	ck_assert(!exists);
	nb_assert_ok(nb_dump_file_finish(&file));
	nb_dump_file_clear(&file);
	nb_assert_ok(nb_dump_file_open(&file, &spec));
	ck_assert(exists);
	ck_assert_str_eq(nb_test_log(), "");
	nb_dump_file_clear(&file);
	close(spec.directory);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("dump_file");
	TCase *tc = nb_test_case("dump_file", 10);

	tcase_add_test(
		tc, a_name_that_another_source_uses_is_no_file_that_is_missing);
	tcase_add_test(tc, whoever_has_another_name_is_told_without_a_message);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
