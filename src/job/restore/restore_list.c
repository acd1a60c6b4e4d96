/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists the contents of a backup on a disc, from the disc alone. */
#include "job/jobs.h"
#include "job/restore/restore.h"

#include <string.h>

#include "base/log.h"
#include "job/disc/restorable.h"
#include "job/restore/dump_stream.h"
#include "job/restore/restore_options.h"
#include "job/restore/staged_dump.h"
#include "model/record/own_files.h"
#include "source/source.h"

struct listing {
	struct nightburn *nb;
	const struct nb_restore_options *options;
	const struct nb_restore_listing *to;
	struct nb_restore_pick *pick;
	size_t count; /* of paths */
};

static enum nb_err
result_of(int stopped)
{
	return stopped ? NB_ECANCELED : NB_OK;
}

/* ---- backup and sources ---- */

static enum nb_err
pass_backup(const struct listing *l)
{
	const struct nb_disc_backup *b = l->pick->backup;
	const struct nb_manifest *m = &b->manifest;
	struct nb_listed_backup row = {
		.id = m->backup_id,
		.job = m->job,
		.pool = m->pool,
		.host = m->host,
		.disc = l->pick->look.label.disc,
		.generation = m->generation,
		.created = m->created,
	};

	nb_own_files_rest(&b->entries, &row.files, &row.bytes);
	return result_of(l->to->on_backup(l->to->ctx, &row));
}

static enum nb_err
count_path(void *ctx, const struct nb_restore_path *path)
{
	*(uint64_t *)ctx += path->entry->type == NB_ENTRY_FILE;
	return NB_OK;
}

static enum nb_err
pass_source(const struct listing *l, const struct nb_manifest_source *s)
{
	const struct nb_restore_options all = { .path_count = 0 };
	struct nb_source_row row = nb_source_row_of(s);
	enum nb_err err = s->path ? nb_restore_each(l->pick->backup, &all, s,
						    count_path, &row.files)
				  : NB_OK;

	return err ? err : result_of(l->to->on_source(l->to->ctx, &row));
}

static enum nb_err
pass_sources(const struct listing *l, const struct nb_manifest_source *only)
{
	const struct nb_manifest_sources *all =
		&l->pick->backup->manifest.sources;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < all->count; i++)
		if (!only || only == &all->at[i])
			err = pass_source(l, &all->at[i]);
	return err;
}

/* ---- paths ---- */

static enum nb_err
pass_path(void *ctx, const struct nb_restore_path *path)
{
	struct listing *l = ctx;
	struct nb_file_row row = nb_file_row_of(path->entry);

	row.backup_id = l->pick->backup->manifest.backup_id;
	row.disc = l->pick->look.label.disc;
	row.generation = l->pick->backup->manifest.generation;
	row.path = path->path;
	l->count++;
	return result_of(l->to->on_file(l->to->ctx, &row));
}

static enum nb_err
pass_paths(struct listing *l, const struct nb_manifest_source *source)
{
	const struct nb_restore_options *o = l->options;
	bool some = o->path_count || o->pattern_count;
	enum nb_err err;

	if (!source && !some)
		return NB_OK;
	err = nb_restore_each(l->pick->backup, o, source, pass_path, l);
	if (!err && !l->count && some)
		err = nb_fail(NB_ENOTFOUND, "%s: not in this backup",
			      o->path_count ? o->paths[0] : o->patterns[0]);
	return err;
}

/* ---- the contents of a dump ---- */

static enum nb_err
pass_line(void *ctx, const char *line)
{
	const struct listing *l = ctx;

	return result_of(l->to->on_content(l->to->ctx, line));
}

static const struct nb_entry *
needed(const struct nb_disc_backup *backup,
       const struct nb_manifest_source *source, const struct nb_source_ops *ops)
{
	for (size_t i = 0; ops->contents_need && i < backup->entries.count; i++)
		if (ops->contents_need(source, &backup->entries.at[i]))
			return &backup->entries.at[i];
	return NULL;
}

/* Only this file of it is extracted to this host. */
static enum nb_err
by_file(struct listing *l, const struct nb_manifest_source *source,
	const char *path, struct nb_source_restore what)
{
	const struct nb_restore_options only = { .paths = &path,
						 .path_count = 1,
						 .run_as = l->options->run_as };
	const struct nb_restoring r = { l->nb, &only, l->pick->contents.blocks,
					&l->pick->contents.nodes,
					l->pick->backup };
	struct nb_extract_result done = { 0 };
	struct nb_staged_dump staged = { .made = NULL };
	enum nb_err err, removed;

	err = nb_restore_select(l->pick->backup, &only, source->path);
	if (!err)
		err = nb_staged_dump_make(&r, source, &staged, &done);
	what.path = staged.path;
	if (!err)
		err = nb_source_find(source->kind)
			      ->contents(&what, pass_line, l);
	removed = nb_staged_dump_remove(&staged);
	return err ? err : removed;
}

static enum nb_err
by_stream(struct listing *l, const struct nb_manifest_source *source,
	  struct nb_source_restore what)
{
	struct nb_dump_stream stream = { .nb = l->nb,
					 .blocks = l->pick->contents.blocks };
	enum nb_err err = nb_dump_stream_open(&stream, &l->pick->contents.nodes,
					      l->pick->backup, source->path);

	what.read = nb_dump_stream_read;
	what.read_ctx = &stream;
	return err
		? err
		: nb_source_find(source->kind)->contents(&what, pass_line, l);
}

static enum nb_err
pass_contents(struct listing *l, const struct nb_manifest_source *source)
{
	const struct nb_source_ops *ops = nb_source_find(source->kind);
	const struct nb_config_source unknown = { .name = source->name };
	const struct nb_config_source *configured =
		nb_restore_configured(l->nb, l->pick->backup, source);
	const struct nb_source_restore what = { .record = source,
						.source = configured
							? configured
							: &unknown,
						.run_as = l->options->run_as };
	const struct nb_entry *file;

	if (!ops || !ops->contents || !source->path)
		return NB_OK;
	file = needed(l->pick->backup, source, ops);
	return file ? by_file(l, source, file->path, what)
		    : by_stream(l, source, what);
}

/* ---- the list ---- */

static enum nb_err
list_backup(struct listing *l)
{
	const struct nb_restore_options *o = l->options;
	const struct nb_manifest_source *source = NULL;
	enum nb_err mac = nb_manifest_mac_log(l->pick->backup), err = NB_OK;

	if (o->source)
		err = nb_restore_source(l->pick->backup, o->source, &source);
	if (!err)
		err = pass_backup(l);
	if (!err)
		err = pass_sources(l, source);
	if (!err)
		err = pass_paths(l, source);
	/* A program only reads it if it is what was written. */
	if (!err && !mac && source && !o->path_count && !o->pattern_count)
		err = pass_contents(l, source);
	return err ? err : mac;
}

/* Is there a newer backup on another disc, and was this one found damaged? */
static enum nb_err
tell_known(struct nightburn *nb, const struct nb_restore_request *request,
	   const struct nb_restore_pick *pick)
{
	const struct nb_label *label = &pick->backup->label;
	const struct nb_restore_disc disc = { .id = pick->look.label.disc_id,
					      .pool = pick->look.label.pool };
	const struct nb_known_backup *meant, *damaged;
	struct nb_known_backups known;
	char name[NB_RESTORE_NAME_MAX];
	enum nb_err err = nb_known_backups_load(nb, &known);

	if (err)
		return err;
	for (size_t i = 0; i < known.list.count; i++)
		if (!strcmp(known.list.at[i].id, label->backup_id)
		    && known.list.at[i].disc_id
		    && !strcmp(known.list.at[i].disc_id, disc.id))
			nb_restore_tell_damaged(&known.list.at[i]);
	if (!request->wish.backup
	    && nb_restore_place(known.list.at, known.list.count, &request->wish,
				&disc, &meant, &damaged)
		    == NB_RESTORE_ELSEWHERE
	    && meant->generation > label->generation)
		nb_log(NB_NOTE,
		       "%s: %s, which is newer, is on %s\n"
		       "hint: insert %s to list that",
		       pick->look.label.disc,
		       nb_restore_name(meant->generation, meant->created, name),
		       meant->disc, meant->disc);
	nb_known_backups_free(&known);
	return NB_OK;
}

/* Who does not see them in the list would not know of them. */
static void
tell_by_hand(const struct nb_restore_pick *pick)
{
	const struct nb_disc_backups *list = &pick->contents.backups;
	const char *newest = NULL;
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct nb_disc_backup *b = &list->at[i];

		if (!b->has_label || !b->label.by_hand || b == pick->backup)
			continue;
		newest = b->label.backup_id;
		count++;
	}
	if (newest)
		nb_log(NB_NOTE,
		       "%s: %zu backup%s appended by hand, the newest is %s\n"
		       "hint: -j append lists it, an id any of them",
		       pick->look.label.disc, count, count == 1 ? "" : "s",
		       newest);
}

enum nb_err
nb_job_restore_list(struct nightburn *nb,
		    const struct nb_restore_options *options,
		    const struct nb_restore_listing *to)
{
	struct nb_restore_request request = nb_restore_request_of(options);
	struct nb_restore_pick pick;
	struct listing l = {
		.nb = nb, .options = options, .to = to, .pick = &pick
	};
	enum nb_err err = nb_restore_check_options(options, NB_RESTORE_LIST);

	if (err)
		return err;
	request.this_disc = true;
	err = nb_restore_pick(nb, &request, &pick);
	if (!err)
		err = list_backup(&l);
	if (err == NB_ENOTFOUND && pick.backup)
		nb_restore_tell_other(&pick.contents, pick.backup,
				      pick.look.label.disc, options);
	else if (!err && !options->backup && !options->job)
		tell_by_hand(&pick);
	if (!err && !options->this_disc)
		err = tell_known(nb, &request, &pick);
	if (!err)
		err = nb_restore_pick_verdict(&pick);
	if (!err)
		err = nb_restore_check_complete(&request, options->source,
						&pick, true);
	nb_restore_pick_close(&pick);
	return err;
}
