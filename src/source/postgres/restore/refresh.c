/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A materialized view that a restore could not fill. */
#include <string.h>

#include "base/str.h"
#include "source/postgres/restore/load.h"

static void
add_user(struct nb_str *s, const struct nb_pg_load *load)
{
	if (load->what->run_as)
		nb_str_addf(s, "runuser -u %s -- ", load->what->run_as);
}

/* A dump in text cannot be restored in parts. */
static enum nb_err
add_createdb(struct nb_str *s, const struct nb_pg_load *load)
{
	struct nb_pg_conninfo via = { .text = NULL };
	enum nb_err err = nb_pg_conninfo_given(load->what->conninfo, "postgres",
					       "", &via);

	nb_str_add(s, "all but its rows and the properties of the database: ");
	add_user(s, load);
	if (!err)
		nb_str_addf(s,
			    "createdb -T template0 --maintenance-db=\"%s\" "
			    "\"%s\"; ",
			    via.text, load->what->into);
	nb_pg_conninfo_clear(&via);
	return err;
}

/* The program goes on after an error then. */
static enum nb_err
add_load(struct nb_str *s, const struct nb_pg_load *load)
{
	const struct nb_manifest_source *record = load->what->record;
	bool archive = load->format->reader == NB_PG_RESTORE;
	struct nb_pg_conninfo to = { .text = NULL };
	enum nb_err err = nb_pg_conninfo_given(load->what->conninfo,
					       load->what->into, "", &to);

	nb_str_addf(s, "nightburn restore %s --source %s%s",
		    load->format->directory ? "--to DIR" : "--stdout",
		    record->name, load->format->directory ? "; " : " | ");
	if (load->format->directory && load->what->run_as)
		nb_str_addf(s, "chown -R %s DIR; ", load->what->run_as);
	add_user(s, load);
	nb_str_addf(
		s, "%s%s -d \"%s\"", nb_pg_program_name(load->format->reader),
		archive ? " --section=post-data" : " -X", err ? "" : to.text);
	if (load->format->directory)
		nb_str_addf(s, " DIR/%s", record->path);
	nb_pg_conninfo_clear(&to);
	return err;
}

enum nb_err
nb_pg_refresh_hint(const struct nb_pg_load *load, const char *errors,
		   char **out)
{
	struct nb_str s = NB_STR_INIT;
	enum nb_err err = NB_OK;

	*out = NULL;
	if (!errors || !strstr(errors, "REFRESH MATERIALIZED VIEW "))
		return NB_OK;
	if (load->format->reader == NB_PG_RESTORE)
		nb_str_add(&s,
			   "all but its rows: --section pre-data, then "
			   "--section data, then ");
	else
		err = add_createdb(&s, load);
	if (!err)
		err = add_load(&s, load);
	if (!err)
		return nb_str_take(&s, out);
	nb_str_free(&s);
	return err;
}
