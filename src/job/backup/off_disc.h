/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a source has but ISO 9660 cannot store: it is recorded in the manifest
 * only, is restored from there, and does not make a run fail.
 */
#ifndef NB_JOB_OFF_DISC_H
#define NB_JOB_OFF_DISC_H

#include "model/record/manifest.h"

/* Marks such ENTRIES, whose paths are relative to the backup, and adds a note
 * to their source.  NB_ENOMEM */
enum nb_err nb_off_disc_mark(struct nb_entries *entries,
			     struct nb_manifest_sources *sources);

#endif
