/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/catalog.h"
#include "store/sql.h"

/* A backup with the disc that holds it now, as far as one does. */
#define BACKUPS                                                          \
	"select b.id, b.job, b.pool, b.host, b.generation, b.created, "  \
	"d.verified, b.bytes, b.files, d.name, d.id, d.state, s.number " \
	"from backups b "                                                \
	"left join (parts p join sessions s on s.id = p.session_id "     \
	"and not s.gone join discs d on d.id = s.disc_id) "              \
	"on p.backup_id = b.id "
#define NEWEST_FIRST " order by b.generation desc, b.created desc, b.id desc"

/* A word that is none, because the file is damaged, is for a person to see. */
static enum nb_disc_state
get_state(struct nb_sql *sql, int column)
{
	enum nb_disc_state state = NB_DISC_SUSPECT;

	nb_disc_state_parse(nb_sql_get_must(sql, column), &state);
	return state;
}

typedef enum nb_err backup_fn(void *ctx, const struct nb_catalog_backup *row);

static enum nb_err
each_backup(struct nb_sql *sql, backup_fn *fn, void *ctx)
{
	while (nb_sql_row(sql)) {
		struct nb_catalog_backup row = {
			.id = nb_sql_get_must(sql, 0),
			.job = nb_sql_get_must(sql, 1),
			.pool = nb_sql_get_must(sql, 2),
			.host = nb_sql_get_must(sql, 3),
			.generation = (uint64_t)nb_sql_get_int(sql, 4),
			.created = nb_sql_get_int(sql, 5),
			.verified = nb_sql_get_int(sql, 6),
			.bytes = (uint64_t)nb_sql_get_int(sql, 7),
			.files = (uint64_t)nb_sql_get_int(sql, 8),
			.disc = nb_sql_get_text(sql, 9),
			.disc_id = nb_sql_get_text(sql, 10),
			.disc_state = get_state(sql, 11),
			.session = (int)nb_sql_get_int(sql, 12),
		};
		enum nb_err err = fn(ctx, &row);

		if (err && !sql->err)
			sql->err = err;
	}
	return nb_sql_end(sql);
}

enum nb_err
nb_catalog_backups(struct nb_catalog *catalog, const char *pool, backup_fn *fn,
		   void *ctx)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		BACKUPS "where ?1 is null or b.pool = ?1" NEWEST_FIRST);

	nb_sql_text(&sql, pool);
	return each_backup(&sql, fn, ctx);
}

/* How many backups WHICH can mean, and the id of the first. */
static enum nb_err
resolve(struct nb_catalog *catalog, const char *which,
	char id[NB_BACKUP_ID_MAX + 1], int *count)
{
	bool generation = nb_backup_is_generation(which), exact = false;
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		generation ? "select b.id from backups b "
			     "where cast(b.generation as text) = ?1 "
			     "order by b.job = 'append', b.created desc"
			   : "select b.id from backups b "
			     "where substr(b.id, 1, length(?1)) = ?1 "
			     "order by b.id = ?1 desc, b.created desc");

	*count = 0;
	nb_sql_text(&sql, which);
	while (nb_sql_row(&sql)) {
		const char *found = nb_sql_get_must(&sql, 0);

		if (!*count) {
			snprintf(id, NB_BACKUP_ID_MAX + 1, "%s", found);
			exact = generation || !strcmp(found, which);
		}
		++*count;
	}
	if (exact)
		*count = 1;
	return nb_sql_end(&sql);
}

enum nb_err
nb_catalog_backup(struct nb_catalog *catalog, const char *which, backup_fn *fn,
		  void *ctx)
{
	char id[NB_BACKUP_ID_MAX + 1] = "";
	struct nb_sql sql;
	enum nb_err err;
	int count;

	err = resolve(catalog, which, id, &count);
	if (err)
		return err;
	if (count != 1)
		return nb_fail(NB_ENOTFOUND,
			       "%s: %s\nhint: nightburn list "
			       "shows the backups",
			       which,
			       count ? "more than one backup begins like this"
				     : "no such backup");
	sql = nb_sql_prepare(catalog, BACKUPS "where b.id = ? limit 1");
	nb_sql_text(&sql, id);
	return each_backup(&sql, fn, ctx);
}

enum nb_err
nb_catalog_sources(struct nb_catalog *catalog, const char *backup_id,
		   enum nb_err (*fn)(void *ctx,
				     const struct nb_manifest_source *row),
		   void *ctx)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"select kind, name, database, format, path, compression, "
		"server_version, bytes, stored from sources "
		"where backup_id = ? order by number");

	nb_sql_text(&sql, backup_id);
	while (nb_sql_row(&sql)) {
		struct nb_manifest_source row = {
			.kind = (char *)nb_sql_get_must(&sql, 0),
			.name = (char *)nb_sql_get_must(&sql, 1),
			.database = (char *)nb_sql_get_text(&sql, 2),
			.format = (char *)nb_sql_get_text(&sql, 3),
			.path = (char *)nb_sql_get_text(&sql, 4),
			.compression = (char *)nb_sql_get_text(&sql, 5),
			.server_version = (char *)nb_sql_get_text(&sql, 6),
			.bytes = (uint64_t)nb_sql_get_int(&sql, 7),
			.stored = (uint64_t)nb_sql_get_int(&sql, 8),
		};
		enum nb_err err = fn(ctx, &row);

		if (err && !sql.err)
			sql.err = err;
	}
	return nb_sql_end(&sql);
}

typedef enum nb_err file_fn(void *ctx, const struct nb_catalog_file *row);

#define FILES                                                        \
	"select f.backup_id, b.generation, d.name, f.path, f.type, " \
	"f.mode, f.uid, f.gid, f.mtime, f.size, f.target, f.sha256 " \
	"from files f join backups b on b.id = f.backup_id "         \
	"left join (parts p join sessions s on s.id = p.session_id " \
	"and not s.gone join discs d on d.id = s.disc_id) "          \
	"on p.backup_id = b.id "

/* A blob as text with a NUL; false when memory ends. */
static bool
copy_blob(struct nb_sql *sql, int column, char **out)
{
	size_t n = (size_t)sqlite3_column_bytes(sql->stmt, column);

	*out = NULL;
	if (sqlite3_column_type(sql->stmt, column) == SQLITE_NULL)
		return true;
	*out = calloc(1, n + 1);
	if (!*out)
		return false;
	if (n)
		memcpy(*out, sqlite3_column_blob(sql->stmt, column), n);
	return true;
}

static bool
read_file(struct nb_sql *sql, struct nb_entry *e)
{
	int64_t type = nb_sql_get_int(sql, 4);

	e->type = type >= NB_ENTRY_FILE && type <= NB_ENTRY_SOCKET
		? (enum nb_entry_type)type
		: NB_ENTRY_FILE;
	e->mode = (mode_t)nb_sql_get_int(sql, 5);
	e->uid = (uid_t)nb_sql_get_int(sql, 6);
	e->gid = (gid_t)nb_sql_get_int(sql, 7);
	e->mtime = nb_sql_get_int(sql, 8);
	e->size = (uint64_t)nb_sql_get_int(sql, 9);
	e->hashed = sqlite3_column_bytes(sql->stmt, 11) == NB_SHA256_SIZE;
	if (e->hashed)
		memcpy(e->sha256, sqlite3_column_blob(sql->stmt, 11),
		       NB_SHA256_SIZE);
	return copy_blob(sql, 3, &e->path) && copy_blob(sql, 10, &e->target)
		&& (e->path || nb_str_dup("", &e->path) == NB_OK);
}

static bool
matches(const char *pattern, const char *path)
{
	const char *name = strrchr(path, '/');
	const char *subject = strchr(pattern, '/') || !name ? path : name + 1;

	if (!strpbrk(pattern, "*?["))
		return strstr(subject, pattern) != NULL;
	return fnmatch(pattern, subject, 0) == 0;
}

static enum nb_err
each_file(struct nb_sql *sql, const char *pattern, file_fn *fn, void *ctx)
{
	while (nb_sql_row(sql)) {
		struct nb_entry e = { 0 };
		struct nb_catalog_file row = {
			.backup_id = nb_sql_get_must(sql, 0),
			.generation = (uint64_t)nb_sql_get_int(sql, 1),
			.disc = nb_sql_get_text(sql, 2),
			.entry = &e,
		};

		if (!read_file(sql, &e))
			sql->err = nb_fail_memory();
		else if (!pattern || matches(pattern, e.path))
			sql->err = fn(ctx, &row);
		nb_entry_clear(&e);
	}
	return nb_sql_end(sql);
}

enum nb_err
nb_catalog_files(struct nb_catalog *catalog, const char *backup_id, file_fn *fn,
		 void *ctx)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog, FILES "where f.backup_id = ? order by f.path");

	nb_sql_text(&sql, backup_id);
	return each_file(&sql, NULL, fn, ctx);
}

enum nb_err
nb_catalog_find(struct nb_catalog *catalog, const char *pattern, file_fn *fn,
		void *ctx)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		FILES "order by b.generation desc, b.created desc, f.path");

	return each_file(&sql, pattern, fn, ctx);
}

enum nb_err
nb_catalog_discs(struct nb_catalog *catalog,
		 enum nb_err (*fn)(void *ctx,
				   const struct nb_catalog_disc *row),
		 void *ctx)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"select d.pool, d.name, d.id, d.state, d.note, d.profile, "
		"coalesce(max(b.generation), 0), d.verified, "
		"count(distinct s.id), d.cycles from discs d "
		"left join sessions s on s.disc_id = d.id and not s.gone "
		"left join parts p on p.session_id = s.id "
		"left join backups b on b.id = p.backup_id "
		"where d.named = 1 group by d.id order by d.pool, d.name");

	while (nb_sql_row(&sql)) {
		struct nb_catalog_disc row = {
			.pool = nb_sql_get_must(&sql, 0),
			.name = nb_sql_get_must(&sql, 1),
			.disc_id = nb_sql_get_must(&sql, 2),
			.state = get_state(&sql, 3),
			.note = nb_sql_get_text(&sql, 4),
			.profile = nb_sql_get_text(&sql, 5),
			.generation = (uint64_t)nb_sql_get_int(&sql, 6),
			.verified = nb_sql_get_int(&sql, 7),
			.sessions = (int)nb_sql_get_int(&sql, 8),
			.cycles = (int)nb_sql_get_int(&sql, 9),
		};
		enum nb_err err = fn(ctx, &row);

		if (err && !sql.err)
			sql.err = err;
	}
	return nb_sql_end(&sql);
}

enum nb_err
nb_catalog_last_hash(struct nb_catalog *catalog, const char *pool,
		     const char *path, char hex[NB_SHA256_HEX + 1])
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"select lower(hex(f.sha256)) from backups b join files f "
		"on f.backup_id = b.id where b.pool = ? and f.path = ? "
		"and length(f.sha256) = 32 order by b.rowid desc limit 1");
	bool found;

	nb_sql_text(&sql, pool);
	nb_sql_blob(&sql, path, strlen(path));
	found = nb_sql_row(&sql);
	snprintf(hex, NB_SHA256_HEX + 1, "%s",
		 found ? nb_sql_get_text(&sql, 0) : "");
	return nb_sql_end(&sql);
}
