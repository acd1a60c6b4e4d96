/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <time.h>

#include "report/report.h"

const char *
nb_report_date(int64_t date, char buf[32])
{
	time_t seconds = (time_t)date;
	struct tm tm;

	if (!date || !gmtime_r(&seconds, &tm)
	    || !strftime(buf, 32, "%Y-%m-%d %H:%M UTC", &tm))
		strcpy(buf, "never");
	return buf;
}

struct nb_object
nb_object_begin(struct nb_str *s)
{
	nb_str_add(s, "{");
	return (struct nb_object){ s, false };
}

static void
add_key(struct nb_object *o, const char *key)
{
	nb_str_add(o->s, o->more ? ", " : "");
	nb_str_add_json(o->s, key);
	nb_str_add(o->s, ": ");
	o->more = true;
}

void
nb_object_text(struct nb_object *o, const char *key, const char *value)
{
	add_key(o, key);
	if (value)
		nb_str_add_json(o->s, value);
	else
		nb_str_add(o->s, "null");
}

void
nb_object_bytes(struct nb_object *o, const char *key, const char *value)
{
	if (!value || nb_str_is_utf8(value, strlen(value))) {
		nb_object_text(o, key, value);
		return;
	}
	nb_str_addf(o->s, "%s\"%s_hex\": \"", o->more ? ", " : "", key);
	o->more = true;
	for (const char *p = value; *p; p++)
		nb_str_addf(o->s, "%02x", (unsigned char)*p);
	nb_str_add(o->s, "\"");
}

void
nb_object_number(struct nb_object *o, const char *key, uint64_t value)
{
	add_key(o, key);
	nb_str_addf(o->s, "%llu", (unsigned long long)value);
}

void
nb_object_date(struct nb_object *o, const char *key, int64_t value)
{
	time_t seconds = (time_t)value;
	char text[32];
	struct tm tm;

	if (value && gmtime_r(&seconds, &tm)
	    && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm))
		nb_object_text(o, key, text);
	else
		nb_object_text(o, key, NULL);
}

void
nb_object_bool(struct nb_object *o, const char *key, bool value)
{
	add_key(o, key);
	nb_str_add(o->s, value ? "true" : "false");
}

void
nb_object_end(struct nb_object *o)
{
	nb_str_add(o->s, "}");
}
