/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which backup a disc holds, and in which session it is found.
 */
#ifndef NB_JOB_RESTORE_SELECT_H
#define NB_JOB_RESTORE_SELECT_H

#include "disc/read/reader.h"
#include "job/disc/inspect.h"
#include "model/record/manifest.h"

struct nb_disc_backup {
	struct nb_manifest manifest;
	const char *path;          /* of the manifest: the nodes' */
	struct nb_entries entries; /* sorted, full paths on the disc */
};

/*
 * The backup WHICH (id, prefix or generation; NULL: the newest of a job) among
 * those on the disc, and the NODES of the session that shows it: LOOK's, or
 * where that cannot be read the newest before it, at which LOOK is then.
 * NB_ENOTFOUND, NB_ECORRUPT, NB_EIO.
 */
enum nb_err nb_restore_find(struct nb_inspection *look,
			    struct nb_blocks *blocks, const char *which,
			    struct nb_nodes *nodes, struct nb_disc_backup *out);
void nb_disc_backup_clear(struct nb_disc_backup *held);

/* The disc in DEVICE, open, at its newest session with a label of ours.
 * NB_ENOMEDIUM, NB_EFOREIGN */
enum nb_err nb_restore_look(struct nightburn *nb, const char *device,
			    struct nb_inspection *look);

#endif
