/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "job/api/sized.h"

/* Three versions of one struct. */
struct old {
	size_t size;
	int64_t a;
};
struct now {
	size_t size;
	int64_t a, b;
};
struct new
{
	size_t size;
	int64_t a, b, c;
};

START_TEST(options_of_an_old_program_lack_what_came_later)
{
	struct old old = { .size = sizeof old, .a = 1 };
	struct now now = { .b = 7 };

	ck_assert_int_eq(nb_sized_take(&now, sizeof now, &old), NB_OK);
	ck_assert_int_eq(now.size, sizeof now);
	ck_assert_int_eq(now.a, 1);
	ck_assert_int_eq(now.b, 0);
}
END_TEST

START_TEST(options_of_a_new_program_are_taken_when_the_new_ones_are_not_used)
{
	struct new new = { .size = sizeof new, .a = 1, .b = 2 };
	struct now now;

	ck_assert_int_eq(nb_sized_take(&now, sizeof now, &new), NB_OK);
	ck_assert_int_eq(now.size, sizeof now);
	ck_assert_int_eq(now.b, 2);
}
END_TEST

START_TEST(an_option_that_is_not_known_is_refused)
{
	struct new new = { .size = sizeof new, .c = 1 };
	struct now now;

	nb_assert_fails(nb_sized_take(&now, sizeof now, &new), NB_EUSAGE,
			"error: libnightburn " PACKAGE_VERSION
			": an option that this version does not support\n");
}
END_TEST

START_TEST(a_result_for_an_old_program_ends_where_it_ends)
{
	struct {
		struct old old;
		int64_t guard;
	} theirs = { { sizeof theirs.old, 0 }, 99 };
	struct now now = { sizeof now, 1, 2 };

	nb_sized_give(&theirs.old, &now, sizeof now);
	ck_assert_int_eq(theirs.old.size, sizeof theirs.old);
	ck_assert_int_eq(theirs.old.a, 1);
	ck_assert_int_eq(theirs.guard, 99);
}
END_TEST

START_TEST(a_result_for_a_new_program_is_0_where_this_library_is_old)
{
	struct new new = { sizeof new, 5, 5, 5 };
	struct now now = { sizeof now, 1, 2 };

	nb_sized_give(&new, &now, sizeof now);
	ck_assert_int_eq(new.size, sizeof new);
	ck_assert_int_eq(new.b, 2);
	ck_assert_int_eq(new.c, 0);
}
END_TEST

START_TEST(a_struct_without_its_size_is_refused)
{
	static const size_t sizes[] = { 0, 1, sizeof(size_t) - 1, 65537 };
	struct now theirs = { .size = sizes[_i] }, now;

	nb_assert_fails(nb_sized_check(&theirs), NB_EUSAGE,
			"error: libnightburn: a struct whose size is not set\n"
			"hint: initialize every struct with NB_INIT\n");
	ck_assert_int_eq(nb_sized_take(&now, sizeof now, &theirs), NB_EUSAGE);
}
END_TEST

START_TEST(a_call_with_such_a_struct_does_nothing)
{
	struct nb_run_options options = NB_INIT(nb_run_options);
	struct nb_run_result result = { .generation = 7 };

	ck_assert_int_eq(nb_run(NULL, &options, &result), NB_EUSAGE);
	ck_assert_int_eq(result.generation, 7);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sized");
	TCase *tc = nb_test_case("sized", 10);

	tcase_add_test(tc, options_of_an_old_program_lack_what_came_later);
	tcase_add_test(
		tc,
		options_of_a_new_program_are_taken_when_the_new_ones_are_not_used);
	tcase_add_test(tc, an_option_that_is_not_known_is_refused);
	tcase_add_test(tc, a_result_for_an_old_program_ends_where_it_ends);
	tcase_add_test(
		tc, a_result_for_a_new_program_is_0_where_this_library_is_old);
	tcase_add_loop_test(tc, a_struct_without_its_size_is_refused, 0, 4);
	tcase_add_test(tc, a_call_with_such_a_struct_does_nothing);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
