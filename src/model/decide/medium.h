/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a drive reports about the disc in it.  Filled in by disc/, used by plan
 * and guard.
 */
#ifndef NB_MODEL_MEDIUM_H
#define NB_MODEL_MEDIUM_H

#include <stdbool.h>
#include <stdint.h>

#include "model/state.h"

#define NB_BLOCK 2048 /* bytes of a block (ECMA-119 6.1.2) */

/*
 * The first session on overwritable media begins at this block; blocks 0 to 31
 * hold the descriptors of the newest session (the layout of xorriso).
 */
#define NB_OVERWRITE_START 32

struct nb_medium {
	enum nb_medium_state state;
	int profile;           /* MMC profile number (MMC-5 5.4.1); 0xffff:
				    stdio file */
	char profile_name[80]; /* "CD-RW", "DVD+RW", "stdio file" */
	bool random_access;    /* can be overwritten without blanking */
	bool erasable;         /* can be blanked */
	bool unformatted;      /* never formatted, which it needs before the
				    first write */
	uint64_t capacity;     /* blocks of the whole disc when empty */
	bool cramped;          /* a file that could be larger: its file
				  system has no room for that */
	uint64_t free;         /* blocks that one more session can take,
				    its own overhead and gaps subtracted */
	bool open_session;     /* a burn that was interrupted left a session
				    open: STATE is closed, since the next burn
				    would continue it */
	bool headless; /* random access: the volume descriptors at its start
			  cannot be read */
	int sessions;  /* readable sessions, 0 when blank */
	uint32_t last_start;    /* first block of the newest session (msc1) */
	uint32_t next_writable; /* next writable address (msc2) */
	char drive_serial[64];  /* "" if the drive reports none */
	char address[256];      /* /dev/sr0 or the path of a stdio file */
};

bool nb_medium_can_be_blanked(const struct nb_medium *medium);

/* Is something on it that can never be removed? */
bool nb_medium_is_for_good(const struct nb_medium *medium);

#endif
