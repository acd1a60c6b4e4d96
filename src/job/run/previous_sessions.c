/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/run/previous_sessions.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/record/own_files.h"

/* What the disc's SHA256SUMS lists stays on it, some of it under another
 * path. */
static enum nb_err
keep_files(struct nb_session *s, const char *backup_id)
{
	struct nb_sums sums = NB_ARRAY_INIT;
	enum nb_err err = nb_disc_sums(&s->disc, &sums);

	for (size_t i = 0; !err && i < sums.count; i++) {
		struct nb_entry e = { .type = NB_ENTRY_FILE, .hashed = true };

		memcpy(e.sha256, sums.at[i].sha256, sizeof e.sha256);
		err = nb_own_file_moved(sums.at[i].path, backup_id, &e.path);
		if (!err && !e.path)
			err = nb_str_dup(sums.at[i].path, &e.path);
		if (!err)
			err = nb_entries_add(&s->kept, &e);
	}
	nb_sums_free(&sums);
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
