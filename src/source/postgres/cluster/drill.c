/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/cluster/cluster.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "source/postgres/subscription.h"

#define SERVER_ROOM ((uint64_t)400 << 20) /* an empty one, with its WAL */

static uint64_t
room(const struct nb_manifest_source *record)
{
	const char *size = nb_properties_get(&record->counts, "size");
	uint64_t bytes = size ? strtoull(size, NULL, 10) : 4 * record->bytes;

	/* A dump in directory format is copied first, and building an index
	 * needs files to sort. */
	if (!record->database)
		return SERVER_ROOM;
	return SERVER_ROOM + bytes + bytes / 4 + record->stored;
}

static bool
selects(const struct nb_manifest_source *record)
{
	const struct nb_pg_format *format = nb_pg_format_named(record->format);

	return format && format->reader == NB_PG_RESTORE;
}

/* Those of the record that this server does not have. */
static enum nb_err
check_extensions(const struct nb_drill_server *server,
		 const struct nb_manifest_source *record)
{
	const struct nb_pg_client client = nb_pg_cluster_client(server);
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < record->counts.count; i++) {
		const struct nb_property *p = &record->counts.at[i];
		char *name = NULL, *sql = NULL, *answer = NULL;
		bool ok = false;

		if (strcmp(p->what, "extension") != 0)
			continue;
		err = nb_pg_quote(p->name, '\'', &name);
		if (!err)
			err = nb_str_format(&sql,
					    "select count(*) from "
					    "pg_catalog.pg_available_extensions"
					    " where name = %s",
					    name);
		if (!err)
			err = nb_pg_client_run(&client, "postgres", sql, false,
					       &ok, &answer);
		if (!err && ok && answer && !strcmp(answer, "0\n"))
			err = nb_fail(NB_EFAIL,
				      "postgres %s: it needs the extension %s "
				      "%s, which this machine does not have\n"
				      "hint: install it, or drill on another "
				      "host",
				      record->name, p->name, p->value);
		free(name);
		free(sql);
		free(answer);
	}
	return err;
}

/* initdb created two databases, of which one is needed. */
static enum nb_err
prepare(const struct nb_drill_server *server,
	const struct nb_manifest_source *record, char **into)
{
	const char *name = record->database;
	bool taken = !strcmp(name, "postgres") || !strcmp(name, "template0")
		|| !strcmp(name, "template1");
	enum nb_err err = check_extensions(server, record);

	return err ? err
		   : nb_str_format(into, "%s%s", name, taken ? "_drill" : "");
}

static enum nb_err
drop(const struct nb_drill_server *server, const char *into)
{
	const struct nb_pg_client client = nb_pg_cluster_client(server);
	char *name = NULL, *sql[2] = { NULL, NULL };
	bool ok = true;
	enum nb_err err = nb_pg_subscriptions_drop(&client, into, &ok);

	if (!err)
		err = nb_pg_quote(into, '"', &name);
	if (!err)
		err = nb_str_format(
			&sql[0], "alter database %s is_template false", name);
	if (!err)
		err = nb_str_format(&sql[1], "drop database %s", name);
	for (int i = 0; !err && ok && i < 2; i++)
		err = nb_pg_client_run(&client, "postgres", sql[i], false, &ok,
				       NULL);
	free(name);
	free(sql[0]);
	free(sql[1]);
	return err || ok ? err : NB_EFAIL;
}

const struct nb_source_drill nb_pg_drill = {
	.room = room,
	.start = nb_pg_cluster_start,
	.halt = nb_pg_cluster_halt,
	.clear = nb_pg_cluster_clear,
	.globals = nb_pg_cluster_globals,
	.selects = selects,
	.prepare = prepare,
	.compare = nb_pg_cluster_compare,
	.drop = drop,
};
