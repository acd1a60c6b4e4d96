/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/catalog.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/str.h"
#include "store/sql.h"

#define BUSY_MS 10000

/* Makes the file with its mode before SQLite would. */
static enum nb_err
touch(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return nb_fail_errno(NB_EIO, "%s: cannot open the catalog",
				     path);
	nb_fd_close(&fd);
	return NB_OK;
}

static enum nb_err
check(struct nb_catalog *catalog)
{
	struct nb_sql sql = nb_sql_prepare(catalog, "pragma quick_check(1)");
	bool sound = nb_sql_row(&sql)
		&& !strcmp(nb_sql_get_text(&sql, 0), "ok");
	enum nb_err err = nb_sql_end(&sql);

	if (!err && !sound)
		err = nb_fail(NB_ECORRUPT, "%s: the catalog is damaged\nhint: "
			      "put back a copy of it; nothing is blanked "
			      "without it", catalog->path);
	return err;
}

static enum nb_err
prepare(struct nb_catalog *catalog)
{
	enum nb_err err;

	if (sqlite3_open_v2(catalog->path, &catalog->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW
			    | SQLITE_OPEN_FULLMUTEX, NULL) != SQLITE_OK)
		return nb_sql_fail(catalog);
	sqlite3_busy_timeout(catalog->db, BUSY_MS);
	err = nb_sql_run(catalog, "pragma journal_mode = wal;"
			 "pragma synchronous = full;"
			 "pragma foreign_keys = on");
	if (!err)
		err = check(catalog);
	if (!err)
		err = nb_schema_prepare(catalog);
	return err;
}

enum nb_err
nb_catalog_open(const char *path, struct nb_catalog **out)
{
	struct nb_catalog *catalog = calloc(1, sizeof *catalog);
	enum nb_err err;

	if (!catalog)
		return nb_fail_memory();
	err = nb_str_dup(path, &catalog->path);
	if (!err)
		err = touch(path);
	if (!err)
		err = prepare(catalog);
	if (err)
		nb_catalog_close(catalog);
	else
		*out = catalog;
	return err;
}

void
nb_catalog_close(struct nb_catalog *catalog)
{
	if (!catalog)
		return;
	sqlite3_close(catalog->db);
	free(catalog->path);
	free(catalog);
}

/* The disc of that name now, its newest generation that is still on it. */
static enum nb_err
load_disc(struct nb_catalog *catalog, const char *pool,
	  struct nb_pool_disc *disc)
{
	struct nb_sql sql = nb_sql_prepare(catalog,
		"select d.id, d.state, d.verified, b.generation, b.id "
		"from discs d "
		"left join sessions s on s.disc_id = d.id and not s.gone "
		"left join parts p on p.session_id = s.id "
		"left join backups b on b.id = p.backup_id "
		"where d.pool = ? and d.name = ? and d.named = 1 "
		"order by b.generation desc, s.number desc "
		"limit 1");

	nb_sql_text(&sql, pool);
	nb_sql_text(&sql, disc->name);
	if (nb_sql_row(&sql)) {
		const char *backup = nb_sql_get_text(&sql, 4);

		strncpy(disc->disc_id, nb_sql_get_text(&sql, 0), NB_ID_HEX);
		nb_disc_state_parse(nb_sql_get_text(&sql, 1), &disc->state);
		disc->verified = nb_sql_get_int(&sql, 2);
		disc->generation = (uint64_t)nb_sql_get_int(&sql, 3);
		if (backup)
			strncpy(disc->backup_id, backup, NB_BACKUP_ID_MAX);
	}
	return nb_sql_end(&sql);
}

enum nb_err
nb_catalog_pool(struct nb_catalog *catalog, const char *pool,
		const struct nb_names *names, struct nb_pool_view *view)
{
	enum nb_err err = NB_OK;

	memset(view, 0, sizeof *view);
	strncpy(view->name, pool, NB_NAME_MAX);
	for (size_t i = 0; !err && i < names->count; i++) {
		struct nb_pool_disc disc = { .state = NB_DISC_UNUSED };

		strncpy(disc.name, names->at[i], NB_NAME_MAX);
		err = load_disc(catalog, pool, &disc);
		if (!err)
			err = nb_array_push(&view->discs, disc);
		if (!err && disc.state == NB_DISC_GOOD
		    && disc.generation > view->generation)
			view->generation = disc.generation;
	}
	if (err)
		nb_pool_view_clear(view);
	return err;
}

static enum nb_err
one_number(struct nb_sql *sql, uint64_t *out)
{
	if (nb_sql_row(sql))
		*out = (uint64_t)nb_sql_get_int(sql, 0);
	return nb_sql_end(sql);
}

enum nb_err
nb_catalog_next_generation(struct nb_catalog *catalog, const char *pool,
			   uint64_t *generation)
{
	struct nb_sql sql = nb_sql_prepare(catalog,
		"select coalesce(max(generation), 0) + 1 from backups "
		"where pool = ?");

	*generation = 1;
	nb_sql_text(&sql, pool);
	return one_number(&sql, generation);
}

enum nb_err
nb_catalog_holds(struct nb_catalog *catalog, const char *backup_id,
		 bool *holds)
{
	struct nb_sql sql = nb_sql_prepare(catalog,
		"select 1 from parts p join sessions s on s.id = p.session_id "
		"where p.backup_id = ? and not s.gone");

	nb_sql_text(&sql, backup_id);
	*holds = nb_sql_row(&sql);
	return nb_sql_end(&sql);
}

enum nb_err
nb_catalog_last_size(struct nb_catalog *catalog, const char *job,
		     const char *kind, const char *name, uint64_t *stored)
{
	struct nb_sql sql = nb_sql_prepare(catalog,
		"select s.stored from sources s "
		"join backups b on b.id = s.backup_id "
		"where b.job = ? and s.kind = ? and s.name = ? "
		"order by b.generation desc, b.created desc limit 1");

	*stored = 0;
	nb_sql_text(&sql, job);
	nb_sql_text(&sql, kind);
	nb_sql_text(&sql, name);
	return one_number(&sql, stored);
}
