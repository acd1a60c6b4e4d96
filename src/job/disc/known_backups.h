/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The backups that the catalog knows, for choosing one to restore. */
#ifndef NB_JOB_KNOWN_BACKUPS_H
#define NB_JOB_KNOWN_BACKUPS_H

#include "job/disc/inspect.h"
#include "model/decide/restore.h"

#define NB_RESTORE_NAME_MAX 80 /* bytes of a backup's name, with its NUL */

struct nb_known_backups {
	struct NB_ARRAY(struct nb_known_backup) list;
	struct nb_names texts; /* the texts that the list borrows */
};

/* Loads them.  NB may be NULL, and there may be no catalog: the list is empty
 * then, and also if the catalog cannot be read, which is logged, because a
 * restore must work from the disc alone.  NB_ENOMEM.  Free in every case. */
enum nb_err nb_known_backups_load(struct nightburn *nb,
				  struct nb_known_backups *known);
void nb_known_backups_free(struct nb_known_backups *known);

/* Does WHICH (NULL: nothing) name no more than one of them?  NB_ENOTFOUND,
 * logged: several begin like this. */
enum nb_err nb_known_backups_single(const struct nb_known_backups *known,
				    const char *which);

/* Is the disc DISC_ID suspect in the catalog?  False without a catalog. */
bool nb_known_suspect(struct nightburn *nb, const char *disc_id);

/* Writes to OUT, and returns, "generation 2 (2026-11-28 02:00 UTC)". */
const char *nb_restore_name(uint64_t generation, int64_t created,
			    char out[NB_RESTORE_NAME_MAX]);

/* Writes to OUT, and returns, "was found damaged on 2026-11-28 (3 files)". */
const char *nb_restore_damage(const struct nb_known_backup *b,
			      char out[NB_RESTORE_NAME_MAX]);

/* What a user types for a backup: its generation or, because what was appended
 * by hand has that of another one, its id. */
const char *nb_restore_word(const char *job, const char *id,
			    uint64_t generation,
			    char out[NB_BACKUP_ID_MAX + 1]);

/* The disc with LABEL was recorded.  NB_EWRONG, logged: it has the backup of
 * its pool with the highest generation or one that was made later
 * (nb_restore_later). */
enum nb_err nb_known_check_order(struct nightburn *nb,
				 const struct nb_label *label);

#endif
