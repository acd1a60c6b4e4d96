/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "source/postgres/count/connect.h"
#include "source/postgres/count/count.h"
#include "source/postgres/hint/hint.h"
#include "source/postgres/postgres.h"

#define MAX_WARNINGS 10
#define REWRITE_TRIES 3

/* One dump, until it succeeds or fails for good. */
struct dumping {
	struct nb_pg_dump *dump;
	char *program; /* its path */
	struct nb_pg_conninfo conninfo;
	int tries;    /* attempts that the recovery of a standby cancelled */
	int rewrites; /* attempts during which tables were rewritten */
	bool refused; /* the snapshot */
	bool plain;   /* without options for the server */
	bool again;   /* it failed, nothing was logged, and it must be run
			 again */
};

/* Formats the argument that selects the compression into *OUT, or NULL. */
static enum nb_err
compression_argument(const struct nb_pg_dump *dump, char **out)
{
	const struct nb_pg_format *format = dump->format;
	int level = nb_pg_options(dump->source)->compress.level;

	if (level >= 0 && format->with_level)
		return nb_str_format(out, "%s%d", format->with_level, level);
	return nb_str_dup(format->compress, out);
}

/* Appends a copy of TEXT, unless it is NULL. */
static enum nb_err
add(struct nb_names *arguments, const char *text)
{
	return text ? nb_names_add(arguments, "%s", text) : NB_OK;
}

static enum nb_err
add_taken(struct nb_names *arguments, char *text)
{
	enum nb_err err = add(arguments, text);

	free(text);
	return err;
}

static enum nb_err
add_format(struct nb_names *arguments, const struct nb_pg_dump *dump)
{
	char *text = NULL;
	enum nb_err err = add(arguments, dump->format->argument);

	if (!err && dump->format->globals
	    && !nb_pg_options(dump->source)->role_passwords)
		err = add(arguments, "--no-role-passwords");
	if (!err)
		err = compression_argument(dump, &text);
	if (!err)
		err = add_taken(arguments, text);
	if (err || !dump->format->directory)
		return err;
	text = NULL;
	if (nb_pg_options(dump->source)->jobs > 1)
		err = nb_str_format(&text, "-j%d",
				    nb_pg_options(dump->source)->jobs);
	if (!err)
		err = add_taken(arguments, text);
	/* Staging synchronises every file when all dumps are complete. */
	if (!err)
		err = add(arguments, "--no-sync");
	if (!err)
		err = add(arguments, "-f");
	text = NULL;
	if (!err)
		err = nb_path_join(dump->context->staging_path, dump->path,
				   &text);
	return err ? err : add_taken(arguments, text);
}

static enum nb_err
make_arguments(const struct dumping *d, const char *snapshot,
	       struct nb_names *arguments)
{
	const struct nb_pg_conninfo *conninfo = &d->conninfo;
	const struct nb_pg_dump *dump = d->dump;
	char *lock = NULL;
	enum nb_err err = add(arguments, d->program);

	if (!err)
		err = add(arguments, "-w");
	if (!err && nb_pg_options(dump->source)->lock_timeout > 0)
		err = nb_str_format(&lock, "--lock-wait-timeout=%" PRId64,
				    nb_pg_options(dump->source)->lock_timeout
					    * 1000);
	if (!err)
		err = add_taken(arguments, lock);
	if (!err && snapshot)
		err = nb_names_add(arguments, "--snapshot=%s", snapshot);
	if (!err)
		err = add_format(arguments, dump);
	if (!err && *conninfo->text)
		err = add(arguments, "-d");
	if (!err && *conninfo->text)
		err = add(arguments, conninfo->text);
	return err ? err : nb_array_push(arguments, NULL);
}

/* The program dumps the first table, so it has all its locks. */
static void
begin_count(struct nb_pg_dump *dump)
{
	nb_pg_count_go(dump->go);
	dump->go = -1;
}

static enum nb_err
sink(void *ctx, const void *data, size_t n)
{
	struct nb_pg_dump *dump = ctx;

	begin_count(dump);
	return dump->sink(dump->sink_ctx, data, n);
}

static enum nb_err
tick(void *ctx)
{
	struct nb_pg_dump *dump = ctx;
	const struct nb_source_context *context = dump->context;
	uint64_t bytes = dump->file.raw,
		 cap = nb_pg_options(dump->source)->max_size;
	enum nb_err err = NB_OK;
	char size[16];

	if (dump->format->directory) {
		err = nb_pg_directory_size(dump, &bytes);
		if (!err && cap && bytes > cap)
			err = nb_fail(NB_ESOURCE,
				      "%s: pg_dump: more than %s of output",
				      dump->object, nb_str_size(cap, size));
		if (bytes)
			begin_count(dump);
	}
	if (!err && context->progress)
		err = context->progress(context->ctx, dump->object, bytes, 0);
	return err;
}

/* "canceling statement" or "terminating connection". */
static bool
recovery_conflict(const struct nb_proc_result *result)
{
	return result->exit_code > 0 && result->errors
		&& strstr(result->errors, " due to conflict with recovery");
}

enum nb_err
nb_pg_status(const char *name, const struct nb_proc_result *result)
{
	const char *errors = result->errors ? result->errors : "";
	const char *hint = NULL;

	if (!result->signal && result->exit_code == 0)
		return NB_OK;
	if (strstr(errors, "LOCK TABLE") && strstr(errors, "timeout"))
		hint = "another session held a lock on a table for longer than "
		       "lock_timeout";
	else if (recovery_conflict(result))
		hint = "set hot_standby_feedback = on or a longer "
		       "max_standby_streaming_delay on the standby, or dump "
		       "the primary";
	return hint
		? nb_proc_fail(name, result, NB_ESOURCE, hint)
		: nb_pg_check(name, result, NB_ESOURCE, NB_PG_DUMPING, NULL);
}

/* Warnings of a program that succeeded. */
static void
pass_warnings(const char *name, const char *text)
{
	for (int i = 0; *text && i < MAX_WARNINGS; i++) {
		size_t n = strcspn(text, "\n");

		nb_log(NB_WARNING, "%s: %.*s", name, (int)n, text);
		text += n + (text[n] == '\n');
	}
}

/* Through a pooler, or with several hosts in conninfo, the program may be
 * connected to another server than the snapshot. */
static bool
snapshot_refused(const struct nb_proc_result *result)
{
	const char *errors = result->errors ? result->errors : "";

	return result->exit_code > 0
		&& (strstr(errors, "invalid snapshot identifier")
		    || strstr(errors, "import a snapshot")
		    || strstr(errors, "unrecognized option '--snapshot")
		    || (strstr(errors, "snapshot \"")
			&& strstr(errors, "\" does not exist")));
}

/* Whether an attempt failed only because of the standby or the snapshot, and
 * another one is left. */
static bool
may_try_again(struct dumping *d, const char *name,
	      const struct nb_proc_result *result, const char *snapshot)
{
	int retries = nb_pg_options(d->dump->source)->retries;

	if (!d->plain && result->exit_code > 0
	    && nb_pg_options_refused(result->errors)) {
		d->plain = true;
		nb_pg_conninfo_plain(&d->conninfo);
		return true;
	}
	if (snapshot && snapshot_refused(result)) {
		nb_log(NB_WARNING,
		       "%s: cannot use the snapshot of another connection; "
		       "the tables are not counted\nhint: conninfo has to "
		       "lead to one server, and not through a pooler; or "
		       "checksum = none",
		       name);
		d->refused = true;
		nb_proc_log_errors(name, result->errors);
		return true;
	}
	if (!recovery_conflict(result) || d->tries >= retries)
		return false;
	d->tries++;
	nb_log(NB_WARNING,
	       "%s: cancelled by a conflict with recovery; try %d of %d", name,
	       d->tries + 1, retries + 1);
	nb_proc_log_errors(name, result->errors);
	return true;
}

static enum nb_err
run(struct dumping *d, const struct nb_names *arguments, const char *snapshot)
{
	struct nb_pg_dump *dump = d->dump;
	const struct nb_config_source *source = dump->source;
	struct nb_proc_result result = { .output = NULL };
	char *name = NULL;
	enum nb_err err;

	err = nb_str_format(&name, "%s: %s", dump->object,
			    nb_pg_program_name(nb_pg_dumper(dump->format)));
	if (err)
		return err;
	err = nb_proc_run(
		&(struct nb_proc){
			.argv = (const char *const *)arguments->at,
			.name = name,
			.environ_add = d->conninfo.environ_add,
			.run_as = nb_pg_options(source)->run_as,
			.stdin_fd = -1,
			.sink = dump->format->directory ? NULL : sink,
			.tick = tick,
			.ctx = dump,
			.max_bytes = nb_pg_options(source)->max_size,
			.timeout_ms = nb_pg_options(source)->timeout * 1000 },
		&result);
	d->again = !err && may_try_again(d, name, &result, snapshot);
	if (!err)
		err = d->again ? NB_ESOURCE : nb_pg_status(name, &result);
	else if (err == NB_EFAIL || err == NB_ENOTFOUND)
		err = NB_ESOURCE;
	if (!err && result.errors)
		pass_warnings(name, result.errors);
	if (!err && !dump->format->directory && !result.bytes)
		err = nb_fail(NB_ESOURCE, "%s: exit status 0, but no output",
			      name);
	nb_proc_result_free(&result);
	free(name);
	return err;
}

/* As called by nb_pg_count. */
static enum nb_err
dump_once(void *ctx, const char *snapshot, int go)
{
	struct dumping *d = ctx;
	struct nb_names arguments = NB_ARRAY_INIT;
	enum nb_err err = make_arguments(d, snapshot, &arguments);

	d->dump->go = go;
	if (!err)
		err = run(d, &arguments, snapshot);
	d->dump->go = -1;
	nb_names_free(&arguments);
	return err;
}

static enum nb_err
tick_count(void *ctx)
{
	const struct dumping *d = ctx;

	return tick(d->dump);
}

/* Whether pg_dump waited for the lock of a table with a snapshot in which the
 * table had other rows than it has in its new file. */
static enum nb_err
check_rewritten(struct dumping *d)
{
	const struct nb_properties *counts = &d->dump->counts;
	const struct nb_property *first = NULL;
	char others[40] = "";
	size_t count = 0;

	for (size_t i = 0; i < counts->count; i++)
		if (!strcmp(counts->at[i].what, NB_PG_REWRITTEN) && !count++)
			first = &counts->at[i];
	if (!first)
		return NB_OK;
	if (count > 1)
		snprintf(others, sizeof others, " and %zu more", count - 1);
	if (++d->rewrites >= REWRITE_TRIES)
		return nb_fail(
			NB_ESOURCE,
			"%s: table %s.%s%s: truncated or rewritten while "
			"the dump began; its rows may be missing\n"
			"hint: dump at another time than this is done",
			d->dump->object, first->role, first->name, others);
	nb_log(NB_WARNING,
	       "%s: table %s.%s%s: truncated or rewritten while the dump "
	       "began; try %d of %d",
	       d->dump->object, first->role, first->name, others,
	       d->rewrites + 1, REWRITE_TRIES);
	d->again = true;
	return NB_ESOURCE;
}

static enum nb_err
dump_and_count(struct dumping *d)
{
	const struct nb_pg_options *options = nb_pg_options(d->dump->source);
	struct nb_pg_count count = {
		.object = d->dump->object,
		.conninfo = d->conninfo.text,
		.environ_add = d->conninfo.environ_add,
		.run_as = options->run_as,
		.timeout = options->timeout,
		.limit = options->checksum != NB_PG_CHECKSUM_CONTENT ? 0
			: options->checksum_limit ? options->checksum_limit
						  : UINT64_MAX,
		.dump = dump_once,
		.tick = tick_count,
		.ctx = d,
	};
	enum nb_err err;

	nb_properties_clear(&d->dump->counts);
	if (!d->dump->database)
		return dump_once(d, NULL, -1);
	count.watch_only = !d->dump->counted || d->refused;
	err = nb_pg_count(&count, &d->dump->counts);
	return err || d->again ? err : check_rewritten(d);
}

enum nb_err
nb_pg_dump_stream(struct nb_pg_dump *dump)
{
	struct dumping d = { .dump = dump };
	enum nb_err err;

	err = nb_pg_program_find(dump->source, nb_pg_dumper(dump->format),
				 &d.program);
	if (!err)
		err = nb_pg_conninfo(dump->source, dump->database, &d.conninfo);
	if (!err)
		err = dump_and_count(&d);
	while (d.again) {
		d.again = false;
		err = dump->again(dump);
		if (!err)
			err = dump_and_count(&d);
	}
	nb_pg_conninfo_clear(&d.conninfo);
	free(d.program);
	return err;
}
