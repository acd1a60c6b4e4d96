/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contents of a nightburn disc.  The tree of one session is read once; its
 * names and labels give the list of backups, oldest first.  A manifest is read
 * only when its backup is needed.
 */
#ifndef NB_JOB_DISC_CONTENTS_H
#define NB_JOB_DISC_CONTENTS_H

#include "disc/read/reader.h"
#include "disc/read/span.h"
#include "job/disc/inspect.h"
#include "model/record/manifest.h"

/* The largest file of nightburn's own that is read, in bytes.  Far more than a
 * million files need; a limit for invalid discs. */
#define NB_DISC_TEXT_MAX ((size_t)1 << 30)

struct nb_disc_backup {
	const char *path; /* of its manifest; owned by the nodes */
	enum nb_err err;  /* neither label nor manifest could be read: only
			     the id is known, from PATH */
	/* The label of the session that wrote it; if unreadable, ids,
	 * generation and date come from the manifest. */
	struct nb_label label;
	bool has_label;
	bool judged;              /* the manifest was read, and MAC is set */
	enum nb_manifest_mac mac; /* NB_MAC_NO_KEY also without a label signed
				     with the key */
	bool looked_up;           /* by nb_restorable, which sets DOUBTED */
	bool doubted;             /* something of it is missing or differs */
	/* Set by nb_check_disc: what it found of this backup, and the number of
	 * its files that are bad; 0: all of them, or not known. */
	enum nb_check_state check;
	uint64_t bad;
	uint64_t lost; /* set by nb_restorable: its files that were not read
			  whole when they were burned */
	bool loaded;   /* by nb_disc_backup_load: */
	/* Paths are relative to the backup: its id was taken off. */
	struct nb_manifest manifest;
	struct nb_entries entries;
	struct nb_entries elsewhere; /* the disc's own files, which its manifest
					lists as well */
	uint64_t size;               /* of its text; then the hash of that */
	uint8_t sha256[NB_SHA256_SIZE];
	/* The session that wrote it, set by nb_disc_contents_sessions. */
	int number;          /* from 1 */
	struct nb_span part; /* its blocks; 0: unknown */
};

struct nb_disc_backups NB_ARRAY(struct nb_disc_backup);

struct nb_disc_contents {
	struct nb_blocks *blocks;
	uint32_t start; /* of the session that was read */
	struct nb_nodes nodes;
	bool partial; /* the tree is damaged, nodes are missing */
	struct nb_disc_backups backups; /* oldest first */
	bool has_key;
	struct nb_key key; /* of the installation */
};

/*
 * Reads the session that LOOK is at.  MACs are checked with the key of NB's
 * installation, if it exists (NB may be NULL).  If neither label nor
 * manifest of a backup can be read, its ->err says why.  NB_ECORRUPT, NB_EIO:
 * the tree cannot be read.  Free in every case; accepts zeros.
 */
enum nb_err nb_disc_contents_open(struct nightburn *nb,
				  const struct nb_inspection *look,
				  struct nb_disc_contents *out);
void nb_disc_contents_free(struct nb_disc_contents *contents);

/* Finds the session that wrote each backup.  NB_EIO and the errors of
 * nb_drive_sessions. */
enum nb_err nb_disc_contents_sessions(struct nb_disc_contents *contents,
				      const struct nb_inspection *look);

/* The text of nightburn's own file PATH in the session, or of its copy if that
 * cannot be read; the caller frees.
 * NB_ECORRUPT if it is missing, NB_EIO, NB_EFULL. */
enum nb_err nb_disc_text(const struct nb_disc_contents *contents,
			 const char *path, char **text, size_t *length);

/* Loads the disc's SHA256SUMS, or its copy, into SUMS, which is empty; the
 * caller frees.  As nb_disc_text. */
enum nb_err nb_disc_sums(const struct nb_disc_contents *contents,
			 struct nb_sums *sums);

/* Reads and parses the manifest of BACKUP, one of CONTENTS, or its copy if that
 * is damaged or not the one that was written, unless it is loaded, and removes
 * the backup's id from its paths.  NB_ECORRUPT, NB_EIO. */
enum nb_err nb_disc_backup_load(const struct nb_disc_contents *contents,
				struct nb_disc_backup *backup);
/* The same for the TEXT of its manifest, which the caller has read. */
enum nb_err nb_disc_backup_take(const struct nb_disc_contents *contents,
				struct nb_disc_backup *backup, const char *text,
				size_t length);
/* Frees what nb_disc_backup_load read; ->judged stays. */
void nb_disc_backup_unload(struct nb_disc_backup *backup);

/*
 * For a loaded backup: turns its entries and sources into those of the catalog
 * (nb_catalog_commit), until it is unloaded: with paths on the disc, including
 * the backup's id, and with the disc's own files as they were when its session
 * was written, including the manifest and SHA256SUMS, which no manifest lists.
 * If the session cannot be read by itself, ->part becomes unknown.
 */
enum nb_err nb_disc_backup_complete(const struct nb_disc_contents *contents,
				    struct nb_disc_backup *backup);

#endif
