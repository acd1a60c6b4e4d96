/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The backups, discs and clones that nightburn has recorded, as rows.  Included
 * by <nightburn/nightburn.h>, which describes the conventions.
 */
#ifndef NIGHTBURN_CATALOG_H
#define NIGHTBURN_CATALOG_H

#include <stdbool.h>
#include <stdint.h>

#include <nightburn/size.h>
#include <nightburn/state.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nightburn;

/* Texts are NULL where there is nothing, dates 0; the library owns them. */
struct nb_backup_row {
	const char *id, *job, *pool, *host;
	uint64_t generation;
	int64_t created, verified; /* verified: on the disc, last */
	uint64_t bytes, files;
	const char *disc;              /* NULL: no longer on any disc */
	enum nb_disc_state disc_state; /* if DISC is not NULL */
	int session;
	int64_t drilled; /* its last drill; 0: none */
	enum nb_drill_state drill;
	enum nb_check_state check; /* what was last found of it on DISC */
	int64_t checked;           /* when; 0: never */
	uint64_t bad;  /* NB_CHECK_DAMAGED: its files that are; 0: all of it is
			 unreadable */
	bool shrunk;   /* it lacks something of the one before it */
	bool apart;    /* another disc has the name DISC now */
	uint64_t lost; /* its files that were not read whole when they were
			  burned: zeros are in their place */
};
struct nb_source_row {
	const char *kind, *name, *database, *format, *path, *compression;
	const char *server_version;
	uint64_t bytes, stored; /* before compression, and on the disc */
	uint64_t files;         /* of nb_restore_list; 0 from the catalog */
};
struct nb_file_row {
	const char *backup_id, *disc;
	uint64_t generation;
	const char *path, *target;
	enum nb_entry_type type;
	uint64_t size;
	unsigned int mode, uid, gid;
	int64_t mtime;
	char sha256[65]; /* "" if it has none */
	bool disc_lost;  /* DISC counts as lost, or another one has its name */
};
struct nb_disc_row {
	const char *pool, *name, *disc_id, *note, *profile;
	enum nb_disc_state state;
	uint64_t generation;
	int64_t verified;
	int sessions, cycles; /* cycles: first sessions written to it */
	bool apart; /* another disc has its name now: nothing is written to
		       this one */
};

struct nb_clone_row {
	const char *name, *id, *source, *target, *note;
	enum nb_clone_state state;
	int64_t finished, checked; /* checked: contents compared */
	uint64_t files;
};

/* Each calls FN for every row, newest first.  If FN returns anything but zero,
 * the call ends with NB_ECANCELED.  NB_ENOTFOUND: there is no catalog yet.
 * POOL may be NULL: all of them; NB_EUSAGE: there is no such pool. */
NB_API enum nb_err nb_list(struct nightburn *nb, const char *pool,
			   int (*fn)(void *ctx, const struct nb_backup_row *),
			   void *ctx);
/* The backups that wait in staging for a disc, of which only id, job, pool,
 * host, created, bytes and files are set; none if staging cannot be read. */
NB_API enum nb_err nb_list_waiting(struct nightburn *nb, const char *pool,
				   int (*fn)(void *ctx,
					     const struct nb_backup_row *),
				   void *ctx);
NB_API enum nb_err nb_list_discs(struct nightburn *nb,
				 int (*fn)(void *ctx,
					   const struct nb_disc_row *),
				 void *ctx);
NB_API enum nb_err nb_list_clones(struct nightburn *nb,
				  int (*fn)(void *ctx,
					    const struct nb_clone_row *),
				  void *ctx);
/* One backup; BACKUP has the form of nb_restore_options.backup.  ON_SOURCE and
 * ON_FILE may be NULL.  NB_ENOTFOUND: none or several are meant. */
NB_API enum nb_err nb_show(
	struct nightburn *nb, const char *backup,
	int (*on_backup)(void *ctx, const struct nb_backup_row *),
	int (*on_source)(void *ctx, const struct nb_source_row *),
	int (*on_file)(void *ctx, const struct nb_file_row *), void *ctx);
/* Files by name: a shell pattern, or a part of the name. */
NB_API enum nb_err nb_find(struct nightburn *nb, const char *pattern,
			   int (*fn)(void *ctx, const struct nb_file_row *),
			   void *ctx);

/* Ends the rebuilding of the catalog of JOB's pool (nb_catalog_rebuild)
 * although not all discs were read: the others are lost, or were never used.
 * Those that it knows become suspect.  *CHANGED: this was necessary. */
NB_API enum nb_err nb_rebuild_finish(struct nightburn *nb, const char *job,
				     bool *changed);

struct nb_drive_choice;

struct nb_take_over_result {
	NB_SIZE(nb_take_over_result);
	char pool[65];
	char host[256]; /* which wrote the disc; "": this installation owned it
			   already */
	bool changed;
};
/*
 * Takes the pool of a job over from another machine that has the same key: from
 * now on the discs that it wrote may be written to.  The disc in the drive
 * tells which; the catalog has been rebuilt (nb_catalog_rebuild).  FROM, the
 * name of that host, is typed by a person who knows that it burns to the pool
 * no more; NB_EUSAGE, logged with the name: NULL or another.  NB_EWRONG: the
 * catalog does not have the disc; NB_EFOREIGN: it is not one of the pool.
 */
NB_API enum nb_err nb_take_over(struct nightburn *nb,
				const struct nb_drive_choice *choice,
				const char *from,
				struct nb_take_over_result *result);

struct nb_lost_result {
	NB_SIZE(nb_lost_result);
	char pool[65], disc[65], disc_id[33]; /* of the one that is lost */
	bool changed;                         /* it was not said before */
	uint64_t backups;    /* on no other disc that is not lost */
	char newest[65];     /* the disc of the pool that now has the newest
				good backup; "" if there is none */
	uint64_t generation; /* of that backup; 0: none */
	bool shrunk;         /* it lacks something of the one before it: no
				good disc has one that does not */
};
/*
 * DISC, a name or the first eight characters or more of a disc id, is broken or
 * lost: what the catalog has on it counts no longer as a copy, and its name is
 * free for another disc.  JOB: only discs of its pool; NULL: of any.  A disc
 * that is found is recorded again by nb_catalog_rebuild.  NB_EUSAGE: there is
 * no such disc, or there are several.  NB_EWRONG: no other disc has a good
 * backup, or one that lacks nothing, and DISC is not its id.
 */
NB_API enum nb_err nb_disc_lost(struct nightburn *nb, const char *job,
				const char *disc,
				struct nb_lost_result *result);

#ifdef __cplusplus
}
#endif

#endif
