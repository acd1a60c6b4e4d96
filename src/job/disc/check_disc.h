/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a disc of ours whole and tells whether all that is on it comes back.
 */
#ifndef NB_JOB_CHECK_DISC_H
#define NB_JOB_CHECK_DISC_H

#include "job/disc/disc_contents.h"

/*
 * Reads all of the newest session of the disc that LOOK saw, each block once,
 * compares it with SHA256SUMS and looks up what its manifests list, as a
 * restore does.  CONTENTS, to be freed in any case, is what the disc holds; the
 * manifests were judged, and the checksums of the sessions taken.
 * NB_ECORRUPT, NB_EIO.
 */
enum nb_err nb_check_disc(struct nightburn *nb,
			  const struct nb_inspection *look,
			  struct nb_disc_contents *contents,
			  struct nb_verify_result *result);

#endif
