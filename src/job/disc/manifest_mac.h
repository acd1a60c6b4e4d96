/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the manifests on a disc are those that we wrote.
 */
#ifndef NB_JOB_MANIFEST_MAC_H
#define NB_JOB_MANIFEST_MAC_H

#include "job/disc/disc_contents.h"

/*
 * What the MAC of BACKUP, whose manifest was read, says: NB_ECORRUPT: it is not
 * what we wrote, which was told; that one has no MAC, as older ones, is noted.
 * Without the key nothing is known.
 */
enum nb_err nb_manifest_mac_tell(const struct nb_disc_backup *backup);

/* The same of all backups in CONTENTS, the newest first; a manifest that was
 * not read yet is. */
enum nb_err nb_manifest_macs_check(struct nb_disc_contents *contents);

#endif
