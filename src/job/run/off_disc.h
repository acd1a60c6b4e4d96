/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a source has and ISO 9660 cannot hold: it goes into the manifest alone,
 * is restored from there, and fails no night.
 */
#ifndef NB_JOB_OFF_DISC_H
#define NB_JOB_OFF_DISC_H

#include "model/record/manifest.h"

/* Marks such ENTRIES, the paths of which are relative to the backup, and adds a
 * note to their source.  NB_ENOMEM */
enum nb_err nb_off_disc_mark(struct nb_entries *entries,
			     struct nb_manifest_sources *sources);

#endif
