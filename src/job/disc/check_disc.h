/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads all of a disc of ours and determines whether everything on it can be
 * restored.
 */
#ifndef NB_JOB_CHECK_DISC_H
#define NB_JOB_CHECK_DISC_H

#include "job/disc/disc_contents.h"

/*
 * Reads all of the newest session of the disc of LOOK, each block once,
 * compares it with SHA256SUMS and looks up what its manifests list, as a
 * restore does.  CONTENTS, to be freed in every case, is what is on the disc;
 * its manifests were judged, and the checksums of the sessions computed.  If
 * all could be read, or files are bad, each backup of it has its ->check: is
 * it, by its own manifest, what was written?  If only SHA256SUMS is damaged, it
 * is.
 * NB_ECORRUPT, NB_EIO.
 */
enum nb_err nb_check_disc(struct nightburn *nb,
			  const struct nb_inspection *look,
			  struct nb_disc_contents *contents,
			  struct nb_verify_result *result);

#endif
