/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/unread.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"

#define UNREAD "unread"
#define UNREAD_MAX 1048576

struct line {
	char disc_id[NB_ID_HEX + 1];
	int64_t verified;
	char pool[NB_NAME_MAX + 1];
};

struct lines NB_ARRAY(struct line);

static bool
parse(const char *text, size_t length, struct line *out)
{
	uint8_t bytes[NB_ID_SIZE];
	const char *p = text + NB_ID_HEX;
	char *end;

	if (length < NB_ID_HEX + 4 || *p != ' '
	    || !isdigit((unsigned char)p[1]))
		return false;
	snprintf(out->disc_id, sizeof out->disc_id, "%.*s", NB_ID_HEX, text);
	errno = 0;
	out->verified = strtoll(p + 1, &end, 10);
	if (errno || *end != ' ' || end + 1 >= text + length)
		return false;
	snprintf(out->pool, sizeof out->pool, "%.*s",
		 (int)(text + length - end - 1), end + 1);
	return nb_unhex(out->disc_id, NB_ID_SIZE, bytes);
}

static enum nb_err
parse_all(const char *path, const char *text, size_t length,
	  struct lines *lines)
{
	enum nb_err err = NB_OK;

	for (const char *p = text; !err && p < text + length;) {
		size_t n = strcspn(p, "\n");
		struct line line;

		if (!parse(p, n, &line))
			return nb_fail(NB_ECORRUPT,
				       "%s: damaged\nhint: move the file "
				       "away, then run nightburn verify with "
				       "each disc of the pool before the next "
				       "night",
				       path);
		err = nb_array_push(lines, line);
		p += n + (p[n] == '\n');
	}
	return err;
}

/* PATH: of the file; the caller frees it, and LINES. */
static enum nb_err
load(const char *state_dir, char **path, struct lines *lines)
{
	char *text = NULL;
	size_t length;
	enum nb_err err = nb_path_join(state_dir, UNREAD, path);

	if (err)
		return err;
	err = nb_fd_load(AT_FDCWD, *path, UNREAD_MAX, &text, &length);
	if (!err)
		err = parse_all(*path, text, length, lines);
	free(text);
	return err == NB_ENOTFOUND ? NB_OK : err;
}

static enum nb_err
save(const char *path, const struct lines *lines, const char *pool,
     const char *disc_id)
{
	struct nb_str all = NB_STR_INIT;
	enum nb_err err;

	for (size_t i = 0; i < lines->count; i++)
		if (strcmp(lines->at[i].pool, pool) != 0
		    && strcmp(lines->at[i].disc_id, disc_id) != 0)
			nb_str_addf(&all, "%s %lld %s\n", lines->at[i].disc_id,
				    (long long)lines->at[i].verified,
				    lines->at[i].pool);
	err = all.failed ? nb_fail_memory()
			 : nb_fd_save(AT_FDCWD, path, all.text ? all.text : "",
				      all.length, 0600);
	nb_str_free(&all);
	return err;
}

enum nb_err
nb_unread_load(const char *state_dir, struct nb_pool_view *view)
{
	struct lines lines = NB_ARRAY_INIT;
	char *path = NULL;
	enum nb_err err = load(state_dir, &path, &lines);

	for (size_t i = 0; !err && i < lines.count; i++)
		for (size_t k = 0; k < view->discs.count; k++) {
			struct nb_pool_disc *d = &view->discs.at[k];

			if (!strcmp(d->disc_id, lines.at[i].disc_id)
			    && d->verified == lines.at[i].verified)
				d->unread = true;
		}
	nb_array_free(&lines);
	free(path);
	return err;
}

enum nb_err
nb_unread_add(const char *state_dir, struct nb_pool_view *view, bool keep)
{
	struct lines lines = NB_ARRAY_INIT;
	char *path = NULL;
	enum nb_err err = load(state_dir, &path, &lines);
	bool more = false;

	for (size_t i = 0; !err && i < view->discs.count; i++) {
		struct nb_pool_disc *d = &view->discs.at[i];
		struct line line = { .verified = d->verified };

		if (d->state != NB_DISC_GOOD || d->unread)
			continue;
		d->unread = more = true;
		memcpy(line.disc_id, d->disc_id, sizeof line.disc_id);
		memcpy(line.pool, view->name, sizeof line.pool);
		err = nb_array_push(&lines, line);
	}
	if (!err && more && keep)
		err = save(path, &lines, "", "");
	nb_array_free(&lines);
	free(path);
	return err;
}

/* All lines but those of POOL and of DISC_ID. */
static enum nb_err
forget(const char *state_dir, const char *pool, const char *disc_id)
{
	struct lines lines = NB_ARRAY_INIT;
	char *path = NULL;
	enum nb_err err = load(state_dir, &path, &lines);

	if (!err && lines.count)
		err = save(path, &lines, pool, disc_id);
	nb_array_free(&lines);
	free(path);
	return err;
}

enum nb_err
nb_unread_forget(const char *state_dir, const char *pool)
{
	return forget(state_dir, pool, "");
}

enum nb_err
nb_unread_found(const char *state_dir, const char *disc_id)
{
	return forget(state_dir, "", disc_id);
}
