/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/sqlite/sqlite.h"

#include <errno.h>

#include "base/fd.h"

enum nb_err
nb_sql_fail(struct nb_sqlite *sqlite)
{
	int reason = sqlite3_system_errno(sqlite->db);
	enum nb_err err = NB_EIO;

	switch (sqlite3_errcode(sqlite->db) & 0xff) {
	case SQLITE_NOMEM:
		err = NB_ENOMEM;
		break;
	case SQLITE_FULL:
		err = NB_EFULL;
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		err = NB_ELOCKED;
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* our statements fit our tables */
	case SQLITE_FORMAT:
		return nb_catalog_damaged(&sqlite->store,
					  sqlite3_errmsg(sqlite->db));
	}
	if (reason && (err == NB_EFULL || err == NB_EIO)) {
		errno = reason;
		return nb_fail_errno(nb_fd_write_error(), "%s: %s",
				     sqlite->store.path,
				     sqlite3_errmsg(sqlite->db));
	}
	return nb_fail(err, "%s: %s%s", sqlite->store.path,
		       sqlite3_errmsg(sqlite->db),
		       err == NB_EIO ? "\nhint: check its file system, and the "
				       "file size limit (ulimit -f)"
				     : "");
}

enum nb_err
nb_sql_run(struct nb_sqlite *sqlite, const char *text)
{
	return sqlite3_exec(sqlite->db, text, NULL, NULL, NULL) == SQLITE_OK
		? NB_OK
		: nb_sql_fail(sqlite);
}

struct nb_sql
nb_sql_prepare(struct nb_sqlite *sqlite, const char *text)
{
	struct nb_sql sql = { .sqlite = sqlite, .next = 1 };

	if (sqlite3_prepare_v2(sqlite->db, text, -1, &sql.stmt, NULL)
	    != SQLITE_OK)
		sql.err = nb_sql_fail(sqlite);
	return sql;
}

static void
bound(struct nb_sql *sql, int result)
{
	if (result != SQLITE_OK)
		sql->err = nb_sql_fail(sql->sqlite);
}

void
nb_sql_text(struct nb_sql *sql, const char *text)
{
	if (!sql->err)
		bound(sql,
		      sqlite3_bind_text(sql->stmt, sql->next++, text, -1,
					SQLITE_STATIC));
}

void
nb_sql_blob(struct nb_sql *sql, const void *bytes, size_t n)
{
	if (!sql->err)
		bound(sql,
		      sqlite3_bind_blob64(sql->stmt, sql->next++, bytes, n,
					  SQLITE_STATIC));
}

void
nb_sql_int(struct nb_sql *sql, int64_t value)
{
	if (!sql->err)
		bound(sql, sqlite3_bind_int64(sql->stmt, sql->next++, value));
}

bool
nb_sql_row(struct nb_sql *sql)
{
	int result;

	if (sql->err)
		return false;
	result = sqlite3_step(sql->stmt);
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		sql->err = nb_sql_fail(sql->sqlite);
	return result == SQLITE_ROW;
}

const char *
nb_sql_get_text(struct nb_sql *sql, int column)
{
	const unsigned char *text = sqlite3_column_text(sql->stmt, column);

	if (text || sqlite3_errcode(sql->sqlite->db) != SQLITE_NOMEM)
		return (const char *)text;
	if (!sql->err)
		sql->err = nb_sql_fail(sql->sqlite);
	return "";
}

const char *
nb_sql_get_must(struct nb_sql *sql, int column)
{
	const char *text = nb_sql_get_text(sql, column);

	return text ? text : "";
}

struct nb_bytes
nb_sql_get_bytes(struct nb_sql *sql, int column)
{
	struct nb_bytes bytes = { NULL, 0 };

	if (sqlite3_column_type(sql->stmt, column) == SQLITE_NULL)
		return bytes;
	bytes.at = sqlite3_column_blob(sql->stmt, column);
	bytes.size = (size_t)sqlite3_column_bytes(sql->stmt, column);
	if (bytes.at)
		return bytes;
	if (bytes.size && !sql->err)
		sql->err = nb_sql_fail(sql->sqlite);
	return (struct nb_bytes){ "", 0 };
}

int64_t
nb_sql_get_int(struct nb_sql *sql, int column)
{
	return sqlite3_column_int64(sql->stmt, column);
}

enum nb_err
nb_sql_again(struct nb_sql *sql)
{
	while (nb_sql_row(sql))
		;
	if (sql->stmt)
		sqlite3_reset(sql->stmt);
	sql->next = 1;
	return sql->err;
}

enum nb_err
nb_sql_end(struct nb_sql *sql)
{
	sqlite3_finalize(sql->stmt);
	sql->stmt = NULL;
	return sql->err;
}
