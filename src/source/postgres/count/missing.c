/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "source/postgres/count/count.h"

#define MAX_WARNINGS 10

static const char extension[] = "extension ";

static void
warn(const char *source, const struct nb_property *p)
{
	if (!strcmp(p->value, "prepared"))
		nb_log(NB_WARNING,
		       "postgres %s: what the prepared transaction %s did is "
		       "not in the dump",
		       source, p->name);
	else if (!strncmp(p->value, extension, strlen(extension)))
		nb_log(NB_WARNING,
		       "postgres %s: the rows of table %s.%s are not in the "
		       "dump: it belongs to extension %s",
		       source, p->role, p->name, p->value + strlen(extension));
	else
		nb_log(NB_WARNING,
		       "postgres %s: the rows of table %s.%s are not in the "
		       "dump: it is unlogged, and the server is a standby",
		       source, p->role, p->name);
}

static enum nb_err
note(struct nb_manifest_source *record, const struct nb_property *p)
{
	bool table = strcmp(p->value, "prepared") != 0;
	char *path = NULL;
	enum nb_err err = nb_str_format(&path, "%s%s%s", p->role,
					table ? "." : "", p->name);

	if (!err)
		err = nb_manifest_source_note(
			record, table ? NB_NOTE_ROWS : NB_NOTE_PREPARED, path,
			0);
	free(path);
	return err;
}

enum nb_err
nb_pg_take_missing(struct nb_manifest_source *record)
{
	struct nb_properties kept = NB_ARRAY_INIT;
	size_t found = 0;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < record->counts.count; i++) {
		const struct nb_property *p = &record->counts.at[i];

		if (strcmp(p->what, NB_PG_MISSING) != 0) {
			err = nb_properties_add(&kept, p);
			continue;
		}
		if (found++ < MAX_WARNINGS)
			warn(record->name, p);
		err = note(record, p);
	}
	if (found > MAX_WARNINGS)
		nb_log(NB_WARNING, "postgres %s: ... and %zu more",
		       record->name, found - MAX_WARNINGS);
	nb_properties_clear(&record->counts);
	record->counts = kept;
	return err;
}
