/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config/value.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "model/record/label.h"

bool
nb_value_is_list(enum nb_value_kind kind)
{
	return kind == NB_VALUE_NAMES || kind == NB_VALUE_TEXTS;
}

static bool
is_text(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	return *text && nb_str_is_utf8(text, strlen(text));
}

static bool
is_name(const char *text)
{
	return is_text(text) && strlen(text) <= NB_NAME_MAX
		&& !strchr(text, '/') && *text != '.';
}

static bool
is_device(const char *text)
{
	return is_text(text)
		&& (!strncmp(text, "/dev/", 5) || !strncmp(text, "stdio:/", 7))
		&& text[strlen(text) - 1] != '/';
}

static bool
is_string(enum nb_value_kind kind, const char *text)
{
	switch (kind) {
	case NB_VALUE_NAME:
	case NB_VALUE_NAMES:
		return is_name(text);
	case NB_VALUE_PATH:
		return is_text(text) && *text == '/';
	case NB_VALUE_DEVICE:
		return is_device(text);
	case NB_VALUE_PROGRAM:
		return is_text(text) && (*text == '/' || !strchr(text, '/'));
	default:
		return is_text(text);
	}
}

static enum nb_err
read_string(const struct nb_field *field, const char *text, char **out)
{
	char *copy = NULL;

	if (!is_string(field->kind, text))
		return NB_ECONFIG;
	if (nb_str_dup(text, &copy))
		return NB_ENOMEM;
	free(*out);
	*out = copy;
	return NB_OK;
}

static enum nb_err
read_list(const struct nb_field *field, const char *text, struct nb_names *out)
{
	char *copy = NULL;
	enum nb_err err;

	for (size_t i = 0; i < out->count; i++)
		if (!strcmp(out->at[i], text))
			return NB_ECONFIG;
	err = read_string(field, text, &copy);
	if (!err && nb_array_push(out, copy)) {
		free(copy);
		err = nb_fail_memory();
	}
	return err;
}

static bool
read_flag(const char *text, bool *out)
{
	static const char *const words[] = { "false", "no",  "off",
					     "true",  "yes", "on" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!strcasecmp(text, words[i])) {
			*out = i >= 3;
			return true;
		}
	}
	return false;
}

static int
word_index(const char *const *words, const char *text)
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], text))
			return i;
	return -1;
}

/* Digits at *P; false if there are none, or too many. */
static bool
read_digits(const char **p, uint64_t *out)
{
	uint64_t value = 0;

	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; ++*p)
		if (__builtin_mul_overflow(value, 10u, &value)
		    || __builtin_add_overflow(value, (unsigned)(**p - '0'),
					      &value))
			return false;
	*out = value;
	return true;
}

static bool
read_number(const char *text, int min, int max, int *out)
{
	uint64_t value;

	if (!read_digits(&text, &value) || *text || value > (uint64_t)max
	    || (int64_t)value < min)
		return false;
	*out = (int)value;
	return true;
}

/* A whole number and up to nine decimals, as billionths; the decimal point is
 * a point in every locale, which strtod does not guarantee. */
static bool
read_decimal(const char **p, uint64_t *whole, uint32_t *billionths)
{
	uint32_t unit = 1000000000;

	*billionths = 0;
	if (!read_digits(p, whole))
		return false;
	if (**p != '.')
		return true;
	for (++*p; **p >= '0' && **p <= '9'; ++*p) {
		unit /= 10;
		*billionths += (uint32_t)(**p - '0') * unit;
		if (!unit)
			return false;
	}
	return unit < 1000000000;
}

/* The factor of "", "k", "MB", "GiB", ...; 0 for anything else. */
static uint64_t
size_unit(const char *text)
{
	static const char letters[] = "kMGTP";
	uint64_t factor = 1, step = 1000;
	const char *letter;

	if (!*text || !strcmp(text, "B"))
		return 1;
	letter = strchr(letters, *text == 'K' ? 'k' : *text);
	if (!letter)
		return 0;
	if (!strcmp(text + 1, "iB"))
		step = 1024;
	else if (text[1] && strcmp(text + 1, "B"))
		return 0;
	for (const char *p = letters; p <= letter; p++)
		factor *= step;
	return factor;
}

static bool
read_size(const char *text, uint64_t *out)
{
	uint64_t whole, unit;
	uint32_t part;

	if (!read_decimal(&text, &whole, &part))
		return false;
	while (*text == ' ')
		text++;
	unit = size_unit(text);
	if (!unit || __builtin_mul_overflow(whole, unit, &whole)
	    || whole > INT64_MAX)
		return false;
	*out = whole + (uint64_t)((double)part * (double)unit / 1e9 + 0.5);
	return true;
}

static bool
read_share(const char *text, struct nb_share *out)
{
	struct nb_share share = { 0, 0 };
	const char *p = text;
	uint64_t value;

	if (read_digits(&p, &value) && !strcmp(p, "%")) {
		if (!value || value > 100)
			return false;
		share.percent = (int)value;
	} else if (!read_size(text, &share.bytes) || !share.bytes) {
		return false;
	}
	*out = share;
	return true;
}

static bool
read_time(const char *text, int64_t *out)
{
	static const char letters[] = "smhdw";
	static const int32_t seconds[] = { 1, 60, 3600, 86400, 604800 };
	const char *letter = letters;
	uint64_t value;

	if (!read_digits(&text, &value))
		return false;
	if (*text) {
		letter = strchr(letters, *text);
		if (!letter || text[1])
			return false;
	}
	if (value > INT32_MAX)
		return false;
	*out = (int64_t)value * seconds[letter - letters];
	return true;
}

static bool
read_ratio(const char *text, double *out)
{
	uint64_t whole;
	uint32_t part;

	if (!read_decimal(&text, &whole, &part) || *text || whole > 1
	    || (whole && part))
		return false;
	*out = (double)whole + part / 1e9;
	return true;
}

static bool
read_compress(const char *text, struct nb_compress *out)
{
	static const struct {
		const char *name;
		enum nb_compression compression;
		int max;
	} methods[] = {
		{ "default", NB_COMPRESSION_DEFAULT, 0 },
		{ "none", NB_COMPRESSION_NONE, 0 },
		{ "gzip", NB_COMPRESSION_GZIP, 9 },
		{ "zstd", NB_COMPRESSION_ZSTD, 19 },
	};
	size_t length = strcspn(text, ":");
	int level = -1;

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		if (strlen(methods[i].name) != length
		    || strncmp(text, methods[i].name, length))
			continue;
		if (text[length]
		    && !read_number(text + length + 1, 1, methods[i].max,
				    &level))
			return false;
		*out = (struct nb_compress){ methods[i].compression, level };
		return true;
	}
	return false;
}

static bool
read_word(const struct nb_field *field, const char *text, void *out)
{
	int i = word_index(field->words, text);

	if (i < 0)
		return false;
	if (field->kind == NB_VALUE_CHOICE)
		*(bool *)out = i == 1;
	else
		memcpy(out, &i, sizeof i);
	return true;
}

enum nb_err
nb_value_read(const struct nb_field *field, const char *text, void *record)
{
	void *out = (char *)record + field->offset;
	bool good = false;

	switch (field->kind) {
	case NB_VALUE_TEXT:
	case NB_VALUE_NAME:
	case NB_VALUE_PATH:
	case NB_VALUE_DEVICE:
	case NB_VALUE_PROGRAM:
		return read_string(field, text, out);
	case NB_VALUE_NAMES:
	case NB_VALUE_TEXTS:
		return read_list(field, text, out);
	case NB_VALUE_FLAG:
		good = read_flag(text, out);
		break;
	case NB_VALUE_CHOICE:
	case NB_VALUE_WORD:
		good = read_word(field, text, out);
		break;
	case NB_VALUE_NUMBER:
		good = read_number(text, field->min, field->max, out);
		break;
	case NB_VALUE_SIZE:
		good = read_size(text, out);
		break;
	case NB_VALUE_SHARE:
		good = read_share(text, out);
		break;
	case NB_VALUE_TIME:
		good = read_time(text, out);
		break;
	case NB_VALUE_RATIO:
		good = read_ratio(text, out);
		break;
	case NB_VALUE_COMPRESS:
		good = read_compress(text, out);
		break;
	}
	return good ? NB_OK : NB_ECONFIG;
}

static const char *
words_expected(const char *const *words, char buf[128])
{
	size_t used = 0;

	buf[0] = '\0';
	for (int i = 0; words[i]; i++)
		used += (size_t)snprintf(buf + used, 128 - used, "%s%s",
					 !i                     ? ""
						 : words[i + 1] ? ", "
								: " or ",
					 words[i]);
	return buf;
}

const char *
nb_value_expected(const struct nb_field *field, char buf[128])
{
	static const char *const texts[] = {
		[NB_VALUE_TEXT] = "text without control characters",
		[NB_VALUE_NAME] = "a name of 1 to 64 bytes without slash, "
				  "leading dot or control characters",
		[NB_VALUE_PATH] = "an absolute path",
		[NB_VALUE_DEVICE] = "/dev/NAME or stdio:/PATH",
		[NB_VALUE_PROGRAM] = "an absolute path, or a bare name found "
				     "on PATH",
		[NB_VALUE_NAMES] = "different names of 1 to 64 bytes without "
				   "slash, leading dot or control characters",
		[NB_VALUE_TEXTS] =
			"different strings without control characters",
		[NB_VALUE_FLAG] = "true or false",
		[NB_VALUE_SIZE] = "a size such as 700M, 4.7G or 650MiB",
		[NB_VALUE_SHARE] = "1% to 100%, or a size such as 2G",
		[NB_VALUE_TIME] = "a time such as 90, 30m, 12h or 40d",
		[NB_VALUE_RATIO] = "a number from 0 to 1",
		[NB_VALUE_COMPRESS] = "default, none, gzip, gzip:1 to gzip:9, "
				      "zstd, or zstd:1 to zstd:19",
	};

	if (field->kind == NB_VALUE_NUMBER)
		snprintf(buf, 128, "a whole number from %d to %d", field->min,
			 field->max);
	else if (field->words)
		return words_expected(field->words, buf);
	else
		snprintf(buf, 128, "%s", texts[field->kind]);
	return buf;
}
