/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/known_backups.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

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
	err = nb_names_add(&known->texts, "the earlier %s (disc id %.8s%s)",
			   row->disc, row->disc_id,
			   row->disc_state == NB_DISC_REPLACED
				   ? ", which counts as lost"
				   : "");
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
		.lost = row->disc && row->disc_state == NB_DISC_REPLACED,
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

/* ---- in messages ---- */

const char *
nb_restore_name(uint64_t generation, int64_t created,
		char out[NB_RESTORE_NAME_MAX])
{
	char date[NB_CLOCK_TEXT];

	nb_clock_text(created, date);
	snprintf(out, NB_RESTORE_NAME_MAX, "generation %llu (%.10s %.5s UTC)",
		 (unsigned long long)generation, date, date + 11);
	return out;
}

const char *
nb_restore_damage(const struct nb_known_backup *b,
		  char out[NB_RESTORE_NAME_MAX])
{
	char date[NB_CLOCK_TEXT], files[40] = "";

	nb_clock_text(b->checked, date);
	if (b->bad)
		snprintf(files, sizeof files, " (%llu file%s)",
			 (unsigned long long)b->bad, b->bad == 1 ? "" : "s");
	snprintf(out, NB_RESTORE_NAME_MAX, "was found damaged on %.10s%s", date,
		 files);
	return out;
}

const char *
nb_restore_word(const char *job, const char *id, uint64_t generation,
		char out[NB_BACKUP_ID_MAX + 1])
{
	if (nb_job_is_by_hand(job))
		snprintf(out, NB_BACKUP_ID_MAX + 1, "%s", id);
	else
		snprintf(out, NB_BACKUP_ID_MAX + 1, "%llu",
			 (unsigned long long)generation);
	return out;
}

/* ---- do the numbers tell which one is the newest? ---- */

static bool
is_on(const struct nb_known_backup *b, const char *disc_id)
{
	return b->disc_id && !strcmp(b->disc_id, disc_id);
}

static enum nb_err
tell_order(const struct nb_label *label, const struct nb_known_backup *newest,
	   const struct nb_known_backup *later)
{
	char first[NB_RESTORE_NAME_MAX], second[NB_RESTORE_NAME_MAX];

	nb_restore_name(newest->generation, newest->created, first);
	nb_restore_name(later->generation, later->created, second);
	return nb_fail(NB_EWRONG,
		       "%s: recorded; %s, on %s, has the highest number, but "
		       "%s, on %s, was made later\n"
		       "hint: to restore, name the one that is meant: %llu or "
		       "%llu",
		       label->disc, first, newest->disc, second, later->disc,
		       (unsigned long long)later->generation,
		       (unsigned long long)newest->generation);
}

enum nb_err
nb_known_check_order(struct nightburn *nb, const struct nb_label *label)
{
	const struct nb_restore_wish any = { .backup = NULL };
	const struct nb_restore_disc pool = { .id = label->disc_id,
					      .pool = label->pool };
	const struct nb_known_backup *newest, *later = NULL;
	struct nb_known_backups known;
	enum nb_err err = nb_known_backups_load(nb, &known);

	if (err)
		return err;
	newest = nb_restore_meant(known.list.at, known.list.count, &any, &pool);
	if (newest && newest->disc)
		later = nb_restore_later(known.list.at, known.list.count,
					 newest, nb_clock_date());
	if (later
	    && (is_on(later, label->disc_id) || is_on(newest, label->disc_id)))
		err = tell_order(label, newest, later);
	nb_known_backups_free(&known);
	return err;
}
