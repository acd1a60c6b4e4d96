/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "model/decide/power.h"

#define OL true, false, false, false
#define OB true, true, false, false

static const struct {
	const char *text;
	struct nb_power power;
} answers[] = {
	{ "", { .runtime = -1 } },
	{ "battery.runtime: 90\n", { .runtime = -1 } },
	{ "ups.status: WAIT\nbattery.runtime: 90\n", { .runtime = -1 } },
	{ "ups.status: OFF\n", { .runtime = -1 } },
	{ "ups.status: OL\n", { OL, -1, "" } },
	{ "ups.status: OL", { OL, -1, "" } },
	{ "battery.runtime: 1200\nups.status: OL CHRG\n", { OL, 1200, "" } },
	{ "ups.status: OB DISCHRG\nbattery.runtime: 89.7\n", { OB, 89, "" } },
	{ "ups.status: OB LB\nbattery.runtime: x\n",
	  { true, true, true, false, -1, "" } },
	{ "ups.status: LB\n", { true, false, true, false, -1, "" } },
	{ "ups.status: FSD OB LB\nbattery.runtime: -3\n",
	  { true, true, true, true, -1, "" } },
	{ "ups.status: OL BOOST TRIM\nbattery.runtime.low: 5\n",
	  { OL, -1, "" } },
	{ "x.ups.status: OB\nups.status: OL\n", { OL, -1, "" } },
	{ "ups.status: OLB OBX\n", { .runtime = -1 } },
};

START_TEST(the_words_of_the_ups_are_kept)
{
	struct nb_power power;

	nb_power_parse("ups.status: OFF BYPASS\n", &power);
	ck_assert(!power.known);
	ck_assert_str_eq(power.status, "OFF BYPASS");
	nb_power_parse("", &power);
	ck_assert_str_eq(power.status, "");
}
END_TEST

START_TEST(an_answer_of_upsc_is_read)
{
	const struct nb_power *want = &answers[_i].power;
	struct nb_power power;

	nb_power_parse(answers[_i].text, &power);
	ck_assert_int_eq(power.known, want->known);
	ck_assert_int_eq(power.on_battery, want->on_battery);
	ck_assert_int_eq(power.low, want->low);
	ck_assert_int_eq(power.ending, want->ending);
	ck_assert_int_eq(power.runtime, want->runtime);
}
END_TEST

static const struct {
	struct nb_power power;
	int64_t min_runtime;
	bool unknown_goes;
	enum nb_power_answer answer;
} beginnings[] = {
	{ { OL, 600, "" }, 600, false, NB_POWER_GOOD },
	{ { OL, 599, "" }, 600, false, NB_POWER_RUNTIME },
	{ { OL, -1, "" }, 600, false, NB_POWER_NO_RUNTIME },
	{ { OL, -1, "" }, 600, true, NB_POWER_NO_RUNTIME },
	{ { OL, -1, "" }, 0, false, NB_POWER_GOOD },
	{ { OL, 0, "" }, 0, false, NB_POWER_GOOD },
	{ { OB, 9999, "" }, 600, false, NB_POWER_BATTERY },
	{ { true, false, true, false, 9999, "" }, 0, false, NB_POWER_LOW },
	{ { true, true, true, false, 9999, "" }, 0, true, NB_POWER_LOW },
	{ { true, false, false, true, 9999, "" }, 0, true, NB_POWER_ENDING },
	{ { .runtime = -1 }, 0, false, NB_POWER_UNKNOWN },
	{ { .runtime = -1 }, 600, true, NB_POWER_GOOD },
	{ { .runtime = 90, .status = "BYPASS" }, 0, false, NB_POWER_STATE },
	{ { .runtime = 90, .status = "OFF" }, 0, true, NB_POWER_STATE },
};

START_TEST(work_begins_on_line_and_with_a_charged_battery)
{
	const struct nb_config_power guard = {
		.min_runtime = beginnings[_i].min_runtime,
		.unknown_goes = beginnings[_i].unknown_goes,
	};

	ck_assert_int_eq(nb_power_may_begin(&guard, &beginnings[_i].power),
			 beginnings[_i].answer);
}
END_TEST

/* 100 of 400 bytes in 60 s: 180 s for the rest, and the time to close. */
#define QUARTER                       \
	{                             \
		60000, 100, 400, true \
	}

static const struct {
	struct nb_power power;
	struct nb_power_work work;
	enum nb_power_answer answer;
} courses[] = {
	{ { OL, 0, "" }, QUARTER, NB_POWER_GOOD },
	{ { OB, 180 + NB_POWER_CLOSE_S, "" }, QUARTER, NB_POWER_GOOD },
	{ { OB, 179 + NB_POWER_CLOSE_S, "" }, QUARTER, NB_POWER_RUNTIME },
	{ { OB, -1, "" }, QUARTER, NB_POWER_GOOD },
	{ { OB, 1, "" }, { 60000, 100, 400, false }, NB_POWER_GOOD },
	{ { OB, 1, "" }, { 60000, 0, 400, true }, NB_POWER_GOOD },
	{ { OB, 1, "" }, { 60000, 100, 0, true }, NB_POWER_GOOD },
	{ { OB, 1, "" }, { 0, 100, 400, true }, NB_POWER_GOOD },
	{ { true, true, true, false, 9999, "" }, QUARTER, NB_POWER_LOW },
	{ { true, false, true, false, 9999, "" }, QUARTER, NB_POWER_LOW },
	{ { true, true, true, false, 9999, "" },
	  { 1, 1, 1, false },
	  NB_POWER_LOW },
	{ { true, true, false, true, 9999, "" }, QUARTER, NB_POWER_ENDING },
	{ { .runtime = -1 }, QUARTER, NB_POWER_GOOD },
};

START_TEST(a_burn_goes_on_when_the_battery_lasts_for_the_rest)
{
	ck_assert_int_eq(
		nb_power_may_go_on(&courses[_i].power, &courses[_i].work),
		courses[_i].answer);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("power");
	TCase *tc = tcase_create("power");

	tcase_add_test(tc, the_words_of_the_ups_are_kept);
	tcase_add_loop_test(tc, an_answer_of_upsc_is_read, 0,
			    sizeof answers / sizeof *answers);
	tcase_add_loop_test(tc, work_begins_on_line_and_with_a_charged_battery,
			    0, sizeof beginnings / sizeof *beginnings);
	tcase_add_loop_test(tc,
			    a_burn_goes_on_when_the_battery_lasts_for_the_rest,
			    0, sizeof courses / sizeof *courses);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
