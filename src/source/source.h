/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sources: what produces the files of a backup.  One folder each, one table of
 * options and functions; nothing outside of it knows a source by name.
 *
 * Paths are relative to the backup: postgres/... and <kind>/<name>/ for all
 * others; where the backup stands on a disc, no source needs to know.  A dump
 * is written beneath the staging directory at the same path, a tree is only
 * listed: its bytes are read when the image is written.
 */
#ifndef NB_SOURCE_SOURCE_H
#define NB_SOURCE_SOURCE_H

#include "filter/pipe.h"
#include "model/config/config.h"
#include "model/record/entry.h"
#include "model/record/manifest.h"
#include "model/source_kind.h"

struct nb_source_context {
	const char *backup_id; /* for what a file says of its own place on the
				  disc (boot/disc.c), never for a path */
	const char *job;
	const char *state_dir;    /* of this installation */
	const char *installation; /* its random id, 32 hex digits */
	const char *run;          /* of this run of the program alone, 16
				       random hex digits */
	const char *staging_path; /* of this backup's partial directory */
	int staging;              /* open descriptor of it, roots[0] */
	int64_t date;             /* mtime of what the source makes itself */
	/* Stored size of the source NAME in the last good backup; 0: none. */
	enum nb_err (*last_size)(void *ctx, const char *kind, const char *name,
				 uint64_t *stored);
	bool accept_shrink; /* a person said that min_ratio is off */
	/* Bytes so far of what; total 0: not known.  Not NB_OK: stop. */
	enum nb_err (*progress)(void *ctx, const char *what, uint64_t done,
				uint64_t total);
	void *ctx;
};

/* An open directory that entries refer to by its index. */
struct nb_roots NB_ARRAY(int);

/* What a source adds to. */
struct nb_source_output {
	struct nb_entries *entries; /* paths relative to the backup */
	struct nb_manifest_sources *sources;
	struct nb_roots *roots; /* roots->at[0] is staging; a
						  source may push more, the
						  caller closes them */
};

/* How often the bytes of files that seem unchanged are read. */
enum nb_reread {
	NB_REREAD_NEVER,
	NB_REREAD_DAILY,
	NB_REREAD_WEEKLY,
	NB_REREAD_ALWAYS
};

/* What is restored, and where to. */
struct nb_source_restore {
	const struct nb_manifest_source *record;
	/* As it is configured now, or with a name alone. */
	const struct nb_config_source *source;
	const char *path;     /* of what RECORD->path was, on this host, where
				 ->by_path says so */
	const char *into;     /* database, made when missing; must be empty */
	const char *conninfo; /* of the server, or NULL: PG* variables */
	const char *run_as;   /* user to become, or NULL */
	/* Otherwise: gives the bytes, in a thread of its own.  They were read
	 * once before, and are sound. */
	nb_pipe_producer *read;
	void *read_ctx;
	/* About once a second, in the caller's thread; may be NULL. */
	enum nb_err (*tick)(void *ctx);
	void *tick_ctx;
};

struct nb_source_ops {
	struct nb_source_kind kind; /* name, options, words on the disc */
	/* Checks what can be checked before the night's work begins: programs,
	 * versions, users, directories.  Changes nothing. */
	enum nb_err (*preflight)(const struct nb_config_source *source);
	/* Bytes that it will need in staging, estimated.  NULL: cannot be
	 * told before. */
	enum nb_err (*estimate)(const struct nb_config_source *source,
				uint64_t *bytes);
	/*
	 * Takes what has to be held from before the first dump until the last
	 * byte was read (a snapshot, a mount), after it removed what a run
	 * that died left.  *HELD is the source's own, NULL when nothing is
	 * held.  May be NULL: never holds anything.
	 */
	enum nb_err (*hold)(const struct nb_config_source *source,
			    const struct nb_source_context *context,
			    void **held);
	/* Lets it go and frees it, on every way out.  NB_ESOURCE: what was
	 * read in the meantime does not count (the snapshot ran full). */
	enum nb_err (*release)(const struct nb_config_source *source,
			       void *held);
	/* Produces the files.  NB_ESOURCE when what came out does not count;
	 * OUT may then hold some of it and is thrown away by the caller.  A
	 * source that is read in place is listed once more for each session
	 * that is planned. */
	enum nb_err (*collect)(const struct nb_config_source *source,
			       const struct nb_source_context *context,
			       void *held, struct nb_source_output *out);
	/* Whether its files stand in staging (and can be resumed), or are
	 * read in place and listed anew.  NULL: in place. */
	bool (*is_staged)(const struct nb_config_source *source);
	/* How often unchanged files are read all the same.  NULL: never. */
	enum nb_reread (*reread)(const struct nb_config_source *source);
	/* The options of a source that is PATH, as a person named it, and its
	 * name.  NB_ENOTFOUND, NB_EUSAGE.  NULL: no source of this kind is
	 * named so. */
	enum nb_err (*by_hand)(const char *path,
			       struct nb_config_source *source);
	/* Files of it, by their names, that make a disc boot; or NULL. */
	const char *boot_bios, *boot_efi;
	/* It goes back to a disk as a whole (nb_restore_bootarea). */
	bool to_disk;
	/* Brings back what is on the disc.  NULL: it is files, and nothing but
	 * extracting them is to be done. */
	enum nb_err (*restore)(const struct nb_source_restore *restore);
	/* Does it need the files of RECORD on this host, and not a stream? */
	bool (*by_path)(const struct nb_manifest_source *record);
};

/* Those of a kind that is in such a table; of SOURCE; never NULL. */
const struct nb_source_ops *nb_source_of(const struct nb_source_kind *kind);
const struct nb_source_ops *nb_source_ops(
	const struct nb_config_source *source);

/* All kinds, for the configuration and for manifests. */
extern const struct nb_source_kind *const nb_source_kinds[];

/* The functions of the kind NAME, as manifests have it, or NULL. */
const struct nb_source_ops *nb_source_find(const char *name);

extern const struct nb_source_ops nb_source_postgres;
extern const struct nb_source_ops nb_source_tree;
extern const struct nb_source_ops nb_source_lvm;
extern const struct nb_source_ops nb_source_mirror;
extern const struct nb_source_ops nb_source_bootarea;
extern const struct nb_source_ops nb_source_bootdisc;

#endif
