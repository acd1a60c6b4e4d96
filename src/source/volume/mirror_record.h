/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run is about to do with a mirror, written to stable storage first, so
 * that the next run can restore the array after a crash.  One file in the state
 * directory, "mirror-<source>".  Private to source/.
 */
#ifndef NB_SOURCE_MIRROR_RECORD_H
#define NB_SOURCE_MIRROR_RECORD_H

#include <stdbool.h>

#include "base/err.h"

struct nb_mirror_record {
	char *array;
	char *half;
	bool belonged; /* the half was a member before */
	bool quiesced; /* quiesce was called, resume not yet */
};

/* NB_ENOTFOUND, not logged: there is none. */
enum nb_err nb_mirror_record_load(const char *state_dir, const char *name,
				  struct nb_mirror_record *record);
enum nb_err nb_mirror_record_save(const char *state_dir, const char *name,
				  const struct nb_mirror_record *record);
/* A missing record is not an error. */
enum nb_err nb_mirror_record_remove(const char *state_dir, const char *name);
void nb_mirror_record_clear(struct nb_mirror_record *record);

#endif
