/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/catalog.h"
#include "store/sql.h"

/* Another disc of that name gives it up: a name stands for one disc. */
static enum nb_err
take_name(struct nb_catalog *catalog, const struct nb_label *label)
{
	struct nb_sql sql =
		nb_sql_prepare(catalog,
			       "update discs set named = 0 "
			       "where pool = ? and name = ? and id <> ?");

	nb_sql_text(&sql, label->pool);
	nb_sql_text(&sql, label->disc);
	nb_sql_text(&sql, label->disc_id);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

static enum nb_err
put_disc(struct nb_catalog *catalog, const struct nb_label *label,
	 enum nb_disc_state state, const char *note)
{
	struct nb_sql sql;
	enum nb_err err = take_name(catalog, label);

	if (err)
		return err;
	sql = nb_sql_prepare(
		catalog,
		"insert into discs (id, pool, name, state, note) "
		"values (?, ?, ?, ?, ?) on conflict (id) do update set "
		"state = excluded.state, note = excluded.note");
	nb_sql_text(&sql, label->disc_id);
	nb_sql_text(&sql, label->pool);
	nb_sql_text(&sql, label->disc);
	nb_sql_text(&sql, nb_disc_state_name(state));
	nb_sql_text(&sql, note);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

static enum nb_err
put_medium(struct nb_catalog *catalog, const struct nb_catalog_session *session)
{
	struct nb_sql sql =
		nb_sql_prepare(catalog,
			       "update discs set profile = ?, capacity = ?, "
			       "verified = coalesce(nullif(?, 0), verified), "
			       "cycles = cycles + ? where id = ?");

	nb_sql_text(&sql, session->profile);
	nb_sql_int(&sql, (int64_t)session->capacity);
	nb_sql_int(&sql, session->verified);
	nb_sql_int(&sql, session->first);
	nb_sql_text(&sql, session->label->disc_id);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

static enum nb_err
put_session(struct nb_catalog *catalog,
	    const struct nb_catalog_session *session)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"insert into sessions (disc_id, number, start, blocks, "
		"checksum, written) values (?, ?, ?, ?, ?, ?)");

	nb_sql_text(&sql, session->label->disc_id);
	nb_sql_int(&sql, session->number);
	nb_sql_int(&sql, session->start);
	nb_sql_int(&sql, (int64_t)session->blocks);
	nb_sql_blob(&sql, session->checksum, sizeof session->checksum);
	nb_sql_int(&sql, session->label->created);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

static enum nb_err
put_backup(struct nb_catalog *catalog, const struct nb_catalog_session *session)
{
	int64_t row = sqlite3_last_insert_rowid(catalog->db);
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"insert into backups (id, pool, job, host, generation, "
		"created, bytes, files) values (?, ?, ?, ?, ?, ?, ?, ?) "
		"on conflict (id) do nothing");
	const struct nb_manifest *m = session->manifest;
	enum nb_err err;

	nb_sql_text(&sql, m->backup_id);
	nb_sql_text(&sql, m->pool);
	nb_sql_text(&sql, m->job);
	nb_sql_text(&sql, m->host);
	nb_sql_int(&sql, (int64_t)m->generation);
	nb_sql_int(&sql, m->created);
	nb_sql_int(&sql, (int64_t)nb_entries_bytes(session->entries));
	nb_sql_int(&sql, (int64_t)session->entries->count);
	nb_sql_again(&sql);
	err = nb_sql_end(&sql);
	if (err)
		return err;
	sql = nb_sql_prepare(
		catalog,
		"insert into parts "
		"(backup_id, number, session_id) values (?, 1, ?)");
	nb_sql_text(&sql, m->backup_id);
	nb_sql_int(&sql, row);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

static enum nb_err
put_sources(struct nb_catalog *catalog, const struct nb_manifest *m)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"insert or replace into sources (backup_id, number, kind, "
		"name, database, format, path, compression, server_version, "
		"bytes, stored) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	for (size_t i = 0; i < m->sources.count; i++) {
		const struct nb_manifest_source *s = &m->sources.at[i];

		nb_sql_text(&sql, m->backup_id);
		nb_sql_int(&sql, (int64_t)i);
		nb_sql_text(&sql, s->kind);
		nb_sql_text(&sql, s->name);
		nb_sql_text(&sql, s->database);
		nb_sql_text(&sql, s->format);
		nb_sql_text(&sql, s->path);
		nb_sql_text(&sql, s->compression);
		nb_sql_text(&sql, s->server_version);
		nb_sql_int(&sql, (int64_t)s->bytes);
		nb_sql_int(&sql, (int64_t)s->stored);
		if (nb_sql_again(&sql))
			break;
	}
	return nb_sql_end(&sql);
}

static void
bind_file(struct nb_sql *sql, const char *backup_id, const char *path,
	  const struct nb_entry *e)
{
	nb_sql_text(sql, backup_id);
	nb_sql_blob(sql, path, strlen(path));
	nb_sql_int(sql, (int64_t)e->type);
	nb_sql_int(sql, (int64_t)e->mode);
	nb_sql_int(sql, (int64_t)e->uid);
	nb_sql_int(sql, (int64_t)e->gid);
	nb_sql_int(sql, e->mtime);
	nb_sql_int(sql, (int64_t)e->size);
	if (e->target)
		nb_sql_blob(sql, e->target, strlen(e->target));
	else
		nb_sql_text(sql, NULL);
	if (e->hashed)
		nb_sql_blob(sql, e->sha256, sizeof e->sha256);
	else
		nb_sql_text(sql, NULL);
}

/* The members of an archive as if the tree stood on the disc: the paths that
 * restore takes. */
static enum nb_err
put_members(struct nb_sql *sql, const char *backup_id,
	    const struct nb_manifest_source *source)
{
	for (size_t i = 0; i < source->members.count; i++) {
		const struct nb_entry *e = &source->members.at[i];
		char *path = NULL;
		enum nb_err err = nb_str_format(&path, "%s/%s/%s", backup_id,
						source->kind, e->path);

		if (!err) {
			bind_file(sql, backup_id, path, e);
			err = nb_sql_again(sql);
		}
		free(path);
		if (err)
			return err;
	}
	return NB_OK;
}

static enum nb_err
put_files(struct nb_catalog *catalog, const struct nb_catalog_session *session)
{
	const struct nb_manifest *m = session->manifest;
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"insert or replace into files (backup_id, path, type, mode, "
		"uid, gid, mtime, size, target, sha256) "
		"values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	enum nb_err err = NB_OK, ended;

	for (size_t i = 0; !err && i < session->entries->count; i++) {
		const struct nb_entry *e = &session->entries->at[i];

		bind_file(&sql, m->backup_id, e->path, e);
		err = nb_sql_again(&sql);
	}
	for (size_t i = 0; !err && i < m->sources.count; i++)
		err = put_members(&sql, m->backup_id, &m->sources.at[i]);
	ended = nb_sql_end(&sql);
	return err ? err : ended;
}

static enum nb_err
put_all(struct nb_catalog *catalog, const struct nb_catalog_session *session)
{
	enum nb_err err;

	err = nb_catalog_advance(catalog, session->label->pool,
				 session->label->generation);
	if (!err)
		err = put_disc(catalog, session->label, NB_DISC_GOOD, NULL);
	if (!err)
		err = put_medium(catalog, session);
	if (!err)
		err = put_session(catalog, session);
	if (!err)
		err = put_backup(catalog, session);
	if (!err)
		err = put_sources(catalog, session->manifest);
	if (!err)
		err = put_files(catalog, session);
	return err;
}

enum nb_err
nb_catalog_end(struct nb_catalog *catalog, enum nb_err err)
{
	if (!err)
		err = nb_catalog_seal(catalog);
	if (!err)
		err = nb_sql_run(catalog, "commit");
	if (err)
		sqlite3_exec(catalog->db, "rollback", NULL, NULL, NULL);
	return err ? err : nb_catalog_mark(catalog);
}

enum nb_err
nb_catalog_commit(struct nb_catalog *catalog,
		  const struct nb_catalog_session *session)
{
	enum nb_err err = nb_sql_run(catalog, "begin immediate");

	return err ? err : nb_catalog_end(catalog, put_all(catalog, session));
}

/* One more change of the pool that the disc is of, if it is of one, which saw
 * GENERATION. */
static enum nb_err
advance_disc(struct nb_catalog *catalog, const char *disc_id,
	     uint64_t generation)
{
	struct nb_sql sql =
		nb_sql_prepare(catalog, "select pool from discs where id = ?");
	char *pool = NULL;
	enum nb_err err;

	nb_sql_text(&sql, disc_id);
	if (nb_sql_row(&sql))
		sql.err = nb_str_dup(nb_sql_get_text(&sql, 0), &pool);
	err = nb_sql_end(&sql);
	if (!err && pool)
		err = nb_catalog_advance(catalog, pool, generation);
	free(pool);
	return err;
}

static enum nb_err
update_disc(struct nb_catalog *catalog, const char *disc_id,
	    enum nb_disc_state state, const char *note)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog, "update discs set state = ?, note = ? where id = ?");

	nb_sql_text(&sql, nb_disc_state_name(state));
	nb_sql_text(&sql, note);
	nb_sql_text(&sql, disc_id);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

static enum nb_err
forget_sessions(struct nb_catalog *catalog, const char *disc_id)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog, "update sessions set gone = 1 where disc_id = ?");

	nb_sql_text(&sql, disc_id);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

enum nb_err
nb_catalog_set_disc(struct nb_catalog *catalog, const char *disc_id,
		    enum nb_disc_state state, const char *note)
{
	enum nb_err err = nb_sql_run(catalog, "begin immediate");

	if (err)
		return err;
	err = advance_disc(catalog, disc_id, 0);
	if (!err)
		err = update_disc(catalog, disc_id, state, note);
	if (!err && state == NB_DISC_BLANKED)
		err = forget_sessions(catalog, disc_id);
	return nb_catalog_end(catalog, err);
}

enum nb_err
nb_catalog_suspect(struct nb_catalog *catalog, const struct nb_label *label,
		   const char *note)
{
	enum nb_err err = nb_sql_run(catalog, "begin immediate");

	if (err)
		return err;
	err = nb_catalog_advance(catalog, label->pool, 0);
	if (!err)
		err = put_disc(catalog, label, NB_DISC_SUSPECT, note);
	return nb_catalog_end(catalog, err);
}

static enum nb_err
put_verified(struct nb_catalog *catalog, const char *disc_id, int64_t date)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"update discs set verified = ?, note = null, state = case "
		"when state = 'suspect' then 'good' else state end "
		"where id = ?");

	nb_sql_int(&sql, date);
	nb_sql_text(&sql, disc_id);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

enum nb_err
nb_catalog_verified(struct nb_catalog *catalog, const char *disc_id,
		    int64_t date)
{
	return nb_catalog_shortened(catalog, disc_id, date, 0, NULL);
}

enum nb_err
nb_catalog_shortened(struct nb_catalog *catalog, const char *disc_id,
		     int64_t date, uint64_t seen, const char *note)
{
	enum nb_err err = nb_sql_run(catalog, "begin immediate");

	if (err)
		return err;
	err = advance_disc(catalog, disc_id, seen);
	if (!err)
		err = put_verified(catalog, disc_id, date);
	if (!err && note)
		err = update_disc(catalog, disc_id, NB_DISC_GOOD, note);
	return nb_catalog_end(catalog, err);
}

static enum nb_err
put_nameless(struct nb_catalog *catalog, const char *pool, const char *name)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"update discs set named = 0 where pool = ? and name = ?");

	nb_sql_text(&sql, pool);
	nb_sql_text(&sql, name);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

enum nb_err
nb_catalog_release_name(struct nb_catalog *catalog, const char *pool,
			const char *name)
{
	enum nb_err err = nb_sql_run(catalog, "begin immediate");

	if (err)
		return err;
	err = nb_catalog_advance(catalog, pool, 0);
	if (!err)
		err = put_nameless(catalog, pool, name);
	return nb_catalog_end(catalog, err);
}
