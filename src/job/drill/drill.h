/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of a drill. */
#ifndef NB_JOB_DRILL_H
#define NB_JOB_DRILL_H

#include "job/restore/restore.h"
#include "source/drill.h"

struct nb_drilling {
	struct nightburn *nb; /* with DIR as its staging directory; or NULL */
	const struct nb_drill_options *options;
	const struct nb_restore_pick *pick;
	struct nb_drill_result *result;
	struct nb_temporary *made;
	char *dir; /* its path */
	int fd;    /* its descriptor */
	/* The records to be restored, borrowed: those without a database
	 * first. */
	struct NB_ARRAY(const struct nb_manifest_source *) records;
	const struct nb_source_drill *kind; /* for the server; NULL: none */
	struct nb_drill_server server;
	uint64_t damaged; /* dumps that cannot be read or differ */
	bool globals; /* the backup has roles; that they could not be created
			 is counted in RESULT */
};

/* The functions for a record that is restored into a server, or NULL.
 * (source.c) */
const struct nb_source_drill *nb_drill_kind(
	const struct nb_manifest_source *record);

/* Records in the catalog how the drill, which returned ERR, ended, if it was of
 * a whole backup or failed, and the catalog has that backup on the disc.
 * (history.c) */
enum nb_err nb_drill_store(const struct nb_drilling *d, enum nb_err err);

/* Restores the source RECORD, compares, removes it unless it is to be kept, and
 * counts in D->result.  Fails only if the drill cannot continue.
 * (source.c) */
enum nb_err nb_drill_source(struct nb_drilling *d,
			    const struct nb_manifest_source *record);

#endif
