/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/owners.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"

#define OWNERS "owners"
#define OWNERS_MAX 1048576

static enum nb_err
fail_damaged(const char *path)
{
	return nb_fail(NB_ECORRUPT,
		       "%s: damaged\nhint: move it away; pools that were taken "
		       "over are taken over again",
		       path);
}

/* The text of the file; "" if there is none. */
static enum nb_err
load_text(const char *path, char **text)
{
	size_t length;
	enum nb_err err = nb_fd_load(AT_FDCWD, path, OWNERS_MAX, text, &length);

	if (err == NB_ENOTFOUND)
		return nb_str_dup("", text);
	if (!err && memchr(*text, '\0', length))
		err = fail_damaged(path);
	return err;
}

struct line {
	bool by;
	struct nb_taken other;
	uint64_t number;
	const char *pool;
};

static bool
parse(const char *text, struct line *out)
{
	uint8_t bytes[NB_ID_SIZE];
	const char *p;
	char *end;

	out->by = !strncmp(text, "by ", 3);
	if (!out->by && strncmp(text, "from ", 5) != 0)
		return false;
	p = text + (out->by ? 3 : 5);
	snprintf(out->other.installation, sizeof out->other.installation,
		 "%.*s", NB_ID_HEX, p);
	if (!nb_unhex(out->other.installation, NB_ID_SIZE, bytes))
		return false;
	p += NB_ID_HEX;
	if (p[0] != ' ' || !isdigit((unsigned char)p[1]))
		return false;
	errno = 0;
	out->number = strtoull(p + 1, &end, 10);
	out->pool = end + 1;
	return !errno && *end == ' ';
}

static enum nb_err
heed(const struct line *line, struct nb_pool_owner *out)
{
	uint64_t *last = line->by ? &out->fenced : &out->take_overs;

	if (line->number > *last)
		*last = line->number;
	return line->by ? NB_OK : nb_array_push(&out->taken, line->other);
}

enum nb_err
nb_owners_load(const char *state_dir, const char *pool,
	       struct nb_pool_owner *out)
{
	char *path, *text = NULL;
	enum nb_err err = nb_path_join(state_dir, OWNERS, &path);

	if (err)
		return err;
	err = load_text(path, &text);
	for (char *p = text, *end; !err && *p; p = end) {
		struct line line;

		end = p + strcspn(p, "\n");
		if (*end)
			*end++ = '\0';
		if (!parse(p, &line))
			err = fail_damaged(path);
		else if (!strcmp(line.pool, pool))
			err = heed(&line, out);
	}
	free(text);
	free(path);
	return err;
}

enum nb_err
nb_owners_add(const char *state_dir, bool by, const char *installation,
	      uint64_t number, const char *pool)
{
	char *path, *text = NULL;
	struct nb_str all = NB_STR_INIT;
	enum nb_err err = nb_path_join(state_dir, OWNERS, &path);

	if (err)
		return err;
	err = load_text(path, &text);
	if (!err) {
		nb_str_addf(&all, "%s%s %s %llu %s\n", text, by ? "by" : "from",
			    installation, (unsigned long long)number, pool);
		err = all.failed ? nb_fail_memory()
				 : nb_fd_save(AT_FDCWD, path, all.text,
					      all.length, 0600);
	}
	nb_str_free(&all);
	free(text);
	free(path);
	return err;
}
