/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sources produce the files of a backup.  Each has a folder and a table of
 * options and functions; nothing outside the folder knows a source by name.
 *
 * Paths are relative to the backup: postgres/...  and <kind>/<name>/ for all
 * others; sources do not know where the backup is on a disc.  A dump is written
 * to the same path beneath the staging directory; a tree is only listed, and
 * its bytes are read when the image is written.
 */
#ifndef NB_SOURCE_SOURCE_H
#define NB_SOURCE_SOURCE_H

#include <nightburn/restore.h>

#include "filter/pipe.h"
#include "model/config/config.h"
#include "model/record/entry.h"
#include "model/record/manifest.h"
#include "model/source_kind.h"
#include "source/ours.h"

struct nb_calls;

struct nb_source_context {
	const char *backup_id; /* for a file that contains its place on the disc
				  (boot/disc.c), never for a path */
	const char *job;
	const char *state_dir;    /* of this installation */
	const char *installation; /* its random id, 32 hex digits */
	const char *run;          /* of this run of the program, 16 random hex
				     digits */
	const char *staging_path; /* of this backup's partial directory */
	int staging;              /* open descriptor of it, roots[0] */
	int64_t date;             /* mtime of files that the source creates */
	/* What is in no tree, and the device of whose copy a tree is (0: it is
	 * no copy). */
	const struct nb_ours *ours;
	dev_t copy_of;
	/* Watches calls into the file systems of sources; or NULL. */
	struct nb_calls *calls;
	/* Reports the bytes of WHAT so far; total 0: unknown.  An error:
	 * stop. */
	enum nb_err (*progress)(void *ctx, const char *what, uint64_t done,
				uint64_t total);
	void *ctx;
};

/* An open directory that entries refer to by its index. */
struct nb_roots NB_ARRAY(int);

/* The output of a source. */
struct nb_source_output {
	struct nb_entries *entries; /* paths relative to the backup */
	struct nb_manifest_sources *sources;
	struct nb_roots *roots; /* roots->at[0] is staging; a
						  source may push more, the
						  caller closes them */
};

/* How often files are read although their metadata is unchanged. */
enum nb_reread {
	NB_REREAD_NEVER,
	NB_REREAD_DAILY,
	NB_REREAD_WEEKLY,
	NB_REREAD_ALWAYS
};

/* A whole disk to which a source is restored. */
struct nb_bootarea_info;
struct nb_source_disk {
	const char *device; /* to be overwritten */
	const char *again;  /* the confirmation: its name; NULL: only show */
	/* Shows what is on it and what will be; not NB_OK: stop. */
	enum nb_err (*show)(void *ctx, const struct nb_bootarea_info *info);
	/* Calls ACT, which overwrites the disk, if that is permitted
	 * (job/destroy.h). */
	enum nb_err (*destroy)(void *ctx, enum nb_err (*act)(void *act_ctx),
			       void *act_ctx);
	enum nb_err (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
};

/* What is restored, and where to. */
struct nb_source_restore {
	const struct nb_manifest_source *record;
	/* As configured now, or with only a name. */
	const struct nb_config_source *source;
	const char *path; /* path on this host of what is at RECORD->path on the
			     disc, if ->by_path or ->to_disk requires it */
	/* If ->to_disk requires it; the members below are not set then. */
	const struct nb_source_disk *disk;
	const char *into;     /* database, created if missing; must be empty, or
			     is replaced.  NULL: RECORD belongs to the whole
			     server */
	const char *conninfo; /* of the server, or NULL: PG* variables */
	const char *run_as;   /* user to run the programs, or NULL */
	/* What of a dump is loaded, and how, as the user asked: the kind reads
	 * what it knows.  NULL if there is ->disk. */
	const struct nb_restore_options *load;
	/* Otherwise: produces the bytes, in a separate thread.  They were read
	 * and checked before. */
	nb_pipe_producer *read;
	void *read_ctx;
	/* About once a second, in the caller's thread; may be NULL. */
	enum nb_err (*tick)(void *ctx);
	void *tick_ctx;
	/* What is loaded completely is compared with the counts of RECORD. */
	bool compare;
	/* Set if it fails because the server lacks a role or a tablespace.  May
	 * be NULL. */
	bool *lacks;
	bool *loaded; /* set when the data was loaded; later steps may fail.
			 May be NULL */
	char *kept;   /* 64 bytes for the new name of a database that was
			 replaced; may be NULL */
};

struct nb_serve;
struct nb_remote_request;
struct nb_source_drill;

/* The shares of what the last good backup held that are enough, 0 to 1.
 * 0: this is not compared. */
struct nb_least {
	double ratio;     /* of files and of bytes; 0: nothing is compared */
	double kept;      /* of files, by their names */
	double unchanged; /* of these, by their content */
};

struct nb_source_ops {
	struct nb_source_kind kind; /* name, options, texts on the disc */
	/* Checks what can be checked in advance: programs, versions, users,
	 * directories.  Changes nothing. */
	enum nb_err (*preflight)(const struct nb_config_source *source);
	/* Estimates the bytes that it will need in staging.  NULL: cannot be
	 * estimated. */
	enum nb_err (*estimate)(const struct nb_config_source *source,
				uint64_t *bytes);
	/*
	 * Acquires what is needed from before the first dump until the last
	 * byte was read (a snapshot, a mount), after removing what a run that
	 * died left. *HELD belongs to the source, NULL if it holds nothing.
	 * May be NULL: never holds anything.
	 */
	enum nb_err (*hold)(const struct nb_config_source *source,
			    const struct nb_source_context *context,
			    void **held);
	/* Releases and frees it; called in every case.  NB_ESOURCE: what was
	 * read in the meantime is invalid (the snapshot ran full). */
	enum nb_err (*release)(const struct nb_config_source *source,
			       void *held);
	/* Produces the files.  NB_ESOURCE: the result is invalid; the caller
	 * discards what is in OUT.  A source that is read in place is listed
	 * again for each planned session. */
	enum nb_err (*collect)(const struct nb_config_source *source,
			       const struct nb_source_context *context,
			       void *held, struct nb_source_output *out);
	/* Whether its files are in staging (and can be resumed), or are read in
	 * place and listed again.  NULL: in place. */
	bool (*is_staged)(const struct nb_config_source *source);
	/* How often unchanged files are read nevertheless.  NULL: never. */
	enum nb_reread (*reread)(const struct nb_config_source *source);
	/* NULL: nothing is compared. */
	struct nb_least (*least)(const struct nb_config_source *source);
	/* Do its options leave out PATH, a directory below its top, or the
	 * table "schema.table"?  NULL: nothing. */
	bool (*leaves_out)(const struct nb_config_source *source,
			   const char *path);
	/* Does it produce the source NAME of a backup (DATABASE: the dump of
	 * one)?  NULL: if that is its name. */
	bool (*covers)(const struct nb_config_source *source, const char *name,
		       bool database);
	/* Sets options and name of a source for PATH, as the user named it.
	 * NB_ENOTFOUND, NB_EUSAGE.  NULL: a path never names a source of this
	 * kind. */
	enum nb_err (*by_hand)(const char *path,
			       struct nb_config_source *source);
	/* Names of its files that make a disc bootable; or NULL. */
	const char *boot_bios, *boot_efi;

	/* ---- work for another host (source/serve/serve.h) ---- */

	/* Serves REQUEST, which is for one of kind.tasks.  NULL: there are
	 * none. */
	enum nb_err (*serve)(struct nb_serve *serve,
			     const struct nb_remote_request *request);
	/* Whether SERVE->allowed, which is not empty, permits what REQUEST
	 * wants to read; may replace a path in it by the one that was checked.
	 * NB_ESOURCE, logged.  NULL: the name of the kind permits it. */
	enum nb_err (*may_serve)(const struct nb_serve *serve,
				 struct nb_remote_request *request);

	/* ---- restore ---- */

	/* It is restored to a whole disk. */
	bool to_disk;
	/* Whether the restore to a disk needs the file E.  NULL: it needs all
	 * files. */
	bool (*needs)(const struct nb_manifest_source *record,
		      const struct nb_entry *e);
	/* Restores what is on the disc.  NULL: extracting its files is
	 * enough. */
	enum nb_err (*restore)(const struct nb_source_restore *restore);
	/* Checks that ->load names parts that the record has; changes nothing.
	 * NB_EUSAGE, NB_ENOTFOUND.  NULL: there are no parts. */
	enum nb_err (*restore_check)(const struct nb_source_restore *restore);
	/* The user who runs SOURCE's programs on this host, unless the
	 * environment names another for the server; NULL: this one.  May be
	 * NULL. */
	const char *(*run_as)(const struct nb_config_source *source);
	/* Does it need the files of RECORD on this host instead of a stream? */
	bool (*by_path)(const struct nb_manifest_source *record,
			const struct nb_restore_options *load);
	/* Calls FN for each line of a list of the contents of a dump; of
	 * RESTORE only ->record, ->source, ->run_as, and ->path or ->read are
	 * set.  NULL: there is no such list. */
	enum nb_err (*contents)(const struct nb_source_restore *restore,
				enum nb_err (*fn)(void *ctx, const char *line),
				void *ctx);
	/* Whether this needs the file E of RECORD on this host; if it needs
	 * none, or with NULL, it gets a stream. */
	bool (*contents_need)(const struct nb_manifest_source *record,
			      const struct nb_entry *e);
	/* For a drill, if it is restored into a server (source/drill.h).  NULL:
	 * restoring its files is all. */
	const struct nb_source_drill *drill;
};

/* The functions of a kind in such a table, or of SOURCE; never NULL. */
static inline const struct nb_source_ops *
nb_source_of(const struct nb_source_kind *kind)
{
	return (const void *)((const char *)kind
			      - offsetof(struct nb_source_ops, kind));
}

static inline const struct nb_source_ops *
nb_source_ops(const struct nb_config_source *source)
{
	return nb_source_of(source->kind);
}

/* Does SOURCE produce KIND NAME of a backup (DATABASE: the dump of one)? */
bool nb_source_covers(const struct nb_config_source *source, const char *kind,
		      const char *name, bool database);

/* All kinds, for the configuration and for manifests. */
extern const struct nb_source_kind *const nb_source_kinds[];

/* The functions of the kind NAME, as in manifests, or NULL. */
const struct nb_source_ops *nb_source_find(const char *name);

extern const struct nb_source_ops nb_source_postgres;
extern const struct nb_source_ops nb_source_tree;
extern const struct nb_source_ops nb_source_lvm;
extern const struct nb_source_ops nb_source_mirror;
extern const struct nb_source_ops nb_source_bootarea;
extern const struct nb_source_ops nb_source_bootdisc;

#endif
