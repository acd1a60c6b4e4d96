/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "filter/pipe.h"
#include "source/postgres/check.h"
#include "source/postgres/transport.h"

/* The end of a dump in SQL text, read again. */
struct ending {
	char tail[NB_DUMP_TAIL];
	size_t length;
	uint64_t bytes;
};

/*
 * After the trailer only comment marks, empty lines and, since the minor
 * releases of August 2025, an \unrestrict line may follow.
 */
static bool
is_complete(const char *tail, size_t length, const char *trailer)
{
	const char *end = tail + length, *found = NULL, *p = tail;

	while ((p = memmem(p, (size_t)(end - p), trailer, strlen(trailer))))
		found = p += strlen(trailer);
	if (!found || found == end || *found != '\n')
		return false;
	for (p = found + 1; p < end;) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		size_t n = newline ? (size_t)(newline - p) : (size_t)(end - p);

		if (!newline
		    || (n && !(n == 2 && !memcmp(p, "--", 2))
			&& !(n > 12 && !memcmp(p, "\\unrestrict ", 12))))
			return false;
		p += n + 1;
	}
	return true;
}

static enum nb_err
check_trailer(const struct nb_pg_dump *dump, const char *tail, size_t length)
{
	const char *trailer = dump->database
		? "\n-- PostgreSQL database dump complete"
		: "\n-- PostgreSQL database cluster dump complete";

	if (is_complete(tail, length, trailer))
		return NB_OK;
	return nb_fail(NB_ESOURCE,
		       "%s: the dump is truncated: its last line "
		       "\"%s\" is missing",
		       dump->object, trailer + 1);
}

static enum nb_err
drop(void *ctx, const void *data, size_t n)
{
	(void)ctx;
	(void)data;
	(void)n;
	return NB_OK;
}

static enum nb_err
keep_ending(void *ctx, const void *data, size_t n)
{
	struct ending *ending = ctx;

	nb_tail_add(ending->tail, &ending->length, data, n);
	ending->bytes += n;
	return NB_OK;
}

/* Runs a reader of the dump; NAME is for messages. */
static enum nb_err
read_with(const struct nb_pg_dump *dump, const char *name, struct nb_proc *spec)
{
	struct nb_proc_result result = { .output = NULL };
	char *object = NULL;
	enum nb_err err = nb_str_format(&object, "%s: %s", dump->object, name);

	if (err)
		return err;
	spec->name = object;
	spec->run_as = nb_pg_transport(dump->source)->reader(dump->source);
	spec->timeout_ms = nb_pg_options(dump->source)->timeout * 1000;
	err = nb_proc_run(spec, &result);
	if (!err)
		err = nb_pg_status(object, &result);
	else if (err == NB_EFAIL || err == NB_ENOTFOUND)
		err = NB_ESOURCE;
	nb_proc_result_free(&result);
	free(object);
	return err;
}

static enum nb_err
open_dump(const struct nb_pg_dump *dump, int *fd)
{
	*fd = nb_path_open(dump->context->staging, dump->path, O_RDONLY, 0);
	if (*fd < 0)
		return nb_fail_errno(NB_EIO, "%s: cannot open %s", dump->object,
				     dump->path);
	return NB_OK;
}

enum nb_err
nb_pg_check_text(struct nb_pg_dump *dump)
{
	return check_trailer(dump, dump->file.tail, dump->file.tail_length);
}

/* The dump as the program produced it, before any filter. */
static enum nb_err
read_plain(const struct nb_pg_dump *dump, nb_filter_sink *put, void *ctx)
{
	const struct nb_chain_spec spec = { .object = dump->object,
					    .filters = dump->format->filters,
					    .put = put,
					    .ctx = ctx };
	struct nb_chain *chain = NULL;
	int fd = -1;
	enum nb_err err = open_dump(dump, &fd);

	if (!err)
		err = nb_chain_read(&spec, &chain);
	if (!err)
		err = nb_chain_pump(chain, fd);
	nb_chain_free(chain);
	nb_fd_close(&fd);
	return err;
}

/* A dump that the program itself compressed: its end was not visible while it
 * was written. */
enum nb_err
nb_pg_check_packed(struct nb_pg_dump *dump)
{
	struct ending ending = { .length = 0 };
	enum nb_err err = read_plain(dump, keep_ending, &ending);

	if (err)
		return err == NB_ECORRUPT ? NB_ESOURCE : err;
	dump->raw = ending.bytes;
	return check_trailer(dump, ending.tail, ending.length);
}

static enum nb_err
restore_directory(const struct nb_pg_dump *dump, const char *const option[2])
{
	const char *argv[5] = { dump->restore, option[0], option[1] };
	char *path = NULL;
	enum nb_err err =
		nb_path_join(dump->context->staging_path, dump->path, &path);

	if (err)
		return err;
	argv[option[1] ? 3 : 2] = path;
	err = read_with(dump, option[1] ? "pg_restore" : "pg_restore --list",
			&(struct nb_proc){
				.argv = argv, .stdin_fd = -1, .sink = drop });
	free(path);
	return err;
}

static enum nb_err
produce(void *ctx, nb_filter_sink *put, void *put_ctx)
{
	return read_plain(ctx, put, put_ctx);
}

/* A dump without filters is read directly from its file. */
static enum nb_err
open_plain(const struct nb_pg_dump *dump, int *fd, struct nb_pipe **pipe)
{
	return dump->format->filters ? nb_pipe_begin(
		       &(struct nb_pipe_spec){ .object = dump->path,
					       .produce = produce,
					       .ctx = (void *)(uintptr_t)dump },
		       fd, pipe)
				     : open_dump(dump, fd);
}

/* The file belongs to root: pg_restore gets it as its stdin. */
static enum nb_err
restore_file(const struct nb_pg_dump *dump, const char *const option[2])
{
	const char *const argv[] = { dump->restore, option[0], option[1],
				     NULL };
	struct nb_pipe *pipe = NULL;
	int fd = -1;
	enum nb_err err = open_plain(dump, &fd, &pipe), later = NB_OK;

	if (!err)
		err = read_with(
			dump, option[1] ? "pg_restore" : "pg_restore --list",
			&(struct nb_proc){
				.argv = argv, .stdin_fd = fd, .sink = drop });
	if (pipe)
		later = nb_pipe_end(pipe, &fd);
	nb_fd_close(&fd);
	return err ? err : later ? NB_ESOURCE : NB_OK;
}

/* --list reads only the table of contents; the second command reads every
 * byte. */
static enum nb_err
check_with(const struct nb_pg_dump *dump,
	   enum nb_err (*read)(const struct nb_pg_dump *dump,
			       const char *const option[2]))
{
	static const char *const options[2][2] = {
		{ "--list", NULL },
		{ "-f", "/dev/null" },
	};
	int passes = nb_pg_options(dump->source)->full_check ? 2 : 1;
	enum nb_err err = NB_OK;

	for (int i = 0; !err && i < passes; i++)
		err = read(dump, options[i]);
	return err;
}

enum nb_err
nb_pg_check_archive(struct nb_pg_dump *dump)
{
	return check_with(dump, restore_file);
}

enum nb_err
nb_pg_check_directory(struct nb_pg_dump *dump)
{
	return check_with(dump, restore_directory);
}
