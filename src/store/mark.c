/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/mark.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"

#define HEAD "nightburn mark 1\n"
#define SUM "sha256 "
/* The last line: name, digits, newline. */
#define TAIL (sizeof SUM - 1 + NB_SHA256_HEX + 1)
#define MARKS_MAX 1048576

static enum nb_err
hash(const char *text, size_t n, char hex[NB_SHA256_HEX + 1])
{
	uint8_t digest[NB_SHA256_SIZE];
	struct nb_sha256 *sha256;
	enum nb_err err = nb_sha256_new(&sha256);

	if (err)
		return err;
	nb_sha256_add(sha256, text, n);
	nb_sha256_finish(sha256, digest);
	nb_sha256_free(sha256);
	nb_hex(digest, sizeof digest, hex);
	return NB_OK;
}

struct nb_mark *
nb_marks_find(const struct nb_marks *marks, const char *pool)
{
	for (size_t i = 0; i < marks->count; i++)
		if (!strcmp(marks->at[i].pool, pool))
			return &marks->at[i];
	return NULL;
}

enum nb_err
nb_marks_raise(struct nb_marks *marks, const struct nb_mark *to, bool *raised)
{
	struct nb_mark *mark = nb_marks_find(marks, to->pool);

	if (!mark) {
		*raised = true;
		return nb_array_push(marks, *to);
	}
	if (mark->sequence < to->sequence) {
		mark->sequence = to->sequence;
		*raised = true;
	}
	if (mark->generation < to->generation) {
		mark->generation = to->generation;
		*raised = true;
	}
	return NB_OK;
}

/* The line at TEXT, without its newline, which must be there. */
static enum nb_err
parse_line(char *text, struct nb_marks *list)
{
	struct nb_mark mark = { .pool = "" };
	char *end, *name;

	mark.sequence = strtoull(text, &end, 10);
	mark.generation = strtoull(end, &name, 10);
	if (end == text || name == end || *name != ' '
	    || strlen(++name) > NB_NAME_MAX || !*name
	    || nb_marks_find(list, name))
		return NB_ECORRUPT;
	strcpy(mark.pool, name);
	return nb_array_push(list, mark);
}

/* TEXT is modified. */
static enum nb_err
parse(char *text, size_t length, struct nb_marks *list)
{
	size_t head = strlen(HEAD), body = length - TAIL;
	char hex[NB_SHA256_HEX + 1];
	enum nb_err err;

	if (length < head + TAIL || memchr(text, '\0', length)
	    || memcmp(text, HEAD, head) || text[body - 1] != '\n'
	    || memcmp(text + body, SUM, strlen(SUM))
	    || text[length - 1] != '\n')
		return NB_ECORRUPT;
	err = hash(text, body, hex);
	if (!err && memcmp(text + body + strlen(SUM), hex, NB_SHA256_HEX))
		err = NB_ECORRUPT;
	text[body] = '\0';
	for (char *p = text + head, *eol; !err && *p; p = eol + 1) {
		eol = strchr(p, '\n');
		*eol = '\0';
		err = parse_line(p, list);
	}
	return err;
}

enum nb_err
nb_marks_load(const char *dir, struct nb_marks *marks)
{
	struct nb_marks list = NB_ARRAY_INIT;
	char *path = NULL, *text = NULL;
	size_t length;
	enum nb_err err;

	err = nb_path_join(dir, "mark", &path);
	if (!err)
		err = nb_fd_load(AT_FDCWD, path, MARKS_MAX, &text, &length);
	if (err == NB_EFULL)
		err = NB_ECORRUPT;
	else if (!err) {
		err = parse(text, length, &list);
		if (err == NB_ECORRUPT)
			nb_fail(err,
				"%s: the mark of the catalog is damaged\n"
				"hint: run nightburn catalog rebuild with the "
				"disc that was written last",
				path);
	}
	if (err)
		nb_array_free(&list);
	else
		*marks = list;
	free(text);
	free(path);
	return err;
}

enum nb_err
nb_marks_save(const char *dir, const struct nb_marks *marks)
{
	char hex[NB_SHA256_HEX + 1];
	struct nb_str s = NB_STR_INIT;
	char *path = NULL, *text = NULL;
	enum nb_err err;

	nb_str_add(&s, HEAD);
	for (size_t i = 0; i < marks->count; i++)
		nb_str_addf(&s, "%llu %llu %s\n",
			    (unsigned long long)marks->at[i].sequence,
			    (unsigned long long)marks->at[i].generation,
			    marks->at[i].pool);
	err = s.failed ? nb_fail_memory() : hash(s.text, s.length, hex);
	if (!err)
		nb_str_addf(&s, SUM "%s\n", hex);
	if (!err)
		err = nb_str_take(&s, &text);
	else
		nb_str_free(&s);
	if (!err)
		err = nb_path_join(dir, "mark", &path);
	if (!err)
		err = nb_fd_save(AT_FDCWD, path, text, strlen(text), 0600);
	free(path);
	free(text);
	return err;
}
