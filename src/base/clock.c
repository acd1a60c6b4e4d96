/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"

#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

int64_t
nb_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
nb_clock_date(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	char *end;

	if (epoch && *epoch) {
		long long date = strtoll(epoch, &end, 10);

		if (!*end && date >= 0)
			return date;
	}
	return (int64_t)time(NULL);
}

/* The calendar repeats itself after 400 years; 32-bit dates, which some C
 * libraries have, end in 2038. */
#define DAY INT64_C(86400)
#define ERA (INT64_C(146097) * DAY)
#define BEFORE_1970 (INT64_C(719528) * DAY) /* from the first day of year 0 */

static int64_t
days_of(int64_t year)
{
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return leap ? 366 : 365;
}

static bool
split_date(int64_t date, struct tm *tm)
{
	static const uint8_t lengths[] = { 31, 28, 31, 30, 31, 30,
					   31, 31, 30, 31, 30, 31 };
	int64_t days, year, length;

	if (date < -BEFORE_1970 || date >= 25 * ERA - BEFORE_1970)
		return false;
	days = (date + BEFORE_1970) / DAY;
	date = (date + BEFORE_1970) % DAY;
	year = days / (ERA / DAY) * 400;
	days %= ERA / DAY;
	for (; days >= days_of(year); year++)
		days -= days_of(year);
	tm->tm_year = (int)year - 1900;
	for (tm->tm_mon = 0;; tm->tm_mon++) {
		length = lengths[tm->tm_mon]
			+ (tm->tm_mon == 1 && days_of(year) == 366);
		if (days < length)
			break;
		days -= length;
	}
	tm->tm_mday = (int)days + 1;
	tm->tm_hour = (int)(date / 3600);
	tm->tm_min = (int)(date / 60 % 60);
	tm->tm_sec = (int)(date % 60);
	return true;
}

static const char *
format_date(int64_t date, const char *format, char buf[NB_CLOCK_TEXT])
{
	struct tm tm = { .tm_isdst = 0 };

	if (!split_date(date, &tm)
	    || !strftime(buf, NB_CLOCK_TEXT, format, &tm))
		buf[0] = '\0';
	return buf;
}

bool
nb_clock_is_due(int64_t last, int64_t now, int64_t period)
{
	return last > now || now - last >= period;
}

const char *
nb_clock_text(int64_t date, char buf[NB_CLOCK_TEXT])
{
	return format_date(date, "%Y-%m-%dT%H:%M:%SZ", buf);
}

const char *
nb_clock_compact(int64_t date, char buf[NB_CLOCK_TEXT])
{
	return format_date(date, "%Y%m%dT%H%M%SZ", buf);
}
