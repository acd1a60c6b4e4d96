/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of medium and the fixed properties of each.  Addresses and sizes
 * are in blocks of 2,048 bytes.
 */
#ifndef VDRIVE_MEDIUM_H
#define VDRIVE_MEDIUM_H

#include <stdbool.h>
#include <stdint.h>

enum vd_type {
	VD_CD_R,
	VD_CD_RW,
	VD_DVD_R,
	VD_DVD_RW,
	VD_DVD_PLUS_R,
	VD_DVD_PLUS_RW,
	VD_DVD_RAM,
	VD_BD_R,
	VD_BD_RE,
	VD_TYPES
};

/* Profiles (MMC-5 5.3.1); a DVD-RW has one of two, depending on its format. */
enum vd_profile {
	VD_PROFILE_NONE = 0x00,
	VD_PROFILE_CD_R = 0x09,
	VD_PROFILE_CD_RW = 0x0a,
	VD_PROFILE_DVD_R = 0x11,
	VD_PROFILE_DVD_RAM = 0x12,
	VD_PROFILE_DVD_RW_OVERWRITE = 0x13,
	VD_PROFILE_DVD_RW = 0x14,
	VD_PROFILE_DVD_PLUS_RW = 0x1a,
	VD_PROFILE_DVD_PLUS_R = 0x1b,
	VD_PROFILE_BD_R = 0x41,
	VD_PROFILE_BD_RE = 0x43
};

enum vd_family { VD_CD, VD_DVD, VD_BD };

struct vd_medium {
	const char *name; /* as on the command line: "cd-rw" */
	uint16_t profile; /* of a new disc */
	enum vd_family family;
	int32_t capacity;  /* the last possible start of the lead-out */
	int32_t unit;      /* blocks of a write unit */
	int32_t first_gap; /* gap between sessions 1 and 2 */
	int32_t later_gap; /* gap between all later sessions */
	uint16_t tracks;   /* maximum number */
	bool erasable;
	bool overwritable;   /* random access, once formatted */
	uint32_t speed;      /* bytes of user data written per second */
	uint32_t fast_blank; /* seconds */
	uint32_t close;      /* seconds to close a session */
};

/* Never NULL: TYPE is one of enum vd_type. */
const struct vd_medium *vd_medium_of(enum vd_type type);

/* The type with this NAME; false if there is none. */
bool vd_medium_find(const char *name, enum vd_type *out);

#endif
