/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/engine/disc_head.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *const pendings[] = { "none", "blank", "format" };

static json_t *
track_json(const struct vd_track *track)
{
	return json_pack("{s:i s:i s:i s:i s:i s:b s:b s:b}", "session",
			 track->session, "start", track->start, "next",
			 track->next, "end", track->end, "control",
			 track->control, "closed", track->closed, "reserved",
			 track->reserved, "damaged", track->damaged);
}

char *
vd_head_format(const struct vd_disc *disc, size_t indent)
{
	json_t *tracks = json_array(), *head;
	char *text = NULL;

	for (size_t i = 0; i < disc->track_count; i++)
		json_array_append_new(tracks, track_json(&disc->tracks[i]));
	head = json_pack("{s:s s:i s:i s:b s:b s:b s:i s:i s:i s:s s:I s:o}",
			 "type", disc->medium->name, "capacity", disc->capacity,
			 "sessions", disc->sessions, "finalised",
			 disc->finalised, "overwrite", disc->overwrite,
			 "sequential_only", disc->sequential_only, "formatted",
			 disc->formatted, "spare", disc->spare, "background",
			 (int)disc->background, "interrupted",
			 pendings[disc->pending], "cycles",
			 (json_int_t)disc->cycles, "tracks", tracks);
	if (head)
		text = json_dumps(head, JSON_INDENT(indent) | JSON_COMPACT);
	json_decref(head);
	return text;
}

/* Sets a number between LOW and HIGH; false if it is not. */
static bool
take(const json_t *from, const char *name, int64_t low, int64_t high,
     int64_t *out)
{
	const json_t *value = json_object_get(from, name);

	*out = json_integer_value(value);
	return json_is_integer(value) && *out >= low && *out <= high;
}

static bool
take_flag(const json_t *from, const char *name, bool *out)
{
	const json_t *value = json_object_get(from, name);

	*out = json_is_true(value);
	return json_is_boolean(value);
}

static bool
take_track(const json_t *from, const struct vd_disc *disc, int32_t low,
	   struct vd_track *out)
{
	int64_t session, start, next, end, control;

	if (!take(from, "session", 1, disc->sessions + 1, &session)
	    || !take(from, "start", low, disc->capacity, &start)
	    || !take(from, "next", start - VD_PREGAP, disc->capacity, &next)
	    || !take(from, "end", start, disc->capacity, &end)
	    || !take(from, "control", 0, 15, &control))
		return false;
	out->session = (uint16_t)session;
	out->start = (int32_t)start;
	out->next = (int32_t)next;
	out->end = (int32_t)end;
	out->control = (uint8_t)control;
	return take_flag(from, "closed", &out->closed)
		&& take_flag(from, "reserved", &out->reserved)
		&& take_flag(from, "damaged", &out->damaged);
}

static bool
take_tracks(const json_t *head, struct vd_disc *disc)
{
	const json_t *tracks = json_object_get(head, "tracks");
	size_t n = json_array_size(tracks);
	int32_t low = 0;

	if (!json_is_array(tracks) || n > VD_TRACKS_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!take_track(json_array_get(tracks, i), disc, low,
				&disc->tracks[i]))
			return false;
		low = disc->tracks[i].end;
	}
	disc->track_count = (uint16_t)n;
	return true;
}

static bool
take_pending(const json_t *head, enum vd_pending *out)
{
	const char *name =
		json_string_value(json_object_get(head, "interrupted"));

	for (size_t i = 0; name && i < sizeof pendings / sizeof *pendings; i++)
		if (!strcmp(name, pendings[i])) {
			*out = (enum vd_pending)i;
			return true;
		}
	return false;
}

static bool
take_head(const json_t *head, struct vd_disc *disc)
{
	const char *type = json_string_value(json_object_get(head, "type"));
	int64_t capacity, sessions, formatted, spare, background, cycles;

	if (!type || !vd_medium_find(type, &disc->type)
	    || !take(head, "capacity", 1, INT32_MAX - 65536, &capacity)
	    || !take(head, "sessions", 0, VD_TRACKS_MAX, &sessions)
	    || !take(head, "formatted", 0, capacity, &formatted)
	    || !take(head, "spare", 0, capacity, &spare)
	    || !take(head, "background", 0, 3, &background)
	    || !take(head, "cycles", 0, UINT32_MAX, &cycles))
		return false;
	disc->medium = vd_medium_of(disc->type);
	disc->capacity = (int32_t)capacity;
	disc->sessions = (uint16_t)sessions;
	disc->formatted = (int32_t)formatted;
	disc->spare = (int32_t)spare;
	disc->background = (enum vd_background)background;
	disc->cycles = (uint32_t)cycles;
	return take_flag(head, "finalised", &disc->finalised)
		&& take_flag(head, "overwrite", &disc->overwrite)
		&& take_flag(head, "sequential_only", &disc->sequential_only)
		&& take_pending(head, &disc->pending)
		&& take_tracks(head, disc);
}

int
vd_head_parse(const char *text, size_t n, struct vd_disc *disc,
	      char why[VD_WHY_MAX])
{
	json_error_t error;
	json_t *head = json_loadb(text, n, 0, &error);
	bool good = head && take_head(head, disc);

	if (!head)
		snprintf(why, VD_WHY_MAX, "its header is not JSON: %s",
			 error.text);
	else if (!good)
		snprintf(why, VD_WHY_MAX, "its header is inconsistent");
	json_decref(head);
	return good ? 0 : -1;
}
