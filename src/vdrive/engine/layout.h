/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout of a disc: tracks and sessions as commands count them.
 *
 * A sequential disc that is not finalised ends with the invisible track, to
 * which the next data is written (MMC-5 4.5.3.6.2); its number follows that of
 * the last track.  A disc with random access is one track.
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
	int32_t size; /* blocks to its end, or all free ones */
	int32_t next; /* next writable address, if WRITABLE */
	int32_t last; /* last recorded address, if RECORDED */
	int32_t free;
	uint16_t number, session;
	uint8_t control;
	bool writable, recorded, blank, reserved, damaged, closed;
};

/* MMC-5 5.3.1. */
uint16_t vd_layout_profile(const struct vd_disc *disc);

/* Random access: no sessions of its own. */
bool vd_layout_overwritable(const struct vd_disc *disc);

enum vd_disc_status vd_layout_status(const struct vd_disc *disc);

/* The track that is being written, or NULL. */
struct vd_track *vd_layout_open(struct vd_disc *disc);

/* The end of the write unit that contains LBA. */
int32_t vd_layout_unit_end(const struct vd_disc *disc, int32_t lba);

/* The start of the next track. */
int32_t vd_layout_next_start(const struct vd_disc *disc);

/* The number of tracks including the invisible one, and of sessions including
 * the open one. */
int vd_layout_tracks(const struct vd_disc *disc);
int vd_layout_sessions(const struct vd_disc *disc);

/* The numbers of the first and the last track of SESSION. */
int vd_layout_first(const struct vd_disc *disc, int session);
int vd_layout_last(const struct vd_disc *disc, int session);

/* Describes track NUMBER; false if there is none. */
bool vd_layout_view(const struct vd_disc *disc, int number,
		    struct vd_view *out);

/* The number of the track that contains LBA, the invisible one for all later
 * addresses. */
int vd_layout_track_at(const struct vd_disc *disc, int32_t lba);

/* The start of the lead-out of a closed session; 0 if there is none. */
int32_t vd_layout_lead_out(const struct vd_disc *disc, int session);

/* An address of a CD as minutes, seconds and frames, which begin 150 blocks
 * before block 0 (MMC-5 4.2.3.2), and back. */
void vd_put_msf(uint8_t p[3], int32_t lba);
int32_t vd_get_msf(const uint8_t p[3]);

/* The end of what can be read: one more than READ CAPACITY returns. */
int32_t vd_layout_readable(const struct vd_disc *disc);

#endif
