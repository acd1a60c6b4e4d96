/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/engine/layout.h"

uint16_t
vd_layout_profile(const struct vd_disc *disc)
{
	return disc->overwrite ? VD_PROFILE_DVD_RW_OVERWRITE
			       : disc->medium->profile;
}

bool
vd_layout_overwritable(const struct vd_disc *disc)
{
	return disc->medium->overwritable || disc->overwrite;
}

enum vd_disc_status
vd_layout_status(const struct vd_disc *disc)
{
	if (disc->pending != VD_NO_PENDING)
		return VD_DISC_INCOMPLETE;
	if (vd_layout_overwritable(disc))
		return !disc->formatted && !disc->overwrite ? VD_DISC_EMPTY
			: disc->type == VD_DVD_RAM          ? VD_DISC_OTHER
							    : VD_DISC_COMPLETE;
	return disc->finalised      ? VD_DISC_COMPLETE
		: disc->track_count ? VD_DISC_INCOMPLETE
				    : VD_DISC_EMPTY;
}

struct vd_track *
vd_layout_open(struct vd_disc *disc)
{
	struct vd_track *last;

	if (vd_layout_overwritable(disc) || !disc->track_count)
		return NULL;
	last = &disc->tracks[disc->track_count - 1];
	return last->closed ? NULL : last;
}

int32_t
vd_layout_unit_end(const struct vd_disc *disc, int32_t lba)
{
	int32_t unit = disc->medium->unit;

	return (lba + unit - 1) / unit * unit;
}

int32_t
vd_layout_next_start(const struct vd_disc *disc)
{
	const struct vd_medium *medium = disc->medium;
	const struct vd_track *last;
	int32_t gap;

	if (!disc->track_count)
		return 0;
	last = &disc->tracks[disc->track_count - 1];
	if (last->session > disc->sessions)
		gap = medium->family == VD_CD ? VD_PREGAP : 0;
	else
		gap = disc->sessions == 1 ? medium->first_gap
					  : medium->later_gap;
	return vd_layout_unit_end(disc, last->end + gap);
}

/* There is no invisible track after one without a limit. */
static bool
has_invisible(const struct vd_disc *disc)
{
	const struct vd_track *last;

	if (vd_layout_overwritable(disc) || disc->finalised)
		return false;
	if (!disc->track_count)
		return true;
	last = &disc->tracks[disc->track_count - 1];
	return last->closed || last->reserved;
}

int
vd_layout_tracks(const struct vd_disc *disc)
{
	if (vd_layout_overwritable(disc))
		return 1;
	return disc->track_count + has_invisible(disc);
}

int
vd_layout_sessions(const struct vd_disc *disc)
{
	if (vd_layout_overwritable(disc))
		return 1;
	return disc->sessions + !disc->finalised;
}

int
vd_layout_first(const struct vd_disc *disc, int session)
{
	if (!vd_layout_overwritable(disc))
		for (int i = 0; i < disc->track_count; i++)
			if (disc->tracks[i].session >= session)
				return i + 1;
	return vd_layout_tracks(disc);
}

int
vd_layout_last(const struct vd_disc *disc, int session)
{
	return session >= vd_layout_sessions(disc)
		? vd_layout_tracks(disc)
		: vd_layout_first(disc, session + 1) - 1;
}

static void
view_whole(const struct vd_disc *disc, struct vd_view *out)
{
	*out = (struct vd_view){ .number = 1,
				 .session = 1,
				 .control = 4,
				 .size = disc->formatted,
				 .closed = true,
				 .recorded = disc->formatted > 0,
				 .last = disc->formatted - 1,
				 .blank = !disc->formatted,
				 .damaged = disc->pending != VD_NO_PENDING };
	if (disc->type == VD_BD_RE || disc->type == VD_DVD_PLUS_RW)
		out->free = disc->formatted ? 0 : disc->capacity;
	/* After a quick format, it grows as it is written. */
	if (disc->overwrite && disc->formatted < disc->capacity) {
		out->writable = true;
		out->next = disc->formatted;
		out->free = disc->capacity - disc->formatted;
	}
}

static void
view_invisible(const struct vd_disc *disc, struct vd_view *out)
{
	int32_t start = vd_layout_next_start(disc);

	*out = (struct vd_view){ .start = start,
				 .next = start,
				 .number = (uint16_t)(disc->track_count + 1),
				 .session = (uint16_t)(disc->sessions + 1),
				 .control = 4,
				 .blank = true };
	if (start < disc->capacity) {
		out->free = out->size = disc->capacity - start;
		out->writable = disc->pending == VD_NO_PENDING
			&& disc->track_count < disc->medium->tracks;
	}
}

bool
vd_layout_view(const struct vd_disc *disc, int number, struct vd_view *out)
{
	const struct vd_track *track;

	if (number < 1 || number > vd_layout_tracks(disc))
		return false;
	if (vd_layout_overwritable(disc)) {
		view_whole(disc, out);
		return true;
	}
	if (number > disc->track_count) {
		view_invisible(disc, out);
		return true;
	}
	track = &disc->tracks[number - 1];
	*out = (struct vd_view){ .start = track->start,
				 .size = track->end - track->start,
				 .next = track->next,
				 .last = track->next - 1,
				 .number = (uint16_t)number,
				 .session = track->session,
				 .control = track->control,
				 .recorded = track->next > track->start,
				 .reserved = track->reserved,
				 .damaged = track->damaged,
				 .closed = track->closed };
	if (!track->closed) {
		out->free = (track->reserved ? track->end : disc->capacity)
			- track->next;
		out->size = track->reserved ? out->size
					    : disc->capacity - track->start;
		out->writable = !track->damaged && out->free > 0;
		out->next = vd_layout_unit_end(disc, track->next);
		if (track->next < 0)
			out->next = track->next;
	}
	if (disc->pending != VD_NO_PENDING) {
		out->damaged = true;
		out->writable = false;
	}
	return true;
}

int
vd_layout_track_at(const struct vd_disc *disc, int32_t lba)
{
	for (int i = 1; i < disc->track_count; i++)
		if (lba < disc->tracks[i].start)
			return i;
	if (disc->track_count && has_invisible(disc)
	    && lba < disc->tracks[disc->track_count - 1].end)
		return disc->track_count;
	return vd_layout_tracks(disc);
}

int32_t
vd_layout_lead_out(const struct vd_disc *disc, int session)
{
	for (int i = disc->track_count; i-- > 0;)
		if (disc->tracks[i].session == session)
			return disc->tracks[i].end;
	return 0;
}

void
vd_put_msf(uint8_t p[3], int32_t lba)
{
	lba += VD_PREGAP;
	p[0] = (uint8_t)(lba / 75 / 60);
	p[1] = (uint8_t)(lba / 75 % 60);
	p[2] = (uint8_t)(lba % 75);
}

int32_t
vd_get_msf(const uint8_t p[3])
{
	return (p[0] * 60 + p[1]) * 75 + p[2] - VD_PREGAP;
}

int32_t
vd_layout_readable(const struct vd_disc *disc)
{
	const struct vd_track *last;

	if (disc->pending != VD_NO_PENDING)
		return 0;
	if (vd_layout_overwritable(disc))
		return disc->formatted;
	if (!disc->track_count)
		return 0;
	last = &disc->tracks[disc->track_count - 1];
	if (last->closed)
		return last->end;
	return last->next > 0 ? last->next : 0;
}
