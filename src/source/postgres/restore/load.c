/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/restore/load.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/names.h"
#include "base/proc.h"
#include "source/postgres/hint/hint.h"
#include "source/postgres/restore/parts.h"

#define MOST_JOBS 8

/* A file in custom format without a filter, so that pg_restore can seek in it.
 * The manifest determines this, not the name. */
static bool
is_seekable(const struct nb_manifest_source *record)
{
	const struct nb_pg_format *format = nb_pg_format_recorded(record);

	return format && !format->filters;
}

bool
nb_pg_load_by_path(const struct nb_manifest_source *record,
		   const struct nb_restore_options *load)
{
	const struct nb_pg_format *format = nb_pg_format_named(record->format);

	return format
		&& (format->directory
		    || (format->reader == NB_PG_RESTORE && load->jobs > 1));
}

static bool
by_path(const struct nb_pg_load *l)
{
	return nb_pg_load_by_path(l->what->record, l->what->load);
}

static bool
selects(const struct nb_restore_options *load)
{
	return load->no_owner || load->no_privileges || load->no_tablespaces
		|| load->table_count || load->schema_count || load->section;
}

enum nb_pg_section
nb_pg_section_of(const struct nb_restore_options *load)
{
	static const char *const names[] = {
		[NB_PG_SECTION_PRE_DATA] = "pre-data",
		[NB_PG_SECTION_DATA] = "data",
		[NB_PG_SECTION_POST_DATA] = "post-data",
	};

	if (!load->section)
		return NB_PG_SECTION_ALL;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i] && !strcmp(load->section, names[i]))
			return (enum nb_pg_section)i;
	return NB_PG_SECTION_UNKNOWN;
}

enum nb_err
nb_pg_load_check(const struct nb_source_restore *what,
		 const struct nb_pg_format *format)
{
	const struct nb_restore_options *load = what->load;

	if (nb_pg_section_of(load) == NB_PG_SECTION_UNKNOWN)
		return nb_fail(NB_EUSAGE,
			       "restore: --section %s: expected pre-data, data "
			       "or post-data",
			       load->section);
	if (format->reader != NB_PG_RESTORE
	    && (selects(load) || load->jobs > 1))
		return nb_fail(NB_EUSAGE,
			       "%s: a dump in plain format can only be "
			       "restored as a whole\n"
			       "hint: format = custom or directory lets parts "
			       "be chosen; or edit what --to DIR restores",
			       what->source->name);
	if (load->jobs > 1 && !format->directory && !is_seekable(what->record))
		return nb_fail(NB_EUSAGE,
			       "%s: several jobs cannot read a compressed file "
			       "at once\n"
			       "hint: leave --jobs out; format = directory "
			       "allows it",
			       what->source->name);
	return NB_OK;
}

static bool
is_left_out(const struct nb_restore_options *load, const struct nb_property *p)
{
	if (load->no_privileges && strstr(p->what, "grant"))
		return true;
	return (load->no_owner && !strcmp(p->what, "owner"))
		|| (load->no_tablespaces && !strcmp(p->what, "tablespace"));
}

enum nb_err
nb_pg_load_properties(const struct nb_restore_options *load,
		      const struct nb_properties *from,
		      struct nb_properties *out)
{
	/* The privileges of a new database. */
	static char owner[] = "owner_grant", all[] = "grant", none[] = "",
		    create[] = "CREATE", connect[] = "CONNECT",
		    temporary[] = "TEMPORARY";
	static const struct nb_property usual[] = {
		{ owner, none, connect, none, none },
		{ owner, none, create, none, none },
		{ owner, none, temporary, none, none },
		{ all, none, connect, none, none },
		{ all, none, temporary, none, none },
	};
	size_t count = load->no_privileges && from->count
		? sizeof usual / sizeof *usual
		: 0;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < from->count; i++)
		if (!is_left_out(load, &from->at[i]))
			err = nb_array_push(out, from->at[i]);
	for (size_t i = 0; !err && i < count; i++)
		err = nb_array_push(out, usual[i]);
	return err;
}

static bool
begins(const char *line, const char *word)
{
	return !strncmp(line, word, strlen(word));
}

void
nb_pg_load_differences(const struct nb_restore_options *load,
		       struct nb_names *lines)
{
	size_t n = 0;

	for (size_t i = 0; i < lines->count; i++) {
		char *line = lines->at[i];

		if ((load->no_owner && begins(line, "owner is "))
		    || (load->no_tablespaces && begins(line, "tablespace is ")))
			free(line);
		else
			lines->at[n++] = line;
	}
	lines->count = n;
}

/* The number of processors, as far as loading gets faster with them. */
static int
usual_jobs(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > MOST_JOBS ? MOST_JOBS : (int)count;
}

static enum nb_err
add_selection(const struct nb_pg_load *l, struct nb_names *out)
{
	const struct nb_restore_options *load = l->what->load;
	enum nb_err err = NB_OK;

	if (load->no_owner)
		err = nb_names_add(out, "--no-owner");
	if (!err && load->no_privileges)
		err = nb_names_add(out, "--no-privileges");
	if (!err && load->no_tablespaces)
		err = nb_names_add(out, "--no-tablespaces");
	if (!err && load->section)
		err = nb_names_add(out, "--section=%s", load->section);
	if (!err && l->list)
		err = nb_names_add(out, "--use-list=%s", l->list);
	return err;
}

static enum nb_err
add_archive(const struct nb_pg_load *l, struct nb_names *out)
{
	int jobs = l->what->load->jobs;
	enum nb_err err = nb_names_add(out, "--exit-on-error");

	if (!jobs && l->format->directory && !l->at_once)
		jobs = usual_jobs();
	if (!err && jobs > 1)
		err = nb_names_add(out, "--jobs=%d", jobs);
	else if (!err && l->at_once)
		err = nb_names_add(out, "--single-transaction");
	return err ? err : add_selection(l, out);
}

static enum nb_err
add_text(const struct nb_pg_load *l, struct nb_names *out)
{
	/* -b: the statement that failed is printed, too. */
	static const char *const usual[] = {
		"-X", "-q", "-b", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1"
	};
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < sizeof usual / sizeof *usual; i++)
		err = nb_names_add(out, "%s", usual[i]);
	return !err && l->at_once ? nb_names_add(out, "--single-transaction")
				  : err;
}

static enum nb_err
make_arguments(const struct nb_pg_load *l, struct nb_names *out)
{
	enum nb_err err = nb_names_add(out, "%s", l->reader);

	if (!err)
		err = nb_names_add(out, "-w");
	if (!err)
		err = l->format->reader == NB_PG_RESTORE ? add_archive(l, out)
							 : add_text(l, out);
	if (!err)
		err = nb_names_add(out, "-d");
	if (!err)
		err = nb_names_add(out, "%s", l->server->text);
	/* Otherwise from its stdin. */
	if (!err && by_path(l))
		err = nb_names_add(out, "%s", l->what->path);
	return err ? err : nb_array_push(out, NULL);
}

/* A program that restores, and the source of its stdin. */
struct loading {
	const struct nb_source_restore *what;
	struct nb_pipe *pipe; /* NULL: no stdin */
};

/* If the dump cannot be read, the program is killed, because it would mistake
 * the end of the pipe for the end of the dump. */
static enum nb_err
tick(void *ctx)
{
	const struct loading *l = ctx;

	if (l->pipe && nb_pipe_failed(l->pipe))
		return NB_ECORRUPT;
	return l->what->tick ? l->what->tick(l->what->tick_ctx) : NB_OK;
}

/* Every object that a transaction creates takes a lock.  The name of the
 * parameter is in the server's hint in every language. */
static bool
lacks_locks(const struct nb_pg_load *load, const struct nb_proc_result *result)
{
	return load->at_once && load->what->load->jobs <= 1
		&& result->exit_code > 0 && result->errors
		&& strstr(result->errors, "max_locks_per_transaction");
}

/* Whether the server lacks a role or a tablespace.  Of programs and servers in
 * other languages this is not known. */
static bool
lacks(const struct nb_proc_result *result)
{
	const char *errors = result->errors ? result->errors : "";

	return strstr(errors, "does not exist")
		&& (strstr(errors, "role \"")
		    || strstr(errors, "ablespace \""));
}

static bool
succeeded(const struct nb_proc_result *result)
{
	return !result->signal && !result->exit_code;
}

static enum nb_err
fail(const struct nb_pg_load *load, const struct nb_proc_result *result)
{
	const char *name = nb_pg_program_name(load->format->reader);
	char *hint = NULL;
	enum nb_err err = nb_pg_refresh_hint(load, result->errors, &hint);

	if (!err)
		err = hint ? nb_proc_fail(name, result, NB_EFAIL, hint)
			   : nb_pg_check(name, result, NB_EFAIL,
					 load->format->reader == NB_PG_RESTORE
						 ? NB_PG_LOADING
						 : NB_PG_RESTORING,
					 NULL);
	free(hint);
	return err;
}

static enum nb_err
run(const struct nb_pg_load *load, const struct nb_names *arguments,
    bool *in_parts)
{
	struct loading l = { .what = load->what };
	const struct nb_pipe_spec spec = { .object = l.what->into,
					   .produce = l.what->read,
					   .ctx = l.what->read_ctx,
					   .hold = true };
	struct nb_proc_result result = { 0 };
	struct nb_proc proc = { .argv = (const char *const *)arguments->at,
				.environ_add = load->server->environ_add,
				.run_as = l.what->run_as,
				.stdin_fd = -1,
				.tick = tick,
				.ctx = &l };
	enum nb_err err = NB_OK, fed = NB_OK;

	if (!by_path(load))
		err = nb_pipe_begin(&spec, &proc.stdin_fd, &l.pipe);
	if (!err)
		err = nb_proc_run(&proc, &result);
	if (l.pipe)
		fed = nb_pipe_end(l.pipe, &proc.stdin_fd);
	if (fed)
		err = nb_fail(fed, "%s: the dump could not be read to its end",
			      l.what->into);
	else if (!err && lacks_locks(load, &result))
		*in_parts = true;
	else if (!err && !succeeded(&result)) {
		if (l.what->lacks)
			*l.what->lacks = lacks(&result);
		err = fail(load, &result);
	}
	nb_proc_result_free(&result);
	return err;
}

static enum nb_err
load_once(const struct nb_pg_load *load, bool *in_parts)
{
	struct nb_names arguments = NB_ARRAY_INIT;
	enum nb_err err = make_arguments(load, &arguments);

	if (!err)
		err = run(load, &arguments, in_parts);
	nb_names_free(&arguments);
	return err;
}

static enum nb_err
load_with_retry(struct nb_pg_load *load, bool *in_parts)
{
	enum nb_err err = load_once(load, in_parts);

	if (err || !*in_parts)
		return err;
	nb_log(NB_NOTE,
	       "%s: max_locks_per_transaction is too low for one transaction; "
	       "restoring without",
	       load->what->into);
	load->at_once = false;
	return load_once(load, in_parts);
}

enum nb_err
nb_pg_load_run(const struct nb_pg_load *load, bool *in_parts)
{
	struct nb_pg_load with_list = *load;
	char *list = NULL;
	enum nb_err err = nb_pg_parts_list(load->what, &list);

	*in_parts = false;
	with_list.list = list;
	if (!err)
		err = load_with_retry(&with_list, in_parts);
	if (!err && load->what->load->table_count)
		nb_log(NB_NOTE,
		       "%s: --table restores tables without their indexes, "
		       "keys, defaults, sequences and triggers\n"
		       "hint: --schema, or all of it into another database, "
		       "has these as well",
		       load->what->into);
	if (list)
		unlink(list);
	free(list);
	return err;
}
