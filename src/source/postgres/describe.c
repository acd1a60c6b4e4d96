/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/describe.h"

#include <string.h>

#include "model/record/disc_readme.h"

const char nb_pg_readme[] =
	"  <backup>/postgres/       dumps of PostgreSQL databases\n";

const char nb_pg_how_to[] =
	"   globals.sql  roles and tablespaces, first of all:\n"
	"                psql -d postgres -f globals.sql\n"
	"   .dump        PostgreSQL's custom format:\n"
	"                createdb -T template0 NAME; pg_restore -d NAME FILE\n"
	"   .sql         SQL text: psql -d NAME -f FILE\n"
	"   directory    PostgreSQL's directory format: pg_restore -d NAME "
	"DIRECTORY\n"
	"   .zst         compressed (RFC 8878): zstd -dc FILE, then as above\n"
	"   .gz          compressed (RFC 1952): gzip -dc FILE, then as above\n";

/* The script decompresses what we compressed; pg_restore reads its own. */
static const char *
packing(const struct nb_manifest_source *record)
{
	if (!record->compression)
		return "none";
	if (!strcmp(record->compression, "gzip") && record->format
	    && !strcmp(record->format, "plain"))
		return "gzip-file";
	return record->compression;
}

void
nb_pg_add_item(struct nb_str *script, const char *backup_id,
	       const struct nb_manifest_source *record)
{
	bool globals = !record->database && record->format
		&& !strcmp(record->format, "globals");

	if (globals)
		nb_disc_item(script, "globals",
			     (const char *const[]){ backup_id, record->name,
						    record->path,
						    packing(record) },
			     4);
	else
		nb_disc_item(
			script, "dump",
			(const char *const[]){ backup_id, record->name,
					       record->database, record->format,
					       packing(record), record->path },
			6);
}
