/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/record/manifest.h"

/* GNU coreutils: if a name has one of these, it is escaped and its line
 * marked. */
#define ESCAPED "\\\n\r"

static void
add_escaped(struct nb_str *s, const char *path)
{
	for (const char *p = path; *p; p++) {
		if (*p == '\\')
			nb_str_add(s, "\\\\");
		else if (*p == '\n')
			nb_str_add(s, "\\n");
		else if (*p == '\r')
			nb_str_add(s, "\\r");
		else
			nb_str_add_bytes(s, p, 1);
	}
}

/* Borrowed: there may be millions. */
struct line {
	const char *path;
	const uint8_t *sha256;
};

struct lines NB_ARRAY(struct line);

static void
add_line(struct nb_str *s, const struct line *line)
{
	char hex[NB_SHA256_HEX + 1];

	if (strpbrk(line->path, ESCAPED))
		nb_str_add(s, "\\");
	nb_str_add(s, nb_hex(line->sha256, NB_SHA256_SIZE, hex));
	nb_str_add(s, "  ");
	add_escaped(s, line->path);
	nb_str_add(s, "\n");
}

static int
by_line(const void *a, const void *b)
{
	return strcmp(((const struct line *)a)->path,
		      ((const struct line *)b)->path);
}

static enum nb_err
list_lines(const struct nb_entries *entries, const struct nb_sums *kept,
	   struct lines *lines)
{
	static const uint8_t unknown[NB_SHA256_SIZE];
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < entries->count; i++) {
		const struct nb_entry *e = &entries->at[i];
		struct line line = { e->path, e->hashed ? e->sha256 : unknown };

		if (e->type == NB_ENTRY_FILE)
			err = nb_array_push(lines, line);
	}
	for (size_t i = 0; !err && kept && i < kept->count; i++) {
		const struct nb_sum *sum = &kept->at[i];
		struct line line = { sum->path, sum->sha256 };

		err = nb_array_push(lines, line);
	}
	if (!err && lines->count)
		qsort(lines->at, lines->count, sizeof *lines->at, by_line);
	return err;
}

enum nb_err
nb_sums_render(const struct nb_entries *entries, const struct nb_sums *kept,
	       char **text, size_t *length)
{
	struct lines lines = NB_ARRAY_INIT;
	struct nb_str s = NB_STR_INIT;
	enum nb_err err = list_lines(entries, kept, &lines);
	size_t n;

	for (size_t i = 0; !err && i < lines.count; i++) {
		const struct line *line = &lines.at[i];

		if (strcmp(line->path, NB_SUMS_PATH)
		    && strcmp(line->path, NB_SUMS_COPY))
			add_line(&s, line);
	}
	nb_array_free(&lines);
	n = s.length;
	if (err)
		nb_str_free(&s);
	else
		err = nb_str_take(&s, text);
	if (!err)
		*length = n;
	return err;
}

/* Undoes the escapes of N bytes at TEXT in place; the new length, or -1. */
static ssize_t
unescape(char *text, size_t n)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		if (c == '\\') {
			if (++i == n)
				return -1;
			c = text[i] == 'n'        ? '\n'
				: text[i] == 'r'  ? '\r'
				: text[i] == '\\' ? '\\'
						  : '\0';
			if (!c)
				return -1;
		}
		text[to++] = c;
	}
	return (ssize_t)to;
}

/* One line without its newline; false if it is invalid, or out of memory. */
static bool
parse_line(const char *line, size_t n, char **path, uint8_t *sha256)
{
	bool escaped = n && line[0] == '\\';
	char hex[NB_SHA256_HEX + 1];
	ssize_t length;

	line += escaped;
	n -= escaped;
	if (n < NB_SHA256_HEX + 3 || memchr(line, '\0', n)
	    || line[NB_SHA256_HEX] != ' '
	    || !strchr(" *", line[NB_SHA256_HEX + 1]))
		return false;
	memcpy(hex, line, NB_SHA256_HEX);
	hex[NB_SHA256_HEX] = '\0';
	if (!nb_unhex(hex, NB_SHA256_SIZE, sha256))
		return false;
	n -= NB_SHA256_HEX + 2;
	*path = strndup(line + NB_SHA256_HEX + 2, n);
	if (!*path)
		return false;
	length = escaped ? unescape(*path, n) : (ssize_t)n;
	if (length >= 0)
		(*path)[length] = '\0';
	return length >= 0;
}

enum nb_err
nb_sums_parse(const char *name, const char *text, size_t length,
	      enum nb_err (*fn)(void *ctx, const char *path,
				const uint8_t *sha256),
	      void *ctx)
{
	const char *end = text + length;
	enum nb_err err = NB_OK;
	size_t number = 1;

	for (const char *p = text; !err && p < end; number++) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		uint8_t sha256[NB_SHA256_SIZE];
		char *path = NULL;

		if (eol && parse_line(p, (size_t)(eol - p), &path, sha256))
			err = fn(ctx, path, sha256);
		else
			err = nb_fail(NB_ECORRUPT,
				      "%s:%zu: not a sha256sum line", name,
				      number);
		free(path);
		p = eol ? eol + 1 : end;
	}
	return err;
}

static enum nb_err
keep_sum(void *ctx, const char *path, const uint8_t *sha256)
{
	struct nb_sums *sums = ctx;
	struct nb_sum sum = { .path = NULL };
	enum nb_err err = nb_str_dup(path, &sum.path);

	memcpy(sum.sha256, sha256, sizeof sum.sha256);
	if (!err)
		err = nb_array_push(sums, sum);
	if (err)
		free(sum.path);
	return err;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct nb_sum *)a)->path,
		      ((const struct nb_sum *)b)->path);
}

enum nb_err
nb_sums_load(const char *name, const char *text, size_t length,
	     struct nb_sums *sums)
{
	enum nb_err err = nb_sums_parse(name, text, length, keep_sum, sums);

	if (!err && sums->count)
		qsort(sums->at, sums->count, sizeof *sums->at, by_path);
	for (size_t i = 1; !err && i < sums->count; i++)
		if (!by_path(&sums->at[i - 1], &sums->at[i]))
			err = nb_fail(NB_ECORRUPT, "%s: %s is given twice",
				      name, sums->at[i].path);
	return err;
}

void
nb_sums_free(struct nb_sums *sums)
{
	for (size_t i = 0; i < sums->count; i++)
		free(sums->at[i].path);
	nb_array_free(sums);
}

const struct nb_sum *
nb_sums_find(const struct nb_sums *sums, const char *path)
{
	const struct nb_sum key = { .path = (char *)path };

	return sums->count
		? bsearch(&key, sums->at, sums->count, sizeof key, by_path)
		: NULL;
}
