/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/decide/clone.h"

#include <string.h>

#include "base/clock.h"
#include "model/record/json.h"

#define LEAST_DELETED 100
#define WEEK (13 * 86400 / 2)

enum nb_err
nb_clone_render(const struct nb_clone_marker *m, char **text)
{
	json_t *object = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "format",
		"nightburn clone 1", "name", m->name, "id", m->id,
		"installation", m->installation, "source", m->source,
		"finished", (json_int_t)m->finished, "checked",
		(json_int_t)m->checked, "files", (json_int_t)m->files);

	*text = object ? json_dumps(object, JSON_INDENT(2)) : NULL;
	json_decref(object);
	return *text ? NB_OK : nb_fail_memory();
}

enum nb_err
nb_clone_parse(const char *name, const char *text, size_t length,
	       struct nb_clone_marker *out)
{
	struct nb_clone_marker m = { .finished = 0 };
	json_t *object = NULL;
	char format[32];
	bool good;

	good = !nb_json_load(name, text, length, &object)
		&& nb_json_text(object, "format", format, sizeof format)
		&& !strcmp(format, "nightburn clone 1")
		&& nb_json_text(object, "name", m.name, sizeof m.name)
		&& nb_json_hex(object, "id", m.id, NB_ID_HEX)
		&& nb_json_hex(object, "installation", m.installation,
			       NB_ID_HEX)
		&& nb_json_text(object, "source", m.source, sizeof m.source)
		&& nb_json_i64(object, "finished", &m.finished)
		&& nb_json_i64(object, "checked", &m.checked)
		&& nb_json_u64(object, "files", &m.files);
	json_decref(object);
	if (!good)
		return nb_fail(NB_ECORRUPT, "%s: not the marker of a clone",
			       name);
	*out = m;
	return NB_OK;
}

/* A disk without a marker. */
static enum nb_clone_verdict
check_new(const struct nb_clone_facts *f)
{
	if (!f->init)
		return NB_CLONE_NO_CLONE;
	return f->target_empty || f->force ? NB_CLONE_PERMIT
					   : NB_CLONE_NOT_EMPTY;
}

static enum nb_clone_verdict
check_marker(const struct nb_clone_facts *f)
{
	const struct nb_clone_marker *m = f->marker;

	if (strcmp(m->installation, f->installation))
		return NB_CLONE_OTHER_INSTALLATION;
	if (strcmp(m->name, f->name))
		return NB_CLONE_OTHER_NAME;
	if (strcmp(m->source, f->source))
		return NB_CLONE_OTHER_SOURCE;
	return f->init ? NB_CLONE_ALREADY : NB_CLONE_PERMIT;
}

enum nb_clone_verdict
nb_clone_check(const struct nb_clone_facts *f)
{
	if (f->source_marked)
		return NB_CLONE_FROM_CLONE;
	if (f->source_empty)
		return NB_CLONE_SOURCE_EMPTY;
	if (!f->target_mounted)
		return NB_CLONE_NOT_MOUNTED;
	if (f->same_file_system)
		return NB_CLONE_SAME_FILE_SYSTEM;
	if (!f->marker_there)
		return check_new(f);
	return f->marker_good ? check_marker(f) : NB_CLONE_MARKER_DAMAGED;
}

const char *
nb_clone_text(enum nb_clone_verdict answer)
{
	static const char *const texts[] = {
		[NB_CLONE_PERMIT] = "may be written",
		[NB_CLONE_FROM_CLONE] =
			"this system is running from a clone; it is not "
			"copied\nhint: remove " NB_CLONE_MARKER
			" from its root directory if it is the original now",
		[NB_CLONE_SOURCE_EMPTY] = "the source is empty\n"
					  "hint: check that it is mounted",
		[NB_CLONE_NOT_MOUNTED] =
			"the target is not a mounted file "
			"system\nhint: mount the standby disk, or name it "
			"with device",
		[NB_CLONE_SAME_FILE_SYSTEM] = "source and target are one file "
					      "system",
		[NB_CLONE_MARKER_DAMAGED] =
			"cannot read the marker of the clone\nhint: "
			"check " NB_CLONE_MARKER
			" in the target; if it is gone, use --init --force",
		[NB_CLONE_NO_CLONE] = "the target is not a clone yet\n"
				      "hint: --init makes it one",
		[NB_CLONE_NOT_EMPTY] = "the target is not empty\n"
				       "hint: --init --force uses it, and "
				       "deletes what is not in the source",
		[NB_CLONE_ALREADY] = "the target is a clone already\n"
				     "hint: leave out --init",
		[NB_CLONE_OTHER_INSTALLATION] = "the target is the clone of "
						"another installation",
		[NB_CLONE_OTHER_NAME] = "the target is another clone",
		[NB_CLONE_OTHER_SOURCE] =
			"the target was copied from another "
			"file system than the source is now\nhint: check that "
			"the right one is mounted; if the source moved, "
			"remove " NB_CLONE_MARKER
			" from the target and use --init --force",
	};

	return texts[answer];
}

uint64_t
nb_clone_most_deleted(const struct nb_clone_marker *marker, int percent)
{
	uint64_t part = marker->files / 100 * (uint64_t)percent
		+ marker->files % 100 * (uint64_t)percent / 100;

	return part > LEAST_DELETED ? part : LEAST_DELETED;
}

bool
nb_clone_compares(enum nb_compare when, int64_t checked, int64_t now)
{
	if (when != NB_COMPARE_WEEKLY)
		return when == NB_COMPARE_ALWAYS;
	return nb_clock_is_due(checked, now, WEEK);
}
