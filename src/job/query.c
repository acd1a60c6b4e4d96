/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/hash.h"
#include "job/job.h"
#include "store/owners.h"
#include "store/staging.h"

/* The caller's functions, which are called by those for the catalog. */
struct query {
	int (*on_backup)(void *ctx, const struct nb_backup_row *row);
	int (*on_source)(void *ctx, const struct nb_source_row *row);
	int (*on_file)(void *ctx, const struct nb_file_row *row);
	int (*on_clone)(void *ctx, const struct nb_clone_row *row);
	int (*on_disc)(void *ctx, const struct nb_disc_row *row);
	void *ctx;
	char backup_id[NB_BACKUP_ID_MAX + 1];
};

struct nb_file_row
nb_file_row_of(const struct nb_entry *e)
{
	struct nb_file_row row = {
		.path = e->path,
		.target = e->target,
		.type = e->type,
		.size = e->size,
		.mode = e->mode,
		.uid = e->uid,
		.gid = e->gid,
		.mtime = e->mtime,
	};

	if (e->hashed)
		nb_hex(e->sha256, sizeof e->sha256, row.sha256);
	return row;
}

static enum nb_err
pass_backup(void *ctx, const struct nb_catalog_backup *row)
{
	struct query *q = ctx;
	struct nb_backup_row out = {
		.id = row->id,
		.job = row->job,
		.pool = row->pool,
		.host = row->host,
		.generation = row->generation,
		.created = row->created,
		.verified = row->verified,
		.bytes = row->bytes,
		.files = row->files,
		.disc = row->disc,
		.disc_state = row->disc_state,
		.session = row->session,
		.drilled = row->drilled,
		.drill = row->drill,
		.check = row->check,
		.checked = row->checked,
		.bad = row->bad,
		.shrunk = row->shrunk,
		.lost = row->lost,
		.apart = row->apart,
	};

	strncpy(q->backup_id, row->id, NB_BACKUP_ID_MAX);
	if (q->on_backup && q->on_backup(q->ctx, &out))
		return NB_ECANCELED;
	return NB_OK;
}

struct nb_source_row
nb_source_row_of(const struct nb_manifest_source *source)
{
	return (struct nb_source_row){
		.kind = source->kind,
		.name = source->name,
		.database = source->database,
		.format = source->format,
		.path = source->path,
		.compression = source->compression,
		.server_version = source->server_version,
		.bytes = source->bytes,
		.stored = source->stored,
	};
}

static enum nb_err
pass_source(void *ctx, const struct nb_manifest_source *row)
{
	struct query *q = ctx;
	struct nb_source_row out = nb_source_row_of(row);

	return q->on_source(q->ctx, &out) ? NB_ECANCELED : NB_OK;
}

static enum nb_err
pass_file(void *ctx, const struct nb_catalog_file *row)
{
	struct query *q = ctx;
	struct nb_file_row out = nb_file_row_of(row->entry);

	out.backup_id = row->backup_id;
	out.disc = row->disc;
	out.disc_lost = row->lost;
	out.generation = row->generation;
	return q->on_file(q->ctx, &out) ? NB_ECANCELED : NB_OK;
}

static enum nb_err
pass_disc(void *ctx, const struct nb_catalog_disc *row)
{
	struct query *q = ctx;
	struct nb_disc_row out = {
		.pool = row->pool,
		.name = row->name,
		.disc_id = row->disc_id,
		.state = row->state,
		.note = row->note,
		.profile = row->profile,
		.generation = row->generation,
		.verified = row->verified,
		.sessions = row->sessions,
		.cycles = row->cycles,
		.apart = !row->named,
	};

	return q->on_disc(q->ctx, &out) ? NB_ECANCELED : NB_OK;
}

enum nb_err
nb_list(struct nightburn *nb, const char *pool,
	int (*fn)(void *ctx, const struct nb_backup_row *), void *ctx)
{
	struct query q = { .on_backup = fn, .ctx = ctx };
	struct nb_catalog *catalog;
	const struct nb_config_pool *unused;
	enum nb_err err = NB_OK;

	if (pool)
		err = nb_config_find_pool(nb->config, pool, &unused);
	if (!err)
		err = nb_catalog_of(nb, NB_CATALOG_LIST, &catalog);
	if (err)
		return err;
	err = nb_catalog_backups(catalog, pool, pass_backup, &q);
	nb_catalog_close(catalog);
	return err;
}

struct waiting {
	const struct nb_config *config;
	struct nb_state *state; /* NULL: there is none */
	const char *pool;
	int (*fn)(void *ctx, const struct nb_backup_row *row);
	void *ctx;
};

/* In the same directory may be those of another installation. */
static enum nb_err
is_own(const struct waiting *w, const struct nb_manifest *m, bool *own)
{
	struct nb_pool_view view = { .name = "" };
	enum nb_err err = NB_OK;

	if (w->state) {
		memcpy(view.installation, w->state->installation,
		       sizeof view.installation);
		err = nb_owners_load(w->state->dir, m->pool, &view.owner);
	}
	*own = !m->installation[0] || nb_pool_has_from(&view, m->installation);
	nb_pool_view_clear(&view);
	return err;
}

/* The job that burns what waits for JOB: if that was renamed, one of the pool.
 */
static const char *
burns(const struct nb_config *config, const char *job, const char *pool)
{
	const char *other = job;

	for (size_t i = 0; i < config->jobs.count; i++) {
		if (!strcmp(config->jobs.at[i].name, job))
			return job;
		if (!strcmp(config->jobs.at[i].pool, pool))
			other = config->jobs.at[i].name;
	}
	return other;
}

static enum nb_err
pass_waiting(void *ctx, const struct nb_staged *staged)
{
	const struct nb_manifest *m = &staged->manifest;
	const struct waiting *w = ctx;
	struct nb_backup_row row = {
		.id = m->backup_id,
		.job = burns(w->config, m->job, m->pool),
		.pool = m->pool,
		.host = m->host,
		.created = m->created,
		.bytes = nb_entries_bytes(&staged->entries),
	};

	bool own = true;
	enum nb_err err = is_own(w, m, &own);

	if (err || !own || (w->pool && strcmp(w->pool, m->pool) != 0))
		return err;
	for (size_t i = 0; i < staged->entries.count; i++)
		row.files += staged->entries.at[i].type == NB_ENTRY_FILE;
	return w->fn(w->ctx, &row) ? NB_ECANCELED : NB_OK;
}

enum nb_err
nb_list_waiting(struct nightburn *nb, const char *pool,
		int (*fn)(void *ctx, const struct nb_backup_row *), void *ctx)
{
	struct waiting w = { nb->config, NULL, pool, fn, ctx };
	enum nb_err err = NB_OK;

	if (nb_catalog_exists(nb))
		err = nb_state_open(nb->config->state_dir, &w.state);
	if (!err)
		err = nb_staging_each(nb->config->staging_dir, pass_waiting,
				      &w);
	nb_state_close(w.state);
	return err;
}

enum nb_err
nb_list_discs(struct nightburn *nb,
	      int (*fn)(void *ctx, const struct nb_disc_row *), void *ctx)
{
	struct query q = { .on_disc = fn, .ctx = ctx };
	struct nb_catalog *catalog;
	enum nb_err err = nb_catalog_of(nb, NB_CATALOG_LIST, &catalog);

	if (err)
		return err;
	err = nb_catalog_discs(catalog, pass_disc, &q);
	nb_catalog_close(catalog);
	return err;
}

static enum nb_err
pass_clone(void *ctx, const struct nb_catalog_clone *row)
{
	struct query *q = ctx;
	struct nb_clone_row out = {
		.name = row->name,
		.id = row->id,
		.source = row->source,
		.target = row->target,
		.state = row->state,
		.note = row->note,
		.finished = row->finished,
		.checked = row->checked,
		.files = row->files,
	};

	return q->on_clone(q->ctx, &out) ? NB_ECANCELED : NB_OK;
}

enum nb_err
nb_list_clones(struct nightburn *nb,
	       int (*fn)(void *ctx, const struct nb_clone_row *), void *ctx)
{
	struct query q = { .on_clone = fn, .ctx = ctx };
	struct nb_catalog *catalog;
	enum nb_err err = nb_catalog_of(nb, NB_CATALOG_LIST, &catalog);

	if (err)
		return err;
	err = nb_catalog_clones(catalog, pass_clone, &q);
	nb_catalog_close(catalog);
	return err;
}

enum nb_err
nb_show(struct nightburn *nb, const char *backup,
	int (*on_backup)(void *ctx, const struct nb_backup_row *),
	int (*on_source)(void *ctx, const struct nb_source_row *),
	int (*on_file)(void *ctx, const struct nb_file_row *), void *ctx)
{
	struct query q = { .on_backup = on_backup,
			   .on_source = on_source,
			   .on_file = on_file,
			   .ctx = ctx };
	struct nb_catalog *catalog;
	enum nb_err err = nb_catalog_of(nb, NB_CATALOG_QUERY, &catalog);

	if (err)
		return err;
	err = nb_catalog_backup(catalog, backup, pass_backup, &q);
	if (!err && on_source)
		err = nb_catalog_sources(catalog, q.backup_id, pass_source, &q);
	if (!err && on_file)
		err = nb_catalog_files(catalog, q.backup_id, pass_file, &q);
	nb_catalog_close(catalog);
	return err;
}

enum nb_err
nb_find(struct nightburn *nb, const char *pattern,
	int (*fn)(void *ctx, const struct nb_file_row *), void *ctx)
{
	struct query q = { .on_file = fn, .ctx = ctx };
	struct nb_catalog *catalog;
	enum nb_err err = nb_catalog_of(nb, NB_CATALOG_QUERY, &catalog);

	if (err)
		return err;
	err = nb_catalog_find(catalog, pattern, pass_file, &q);
	nb_catalog_close(catalog);
	return err;
}
