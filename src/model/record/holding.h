/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a backup holds of each source, in numbers that can be compared from
 * night to night, and what a backup lacks of the one before it.
 */
#ifndef NB_MODEL_HOLDING_H
#define NB_MODEL_HOLDING_H

#include "base/names.h"
#include "model/record/manifest.h"

/* The property of a tree: the mount point of the file system that it is on. */
#define NB_PROPERTY_MOUNT "mount"
/* One for each file system that is mounted below: relative to the tree. */
#define NB_PROPERTY_INNER_MOUNT "inner-mount"

/*
 * What tells a source from another one of the same name: the `what` of a
 * property in nb_manifest_source.identity.  Values of the same one are
 * compared; what one of two backups does not have is unknown.
 */
#define NB_IDENTITY_PATH "path" /* of a tree, without symbolic links */
#define NB_IDENTITY_FILE_SYSTEM "file system on " /* and its mount point */
#define NB_IDENTITY_VOLUME "volume"
#define NB_IDENTITY_ARRAY "array"
#define NB_IDENTITY_DATABASE "database"
#define NB_IDENTITY_CLUSTER "cluster"
#define NB_IDENTITY_SERVER "server" /* where the cluster is not known */

#define NB_NOT_COUNTED (-1)

struct nb_holding {
	char *kind, *name; /* as in the manifest */
	bool database;     /* it is the dump of one */
	char *form;  /* format and compression of a dump: bytes of different
			forms are not compared; NULL: a directory */
	char *mount; /* mount point of a tree; NULL: unknown */
	struct nb_names inner;         /* those below it, if MOUNT is known */
	struct nb_properties identity; /* what and value, as above */
	struct nb_properties filled;   /* tables that are not empty: what is
					  "schema.table", value their rows */
	uint64_t bytes;
	int64_t files;             /* all but directories, or NB_NOT_COUNTED */
	uint64_t lost, lost_bytes; /* files that are not counted in FILES and
				      BYTES: zeros stand for some of theirs */
	int64_t tables, rows;      /* of a database, or NB_NOT_COUNTED */
};

struct nb_holdings NB_ARRAY(struct nb_holding);

/* Appends that of each source of M, in their order.  The paths of M and of
 * ENTRIES are both relative to the backup, or both those on the disc.
 * NB_ENOMEM */
enum nb_err nb_holdings_take(const struct nb_manifest *m,
			     const struct nb_entries *entries,
			     struct nb_holdings *out);
/* The one of KIND and NAME, or NULL: a block may have the name of a database,
 * as the one of the globals. */
const struct nb_holding *nb_holdings_find(const struct nb_holdings *list,
					  const char *kind, const char *name,
					  bool database);
void nb_holdings_free(struct nb_holdings *list);

/* Appends WHAT, of NAME unless that is "", and VALUE to the identity LIST.
 * Nothing if VALUE is NULL, or neither fits on a line.  NB_ENOMEM */
enum nb_err nb_identity_add(struct nb_properties *list, const char *what,
			    const char *name, const char *value);

/* What became less. */
enum nb_shrink_what {
	NB_SHRINK_GONE,  /* the whole source, or database */
	NB_SHRINK_MOUNT, /* the file system of a tree, or one below it, is not
			    mounted */
	NB_SHRINK_FILES,
	NB_SHRINK_BYTES,
	NB_SHRINK_TABLES,
	NB_SHRINK_ROWS,
	NB_SHRINK_EMPTIED,   /* tables that are gone or empty */
	NB_SHRINK_PART,      /* a directory, or what is mounted on it, was left
			      out */
	NB_SHRINK_INNER,     /* a file system that is mounted below a tree has
				few files */
	NB_SHRINK_LINK,      /* a directory with files is a symbolic link now */
	NB_SHRINK_NAMES,     /* few of its files are there under their names */
	NB_SHRINK_REWRITTEN, /* few of its files have their content */
	NB_SHRINK_CONTENT,   /* files whose bytes changed without a sign */
	NB_SHRINK_OTHER,     /* nothing: it is another source of that name */
	NB_SHRINK_LOST /* only in the catalog: files that were not read whole.
			  If that makes a source too small, FILES or BYTES says
			  so as well */
};

struct nb_shrink {
	char *kind, *name; /* the source */
	enum nb_shrink_what what;
	uint64_t before, now; /* of FILES to ROWS; NOW of CONTENT and LOST: how
				 many files, BEFORE of LOST: their bytes; of
				 PART: files, and how many parts have them; of
				 EMPTIED: the rows of MOUNT, and how many
				 tables; of INNER and LINK: files there; of
				 REWRITTEN: files that are there
				 under their names, and those of them with
				 another content */
	char *mount;    /* of MOUNT; of PART the first one.  Below the tree it
			is relative to it.  Of EMPTIED: the first table.  Of
			FILES to ROWS and OTHER: the older backup that has
			BEFORE or HAD, "generation 3"; NULL: the last good one
			*/
	char *of;       /* of OTHER: which identity differs, as above, */
	char *is, *had; /* its value, and that of before.  IS of EMPTIED: the
			   rows that MOUNT has now; NULL: none.  Otherwise
			   NULL */
};

/* Appends a copy.  NB_ENOMEM */
enum nb_err nb_shrinks_add(struct nb_shrinks *list,
			   const struct nb_shrink *shrink);
enum nb_err nb_shrinks_copy(const struct nb_shrinks *from,
			    struct nb_shrinks *to);
/* Is one of them of the source of HOLDING?  That it is another one (OTHER) does
 * not count: it may lack something as well. */
bool nb_shrinks_have(const struct nb_shrinks *list,
		     const struct nb_holding *holding);
void nb_shrinks_free(struct nb_shrinks *list);

/* Names for manifest and catalog, as "files"; NULL or false: unknown. */
const char *nb_shrink_name(enum nb_shrink_what what);
bool nb_shrink_parse(const char *name, enum nb_shrink_what *what);

#endif
