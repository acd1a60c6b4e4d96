/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The catalog: what nightburn knows about discs and backups.  The rules for its
 * rows are here; an engine stores them (store/catalog_driver.h).
 *
 * A backup has parts (one, for now), a part is in a session, a session on a
 * disc.  Opening an up-to-date catalog writes nothing to it.  What belongs
 * together is written in one transaction.
 */
#ifndef NB_STORE_CATALOG_H
#define NB_STORE_CATALOG_H

#include "model/config/config.h"
#include "model/record/holding.h"
#include "model/record/manifest.h"
#include "model/decide/pool.h"

struct nb_catalog;

enum nb_catalog_mode {
	NB_CATALOG_WORK,  /* the lock is held: for reading and writing */
	NB_CATALOG_PEEK,  /* to decide, without writing */
	NB_CATALOG_QUERY, /* a query by a user; damage is reported, and the
			     readable rest is shown */
	NB_CATALOG_LIST   /* the same, only for backups, discs and clones:
			     files, of which there are many, are neither read
			     nor checked */
};

/*
 * Opens PATH, creating and migrating it if needed, mode 0600, and checks it: a
 * file that is not a catalog or is damaged is NB_ECORRUPT, with a hint; one
 * with a newer schema is NB_EFAIL.  The mark (store/mark.h) is in its
 * directory.
 */
enum nb_err nb_catalog_open(const char *path, enum nb_catalog_mode mode,
			    struct nb_catalog **out);
void nb_catalog_close(struct nb_catalog *catalog);

/* Renames a damaged catalog, with all files of its engine, to PATH.damaged-N; N
 * is the first unused number.  NB_EIO. */
enum nb_err nb_catalog_set_aside(const char *path);

/* How current the catalog is for a pool. */
struct nb_reach {
	bool stale;      /* an old copy, or a replacement for a lost catalog: no
			    disc is written */
	uint64_t known;  /* the highest generation in the catalog */
	uint64_t marked; /* the highest that was ever seen */
};
enum nb_err nb_catalog_reach(struct nb_catalog *catalog, const char *pool,
			     struct nb_reach *reach);

/*
 * A disc with this label was seen; it is signed with our key and was written by
 * this installation.  If its generation is newer than the catalog, and it is
 * not suspect, retired or blanked, the catalog is an old copy: this is recorded
 * in the mark (on disk, if the lock is held), and *STALE is set.
 */
enum nb_err nb_catalog_witness(struct nb_catalog *catalog,
			       const struct nb_label *label, bool *stale);

/* The catalog of POOL is made again from its discs: if nothing at all is known
 * of it, it is stale from now on, until it is accepted.  Otherwise nothing
 * changes.  The lock is held. */
enum nb_err nb_catalog_begin_rebuild(struct nb_catalog *catalog,
				     const char *pool);

/* Accepts the catalog of POOL as it is: it is no longer stale. */
enum nb_err nb_catalog_accept(struct nb_catalog *catalog, const char *pool);

/* The view of POOL, with its discs in the order of NAMES (configured names that
 * are not in the catalog are NB_DISC_UNUSED).  The caller sets
 * VIEW->installation.  Free with nb_pool_view_clear. */
enum nb_err nb_catalog_pool(struct nb_catalog *catalog, const char *pool,
			    const struct nb_names *names,
			    struct nb_pool_view *view);

/* The generation of the pool's next backup: one more than the highest ever
 * seen, including backups that are no longer on any disc.  1 for a new pool. */
enum nb_err nb_catalog_next_generation(struct nb_catalog *catalog,
				       const char *pool, uint64_t *generation);

/* SHA-256 in hex of the file PATH of the backup that was last recorded for
 * POOL; "" if there is none. */
enum nb_err nb_catalog_last_hash(struct nb_catalog *catalog, const char *pool,
				 const char *path, char hex[NB_SHA256_HEX + 1]);

#define NB_NOTE_BAD_SESSION "the newest session is bad"

/* A session that was written and verified. */
struct nb_catalog_session {
	const struct nb_label *label;
	const struct nb_manifest *manifest;
	/* Everything that it added, including the disc's own files.  The paths
	 * of these and of the manifest's sources are those on the disc, with
	 * the id of the backup, and are stored as such. */
	const struct nb_entries *entries;
	int number;     /* on the disc, from 1 */
	uint32_t start; /* first block */
	uint64_t blocks;
	uint8_t checksum[NB_CHECKSUM_SIZE]; /* of its image, as streamed */
	const char *profile;                /* of the medium, as "CD-RW" */
	uint64_t capacity;                  /* blocks */
	bool first;                         /* the disc was blank: its earlier
					       contents no longer exist */
	int64_t verified;                   /* 0: keep the date of its disc */
	int64_t checked; /* all of the backup was read; 0: it was not */
	/* It was found damaged, as in struct nb_catalog_check. */
	bool damaged;
	uint64_t bad;
	/* Something on the disc is bad, whatever this session is. */
	bool suspect;
	/* The disc is recorded without its name: what is on it can be restored,
	 * nothing is written to it. */
	bool apart;
};

/* Records it all in one transaction: disc, session, backup, part, sources,
 * files; the disc becomes NB_DISC_GOOD, or NB_DISC_SUSPECT if SESSION says so
 * or a backup on it is damaged. */
enum nb_err nb_catalog_commit(struct nb_catalog *catalog,
			      const struct nb_catalog_session *session);

/* What decides, beside the state of a disc, what becomes of it.  Each has a
 * note for people. */
enum nb_disc_remark {
	NB_REMARK_NONE,
	NB_REMARK_DRILL, /* a drill made it suspect: a good drill makes it good
			    again, a verification does not */
	NB_REMARK_REST,  /* its newest session is what a failed burn left; the
			    earlier ones are good */
	NB_REMARK_LOST   /* the same, but that session may have been a backup */
};

/* Sets the state of disc DISC_ID, with a NOTE for people.  On NB_DISC_BLANKED
 * its sessions and the parts on them are marked gone.  A disc that is suspect
 * because of a drill stays so on NB_DISC_SUSPECT, with its note. */
enum nb_err nb_catalog_set_disc(struct nb_catalog *catalog, const char *disc_id,
				enum nb_disc_state state, const char *note);

/* Records a disc that was burned but not verified as NB_DISC_SUSPECT, whether
 * or not it was in the catalog. */
enum nb_err nb_catalog_suspect(struct nb_catalog *catalog,
			       const struct nb_label *label, const char *note);

/* Records a later verification of the whole disc: good, with its date; but it
 * stays suspect because of a drill.  It is not the disc that nobody could read,
 * either (store/unread.h). */
enum nb_err nb_catalog_verified(struct nb_catalog *catalog, const char *disc_id,
				int64_t date);

/*
 * A verification found the newest session of disc DISC_ID bad, and everything
 * recorded on it good: sets it to good, with DATE and REMARK (NB_REMARK_LOST is
 * kept), unless a drill made it suspect.  SEEN is the generation in the label
 * of the bad session, 0 if unknown; it is not used again.
 */
enum nb_err nb_catalog_shortened(struct nb_catalog *catalog,
				 const char *disc_id, int64_t date,
				 uint64_t seen, enum nb_disc_remark remark);

/* Releases the name of a disc for another one (adopt). */
enum nb_err nb_catalog_release_name(struct nb_catalog *catalog,
				    const char *pool, const char *name);

/* Somebody says that the disc DISC_ID is broken or lost: it is REPLACED,
 * without its name, until it is read again.  Nothing happens if it is unknown.
 */
enum nb_err nb_catalog_lost(struct nb_catalog *catalog, const char *disc_id);

/* It was found: it has its name again, unless another disc has that. */
enum nb_err nb_catalog_found(struct nb_catalog *catalog, const char *disc_id);

/* Is the backup with this id on the disc DISC_ID (NULL: on any disc),
 * verified? */
enum nb_err nb_catalog_holds(struct nb_catalog *catalog, const char *backup_id,
			     const char *disc_id, bool *holds);

/* Stored bytes of source NAME in the newest good backup of JOB; 0: none. */
enum nb_err nb_catalog_last_size(struct nb_catalog *catalog, const char *job,
				 const char *kind, const char *name,
				 uint64_t *stored);

/*
 * A job and its past: the backups of its name in its pool; those of a job of
 * that pool that is not configured any more (it was renamed), and those of its
 * name in another pool (it was moved), if all of them are older: two jobs whose
 * backups were made at the same time are two.
 */
struct nb_line {
	const char *job, *pool;
	/* Is there a job of this name? */
	bool (*configured)(void *ctx, const char *job);
	void *ctx;
	const char *old_job, *old_pool; /* (store/kin.h); NULL: none */
};

/* What the newest backup of LINE holds that lacks nothing of the one before it;
 * empty: there is none.  Appended to OUT. */
enum nb_err nb_catalog_last_holdings(struct nb_catalog *catalog,
				     const struct nb_line *line,
				     struct nb_holdings *out);

/* What the backup ID holds, appended to OUT. */
enum nb_err nb_catalog_holdings(struct nb_catalog *catalog, const char *id,
				struct nb_holdings *out);

/* The newest backup of LINE that lacks nothing of the one before it. */
struct nb_last_complete {
	char id[NB_BACKUP_ID_MAX + 1]; /* "": there is none */
	uint64_t generation;
	int64_t created;
	char disc[NB_NAME_MAX + 1]; /* that has it; "": none */
	bool newer;                 /* LINE has a newer one, which does */
};
enum nb_err nb_catalog_last_complete(struct nb_catalog *catalog,
				     const struct nb_line *line,
				     struct nb_last_complete *out);

struct nb_completes NB_ARRAY(struct nb_last_complete);

/* Those of LINE, the newest first, at most MOST, also what is on no disc any
 * more; appended to OUT. */
enum nb_err nb_catalog_completes(struct nb_catalog *catalog,
				 const struct nb_line *line, size_t most,
				 struct nb_completes *out);

/* Does the next backup of LINE hold a source (or database) of an earlier one?
 */
struct nb_covers {
	struct nb_line line;
	bool (*fn)(void *ctx, const char *kind, const char *name,
		   bool database);
	void *ctx;
};

/*
 * For each disc of VIEW: what it alone holds, because it is in no newer backup
 * on another good disc, and not in the next one.  What was appended by hand is
 * elsewhere if it was appended to another disc of the pool later.
 */
enum nb_err nb_catalog_alone(struct nb_catalog *catalog,
			     const struct nb_covers *covers,
			     struct nb_pool_view *view);

/* *HOLDER: the catalog has the disc DISC_ID, and of all discs of its pool,
 * configured or not, it has the newest good backup.  POOL receives the name of
 * that pool; "" if the disc is not in the catalog. */
enum nb_err nb_catalog_newest_of(struct nb_catalog *catalog,
				 const char *disc_id,
				 char pool[NB_NAME_MAX + 1], bool *holder);

/* *APART: the catalog has the disc DISC_ID, and something on it, but not as one
 * of its pool: another disc has its name, or its generations.  Not one that was
 * lost, as long as its name is free. */
enum nb_err nb_catalog_is_apart(struct nb_catalog *catalog, const char *disc_id,
				bool *apart);

/* *LOST: the catalog has the disc DISC_ID, and something on it, but it counts
 * as lost; its name is free. */
enum nb_err nb_catalog_is_lost(struct nb_catalog *catalog, const char *disc_id,
			       bool *lost);

/* Queries.  Each calls FN for every row, newest backup first; an error from FN
 * ends the query and is returned.  Pointers are valid during the call. */
struct nb_catalog_backup {
	const char *id, *job, *pool, *host;
	uint64_t generation;
	int64_t created;
	int64_t verified; /* of its disc; 0: never */
	uint64_t bytes;   /* stored, all files */
	uint64_t files;
	const char *disc, *disc_id;    /* NULL if it is no longer on any disc */
	enum nb_disc_state disc_state; /* when DISC is not NULL */
	int session;
	int64_t drilled; /* the last drill; 0: none */
	enum nb_drill_state drill;
	bool shrunk;               /* it lacks something of the one before it */
	enum nb_check_state check; /* what was last found of it on DISC */
	int64_t checked;           /* when; 0: never */
	uint64_t bad;              /* as in nb_catalog_check */
	bool apart;                /* DISC is not its name any more */
	uint64_t lost; /* its files that were not read whole when it was
			  burned */
};

enum nb_err nb_catalog_backups(
	struct nb_catalog *catalog, const char *pool,
	enum nb_err (*fn)(void *ctx, const struct nb_catalog_backup *row),
	void *ctx);

/* One backup by id, unique prefix of an id, or generation number.
 * NB_ENOTFOUND logged. */
enum nb_err nb_catalog_backup(
	struct nb_catalog *catalog, const char *which,
	enum nb_err (*fn)(void *ctx, const struct nb_catalog_backup *row),
	void *ctx);

enum nb_err nb_catalog_sources(
	struct nb_catalog *catalog, const char *backup_id,
	enum nb_err (*fn)(void *ctx, const struct nb_manifest_source *row),
	void *ctx);

struct nb_catalog_file {
	const char *backup_id, *disc; /* disc NULL: gone */
	bool lost;                    /* the disc counts as lost */
	uint64_t generation;
	const struct nb_entry *entry;
};

/* The files of a backup, by path. */
enum nb_err nb_catalog_files(
	struct nb_catalog *catalog, const char *backup_id,
	enum nb_err (*fn)(void *ctx, const struct nb_catalog_file *row),
	void *ctx);

/* Files of all backups whose last path component (or whole path, if PATTERN has
 * a slash) matches the shell PATTERN, or without wildcards contains it. */
enum nb_err nb_catalog_find(
	struct nb_catalog *catalog, const char *pattern,
	enum nb_err (*fn)(void *ctx, const struct nb_catalog_file *row),
	void *ctx);

/* All discs, of all pools, that have a name or something on them. */
struct nb_catalog_disc {
	const char *pool, *name, *disc_id, *note, *profile;
	bool named; /* the name is its own; else another disc has it now */
	enum nb_disc_state state;
	enum nb_disc_remark remark;
	uint64_t generation;
	int64_t verified;
	int sessions, cycles; /* cycles: first sessions written to it */
};
enum nb_err nb_catalog_discs(
	struct nb_catalog *catalog,
	enum nb_err (*fn)(void *ctx, const struct nb_catalog_disc *row),
	void *ctx);

/* ---- what was found of each backup on a disc ---- */

struct nb_catalog_check {
	const char *backup_id;
	enum nb_check_state state; /* NB_CHECK_NONE: nothing was found, what is
				      recorded stays */
	uint64_t bad; /* NB_CHECK_DAMAGED: its files that are missing,
			 unreadable or different; 0: all of it is unreadable */
};

struct nb_catalog_checks {
	const char *disc_id;
	int64_t date;
	struct NB_ARRAY(struct nb_catalog_check) list;
	bool others_damaged; /* those that LIST does not have are unreadable */
};

/* Records it of those backups in the list that the catalog has on this disc.  A
 * good disc with a damaged backup becomes suspect. */
enum nb_err nb_catalog_put_checks(struct nb_catalog *catalog,
				  const struct nb_catalog_checks *checks);

/* ---- drills ---- */

struct nb_catalog_drill {
	const char *backup_id, *disc_id;
	int64_t date;
	enum nb_drill_state state;
	uint64_t databases, tables, rows, files;
};

/* Records the last drill of a backup that is in the catalog.  A good one makes
 * the disc good again only if no other backup on it is known to be damaged or
 * failed its last drill. */
enum nb_err nb_catalog_put_drill(struct nb_catalog *catalog,
				 const struct nb_catalog_drill *drill);

/* ---- clones ---- */

struct nb_catalog_clone {
	const char *name, *id, *source, *target;
	enum nb_clone_state state;
	const char *note;
	int64_t started, finished, checked;
	uint64_t files, transferred, deleted, bytes;
};

/* Records a run of a clone; a date of 0 keeps the recorded one. */
enum nb_err nb_catalog_put_clone(struct nb_catalog *catalog,
				 const struct nb_catalog_clone *clone);
/* As nb_catalog_discs. */
enum nb_err nb_catalog_clones(
	struct nb_catalog *catalog,
	enum nb_err (*fn)(void *ctx, const struct nb_catalog_clone *row),
	void *ctx);

#endif
