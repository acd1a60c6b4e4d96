/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Would a restore find all of a backup?  A read-back compares bytes with
 * hashes; this takes the same steps as a restore to get to them: the manifest
 * on the disc is parsed, and each of its paths is looked up in the directory
 * tree.  And is the manifest authentic?
 */
#ifndef NB_JOB_RESTORABLE_H
#define NB_JOB_RESTORABLE_H

#include "job/disc/disc_contents.h"

/*
 * Checks BACKUP, one of CONTENTS; loads it temporarily if it is not loaded.
 * SUMS: the disc's SHA256SUMS (nb_disc_sums), with which the manifest must
 * agree; NULL: not compared.  Whatever is missing, including the manifest, is
 * logged by name and counted in *BAD.  Sets BACKUP->looked_up and ->lost.
 * NB_ECORRUPT, NB_EIO, NB_ENOMEM.
 */
enum nb_err nb_restorable(const struct nb_disc_contents *contents,
			  struct nb_disc_backup *backup,
			  const struct nb_sums *sums, uint64_t *bad);

/*
 * Reports the MAC of BACKUP, whose manifest was read.  NB_ECORRUPT, logged: the
 * MAC is wrong.  A missing MAC, as in older manifests, is only noted.  Without
 * the key nothing can be checked.
 */
enum nb_err nb_manifest_mac_log(const struct nb_disc_backup *backup);

/* The same for all backups in CONTENTS whose manifest was read, newest
 * first. */
enum nb_err nb_manifest_macs_check(const struct nb_disc_contents *contents);

#endif
