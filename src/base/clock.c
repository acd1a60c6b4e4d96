/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"

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

static const char *
format_date(int64_t date, const char *format, char buf[NB_CLOCK_TEXT])
{
	time_t seconds = (time_t)date;
	struct tm tm;

	if (!gmtime_r(&seconds, &tm)
	    || !strftime(buf, NB_CLOCK_TEXT, format, &tm))
		buf[0] = '\0';
	return buf;
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
