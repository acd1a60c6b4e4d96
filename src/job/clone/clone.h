/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of `nightburn clone` share. */
#ifndef NB_JOB_CLONE_H
#define NB_JOB_CLONE_H

#include "job/job.h"
#include "model/decide/clone.h"

struct nb_clone_work {
	struct nightburn *nb;
	const struct nb_config_clone *config;
	const char *target;     /* where it is mounted now */
	bool dry_run, contents; /* compare contents */
};

/* What one pass of rsync said. */
struct nb_clone_pass {
	uint64_t files, transferred, deleted, bytes;
	uint64_t corrupt; /* content differed, size and date did
					not: each was logged */
};

/*
 * One pass of rsync from source to target; DRY: it changes nothing.  MOST: so
 * many files it deletes at most.  NB_ESOURCE: it ended badly; files that
 * vanished while they were read are only told. (clone_rsync.c)
 */
enum nb_err nb_clone_rsync(const struct nb_clone_work *work, bool dry,
			   uint64_t most, struct nb_clone_pass *out);

/*
 * Mounts of this machine, from /proc/self/mountinfo, told to FN: where (exact
 * bytes), the type of the file system, what is mounted.  Not NB_OK from FN
 * ends it. (clone_mount.c)
 */
struct nb_mount {
	const char *path, *type, *source;
};
enum nb_err nb_mounts(enum nb_err (*fn)(void *ctx, const struct nb_mount *),
		      void *ctx);

/* Is PATH where a file system is mounted? */
enum nb_err nb_mounted_at(const char *path, bool *is);

/* What identifies the file system that holds PATH: its UUID, or what is
 * mounted. */
enum nb_err nb_mount_identity(const char *path, char id[128]);

/*
 * Mounts DEVICE ("/dev/sdb1", "UUID=...", "LABEL=...") at PATH, a directory
 * that is made.  A mount that a run left there is taken away first.
 * NB_ELOCKED: it is mounted elsewhere.
 */
enum nb_err nb_mount_device(const char *device, const char *path);
enum nb_err nb_unmount(const char *path);

#endif
