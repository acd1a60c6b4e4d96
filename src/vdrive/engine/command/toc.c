/* SPDX-License-Identifier: GPL-2.0-or-later */
/* READ TOC/PMA/ATIP (MMC-5 6.26): the contents of the lead-ins of closed
 * sessions. */
#include <string.h>

#include "vdrive/engine/drive_private.h"

#define LEAD_OUT 0xaa
#define ANSWER_MAX (4 + 11 * (99 + 8 * 100))

struct toc {
	uint8_t data[ANSWER_MAX];
	size_t n;
	bool msf;
};

static void
put_address(const struct toc *toc, uint8_t *p, int32_t lba)
{
	if (toc->msf)
		vd_put_msf(p + 1, lba);
	else
		vd_put32(p, (uint32_t)lba);
}

/* Tracks in closed sessions; for a disc without sessions, its one track. */
static int
closed_tracks(const struct vd_disc *disc)
{
	if (vd_layout_overwritable(disc))
		return disc->formatted > 0;
	return disc->sessions ? vd_layout_last(disc, disc->sessions) : 0;
}

static void
add_track(struct toc *toc, uint8_t number, uint8_t control, int32_t lba)
{
	uint8_t *p = toc->data + toc->n;

	p[1] = 0x10 | control;
	p[2] = number;
	put_address(toc, p + 4, lba);
	toc->n += 8;
}

static uint32_t
toc_tracks(const struct vd_disc *disc, struct toc *toc, int first)
{
	int last = closed_tracks(disc);
	struct vd_view view = { .control = 4 };
	int32_t end = vd_layout_overwritable(disc)
		? disc->formatted
		: vd_layout_lead_out(disc, disc->sessions);

	if (first > last && first != LEAD_OUT && last)
		return VD_BAD_FIELD;
	toc->data[2] = 1;
	toc->data[3] = (uint8_t)(last ? last : 1);
	for (int i = first ? first : 1; i <= last && i < 100; i++) {
		vd_layout_view(disc, i, &view);
		add_track(toc, (uint8_t)i, view.control, view.start);
	}
	add_track(toc, LEAD_OUT, view.control, end);
	return VD_GOOD;
}

static void
toc_sessions(const struct vd_disc *disc, struct toc *toc)
{
	int last = vd_layout_overwritable(disc) ? 1
		: disc->sessions                ? disc->sessions
						: 1;
	int track = closed_tracks(disc) ? vd_layout_first(disc, last) : 1;
	struct vd_view view = { .control = 4 };

	if (closed_tracks(disc))
		vd_layout_view(disc, track, &view);
	toc->data[2] = 1;
	toc->data[3] = (uint8_t)last;
	add_track(toc, (uint8_t)track, view.control, view.start);
}

/* One point of a lead-in; its running time is not modelled. */
static void
add_point(struct toc *toc, int session, uint8_t control, uint8_t point,
	  const uint8_t time[3], const uint8_t value[3])
{
	uint8_t *p = toc->data + toc->n;

	p[0] = (uint8_t)session;
	p[1] = control;
	p[3] = point;
	memcpy(p + 4, time, 3);
	memcpy(p + 8, value, 3);
	toc->n += 11;
}

static void
add_session(const struct vd_disc *disc, struct toc *toc, int session)
{
	static const uint8_t none[3] = { 0 };
	/* Start of the lead-in of a blank disc, from its ATIP. */
	static const uint8_t lead_in[3] = { 97, 34, 23 };
	int first = vd_layout_first(disc, session);
	int last = vd_layout_last(disc, session);
	int32_t end = vd_layout_lead_out(disc, session);
	bool more = session < disc->sessions || !disc->finalised;
	uint8_t value[3] = { (uint8_t)first }, next[3], limit[3];
	struct vd_view view;

	vd_layout_view(disc, first, &view);
	add_point(toc, session, 0x10 | view.control, 0xa0, none, value);
	vd_layout_view(disc, last, &view);
	value[0] = (uint8_t)last;
	add_point(toc, session, 0x10 | view.control, 0xa1, none, value);
	vd_put_msf(value, end);
	add_point(toc, session, 0x10 | view.control, 0xa2, none, value);
	for (int i = first; i <= last; i++) {
		vd_layout_view(disc, i, &view);
		vd_put_msf(value, view.start);
		add_point(toc, session, 0x10 | view.control, (uint8_t)i, none,
			  value);
	}
	if (!more)
		return;
	vd_put_msf(next,
		   end
			   + (session == 1 ? disc->medium->first_gap
					   : disc->medium->later_gap)
			   - VD_PREGAP);
	vd_put_msf(limit, disc->capacity);
	add_point(toc, session, 0x50 | view.control, 0xb0, next, limit);
	if (session == 1)
		add_point(toc, session, 0x50 | view.control, 0xc0, none,
			  lead_in);
}

static uint32_t
toc_full(const struct vd_disc *disc, struct toc *toc, int first)
{
	if (disc->medium->family != VD_CD || !disc->sessions
	    || first > disc->sessions)
		return VD_BAD_FIELD;
	toc->data[2] = 1;
	toc->data[3] = (uint8_t)disc->sessions;
	for (int i = first ? first : 1; i <= disc->sessions; i++)
		add_session(disc, toc, i);
	return VD_GOOD;
}

/* MMC-5 6.26.3.6; the manufacturer's code is unassigned. */
static uint32_t
toc_atip(const struct vd_disc *disc, struct toc *toc)
{
	uint8_t *p = toc->data + 4;

	if (disc->medium->family != VD_CD)
		return VD_BAD_FIELD;
	p[0] = 0xd0 | (disc->type == VD_CD_RW ? 3 : 0);
	p[1] = 0x40; /* unrestricted use */
	p[2] = 0x80 | (disc->type == VD_CD_RW ? 0x40 | 0x04 : 0);
	p[4] = 97;
	p[5] = 34;
	p[6] = 23;
	vd_put_msf(p + 8, disc->capacity);
	if (disc->type == VD_CD_RW) { /* A1: 4x to 10x */
		p[12] = 0x24;
		p[13] = 0x1a;
		p[14] = 0x58;
	}
	toc->n = 4 + 24;
	return VD_GOOD;
}

VD_COMMAND(vd_read_toc)
{
	const struct vd_disc *disc = drive->disc;
	uint8_t format = io->cdb[2] & 15;
	struct toc toc = { .n = 4, .msf = io->cdb[1] & 2 };
	uint32_t sense = VD_GOOD;

	if (!format)
		format = io->cdb[9] >> 6; /* as in SFF-8020i */
	if (disc->pending != VD_NO_PENDING)
		return VD_CANNOT_READ;
	if (drive->options.personality == VD_OLD && format < 4
	    && vd_layout_status(disc) == VD_DISC_EMPTY)
		return VD_BAD_FIELD;
	if (drive->options.personality == VD_USB_BRIDGE && format == 4)
		return VD_BAD_FIELD;
	switch (format) {
	case 0:
		sense = toc_tracks(disc, &toc, io->cdb[6]);
		break;
	case 1:
		toc_sessions(disc, &toc);
		break;
	case 2:
		sense = toc_full(disc, &toc, io->cdb[6]);
		break;
	case 4:
		sense = toc_atip(disc, &toc);
		break;
	default:
		return VD_BAD_FIELD;
	}
	if (sense)
		return sense;
	vd_put16(toc.data, (uint32_t)toc.n - 2);
	vd_give(io, toc.data, toc.n, vd_get16(io->cdb + 7));
	return VD_GOOD;
}
