/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/restore.h"

#include <string.h>
#include <unistd.h>

#include "disc/read/bad_blocks.h"
#include "job/restore/beside.h"
#include "job/restore/restore_globals.h"
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
	if (nb_restore_is_globals(source) && ops->kind.client)
		return nb_fail(NB_EUSAGE,
			       "%s %s: no database\n"
			       "hint: nightburn restore --to DIR --source %s, "
			       "then %s -f DIR/%s",
			       source->kind, name, name, ops->kind.client,
			       source->path);
	return nb_fail(NB_EUSAGE,
		       "%s %s: no database\n"
		       "hint: nightburn restore --to DIR --source %s restores "
		       "its files",
		       source->kind, name, name);
}

/* A dump that is being loaded into a database. */
struct loading {
	struct nb_restoring r;
	const struct nb_manifest_source *source;
	struct nb_restore_globals globals;
	uint64_t bad; /* of the files beside it */
	char *old;    /* the new name of a database that was replaced */
};

/* Without an option, root's programs run as the user who dumped; but whoever
 * names the server has decided who connects. */
static const char *
usual_user(const struct nb_restoring *r,
	   const struct nb_manifest_source *source)
{
	const struct nb_source_ops *ops = nb_source_find(source->kind);
	const struct nb_config_source *configured =
		nb_restore_configured(r->nb, r->backup, source);

	if (geteuid() || r->options->conninfo)
		return NULL;
	return configured && ops->run_as ? ops->run_as(configured) : NULL;
}

/* Fills in SPEC and calls FN, a function of the kind of SOURCE; NULL: there is
 * nothing to do. */
static enum nb_err
with_source(const struct nb_restoring *r,
	    const struct nb_manifest_source *source,
	    enum nb_err (*fn)(const struct nb_source_restore *),
	    struct nb_source_restore *spec)
{
	const struct nb_config_source unknown = { .name = source->name };
	const struct nb_config_source *configured =
		nb_restore_configured(r->nb, r->backup, source);
	enum nb_err err;

	spec->record = source;
	spec->source = configured ? configured : &unknown;
	spec->conninfo = r->options->conninfo;
	spec->run_as = r->options->run_as;
	err = fn ? fn(spec) : NB_OK;
	spec->source = NULL; /* it may be of this function alone */
	return err;
}

/* The globals if they are wanted, then the dump into the database.  Before that
 * nothing is changed if the dump has no such parts. */
static enum nb_err
load_database(struct loading *l, struct nb_source_restore *spec)
{
	const struct nb_source_ops *ops = nb_source_find(l->source->kind);
	const struct nb_manifest_source *globals = l->globals.source;
	/* Roles may be needed although no object gets its owner. */
	struct nb_source_restore first = {
		.read = nb_dump_stream_read,
		.read_ctx = &l->globals.stream,
		.load = l->r.options,
	};
	enum nb_err err;

	spec->into = l->r.options->into;
	spec->load = l->r.options;
	spec->kept = l->old;
	/* A drill compares by itself. */
	spec->compare = l->old;
	err = with_source(&l->r, l->source, ops->restore_check, spec);
	if (!err && globals)
		err = with_source(&l->r, globals,
				  nb_source_find(globals->kind)->restore,
				  &first);
	return err ? err : with_source(&l->r, l->source, ops->restore, spec);
}

static enum nb_err
check(void *ctx)
{
	return nb_job_check(((const struct loading *)ctx)->r.nb);
}

/* A dump of several files, which the program opens itself, is extracted to a
 * directory first. */
static enum nb_err
by_directory(struct loading *l, struct nb_extract_result *result)
{
	struct nb_staged_dump staged = { .made = NULL };
	bool loaded = false;
	struct nb_source_restore spec = { .tick = check,
					  .tick_ctx = l,
					  .lacks = &result->lacks,
					  .loaded = &loaded };
	enum nb_err err = nb_staged_dump_make(&l->r, l->source, &staged,
					      result),
		    removed;

	spec.path = staged.path;
	if (!err)
		err = load_database(l, &spec);
	if (!loaded)
		result->files = result->bytes = 0;
	removed = nb_staged_dump_remove(&staged);
	return err ? err : removed;
}

/* Changes the database only after the whole dump was read and found to be
 * good. */
static enum nb_err
by_stream(struct loading *l, struct nb_extract_result *result)
{
	struct nb_dump_stream stream = { .nb = l->r.nb, .blocks = l->r.blocks };
	bool loaded = false;
	struct nb_source_restore spec = { .read = nb_dump_stream_read,
					  .read_ctx = &stream,
					  .tick = nb_dump_stream_progress,
					  .tick_ctx = &stream,
					  .lacks = &result->lacks,
					  .loaded = &loaded };
	enum nb_err err = nb_dump_stream_open(&stream, l->r.nodes, l->r.backup,
					      l->source->path);

	if (!err)
		err = nb_dump_stream_check(&stream);
	if (err == NB_EIO)
		nb_bad_blocks_find(stream.blocks, stream.node, NULL, NULL);
	result->bad = err == NB_ECORRUPT || err == NB_EIO;
	if (!err)
		err = load_database(l, &spec);
	if (loaded) {
		result->files = 1;
		result->bytes = stream.entry->size;
	}
	return err;
}

/* Chooses the dump, and reduces the backup to it. */
static enum nb_err
choose(struct loading *l)
{
	const struct nb_restore_options *options = l->r.options;
	enum nb_err err = choose_dump(l->r.backup, options, &l->source);

	if (!err)
		err = check_kind(l->source);
	if (!err && (!l->source->path || !*l->source->path))
		err = nb_fail(NB_ECORRUPT, "%s: the manifest names no file",
			      l->source->name);
	if (!err && (options->with_globals || options->globals))
		err = nb_restore_globals_open(&l->r, &l->globals);
	if (!err)
		err = nb_restore_check_beside(&l->r, l->source, &l->bad);
	return err ? err
		   : nb_restore_select(l->r.backup, options, l->source->path);
}

/* The manifest has what the files beside the dump contain. */
static enum nb_err
report_beside(const struct loading *l)
{
	if (!l->bad)
		return NB_OK;
	return nb_fail(NB_EWRONG,
		       "%s: it is restored, but files beside its dump on the "
		       "disc are damaged\n"
		       "hint: nightburn verify records that",
		       l->r.options->into);
}

enum nb_err
nb_restore_into(struct nightburn *nb, const struct nb_restore_options *options,
		struct nb_blocks *blocks, const struct nb_nodes *nodes,
		struct nb_disc_backup *backup, struct nb_extract_result *result,
		char old[64])
{
	struct loading l = { .r = { nb, options, blocks, nodes, backup },
			     .old = old };
	enum nb_err err = choose(&l);
	struct nb_restore_options as_user = *options;
	const struct nb_source_ops *ops;

	if (!err && !options->run_as) {
		as_user.run_as = usual_user(&l.r, l.source);
		l.r.options = &as_user;
	}
	if (!err) {
		ops = nb_source_find(l.source->kind);
		err = ops->by_path && ops->by_path(l.source, options)
			? by_directory(&l, result)
			: by_stream(&l, result);
	}
	result->bad += l.bad;
	if (!err)
		err = report_beside(&l);
	nb_restore_globals_free(&l.globals);
	return err;
}
