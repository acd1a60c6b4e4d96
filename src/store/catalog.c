/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/catalog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/str.h"
#include "store/sql.h"

#define BUSY_MS 10000

/* Makes the file with its mode before SQLite would.  *FIXED when nothing can
 * be written where it is. */
static enum nb_err
touch(const char *path, enum nb_catalog_mode mode, bool *fixed)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	*fixed = fd < 0 && errno == EROFS && mode != NB_CATALOG_WORK;
	if (fd < 0 && !*fixed)
		return nb_fail_errno(NB_EIO, "%s: cannot open the catalog",
				     path);
	nb_fd_close(&fd);
	return NB_OK;
}

/* PATH as a URI (RFC 3986) of a file that does not change: SQLite makes no
 * files beside it then. */
static enum nb_err
fixed_name(const char *path, char **out)
{
	struct nb_str s = NB_STR_INIT;

	nb_str_add(&s, "file:");
	for (const char *p = path; *p; p++)
		if (strchr("%?#", *p))
			nb_str_addf(&s, "%%%02X", (unsigned char)*p);
		else
			nb_str_add_bytes(&s, p, 1);
	nb_str_add(&s, "?immutable=1");
	return nb_str_take(&s, out);
}

static enum nb_err
connect(struct nb_catalog *catalog, bool fixed)
{
	int flags = SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_FULLMUTEX
		| (fixed ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
			 : SQLITE_OPEN_READWRITE);
	enum nb_err err;
	char *name;

	err = fixed ? fixed_name(catalog->path, &name)
		    : nb_str_dup(catalog->path, &name);
	if (err)
		return err;
	if (sqlite3_open_v2(name, &catalog->db, flags, NULL) != SQLITE_OK)
		err = nb_sql_fail(catalog);
	free(name);
	if (err)
		return err;
	sqlite3_busy_timeout(catalog->db, BUSY_MS);
	return nb_sql_run(catalog,
			  fixed ? "pragma foreign_keys = on"
				: "pragma journal_mode = wal;"
				  "pragma synchronous = full;"
				  "pragma foreign_keys = on");
}

static enum nb_err
load_marks(struct nb_catalog *catalog)
{
	enum nb_err err = nb_marks_load(catalog->dir, &catalog->marks);

	catalog->mark_damaged = err == NB_ECORRUPT;
	return err == NB_ENOTFOUND || err == NB_ECORRUPT ? NB_OK : err;
}

static enum nb_err
prepare(struct nb_catalog *catalog, enum nb_catalog_mode mode)
{
	enum nb_err err;
	bool fixed;

	catalog->working = mode == NB_CATALOG_WORK;
	err = touch(catalog->path, mode, &fixed);
	if (!err)
		err = connect(catalog, fixed);
	if (!err)
		err = nb_schema_prepare(catalog);
	if (!err)
		err = nb_catalog_check(catalog, mode != NB_CATALOG_LIST);
	if (err == NB_ECORRUPT && mode >= NB_CATALOG_QUERY) {
		catalog->tolerant = true;
		err = NB_OK;
	}
	if (!err && mode < NB_CATALOG_QUERY)
		err = load_marks(catalog);
	if (!err && mode == NB_CATALOG_WORK)
		err = nb_catalog_mark(catalog);
	return err;
}

static enum nb_err
directory_of(const char *path, char **out)
{
	const char *slash = strrchr(path, '/');

	return slash ? nb_str_format(out, "%.*s", (int)(slash - path), path)
		     : nb_str_dup(".", out);
}

enum nb_err
nb_catalog_open(const char *path, enum nb_catalog_mode mode,
		struct nb_catalog **out)
{
	struct nb_catalog *catalog = calloc(1, sizeof *catalog);
	enum nb_err err;

	if (!catalog)
		return nb_fail_memory();
	err = nb_str_dup(path, &catalog->path);
	if (!err)
		err = directory_of(path, &catalog->dir);
	if (!err)
		err = prepare(catalog, mode);
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
	nb_array_free(&catalog->marks);
	free(catalog->path);
	free(catalog->dir);
	free(catalog);
}

/* The disc of that name now, its newest generation that is still on it. */
static enum nb_err
load_disc(struct nb_catalog *catalog, const char *pool,
	  struct nb_pool_disc *disc)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
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
	struct nb_reach reach;
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
	if (!err)
		err = nb_catalog_reach(catalog, pool, &reach);
	if (err)
		nb_pool_view_clear(view);
	else
		view->behind = reach.behind;
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
	struct nb_reach reach;
	enum nb_err err = nb_catalog_reach(catalog, pool, &reach);

	if (err)
		return err;
	*generation =
		1 + (reach.known > reach.marked ? reach.known : reach.marked);
	return NB_OK;
}

enum nb_err
nb_catalog_holds(struct nb_catalog *catalog, const char *backup_id,
		 const char *disc_id, bool *holds)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"select 1 from parts p join sessions s on s.id = p.session_id "
		"where p.backup_id = ?1 and not s.gone "
		"and s.disc_id = coalesce(?2, s.disc_id)");

	nb_sql_text(&sql, backup_id);
	nb_sql_text(&sql, disc_id);
	*holds = nb_sql_row(&sql);
	return nb_sql_end(&sql);
}

enum nb_err
nb_catalog_last_size(struct nb_catalog *catalog, const char *job,
		     const char *kind, const char *name, uint64_t *stored)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
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
