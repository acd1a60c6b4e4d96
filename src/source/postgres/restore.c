/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/restore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/proc.h"
#include "base/str.h"
#include "model/record/database_objects.h"
#include "source/postgres/format.h"
#include "source/postgres/property.h"
#include "source/postgres/psql.h"

/* What the steps share. */
struct restoring {
	const struct nb_source_restore *what;
	const struct nb_pg_format *format;
	char *psql, *reader; /* paths of the programs */
};

/* VALUE quoted for a libpq connection string. */
static void
add_quoted(struct nb_str *s, const char *value)
{
	nb_str_add(s, "'");
	for (const char *p = value; *p; p++) {
		if (*p == '\'' || *p == '\\')
			nb_str_add(s, "\\");
		nb_str_add_bytes(s, p, 1);
	}
	nb_str_add(s, "'");
}

/* The connection string for DATABASE: the caller's, with the name last, where
 * it wins. */
static enum nb_err
connection(const struct nb_source_restore *r, const char *database, char **out)
{
	struct nb_str s = NB_STR_INIT;

	if (r->conninfo)
		nb_str_addf(&s, "%s ", r->conninfo);
	nb_str_add(&s, "dbname=");
	add_quoted(&s, database);
	return nb_str_take(&s, out);
}

static enum nb_err
run_program(const struct nb_source_restore *r, const char *const *argv,
	    struct nb_proc_result *result)
{
	struct nb_proc spec = { .argv = argv,
				.run_as = r->run_as,
				.stdin_fd = -1 };

	return nb_proc_run(&spec, result);
}

/* Runs QUERY with psql; *OUT is its output, the caller's.  A failure that may
 * be one (no such database) is told by *OK alone. */
static enum nb_err
query(const struct restoring *r, const char *database, const char *sql,
      bool *ok, char **out)
{
	struct nb_proc_result result = { 0 };
	char *target = NULL;
	enum nb_err err;

	err = connection(r->what, database, &target);
	if (!err) {
		const char *argv[] = { r->psql, "-X",   "-w",
				       "-At",   "-v",   "ON_ERROR_STOP=1",
				       "-d",    target, "-c",
				       sql,     NULL };

		err = run_program(r->what, argv, &result);
	}
	if (!err) {
		*ok = result.exit_code == 0;
		*out = result.output;
		result.output = NULL;
	}
	nb_proc_result_free(&result);
	free(target);
	return err;
}

static enum nb_err
create_plain(const struct restoring *r)
{
	struct nb_proc_result result = { 0 };
	struct nb_str sql = NB_STR_INIT;
	char *target = NULL, *text = NULL;
	enum nb_err err;

	nb_str_add(&sql, "create database \"");
	for (const char *p = r->what->into; *p; p++)
		nb_str_add_bytes(&sql, *p == '"' ? "\"\"" : p,
				 *p == '"' ? 2 : 1);
	nb_str_add(&sql, "\" template template0");
	err = nb_str_take(&sql, &text);
	if (!err)
		err = connection(r->what, "postgres", &target);
	if (!err) {
		const char *argv[] = { r->psql, "-X",   "-w",
				       "-q",    "-v",   "ON_ERROR_STOP=1",
				       "-d",    target, "-c",
				       text,    NULL };

		err = run_program(r->what, argv, &result);
	}
	if (!err)
		err = nb_proc_check("psql", &result, NB_EFAIL);
	nb_proc_result_free(&result);
	free(target);
	free(text);
	return err;
}

/* Extensions that the template has do not count; without it, the one that every
 * database has. */
static enum nb_err
make_objects_query(const struct restoring *r, char **sql)
{
	char *known = NULL;
	bool ok = false;
	enum nb_err err = query(r, "template1", nb_database_extensions_query,
				&ok, &known);

	if (!err)
		err = nb_str_format(sql,
				    "with known(name) as (select "
				    "unnest(array[%s]::name[]))%s",
				    ok && known && *known ? known : "'plpgsql'",
				    nb_database_objects_query);
	free(known);
	return err;
}

/* ANSWER: "3|table t". */
static enum nb_err
check_empty(const char *database, const char *answer)
{
	char *object;
	unsigned long long count = strtoull(answer, &object, 10);
	char others[40] = "";

	if (!count && *object == '|')
		return NB_OK;
	object += *object == '|';
	if (count > 1)
		snprintf(others, sizeof others, " and %llu more", count - 1);
	return nb_fail(NB_EWRONG,
		       "%s: the database is not empty: it has %.*s%s\n"
		       "hint: drop it, or restore into another database",
		       database, (int)strcspn(object, "\n"), object, others);
}

/* Runs one of the scripts for the properties of the database. */
static enum nb_err
run_script(const struct restoring *r, const char *database,
	   enum nb_err (*make)(const struct nb_properties *list, char **text),
	   struct nb_names *lines)
{
	struct nb_pg_script script = { .object = r->what->into,
				       .psql = r->psql,
				       .run_as = r->what->run_as,
				       .db = r->what->into };
	char *text = NULL, *target = NULL;
	enum nb_err err = make(&r->what->record->properties, &text);

	if (!err)
		err = connection(r->what, database, &target);
	script.text = text;
	script.target = target;
	if (!err)
		err = nb_pg_run_script(&script, lines);
	free(text);
	free(target);
	return err;
}

/* What was created with another locale is reported when all is done. */
static enum nb_err
create_database(const struct restoring *r, bool exists)
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

/* Creates the database if it is missing, and refuses one that is not empty. */
static enum nb_err
prepare_database(const struct restoring *r)
{
	char *answer = NULL, *sql = NULL;
	enum nb_err err = make_objects_query(r, &sql);
	bool ok = false;

	if (!err)
		err = query(r, r->what->into, sql, &ok, &answer);
	free(sql);
	if (!err && ok)
		err = check_empty(r->what->into, answer ? answer : "");
	if (!err)
		err = create_database(r, ok);
	free(answer);
	return err;
}

/* After the dump: what it does not contain.  NB_EWRONG: the data is there, but
 * something is not as it was. */
static enum nb_err
apply_settings(const struct restoring *r)
{
	struct nb_names lines = NB_ARRAY_INIT;
	enum nb_err err = NB_OK;

	if (!r->what->record->properties.count)
		return NB_OK;
	err = run_script(r, r->what->into, nb_pg_settings_script, &lines);
	for (size_t i = 0; !err && i < lines.count; i++)
		nb_log(NB_WARNING, "%s: %s", r->what->into, lines.at[i]);
	if (!err && lines.count)
		err = nb_fail(
			NB_EWRONG,
			"%s: its data is restored, but the database is "
			"not as it was\n"
			"hint: create what is missing on this server "
			"(roles and tablespaces are in the globals), drop "
			"the database and restore it again",
			r->what->into);
	nb_names_free(&lines);
	return err;
}

/* A program that restores, and where its stdin comes from. */
struct loading {
	const struct nb_source_restore *what;
	struct nb_pipe *pipe; /* NULL: no stdin */
};

/* The program of a dump that cannot be read is ended, since it would take the
 * end of the pipe for the end of the dump. */
static enum nb_err
tick(void *ctx)
{
	const struct loading *l = ctx;

	if (l->pipe && nb_pipe_failed(l->pipe))
		return NB_ECORRUPT;
	return l->what->tick ? l->what->tick(l->what->tick_ctx) : NB_OK;
}

static enum nb_err
load(const struct restoring *r, const char *const *argv)
{
	struct loading l = { .what = r->what };
	const struct nb_pipe_spec spec = { .object = r->what->into,
					   .produce = r->what->read,
					   .ctx = r->what->read_ctx,
					   .hold = true };
	struct nb_proc_result result = { 0 };
	struct nb_proc proc = { .argv = argv,
				.run_as = r->what->run_as,
				.stdin_fd = -1,
				.tick = tick,
				.ctx = &l };
	enum nb_err err = NB_OK, fed = NB_OK;

	if (!r->format->directory)
		err = nb_pipe_begin(&spec, &proc.stdin_fd, &l.pipe);
	if (!err)
		err = nb_proc_run(&proc, &result);
	if (l.pipe)
		fed = nb_pipe_end(l.pipe, &proc.stdin_fd);
	if (fed)
		err = nb_fail(fed,
			      "%s: the dump could not be read to its end: the "
			      "database is incomplete\nhint: drop it",
			      r->what->into);
	else if (!err)
		err = nb_proc_check(nb_pg_program_name(r->format->reader),
				    &result, NB_EFAIL);
	nb_proc_result_free(&result);
	return err;
}

static enum nb_err
run_restore(const struct restoring *r, const char *target)
{
	/* A directory is an argument of pg_restore, all else its stdin. */
	const char *archive[] = {
		r->reader, "-w",   "--exit-on-error",
		"-d",      target, r->format->directory ? r->what->path : NULL,
		NULL
	};
	const char *text[] = { r->reader, "-X",        "-w", "-q",
			       "-o",      "/dev/null", "-v", "ON_ERROR_STOP=1",
			       "-d",      target,      NULL };

	return load(r, r->format->reader == NB_PG_RESTORE ? archive : text);
}

bool
nb_pg_restore_by_path(const struct nb_manifest_source *record)
{
	const struct nb_pg_format *found = nb_pg_format_named(record->format);

	return found && found->directory;
}

enum nb_err
nb_pg_restore(const struct nb_source_restore *what)
{
	struct restoring r = {
		.what = what,
		.format = nb_pg_format_named(what->record->format),
	};
	char *target = NULL;
	enum nb_err err;

	if (!r.format)
		return nb_fail(NB_ECORRUPT, "%s: unknown format \"%s\"",
			       what->source->name,
			       what->record->format ? what->record->format
						    : "");
	err = nb_pg_program_find(what->source, NB_PG_PSQL, &r.psql);
	if (!err)
		err = nb_pg_program_find(what->source, r.format->reader,
					 &r.reader);
	if (!err)
		err = prepare_database(&r);
	if (!err)
		err = connection(what, what->into, &target);
	if (!err)
		err = run_restore(&r, target);
	if (!err && what->loaded)
		*what->loaded = true;
	if (!err)
		err = apply_settings(&r);
	free(target);
	free(r.psql);
	free(r.reader);
	return err;
}
