/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/staging.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "model/backup_id.h"
#include "model/record/backup_path.h"

#define RECORD "backup.json"
#define RECORD_MAX ((size_t)1 << 30)
#define PARTIAL ".partial"

static enum nb_err
open_staging(const char *staging_dir, int *fd)
{
	bool made = !mkdir(staging_dir, 0711);

	if (!made && errno != EEXIST)
		return nb_fail_errno(NB_EIO,
				     "%s: cannot create the staging directory",
				     staging_dir);
	*fd = open(staging_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Whatever the umask: PostgreSQL's user has to enter it. */
	if (*fd >= 0 && made && fchmod(*fd, 0711))
		nb_fd_close(fd);
	if (*fd < 0)
		return nb_fail_errno(NB_EIO, "%s: cannot open", staging_dir);
	return NB_OK;
}

static bool
is_own(int staging, const char *name)
{
	const char *end = nb_backup_id_end(name);
	struct stat st;

	return end && (!*end || !strcmp(end, PARTIAL))
		&& !fstatat(staging, name, &st, AT_SYMLINK_NOFOLLOW)
		&& S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

/* Of a name that is nightburn's own. */
static bool
is_partial(const char *name)
{
	return *nb_backup_id_end(name);
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

/* If interrupted, the next run removes it. */
static enum nb_err
remove_backup(int staging, const char *name)
{
	char *partial = NULL;
	enum nb_err err = nb_str_format(&partial, "%s" PARTIAL, name);

	if (!err && is_partial(name))
		err = nb_path_remove(staging, name);
	else if (!err && renameat(staging, name, staging, partial))
		err = nb_fail_errno(NB_EIO, "%s: cannot remove", name);
	else if (!err)
		err = nb_path_remove(staging, partial);
	free(partial);
	return err;
}

static enum nb_err
remove_partial(void *ctx, const char *name)
{
	return is_partial(name) ? nb_path_remove(*(int *)ctx, name) : NB_OK;
}

enum nb_err
nb_staging_begin(const char *staging_dir, const char *id,
		 struct nb_staged *staged)
{
	int staging = -1;
	char *name = NULL;
	enum nb_err err;

	memset(staged, 0, sizeof *staged);
	staged->dir = -1;
	err = open_staging(staging_dir, &staging);
	if (!err)
		err = each_name(staging, remove_partial, &staging);
	if (!err)
		err = nb_str_format(&name, "%s" PARTIAL, id);
	if (err)
		goto out;
	if (mkdirat(staging, name, 0711)
	    || (staged->dir =
			openat(staging, name,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
		    < 0
	    || fchmod(staged->dir, 0711)) {
		err = nb_fail_errno(nb_fd_write_error(), "%s/%s: cannot create",
				    staging_dir, name);
		goto out;
	}
	err = nb_path_join(staging_dir, name, &staged->path);
	strncpy(staged->manifest.backup_id, id, NB_BACKUP_ID_MAX);
out:
	nb_fd_close(&staging);
	free(name);
	if (err) {
		nb_fd_close(&staged->dir);
		nb_staged_free(staged);
	}
	return err;
}

static enum nb_err
write_record(struct nb_staged *staged)
{
	char *text = NULL, *path;
	enum nb_err err;
	size_t length;

	err = nb_path_join(staged->path, RECORD, &path);
	if (err)
		return err;
	err = nb_manifest_render(&staged->manifest, &staged->entries, &text,
				 &length);
	if (!err)
		err = nb_fd_save(AT_FDCWD, path, text, length, 0600);
	free(text);
	free(path);
	return err;
}

enum nb_err
nb_staging_finish(const char *staging_dir, struct nb_staged *staged)
{
	const char *id = staged->manifest.backup_id;
	char *partial = NULL, *path = NULL;
	enum nb_err err = nb_staged_sync(staged);
	int staging = -1;

	if (!err)
		err = write_record(staged);
	if (!err)
		err = open_staging(staging_dir, &staging);
	if (!err)
		err = nb_str_format(&partial, "%s" PARTIAL, id);
	if (!err)
		err = nb_path_join(staging_dir, id, &path);
	if (!err && renameat(staging, partial, staging, id))
		err = nb_fail_errno(NB_EIO, "%s: cannot rename", partial);
	if (!err)
		err = nb_fd_sync_dir(staging, ".");
	if (!err) {
		free(staged->path);
		staged->path = path;
		path = NULL;
	}
	free(path);
	free(partial);
	nb_fd_close(&staging);
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
		err = nb_fd_load(staged->dir, RECORD, RECORD_MAX, &text,
				 &length);
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

struct search {
	const char *staging_dir, *job, *keep;
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

	if (is_partial(name) || (s->keep && !strcmp(name, s->keep))
	    || load_record(s->staging_dir, s->staging, name, &staged))
		return NB_OK;
	if (!strcmp(staged.manifest.job, s->job)
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
nb_staging_find(const char *staging_dir, const char *job,
		struct nb_staged *staged)
{
	return nb_staging_find_other(staging_dir, job, NULL, staged);
}

enum nb_err
nb_staging_find_other(const char *staging_dir, const char *job, const char *but,
		      struct nb_staged *staged)
{
	struct nb_staged best = { .dir = -1 };
	struct search s = { staging_dir, job, but, -1, &best, false };
	enum nb_err err;

	err = open_staging(staging_dir, &s.staging);
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

	if (is_partial(name)
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

enum nb_err
nb_staging_remove(const char *staging_dir, struct nb_staged *staged)
{
	enum nb_err err = NB_OK;
	int staging = -1;

	if (staged->path) {
		err = open_staging(staging_dir, &staging);
		if (!err)
			err = remove_backup(staging,
					    strrchr(staged->path, '/') + 1);
		nb_fd_close(&staging);
	}
	nb_staged_free(staged);
	return err;
}

void
nb_staged_free(struct nb_staged *staged)
{
	if (staged->path)
		nb_fd_close(&staged->dir);
	free(staged->path);
	nb_manifest_clear(&staged->manifest);
	nb_entries_free(&staged->entries);
	memset(staged, 0, sizeof *staged);
	staged->dir = -1;
}

struct pruning {
	const char *staging_dir, *job;
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

	if (is_partial(name)
	    || load_record(p->staging_dir, p->staging, name, &staged))
		return NB_OK;
	gone = !strcmp(staged.manifest.job, p->job)
		&& p->may_go(p->ctx, &staged);
	nb_staged_free(&staged);
	return gone ? remove_backup(p->staging, name) : NB_OK;
}

enum nb_err
nb_staging_prune(const char *staging_dir, const char *job,
		 bool (*may_go)(void *ctx, const struct nb_staged *staged),
		 void *ctx)
{
	struct pruning p = { staging_dir, job, -1, may_go, ctx };
	enum nb_err err;

	err = open_staging(staging_dir, &p.staging);
	if (!err)
		err = each_name(p.staging, prune_one, &p);
	nb_fd_close(&p.staging);
	return err;
}
