/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/restore.h"

#include <string.h>

#include "disc/read/bad_blocks.h"
#include "job/restore/dump_stream.h"
#include "job/restore/staged_dump.h"
#include "source/source.h"

/* Finds the dump: the named one, the one of that database, or the only one. */
static enum nb_err
choose_dump(const struct nb_disc_backup *backup,
	    const struct nb_restore_options *options,
	    const struct nb_manifest_source **out)
{
	const struct nb_manifest_sources *list = &backup->manifest.sources;
	const struct nb_manifest_source *only = NULL;
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct nb_manifest_source *s = &list->at[i];

		if (!s->database)
			continue;
		if (options->source ? !strcmp(s->name, options->source)
				    : !strcmp(s->database, options->into)) {
			*out = s;
			return NB_OK;
		}
		only = s;
		count++;
	}
	if (options->source)
		return nb_restore_source(backup, options->source, out);
	if (count != 1)
		return nb_fail(NB_EUSAGE,
			       "%s: backup %s contains %zu databases, none of "
			       "this name\nhint: name one with "
			       "--source",
			       options->into, backup->manifest.backup_id,
			       count);
	*out = only;
	return NB_OK;
}

/* Fails for a source that is not a database. */
static enum nb_err
check_kind(const struct nb_manifest_source *source)
{
	const struct nb_source_ops *ops = nb_source_find(source->kind);
	const char *name = source->name;

	if (source->database && ops && ops->restore && !ops->to_disk)
		return NB_OK;
	/* A script for the whole server. */
	if (ops && ops->restore && !ops->to_disk && source->path)
		return nb_fail(NB_EUSAGE,
			       "%s %s: no database\n"
			       "hint: nightburn restore --to DIR --source %s, "
			       "then psql -f DIR/%s",
			       source->kind, name, name, source->path);
	return nb_fail(NB_EUSAGE,
		       "%s %s: no database\n"
		       "hint: nightburn restore --to DIR --source %s restores "
		       "its files",
		       source->kind, name, name);
}

static struct nb_source_load
choice_of(const struct nb_restore_options *options)
{
	return (struct nb_source_load){
		.no_owner = options->no_owner,
		.no_privileges = options->no_privileges,
		.no_tablespaces = options->no_tablespaces,
		.tables = options->tables,
		.table_count = options->table_count,
		.schemas = options->schemas,
		.schema_count = options->schema_count,
		.section = options->section,
		.jobs = options->jobs,
		.keep = options->keep,
	};
}

/* Fills in SPEC and restores the dump into the database. */
static enum nb_err
load_database(const struct nb_restoring *r,
	      const struct nb_manifest_source *source,
	      struct nb_source_restore *spec)
{
	const struct nb_config_source unknown = { .name = source->name };
	const struct nb_config_source *configured = r->nb
		? nb_config_source(r->nb->config, r->backup->manifest.job,
				   source->kind, source->name)
		: NULL;

	spec->record = source;
	spec->source = configured ? configured : &unknown;
	spec->into = r->options->into;
	spec->conninfo = r->options->conninfo;
	spec->run_as = r->options->run_as;
	spec->load = choice_of(r->options);
	return nb_source_find(source->kind)->restore(spec);
}

/* A dump of several files, which the program opens itself, is extracted to a
 * directory first. */
static enum nb_err
by_directory(const struct nb_restoring *r,
	     const struct nb_manifest_source *source,
	     struct nb_extract_result *result)
{
	struct nb_staged_dump staged = { .fd = -1 };
	bool loaded = false;
	struct nb_source_restore spec = { .loaded = &loaded };
	enum nb_err err = nb_staged_dump_make(r, source, &staged, result),
		    removed;

	spec.path = staged.path;
	if (!err)
		err = load_database(r, source, &spec);
	if (!loaded)
		result->files = result->bytes = 0;
	removed = nb_staged_dump_remove(&staged);
	return err ? err : removed;
}

/* Changes the database only after the whole dump was read and found to be
 * good. */
static enum nb_err
by_stream(const struct nb_restoring *r, const struct nb_manifest_source *source,
	  struct nb_extract_result *result)
{
	struct nb_dump_stream stream = { .nb = r->nb, .blocks = r->blocks };
	bool loaded = false;
	struct nb_source_restore spec = { .read = nb_dump_stream_read,
					  .read_ctx = &stream,
					  .tick = nb_dump_stream_progress,
					  .tick_ctx = &stream,
					  .loaded = &loaded };
	enum nb_err err =
		nb_dump_stream_open(&stream, r->nodes, r->backup, source->path);

	if (!err)
		err = nb_dump_stream_check(&stream);
	if (err == NB_EIO)
		nb_bad_blocks_find(stream.blocks, stream.node, NULL, NULL);
	result->bad = err == NB_ECORRUPT;
	if (!err)
		err = load_database(r, source, &spec);
	if (loaded) {
		result->files = 1;
		result->bytes = stream.entry->size;
	}
	return err;
}

enum nb_err
nb_restore_into(struct nightburn *nb, const struct nb_restore_options *options,
		struct nb_blocks *blocks, const struct nb_nodes *nodes,
		struct nb_disc_backup *backup, struct nb_extract_result *result)
{
	const struct nb_restoring r = { nb, options, blocks, nodes, backup };
	const struct nb_manifest_source *source;
	enum nb_err err = choose_dump(backup, options, &source);
	const struct nb_source_ops *ops;
	struct nb_source_load load;

	if (!err)
		err = check_kind(source);
	if (!err && (!source->path || !*source->path))
		err = nb_fail(NB_ECORRUPT, "%s: the manifest names no file",
			      source->name);
	if (!err)
		err = nb_restore_select(backup, options, source->path);
	if (err)
		return err;
	ops = nb_source_find(source->kind);
	load = choice_of(options);
	return ops->by_path && ops->by_path(source, &load)
		? by_directory(&r, source, result)
		: by_stream(&r, source, result);
}
