/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An array of mirrors (md RAID1) and one of its halves, through sysfs and
 * mdadm.  Private to source/.
 */
#ifndef NB_SOURCE_MIRROR_ARRAY_H
#define NB_SOURCE_MIRROR_ARRAY_H

#include <stdbool.h>

#include "source/source.h"

#define NB_MIRROR_WORD 64

enum nb_mirror_half {
	NB_MIRROR_DETACHED, /* not a member */
	NB_MIRROR_SYNCING,  /* a member that is not in sync yet */
	NB_MIRROR_WORKING,
	NB_MIRROR_FAULTY /* failed, not removed */
};

struct nb_mirror {
	const char *object;          /* "mirror root", borrowed */
	const char *array;           /* "/dev/md0", borrowed */
	const char *half;            /* "/dev/sdb1", borrowed */
	char name[NB_MIRROR_WORD];   /* the kernel's: "md0" */
	char member[NB_MIRROR_WORD]; /* "dev-sdb1" */
	int md;                      /* open directory /sys/.../md0/md */
	uint64_t size;               /* of what the array contains, bytes */
};

struct nb_mirror_state {
	char level[NB_MIRROR_WORD];  /* "raid1" */
	char action[NB_MIRROR_WORD]; /* "idle", "recover", "check", ... */
	int disks;                   /* configured number of members */
	int working;                 /* in sync, not counting the half */
	enum nb_mirror_half half;
};

/* Checks for root and the programs that a split needs.  NB_ESOURCE */
enum nb_err nb_mirror_check_programs(const char *object);

/* Finds both in sysfs; ->object, ->array and ->half are set.  NB_ESOURCE.
 * Close in every case. */
enum nb_err nb_mirror_open(struct nb_mirror *m);
void nb_mirror_close(struct nb_mirror *m);

enum nb_err nb_mirror_inspect(const struct nb_mirror *m,
			      struct nb_mirror_state *state);

/*
 * Checks that a split is possible and does not reduce redundancy: the array is
 * a raid1, it is idle, and every member except the half works; the half is
 * missing, or (with MAY_BELONG) a member.  NB_ESOURCE, logged with the remedy.
 * Pure.
 */
enum nb_err nb_mirror_judge(const struct nb_mirror *m,
			    const struct nb_mirror_state *state,
			    bool may_belong);

/* Checks that the half has the array's superblock.  NB_ESOURCE, logged with its
 * actual contents. */
enum nb_err nb_mirror_check_half(const struct nb_mirror *m);

/* The value of KEY in TEXT, lines of KEY=VALUE as mdadm --export prints them,
 * into BUF; false if there is none. */
bool nb_mirror_export(const char *text, const char *key,
		      char buf[NB_MIRROR_WORD]);

/* The offset of the data on the half, a member; bytes. */
enum nb_err nb_mirror_offset(const struct nb_mirror *m, uint64_t *offset);

/* ---- changing it (mirror_sync.c) ---- */

/* Adds the half; returns when it is a member, not when it is in sync. */
enum nb_err nb_mirror_add(const struct nb_mirror *m);

/*
 * Waits until the half is in sync, and reports the progress.  NB_ESOURCE: no
 * progress for STALL seconds, or a failure; errors of the progress function.
 */
enum nb_err nb_mirror_wait(const struct nb_mirror *m, int64_t stall,
			   const struct nb_source_context *context);

/* Resumes an array that a killed mdadm left frozen. */
void nb_mirror_thaw(const struct nb_mirror *m);

/* Fails and removes the half; does nothing if it is not a member. */
enum nb_err nb_mirror_split(const struct nb_mirror *m);

/* "123 / 456" as sync_completed has it, in sectors; false: "none" and the
 * like. */
bool nb_mirror_progress(const char *text, uint64_t *done, uint64_t *total);

#endif
