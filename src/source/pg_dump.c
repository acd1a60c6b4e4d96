/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "base/user.h"
#include "source/pg.h"

#define MAX_WARNINGS 10

static bool
is_directory(const struct nb_pg_dump *dump)
{
	return dump->database
		&& dump->source->postgres.format == NB_FORMAT_DIRECTORY;
}

static bool
is_packed(const struct nb_pg_dump *dump)
{
	return dump->database && !is_directory(dump)
		&& dump->source->postgres.compression == NB_COMPRESSION_ZSTD;
}

/* The argument of -Z into *OUT, or NULL where pg_dump's own choice holds. */
static enum nb_err
compression_argument(const struct nb_pg_dump *dump, char **out)
{
	const struct nb_config_source *source = dump->source;
	bool plain = source->postgres.format == NB_FORMAT_PLAIN;
	int level = source->postgres.level;

	switch (source->postgres.compression) {
	case NB_COMPRESSION_DEFAULT:
		return plain ? nb_str_dup("-Z0", out) : NB_OK;
	case NB_COMPRESSION_NONE:
		return nb_str_dup("-Z0", out);
	case NB_COMPRESSION_GZIP:
		if (level < 0 && !plain)
			return NB_OK;
		return nb_str_format(out, "-Z%d", level < 0 ? 6 : level);
	case NB_COMPRESSION_ZSTD:
		if (source->postgres.format != NB_FORMAT_DIRECTORY)
			return nb_str_dup("-Z0", out);
		return level < 0 ? nb_str_dup("-Zzstd", out)
			: nb_str_format(out, "-Zzstd:%d", level);
	}
	return NB_OK;
}

/* Appends a copy of TEXT unless NULL; frees nothing. */
static enum nb_err
add(struct nb_names *arguments, const char *text)
{
	char *copy = NULL;
	enum nb_err err = nb_str_dup(text, &copy);

	if (!err && copy)
		err = nb_array_push(arguments, copy);
	if (err)
		free(copy);
	return err;
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
	static const char *const formats[] = {
		[NB_FORMAT_CUSTOM] = "-Fc", [NB_FORMAT_PLAIN] = "-Fp",
		[NB_FORMAT_DIRECTORY] = "-Fd",
	};
	enum nb_format format = dump->source->postgres.format;
	char *text = NULL;
	enum nb_err err = add(arguments, formats[format]);

	if (!err)
		err = compression_argument(dump, &text);
	if (!err)
		err = add_taken(arguments, text);
	if (err || !is_directory(dump))
		return err;
	text = NULL;
	if (dump->source->postgres.jobs > 1)
		err = nb_str_format(&text, "-j%d", dump->source->postgres.jobs);
	if (!err)
		err = add_taken(arguments, text);
	/* Staging syncs every file when all dumps are complete. */
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
make_arguments(const struct nb_pg_dump *dump,
	       const struct nb_pg_conninfo *conninfo,
	       struct nb_names *arguments)
{
	char *lock = NULL;
	enum nb_err err = add(arguments, dump->program);

	if (!err)
		err = add(arguments, "-w");
	if (!err && dump->source->postgres.lock_timeout > 0)
		err = nb_str_format(&lock, "--lock-wait-timeout=%" PRId64,
				    dump->source->postgres.lock_timeout * 1000);
	if (!err)
		err = add_taken(arguments, lock);
	if (!err)
		err = dump->database ? add_format(arguments, dump)
			: add(arguments, "--globals-only");
	if (!err && *conninfo->text)
		err = add(arguments, "-d");
	if (!err && *conninfo->text)
		err = add(arguments, conninfo->text);
	return err ? err : nb_array_push(arguments, NULL);
}

static enum nb_err
sink(void *ctx, const void *data, size_t n)
{
	struct nb_pg_dump *dump = ctx;

	return nb_dump_file_write(&dump->file, data, n);
}

static enum nb_err
tick(void *ctx)
{
	struct nb_pg_dump *dump = ctx;
	const struct nb_source_context *context = dump->context;
	uint64_t bytes = dump->file.raw, cap = dump->source->postgres.max_size;
	enum nb_err err = NB_OK;

	if (is_directory(dump)) {
		err = nb_pg_directory_size(dump, &bytes);
		if (!err && cap && bytes > cap)
			err = nb_fail(NB_ESOURCE, "%s: pg_dump: more than %"
				      PRIu64 " bytes of output", dump->object,
				      cap);
	}
	if (!err && context->progress)
		err = context->progress(context->ctx, dump->object, bytes, 0);
	return err;
}

/* The first line that tells of an error, else the last. */
static const char *
telling_line(const char *errors)
{
	static const char *const marks[] = { "error: ", "FATAL: ", "ERROR: " };
	const char *line = strrchr(errors, '\n');

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		const char *mark = strstr(errors, marks[i]);

		if (!mark)
			continue;
		while (mark > errors && mark[-1] != '\n')
			mark--;
		return mark;
	}
	return line ? line + 1 : errors;
}

enum nb_err
nb_pg_status(const char *name, const struct nb_proc_result *result)
{
	const char *errors = result->errors ? result->errors : "", *line;
	bool locked = strstr(errors, "LOCK TABLE")
		&& strstr(errors, "timeout");

	if (result->signal || result->exit_code <= 0 || !*errors)
		return nb_proc_check(name, result, NB_ESOURCE);
	line = telling_line(errors);
	return nb_fail(NB_ESOURCE, "%s: exit status %d: %.*s%s", name,
		       result->exit_code, (int)strcspn(line, "\n"), line,
		       locked ? "\nhint: another session held a lock on a "
		       "table for longer than lock_timeout" : "");
}

/* What a program that succeeded had to say all the same. */
static void
pass_warnings(const char *name, const char *text)
{
	for (int i = 0; *text && i < MAX_WARNINGS; i++) {
		size_t n = strcspn(text, "\n");

		nb_log(NB_WARNING, "%s: %.*s", name, (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static enum nb_err
run(struct nb_pg_dump *dump, const struct nb_names *arguments,
    const struct nb_pg_conninfo *conninfo)
{
	const struct nb_config_source *source = dump->source;
	struct nb_proc_result result = { .output = NULL };
	char *name = NULL;
	enum nb_err err;

	err = nb_str_format(&name, "%s: %s", dump->object,
			    dump->database ? "pg_dump" : "pg_dumpall");
	if (err)
		return err;
	err = nb_proc_run(&(struct nb_proc){
		.argv = (const char *const *)arguments->at, .name = name,
		.environ_add = conninfo->environ_add,
		.run_as = source->postgres.run_as, .stdin_fd = -1,
		.sink = is_directory(dump) ? NULL : sink, .tick = tick,
		.ctx = dump, .max_bytes = source->postgres.max_size,
		.timeout_ms = source->postgres.timeout * 1000 }, &result);
	if (!err)
		err = nb_pg_status(name, &result);
	else if (err == NB_EFAIL || err == NB_ENOTFOUND)
		err = NB_ESOURCE;
	if (!err && result.errors)
		pass_warnings(name, result.errors);
	if (!err && !is_directory(dump) && !result.bytes)
		err = nb_fail(NB_ESOURCE, "%s: exit status 0, but no output",
			      name);
	nb_proc_result_free(&result);
	free(name);
	return err;
}

/* The file's path beneath staging: unique names, readable where possible. */
static enum nb_err
make_path(struct nb_pg_dump *dump)
{
	static const char *const endings[] = {
		[NB_FORMAT_CUSTOM] = ".dump", [NB_FORMAT_PLAIN] = ".sql",
		[NB_FORMAT_DIRECTORY] = "",
	};
	const struct nb_config_source *source = dump->source;
	char *encoded = NULL;
	const char *packed = "", *ending = ".sql";
	enum nb_err err = nb_path_encode(dump->name, &encoded);

	if (dump->database) {
		ending = endings[source->postgres.format];
		if (is_packed(dump))
			packed = ".zst";
		else if (source->postgres.format == NB_FORMAT_PLAIN
			 && source->postgres.compression == NB_COMPRESSION_GZIP)
			packed = ".gz";
	}
	if (!err)
		err = nb_str_format(&dump->path, "postgres/%s%s%s", encoded,
				    ending, packed);
	free(encoded);
	return err;
}

static enum nb_err
open_file(struct nb_pg_dump *dump)
{
	int level = dump->source->postgres.level;
	enum nb_err err;

	if (!dump->database) {
		/* restore.sh and people look for this name first. */
		err = nb_dump_file_open(&dump->file, dump->context->staging,
					"postgres/globals.sql", false, 0);
		if (err != NB_ENOTFOUND) {
			free(dump->path);
			dump->path = NULL;
			return err ? err : nb_str_dup("postgres/globals.sql",
						      &dump->path);
		}
		nb_dump_file_clear(&dump->file);
	}
	return nb_dump_file_open(&dump->file, dump->context->staging,
				 dump->path, is_packed(dump), level);
}

static enum nb_err
make_directory(struct nb_pg_dump *dump)
{
	struct nb_user user = { .name = NULL };
	int staging = dump->context->staging, fd = -1;
	enum nb_err err = nb_user_find(dump->source->postgres.run_as, &user);

	if (err)
		return err;
	if (mkdirat(staging, dump->path, 0700)) {
		err = errno == EEXIST ? NB_ENOTFOUND
			: nb_fail_errno(nb_fd_write_error(),
					"%s: cannot make directory",
					dump->path);
		goto out;
	}
	fd = nb_path_open(staging, dump->path, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0 || fchown(fd, user.uid, user.gid))
		err = nb_fail_errno(NB_EIO, "%s: cannot give to %s",
				    dump->path, user.name);
out:
	nb_fd_close(&fd);
	nb_user_free(&user);
	return err;
}

static enum nb_err
finish(struct nb_pg_dump *dump)
{
	enum nb_err err;

	if (is_directory(dump)) {
		err = nb_pg_directory_size(dump, &dump->stored);
		dump->raw = dump->stored;
		if (!err && !dump->stored)
			err = nb_fail(NB_ESOURCE, "%s: pg_dump: exit status "
				      "0, but no output", dump->object);
		return err;
	}
	err = nb_dump_file_finish(&dump->file);
	dump->raw = dump->file.raw;
	dump->stored = dump->file.stored;
	return err;
}

enum nb_err
nb_pg_dump_run(struct nb_pg_dump *dump)
{
	struct nb_pg_conninfo conninfo = { .text = NULL };
	struct nb_names arguments = NB_ARRAY_INIT;
	enum nb_err err;

	err = nb_path_make(dump->context->staging, "postgres", 0711);
	if (!err)
		err = make_path(dump);
	if (!err)
		err = is_directory(dump) ? make_directory(dump)
			: open_file(dump);
	if (err == NB_ENOTFOUND)
		err = nb_fail(NB_ECONFIG, "%s: %s is there already\nhint: two "
			      "sources of the job dump the same name",
			      dump->object, dump->path);
	if (!err)
		err = nb_pg_conninfo(dump->source, dump->database, &conninfo);
	if (!err)
		err = make_arguments(dump, &conninfo, &arguments);
	if (!err)
		err = run(dump, &arguments, &conninfo);
	if (!err)
		err = finish(dump);
	for (size_t i = 0; i < arguments.count; i++)
		free(arguments.at[i]);
	nb_array_free(&arguments);
	nb_pg_conninfo_clear(&conninfo);
	return err;
}

void
nb_pg_dump_clear(struct nb_pg_dump *dump)
{
	nb_dump_file_clear(&dump->file);
	free(dump->path);
	dump->path = NULL;
}
