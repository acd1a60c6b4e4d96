/* SPDX-License-Identifier: GPL-2.0-or-later */
/* discs = auto: new discs get their names by a pattern. */
#include "model/config/build.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "model/record/label.h"

/* A number of discs that no pool has, and its digits. */
#define NUMBERS 1000000
#define DIGITS 6
#define AUTO "auto"
#define NUMBER_SIGN '#'

/* The parts of PATTERN before its signs, the signs, and after them. */
struct parts {
	size_t before, signs, after;
};

static struct parts
split(const char *pattern)
{
	struct parts p;

	p.before = strcspn(pattern, "#");
	p.signs = strspn(pattern + p.before, "#");
	p.after = strlen(pattern) - p.before - p.signs;
	return p;
}

static bool
is_pattern(const char *pattern)
{
	struct parts p = split(pattern);

	return p.signs && p.signs <= DIGITS
		&& !strchr(pattern + p.before + p.signs, NUMBER_SIGN)
		&& p.before + DIGITS + p.after <= NB_NAME_MAX;
}

unsigned int
nb_config_disc_number(const struct nb_config_pool *pool, const char *name)
{
	struct parts p = split(pool->disc_names);
	size_t length = strlen(name), digits;
	unsigned int number = 0;

	if (length < p.before + p.signs + p.after)
		return 0;
	digits = length - p.before - p.after;
	if (digits > DIGITS || strncmp(name, pool->disc_names, p.before)
	    || strcmp(name + length - p.after,
		      pool->disc_names + p.before + p.signs))
		return 0;
	for (size_t i = 0; i < digits; i++) {
		char c = name[p.before + i];

		if (c < '0' || c > '9' || (!i && c == '0' && digits > p.signs))
			return 0;
		number = number * 10 + (unsigned int)(c - '0');
	}
	return number;
}

void
nb_config_disc_name(const struct nb_config_pool *pool, unsigned int number,
		    char name[NB_NAME_MAX + 1])
{
	struct parts p = split(pool->disc_names);

	snprintf(name, NB_NAME_MAX + 1, "%.*s%0*u%s", (int)p.before,
		 pool->disc_names, (int)p.signs, number % NUMBERS,
		 pool->disc_names + p.before + p.signs);
}

enum nb_err
nb_config_pool_end(const char *file, int line, struct nb_config_pool *pool)
{
	pool->automatic =
		pool->discs.count == 1 && !strcmp(pool->discs.at[0], AUTO);
	if (!pool->automatic)
		return pool->disc_names
			? nb_fail(NB_ECONFIG,
				  "%s:%d: pool \"%s\" has disc_names; expected "
				  "discs = auto with it",
				  file, line, pool->name)
			: NB_OK;
	if (pool->rotation == NB_ROTATION_ALTERNATE)
		return nb_fail(NB_ECONFIG,
			       "%s:%d: pool \"%s\" has discs = auto; expected "
			       "rotation = append or fresh with it",
			       file, line, pool->name);
	nb_names_free(&pool->discs);
	pool->discs = (struct nb_names)NB_ARRAY_INIT;
	if (!pool->disc_names
	    && nb_str_format(&pool->disc_names, "%s-###", pool->name))
		return nb_fail_memory();
	return is_pattern(pool->disc_names)
		? NB_OK
		: nb_fail(NB_ECONFIG,
			  "%s:%d: disc_names is \"%s\"; expected a name of at "
			  "most 58 bytes with ### for the number, once",
			  file, line, pool->disc_names);
}
