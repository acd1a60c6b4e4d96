/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/psql.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/proc.h"
#include "base/str.h"
#include "filter/pipe.h"
#include "source/postgres/count/connect.h"
#include "source/postgres/hint/hint.h"

static enum nb_err
produce(void *ctx, nb_filter_sink *put, void *put_ctx)
{
	const struct nb_pg_script *script = ctx;

	return put(put_ctx, script->text, strlen(script->text));
}

/* Calls FN for each line of TEXT. */
static enum nb_err
each_line(const char *text, enum nb_err (*fn)(void *ctx, const char *line),
	  void *ctx)
{
	char *copy = NULL, *rest = NULL;
	enum nb_err err = nb_str_dup(text ? text : "", &copy);

	if (err)
		return err;
	for (char *line = strtok_r(copy, "\n", &rest); !err && line;
	     line = strtok_r(NULL, "\n", &rest))
		err = fn(ctx, line);
	free(copy);
	return err;
}

/* "psql:<stdin>:12: ERROR:  role "app" does not exist" */
static enum nb_err
warn(void *ctx, const char *line)
{
	static const char mark[] = "ERROR:  ";
	const struct nb_pg_script *script = ctx;
	const char *error = strstr(line, mark);

	if (error)
		nb_log(NB_WARNING, "%s: %s", script->object,
		       error + strlen(mark));
	return NB_OK;
}

static enum nb_err
keep(void *ctx, const char *line)
{
	return nb_names_add(ctx, "%s", line);
}

static enum nb_err
run(const struct nb_pg_script *script, struct nb_proc_result *result)
{
	const struct nb_pipe_spec spec = { .object = script->object,
					   .produce = produce,
					   .ctx = (void *)(uintptr_t)script };
	struct nb_proc proc = { .run_as = script->run_as,
				.environ_add = script->environ_add,
				.stdin_fd = -1 };
	struct nb_pipe *pipe = NULL;
	char *variable = NULL;
	enum nb_err err, fed;

	err = nb_str_format(&variable, "db=%s", script->db ? script->db : "");
	if (!err)
		err = nb_pipe_begin(&spec, &proc.stdin_fd, &pipe);
	if (!err) {
		const char *argv[] = { script->psql,
				       "-X",
				       "-w",
				       "-q",
				       "-At",
				       "-v",
				       script->stop ? "ON_ERROR_STOP=1"
						    : "VERBOSITY=terse",
				       "-v",
				       variable,
				       "-d",
				       script->target,
				       "-f",
				       "-",
				       NULL };

		proc.argv = argv;
		err = nb_proc_run(&proc, result);
		fed = nb_pipe_end(pipe, &proc.stdin_fd);
		err = err ? err : fed;
	}
	free(variable);
	return err;
}

/* Errors of a server that does not let root in contain that name. */
static enum nb_err
check_result(const char *run_as, const struct nb_proc_result *result)
{
	bool root = !run_as && !geteuid() && result->exit_code > 0
		&& result->errors && strstr(result->errors, "\"root\"");

	if (!root)
		return nb_pg_check("psql", result, NB_EFAIL, NB_PG_RESTORING,
				   NULL);
	return nb_proc_fail("psql", result, NB_EFAIL,
			    "--run-as USER: the administrator of the server, "
			    "for example postgres");
}

enum nb_err
nb_pg_run_script(const struct nb_pg_script *script, struct nb_names *lines)
{
	struct nb_proc_result result = { 0 };
	enum nb_err err = run(script, &result);

	if (!err)
		err = check_result(script->run_as, &result);
	if (!err)
		err = each_line(result.errors, warn, (void *)(uintptr_t)script);
	if (!err)
		err = each_line(result.output, keep, lines);
	nb_proc_result_free(&result);
	return err;
}

enum nb_err
nb_pg_client_target(const struct nb_pg_client *client, const char *database,
		    char **out)
{
	struct nb_pg_conninfo made = { .text = NULL };
	enum nb_err err = nb_pg_conninfo_given(client->conninfo, database,
					       client->options, &made);

	if (!err) {
		*out = made.text;
		made.text = NULL;
	}
	nb_pg_conninfo_clear(&made);
	return err;
}

static enum nb_err
run_sql(const struct nb_pg_client *client, const char *database,
	const char *sql, bool to_end, struct nb_proc_result *result)
{
	char *target = NULL;
	enum nb_err err = nb_pg_client_target(client, database, &target);

	if (!err) {
		const char *argv[] = { client->psql, "-X",   "-w",
				       "-Atq",       "-v",   "ON_ERROR_STOP=1",
				       "-d",         target, "-c",
				       sql,          NULL };
		struct nb_proc proc = { .argv = argv,
					.environ_add =
						client->server.environ_add,
					.run_as = client->run_as,
					.to_end = to_end,
					.stdin_fd = -1 };

		err = nb_proc_run(&proc, result);
	}
	free(target);
	return err;
}

/* Takes ownership of OPTIONS. */
static enum nb_err
set_options(struct nb_pg_client *client, char *options)
{
	free(client->options);
	client->options = options;
	nb_pg_conninfo_clear(&client->server);
	return nb_pg_conninfo_given(client->conninfo, NULL, options,
				    &client->server);
}

/* *OPTIONS: for this server; NULL: it could not be asked. */
static enum nb_err
find_options(const struct nb_pg_client *client, char **options)
{
	/* From 17 on. */
	static const char sql[] =
		"select coalesce(string_agg(' -c ' || name || '=0', ''), '') "
		"from pg_catalog.pg_settings where name = "
		"'transaction_timeout'";
	struct nb_proc_result result = { 0 };
	enum nb_err err = run_sql(client, "postgres", sql, false, &result);

	if (!err && result.exit_code == 0 && result.output)
		err = nb_str_format(options, NB_PG_UNLIMITED "%.*s",
				    (int)strcspn(result.output, "\n"),
				    result.output);
	else if (!err && nb_pg_options_refused(result.errors))
		err = nb_str_dup(strstr(result.errors, "idle_session_timeout\"")
					 ? NB_PG_UNLIMITED_OLD
					 : "",
				 options);
	nb_proc_result_free(&result);
	return err;
}

enum nb_err
nb_pg_client_lift_limits(struct nb_pg_client *client)
{
	char *options = NULL;
	enum nb_err err = find_options(client, &options);

	return err || !options ? err : set_options(client, options);
}

enum nb_err
nb_pg_client_run(const struct nb_pg_client *client, const char *database,
		 const char *sql, bool to_end, bool *ok, char **out)
{
	struct nb_proc_result result = { 0 };
	enum nb_err err = run_sql(client, database, sql, to_end, &result);

	if (!err)
		*ok = result.exit_code == 0;
	if (!err && !out)
		check_result(client->run_as, &result);
	if (!err && out) {
		*out = result.output;
		result.output = NULL;
	}
	nb_proc_result_free(&result);
	return err;
}

enum nb_err
nb_pg_client_ask(const struct nb_pg_client *client, const char *database,
		 const char *sql, char **out)
{
	struct nb_proc_result result = { 0 };
	enum nb_err err = run_sql(client, database, sql, false, &result);

	if (!err)
		err = check_result(client->run_as, &result);
	if (!err)
		err = nb_str_dup(result.output ? result.output : "", out);
	nb_proc_result_free(&result);
	return err;
}

enum nb_err
nb_pg_quote(const char *text, char mark, char **out)
{
	struct nb_str s = NB_STR_INIT;

	nb_str_add_sql(&s, text, mark);
	return nb_str_take(&s, out);
}
