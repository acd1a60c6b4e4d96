/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/previous_sessions.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/record/own_files.h"

/* What the disc's SHA256SUMS lists stays on it, some of it under another
 * path. */
static enum nb_err
keep_files(struct nb_session *s, const char *backup_id)
{
	enum nb_err err = nb_disc_sums(&s->disc, &s->kept);

	for (size_t i = 0; !err && i < s->kept.count; i++) {
		struct nb_sum *sum = &s->kept.at[i];
		char *moved = NULL;

		err = nb_own_file_moved(sum->path, backup_id, &moved);
		if (!err && moved) {
			free(sum->path);
			sum->path = moved;
		}
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

	s->previous = s->disc.blocks;
	if (!err)
		err = keep_files(s, look->label.backup_id);
	if (!err && !nb_nodes_find(&s->disc.nodes, NB_MANIFEST_PATH))
		err = nb_fail(NB_ECORRUPT,
			      NB_MANIFEST_PATH ": missing on the disc");
	if (!err)
		err = load_manifests(s);
	return err;
}

void
nb_previous_sessions_compared(struct nb_session *s)
{
	if (s->base)
		nb_entries_free(&s->base->entries);
	/* The nodes own these paths. */
	for (size_t i = 0; i < s->disc.backups.count; i++)
		s->disc.backups.at[i].path = NULL;
	nb_nodes_free(&s->disc.nodes);
}

void
nb_previous_sessions_replace(struct nb_session *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->kept.count; i++) {
		struct nb_sum *sum = &s->kept.at[i];

		if (nb_entries_find(&s->entries, sum->path))
			free(sum->path);
		else
			s->kept.at[n++] = *sum;
	}
	s->kept.count = n;
}
