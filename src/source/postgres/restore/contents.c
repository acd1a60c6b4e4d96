/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists the contents of a dump. */
#include "source/postgres/restore/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/proc.h"
#include "base/str.h"
#include "source/postgres/format.h"
#include "source/postgres/restore/restore.h"

#define LIST_MS 60000 /* for pg_restore, which reads only the beginning */

bool
nb_pg_contents_need(const struct nb_manifest_source *record,
		    const struct nb_entry *e)
{
	const struct nb_pg_format *format = nb_pg_format_named(record->format);
	size_t n = record->path ? strlen(record->path) : 0;

	return format && format->directory && n
		&& !strncmp(e->path, record->path, n)
		&& !strcmp(e->path + n, "/toc.dat");
}

/* The output of pg_restore, in pieces. */
struct lines {
	struct nb_str rest; /* an incomplete line */
	enum nb_err (*fn)(void *ctx, const char *line);
	void *ctx;
};

static enum nb_err
end_line(struct lines *l)
{
	char *line = NULL;
	enum nb_err err = nb_str_take(&l->rest, &line);

	if (!err && *line && *line != ';')
		err = l->fn(l->ctx, line);
	free(line);
	return err;
}

static enum nb_err
take(void *ctx, const void *data, size_t n)
{
	struct lines *l = ctx;
	const char *p = data, *end = p + n;
	enum nb_err err = NB_OK;

	while (!err && p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));

		nb_str_add_bytes(&l->rest, p,
				 (size_t)((newline ? newline : end) - p));
		p = newline ? newline + 1 : end;
		if (newline)
			err = end_line(l);
	}
	return err;
}

static enum nb_err
make_arguments(const struct nb_source_restore *what, const char *program,
	       const struct nb_names *only, struct nb_names *out)
{
	enum nb_err err = nb_names_add(out, "%s", program);

	if (!err)
		err = nb_names_add(out, "--list");
	for (size_t i = 0; !err && only && i < only->count; i++)
		err = nb_names_add(out, "%s", only->at[i]);
	if (!err && what->path)
		err = nb_names_add(out, "%s", what->path);
	return err ? err : nb_array_push(out, NULL);
}

static enum nb_err
run(const struct nb_source_restore *what, const struct nb_names *arguments,
    struct lines *lines)
{
	const struct nb_pipe_spec spec = { .object = what->source->name,
					   .produce = what->read,
					   .ctx = what->read_ctx };
	struct nb_proc_result result = { .output = NULL };
	struct nb_proc proc = { .argv = (const char *const *)arguments->at,
				.run_as = what->run_as,
				.stdin_fd = -1,
				.sink = take,
				.ctx = lines,
				.timeout_ms = LIST_MS };
	struct nb_pipe *pipe = NULL;
	enum nb_err err = NB_OK, fed = NB_OK;

	if (!what->path)
		err = nb_pipe_begin(&spec, &proc.stdin_fd, &pipe);
	if (!err)
		err = nb_proc_run(&proc, &result);
	if (pipe)
		fed = nb_pipe_end(pipe, &proc.stdin_fd);
	if (!err && fed)
		err = fed;
	if (!err)
		err = nb_proc_check("pg_restore --list", &result, NB_EFAIL);
	nb_proc_result_free(&result);
	return err;
}

enum nb_err
nb_pg_contents_of(const struct nb_source_restore *what,
		  const struct nb_names *only,
		  enum nb_err (*fn)(void *ctx, const char *line), void *ctx)
{
	struct lines lines = { .rest = NB_STR_INIT, .fn = fn, .ctx = ctx };
	struct nb_names arguments = NB_ARRAY_INIT;
	char *program = NULL;
	enum nb_err err;

	err = nb_pg_program_find(what->source, NB_PG_RESTORE, &program);
	if (!err)
		err = make_arguments(what, program, only, &arguments);
	if (!err)
		err = run(what, &arguments, &lines);
	nb_str_free(&lines.rest);
	nb_names_free(&arguments);
	free(program);
	return err;
}

enum nb_err
nb_pg_contents(const struct nb_source_restore *what,
	       enum nb_err (*fn)(void *ctx, const char *line), void *ctx)
{
	const struct nb_pg_format *format =
		nb_pg_format_named(what->record->format);

	if (!format || format->reader != NB_PG_RESTORE)
		return NB_OK;
	return nb_pg_contents_of(what, NULL, fn, ctx);
}
