/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a backup lacks of the one before it (model/decide/shrink.h). */
#ifndef NB_JOB_SHRINK_H
#define NB_JOB_SHRINK_H

#include "job/backup/backup.h"
#include "model/record/holding.h"

/*
 * Compares M, with its files ENTRIES (sorted), with what the catalog has of the
 * last complete backup of the job, and sets BACKUP->shrinks and ->last.  Files
 * that are appended by hand are not compared.  Errors of the catalog.
 */
enum nb_err nb_backup_compare(struct nb_backup *backup,
			      const struct nb_manifest *m,
			      const struct nb_entries *entries);

/* If the user accepts whatever became less so far, it is in BACKUP->accepted
 * instead, and what is lost later is compared with nothing. */
void nb_backup_accept(struct nb_backup *backup);

/* Keeps room in M for what nb_backup_compare_lost may add.  NB_ENOMEM */
enum nb_err nb_backup_reserve(const struct nb_backup *backup,
			      struct nb_manifest *m);

/*
 * When all files were read: if some are lost (entry.h), compares what is left
 * with the same backup by the same rules, and adds to BACKUP->shrinks and, on a
 * disc, to M->shrinks, what is not among them.  NB_ENOMEM
 */
enum nb_err nb_backup_compare_lost(struct nb_backup *backup,
				   struct nb_manifest *m,
				   const struct nb_entries *entries);
/* Logs those after the first TOLD, and what that means. */
void nb_backup_tell_lost(const struct nb_backup *backup, size_t told);

/* Logs them, and what was accepted, each as an error (also with --quiet: the
 * option may be in a crontab), and what to do. */
void nb_backup_tell_shrinks(const struct nb_backup *backup);

#endif
