/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/off_disc.h"

#include <string.h>

static enum nb_err
note(struct nb_manifest_sources *sources, const struct nb_entry *e,
     enum nb_note what)
{
	for (size_t i = 0; i < sources->count; i++) {
		struct nb_manifest_source *source = &sources->at[i];
		size_t n = source->path ? strlen(source->path) : 0;

		if (!n || strncmp(e->path, source->path, n))
			continue;
		if (!e->path[n])
			return nb_manifest_source_note(source, what, "", 0);
		if (e->path[n] == '/')
			return nb_manifest_source_note(source, what,
						       e->path + n + 1, 0);
	}
	return NB_OK;
}

/* There may be so many that no other note would have room beside them. */
static enum nb_err
note_flags(struct nb_manifest_sources *sources, const struct nb_entry *e,
	   size_t *flagged)
{
	return e->flags && (*flagged)++ < NB_NOTES_MAX / 2
		? note(sources, e, NB_NOTE_FLAGS)
		: NB_OK;
}

/* Those in archives, which hold any link and date. */
static enum nb_err
note_members(struct nb_manifest_source *source, size_t *flagged)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < source->members.count; i++) {
		const struct nb_entry *e = &source->members.at[i];

		if (e->flags && (*flagged)++ < NB_NOTES_MAX / 2)
			err = nb_manifest_source_note(source, NB_NOTE_FLAGS,
						      e->path, 0);
	}
	return err;
}

enum nb_err
nb_off_disc_mark(struct nb_entries *entries,
		 struct nb_manifest_sources *sources)
{
	enum nb_err err = NB_OK;
	size_t flagged = 0;

	for (size_t i = 0; !err && i < sources->count; i++)
		err = note_members(&sources->at[i], &flagged);
	for (size_t i = 0; !err && i < entries->count; i++) {
		struct nb_entry *e = &entries->at[i];

		e->off_disc = !nb_entry_fits_disc(e);
		if (e->off_disc)
			err = note(sources, e, NB_NOTE_OFF_DISC);
		else if (!nb_entry_date_fits_disc(e))
			err = note(sources, e, NB_NOTE_DATE);
		if (!err && e->xattrs_cut)
			err = note(sources, e, NB_NOTE_XATTRS);
		if (!err)
			err = note_flags(sources, e, &flagged);
	}
	return err;
}
