/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which backup a restore means, and whether it is on the disc in the drive,
 * decided from what the catalog knows.
 */
#ifndef NB_MODEL_RESTORE_H
#define NB_MODEL_RESTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One copy of a backup that the catalog knows; texts are borrowed. */
struct nb_known_backup {
	const char *id, *job, *pool;
	const char *disc, *disc_id; /* NULL: it is no longer on any disc */
	bool good;                  /* the state of the disc */
	uint64_t generation;
	int64_t created;
	bool damaged; /* so it was found on CHECKED: */
	int64_t checked;
	uint64_t bad; /* files that are; 0: all of it, or unknown */
	bool shrunk;  /* it lacks something of the one before it */
	bool lost;    /* its disc counts as lost */
};

/* What was requested. */
struct nb_restore_wish {
	const char *backup; /* id, prefix or generation; NULL: the newest */
	const char *job;    /* NULL: of any job; not for a backup that is named
			       by its id */
	int64_t at;         /* the newest not after this date; 0: of all */
	bool damaged;       /* the newest, also if it is known to be damaged */
};

/* The disc in the drive. */
struct nb_restore_disc {
	const char *id, *pool;
	uint64_t generation; /* of its newest backup, if the label is of this
				installation and the catalog does not hold the
				disc suspect; else 0 */
};

enum nb_restore_place {
	NB_RESTORE_BY_DISC,  /* the catalog cannot tell: whatever the disc
				has */
	NB_RESTORE_HERE,     /* it is on this disc */
	NB_RESTORE_ELSEWHERE /* it is on another one, or no longer on any */
};

/* Is the backup with this id and generation what WHICH (not NULL) names? */
bool nb_restore_names(const char *which, const char *id, uint64_t generation);

/*
 * The backup that WISH means, of those in LIST: if it names none, the newest on
 * DISC or on a good disc of its pool (NULL: of all pools), preferred to those
 * that were appended by hand.  One that is known to be damaged only if there is
 * no other.  NULL: none.  Of several copies, the one on DISC.
 */
const struct nb_known_backup *nb_restore_meant(
	const struct nb_known_backup *list, size_t count,
	const struct nb_restore_wish *wish, const struct nb_restore_disc *disc);

/*
 * The newest backup is the one with the highest generation.  An installation
 * that began to count before it knew the discs of the one before it, or a clock
 * that was wrong, leaves another one of the same job that was made later than
 * CHOSEN, and not after BEFORE (seconds since the epoch): the latest complete
 * and good one in LIST, or NULL.
 */
const struct nb_known_backup *nb_restore_later(
	const struct nb_known_backup *list, size_t count,
	const struct nb_known_backup *chosen, int64_t before);

/* Where is it? *MEANT is the backup, NULL with NB_RESTORE_BY_DISC.  If the
 * newest backup on the disc is newer than all that the catalog knows, the disc
 * itself decides.  *DAMAGED: another one, which would be meant if it were not
 * known to be damaged, on whatever disc; NULL: there is none. */
enum nb_restore_place nb_restore_place(const struct nb_known_backup *list,
				       size_t count,
				       const struct nb_restore_wish *wish,
				       const struct nb_restore_disc *disc,
				       const struct nb_known_backup **meant,
				       const struct nb_known_backup **damaged);

#endif
