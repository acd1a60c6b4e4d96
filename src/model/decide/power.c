/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/decide/power.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of the line "KEY: VALUE", or NULL; *LENGTH without the newline. */
static const char *
find_value(const char *text, const char *key, size_t *length)
{
	size_t n = strlen(key);

	while (text && *text) {
		if (!strncmp(text, key, n) && !strncmp(text + n, ": ", 2)) {
			*length = strcspn(text + n + 2, "\n");
			return text + n + 2;
		}
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return NULL;
}

/* Is WORD one of the words of the status? */
static bool
has_word(const char *status, size_t length, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= length; i++)
		if (!strncmp(status + i, word, n)
		    && (i == 0 || status[i - 1] == ' ')
		    && (i + n == length || status[i + n] == ' '))
			return true;
	return false;
}

void
nb_power_parse(const char *text, struct nb_power *out)
{
	size_t length = 0;
	const char *status = find_value(text, "ups.status", &length);
	const char *runtime;
	char *end;

	*out = (struct nb_power){ .runtime = -1 };
	if (status)
		snprintf(out->status, sizeof out->status, "%.*s", (int)length,
			 status);
	/* Between two states a driver reports WAIT; OFF means that nothing is
	 * powered. */
	if (!status
	    || (!has_word(status, length, "OL")
		&& !has_word(status, length, "OB")
		&& !has_word(status, length, "LB")
		&& !has_word(status, length, "FSD")))
		return;
	out->known = true;
	out->on_battery = has_word(status, length, "OB");
	out->low = has_word(status, length, "LB");
	out->ending = has_word(status, length, "FSD");
	runtime = find_value(text, "battery.runtime", &length);
	if (!runtime)
		return;
	errno = 0;
	out->runtime = (int64_t)strtod(runtime, &end);
	if (errno || end == runtime || out->runtime < 0)
		out->runtime = -1;
}

static enum nb_power_answer
look_for_end(const struct nb_power *power)
{
	if (power->ending)
		return NB_POWER_ENDING;
	return power->low ? NB_POWER_LOW : NB_POWER_GOOD;
}

enum nb_power_answer
nb_power_may_begin(const struct nb_config_power *limits,
		   const struct nb_power *power)
{
	enum nb_power_answer answer = look_for_end(power);

	if (!power->known && power->status[0])
		return NB_POWER_STATE;
	if (!power->known)
		return limits->unknown_goes ? NB_POWER_GOOD : NB_POWER_UNKNOWN;
	if (answer)
		return answer;
	if (power->on_battery)
		return NB_POWER_BATTERY;
	if (power->runtime < 0 && limits->min_runtime > 0)
		return NB_POWER_NO_RUNTIME;
	if (power->runtime >= 0 && power->runtime < limits->min_runtime)
		return NB_POWER_RUNTIME;
	return NB_POWER_GOOD;
}

int64_t
nb_power_remaining(const struct nb_power_work *work)
{
	double left;

	if (!work->done || work->elapsed_ms <= 0 || work->total < work->done)
		return -1;
	left = (double)(work->total - work->done) / (double)work->done;
	return (int64_t)(left * (double)work->elapsed_ms / 1000)
		+ NB_POWER_CLOSE_S;
}

enum nb_power_answer
nb_power_may_go_on(const struct nb_power *power,
		   const struct nb_power_work *work)
{
	int64_t remaining = nb_power_remaining(work);
	enum nb_power_answer answer = look_for_end(power);

	if (!power->known)
		return NB_POWER_GOOD;
	if (answer || !power->on_battery || !work->spoils)
		return answer;
	if (power->runtime < 0 || remaining < 0)
		return NB_POWER_GOOD;
	return power->runtime < remaining ? NB_POWER_RUNTIME : NB_POWER_GOOD;
}

const char *
nb_power_text(enum nb_power_answer answer)
{
	static const char *const texts[] = {
		[NB_POWER_GOOD] = "on line",
		[NB_POWER_BATTERY] = "on battery",
		[NB_POWER_LOW] = "low battery",
		[NB_POWER_ENDING] = "shutdown in progress",
		[NB_POWER_RUNTIME] = "the battery runtime is too short",
		[NB_POWER_NO_RUNTIME] = "the battery runtime is not known",
		[NB_POWER_STATE] = "neither on line nor on battery",
		[NB_POWER_UNKNOWN] = "no response",
	};

	return texts[answer];
}
