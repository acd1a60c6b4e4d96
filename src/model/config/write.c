/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config/value.h"

#include <stdlib.h>

#include "base/str.h"

static enum nb_err
write_compress(const struct nb_compress *compress, char **text)
{
	static const char *const methods[] = {
		[NB_COMPRESSION_DEFAULT] = "default",
		[NB_COMPRESSION_NONE] = "none",
		[NB_COMPRESSION_GZIP] = "gzip",
		[NB_COMPRESSION_ZSTD] = "zstd",
	};
	const char *method = methods[compress->method];

	return compress->level < 0
		? nb_str_dup(method, text)
		: nb_str_format(text, "%s:%d", method, compress->level);
}

static enum nb_err
write_one(const struct nb_field *field, const void *record, char **text)
{
	const void *at = (const char *)record + field->offset;

	switch (field->kind) {
	case NB_VALUE_FLAG:
		return nb_str_dup(*(const bool *)at ? "true" : "false", text);
	case NB_VALUE_CHOICE:
		return nb_str_dup(field->words[*(const bool *)at], text);
	case NB_VALUE_WORD:
		return nb_str_dup(field->words[*(const int *)at], text);
	case NB_VALUE_NUMBER:
		return nb_str_format(text, "%d", *(const int *)at);
	case NB_VALUE_SIZE:
		return nb_str_format(text, "%llu",
				     (unsigned long long)*(const uint64_t *)at);
	case NB_VALUE_TIME:
		return nb_str_format(text, "%lld",
				     (long long)*(const int64_t *)at);
	case NB_VALUE_COMPRESS:
		return write_compress(at, text);
	default:
		return nb_str_dup(*(char *const *)at, text);
	}
}

enum nb_err
nb_value_write(const struct nb_field *field, const void *record,
	       struct nb_names *out)
{
	const struct nb_names *list =
		(const void *)((const char *)record + field->offset);
	char *text = NULL;
	enum nb_err err = NB_OK;

	if (!nb_value_is_list(field->kind)) {
		err = write_one(field, record, &text);
		return err || !text ? err : nb_names_take(out, text);
	}
	for (size_t i = 0; !err && i < list->count; i++) {
		err = nb_str_dup(list->at[i], &text);
		if (!err)
			err = text ? nb_names_take(out, text) : NB_OK;
	}
	return err;
}

void
nb_value_clear(const struct nb_field *field, void *record)
{
	void *at = (char *)record + field->offset;

	switch (field->kind) {
	case NB_VALUE_TEXT:
	case NB_VALUE_NAME:
	case NB_VALUE_PATH:
	case NB_VALUE_DEVICE:
	case NB_VALUE_PROGRAM:
		free(*(char **)at);
		break;
	case NB_VALUE_NAMES:
	case NB_VALUE_TEXTS:
		nb_names_free(at);
		break;
	default:
		break;
	}
}
