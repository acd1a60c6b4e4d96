/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Would a restore find all of a backup?  A read-back compares bytes with
 * hashes; this goes the way of a restore to them: the manifest as it stands on
 * the disc is parsed, and each of its paths looked up in the directory tree.
 */
#ifndef NB_JOB_RESTORABLE_H
#define NB_JOB_RESTORABLE_H

#include "job/disc/disc_contents.h"

/*
 * Checks BACKUP, one of CONTENTS, which is loaded, or is loaded for the time
 * being.  SUMS: the disc's SHA256SUMS (nb_disc_sums), which the manifest must
 * agree with; NULL: not compared.  What is missing, the manifest included, is
 * logged by name and counted in *BAD.  Sets BACKUP->looked_up.  NB_ECORRUPT,
 * NB_EIO, NB_ENOMEM.
 */
enum nb_err nb_restorable(const struct nb_disc_contents *contents,
			  struct nb_disc_backup *backup,
			  const struct nb_sums *sums, uint64_t *bad);

#endif
