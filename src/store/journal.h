/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal: what a run is about to do to a disc, on stable storage before it
 * is done.  One small JSON file in the state directory; removed when the run
 * ends normally.  The next run finds it if this one died.
 */
#ifndef NB_STORE_JOURNAL_H
#define NB_STORE_JOURNAL_H

#include <stdbool.h>

#include "model/record/label.h"

enum nb_step {
	NB_STEP_BLANK, /* the disc of the label is being blanked */
	NB_STEP_BURN,  /* the session of the label is being written */
	NB_STEP_VERIFY /* it was written, and is being read back */
};

struct nb_journal {
	enum nb_step step;
	struct nb_label label; /* of the disc being blanked or written */
};

/* "blank", "burn", "verify". */
const char *nb_step_name(enum nb_step step);

/* Stores the intent, with fsync, replacing any other.  NB_EIO, NB_EFULL. */
enum nb_err nb_journal_begin(const char *state_dir,
			     const struct nb_journal *journal);

/* Loads the intent of a run that died.  NB_ENOTFOUND (not logged): none;
 * NB_ECORRUPT: it cannot be read. */
enum nb_err nb_journal_load(const char *state_dir, struct nb_journal *journal);

/* Ends it: the file is removed and the directory fsynced. */
enum nb_err nb_journal_end(const char *state_dir);

#endif
