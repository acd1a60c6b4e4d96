/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "base/user.h"
#include "source/postgres/check.h"
#include "source/postgres/cluster/cluster.h"
#include "source/postgres/count/count.h"
#include "source/postgres/describe.h"
#include "source/postgres/restore/load.h"
#include "source/postgres/restore/restore.h"
#include "source/postgres/serve.h"
#include "source/postgres/transport.h"

#define GLOBALS_ESTIMATE (1 << 20)

/* The program that dumps. */
static enum nb_pg_program
dumper(const struct nb_config_source *source)
{
	return nb_pg_dumper(nb_pg_format_of(source));
}

static bool
is_archive(const struct nb_config_source *source)
{
	return nb_pg_format_of(source)->reader == NB_PG_RESTORE;
}

/* A dump may be made by a newer pg_dump, but not by an older one. */
static enum nb_err
check_version(const struct nb_config_source *source, int number,
	      const char *text)
{
	struct nb_pg_server server = { .version = 0 };
	const char *program = nb_pg_program_name(dumper(source));
	enum nb_err err = nb_pg_ask(source, false, &server);
	int major;

	if (err)
		return err;
	major = server.version >= 100000 ? server.version / 10000 * 10000
					 : server.version / 100 * 100;
	if (number < major)
		err = nb_fail(NB_ESOURCE,
			      "postgres %s: %s %s is older than "
			      "the server, %s\nhint: install the client "
			      "programs of PostgreSQL %s, or set %s",
			      source->name, program, text, server.version_text,
			      server.version_text, program);
	nb_pg_server_clear(&server);
	return err;
}

static enum nb_err
check_program(const struct nb_config_source *source, int *number, char **text)
{
	char *path = NULL;
	enum nb_err err = nb_pg_program_find(source, dumper(source), &path);

	if (!err)
		err = nb_pg_program_version(source, path, number, text);
	if (!err && *number < nb_pg_format_of(source)->since)
		err = nb_fail(NB_ECONFIG,
			      "postgres %s: pg_dump %s does not support zstd "
			      "with format = directory\nhint: compress = gzip, "
			      "or format = custom",
			      source->name, *text);
	free(path);
	return err;
}

enum nb_err
nb_pg_preflight(const struct nb_config_source *source, int *number, char **text)
{
	enum nb_err err = nb_pg_check_user(source);

	if (!err)
		err = nb_pg_warn_passfile(source);
	if (!err)
		err = check_program(source, number, text);
	return err ? err : check_version(source, *number, *text);
}

/* Archives are read on this host, wherever they were made. */
static enum nb_err
preflight(const struct nb_config_source *source)
{
	char *restore = NULL;
	enum nb_err err = NB_OK;

	if (is_archive(source))
		err = nb_pg_program_find(source, NB_PG_RESTORE, &restore);
	if (!err)
		err = nb_pg_transport(source)->preflight(source, restore);
	free(restore);
	return err;
}

static enum nb_err
estimate(const struct nb_config_source *source, uint64_t *bytes)
{
	struct nb_pg_server server = { .version = 0 };
	uint64_t sum = GLOBALS_ESTIMATE;
	enum nb_err err = NB_OK;

	if (!nb_pg_options(source)->globals_only)
		err = nb_pg_ask(source, true, &server);
	for (size_t i = 0; i < server.databases.count; i++)
		sum += server.databases.at[i].size;
	nb_pg_server_clear(&server);
	if (!err)
		*bytes = sum;
	return err;
}

static enum nb_err
add_entries(const struct nb_pg_dump *dump, struct nb_source_output *out)
{
	struct nb_user owner = { .name = NULL };
	struct nb_entry e = {
		.type = NB_ENTRY_FILE,
		.content = NB_CONTENT_ROOT,
		.mode = 0400,
		.mtime = dump->context->date,
		.size = dump->stored,
		.hashed = true,
	};
	const struct nb_config_source *source = dump->source;
	enum nb_err err = nb_user_find(
		NULL, nb_pg_transport(source)->owner(source), &owner);

	if (!err)
		err = nb_pg_write_scripts(dump, &owner, out);
	if (!err && dump->format->directory) {
		err = nb_pg_directory_entries(dump, &owner, out);
		goto out;
	}
	/* globals.sql may contain passwords: only run_as and root may read
	 * it. */
	e.uid = owner.uid;
	e.gid = owner.gid;
	memcpy(e.sha256, dump->file.sha256, sizeof e.sha256);
	if (dump->format->filters)
		e.plain = dump->raw;
	if (!err)
		err = nb_str_dup(dump->format->filters, &e.filters);
	if (!err)
		err = nb_str_dup(dump->path, &e.root_path);
	if (!err)
		err = nb_str_dup(dump->path, &e.path);
	if (err)
		nb_entry_clear(&e);
	else
		err = nb_entries_add(out->entries, &e);
out:
	nb_user_free(&owner);
	return err;
}

static enum nb_err
add_record(struct nb_pg_dump *dump, const struct nb_pg_server *server,
	   struct nb_manifest_sources *sources)
{
	struct nb_manifest_source record = { .bytes = dump->raw,
					     .stored = dump->stored };
	enum nb_err err = nb_str_dup("postgres", &record.kind);

	if (!err)
		err = nb_str_dup(dump->name, &record.name);
	if (!err)
		err = nb_str_dup(dump->database, &record.database);
	if (!err)
		err = nb_str_dup(dump->format->name, &record.format);
	if (!err)
		err = nb_str_dup(dump->path, &record.path);
	if (!err)
		err = nb_str_dup(nb_pg_format_compression(dump->format),
				 &record.compression);
	if (!err)
		err = nb_str_dup(server->version_text, &record.server_version);
	if (!err)
		err = nb_pg_identify(dump->source, server, &record);
	if (!err && dump->properties)
		err = nb_properties_copy(dump->properties, &record.properties);
	record.counts = dump->counts;
	memset(&dump->counts, 0, sizeof dump->counts);
	if (!err)
		err = nb_pg_take_missing(&record);
	if (!err)
		err = nb_array_push(sources, record);
	if (err)
		nb_manifest_source_clear(&record);
	return err;
}

/* Runs, checks and records one dump; DUMP's inputs are filled in. */
static enum nb_err
take_dump(struct nb_pg_dump *dump, const struct nb_pg_server *server,
	  struct nb_source_output *out)
{
	const struct nb_source_context *context = dump->context;
	char *object = NULL;
	enum nb_err err = nb_str_format(&object, "postgres %s", dump->name);

	dump->object = object;
	if (!err)
		err = nb_pg_dump_run(dump);
	if (!err)
		err = dump->format->check(dump);
	if (!err && context->progress)
		err = context->progress(context->ctx, object, dump->raw,
					dump->raw);
	if (!err)
		err = add_entries(dump, out);
	if (!err)
		err = add_record(dump, server, out->sources);
	nb_pg_dump_clear(dump);
	free(object);
	return err;
}

/* The dump of D, or a warning that there is none; what was left out is recorded
 * in the notes of the source's first record. */
static enum nb_err
take_database(const struct nb_pg_dump *model, const struct nb_pg_server *server,
	      const struct nb_pg_database *d, struct nb_source_output *out)
{
	const struct nb_config_source *source = model->source;
	struct nb_pg_dump dump = *model;

	dump.database = d->name;
	dump.name = nb_pg_options(source)->all ? d->name : source->name;
	dump.properties = &d->properties;
	dump.counted = nb_pg_options(source)->checksum != NB_PG_CHECKSUM_NONE;
	if (!d->properties.count)
		nb_log(NB_WARNING,
		       "postgres %s: nightburn on %s is older and does not "
		       "send encoding, owner and settings of the database\n"
		       "hint: install the same version on both hosts",
		       dump.name, nb_pg_options(source)->remote.host);
	return take_dump(&dump, server, out);
}

/* Names what cannot be dumped: in a warning, and in the notes of RECORD. */
static enum nb_err
note_left_out(const struct nb_config_source *source,
	      const struct nb_pg_server *server,
	      struct nb_manifest_source *record)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < server->databases.count; i++) {
		const struct nb_pg_database *d = &server->databases.at[i];

		if (!*d->left_out)
			continue;
		nb_log(NB_WARNING, "postgres %s: database %s is left out: %s",
		       source->name, d->name, d->left_out);
		err = nb_manifest_source_note(record, NB_NOTE_LEFT_OUT, d->name,
					      0);
	}
	return err;
}

static enum nb_err
take_all(const struct nb_pg_dump *model, const struct nb_pg_server *server,
	 struct nb_source_output *out)
{
	const struct nb_config_source *source = model->source;
	struct nb_pg_dump dump = *model;
	size_t first = out->sources->count;
	enum nb_err err = NB_OK;

	if (nb_pg_options(source)->globals_only) {
		dump.name = source->name;
		return take_dump(&dump, server, out);
	}
	for (size_t i = 0; !err && i < server->databases.count; i++)
		if (!*server->databases.at[i].left_out)
			err = take_database(model, server,
					    &server->databases.at[i], out);
	if (!err && out->sources->count == first)
		return nb_fail(NB_ESOURCE,
			       "postgres %s: the server has no databases",
			       source->name);
	return err ? err
		   : note_left_out(source, server, &out->sources->at[first]);
}

static enum nb_err
collect(const struct nb_config_source *source,
	const struct nb_source_context *context, void *held,
	struct nb_source_output *out)
{
	struct nb_pg_server server = { .version = 0 };
	char *restore = NULL;
	enum nb_err err =
		nb_entries_add_dir(out->entries, "postgres", context->date);

	(void)held;
	if (!err && is_archive(source))
		err = nb_pg_program_find(source, NB_PG_RESTORE, &restore);
	if (!err)
		err = nb_pg_ask(source, false, &server);
	if (!err)
		err = take_all(
			&(struct nb_pg_dump){ .source = source,
					      .context = context,
					      .format = nb_pg_format_of(source),
					      .restore = restore },
			&server, out);
	nb_pg_server_clear(&server);
	free(restore);
	return err;
}

/* On another host it is another user; and PGUSER names who connects. */
static const char *
run_as(const struct nb_config_source *source)
{
	const struct nb_pg_options *options = nb_pg_options(source);

	return options->remote.host || getenv("PGUSER") ? NULL
							: options->run_as;
}

static bool
is_staged(const struct nb_config_source *source)
{
	(void)source;
	return true;
}

static struct nb_least
least(const struct nb_config_source *source)
{
	return (struct nb_least){ .ratio = nb_pg_options(source)->min_ratio };
}

/* Tables that may become empty. */
static bool
leaves_out(const struct nb_config_source *source, const char *table)
{
	const struct nb_names *list = &nb_pg_options(source)->transient_tables;

	for (size_t i = 0; i < list->count; i++)
		if (!fnmatch(list->at[i], table, 0))
			return true;
	return false;
}

/* All databases of a server are sources of their own. */
static bool
covers(const struct nb_config_source *source, const char *name, bool database)
{
	const struct nb_pg_options *options = nb_pg_options(source);

	return options->all ? database : !strcmp(source->name, name);
}

static const char *const tasks[] = { NB_PG_TASK_CHECK, NB_PG_TASK_ASK,
				     NB_PG_TASK_DUMP, NULL };

const struct nb_source_ops nb_source_postgres = {
	.kind = {
		.name = "postgres",
		.fields = nb_pg_fields,
		.size = sizeof(struct nb_pg_options),
		.begin = nb_pg_options_begin,
		.end = nb_pg_options_end,
		.tasks = tasks,
		.readme = nb_pg_readme,
		.how_to = nb_pg_how_to,
		.server = "PostgreSQL",
		.client = "psql",
		.parts = nb_pg_parts,
		.add_item = nb_pg_add_item,
	},
	.preflight = preflight,
	.estimate = estimate,
	.collect = collect,
	.is_staged = is_staged,
	.least = least,
	.leaves_out = leaves_out,
	.covers = covers,
	.restore = nb_pg_restore,
	.restore_check = nb_pg_restore_check,
	.run_as = run_as,
	.by_path = nb_pg_load_by_path,
	.contents = nb_pg_contents,
	.contents_need = nb_pg_contents_need,
	.drill = &nb_pg_drill,
	.serve = nb_pg_serve,
};
