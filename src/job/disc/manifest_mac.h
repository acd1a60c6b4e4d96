/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the manifests on a disc are those that we wrote.
 */
#ifndef NB_JOB_MANIFEST_MAC_H
#define NB_JOB_MANIFEST_MAC_H

#include "job/disc/inspect.h"

/*
 * What the MAC says of the manifest PATH of the session at START, when the
 * label beside it bears KEY (may be NULL); NB_MAC_NO_KEY when it does not, or
 * one of them cannot be read.
 */
enum nb_manifest_mac nb_manifest_mac_inspect(struct nb_blocks *blocks,
					     uint32_t start, const char *path,
					     const struct nb_key *key);

/*
 * The same for every manifest on the disc, with the key of NB's installation
 * (NB may be NULL: nothing is checked).  NB_ECORRUPT: one is not what we wrote,
 * which was told; that one has no MAC, as older ones, is noted.
 */
enum nb_err nb_manifest_macs_check(struct nightburn *nb,
				   const struct nb_inspection *look);

/* Of one manifest: as above. */
enum nb_err nb_manifest_mac_check(struct nightburn *nb,
				  struct nb_blocks *blocks, uint32_t start,
				  const char *path);

#endif
