/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The manifest: /nightburn/manifest.json, every file of one backup with its
 * exact name, attributes and SHA-256.  doc/disc-format.md describes it.
 *
 * A name that is not UTF-8 is rendered as "path_hex" instead of "path" (and
 * "target_hex").  An unknown hash is rendered as 64 zeros, so that the size of
 * the text is known in advance.  "dev" and "ino" beyond 2^63 - 1 are rendered
 * as text, since JSON readers lose precision.
 */
#ifndef NB_MODEL_MANIFEST_H
#define NB_MODEL_MANIFEST_H

#include <string.h>

#include "model/record/entry.h"
#include "model/record/label.h"

#define NB_MANIFEST_PATH "nightburn/manifest.json"
#define NB_SUMS_PATH "SHA256SUMS"
/* Both are on a disc twice, as is the label. */
#define NB_MANIFEST_COPY "nightburn/copy/manifest.json"
#define NB_SUMS_COPY "nightburn/copy/SHA256SUMS"
#define NB_MANIFEST_VERSION 1
/* The job name of a session that was appended by hand: no job of the
 * configuration has this name. */
#define NB_JOB_BY_HAND "append"
bool nb_job_is_by_hand(const char *job);

/* A file that the backup lacks, or whose content is not what was expected. */
enum nb_note {
	NB_NOTE_TOO_LARGE, /* excluded: larger than max_file_size */
	NB_NOTE_CHANGED,   /* torn: changed each time it was read */
	NB_NOTE_CORRUPT,   /* content changed, metadata did not */
	NB_NOTE_OFF_DISC,  /* the link itself is only in the manifest */
	NB_NOTE_DATE,      /* its date is only in the manifest */
	NB_NOTE_REREAD,    /* its earlier copy on the disc was damaged: written
			      again */
	NB_NOTE_FLAGS,     /* its flags of chattr are only in the manifest */
	NB_NOTE_XATTRS,    /* not all of its extended attributes are recorded */
	NB_NOTE_LEFT_OUT,  /* excluded: the source cannot read it */
	NB_NOTE_ROWS,      /* a table whose rows a dump lacks */
	NB_NOTE_PREPARED,  /* a prepared transaction that a dump lacks */
	NB_NOTE_OURS,      /* excluded: it belongs to nightburn */
	NB_NOTE_MOUNT,     /* left out: a mount point that cannot be read */
	NB_NOTE_UNREADABLE, /* left out: it cannot be read; or empty here, but
			       it has content */
	NB_NOTE_BEHIND /* a standby that got nothing new since the date PATH,
			  SIZE seconds ago */
};

struct nb_manifest_note {
	enum nb_note what;
	char *path; /* relative to the source */
	uint64_t size;
};

struct nb_manifest_notes NB_ARRAY(struct nb_manifest_note);

/* Something that a dump does not contain: a property of its database, or
 * whatever else a source has to know for a restore.  ROLE, NAME and GRANTOR
 * are "" where WHAT has none; doc/disc-format.md lists those of databases. */
struct nb_property {
	char *what, *role, *name, *value, *grantor;
};

struct nb_properties NB_ARRAY(struct nb_property);

/* The format of a tree that was packed into one archive. */
#define NB_FORMAT_ARCHIVE "tar"

/* The result of one source. */
struct nb_manifest_source {
	char *kind;           /* "postgres", "tree", ... */
	char *name;           /* the block's title, or the database's name */
	char *database;       /* of a dump; NULL otherwise */
	char *format;         /* "custom", "plain", "directory", "globals",
				 NB_FORMAT_ARCHIVE; or NULL */
	char *path;           /* on the disc: a file, or a directory */
	char *compression;    /* "zstd", "gzip", "none" */
	char *server_version; /* of a dump, as "15.18"; NULL otherwise */
	uint64_t bytes;       /* before our compression */
	uint64_t stored;      /* bytes on the disc */
	uint64_t excluded;    /* number of names excluded by patterns */
	int64_t checked;      /* when all bytes were last read; 0: not
				 recorded */
	struct nb_manifest_notes notes;
	struct nb_properties properties;
	/* For a dump, what was counted in its snapshot; the role of each is the
	 * schema.  Empty: nothing was counted. */
	struct nb_properties counts;
	/* What it is, as far as that can be told (model/record/holding.h). */
	struct nb_properties identity;
	struct nb_entries members; /* of an archive, paths within it; among
				      the files of the text */
};

struct nb_manifest_sources NB_ARRAY(struct nb_manifest_source);

/* model/record/holding.h */
struct nb_shrinks NB_ARRAY(struct nb_shrink);

struct nb_manifest {
	char backup_id[NB_BACKUP_ID_MAX + 1];
	uint64_t generation;
	char job[NB_NAME_MAX + 1];
	char pool[NB_NAME_MAX + 1];
	char disc[NB_NAME_MAX + 1];
	char disc_id[NB_ID_HEX + 1];
	char host[256];
	char installation[NB_ID_HEX + 1]; /* that made it, while it waits in
					     staging; "": unknown, or on a disc,
					     whose label has it */
	int64_t created;
	struct nb_manifest_sources sources;
	struct nb_shrinks shrinks; /* what it lacks of the backup before it,
				      unless the user accepted that */
	size_t room; /* bytes of the text that are kept for SHRINKS
			(nb_manifest_reserve) */
};

/* Is PATH that of an earlier session's manifest, which was moved when the next
 * one was appended: "nightburn/<backup id>/manifest.json"?  Its copy does not
 * count. */
bool nb_manifest_is_earlier(const char *path);

/* The maximum number of notes of one source. */
#define NB_NOTES_MAX 1000

/* Adds a note about the SIZE bytes at PATH (copied), unless there are
 * NB_NOTES_MAX.  NB_ENOMEM */
enum nb_err nb_manifest_source_note(struct nb_manifest_source *source,
				    enum nb_note what, const char *path,
				    uint64_t size);

/*
 * The file PATH ("tree/www/a", as the catalog has it) of SOURCE, if there is
 * one: in FILES, sorted, of its backup (NULL: not looked for), or in its
 * archive.  WITHIN: its path in the source; borrowed.
 */
const struct nb_entry *nb_manifest_source_file(
	const struct nb_manifest_source *source, const struct nb_entries *files,
	const char *path, const char **within);

/* Adds a property, copied.  NB_ENOMEM */
enum nb_err nb_properties_add(struct nb_properties *list,
			      const struct nb_property *property);
/* Appends copies of those in FROM.  NB_ENOMEM */
enum nb_err nb_properties_copy(const struct nb_properties *from,
			       struct nb_properties *to);
/* The value of the first property WHAT, or NULL. */
const char *nb_properties_get(const struct nb_properties *list,
			      const char *what);
/* Sorts the list by what, role and name; finds one in a sorted list, or returns
 * NULL. */
void nb_properties_sort(struct nb_properties *list);
const struct nb_property *nb_properties_find(const struct nb_properties *list,
					     const char *what, const char *role,
					     const char *name);
void nb_properties_clear(struct nb_properties *list);

/* A deep copy.  NB_ENOMEM, *OUT untouched. */
enum nb_err nb_manifest_source_copy(const struct nb_manifest_source *from,
				    struct nb_manifest_source *out);

/* Is SOURCE a tree that was packed into one archive? */
static inline bool
nb_manifest_source_is_archive(const struct nb_manifest_source *source)
{
	return source->format && !strcmp(source->format, NB_FORMAT_ARCHIVE);
}

/* The source KIND NAME of M, or NULL. */
struct nb_manifest_source *nb_manifest_find(const struct nb_manifest *m,
					    const char *kind, const char *name);

void nb_manifest_source_clear(struct nb_manifest_source *source);
void nb_manifest_clear(struct nb_manifest *m);

/*
 * The manifest of those ENTRIES whose path is not NB_MANIFEST_PATH or
 * NB_SUMS_PATH or that of a copy of these, as JSON with one entry a line.  The
 * length depends only on
 * names and attributes.  The caller frees.  NB_ENOMEM; NB_EFULL: what
 * nb_manifest_parse would refuse to read.
 */
enum nb_err nb_manifest_render(const struct nb_manifest *m,
			       const struct nb_entries *entries, char **text,
			       size_t *length);

/* Some of MORE may be added to M->shrinks when the files were read: the length
 * of the text does not depend on it from now on.  NB_ENOMEM */
enum nb_err nb_manifest_reserve(struct nb_manifest *m,
				const struct nb_shrinks *more);

/* The result of checking the MAC of a manifest. */
enum nb_manifest_mac {
	NB_MAC_NONE, /* no MAC, and none was expected */
	NB_MAC_GOOD,
	NB_MAC_WRONG, /* it does not match, or is missing although the label
			 says that there is one */
	NB_MAC_NO_KEY /* there is a MAC, but no key to check it */
};

/*
 * Adds a MAC made with KEY to the manifest *TEXT (fresh memory, LENGTH bytes)
 * as its last member; it covers the original text.  The length grows by the
 * same number of bytes for any content.  NB_ENOMEM, NB_EFAIL.
 */
enum nb_err nb_manifest_mac_add(char **text, size_t *length,
				const struct nb_key *key);

/* Checks the MAC of a manifest as read from the disc.  KEY may be NULL.
 * PROMISED: its label, which has a valid MAC, says that there is one. */
enum nb_manifest_mac nb_manifest_mac_of(const char *text, size_t length,
					const struct nb_key *key,
					bool promised);

/*
 * Parses the output of nb_manifest_render: M and ENTRIES (appended, unsorted)
 * belong to the caller on success and are unchanged on failure.  Refuses unsafe
 * paths (nb_path_is_safe), sizes and modes out of range, duplicate paths:
 * NB_ECORRUPT, the message begins with NAME.
 */
enum nb_err nb_manifest_parse(const char *name, const char *text, size_t length,
			      struct nb_manifest *m,
			      struct nb_entries *entries);

/* Parses such a text; calls FN for each line.  NB_ECORRUPT with NAME. */
enum nb_err nb_sums_parse(const char *name, const char *text, size_t length,
			  enum nb_err (*fn)(void *ctx, const char *path,
					    const uint8_t *sha256),
			  void *ctx);

/* One line.  A disc has as many as files. */
struct nb_sum {
	char *path;
	uint8_t sha256[NB_SHA256_SIZE];
};

struct nb_sums NB_ARRAY(struct nb_sum);

/*
 * The SHA256SUMS text for the files among ENTRIES and those of KEPT (NULL:
 * none) other than SHA256SUMS itself and its copy, by path, in the format of
 * GNU sha256sum (a line whose name has a backslash, newline or carriage return
 * begins with a backslash, and these are escaped).  NB_ENOMEM
 */
enum nb_err nb_sums_render(const struct nb_entries *entries,
			   const struct nb_sums *kept, char **text,
			   size_t *length);

/* nb_sums_parse, appended to SUMS, which is sorted by path.  NB_ECORRUPT also
 * if a path is given twice, NB_ENOMEM.  Free in every case. */
enum nb_err nb_sums_load(const char *name, const char *text, size_t length,
			 struct nb_sums *sums);
void nb_sums_free(struct nb_sums *sums);

/* The line of PATH, or NULL. */
const struct nb_sum *nb_sums_find(const struct nb_sums *sums, const char *path);

#endif
