/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/rewritten.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "job/backup/dedup.h"
#include "job/backup/measure.h"
#include "job/backup/past_files.h"

/* One source for each of BACKUP->last. */
struct tally {
	double least; /* 0: it is not compared */
	uint64_t had; /* files that are still there under their names */
	uint64_t same;
};

/* A file of the last good backup. */
struct old {
	char *path; /* "tree/www/a" */
	uint64_t size;
	uint8_t sha256[NB_SHA256_SIZE];
	bool found; /* its content is in the tree */
};

struct olds NB_ARRAY(struct old);

struct search {
	struct nb_backup *backup;
	const struct nb_session *session;
	struct nb_completes past; /* the last good backup, and the one before */
	struct tally *tallies;
	size_t at;             /* the source that is looked at */
	struct olds olds;      /* its files, by path */
	struct old **contents; /* the same, by size and hash */
	uint64_t found;
	struct tally usual; /* from the backup before to the last one */
};

/* ---- what size and dates say ---- */

static bool
has_content(const struct nb_entry *e)
{
	return e->type == NB_ENTRY_FILE && e->size && e->hashed;
}

/* Nothing says that NOW was written since the last good backup.  (The status of
 * a file that is written, or takes the place of another one, changes.) */
static bool
seems_same(const struct search *s, const struct nb_entry *now,
	   const struct nb_entry *was)
{
	const struct nb_last_complete *last = &s->past.at[0];

	if (now->size != was->size)
		return false;
	if (now->hashed)
		return !memcmp(now->sha256, was->sha256, NB_SHA256_SIZE);
	return now->mtime == was->mtime && now->ctime
		&& now->ctime < last->created
		&& last->created <= s->session->manifest.created;
}

static enum nb_err
count(void *ctx, const struct nb_past_file *file)
{
	const struct search *s = ctx;
	struct tally *t = &s->tallies[file->at];

	if (t->least <= 0 || !has_content(file->was) || !file->now
	    || file->now->type != NB_ENTRY_FILE)
		return NB_OK;
	t->had++;
	t->same += seems_same(s, file->now, file->was);
	return NB_OK;
}

static bool
are_few(const struct tally *t, uint64_t same)
{
	return t->had >= NB_REWRITTEN_MIN
		&& (double)same < (double)t->had * t->least;
}

/* ---- the files of one source ---- */

static enum nb_err
load_old(void *ctx, const struct nb_past_file *file)
{
	struct search *s = ctx;
	struct old old = { .size = file->was->size };
	enum nb_err err;

	if (file->at != s->at || !has_content(file->was) || !file->now
	    || file->now->type != NB_ENTRY_FILE)
		return NB_OK;
	memcpy(old.sha256, file->was->sha256, sizeof old.sha256);
	err = nb_str_dup(file->path, &old.path);
	if (!err)
		err = nb_array_push(&s->olds, old);
	if (err)
		free(old.path);
	return err;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct old *)a)->path,
		      ((const struct old *)b)->path);
}

static int
compare_contents(const struct old *x, const struct old *y)
{
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return memcmp(x->sha256, y->sha256, sizeof x->sha256);
}

static int
by_content(const void *a, const void *b)
{
	return compare_contents(*(struct old *const *)a,
				*(struct old *const *)b);
}

static enum nb_err
load(struct search *s)
{
	const struct nb_session *session = s->session;
	enum nb_err err =
		nb_past_files(s->backup, &session->manifest, &session->entries,
			      s->past.at[0].id, load_old, s);

	if (err || !s->olds.count)
		return err;
	s->contents = calloc(s->olds.count, sizeof(struct old *));
	if (!s->contents)
		return nb_fail_memory();
	qsort(s->olds.at, s->olds.count, sizeof *s->olds.at, by_path);
	for (size_t i = 0; i < s->olds.count; i++)
		s->contents[i] = &s->olds.at[i];
	qsort(s->contents, s->olds.count, sizeof(struct old *), by_content);
	return NB_OK;
}

static void
unload(struct search *s)
{
	for (size_t i = 0; i < s->olds.count; i++)
		free(s->olds.at[i].path);
	nb_array_free(&s->olds);
	free(s->contents);
	s->contents = NULL;
	s->found = 0;
}

/* The file of the last good backup with the path of FILE, or NULL. */
static struct old *
find_old(const struct search *s, const char *path)
{
	const struct old key = { .path = (char *)(uintptr_t)path };

	return bsearch(&key, s->olds.at, s->olds.count, sizeof key, by_path);
}

/* ---- is it so each night? ---- */

static enum nb_err
count_earlier(void *ctx, const struct nb_past_file *file)
{
	struct search *s = ctx;
	const struct old *old;

	if (file->at != s->at || !has_content(file->was))
		return NB_OK;
	old = find_old(s, file->path);
	s->usual.had += old != NULL;
	s->usual.same += old && old->size == file->was->size
		&& !memcmp(old->sha256, file->was->sha256, sizeof old->sha256);
	return NB_OK;
}

static enum nb_err
is_usual(struct search *s, bool *usual)
{
	const struct nb_session *session = s->session;
	enum nb_err err = NB_OK;

	s->usual = (struct tally){ .least = s->tallies[s->at].least };
	if (s->past.count > 1)
		err = nb_past_files(s->backup, &session->manifest,
				    &session->entries, s->past.at[1].id,
				    count_earlier, s);
	*usual = !err && are_few(&s->usual, s->usual.same);
	return err;
}

/* ---- what is in the tree now ---- */

/* The first of CONTENTS that is not before KEY. */
static size_t
first_content(const struct search *s, const struct old *key)
{
	size_t low = 0, high = s->olds.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_contents(s->contents[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
mark(struct search *s, const struct old *key)
{
	for (size_t i = first_content(s, key);
	     i < s->olds.count && !compare_contents(s->contents[i], key); i++) {
		s->found += !s->contents[i]->found;
		s->contents[i]->found = true;
	}
}

/* E may have the content of a file of the last good backup. */
static enum nb_err
look_at(struct search *s, const struct nb_entry *e)
{
	struct old key = { .size = e->size };
	size_t at = first_content(s, &key);
	bool read = e->hashed;
	enum nb_err err = NB_OK;

	if (e->type != NB_ENTRY_FILE || !e->size || at == s->olds.count
	    || s->contents[at]->size != e->size)
		return NB_OK;
	if (e->hashed)
		memcpy(key.sha256, e->sha256, sizeof key.sha256);
	else if (e->content == NB_CONTENT_ROOT && e->root)
		err = nb_dedup_hash(s->backup->context->nb, s->session, e,
				    key.sha256, &read);
	if (!err && read)
		mark(s, &key);
	return err;
}

static enum nb_err
look_at_all(struct search *s)
{
	const struct tally *t = &s->tallies[s->at];
	const struct nb_holding *last = &s->backup->last.at[s->at];
	const struct nb_manifest_source *source =
		nb_manifest_find(&s->session->manifest, last->kind, last->name);
	const struct nb_entries *files = &s->session->entries;
	size_t n = source->path ? strlen(source->path) : 0;
	enum nb_err err = NB_OK;

	for (size_t i = 0;
	     !err && i < source->members.count && are_few(t, s->found); i++)
		err = look_at(s, &source->members.at[i]);
	for (size_t i = 0;
	     !err && n && i < files->count && are_few(t, s->found); i++)
		if (!strncmp(files->at[i].path, source->path, n)
		    && files->at[i].path[n] == '/')
			err = look_at(s, &files->at[i]);
	return err;
}

/* ---- all sources ---- */

static enum nb_err
look_at_source(struct search *s)
{
	const struct nb_holding *last = &s->backup->last.at[s->at];
	const struct tally *t = &s->tallies[s->at];
	struct nb_shrink shrink = { .kind = last->kind,
				    .name = last->name,
				    .what = NB_SHRINK_REWRITTEN,
				    .before = t->had };
	bool usual = false;
	enum nb_err err = load(s);

	if (!err)
		err = is_usual(s, &usual);
	if (!err && !usual)
		err = look_at_all(s);
	shrink.now = t->had - s->found;
	if (!err && !usual && are_few(t, s->found))
		err = nb_shrinks_add(&s->backup->shrinks, &shrink);
	unload(s);
	return err;
}

/* Is there something to compare? */
static bool
begin(struct search *s)
{
	const struct nb_backup *backup = s->backup;
	bool any = false;

	for (size_t i = 0; i < backup->last.count; i++) {
		const struct nb_holding *was = &backup->last.at[i];

		if (was->files < NB_REWRITTEN_MIN
		    || nb_shrinks_have(&backup->shrinks, was))
			continue;
		s->tallies[i].least = nb_backup_least(backup, was).unchanged;
		any |= s->tallies[i].least > 0;
	}
	return any;
}

enum nb_err
nb_rewritten_find(struct nb_backup *backup, const struct nb_session *session)
{
	const struct nb_line line = nb_backup_line(backup);
	struct search s = { .backup = backup, .session = session };
	enum nb_err err = NB_OK;

	s.tallies = calloc(backup->last.count + 1, sizeof *s.tallies);
	if (!s.tallies)
		return nb_fail_memory();
	if (begin(&s))
		err = nb_catalog_completes(backup->context->catalog, &line, 2,
					   &s.past);
	if (!err && s.past.count)
		err = nb_past_files(backup, &session->manifest,
				    &session->entries, s.past.at[0].id, count,
				    &s);
	for (; !err && s.past.count && s.at < backup->last.count; s.at++)
		if (are_few(&s.tallies[s.at], s.tallies[s.at].same))
			err = look_at_source(&s);
	nb_array_free(&s.past);
	free(s.tallies);
	return err;
}
