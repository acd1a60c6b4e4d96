/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/restore.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "base/str.h"
#include "filter/chain.h"
#include "source/postgres/format.h"

/* Relations that a person or an application made. */
static const char count_query[] =
	"select count(*) from pg_class c join pg_namespace n "
	"on n.oid = c.relnamespace where n.nspname !~ '^pg_' "
	"and n.nspname <> 'information_schema'";

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
	    int stdin_fd, struct nb_proc_result *result)
{
	struct nb_proc spec = { .argv = argv,
				.run_as = r->run_as,
				.stdin_fd = stdin_fd };

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

		err = run_program(r->what, argv, -1, &result);
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
create_database(const struct restoring *r)
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

		err = run_program(r->what, argv, -1, &result);
	}
	if (!err)
		err = nb_proc_check("psql", &result, NB_EFAIL);
	nb_proc_result_free(&result);
	free(target);
	free(text);
	return err;
}

/* Makes the database when it is missing, refuses one that is not empty. */
static enum nb_err
prepare_database(const struct restoring *r)
{
	char *output = NULL;
	enum nb_err err;
	bool ok;

	err = query(r, r->what->into, count_query, &ok, &output);
	if (err)
		return err;
	if (!ok)
		err = create_database(r);
	else if (!output || strcmp(output, "0\n"))
		err = nb_fail(NB_EWRONG,
			      "%s: the database is not empty\n"
			      "hint: drop it, or restore into another database",
			      r->what->into);
	free(output);
	return err;
}

static enum nb_err
write_plain(void *ctx, const void *data, size_t n)
{
	return nb_fd_write(*(int *)ctx, data, n)
		? nb_fail_errno(nb_fd_write_error(), "dump: cannot write")
		: NB_OK;
}

/* FROM, as it was before its filters, into TO. */
static enum nb_err
decompress(const struct nb_source_restore *r, int from, int to)
{
	const struct nb_chain_spec spec = { .object = r->path,
					    .filters = r->record->compression,
					    .put = write_plain,
					    .ctx = &to };
	struct nb_chain *chain = NULL;
	enum nb_err err = nb_chain_read(&spec, &chain);

	if (!err)
		err = nb_chain_pump(chain, from);
	nb_chain_free(chain);
	return err;
}

/* The dump as the programs read it, from its beginning; *FD is the caller's. */
static enum nb_err
open_dump(const struct nb_source_restore *r, int *fd)
{
	enum nb_err err = NB_OK;
	int plain = -1, file;

	file = open(r->path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return nb_fail_errno(NB_EIO, "%s: cannot open", r->path);
	if (!r->record->compression
	    || !strcmp(r->record->compression, "none")) {
		*fd = file;
		return NB_OK;
	}
	{
		char *directory = NULL, *slash;

		err = nb_str_dup(r->path, &directory);
		if (!err) {
			slash = strrchr(directory, '/');
			if (slash)
				*slash = '\0';
			plain = open(slash ? directory : ".",
				     O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
			if (plain < 0)
				err = nb_fail_errno(
					NB_EIO,
					"%s: cannot create a temporary file",
					directory);
		}
		free(directory);
	}
	if (!err)
		err = decompress(r, file, plain);
	if (!err && lseek(plain, 0, SEEK_SET))
		err = nb_fail_errno(NB_EIO, "%s: cannot rewind", r->path);
	nb_fd_close(&file);
	if (err)
		nb_fd_close(&plain);
	else
		*fd = plain;
	return err;
}

static enum nb_err
run_restore(const struct restoring *r, const char *target)
{
	/* A directory is an argument of pg_restore, the file its stdin. */
	const char *archive[] = {
		r->reader, "-w",   "--exit-on-error",
		"-d",      target, r->format->directory ? r->what->path : NULL,
		NULL
	};
	const char *text[] = { r->reader, "-X",        "-w", "-q",
			       "-o",      "/dev/null", "-v", "ON_ERROR_STOP=1",
			       "-d",      target,      NULL };
	const char *const *argv =
		r->format->reader == NB_PG_RESTORE ? archive : text;
	struct nb_proc_result result = { 0 };
	enum nb_err err = NB_OK;
	int fd = -1;

	if (!r->format->directory)
		err = open_dump(r->what, &fd);
	if (!err)
		err = run_program(r->what, argv, fd, &result);
	if (!err)
		err = nb_proc_check(nb_pg_program_name(r->format->reader),
				    &result, NB_EFAIL);
	nb_proc_result_free(&result);
	nb_fd_close(&fd);
	return err;
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
		return nb_fail(NB_ECORRUPT, "%s: no format \"%s\" is known",
			       what->path,
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
	free(target);
	free(r.psql);
	free(r.reader);
	return err;
}
