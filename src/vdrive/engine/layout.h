/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where things lie on a disc: tracks and sessions as commands count them.
 *
 * A sequential disc that is not finalised ends with the invisible track, which
 * takes what is written next (MMC-5 4.5.3.6.2); its number follows that of the
 * last track.  A disc that is written like a disk is one track.
 */
#ifndef VDRIVE_LAYOUT_H
#define VDRIVE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "vdrive/engine/disc.h"

enum vd_disc_status { /* READ DISC INFORMATION byte 2 (MMC-5 6.22.3.1.4) */
		      VD_DISC_EMPTY,
		      VD_DISC_INCOMPLETE,
		      VD_DISC_COMPLETE,
		      VD_DISC_OTHER
};

struct vd_view {
	int32_t start;
	int32_t size; /* blocks, up to the end or all that are free */
	int32_t next; /* next writable address, where WRITABLE */
	int32_t last; /* last recorded address, where RECORDED */
	int32_t free;
	uint16_t number, session;
	uint8_t control;
	bool writable, recorded, blank, reserved, damaged, closed;
};

/* MMC-5 5.3.1. */
uint16_t vd_layout_profile(const struct vd_disc *disc);

/* Written like a disk: no sessions of its own. */
bool vd_layout_overwritable(const struct vd_disc *disc);

enum vd_disc_status vd_layout_status(const struct vd_disc *disc);

/* The track that is being written, or NULL. */
struct vd_track *vd_layout_open(struct vd_disc *disc);

/* The end of the write unit that LBA begins or lies in. */
int32_t vd_layout_unit_end(const struct vd_disc *disc, int32_t lba);

/* Where the next track begins. */
int32_t vd_layout_next_start(const struct vd_disc *disc);

/* How many tracks there are with the invisible one, and sessions with the one
 * that is not closed. */
int vd_layout_tracks(const struct vd_disc *disc);
int vd_layout_sessions(const struct vd_disc *disc);

/* The number of the first and the last track of SESSION. */
int vd_layout_first(const struct vd_disc *disc, int session);
int vd_layout_last(const struct vd_disc *disc, int session);

/* Describes track NUMBER; false when there is none. */
bool vd_layout_view(const struct vd_disc *disc, int number,
		    struct vd_view *out);

/* Number of the track that holds LBA, the invisible one for all later
 * addresses. */
int vd_layout_track_at(const struct vd_disc *disc, int32_t lba);

/* The start of the lead-out of a closed session; 0 without one. */
int32_t vd_layout_lead_out(const struct vd_disc *disc, int session);

/* An address of a CD as minutes, seconds and frames, which begin 150 blocks
 * before block 0 (MMC-5 4.2.3.2), and back. */
void vd_put_msf(uint8_t p[3], int32_t lba);
int32_t vd_get_msf(const uint8_t p[3]);

/* The end of what can be read: one more than READ CAPACITY returns. */
int32_t vd_layout_readable(const struct vd_disc *disc);

#endif
