/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The backups that wait in staging. */
#include "store/staging.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "model/backup_id.h"
#include "model/record/backup_path.h"
#include "store/catalog.h"

#define RECORD_MAX ((size_t)1 << 30)

static bool
is_own(int staging, const char *name)
{
	const char *end = nb_backup_id_end(name);
	struct stat st;

	return end && (!*end || !strcmp(end, NB_TEMPORARY_PARTIAL))
		&& !fstatat(staging, name, &st, AT_SYMLINK_NOFOLLOW)
		&& S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

/* Calls FN for each backup that this user has in the directory. */
static enum nb_err
each_name(int staging, enum nb_err (*fn)(void *ctx, const char *name),
	  void *ctx)
{
	int copy = openat(staging, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	enum nb_err err = NB_OK;
	struct dirent *e;

	if (!dir) {
		nb_fd_close(&copy);
		return nb_fail_errno(NB_EIO, "staging: cannot read");
	}
	while (!err && (e = readdir(dir)))
		if (is_own(staging, e->d_name))
			err = fn(ctx, e->d_name);
	closedir(dir);
	return err;
}

/* Earlier versions had the backup's id in the paths of its sources. */
static void
take_id(struct nb_manifest *m)
{
	for (size_t i = 0; i < m->sources.count; i++)
		if (m->sources.at[i].path)
			nb_backup_path_take(m->backup_id,
					    m->sources.at[i].path);
}

static enum nb_err
load_record(const char *staging_dir, int staging, const char *id,
	    struct nb_staged *staged)
{
	char *text = NULL;
	size_t length;
	enum nb_err err;

	memset(staged, 0, sizeof *staged);
	staged->dir = openat(staging, id,
			     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (staged->dir < 0)
		return nb_fail_errno(NB_EIO, "%s/%s: cannot open", staging_dir,
				     id);
	err = nb_path_join(staging_dir, id, &staged->path);
	if (!err)
		err = nb_fd_load(staged->dir, NB_STAGING_RECORD, RECORD_MAX,
				 &text, &length);
	if (!err)
		err = nb_manifest_parse(staged->path, text, length,
					&staged->manifest, &staged->entries);
	if (!err)
		take_id(&staged->manifest);
	free(text);
	if (err)
		nb_staged_free(staged);
	return err;
}

bool
nb_staged_is_of(const struct nb_staged *staged, const struct nb_line *line,
		const struct nb_pool_view *pool)
{
	const struct nb_manifest *m = &staged->manifest;

	return (!strcmp(m->job, line->job)
		|| (!nb_job_is_by_hand(m->job)
		    && !line->configured(line->ctx, m->job)))
		&& !strcmp(m->pool, pool->name)
		&& (!m->installation[0]
		    || nb_pool_has_from(pool, m->installation));
}

struct search {
	const char *staging_dir, *keep;
	const struct nb_line *line;
	const struct nb_pool_view *pool;
	int staging;
	struct nb_staged *best;
	bool found;
};

static bool
is_newer(const struct nb_staged *a, const struct nb_staged *b)
{
	if (a->manifest.created != b->manifest.created)
		return a->manifest.created > b->manifest.created;
	return strcmp(a->manifest.backup_id, b->manifest.backup_id) > 0;
}

/* Skips directories that are not complete backups. */
static enum nb_err
consider(void *ctx, const char *name)
{
	struct search *s = ctx;
	struct nb_staged staged;

	if (nb_staging_is_partial(name) || (s->keep && !strcmp(name, s->keep))
	    || load_record(s->staging_dir, s->staging, name, &staged))
		return NB_OK;
	if (nb_staged_is_of(&staged, s->line, s->pool)
	    && (!s->found || is_newer(&staged, s->best))) {
		if (s->found)
			nb_staged_free(s->best);
		*s->best = staged;
		s->found = true;
	} else {
		nb_staged_free(&staged);
	}
	return NB_OK;
}

enum nb_err
nb_staging_find(const char *staging_dir, const struct nb_line *line,
		const struct nb_pool_view *pool, struct nb_staged *staged)
{
	return nb_staging_find_other(staging_dir, line, pool, NULL, staged);
}

enum nb_err
nb_staging_find_other(const char *staging_dir, const struct nb_line *line,
		      const struct nb_pool_view *pool, const char *but,
		      struct nb_staged *staged)
{
	struct nb_staged best = { .dir = -1 };
	struct search s = { staging_dir, but, line, pool, -1, &best, false };
	enum nb_err err;

	err = nb_staging_open(staging_dir, &s.staging);
	if (!err)
		err = each_name(s.staging, consider, &s);
	nb_fd_close(&s.staging);
	if (!err && !s.found)
		return NB_ENOTFOUND;
	if (err)
		nb_staged_free(&best);
	else
		*staged = best;
	return err;
}

struct passing {
	const char *staging_dir;
	int staging;
	enum nb_err (*fn)(void *ctx, const struct nb_staged *staged);
	void *ctx;
};

static enum nb_err
pass_one(void *ctx, const char *name)
{
	const struct passing *p = ctx;
	struct nb_staged staged;
	enum nb_err err;

	if (nb_staging_is_partial(name)
	    || load_record(p->staging_dir, p->staging, name, &staged))
		return NB_OK;
	err = p->fn(p->ctx, &staged);
	nb_staged_free(&staged);
	return err;
}

enum nb_err
nb_staging_each(const char *staging_dir,
		enum nb_err (*fn)(void *ctx, const struct nb_staged *staged),
		void *ctx)
{
	struct passing p = { staging_dir, -1, fn, ctx };
	enum nb_err err = NB_OK;

	p.staging = open(staging_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p.staging >= 0)
		err = each_name(p.staging, pass_one, &p);
	nb_fd_close(&p.staging);
	return err;
}

struct pruning {
	const char *staging_dir;
	const struct nb_line *line;
	const struct nb_pool_view *pool;
	int staging;
	bool (*may_go)(void *ctx, const struct nb_staged *staged);
	void *ctx;
};

static enum nb_err
prune_one(void *ctx, const char *name)
{
	const struct pruning *p = ctx;
	struct nb_staged staged;
	bool gone;

	if (nb_staging_is_partial(name)
	    || load_record(p->staging_dir, p->staging, name, &staged))
		return NB_OK;
	gone = nb_staged_is_of(&staged, p->line, p->pool)
		&& p->may_go(p->ctx, &staged);
	nb_staged_free(&staged);
	return gone ? nb_staging_remove_name(p->staging, name) : NB_OK;
}

enum nb_err
nb_staging_prune(const char *staging_dir, const struct nb_line *line,
		 const struct nb_pool_view *pool,
		 bool (*may_go)(void *ctx, const struct nb_staged *staged),
		 void *ctx)
{
	struct pruning p = { staging_dir, line, pool, -1, may_go, ctx };
	enum nb_err err;

	err = nb_staging_open(staging_dir, &p.staging);
	if (!err)
		err = each_name(p.staging, prune_one, &p);
	nb_fd_close(&p.staging);
	return err;
}
