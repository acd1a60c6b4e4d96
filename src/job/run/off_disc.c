/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/run/off_disc.h"

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

enum nb_err
nb_off_disc_mark(struct nb_entries *entries,
		 struct nb_manifest_sources *sources)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < entries->count; i++) {
		struct nb_entry *e = &entries->at[i];

		e->off_disc = !nb_entry_fits_disc(e);
		if (e->off_disc)
			err = note(sources, e, NB_NOTE_OFF_DISC);
		else if (!nb_entry_date_fits_disc(e))
			err = note(sources, e, NB_NOTE_DATE);
	}
	return err;
}
