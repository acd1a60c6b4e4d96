/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/run/previous_sessions.h"

#include <stdlib.h>
#include <string.h>

#include "model/record/own_files.h"

/* Adjusts the paths of files that an appended session moves. */
static enum nb_err
move_aside(struct nb_entry *e, const char *backup_id)
{
	char *moved;
	enum nb_err err = nb_own_file_moved(e->path, backup_id, &moved);

	if (!err && moved) {
		free(e->path);
		e->path = moved;
	}
	return err;
}

/* Newest first: the base is the newest backup of the job that is being
 * written. */
static enum nb_err
load_manifests(struct nb_session *s)
{
	struct nb_disc_backups *list = &s->disc.backups;
	enum nb_err err = NB_OK;

	for (size_t i = list->count; !err && i-- > 0;) {
		struct nb_disc_backup *b = &list->at[i];

		err = b->err ? b->err : nb_disc_backup_load(&s->disc, b);
		if (err)
			break;
		if (!s->base && !strcmp(b->manifest.job, s->manifest.job))
			s->base = b;
		else
			nb_entries_free(&b->entries);
		err = nb_array_push(&s->earlier, &b->manifest);
	}
	return err || !s->base ? err : nb_entries_sort(&s->base->entries);
}

enum nb_err
nb_previous_sessions_load(struct nightburn *nb,
			  const struct nb_inspection *look,
			  struct nb_session *s)
{
	enum nb_err err = nb_disc_contents_open(nb, look, &s->disc);
	char *text;
	size_t length;

	s->previous = s->disc.blocks;
	if (!err)
		err = nb_disc_text(&s->disc, NB_SUMS_PATH, &text, &length);
	if (err)
		return err;
	err = nb_sums_load(NB_SUMS_PATH, text, length, &s->kept);
	free(text);
	if (!err && !nb_nodes_find(&s->disc.nodes, NB_MANIFEST_PATH))
		err = nb_fail(NB_ECORRUPT,
			      NB_MANIFEST_PATH ": missing on the disc");
	if (!err)
		err = load_manifests(s);
	for (size_t i = 0; !err && i < s->kept.count; i++)
		err = move_aside(&s->kept.at[i], look->label.backup_id);
	return err;
}

void
nb_previous_sessions_replace(struct nb_session *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->kept.count; i++) {
		struct nb_entry *e = &s->kept.at[i];

		if (nb_entries_find(&s->entries, e->path))
			nb_entry_clear(e);
		else
			s->kept.at[n++] = *e;
	}
	s->kept.count = n;
}
