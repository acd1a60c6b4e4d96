/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding a backup on a disc, and the session to read it from.
 */
#ifndef NB_JOB_RESTORE_SELECT_H
#define NB_JOB_RESTORE_SELECT_H

#include "job/disc/disc_contents.h"

/*
 * Finds the backup WHICH (id, prefix or generation; NULL: the newest of a job)
 * on the disc.  It is one of CONTENTS, read from the session of LOOK or, if
 * that is unreadable, from the newest readable earlier one, to which LOOK is
 * moved.  Its manifest is loaded, its entries are sorted, and their paths, like
 * those of its sources, are relative to the backup; only manifests of possible
 * candidates are read.  Free CONTENTS in every case.  NB_ENOTFOUND,
 * NB_ECORRUPT, NB_EIO.
 */
enum nb_err nb_restore_find(struct nightburn *nb, struct nb_inspection *look,
			    const char *which,
			    struct nb_disc_contents *contents,
			    struct nb_disc_backup **out);

/* Opens the disc with the backup WHICH in the drive that CHOICE selects
 * (job/disc/choose_drive.h), at its newest session with a nightburn label.
 * NB_ENOMEDIUM, NB_EFOREIGN */
enum nb_err nb_restore_look(struct nightburn *nb,
			    const struct nb_drive_choice *choice,
			    const char *which, struct nb_inspection *look);

#endif
