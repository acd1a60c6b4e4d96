/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/sqlite/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"

#define BUSY_MS 10000

static bool
takes(const char *path)
{
	(void)path;
	return true;
}

/* Creates the file with its mode before SQLite would.  *FIXED: it cannot be
 * written. */
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

/* PATH as a URI (RFC 3986) of a file that does not change: SQLite creates no
 * other files for it then. */
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
connect(struct nb_sqlite *sqlite)
{
	bool fixed = sqlite->store.fixed;
	int flags = SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_FULLMUTEX
		| (fixed ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
			 : SQLITE_OPEN_READWRITE);
	enum nb_err err;
	char *name;

	err = fixed ? fixed_name(sqlite->store.path, &name)
		    : nb_str_dup(sqlite->store.path, &name);
	if (err)
		return err;
	if (sqlite3_open_v2(name, &sqlite->db, flags, NULL) != SQLITE_OK)
		err = nb_sql_fail(sqlite);
	free(name);
	if (err)
		return err;
	sqlite3_busy_timeout(sqlite->db, BUSY_MS);
	return nb_sql_run(sqlite,
			  fixed ? "pragma foreign_keys = on"
				: "pragma journal_mode = wal;"
				  "pragma synchronous = full;"
				  "pragma foreign_keys = on");
}

static void
close_store(struct nb_catalog_store *store)
{
	struct nb_sqlite *sqlite = nb_sqlite_of(store);

	nb_sqlite_end_puts(sqlite);
	sqlite3_close(sqlite->db);
	free(store->path);
	free(sqlite);
}

static enum nb_err
open_store(const char *path, enum nb_catalog_mode mode,
	   struct nb_catalog_store **out)
{
	struct nb_sqlite *sqlite = calloc(1, sizeof *sqlite);
	enum nb_err err;

	if (!sqlite)
		return nb_fail_memory();
	sqlite->store.driver = &nb_catalog_sqlite;
	err = nb_str_dup(path, &sqlite->store.path);
	if (!err)
		err = touch(path, mode, &sqlite->store.fixed);
	if (!err)
		err = connect(sqlite);
	if (err && err != NB_ECORRUPT)
		close_store(&sqlite->store);
	else
		*out = &sqlite->store;
	return err;
}

static enum nb_err
begin(struct nb_catalog_store *store, bool writing)
{
	return nb_sql_run(nb_sqlite_of(store),
			  writing ? "begin immediate" : "begin");
}

static void
rollback(struct nb_catalog_store *store)
{
	sqlite3_exec(nb_sqlite_of(store)->db, "rollback", NULL, NULL, NULL);
}

static enum nb_err
commit(struct nb_catalog_store *store)
{
	enum nb_err err = nb_sql_run(nb_sqlite_of(store), "commit");

	if (err)
		rollback(store);
	return err;
}

/* Renames PATH with SUFFIX to ASIDE with SUFFIX, if it exists. */
static enum nb_err
move(const char *path, const char *aside, const char *suffix)
{
	char *from = NULL, *to = NULL;
	enum nb_err err;

	err = nb_str_format(&from, "%s%s", path, suffix);
	if (!err)
		err = nb_str_format(&to, "%s%s", aside, suffix);
	if (!err && rename(from, to) && errno != ENOENT)
		err = nb_fail_errno(NB_EIO, "%s: cannot rename", from);
	free(to);
	free(from);
	return err;
}

static enum nb_err
set_aside(const char *path)
{
	char *aside = NULL;
	enum nb_err err = NB_OK;
	int number = 0;

	do {
		free(aside);
		aside = NULL;
		err = nb_str_format(&aside, "%s.damaged-%d", path, ++number);
	} while (!err && !access(aside, F_OK));
	/* The file itself last: if this is interrupted, it is still a damaged
	 * or stale one. */
	if (!err)
		err = move(path, aside, "-wal");
	if (!err)
		err = move(path, aside, "-shm");
	if (!err)
		err = move(path, aside, "");
	if (!err)
		nb_log(NB_NOTE, "%s: the damaged catalog", aside);
	free(aside);
	return err;
}

const struct nb_catalog_driver nb_catalog_sqlite = {
	.name = "sqlite",
	.takes = takes,
	.open = open_store,
	.close = close_store,
	.set_aside = set_aside,
	.schema = nb_sqlite_schema,
	.upgrade = nb_sqlite_upgrade,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.check = nb_sqlite_check,
	.each = nb_sqlite_each,
	.put = nb_sqlite_put,
	.load_seal = nb_sqlite_load_seal,
	.save_seal = nb_sqlite_save_seal,
	.describe = nb_sqlite_describe,
	.native_sum = nb_sqlite_native_sum,
};
