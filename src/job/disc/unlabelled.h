/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image written by `nightburn image` has a manifest and no label: it belongs
 * to no pool, so nothing is ever appended to it.  It can be verified and
 * restored like a disc.
 */
#ifndef NB_JOB_UNLABELLED_H
#define NB_JOB_UNLABELLED_H

#include "job/disc/inspect.h"

/*
 * If the session of LOOK has a manifest but no label, fills in LOOK->label from
 * the manifest, with the volume id as the name of the disc; the state of the
 * label remains NB_LABEL_NONE.  A note says that nothing proves who wrote it.
 * NB_ENOTFOUND (not logged): it is not such an image.  NB_ECORRUPT, NB_EIO.
 */
enum nb_err nb_unlabelled_identify(struct nb_inspection *look);

#endif
