/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdint.h>

#include "base/array.h"

struct numbers NB_ARRAY(int);

START_TEST(what_is_pushed_stays_in_order)
{
	struct numbers list = NB_ARRAY_INIT;

	for (int i = 0; i < 1000; i++)
		nb_assert_ok(nb_array_push(&list, i));
	ck_assert_uint_eq(list.count, 1000);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(list.at[i], i);
	nb_array_free(&list);
	ck_assert_ptr_null(list.at);
	ck_assert_uint_eq(list.count, 0);
	nb_array_free(&list);
}
END_TEST

START_TEST(memory_that_cannot_be_had_leaves_the_array)
{
	size_t capacity = SIZE_MAX / 4;
	int *at = NULL;

	nb_assert_fails(nb_array_grow(&at, capacity, &capacity, 8), NB_ENOMEM,
			"error: out of memory\n");
	ck_assert_ptr_null(at);
	ck_assert_uint_eq(capacity, SIZE_MAX / 4);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("array");
	TCase *tc = nb_test_case("array", 10);

	tcase_add_test(tc, what_is_pushed_stays_in_order);
	tcase_add_test(tc, memory_that_cannot_be_had_leaves_the_array);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
