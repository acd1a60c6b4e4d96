/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/record/own_files.h"
#include "store/catalog/private.h"

static void
clear_disc(struct nb_disc_record *disc)
{
	nb_row_clear(&nb_catalog_tables[NB_TABLE_DISCS], disc);
}

/* SESSION describes the medium; NULL: unknown. */
static enum nb_err
put_disc(struct nb_catalog *catalog, const struct nb_label *label,
	 enum nb_disc_state state, const char *note,
	 const struct nb_catalog_session *session)
{
	bool apart = session && session->apart;
	struct nb_disc_record disc, changed;
	enum nb_disc_remark remark;
	bool found;
	enum nb_err err = NB_OK;

	if (!apart)
		err = nb_catalog_take_name(catalog, label->pool, label->disc,
					   label->disc_id, false);
	if (!err)
		err = nb_catalog_get_disc(catalog, label->disc_id, &disc,
					  &found, &remark);
	if (err)
		return err;
	changed = found ? disc
			: (struct nb_disc_record){
				  .id = label->disc_id,
				  .pool = label->pool,
				  .name = label->disc,
				  .named = !apart,
			  };
	changed.state = nb_disc_state_name(state);
	changed.note = note;
	if (session) {
		changed.profile = session->profile;
		changed.capacity = (int64_t)session->capacity;
		changed.cycles += session->first;
		if (session->verified)
			changed.verified = session->verified;
	}
	err = nb_catalog_put_disc(catalog, &changed, NB_REMARK_NONE);
	clear_disc(&disc);
	return err;
}

static enum nb_err
put_session(struct nb_catalog *catalog,
	    const struct nb_catalog_session *session, int64_t *id)
{
	const struct nb_session_record row = {
		.disc_id = session->label->disc_id,
		.number = session->number,
		.start = session->start,
		.blocks = (int64_t)session->blocks,
		.checksum = { session->checksum, sizeof session->checksum },
		.written = session->label->created,
	};

	return catalog->store->driver->put(catalog->store, NB_TABLE_SESSIONS,
					   &row, id);
}

/* A session that is recorded again is not changed. */
static enum nb_err
put_backup(struct nb_catalog *catalog, const struct nb_catalog_session *session)
{
	const struct nb_manifest *m = session->manifest;
	struct nb_backup_record row = {
		.id = m->backup_id,
		.pool = m->pool,
		.job = m->job,
		.host = m->host,
		.generation = (int64_t)m->generation,
		.created = m->created,
	};
	struct nb_backup_record before;
	uint64_t files, bytes;
	bool found;
	enum nb_err err = nb_catalog_get(catalog, NB_TABLE_BACKUPS, &row,
					 &before, &found);

	nb_own_files_rest(session->entries, &files, &bytes);
	row.files = (int64_t)files;
	row.bytes = (int64_t)bytes;
	if (!err && !found)
		err = nb_catalog_put(catalog, NB_TABLE_BACKUPS, &row);
	nb_row_clear(&nb_catalog_tables[NB_TABLE_BACKUPS], &before);
	return err;
}

static enum nb_err
put_sources(struct nb_catalog *catalog, const struct nb_manifest *m)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < m->sources.count; i++) {
		const struct nb_manifest_source *s = &m->sources.at[i];
		const struct nb_source_record row = {
			.backup_id = m->backup_id,
			.number = (int64_t)i,
			.kind = s->kind,
			.name = s->name,
			.database = s->database,
			.format = s->format,
			.path = s->path,
			.compression = s->compression,
			.server_version = s->server_version,
			.bytes = (int64_t)s->bytes,
			.stored = (int64_t)s->stored,
		};

		err = nb_catalog_put(catalog, NB_TABLE_SOURCES, &row);
	}
	return err;
}

static enum nb_err
put_file(struct nb_catalog *catalog, const char *backup_id, const char *path,
	 const struct nb_entry *e)
{
	struct nb_file_record row = {
		.backup_id = backup_id,
		.path = { path, strlen(path) },
		.type = (int64_t)e->type,
		.mode = (int64_t)e->mode,
		.uid = (int64_t)e->uid,
		.gid = (int64_t)e->gid,
		.mtime = e->mtime,
		.size = (int64_t)e->size,
	};

	if (e->target)
		row.target = (struct nb_bytes){ e->target, strlen(e->target) };
	/* Whoever compares must not take zeros for the content. */
	if (e->hashed && !e->lost)
		row.sha256 = (struct nb_bytes){ e->sha256, sizeof e->sha256 };
	return nb_catalog_put(catalog, NB_TABLE_FILES, &row);
}

/* The members of an archive as if the tree were on the disc: the paths that
 * restore accepts. */
static enum nb_err
put_members(struct nb_catalog *catalog, const char *backup_id,
	    const struct nb_manifest_source *source)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < source->members.count; i++) {
		const struct nb_entry *e = &source->members.at[i];
		char *path = NULL;

		err = nb_str_format(&path, "%s/%s/%s", backup_id, source->kind,
				    e->path);
		if (!err)
			err = put_file(catalog, backup_id, path, e);
		free(path);
	}
	return err;
}

static enum nb_err
put_files(struct nb_catalog *catalog, const struct nb_catalog_session *session)
{
	const struct nb_manifest *m = session->manifest;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < session->entries->count; i++) {
		const struct nb_entry *e = &session->entries->at[i];

		err = put_file(catalog, m->backup_id, e->path, e);
	}
	for (size_t i = 0; !err && i < m->sources.count; i++)
		err = put_members(catalog, m->backup_id, &m->sources.at[i]);
	return err;
}

static enum nb_err
put_all(struct nb_catalog *catalog, const struct nb_catalog_session *session)
{
	struct nb_part_record part = {
		.backup_id = session->manifest->backup_id,
		.number = 1,
	};
	enum nb_err err;

	err = nb_catalog_advance(catalog, session->label->pool,
				 session->label->generation);
	if (!err)
		err = session->suspect
			? put_disc(catalog, session->label, NB_DISC_SUSPECT,
				   NB_NOTE_BAD_SESSION, session)
			: put_disc(catalog, session->label, NB_DISC_GOOD, NULL,
				   session);
	if (!err)
		err = put_session(catalog, session, &part.session_id);
	if (!err)
		err = put_backup(catalog, session);
	if (!err)
		err = nb_catalog_put(catalog, NB_TABLE_PARTS, &part);
	if (!err)
		err = put_sources(catalog, session->manifest);
	if (!err)
		err = put_files(catalog, session);
	if (!err)
		err = nb_catalog_put_holdings(catalog, session->manifest,
					      session->entries);
	if (!err)
		err = nb_catalog_checked_session(catalog, session);
	return err ? err
		   : nb_catalog_settle_disc(catalog, session->label->disc_id);
}

enum nb_err
nb_catalog_commit(struct nb_catalog *catalog,
		  const struct nb_catalog_session *session)
{
	enum nb_err err = nb_catalog_begin(catalog);

	return err ? err : nb_catalog_end(catalog, put_all(catalog, session));
}

enum nb_err
nb_catalog_suspect(struct nb_catalog *catalog, const struct nb_label *label,
		   const char *note)
{
	enum nb_err err = nb_catalog_begin(catalog);

	if (err)
		return err;
	err = nb_catalog_advance(catalog, label->pool, 0);
	if (!err)
		err = put_disc(catalog, label, NB_DISC_SUSPECT, note, NULL);
	return nb_catalog_end(catalog, err);
}

struct forget {
	const char *disc_id;
	struct NB_ARRAY(struct nb_session_record) sessions;
};

static enum nb_err
collect(void *ctx, const void *row)
{
	const struct nb_session_record *session = row;
	struct nb_session_record copy;
	struct forget *f = ctx;
	enum nb_err err;

	if (session->gone || strcmp(session->disc_id, f->disc_id))
		return NB_OK;
	err = nb_row_copy(&nb_catalog_tables[NB_TABLE_SESSIONS], row, &copy);
	if (err)
		return err;
	err = nb_array_push(&f->sessions, copy);
	if (err)
		nb_row_clear(&nb_catalog_tables[NB_TABLE_SESSIONS], &copy);
	return err;
}

static enum nb_err
forget_sessions(struct nb_catalog *catalog, const char *disc_id)
{
	struct forget f = { .disc_id = disc_id };
	enum nb_err err = nb_catalog_each(catalog, NB_TABLE_SESSIONS, 0, NULL,
					  collect, &f);

	for (size_t i = 0; !err && i < f.sessions.count; i++) {
		f.sessions.at[i].gone = 1;
		err = nb_catalog_put(catalog, NB_TABLE_SESSIONS,
				     &f.sessions.at[i]);
	}
	nb_catalog_free_rows(NB_TABLE_SESSIONS, &f.sessions);
	return err;
}

enum nb_err
nb_catalog_set_disc(struct nb_catalog *catalog, const char *disc_id,
		    enum nb_disc_state state, const char *note)
{
	struct nb_disc_record disc = { 0 }, changed;
	enum nb_disc_remark remark = NB_REMARK_NONE;
	bool found = false;
	enum nb_err err = nb_catalog_begin(catalog);

	if (err)
		return err;
	err = nb_catalog_get_disc(catalog, disc_id, &disc, &found, &remark);
	changed = disc;
	changed.state = nb_disc_state_name(state);
	if (state != NB_DISC_SUSPECT || remark != NB_REMARK_DRILL) {
		changed.note = note;
		remark = NB_REMARK_NONE;
	}
	if (!err && found)
		err = nb_catalog_advance(catalog, changed.pool, 0);
	if (!err && found)
		err = nb_catalog_put_disc(catalog, &changed, remark);
	if (!err && state == NB_DISC_BLANKED)
		err = forget_sessions(catalog, disc_id);
	clear_disc(&disc);
	return nb_catalog_end(catalog, err);
}
