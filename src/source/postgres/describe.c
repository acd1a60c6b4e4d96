/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/describe.h"

#include <stdlib.h>

#include "model/record/disc_readme.h"
#include "source/postgres/format.h"
#include "source/postgres/objects.h"
#include "source/postgres/property/property.h"

const char nb_pg_readme[] =
	"  <backup>/postgres/       dumps of PostgreSQL databases\n";

const char nb_pg_how_to[] =
	"   globals.sql  roles and tablespaces, first of all:\n"
	"                psql -d postgres -f globals.sql\n"
	"   +create.sql  creates the database of a dump as it was, before the "
	"dump:\n"
	"                psql -d postgres -v db=NAME -f FILE\n"
	"                If there is none: createdb -T template0 NAME\n"
	"   .dump        PostgreSQL's custom format: pg_restore -d NAME FILE\n"
	"   .sql         SQL text: psql -d NAME -f FILE\n"
	"   directory    PostgreSQL's directory format: pg_restore -d NAME "
	"DIRECTORY\n"
	"   +settings.sql  the settings of the database, after its dump:\n"
	"                psql -d NAME -f FILE\n"
	"   .zst         compressed (RFC 8878): zstd -dc FILE, then as above\n"
	"   .gz          compressed (RFC 1952): gzip -dc FILE, then as above\n";

const struct nb_disc_part nb_pg_parts[] = {
	{ "SERVER_NAMES", "PGHOST, PGPORT and PGUSER" },
	{ "SERVER_VARIABLES",
	  "PGHOST, PGPORT, PGUSER and the other PG* variables" },
	{ "PROGRAMS_AS_USER",
	  "PostgreSQL's programs as USER, such as postgres" },
	{ "GLOBALS", "roles and tablespaces" },
	{ "OBJECTS", nb_pg_objects_query },
	{ "EXTENSIONS", nb_pg_template_query },
#include "postgres_sh.h"
	{ NULL, NULL },
};

/* The script decompresses what we compressed; pg_restore reads its own formats
 * itself. */
static const char *
packing(const struct nb_manifest_source *record)
{
	const struct nb_pg_format *format = nb_pg_format_recorded(record);

	if (format && format->packing)
		return format->packing;
	return record->compression ? record->compression : "none";
}

/* The path of a script of RECORD into *OUT; "" if there is none, because an
 * earlier version wrote the dump. */
static enum nb_err
script_path(const struct nb_manifest_source *record, const char *ending,
	    char **out)
{
	return record->properties.count
		? nb_str_format(out, "%s%s", record->path, ending)
		: nb_str_dup("", out);
}

static void
add_dump(struct nb_str *script, const char *backup_id,
	 const struct nb_manifest_source *record)
{
	char *create = NULL, *settings = NULL;

	if (script_path(record, NB_PG_CREATE_ENDING, &create)
	    || script_path(record, NB_PG_SETTINGS_ENDING, &settings))
		script->failed = true;
	else
		nb_disc_item(script, "dump",
			     (const char *const[]){
				     backup_id, record->name, record->database,
				     record->format, packing(record),
				     record->path, create, settings },
			     8);
	free(create);
	free(settings);
}

void
nb_pg_add_item(struct nb_str *script, const char *backup_id,
	       const struct nb_manifest_source *record)
{
	const struct nb_pg_format *format = nb_pg_format_named(record->format);

	if (!record->database && format && format->globals)
		nb_disc_item(script, "globals",
			     (const char *const[]){ backup_id, record->name,
						    record->path,
						    packing(record) },
			     4);
	else
		add_dump(script, backup_id, record);
}
