/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which disc has which name: it loses it to another one, or is lost. */
#include <string.h>

#include "store/catalog/private.h"

static void
clear_disc(struct nb_disc_record *disc)
{
	nb_row_clear(&nb_catalog_tables[NB_TABLE_DISCS], disc);
}

struct name {
	const char *pool, *name;
	const char *but; /* id of a disc that keeps its name; "" for none */
	struct nb_disc_record disc;
	bool found;
};

static enum nb_err
match_name(void *ctx, const void *row)
{
	const struct nb_disc_record *disc = row;
	struct name *n = ctx;

	if (n->found || !disc->named || strcmp(disc->pool, n->pool)
	    || strcmp(disc->name, n->name) || !strcmp(disc->id, n->but))
		return NB_OK;
	n->found = true;
	return nb_row_copy(&nb_catalog_tables[NB_TABLE_DISCS], disc, &n->disc);
}

enum nb_err
nb_catalog_take_name(struct nb_catalog *catalog, const char *pool,
		     const char *name, const char *but, bool replaced)
{
	struct name n = { .pool = pool, .name = name, .but = but };
	enum nb_err err = nb_catalog_each(catalog, NB_TABLE_DISCS, 0, NULL,
					  match_name, &n);
	struct nb_disc_record changed = n.disc;

	changed.named = 0;
	if (!err && n.found && replaced && nb_disc_is(&n.disc, NB_DISC_GOOD))
		changed.state = nb_disc_state_name(NB_DISC_REPLACED);
	if (!err && n.found)
		err = nb_catalog_put(catalog, NB_TABLE_DISCS, &changed);
	clear_disc(&n.disc);
	return err;
}

enum nb_err
nb_catalog_release_name(struct nb_catalog *catalog, const char *pool,
			const char *name)
{
	enum nb_err err = nb_catalog_begin(catalog);

	if (err)
		return err;
	err = nb_catalog_advance(catalog, pool, 0);
	if (!err)
		err = nb_catalog_take_name(catalog, pool, name, "", true);
	return nb_catalog_end(catalog, err);
}

enum nb_err
nb_catalog_lost(struct nb_catalog *catalog, const char *disc_id)
{
	struct nb_disc_record disc = { 0 }, changed;
	enum nb_disc_remark remark;
	bool found = false;
	enum nb_err err = nb_catalog_begin(catalog);

	if (err)
		return err;
	err = nb_catalog_get_disc(catalog, disc_id, &disc, &found, &remark);
	changed = disc;
	changed.named = 0;
	changed.state = nb_disc_state_name(NB_DISC_REPLACED);
	changed.note = "lost";
	if (!err && found)
		err = nb_catalog_advance(catalog, changed.pool, 0);
	if (!err && found)
		err = nb_catalog_put_disc(catalog, &changed, NB_REMARK_NONE);
	clear_disc(&disc);
	return nb_catalog_end(catalog, err);
}

static enum nb_err
give_name(struct nb_catalog *catalog, const struct nb_disc_record *disc,
	  enum nb_disc_remark remark)
{
	struct name n = { .pool = disc->pool, .name = disc->name, .but = "" };
	struct nb_disc_record changed = *disc;
	enum nb_err err = nb_catalog_each(catalog, NB_TABLE_DISCS, 0, NULL,
					  match_name, &n);

	changed.named = 1;
	if (!err && !n.found)
		err = nb_catalog_advance(catalog, changed.pool, 0);
	if (!err && !n.found)
		err = nb_catalog_put_disc(catalog, &changed, remark);
	clear_disc(&n.disc);
	return err;
}

enum nb_err
nb_catalog_found(struct nb_catalog *catalog, const char *disc_id)
{
	struct nb_disc_record disc = { 0 };
	enum nb_disc_remark remark;
	bool found = false;
	enum nb_err err = nb_catalog_begin(catalog);

	if (err)
		return err;
	err = nb_catalog_get_disc(catalog, disc_id, &disc, &found, &remark);
	if (!err && found && !disc.named)
		err = give_name(catalog, &disc, remark);
	clear_disc(&disc);
	return nb_catalog_end(catalog, err);
}
