/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks for libisofs, which reads them one at a time.  They are fetched in
 * aligned groups and cached, because a directory tree lies close together on a
 * disc.
 */
#ifndef NB_DISC_BLOCKS_ISO_H
#define NB_DISC_BLOCKS_ISO_H

#include <stdint.h>

#include <libisofs/libisofs.h>

#include "disc/blocks.h"

/*
 * A data source over BLOCKS, which is borrowed and must outlive it.  The caller
 * releases *OUT with iso_data_source_unref.  NB_ENOMEM.
 */
enum nb_err nb_blocks_iso(struct nb_blocks *blocks, IsoDataSource **out);

/* Loads the tree of the session at START into IMAGE.  NB_ECORRUPT. */
enum nb_err nb_blocks_iso_import(struct nb_blocks *blocks, uint32_t start,
				 IsoImage *image);

#endif
