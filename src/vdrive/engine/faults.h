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
	VD_FAULT_SENSE,   /* CHECK CONDITION, the command is not done */
	VD_FAULT_HANG,    /* no answer before the client gives up */
	VD_FAULT_DROP,    /* GOOD, nothing done */
	VD_FAULT_FLIP,    /* one bit of the data changed */
	VD_FAULT_ADDRESS, /* another address is written or read */
	VD_FAULT_SHORT,   /* GOOD, half of the data */
	VD_FAULT_TIMEOUT, /* the host gives up, without sense */
	VD_FAULT_DETACH,  /* the drive is gone */
	VD_FAULT_KILL,    /* the client is killed */
	VD_FAULT_POWER,   /* the power fails: as KILL, and the buffer lost */
	VD_FAULT_CACHE,   /* written to the drive's memory alone */
	VD_FAULT_SWAP,    /* the next disc of the stack is loaded first */
	VD_FAULT_EJECT,   /* the disc is pulled out first */
	VD_FAULT_DAMAGE,  /* the open track is damaged first */
	VD_FAULT_SERIAL,  /* another serial number from now on */
	VD_FAULT_HUP,     /* the client gets a signal first */
	VD_FAULT_INT,
	VD_FAULT_TERM
};

#define VD_OP_SET 32 /* bytes of a bit set of operation codes */

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
	uint8_t first[VD_OP_SET]; /* FOLLOWS: one of these came before */
	uint64_t from, to;        /* N, or the LBA range, or nanoseconds */
	enum vd_action action;
	uint32_t sense; /* KKAAQQ */
	int progress;   /* of 65,536, or -1 */
	uint64_t times; /* 0: for ever */
	uint64_t seen, bytes, fired;
	bool begun; /* FOLLOWS: it did */
};

struct vd_faults {
	struct vd_rule *rules;
	size_t count;
};

/* What a rule is asked about. */
struct vd_occasion {
	uint8_t op;
	bool has_lba;
	int32_t lba;
	uint32_t count;   /* blocks */
	uint64_t bytes;   /* of data with the command */
	uint64_t elapsed; /* nanoseconds since the drive began */
};

/* Rules from TEXT, a line each; `#` begins a comment.  0, or -1 with the line
 * and the reason in WHY.  The caller frees. */
int vd_faults_parse(const char *text, struct vd_faults **out,
		    char why[VD_WHY_MAX]);
void vd_faults_free(struct vd_faults *faults);

/* The rule that fires now, or NULL; counts. */
const struct vd_rule *vd_faults_match(struct vd_faults *faults,
				      const struct vd_occasion *occasion);

/* Whether some rule has this action. */
bool vd_faults_have(const struct vd_faults *faults, enum vd_action action);

#endif
