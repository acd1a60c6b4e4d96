/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/staging.h"

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

#define PARTIAL NB_TEMPORARY_PARTIAL

enum nb_err
nb_staging_open(const char *staging_dir, int *fd)
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

bool
nb_staging_is_partial(const char *name)
{
	const char *end = nb_backup_id_end(name);

	return end && *end;
}

/* If interrupted, it counts as incomplete: the next run removes it. */
enum nb_err
nb_staging_remove_name(int staging, const char *name)
{
	char *partial = NULL;
	enum nb_err err = nb_str_format(&partial, "%s" PARTIAL, name);

	if (!err && nb_staging_is_partial(name))
		err = nb_path_remove(staging, name);
	else if (!err && renameat(staging, name, staging, partial))
		err = nb_fail_errno(NB_EIO, "%s: cannot remove", name);
	else if (!err)
		err = nb_path_remove(staging, partial);
	free(partial);
	return err;
}

enum nb_err
nb_staging_begin(const char *staging_dir, const char *id,
		 struct nb_staged *staged)
{
	char *name = NULL;
	int staging = -1;
	enum nb_err err;

	memset(staged, 0, sizeof *staged);
	staged->dir = -1;
	err = nb_staging_open(staging_dir, &staging);
	nb_fd_close(&staging);
	if (err)
		return err;
	nb_temporary_sweep(staging_dir);
	err = nb_temporary_make(staging_dir, &staged->partial);
	if (!err)
		err = nb_str_format(&name, "%s" PARTIAL, id);
	if (!err)
		err = nb_temporary_rename(staged->partial, name);
	if (!err)
		err = nb_str_dup(staged->partial->path, &staged->path);
	free(name);
	if (err) {
		if (staged->partial)
			nb_temporary_remove(staged->partial->path);
		nb_temporary_close(staged->partial);
		staged->partial = NULL;
		return err;
	}
	staged->dir = staged->partial->dir;
	staged->partial->dir = -1;
	strncpy(staged->manifest.backup_id, id, NB_BACKUP_ID_MAX);
	return NB_OK;
}

static enum nb_err
write_record(struct nb_staged *staged)
{
	char *text = NULL, *path;
	enum nb_err err;
	size_t length;

	err = nb_path_join(staged->path, NB_STAGING_RECORD, &path);
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

/* The directory is complete: it stays when this process ends. */
static void
settle(struct nb_staged *staged)
{
	if (!staged->partial)
		return;
	staged->partial->dir = staged->dir;
	nb_temporary_keep(staged->partial);
	staged->partial->dir = -1;
	nb_temporary_close(staged->partial);
	staged->partial = NULL;
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
		err = nb_staging_open(staging_dir, &staging);
	if (!err)
		err = nb_str_format(&partial, "%s" PARTIAL, id);
	if (!err)
		err = nb_path_join(staging_dir, id, &path);
	if (!err && renameat(staging, partial, staging, id))
		err = nb_fail_errno(NB_EIO, "%s: cannot rename", partial);
	/* Under its own name nobody takes it for what a dead process left. */
	if (!err)
		settle(staged);
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

enum nb_err
nb_staging_remove(const char *staging_dir, struct nb_staged *staged)
{
	enum nb_err err = NB_OK;
	int staging = -1;

	if (staged->path) {
		err = nb_staging_open(staging_dir, &staging);
		if (!err)
			err = nb_staging_remove_name(
				staging, strrchr(staged->path, '/') + 1);
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
	nb_temporary_close(staged->partial);
	nb_manifest_clear(&staged->manifest);
	nb_entries_free(&staged->entries);
	memset(staged, 0, sizeof *staged);
	staged->dir = -1;
}
