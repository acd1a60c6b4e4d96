/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which backup a disc holds, and in which session it is found.
 */
#ifndef NB_JOB_RESTORE_SELECT_H
#define NB_JOB_RESTORE_SELECT_H

#include "job/disc/disc_contents.h"

/*
 * The backup WHICH (id, prefix or generation; NULL: the newest of a job) among
 * those on the disc, and CONTENTS, of which it is one, of the session that
 * shows it: LOOK's, or where that cannot be read the newest before it, at which
 * LOOK is then.  Its manifest is loaded, its entries are sorted and, as the
 * paths of its sources, relative to the backup; no other manifest is read than
 * that of a backup which could be the one.  CONTENTS is to be freed in any
 * case.  NB_ENOTFOUND, NB_ECORRUPT, NB_EIO.
 */
enum nb_err nb_restore_find(struct nightburn *nb, struct nb_inspection *look,
			    const char *which,
			    struct nb_disc_contents *contents,
			    struct nb_disc_backup **out);

/* The disc with the backup WHICH in the drive that CHOICE leaves
 * (job/disc/choose_drive.h), open, at its newest session with a label of ours.
 * NB_ENOMEDIUM, NB_EFOREIGN */
enum nb_err nb_restore_look(struct nightburn *nb,
			    const struct nb_drive_choice *choice,
			    const char *which, struct nb_inspection *look);

#endif
