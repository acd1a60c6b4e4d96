/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/known_backups.h"

#include <string.h>

static enum nb_err
copy(struct nb_known_backups *known, const char *text, const char **out)
{
	enum nb_err err = NB_OK;

	*out = NULL;
	if (text)
		err = nb_names_add(&known->texts, "%s", text);
	if (!err && text)
		*out = known->texts.at[known->texts.count - 1];
	return err;
}

/* In messages: the name alone would mean the disc that has it now. */
static enum nb_err
copy_disc(struct nb_known_backups *known, const struct nb_catalog_backup *row,
	  const char **out)
{
	enum nb_err err;

	if (!row->disc || !row->apart)
		return copy(known, row->disc, out);
	err = nb_names_add(&known->texts, "the earlier %s (disc id %.8s)",
			   row->disc, row->disc_id);
	if (!err)
		*out = known->texts.at[known->texts.count - 1];
	return err;
}

static enum nb_err
add(void *ctx, const struct nb_catalog_backup *row)
{
	struct nb_known_backups *known = ctx;
	struct nb_known_backup b = {
		.generation = row->generation,
		.created = row->created,
		.good = row->disc && row->disc_state == NB_DISC_GOOD,
		.shrunk = row->shrunk,
		.damaged = row->check == NB_CHECK_DAMAGED,
		.checked = row->checked,
		.bad = row->bad,
	};
	enum nb_err err = copy(known, row->id, &b.id);

	if (!err)
		err = copy(known, row->job, &b.job);
	if (!err)
		err = copy(known, row->pool, &b.pool);
	if (!err)
		err = copy_disc(known, row, &b.disc);
	if (!err)
		err = copy(known, row->disc_id, &b.disc_id);
	return err ? err : nb_array_push(&known->list, b);
}

enum nb_err
nb_known_backups_load(struct nightburn *nb, struct nb_known_backups *known)
{
	struct nb_catalog *catalog = NULL;
	enum nb_err err;

	memset(known, 0, sizeof *known);
	if (!nb || !nb_catalog_exists(nb))
		return NB_OK;
	err = nb_catalog_of(nb, NB_CATALOG_LIST, &catalog);
	if (!err)
		err = nb_catalog_backups(catalog, NULL, add, known);
	nb_catalog_close(catalog);
	if (err)
		nb_known_backups_free(known);
	return err == NB_ENOMEM ? err : NB_OK;
}

void
nb_known_backups_free(struct nb_known_backups *known)
{
	nb_array_free(&known->list);
	nb_names_free(&known->texts);
	memset(known, 0, sizeof *known);
}

enum nb_err
nb_known_backups_single(const struct nb_known_backups *known, const char *which)
{
	const char *first = NULL;

	if (!which || nb_backup_is_generation(which))
		return NB_OK;
	for (size_t i = 0; i < known->list.count; i++) {
		const struct nb_known_backup *b = &known->list.at[i];

		if (!nb_restore_names(which, b->id, b->generation))
			continue;
		if (first && strcmp(first, b->id) != 0)
			return nb_fail(NB_ENOTFOUND,
				       "%s: more than one backup id begins "
				       "like this\n"
				       "hint: nightburn list shows the backups",
				       which);
		first = b->id;
	}
	return NB_OK;
}

struct disc {
	const char *id;
	bool suspect;
};

static enum nb_err
look_for(void *ctx, const struct nb_catalog_disc *row)
{
	struct disc *d = ctx;

	if (row->disc_id && !strcmp(row->disc_id, d->id)
	    && row->state == NB_DISC_SUSPECT)
		d->suspect = true;
	return NB_OK;
}

bool
nb_known_suspect(struct nightburn *nb, const char *disc_id)
{
	struct nb_catalog *catalog = NULL;
	struct disc d = { disc_id, false };

	if (!nb || !nb_catalog_exists(nb)
	    || nb_catalog_of(nb, NB_CATALOG_LIST, &catalog))
		return false;
	nb_catalog_discs(catalog, look_for, &d);
	nb_catalog_close(catalog);
	return d.suspect;
}
