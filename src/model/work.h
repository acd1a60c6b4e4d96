/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of a job that take long: what progress, the power check and
 * messages tell of.
 */
#ifndef NB_MODEL_WORK_H
#define NB_MODEL_WORK_H

enum nb_work {
	NB_WORK_NONE,      /* between two steps */
	NB_WORK_DUMP,      /* of the sources */
	NB_WORK_COMPARE,   /* files with those of an earlier backup */
	NB_WORK_READ_DISC, /* files on the disc, for the same */
	NB_WORK_CLAIM,     /* waiting for another program to leave the drive */
	NB_WORK_INSERT,    /* waiting for a disc */
	NB_WORK_BLANK,
	NB_WORK_FORMAT,
	NB_WORK_BURN,
	NB_WORK_READ_BACK,
	NB_WORK_IMAGE,
	NB_WORK_VERIFY,
	NB_WORK_CHECK, /* a dump, before it is restored, or burned later */
	NB_WORK_RESTORE,
	NB_WORK_CLONE_SCAN,
	NB_WORK_CLONE
};

/* For people: "read back"; "" for NB_WORK_NONE. */
const char *nb_work_text(enum nb_work work);

#endif
