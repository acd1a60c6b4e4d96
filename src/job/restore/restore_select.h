/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Choosing the backup to restore: by the catalog, and by what the disc in the
 * drive has; and the session to read it from.
 */
#ifndef NB_JOB_RESTORE_SELECT_H
#define NB_JOB_RESTORE_SELECT_H

#include "job/disc/choose_drive.h"
#include "job/disc/disc_contents.h"
#include "job/disc/known_backups.h"

struct nb_restore_request {
	struct nb_drive_choice drive;
	struct nb_restore_wish wish;
	bool this_disc;   /* what the disc has, whatever the catalog has */
	bool allow_older; /* than what is meant, if that cannot be read */
	bool replaces;    /* not an older one without ALLOW_OLDER: it goes into
			     a database or over a disk */
	bool no_paths;    /* a path cannot be meant in the place of a backup */
};

/* A backup that was chosen, and where it is read from. */
struct nb_restore_pick {
	struct nb_inspection look;
	struct nb_disc_contents contents;
	/* One of CONTENTS: its manifest is loaded, its entries are sorted, and
	 * their paths, like those of its sources, are relative to it. */
	struct nb_disc_backup *backup;
	bool older;     /* than the one that is meant */
	uint64_t later; /* the generation of one that was made later, although
			   its number is lower, or 0 */
	bool allowed;   /* to be older: nobody has to look at it */
	char meant[NB_RESTORE_NAME_MAX];
	char why[NB_RESTORE_NAME_MAX]; /* "cannot be read" */
	/* "name 2 to restore generation 2 ..., on DB-B": the newest that is
	 * complete, if the chosen one is not; "": unknown. */
	char complete[3 * NB_RESTORE_NAME_MAX];
	/* What names the one that is meant, which is known to be damaged; "":
	 * it is not known to be. */
	char damaged[NB_BACKUP_ID_MAX + 1];
};

/*
 * Chooses the backup that REQUEST means: from the newest session or, if that is
 * unreadable, from the newest readable one before it.  Close in every case.
 * NB_ENOMEDIUM, NB_EFOREIGN; NB_EWRONG, logged: it is on another disc, or only
 * an older one can be read and REQUEST replaces something; NB_ENOTFOUND,
 * NB_ECORRUPT, NB_EIO.
 */
enum nb_err nb_restore_pick(struct nightburn *nb,
			    const struct nb_restore_request *request,
			    struct nb_restore_pick *pick);
void nb_restore_pick_close(struct nb_restore_pick *pick);

/* ---- the backup that is meant is damaged (restore_older.c) ---- */

/* Warns of B (may be NULL), if it is known to be damaged. */
void nb_restore_tell_damaged(const struct nb_known_backup *b);

/* How to restore the one that PICK passed over because it is known to be
 * damaged: HEAD and a hint in OUT, which is "" if there is none. */
void nb_restore_try(const struct nb_restore_pick *pick, const char *head,
		    char out[NB_RESTORE_NAME_MAX]);

/* The return value of a restore that was completed: NB_EWRONG, logged, if the
 * backup is an older one, or another one was made later. */
enum nb_err nb_restore_pick_verdict(const struct nb_restore_pick *pick);

/*
 * The backup that was chosen has the highest generation: was another one of its
 * job made later (nb_restore_later)?  If something is replaced, NB_EWRONG,
 * logged; otherwise PICK says so, for the verdict.  Not if the user named it.
 */
enum nb_err nb_restore_check_later(const struct nb_restore_request *request,
				   const struct nb_known_backups *known,
				   struct nb_restore_pick *pick);

/* Finds the newest complete backup of JOB, not after AT (0: of all), for
 * PICK->complete: the chosen one is not. */
void nb_restore_find_complete(const struct nb_known_backups *known,
			      const char *job, int64_t at,
			      struct nb_restore_pick *pick);

/* B, which is meant, is not here: WHAT.  True, logged: the user did not name
 * it, it is not complete, and a hint names PICK->complete first. */
bool nb_restore_tell_complete(const struct nb_restore_request *request,
			      const struct nb_known_backups *known,
			      const struct nb_known_backup *b, const char *what,
			      struct nb_restore_pick *pick);

/*
 * The chosen backup lacks something of the one before it: warns of that; if the
 * user did not name it, NB_EWRONG, logged.  SOURCE: only this one is restored;
 * NULL: all.  DONE: it was restored, which nothing that is replaced should be.
 */
enum nb_err nb_restore_check_complete(const struct nb_restore_request *request,
				      const char *source,
				      const struct nb_restore_pick *pick,
				      bool done);

/*
 * Files of the backup in PICK are damaged.  True, logged: REQUEST allows an
 * older one, and nothing was replaced yet, so PICK is now the one before it of
 * the same job on this disc.  Otherwise a hint names that, if there is one.
 */
bool nb_restore_pick_damaged(const struct nb_restore_request *request,
			     struct nb_restore_pick *pick);

/* ---- what is asked for is in another backup ---- */

struct nb_restore_options;

/*
 * Writes to ID which backup in CONTENTS other than BUT (may be NULL) has the
 * source or paths that OPTIONS name: the newest of a job, else the newest that
 * was appended by hand.  "": none, or nothing is named.
 */
void nb_restore_who_has(struct nb_disc_contents *contents,
			const struct nb_disc_backup *but,
			const struct nb_restore_options *options,
			char id[NB_BACKUP_ID_MAX + 1]);

/* No id and no generation: a path, in the place of the backup. */
bool nb_restore_is_path(const char *which);

/* Is WHICH (NULL: the newest) one backup, or does more than one of those in
 * CONTENTS have an id that begins like this?  NB_EFAIL, logged with their
 * ids. */
enum nb_err nb_restore_single(const struct nb_disc_contents *contents,
			      const char *which);

/* PATH, which may be one of `nightburn find`, is in the place of the backup:
 * NB_ENOTFOUND, logged; a hint names the backup on the disc that has it. */
enum nb_err nb_restore_no_backup(struct nb_restore_pick *pick,
				 const char *path);

/* What OPTIONS name is not in the backup BUT of the disc: a note names the one
 * that has it. */
void nb_restore_tell_other(struct nb_disc_contents *contents,
			   const struct nb_disc_backup *but, const char *disc,
			   const struct nb_restore_options *options);

#endif
