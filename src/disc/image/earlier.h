/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds nodes of earlier backups in the tree of an image.
 *
 * libisofs keeps the children of a directory in a list and goes through it from
 * its beginning for each name: that takes hours if most of a million files are
 * those of an earlier backup.  Here each directory is gone through once, when
 * something in it is wanted first, and then its children are found by a hash.
 *
 * While this exists, no node beneath the directory of an earlier backup may be
 * removed.  One that was moved is not found any more.
 */
#ifndef NB_DISC_IMAGE_EARLIER_H
#define NB_DISC_IMAGE_EARLIER_H

#include <libisofs/libisofs.h>

#include "base/err.h"

struct nb_earlier;

/* ISO, borrowed, has been imported.  NB_ENOMEM */
enum nb_err nb_earlier_new(IsoImage *iso, struct nb_earlier **out);

/* Accepts NULL. */
void nb_earlier_free(struct nb_earlier *x);

/* The node at PATH (without a leading slash) beneath the directory of the
 * backup ID, borrowed from the image; NULL if there is none.  NB_ENOMEM;
 * NB_EFAIL if libisofs does not list a directory. */
enum nb_err nb_earlier_find(struct nb_earlier *x, const char *id,
			    const char *path, IsoNode **out);

#endif
