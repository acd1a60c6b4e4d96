/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a disc of ours holds.  The tree of one session is read once; its names
 * and the labels among them tell the backups, oldest first.  A manifest is
 * read when its backup is asked for.
 */
#ifndef NB_JOB_DISC_CONTENTS_H
#define NB_JOB_DISC_CONTENTS_H

#include "disc/read/reader.h"
#include "disc/read/span.h"
#include "job/disc/inspect.h"
#include "model/record/manifest.h"

struct nb_disc_backup {
	const char *path; /* of its manifest: the nodes' */
	enum nb_err err;  /* why it is not known which backup it is */
	/* Of the session that brought it; of its manifest the ids, generation
	 * and date where that label cannot be read. */
	struct nb_label label;
	bool has_label;
	bool judged;              /* the manifest was read: */
	enum nb_manifest_mac mac; /* NB_MAC_NO_KEY also without a label that
				     bears the key */
	bool loaded;              /* by nb_disc_backup_load: */
	/* Paths are relative to the backup: its id was taken off. */
	struct nb_manifest manifest;
	struct nb_entries entries;
	struct nb_entries elsewhere; /* what its manifest lists beside it:
					the disc's own files */
	uint64_t size;               /* of its text, and the hash of that */
	uint8_t sha256[NB_SHA256_SIZE];
	/* The session that brought it, by nb_disc_contents_sessions. */
	int number;          /* from 1 */
	struct nb_span part; /* its blocks: 0, not known */
};

struct nb_disc_backups NB_ARRAY(struct nb_disc_backup);

struct nb_disc_contents {
	struct nb_blocks *blocks;
	uint32_t start; /* of the session that was read */
	struct nb_nodes nodes;
	struct nb_disc_backups backups; /* oldest first */
	bool has_key;
	struct nb_key key; /* of the installation */
};

/*
 * What the session shows that LOOK is at.  The key of NB's installation, where
 * there is one, checks the MACs (NB may be NULL).  What cannot be read of a
 * backup is in its ->err.  NB_ECORRUPT, NB_EIO: the tree cannot be read.  Free
 * accepts zeros, and is needed after a failure, too.
 */
enum nb_err nb_disc_contents_open(struct nightburn *nb,
				  const struct nb_inspection *look,
				  struct nb_disc_contents *out);
void nb_disc_contents_free(struct nb_disc_contents *contents);

/* Which session brought each backup.  NB_EIO and what nb_drive_sessions
 * says. */
enum nb_err nb_disc_contents_sessions(struct nb_disc_contents *contents,
				      const struct nb_inspection *look);

/* The text of nightburn's own file PATH in the session; the caller frees.
 * NB_ECORRUPT when it is missing, NB_EIO, NB_EFULL. */
enum nb_err nb_disc_text(const struct nb_disc_contents *contents,
			 const char *path, char **text, size_t *length);

/* Reads and parses the manifest of BACKUP, one of CONTENTS, unless that was
 * done, and takes the backup's id off its paths.  NB_ECORRUPT, NB_EIO. */
enum nb_err nb_disc_backup_load(const struct nb_disc_contents *contents,
				struct nb_disc_backup *backup);
/* Frees what that read; ->judged stays. */
void nb_disc_backup_unload(struct nb_disc_backup *backup);

/*
 * Of a backup that was loaded: makes its entries and sources what the catalog
 * keeps (nb_catalog_commit), until it is unloaded: paths on the disc, with the
 * backup's id, and the disc's own files as they were when its session was
 * written, the manifest and SHA256SUMS among them, which no manifest lists.
 * A session that cannot be read by itself is not known afterwards: ->part.
 */
enum nb_err nb_disc_backup_complete(const struct nb_disc_contents *contents,
				    struct nb_disc_backup *backup);

/* The bytes of its manifest are TEXT: sets ->judged and ->mac. */
void nb_disc_backup_judge(const struct nb_disc_contents *contents,
			  struct nb_disc_backup *backup, const char *text,
			  size_t length);

#endif
