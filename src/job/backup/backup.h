/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run produces before it touches a disc: dumps in staging, and the list
 * of sources that are read in place when the image is written.
 */
#ifndef NB_JOB_BACKUP_H
#define NB_JOB_BACKUP_H

#include "job/job.h"
#include "model/record/holding.h"
#include "source/source.h"
#include "store/kin.h"
#include "store/staging.h"

#define NB_RUN_ID_BYTES 8

struct nb_backup {
	struct nb_pool_context *context;         /* borrowed */
	const struct nb_config_sources *sources; /* the job's, or by_hand */
	struct nb_config_sources by_hand;        /* trees named by the user */
	void **held;                             /* what each source holds
						    (hold), or NULL */
	char run[2 * NB_RUN_ID_BYTES + 1];       /* id in the names of
						    snapshots */
	struct nb_shrinks shrinks;               /* (shrink.h) */
	struct nb_shrinks accepted;              /* what the user accepts */
	struct nb_holdings last;                 /* what was compared with */
	struct nb_kin kin;                       /* (kin.h); zeros: none */
	struct nb_ours ours;                     /* what is in no tree */
	struct nb_hooked *hooked; /* of the run; NULL: it has no hooks */
	struct nb_calls *calls;   /* (base/watchdog.h) */
	struct nb_staged staged;
};

/* The job and its past, for what is compared with. */
struct nb_line nb_backup_line(const struct nb_backup *backup);

/* True if it contains paths that the user named instead of the job's sources:
 * such a session does not count as a generation. */
bool nb_backup_is_by_hand(const struct nb_backup *backup);

/*
 * Prepares a backup of the context's job, or of OPTIONS->paths.  Runs the
 * preflight of every source and checks the free space in staging; writes
 * nothing.
 */
enum nb_err nb_backup_prepare(struct nb_pool_context *context,
			      const struct nb_run_options *options,
			      struct nb_backup *backup);

/*
 * Takes the snapshots that sources need and dumps every source that is staged;
 * afterwards the staging directory of this backup is complete and on stable
 * storage, or removed.  FIXED_ID: the id depends on the date alone
 * (reproducible images).  NB_ESOURCE and others.
 */
enum nb_err nb_backup_collect(struct nb_backup *backup, bool fixed_id);

/* Uses the newest backup of the job that waits in staging instead.
 * NB_ENOTFOUND, logged. */
enum nb_err nb_backup_resume(struct nb_backup *backup);

/* True if all of it is in staging: no source is read in place. */
bool nb_backup_is_staged(const struct nb_backup *backup);

/*
 * Releases what the sources hold (snapshots), after everything was read.
 * NB_ESOURCE: what was read is invalid.  Calling it again does nothing.
 */
enum nb_err nb_backup_release(struct nb_backup *backup);

/* Removes the backup's staging directory (it is on a verified disc). */
enum nb_err nb_backup_discard(struct nb_backup *backup);

/* Releases and frees; what is in staging stays there.  Accepts a zeroed
 * backup. */
void nb_backup_clear(struct nb_backup *backup);

/*
 * Lists everything that the backup contains now, with paths relative to it: the
 * staged files and, read again, the sources in place.  ROOTS[0] is staging and
 * belongs to BACKUP; the others are the caller's to close.
 */
enum nb_err nb_backup_list(struct nb_backup *backup, struct nb_entries *entries,
			   struct nb_manifest_sources *sources,
			   struct nb_roots *roots);

/* ---- for each source (backup_sources.c), for backup.c ---- */

enum nb_err nb_backup_preflight(const struct nb_backup *backup);
/* Estimates the bytes that all sources need in staging; 0: nothing, or
 * unknown. */
enum nb_err nb_backup_need(const struct nb_backup *backup, uint64_t *need);
/* Warns if the staging directory has less free space than that. */
enum nb_err nb_backup_check_room(const struct nb_backup *backup);
enum nb_err nb_backup_hold(struct nb_backup *backup);
/* Calls collect for the sources that are (or are not) STAGED. */
enum nb_err nb_backup_run_sources(struct nb_backup *backup, bool staged,
				  struct nb_source_output *out);

/* Closes all but the first, which is borrowed, and frees the array. */
void nb_roots_close(struct nb_roots *roots);

#endif
