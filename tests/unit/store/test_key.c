/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "store/key.h"

#define GOOD "0123456789abcdef0123456789abcdef"

/* A file "key" in the test's directory, and the path of it. */
static const char *
put_key(const char *bytes, unsigned int mode)
{
	nb_test_write("key", bytes, mode);
	return nb_test_path("key");
}

START_TEST(a_key_that_was_made_comes_back_and_is_for_its_owner_alone)
{
	struct nb_key made, again;
	struct stat st;

	nb_assert_ok(nb_key_make(nb_test_dir(), &made));
	nb_assert_ok(nb_key_load(nb_test_dir(), &again));
	ck_assert(nb_key_same(&made, &again));
	ck_assert_int_eq(stat(nb_test_path("key"), &st), 0);
	ck_assert_uint_eq(st.st_mode, S_IFREG | 0600);
	ck_assert_int_eq(st.st_size, NB_KEY_SIZE);
	ck_assert_int_ne(access(nb_test_path("key.new"), F_OK), 0);
}
END_TEST

START_TEST(no_two_keys_are_the_same)
{
	struct nb_key one, two;

	nb_assert_ok(nb_key_make(nb_test_dir(), &one));
	nb_assert_ok(nb_key_make(nb_test_dir(), &two));
	ck_assert(!nb_key_same(&one, &two));
}
END_TEST

START_TEST(a_saved_key_replaces_the_one_before)
{
	struct nb_key key = { GOOD }, back;

	nb_assert_ok(nb_key_make(nb_test_dir(), &back));
	nb_assert_ok(nb_key_save(nb_test_dir(), &key));
	nb_assert_ok(nb_key_load(nb_test_dir(), &back));
	ck_assert(nb_key_same(&key, &back));
}
END_TEST

START_TEST(no_key_is_told_without_words)
{
	struct nb_key key;

	nb_assert_fails(nb_key_load(nb_test_dir(), &key), NB_ENOTFOUND, "");
}
END_TEST

START_TEST(a_key_cannot_be_saved_where_there_is_no_directory)
{
	struct nb_key key = { GOOD };
	char *message;

	nb_assert_ok(nb_str_format(&message,
				   "error: %s.new: cannot write: No "
				   "such file or directory\n",
				   nb_test_path("none/key")));
	nb_assert_fails(nb_key_save(nb_test_path("none"), &key), NB_EIO,
			message);
	free(message);
}
END_TEST

static const unsigned int open_modes[] = { 0640, 0604, 0660, 0601, 0666 };

START_TEST(a_key_that_others_may_use_is_refused)
{
	const char *path = put_key(GOOD, open_modes[_i]);
	struct nb_key key;
	char *message;

	nb_assert_ok(nb_str_format(&message,
				   "error: %s: the key is accessible by "
				   "others\nhint: chmod 600 %s\n",
				   path, path));
	nb_assert_fails(nb_key_load(nb_test_dir(), &key), NB_ECONFIG, message);
	free(message);
}
END_TEST

static const char *const odd_sizes[] = { "", "0", GOOD "0", GOOD GOOD };

START_TEST(a_key_of_another_size_is_refused)
{
	const char *path = put_key(odd_sizes[_i], 0600);
	struct nb_key key;
	char *message;

	nb_assert_ok(nb_str_format(
		&message,
		"error: %s: %zu bytes long, a key has "
		"32\nhint: restore the key with nightburn key import --force\n",
		path, strlen(odd_sizes[_i])));
	nb_assert_fails(nb_key_load(nb_test_dir(), &key), NB_ECORRUPT, message);
	free(message);
}
END_TEST

START_TEST(a_key_of_zeros_is_refused)
{
	const char *path = put_key("", 0600);
	struct nb_key key;
	char *message;

	ck_assert_int_eq(truncate(path, NB_KEY_SIZE), 0);
	nb_assert_ok(nb_str_format(
		&message,
		"error: %s: contains only zeros\n"
		"hint: restore the key with nightburn key import --force\n",
		path));
	nb_assert_fails(nb_key_load(nb_test_dir(), &key), NB_ECORRUPT, message);
	free(message);
}
END_TEST

/* 0: a link to a good key, 1: a directory, 2: a pipe that nobody writes. */
START_TEST(only_a_plain_file_is_a_key)
{
	const char *path = nb_test_path("key");
	struct nb_key key;
	char *message;

	nb_test_write("good", GOOD, 0600);
	if (_i == 0)
		ck_assert_int_eq(symlink(nb_test_path("good"), path), 0);
	else if (_i == 1)
		ck_assert_int_eq(mkdir(path, 0700), 0);
	else
		ck_assert_int_eq(mkfifo(path, 0600), 0);
	nb_assert_ok(nb_str_format(&message, "error: %s: not a regular file\n",
				   path));
	nb_assert_fails(nb_key_load(nb_test_dir(), &key), NB_ECONFIG, message);
	free(message);
}
END_TEST

START_TEST(a_key_of_another_user_is_refused)
{
	const char *path = put_key(GOOD, 0600);
	struct nb_key key;
	char *message;

	if (geteuid() != 0)
		return;
	ck_assert_int_eq(chown(path, 12345, (gid_t)-1), 0);
	nb_assert_ok(nb_str_format(&message,
				   "error: %s: belongs to another "
				   "user\nhint: if it is the right key, chown "
				   "it to the user who runs nightburn\n",
				   path));
	nb_assert_fails(nb_key_load(nb_test_dir(), &key), NB_ECONFIG, message);
	free(message);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int
main(void)
{
	Suite *suite = suite_create("key_store");
	TCase *tc = nb_test_case("key_store", 10);

	tcase_add_test(
		tc, a_key_that_was_made_comes_back_and_is_for_its_owner_alone);
	tcase_add_test(tc, no_two_keys_are_the_same);
	tcase_add_test(tc, a_saved_key_replaces_the_one_before);
	tcase_add_test(tc, no_key_is_told_without_words);
	tcase_add_test(tc, a_key_cannot_be_saved_where_there_is_no_directory);
	tcase_add_loop_test(tc, a_key_that_others_may_use_is_refused, 0,
			    COUNT(open_modes));
	tcase_add_loop_test(tc, a_key_of_another_size_is_refused, 0,
			    COUNT(odd_sizes));
	tcase_add_test(tc, a_key_of_zeros_is_refused);
	tcase_add_loop_test(tc, only_a_plain_file_is_a_key, 0, 3);
	tcase_add_test(tc, a_key_of_another_user_is_refused);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
