/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/restore/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/proc.h"
#include "base/str.h"
#include "source/drill.h"
#include "source/postgres/format.h"
#include "source/postgres/property/property.h"
#include "source/postgres/restore/load.h"
#include "source/postgres/subscription.h"

/* A failure that may be expected (no such database) is only reported by *OK. */
static enum nb_err
query(const struct nb_pg_restoring *r, const char *database, const char *sql,
      bool *ok, char **out)
{
	return nb_pg_client_run(&r->client, database, sql, false, ok, out);
}

static enum nb_err
create_plain(const struct nb_pg_restoring *r)
{
	char *name = NULL, *sql = NULL;
	bool ok = false;
	enum nb_err err = nb_pg_quote(r->what->into, '"', &name);

	if (!err)
		err = nb_str_format(
			&sql, "create database %s template template0", name);
	if (!err)
		err = nb_pg_client_run(&r->client, "postgres", sql, false, &ok,
				       NULL);
	if (!err && !ok)
		err = NB_EFAIL;
	free(name);
	free(sql);
	return err;
}

static enum nb_err
make_count(const char *name, char **sql)
{
	char *literal = NULL;
	enum nb_err err = nb_pg_quote(name, '\'', &literal);

	if (!err)
		err = nb_str_format(sql,
				    "set standard_conforming_strings = on; "
				    "select count(*) from "
				    "pg_catalog.pg_database where datname = %s",
				    literal);
	free(literal);
	return err;
}

enum nb_err
nb_pg_exists(const struct nb_pg_restoring *r, const char *name, bool *exists)
{
	char *sql = NULL, *answer = NULL;
	enum nb_err err = make_count(name, &sql);

	if (!err)
		err = nb_pg_client_ask(&r->client, "postgres", sql, &answer);
	*exists = !err && strcmp(answer, "0\n") != 0;
	free(sql);
	free(answer);
	return err;
}

/* Logs why the database, which exists, cannot be connected to. */
static enum nb_err
tell_unconnectable(const struct nb_pg_restoring *r)
{
	bool ok = false;
	enum nb_err err = nb_pg_client_run(&r->client, r->what->into,
					   "select 1", false, &ok, NULL);

	return err ? err : NB_EFAIL;
}

/* Runs one of the scripts for the properties of the database. */
static enum nb_err
run_script(const struct nb_pg_restoring *r, const char *database,
	   enum nb_err (*make)(const struct nb_properties *list, char **text),
	   struct nb_names *lines)
{
	struct nb_pg_script script = { .object = r->what->into,
				       .psql = r->client.psql,
				       .environ_add =
					       r->client.server.environ_add,
				       .run_as = r->what->run_as,
				       .db = r->what->into };
	struct nb_properties wanted = NB_ARRAY_INIT;
	char *text = NULL, *target = NULL;
	enum nb_err err = nb_pg_load_properties(
		r->what->load, &r->what->record->properties, &wanted);

	if (!err)
		err = make(&wanted, &text);
	if (!err)
		err = nb_pg_client_target(&r->client, database, &target);
	script.text = text;
	script.target = target;
	if (!err)
		err = nb_pg_run_script(&script, lines);
	nb_pg_load_differences(r->what->load, lines);
	nb_array_free(&wanted);
	free(text);
	free(target);
	return err;
}

/* A database that was created with another locale is reported at the end. */
static enum nb_err
create_database(const struct nb_pg_restoring *r, bool exists)
{
	struct nb_names lines = NB_ARRAY_INIT;
	char *output = NULL;
	enum nb_err err;
	bool created = true;

	if (!r->what->record->properties.count)
		return exists ? NB_OK : create_plain(r);
	err = run_script(r, "postgres", nb_pg_create_script, &lines);
	if (!err && !exists)
		err = query(r, r->what->into, "select 1", &created, &output);
	if (!err && !created)
		err = nb_fail(NB_EFAIL, "%s: cannot create the database",
			      r->what->into);
	if (!err && exists && lines.count)
		err = nb_fail(NB_EWRONG,
			      "%s: the database exists, but its %s\n"
			      "hint: drop it, then restore creates it as it "
			      "was",
			      r->what->into, lines.at[0]);
	nb_names_free(&lines);
	free(output);
	return err;
}

/* Creates the database if it is missing, and refuses one that has something
 * already. */
static enum nb_err
prepare_database(struct nb_pg_restoring *r)
{
	bool ok = false, exists = true;
	enum nb_err err = nb_pg_check_target(r, &ok);

	if (!err && !ok)
		err = nb_pg_exists(r, r->what->into, &exists);
	if (!err && !ok && exists)
		err = tell_unconnectable(r);
	if (!err)
		err = create_database(r, exists);
	r->created = !exists && !err;
	return err;
}

static enum nb_err
differs(const struct nb_pg_restoring *r)
{
	if (r->replaces)
		return nb_fail(NB_EWRONG,
			       "%s: does not replace %s, because its "
			       "properties differ from the original ones\n"
			       "hint: create what is missing here "
			       "(--with-globals: roles and tablespaces)",
			       r->what->into, r->replaces);
	return nb_fail(NB_EWRONG,
		       "%s: its data is restored, but the database is "
		       "not as it was\n"
		       "hint: create what is missing here (--with-globals: "
		       "roles and tablespaces), drop it, restore it again",
		       r->what->into);
}

/* After the dump: what it does not contain.  NB_EWRONG: the data was restored,
 * but something differs from the original. */
static enum nb_err
apply_settings(const struct nb_pg_restoring *r)
{
	struct nb_names lines = NB_ARRAY_INIT;
	enum nb_err err = NB_OK;

	if (!r->what->record->properties.count)
		return nb_pg_unmark(r);
	err = run_script(r, r->what->into, nb_pg_settings_script, &lines);
	for (size_t i = 0; !err && i < lines.count; i++)
		nb_log(NB_WARNING, "%s: %s", r->what->into, lines.at[i]);
	if (!err && lines.count)
		err = differs(r);
	nb_names_free(&lines);
	return err;
}

/* NB_EWRONG, logged: it was loaded, but does not have what was counted. */
static enum nb_err
compare(const struct nb_pg_restoring *r)
{
	const struct nb_source_restore *what = r->what;
	const struct nb_restore_options *load = what->load;
	const struct nb_drill_server server = {
		.conninfo = (char *)(uintptr_t)what->conninfo,
		.run_as = (char *)(uintptr_t)what->run_as,
		.tick = what->tick,
		.ctx = what->tick_ctx,
	};
	struct nb_drill_count count = { .differences = 0 };
	enum nb_err err;

	if (!what->compare || !what->record->counts.count || load->table_count
	    || load->schema_count || load->section)
		return NB_OK;
	err = nb_source_postgres.drill->compare(&server, what->record,
						what->into, &count);
	if (err || !count.differences)
		return err;
	return r->replaces
		? nb_fail(NB_EWRONG,
			  "%s: does not replace %s, because it does not have "
			  "what was counted when it was dumped",
			  what->into, r->replaces)
		: nb_fail(NB_EWRONG,
			  "%s: is restored, but does not have what was counted "
			  "when it was dumped",
			  what->into);
}

/* The connection to the database, with the password separated. */
static enum nb_err
load(struct nb_pg_restoring *r)
{
	struct nb_pg_conninfo server = { .text = NULL };
	const struct nb_pg_load load = { .what = r->what,
					 .format = r->format,
					 .reader = r->reader,
					 .server = &server,
					 .at_once = !r->created };
	enum nb_err err = nb_pg_conninfo_given(r->what->conninfo, r->what->into,
					       r->client.options, &server);

	if (!err)
		err = nb_pg_load_run(&load, &r->in_parts);
	nb_pg_conninfo_clear(&server);
	return err;
}

enum nb_err
nb_pg_drop(const struct nb_pg_restoring *r, const char *name, bool *done)
{
	char *quoted = NULL, *free_it = NULL, *drop = NULL, *output = NULL;
	bool ok = false;
	enum nb_err err = nb_pg_quote(name, '"', &quoted);

	if (!err)
		err = nb_str_format(&free_it,
				    "alter database %s is_template false",
				    quoted);
	if (!err)
		err = nb_str_format(&drop, "drop database %s with (force)",
				    quoted);
	/* If one of these fails, so does the last, which is logged. */
	if (!err)
		err = nb_pg_subscriptions_drop(&r->client, name, &ok);
	if (!err)
		err = nb_pg_client_run(&r->client, "postgres", free_it, true,
				       &ok, &output);
	if (!err)
		err = nb_pg_client_run(&r->client, "postgres", drop, true, done,
				       NULL);
	free(quoted);
	free(free_it);
	free(drop);
	free(output);
	return err;
}

/* Removes it, so that a second attempt works. */
static void
remove_created(const struct nb_pg_restoring *r)
{
	bool done = false;
	enum nb_err err = nb_pg_drop(r, r->what->into, &done);

	if (!err && done)
		nb_log(NB_NOTE,
		       "%s: the database that was created for this restore is "
		       "removed again; --keep leaves it",
		       r->what->into);
	else
		nb_log(NB_WARNING,
		       "%s: the database is incomplete, and could not be "
		       "removed\nhint: drop it",
		       r->what->into);
}

/* Reports what a failed restore left. */
static void
tidy(const struct nb_pg_restoring *r)
{
	bool parts =
		r->what->load->keep || r->what->load->jobs > 1 || r->in_parts;

	if (r->created && !r->what->load->keep)
		remove_created(r);
	else if (r->created || (r->touched && parts))
		nb_log(NB_WARNING,
		       "%s: the database is incomplete\nhint: drop it",
		       r->what->into);
	else
		nb_pg_unmark(r);
}

static enum nb_err
find_programs(struct nb_pg_restoring *r)
{
	const struct nb_source_restore *what = r->what;
	enum nb_err err;

	if (!r->format)
		return nb_fail(NB_ECORRUPT, "%s: unknown format \"%s\"",
			       what->source->name,
			       what->record->format ? what->record->format
						    : "");
	/* Of globals, tablespaces can be left out, although they are text. */
	err = what->into ? nb_pg_load_check(what, r->format) : NB_OK;
	if (!err)
		err = nb_pg_program_find(what->source, NB_PG_PSQL,
					 &r->client.psql);
	if (!err)
		err = nb_pg_program_find(what->source, r->format->reader,
					 &r->reader);
	return err;
}

enum nb_err
nb_pg_restore_database(struct nb_pg_restoring *r)
{
	enum nb_err err = prepare_database(r), compared = NB_OK;

	r->touched = !err;
	if (!err)
		err = nb_pg_mark(r);
	if (!err)
		err = load(r);
	r->loaded = !err;
	if (r->loaded && r->what->loaded)
		*r->what->loaded = true;
	if (!err)
		compared = compare(r);
	if (!err && (!compared || compared == NB_EWRONG))
		err = apply_settings(r);
	if (!err)
		err = compared;
	if (err && !r->loaded)
		tidy(r);
	return err;
}

enum nb_err
nb_pg_restore(const struct nb_source_restore *what)
{
	struct nb_pg_restoring r = {
		.what = what,
		.format = nb_pg_format_named(what->record->format),
		.section = nb_pg_section_of(what->load),
		.client = { .conninfo = what->conninfo,
			    .run_as = what->run_as },
	};
	enum nb_err err, told = NB_OK;

	err = nb_pg_conninfo_given(what->conninfo, NULL, NULL,
				   &r.client.server);

	if (!err)
		err = find_programs(&r);
	if (!err)
		err = nb_pg_client_lift_limits(&r.client);
	if (!err && what->into)
		err = nb_pg_tell_leftovers(&r);
	if (!err)
		err = !what->into             ? nb_pg_restore_globals(&r)
			: what->load->replace ? nb_pg_replace(&r)
					      : nb_pg_restore_database(&r);
	/* A drill compares by itself, and leaves no database. */
	if ((!err || err == NB_EWRONG) && r.loaded && what->compare)
		told = nb_pg_subscriptions_tell(&r.client, "postgres",
						what->into);
	err = err ? err : told;
	nb_pg_conninfo_clear(&r.client.server);
	free(r.client.options);
	free(r.client.psql);
	free(r.reader);
	return err;
}
