/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The catalog's view of a pool as plain structs: the basis of plan, rotation
 * and guard.
 */
#ifndef NB_MODEL_POOL_H
#define NB_MODEL_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"
#include "model/record/label.h"
#include "model/state.h"

#define NB_ALONE_TEXT 128
#define NB_HOST_SIZE 65 /* of a host name, with the NUL */

struct nb_pool_disc {
	char name[NB_NAME_MAX + 1];
	char disc_id[NB_ID_HEX + 1]; /* "" if never written */
	enum nb_disc_state state;
	uint64_t generation; /* newest generation that is verified on it; 0:
				none */
	char backup_id[NB_BACKUP_ID_MAX + 1]; /* of that generation */
	uint64_t complete; /* newest generation on it that lacks nothing of the
			      one before it; 0: none.  It decides what may be
			      blanked. */
	int64_t verified;  /* date of its last good verification */
	int nights;      /* the number of backups on it that are newer than any
		       on another disc: how often it was left in the drive */
	bool write_once; /* its medium cannot be blanked, as far as it is known:
			    it is never due again */
	char alone[NB_ALONE_TEXT];    /* what no newer backup on another disc
				      holds; "": nothing */
	char accepted[NB_ALONE_TEXT]; /* the same, if somebody said that it is
					 no longer needed */
	bool lost;    /* there is no disc of this name, but there was one, which
			counts as lost */
	bool unread;  /* since it was last verified, a disc that cannot be
			identified was in a drive of the pool: it may be this
			one */
	bool damaged; /* a backup on it was found damaged */
};

struct nb_pool_discs NB_ARRAY(struct nb_pool_disc);

/* An installation whose discs are this one's, since it took the pool over. */
struct nb_taken {
	char installation[NB_ID_HEX + 1];
};

struct nb_pool_taken NB_ARRAY(struct nb_taken);

/*
 * A pool belongs to one installation (state directory).  Each take-over has a
 * number, which stands in the labels that are written from then on: so the
 * installation that the pool was taken from sees it on the first such disc, and
 * writes to no disc of the pool any more.
 */
struct nb_pool_owner {
	struct nb_pool_taken taken;
	uint64_t take_overs; /* the number of the last one by this installation;
				 0: none */
	uint64_t fenced;     /* of the last one by another that was seen; 0:
				 none */
	char moved_from[NB_HOST_SIZE]; /* the host where the state directory is
				at home, if that is not this machine; "" */
};

struct nb_pool_view {
	char name[NB_NAME_MAX + 1];
	char installation[NB_ID_HEX + 1];
	struct nb_pool_owner owner;
	struct nb_pool_discs discs; /* in the order of the configuration */
	uint64_t generation;        /* the newest verified generation of the
				       pool */
	uint64_t complete;          /* the newest complete one on a good disc */
	bool stale;                 /* the catalog is an old copy, or a
				       replacement for a lost one: this view
				       must not be relied upon */
};

void nb_pool_view_clear(struct nb_pool_view *view);

/* Did another installation take the pool over?  Also if both did, from the same
 * third one, without knowing of each other: then neither writes. */
bool nb_pool_is_fenced(const struct nb_pool_view *view);

/* Is the state directory that of another machine, or a copy of it? */
bool nb_pool_is_moved(const struct nb_pool_view *view);

/* Is what INSTALLATION made for the pool this one's: is it itself that, or has
 * it taken the pool over from it? */
bool nb_pool_has_from(const struct nb_pool_view *view,
		      const char *installation);

/* May a disc with LABEL, which has the key of this installation, be written to?
 * This installation wrote it, or one from which it took the pool over since. */
bool nb_pool_owns(const struct nb_pool_view *view,
		  const struct nb_label *label);

/* By id or by name; NULL when there is none. */
const struct nb_pool_disc *nb_pool_by_id(const struct nb_pool_view *view,
					 const char *disc_id);
const struct nb_pool_disc *nb_pool_by_name(const struct nb_pool_view *view,
					   const char *name);

/* The disc DISC_ID is suspect, and the newest backups are those of the good
 * discs that remain. */
void nb_pool_doubt(struct nb_pool_view *view, const char *disc_id);

/* Is the newest verified backup of the pool on DISC, or the newest complete
 * one?  Whatever the state of DISC: another one may have it, too. */
bool nb_pool_has_newest(const struct nb_pool_view *view,
			const struct nb_pool_disc *disc);

/* The good disc other than DISC that holds the newest complete backup; if there
 * are several, one that is not unread, of these the one that was verified last;
 * NULL if there is none. */
const struct nb_pool_disc *nb_pool_newest_besides(
	const struct nb_pool_view *view, const struct nb_pool_disc *disc);

/* Somebody says that what backups lack, and what a disc alone holds, is not
 * needed: if no good disc has a complete one, all of them count as complete,
 * and each "alone" becomes "accepted". */
void nb_pool_accept_shrunk(struct nb_pool_view *view);

/*
 * The disc that is due: an unused or blanked one first, otherwise the one with
 * the lowest complete generation that is not the pool's newest; NULL if there
 * is none.
 * Suspect and retired discs are skipped, and so are those that were written and
 * cannot be blanked.
 */
const struct nb_pool_disc *nb_rotation_next(const struct nb_pool_view *pool);

/* Is a disc whose newest label has this GENERATION a copy of DISC from before a
 * session was added?  Only a copy can lack what was verified on a good disc. */
bool nb_pool_is_old_copy(const struct nb_pool_view *pool,
			 const struct nb_pool_disc *disc, uint64_t generation);

#endif
