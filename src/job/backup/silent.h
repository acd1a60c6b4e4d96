/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files whose bytes changed although nothing says so.  On the disc that is
 * appended to, nb_dedup compares them; on any other one the catalog has the
 * hashes of the last complete backup, wherever it is.
 */
#ifndef NB_JOB_SILENT_H
#define NB_JOB_SILENT_H

#include "job/backup/session.h"

/*
 * After nb_dedup: reads the files of SESSION, sorted and relative to the
 * backup, whose source wants that, if they have size and date of that backup
 * and were not changed since it was made, and notes and logs those whose hash
 * differs.  Each source with such a file is added to BACKUP->shrinks, so that
 * no disc is blanked for this backup, unless the user accepts it.  Errors of
 * the catalog, NB_ECANCELED.
 */
enum nb_err nb_silent_find(struct nb_backup *backup,
			   struct nb_session *session);

#endif
