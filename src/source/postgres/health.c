/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/health.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

/* Servers that have the functions under these names. */
#define IDENTIFIER_SINCE 90600
#define SINCE 100000
#define DAY (24 * 3600)

/* ---- asking ---- */

#define SETTINGS "('zero_damaged_pages', 'ignore_checksum_failure')"

/* What is in force for this connection. */
static const char damaged_here[] =
	"SELECT 'damaged', name FROM pg_settings WHERE name IN " SETTINGS
	" AND setting = 'on'";

/* And what will be for others of this user, by ALTER DATABASE or ROLE. */
static const char damaged_elsewhere[] =
	" UNION ALL SELECT 'damaged', split_part(c, '=', 1)"
	" FROM pg_db_role_setting s, unnest(s.setconfig) c"
	" WHERE split_part(c, '=', 1) IN " SETTINGS
	" AND lower(split_part(c, '=', 2)) IN ('on', 'true', 'yes', '1')"
	" AND s.setrole IN (0, (SELECT oid FROM pg_roles"
	" WHERE rolname = current_user))";

/* A standby that has replayed all that it receives is up to date, however long
 * ago that was. */
static const char behind[] =
	" UNION ALL SELECT 'behind', floor(extract(epoch FROM now() - "
	"coalesce(pg_last_xact_replay_timestamp(), "
	"pg_postmaster_start_time())))::bigint::text"
	" WHERE pg_is_in_recovery() AND NOT (EXISTS "
	"(SELECT FROM pg_stat_wal_receiver)"
	" AND pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn())";

void
nb_pg_ask_aside(PGconn *conn, bool all, PGresult **rows)
{
	struct nb_str sql = NB_STR_INIT;

	if (PQserverVersion(conn) >= IDENTIFIER_SINCE)
		rows[0] = PQexec(conn,
				 "SELECT system_identifier FROM "
				 "pg_control_system()");
	if (PQserverVersion(conn) < SINCE)
		return;
	nb_str_addf(&sql, "%s%s%s", damaged_here, all ? damaged_elsewhere : "",
		    behind);
	rows[1] = sql.failed ? NULL : PQexec(conn, sql.text);
	nb_str_free(&sql);
}

enum nb_err
nb_pg_take_health(struct nb_pg_server *server, const char *const *row)
{
	if (!strcmp(row[0], "behind"))
		server->behind = strtoll(row[1], NULL, 10);
	else if (!server->damaged)
		return nb_str_dup(row[1], &server->damaged);
	return NB_OK;
}

/* ---- what follows ---- */

enum nb_err
nb_pg_refuse_damaged(const struct nb_config_source *source,
		     const struct nb_pg_server *server)
{
	if (!server->damaged)
		return NB_OK;
	return nb_fail(NB_ESOURCE,
		       "postgres %s: the server has %s = on: rows on damaged "
		       "pages are left out of a dump, or are wrong, without an "
		       "error\nhint: switch it off (ALTER SYSTEM, DATABASE or "
		       "ROLE ... RESET %s, then SELECT pg_reload_conf()), and "
		       "restart the server, which may have such pages in its "
		       "memory",
		       source->name, server->damaged, server->damaged);
}

/* The first record of a source tells it for all. */
static bool
is_first(const struct nb_pg_server *server,
	 const struct nb_manifest_source *record)
{
	for (size_t i = 0; i < server->databases.count; i++)
		if (!*server->databases.at[i].left_out)
			return !strcmp(server->databases.at[i].name,
				       record->database);
	return true;
}

enum nb_err
nb_pg_note_behind(const struct nb_config_source *source,
		  const struct nb_pg_server *server,
		  struct nb_manifest_source *record)
{
	int64_t limit = nb_pg_options(source)->max_behind;
	char date[NB_CLOCK_TEXT], counted[48];

	if (!limit || server->behind <= limit)
		return NB_OK;
	nb_clock_text(nb_clock_date() - server->behind, date);
	if (server->behind >= 2 * DAY)
		snprintf(counted, sizeof counted, "%" PRId64 " days",
			 server->behind / DAY);
	else
		snprintf(counted, sizeof counted, "%" PRId64 " minutes",
			 server->behind / 60);
	if (is_first(server, record))
		nb_log(NB_ERROR,
		       "postgres %s: the server is a standby that has got "
		       "nothing new for %s, since %s\n"
		       "hint: find out why its replication or its replay has "
		       "stopped, or dump the primary; max_behind is for one "
		       "that may be behind",
		       source->name, counted, date);
	return nb_manifest_source_note(record, NB_NOTE_BEHIND, date,
				       (uint64_t)server->behind);
}
