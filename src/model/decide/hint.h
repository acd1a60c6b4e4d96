/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hints name commands that work as typed, and discs by their names.  Their
 * texts are written without job and disc ("run nightburn adopt --as NAME, or
 * insert another disc"), which are filled in here as far as they are known.
 */
#ifndef NB_MODEL_HINT_H
#define NB_MODEL_HINT_H

#include <stdbool.h>

#define NB_HINT_MAX 512

/*
 * Copies HINT to TEXT, with " -j JOB" after each nightburn command that needs a
 * job.  JOB is NULL if the configuration has only one.  Returns TEXT.
 */
const char *nb_hint_job(const char *hint, const char *job,
			char text[NB_HINT_MAX]);

/*
 * Copies HINT to TEXT, with DISC as the disc to insert: "insert another disc"
 * becomes "insert disc DB-B", "the other disc" becomes "disc DB-B", after which
 * "catalog lost NAME" has its name, too; a hint without either ends with ", or
 * insert disc DB-B".  DISC "": no change.  IS_NEW: there is no such disc yet;
 * "a blank disc, which becomes DB-B".  Returns TEXT.
 */
const char *nb_hint_disc(const char *hint, const char *disc, bool is_new,
			 char text[NB_HINT_MAX]);

#endif
