/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the discs in the drives is wanted, according to the catalog and the
 * labels. */
#include <string.h>

#include "job/disc/choose_drive.h"
#include "store/key.h"

struct wanted {
	struct nightburn *nb;
	/* For nb_choose_to_restore: */
	const struct nb_restore_wish *wish;
	const struct nb_known_backup *meant; /* on this disc; NULL: unknown */
	bool has_key;
	struct nb_key key;
};

/* The label that identifies the disc, if it can be trusted. */
static const struct nb_label *
identifying_label(const struct wanted *w, const struct nb_inspection *look)
{
	const struct nb_label *label = NULL;

	if (look->label_state == NB_LABEL_GOOD)
		label = &look->label;
	else if (look->has_earlier)
		label = &look->earlier;
	if (label && w->has_key && !nb_label_is_signed(label, &w->key))
		return NULL;
	return label;
}

static enum nb_err
rate_to_restore(void *ctx, const struct nb_inspection *look, uint64_t *fit)
{
	struct wanted *w = ctx;
	const struct nb_label *label = identifying_label(w, look);
	const char *which = w->wish->backup;

	if (!label)
		return NB_OK;
	*fit = 1;
	if (w->meant && !strcmp(label->disc_id, w->meant->disc_id))
		*fit = NB_CHOOSE_FITS;
	else if (!which
		 || nb_restore_names(which, label->backup_id,
				     label->generation))
		*fit += 1 + label->generation;
	return NB_OK;
}

/* The catalog's row of the disc that is being rated. */
struct state {
	const struct nb_label *label;
	uint64_t newest; /* of the pool, on good discs */
	uint64_t fit;
};

static enum nb_err
find_newest(void *ctx, const struct nb_catalog_disc *row)
{
	struct state *s = ctx;

	if (row->named && !strcmp(row->pool, s->label->pool)
	    && row->state == NB_DISC_GOOD && row->generation > s->newest)
		s->newest = row->generation;
	return NB_OK;
}

static enum nb_err
find_state(void *ctx, const struct nb_catalog_disc *row)
{
	struct state *s = ctx;

	if (!row->disc_id || strcmp(row->disc_id, s->label->disc_id))
		return NB_OK;
	if (row->state == NB_DISC_SUSPECT)
		s->fit = NB_CHOOSE_FITS;
	else if (row->generation == s->newest)
		s->fit = NB_CHOOSE_FITS - 1;
	return NB_OK;
}

static enum nb_err
rate_to_verify(void *ctx, const struct nb_inspection *look, uint64_t *fit)
{
	const struct wanted *w = ctx;
	struct nb_catalog *catalog = NULL;
	struct state s = { .fit = 1 };

	s.label = identifying_label(w, look);
	if (!s.label)
		return NB_OK;
	if (nb_catalog_exists(w->nb)
	    && !nb_catalog_of(w->nb, NB_CATALOG_LIST, &catalog)) {
		if (!nb_catalog_discs(catalog, find_newest, &s))
			nb_catalog_discs(catalog, find_state, &s);
		nb_catalog_close(catalog);
	}
	*fit = s.fit;
	return NB_OK;
}

static enum nb_err
find_recorded(void *ctx, const struct nb_catalog_disc *row)
{
	struct state *s = ctx;

	if (row->disc_id && !strcmp(row->disc_id, s->label->disc_id)
	    && row->generation >= s->label->generation)
		s->fit = 1;
	return NB_OK;
}

/* The newest of those that the catalog does not have yet. */
static enum nb_err
rate_to_rebuild(void *ctx, const struct nb_inspection *look, uint64_t *fit)
{
	const struct wanted *w = ctx;
	struct nb_catalog *catalog = NULL;
	struct state s = { .label = identifying_label(w, look) };

	if (!s.label)
		return NB_OK;
	s.fit = 2 + s.label->generation;
	if (nb_catalog_exists(w->nb)
	    && !nb_catalog_of(w->nb, NB_CATALOG_LIST, &catalog)) {
		nb_catalog_discs(catalog, find_recorded, &s);
		nb_catalog_close(catalog);
	}
	*fit = s.fit;
	return NB_OK;
}

static enum nb_err
choose(struct nightburn *nb, const struct nb_drive_choice *choice,
       enum nb_err (*rate)(void *ctx, const struct nb_inspection *look,
			   uint64_t *fit),
       struct wanted *wanted, struct nb_inspection *look)
{
	enum nb_err err;

	wanted->nb = nb;
	wanted->has_key =
		nb && !nb_key_load(nb->config->state_dir, &wanted->key);
	err = nb_choose_drive(
		nb, choice, &(struct nb_search){ NB_CHOOSE_BEST, rate, wanted },
		look);
	nb_key_clear(&wanted->key);
	return err;
}

enum nb_err
nb_choose_to_restore(struct nightburn *nb, const struct nb_drive_choice *choice,
		     const struct nb_restore_wish *wish,
		     const struct nb_known_backups *known,
		     struct nb_inspection *look)
{
	struct wanted wanted = { .wish = wish };

	wanted.meant =
		nb_restore_meant(known->list.at, known->list.count, wish, NULL);
	if (wanted.meant && !wanted.meant->disc_id)
		wanted.meant = NULL;
	return choose(nb, choice, rate_to_restore, &wanted, look);
}

enum nb_err
nb_choose_to_verify(struct nightburn *nb, const struct nb_drive_choice *choice,
		    struct nb_inspection *look)
{
	struct wanted wanted = { .wish = NULL };

	return choose(nb, choice, rate_to_verify, &wanted, look);
}

enum nb_err
nb_choose_to_rebuild(struct nightburn *nb, const struct nb_drive_choice *choice,
		     struct nb_inspection *look)
{
	struct wanted wanted = { .wish = NULL };

	return choose(nb, choice, rate_to_rebuild, &wanted, look);
}
