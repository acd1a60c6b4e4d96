/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the manifests on a disc are authentic.
 */
#ifndef NB_JOB_MANIFEST_MAC_H
#define NB_JOB_MANIFEST_MAC_H

#include "job/disc/disc_contents.h"

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
