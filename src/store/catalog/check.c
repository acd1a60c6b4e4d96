/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/catalog/private.h"

static enum nb_err
broken(struct nb_catalog *catalog, const char *kind, const char *name,
       const char *what)
{
	char *text = NULL;
	enum nb_err err = nb_str_format(&text, "%s %s: %s", kind, name, what);

	if (!err)
		err = nb_catalog_damaged(catalog->store, text);
	free(text);
	return err;
}

/* The newest backup of a disc. */
struct use {
	bool session, backup;
};

static struct use *
use_of(const struct nb_rows *rows, struct use *uses, const char *disc_id)
{
	const struct nb_disc_record *disc = nb_rows_disc(rows, disc_id);

	return disc ? &uses[disc - rows->discs.at] : NULL;
}

static void
count_uses(const struct nb_rows *rows, struct use *uses)
{
	for (size_t i = 0; i < rows->sessions.count; i++) {
		const struct nb_session_record *session = &rows->sessions.at[i];
		struct use *use = use_of(rows, uses, session->disc_id);

		if (use && !session->gone)
			use->session = true;
	}
	for (size_t i = 0; i < rows->placements.count; i++) {
		const struct nb_placement *s = &rows->placements.at[i];

		if (!s->session->gone)
			uses[s->disc - rows->discs.at].backup = true;
	}
}

static enum nb_err
check_disc(struct nb_catalog *catalog, const struct nb_rows *rows,
	   const struct nb_disc_record *disc, const struct use *use)
{
	enum nb_disc_state state = NB_DISC_UNUSED;

	if (!nb_disc_state_parse(disc->state, &state)
	    || state == NB_DISC_UNUSED)
		return broken(catalog, "disc", disc->name, "no such state");
	if (state == NB_DISC_GOOD && !use->backup)
		return broken(catalog, "disc", disc->name,
			      "good, but nothing is recorded on it");
	if (state == NB_DISC_GOOD && nb_rows_damaged(rows, disc->id))
		return broken(catalog, "disc", disc->name,
			      "good, but a backup on it is damaged");
	if (state == NB_DISC_BLANKED && use->session)
		return broken(catalog, "disc", disc->name,
			      "blank, but something is recorded on it");
	return NB_OK;
}

static enum nb_err
check_discs(struct nb_catalog *catalog, const struct nb_rows *rows)
{
	struct use *uses = calloc(rows->discs.count + 1, sizeof *uses);
	enum nb_err err = NB_OK;

	if (!uses)
		return nb_fail_memory();
	count_uses(rows, uses);
	for (size_t i = 0; !err && i < rows->discs.count; i++)
		err = check_disc(catalog, rows, &rows->discs.at[i], &uses[i]);
	free(uses);
	return err;
}

static enum nb_err
check_backup(struct nb_catalog *catalog, const struct nb_rows *rows,
	     const struct nb_backup_record *backup)
{
	const struct nb_pool_record *pool = nb_rows_pool(rows, backup->pool);

	return backup->generation > (pool ? pool->generation : 0)
		? broken(catalog, "backup", backup->id, "newer than its pool")
		: NB_OK;
}

static enum nb_err
check_placement(struct nb_catalog *catalog, const struct nb_placement *s)
{
	return strcmp(s->disc->pool, s->backup->pool)
		? broken(catalog, "backup", s->backup->id,
			 "on a disc of another pool")
		: NB_OK;
}

/* The rules that the rows must satisfy. */
static enum nb_err
check_rows(struct nb_catalog *catalog)
{
	struct nb_rows rows;
	enum nb_err err = nb_rows_load(catalog, &rows);

	if (err)
		return err;
	err = check_discs(catalog, &rows);
	for (size_t i = 0; !err && i < rows.placements.count; i++)
		err = check_placement(catalog, &rows.placements.at[i]);
	for (size_t i = 0; !err && i < rows.backups.count; i++)
		err = check_backup(catalog, &rows, &rows.backups.at[i]);
	nb_rows_free(&rows);
	return err;
}

/* In one transaction, to see none of the changes of a run that writes
 * meanwhile. */
enum nb_err
nb_catalog_check(struct nb_catalog *catalog, bool whole)
{
	enum nb_err err = nb_catalog_read(catalog);

	if (err)
		return err;
	err = catalog->store->driver->check(catalog->store, whole);
	if (!err)
		err = nb_catalog_check_seal(catalog);
	if (!err)
		err = check_rows(catalog);
	nb_catalog_read_end(catalog);
	return err;
}
