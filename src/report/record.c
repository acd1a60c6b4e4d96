/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/record.h"

#include <string.h>

static const char *
get_text(const struct nb_column *c, const char *at)
{
	const char *text;

	if (c->array)
		text = at;
	else
		memcpy(&text, at, sizeof text);
	return text && c->optional && !*text ? NULL : text;
}

/* Integers of any size; values beyond int64_t are clamped. */
static int64_t
get_number(const struct nb_column *c, const char *at)
{
	uint64_t wide;
	uint32_t number;
	bool flag;

	if (c->size == sizeof wide) {
		memcpy(&wide, at, sizeof wide);
		return wide <= INT64_MAX || c->type == NB_COLUMN_DATE
			? (int64_t)wide
			: INT64_MAX;
	}
	if (c->size == sizeof number) {
		memcpy(&number, at, sizeof number);
		return number;
	}
	memcpy(&flag, at, sizeof flag);
	return flag;
}

struct nb_value
nb_column_value(const struct nb_column *c, const void *row)
{
	const char *at = (const char *)row + c->offset;
	struct nb_value value = { .type = c->type };

	if (c->text)
		value.text = c->text(row);
	else if (c->type == NB_COLUMN_TEXT)
		value.text = get_text(c, at);
	else if (c->size)
		value.number = get_number(c, at);
	if (c->type == NB_COLUMN_STATUS)
		value.number = nb_exit_status((enum nb_err)value.number);
	return value;
}
