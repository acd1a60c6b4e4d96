/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults on demand: rules of the form
 *
 *     when COMMAND [CONDITION] then ACTION [times N | times forever]
 *     CONDITION: nth N | lba A[-B] | after N bytes | after COMMAND | at T
 *
 * COMMAND is an operation code in hex or a name (`vdrive(1)` lists them).  A
 * rule fires once unless TIMES says otherwise; `nth` counts the commands that
 * the rule names, `after` their bytes, or waits for another command to have
 * been sent; `at` counts seconds since the drive began.  The first rule that
 * fires for a command decides.
 */
#ifndef VDRIVE_FAULTS_H
#define VDRIVE_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vdrive/engine/disc.h"

enum vd_action {
	VD_FAULT_NONE,
	VD_FAULT_SENSE,   /* CHECK CONDITION, the command is not carried out */
	VD_FAULT_HANG,    /* no answer until the client gives up */
	VD_FAULT_DROP,    /* GOOD, but nothing is done */
	VD_FAULT_FLIP,    /* one bit of the data is changed */
	VD_FAULT_ADDRESS, /* another address is written or read */
	VD_FAULT_SHORT,   /* GOOD, but only half of the data */
	VD_FAULT_TIMEOUT, /* the host gives up, without sense data */
	VD_FAULT_DETACH,  /* the drive is gone */
	VD_FAULT_KILL,    /* the client is killed */
	VD_FAULT_POWER,   /* the power fails: like KILL, and the buffer is
			     lost */
	VD_FAULT_CACHE,   /* written only to the drive's memory */
	VD_FAULT_SWAP,    /* the next disc of the stack is loaded first */
	VD_FAULT_EJECT,   /* the disc is pulled out first */
	VD_FAULT_DAMAGE,  /* the open track is damaged first */
	VD_FAULT_SERIAL,  /* another serial number from now on */
	VD_FAULT_HUP,     /* the client gets a signal first */
	VD_FAULT_INT,
	VD_FAULT_TERM
};

#define VD_OP_SET 32 /* size of a bit set of operation codes */

struct vd_rule {
	uint8_t ops[VD_OP_SET];
	enum {
		VD_WHEN_ALWAYS,
		VD_WHEN_NTH,
		VD_WHEN_LBA,
		VD_WHEN_AFTER,
		VD_WHEN_FOLLOWS,
		VD_WHEN_AT
	} when;
	uint8_t first[VD_OP_SET]; /* FOLLOWS: one of these was sent before */
	uint64_t from, to;        /* N, or the LBA range, or nanoseconds */
	enum vd_action action;
	uint32_t sense; /* KKAAQQ */
	int progress;   /* of 65,536, or -1 */
	uint64_t times; /* 0: for ever */
	uint64_t seen, bytes, fired;
	bool begun; /* FOLLOWS: it was */
};

struct vd_faults {
	struct vd_rule *rules;
	size_t count;
};

/* The facts with which rules are compared. */
struct vd_occasion {
	uint8_t op;
	bool has_lba;
	int32_t lba;
	uint32_t count;   /* blocks */
	uint64_t bytes;   /* of data with the command */
	uint64_t elapsed; /* nanoseconds since the drive began */
};

/* Parses rules from TEXT, one per line; `#` begins a comment. 0, or -1 with the
 * line and the reason in WHY.  The caller frees. */
int vd_faults_parse(const char *text, struct vd_faults **out,
		    char why[VD_WHY_MAX]);
void vd_faults_free(struct vd_faults *faults);

/* Returns the rule that fires now, or NULL; counts. */
const struct vd_rule *vd_faults_match(struct vd_faults *faults,
				      const struct vd_occasion *occasion);

/* Does any rule have this action? */
bool vd_faults_have(const struct vd_faults *faults, enum vd_action action);

#endif
