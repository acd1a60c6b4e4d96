/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

static const struct {
	int64_t date;
	const char *text, *compact;
} dates[] = {
	{ 0, "1970-01-01T00:00:00Z", "19700101T000000Z" },
	{ 951782400, "2000-02-29T00:00:00Z", "20000229T000000Z" },
	{ 2147483648, "2038-01-19T03:14:08Z", "20380119T031408Z" },
	{ 4102444799, "2099-12-31T23:59:59Z", "20991231T235959Z" },
	{ 4107542400, "2100-03-01T00:00:00Z", "21000301T000000Z" },
	{ 253402300799, "9999-12-31T23:59:59Z", "99991231T235959Z" },
	{ 253402300800, "", "" },
	{ -1, "1969-12-31T23:59:59Z", "19691231T235959Z" },
};

START_TEST(dates_are_written_in_utc_whatever_the_time_zone)
{
	char buf[NB_CLOCK_TEXT];

	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	ck_assert_str_eq(nb_clock_text(dates[_i].date, buf), dates[_i].text);
	ck_assert_str_eq(nb_clock_compact(dates[_i].date, buf),
			 dates[_i].compact);
}
END_TEST

static const struct {
	const char *epoch;
	int64_t date;
} epochs[] = {
	{ "0", 0 },    { "1795223700", 1795223700 },
	{ "", -1 },    { "x", -1 },
	{ "12x", -1 }, { "-5", -1 },
};

START_TEST(source_date_epoch_is_the_date_where_it_is_a_number)
{
	int64_t now = (int64_t)time(NULL), date;

	setenv("SOURCE_DATE_EPOCH", epochs[_i].epoch, 1);
	date = nb_clock_date();
	if (epochs[_i].date >= 0)
		ck_assert_int_eq(date, epochs[_i].date);
	else
		ck_assert(date >= now && date < now + 60);
}
END_TEST

static const struct {
	int64_t last, now, period;
	bool due;
} repeats[] = {
	{ 1000, 1099, 100, false },
	{ 1000, 1100, 100, true },
	{ 1000, 1000, 100, false },
	{ 1001, 1000, 100, true }, /* the clock was wrong once */
	{ INT64_MAX, 1000, 100, true },
};

START_TEST(what_was_done_in_the_future_is_due)
{
	ck_assert_int_eq(nb_clock_is_due(repeats[_i].last, repeats[_i].now,
					 repeats[_i].period),
			 repeats[_i].due);
}
END_TEST

START_TEST(milliseconds_never_go_back)
{
	int64_t before = nb_clock_ms(), after;

	nanosleep(&(struct timespec){ 0, 3000000 }, NULL);
	after = nb_clock_ms();
	ck_assert_int_ge(after, before + 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("clock");
	TCase *tc = nb_test_case("clock", 10);

	tcase_add_loop_test(tc, dates_are_written_in_utc_whatever_the_time_zone,
			    0, (int)(sizeof dates / sizeof *dates));
	tcase_add_loop_test(tc,
			    source_date_epoch_is_the_date_where_it_is_a_number,
			    0, (int)(sizeof epochs / sizeof *epochs));
	tcase_add_loop_test(tc, what_was_done_in_the_future_is_due, 0,
			    (int)(sizeof repeats / sizeof *repeats));
	tcase_add_test(tc, milliseconds_never_go_back);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
