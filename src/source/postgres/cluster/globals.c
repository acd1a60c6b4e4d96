/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/cluster/cluster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/str.h"
#include "filter/pipe.h"

#define CREATE_SPACE "CREATE TABLESPACE "
#define LOCATION " LOCATION "
/* It exists, because initdb created it. */
#define CREATE_FIRST "CREATE ROLE postgres;\n"

static bool
begins(const char *text, const char *word)
{
	return !strncmp(text, word, strlen(word));
}

/* The last WORD between TEXT and END, or NULL. */
static const char *
find_last(const char *text, const char *end, const char *word)
{
	const char *found = NULL, *p = text;
	size_t n = strlen(word);

	while ((p = memmem(p, (size_t)(end - p), word, n))) {
		found = p;
		p += n;
	}
	return found;
}

/* Adds the statement at TEXT, with a directory of the drill as its location;
 * returns its end. */
static const char *
add_tablespace(const struct nb_drill_server *server, const char *text,
	       int number, struct nb_str *out, enum nb_err *err)
{
	const char *end = strstr(text, ";\n");
	const char *location = end ? find_last(text, end, LOCATION "'") : NULL;
	char name[32], *path = NULL;

	if (!location)
		return text;
	snprintf(name, sizeof name, "tablespace.%d", number);
	*err = nb_pg_cluster_mkdir(server, name);
	if (!*err)
		*err = nb_path_join(server->dir, name, &path);
	if (*err)
		return end;
	nb_str_add_bytes(out, text, (size_t)(location - text));
	nb_str_add(out, LOCATION);
	nb_str_add_sql(out, path, '\'');
	free(path);
	return end;
}

/* As on a new machine, except for locations outside of the cluster. */
static enum nb_err
adapt(const struct nb_drill_server *server, const char *text, char **out)
{
	struct nb_str s = NB_STR_INIT;
	int spaces = 0;
	enum nb_err err = NB_OK;

	while (!err && *text) {
		size_t n;

		if (begins(text, CREATE_FIRST))
			text += strlen(CREATE_FIRST);
		else if (begins(text, CREATE_SPACE))
			text = add_tablespace(server, text, spaces++, &s, &err);
		n = strcspn(text, "\n");
		n += text[n] == '\n';
		nb_str_add_bytes(&s, text, n);
		text += n;
	}
	if (!err)
		return nb_str_take(&s, out);
	nb_str_free(&s);
	return err;
}

static enum nb_err
produce(void *ctx, nb_filter_sink *put, void *put_ctx)
{
	const char *text = ctx;

	return put(put_ctx, text, strlen(text));
}

/* "psql:<stdin>:12: ERROR:  ..." */
static enum nb_err
tell_errors(const char *name, const char *errors)
{
	static const char mark[] = "ERROR:  ";
	enum nb_err err = NB_OK;

	for (const char *p = errors; (p = strstr(p, mark));) {
		p += strlen(mark);
		err = nb_fail(NB_ECORRUPT, "postgres %s: %.*s", name,
			      (int)strcspn(p, "\n"), p);
	}
	return err;
}

static enum nb_err
execute(const struct nb_drill_server *server, const char *name,
	const char *target, const char *text)
{
	const char *const argv[] = { server->psql, "-X",        "-w", "-q",
				     "-o",         "/dev/null", "-d", target,
				     "-f",         "-",         NULL };
	struct nb_proc proc = { .argv = argv,
				.run_as = server->run_as,
				.tick = server->tick,
				.ctx = server->ctx,
				.stdin_fd = -1 };
	const struct nb_pipe_spec spec = { .object = name,
					   .produce = produce,
					   .ctx = (void *)(uintptr_t)text };
	struct nb_proc_result result = { .output = NULL };
	struct nb_pipe *pipe = NULL;
	enum nb_err err = nb_pipe_begin(&spec, &proc.stdin_fd, &pipe), fed;

	if (err)
		return err;
	err = nb_proc_run(&proc, &result);
	fed = nb_pipe_end(pipe, &proc.stdin_fd);
	if (!err)
		err = nb_proc_check("psql", &result, NB_EFAIL);
	if (!err)
		err = tell_errors(name, result.errors);
	nb_proc_result_free(&result);
	return err ? err : fed;
}

enum nb_err
nb_pg_cluster_globals(const struct nb_drill_server *server,
		      const struct nb_manifest_source *record, const char *text)
{
	const struct nb_pg_client client = nb_pg_cluster_client(server);
	char *adapted = NULL, *target = NULL;
	enum nb_err err = adapt(server, text, &adapted);

	if (!err)
		err = nb_pg_client_target(&client, "postgres", &target);
	if (!err)
		err = execute(server, record->name, target, adapted);
	free(adapted);
	free(target);
	return err;
}
