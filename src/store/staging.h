/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Staging: dumps wait here until a disc with them is verified.
 *
 *     STAGING/<backup-id>.partial/   being dumped (store/temporary.h)
 *     STAGING/<backup-id>/           complete, fsynced, with backup.json
 *
 *     STAGING/<backup-id>.damaged/   the same, found damaged: set aside for a
 *                                    person, and not looked at any more
 *
 * backup.json is a manifest (model/record/manifest.h) whose paths are relative
 * to the backup's own directory there; links and devices are only in this file.
 * If an early version wrote it, the paths of its sources begin with the
 * backup's id.  Whatever does not have such a name, is no directory, or belongs
 * to another user, is not nightburn's: it is neither read nor removed.
 *
 * The directory may be that of several pools, configurations and installations
 * (state directories).  A record says which; one that an early version wrote
 * does not name the installation.
 */
#ifndef NB_STORE_STAGING_H
#define NB_STORE_STAGING_H

#include "model/decide/pool.h"
#include "model/record/manifest.h"
#include "store/temporary.h"

struct nb_staged {
	char *path;                   /* of the directory */
	int dir;                      /* open descriptor of it */
	struct nb_temporary *partial; /* until it is complete; its directory is
					 DIR */
	struct nb_manifest manifest;
	struct nb_entries entries; /* staged files, root 0, hashed */
};

/*
 * Creates STAGING_DIR if missing (mode 0711), and STAGING_DIR/<ID>.partial
 * (0711) for a new backup; removes what dead processes left.  Fills in path,
 * dir, partial and manifest.backup_id.
 */
enum nb_err nb_staging_begin(const char *staging_dir, const char *id,
			     struct nb_staged *staged);

/* Writes backup.json, fsyncs every file and directory, renames to <ID>. */
enum nb_err nb_staging_finish(const char *staging_dir,
			      struct nb_staged *staged);

struct nb_line; /* store/catalog.h */

/* Was it made for the job of LINE, or one that is not configured any more, in
 * POOL, by this installation or one from which it took the pool over? */
bool nb_staged_is_of(const struct nb_staged *staged, const struct nb_line *line,
		     const struct nb_pool_view *pool);

/* The newest complete backup of LINE in POOL, whose files are not checked;
 * NB_ENOTFOUND, not logged. */
enum nb_err nb_staging_find(const char *staging_dir, const struct nb_line *line,
			    const struct nb_pool_view *pool,
			    struct nb_staged *staged);
/* The same, other than the backup BUT. */
enum nb_err nb_staging_find_other(const char *staging_dir,
				  const struct nb_line *line,
				  const struct nb_pool_view *pool,
				  const char *but, struct nb_staged *staged);

/* Calls FN for each complete backup, whosever it is; nothing if there is no
 * such directory or it may not be read.  An error from FN ends it. */
enum nb_err nb_staging_each(const char *staging_dir,
			    enum nb_err (*fn)(void *ctx,
					      const struct nb_staged *staged),
			    void *ctx);

/* Removes the directory of STAGED and frees it (free alone: nb_staged_free).
 * NULL-safe in all members. */
enum nb_err nb_staging_remove(const char *staging_dir,
			      struct nb_staged *staged);
void nb_staged_free(struct nb_staged *staged);

/* Removes the complete backups of LINE in POOL for which MAY_GO is true. */
enum nb_err nb_staging_prune(
	const char *staging_dir, const struct nb_line *line,
	const struct nb_pool_view *pool,
	bool (*may_go)(void *ctx, const struct nb_staged *staged), void *ctx);

/*
 * Reads all files of STAGED and compares them with their recorded SHA-256.
 * Calls PROGRESS with the bytes that were read and all of them; an error from
 * it ends this.  NB_ECORRUPT, not logged: *BAD, of STAGED, is missing, cannot
 * be read, or differs.
 */
enum nb_err nb_staged_verify(const struct nb_staged *staged,
			     enum nb_err (*progress)(void *ctx, uint64_t done,
						     uint64_t total),
			     void *ctx, const struct nb_entry **bad);

/* Renames the directory of STAGED, to its PATH with NB_STAGED_DAMAGED.
 * NB_EIO */
#define NB_STAGED_DAMAGED ".damaged"
enum nb_err nb_staged_set_aside(const struct nb_staged *staged);

/* Bytes available to an unprivileged user in that directory, or where it will
 * be created.  NB_EIO */
enum nb_err nb_staging_room(const char *staging_dir, uint64_t *bytes);

/* NB_ECONFIG, logged: they are one directory, under whatever names. */
enum nb_err nb_staging_is_apart(const char *staging_dir, const char *state_dir);

/* Checks that all files of STAGED exist, by type and size.  NB_ECORRUPT */
enum nb_err nb_staged_check(const struct nb_staged *staged);

/* ---- for staging.c and staging_find.c ---- */

#define NB_STAGING_RECORD "backup.json"

/* Creates it if missing.  NB_EIO */
enum nb_err nb_staging_open(const char *staging_dir, int *fd);
bool nb_staging_is_partial(const char *name);
/* Removes the backup NAME, or what is there of it.  NB_EIO */
enum nb_err nb_staging_remove_name(int staging, const char *name);

/* Writes all files to stable storage.  NB_EIO
 * (staging_files.c) */
enum nb_err nb_staged_sync(const struct nb_staged *staged);

#endif
