/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "model/state.h"
#include "model/work.h"

static const char *
plan_name(int value)
{
	return nb_plan_name((enum nb_plan)value);
}

static const char *
medium_name(int value)
{
	return nb_medium_state_name((enum nb_medium_state)value);
}

static const char *
label_name(int value)
{
	return nb_label_state_name((enum nb_label_state)value);
}

static const char *
disc_name(int value)
{
	return nb_disc_state_name((enum nb_disc_state)value);
}

static const char *
clone_name(int value)
{
	return nb_clone_state_name((enum nb_clone_state)value);
}

static const char *
type_name(int value)
{
	return nb_entry_type_name((enum nb_entry_type)value);
}

static const char *
reason_code(int value)
{
	return nb_plan_reason_code((enum nb_plan_reason)value);
}

static const char *
work_text(int value)
{
	return nb_work_text((enum nb_work)value);
}

static const struct {
	const char *(*name)(int value);
	int count;
	const char *last;
} states[] = {
	{ plan_name, 4, "blank-then-fresh" },
	{ medium_name, 6, "damaged" },
	{ label_name, 3, "unreadable" },
	{ disc_name, 6, "replaced" },
	{ clone_name, 3, "incomplete" },
	{ type_name, 7, "socket" },
	{ work_text, NB_WORK_CLONE + 1, "clone" },
	{ reason_code, NB_REASON_LOST + 1, "lost" },
};

#define COUNT (int)(sizeof states / sizeof *states)

START_TEST(a_state_has_a_name_of_its_own)
{
	const char *(*name)(int value) = states[_i].name;

	for (int i = 0; i < states[_i].count; i++)
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(name(i), name(k));
	ck_assert_str_eq(name(states[_i].count - 1), states[_i].last);
}
END_TEST

START_TEST(a_state_that_there_is_not_is_unknown)
{
	ck_assert_str_eq(states[_i].name(states[_i].count), "unknown");
	ck_assert_str_eq(states[_i].name(-1), "unknown");
}
END_TEST

START_TEST(a_reason_that_there_is_not_has_a_text_and_no_hint)
{
	enum nb_plan_reason reason = (enum nb_plan_reason)1000;

	ck_assert_str_eq(nb_plan_reason_text(reason), "unknown");
	ck_assert_ptr_null(nb_plan_reason_hint(reason));
}
END_TEST

START_TEST(a_name_is_read_back)
{
	enum nb_disc_state disc;
	enum nb_clone_state clone;
	enum nb_entry_type type;

	for (int i = 0; i < 5; i++) {
		ck_assert(nb_disc_state_parse(disc_name(i), &disc));
		ck_assert_int_eq(disc, i);
	}
	for (int i = 0; i < 3; i++) {
		ck_assert(nb_clone_state_parse(clone_name(i), &clone));
		ck_assert_int_eq(clone, i);
	}
	for (int i = 0; i < 7; i++) {
		ck_assert(nb_entry_type_parse(type_name(i), &type));
		ck_assert_int_eq(type, i);
	}
}
END_TEST

START_TEST(another_word_is_no_state)
{
	enum nb_disc_state disc = NB_DISC_GOOD;
	enum nb_clone_state clone = NB_CLONE_GOOD;
	enum nb_entry_type type = NB_ENTRY_DIR;

	ck_assert(!nb_disc_state_parse("Good", &disc));
	ck_assert(!nb_clone_state_parse("", &clone));
	ck_assert(!nb_entry_type_parse("unknown", &type));
	ck_assert_int_eq(disc, NB_DISC_GOOD);
	ck_assert_int_eq(clone, NB_CLONE_GOOD);
	ck_assert_int_eq(type, NB_ENTRY_DIR);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("state");
	TCase *tc = nb_test_case("state", 10);

	tcase_add_loop_test(tc, a_state_has_a_name_of_its_own, 0, COUNT);
	tcase_add_loop_test(tc, a_state_that_there_is_not_is_unknown, 0, COUNT);
	tcase_add_test(tc, a_reason_that_there_is_not_has_a_text_and_no_hint);
	tcase_add_test(tc, a_name_is_read_back);
	tcase_add_test(tc, another_word_is_no_state);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
