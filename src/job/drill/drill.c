/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/drill/drill.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "job/disc/restorable.h"
#include "job/drill/keeper.h"
#include "job/jobs.h"
#include "store/staging.h"

/* How the source is configured now, or UNKNOWN with its name. */
static const struct nb_config_source *
source_of(const struct nb_drilling *d, const struct nb_manifest_source *record,
	  struct nb_config_source *unknown)
{
	const struct nb_config_source *configured =
		nb_restore_configured(d->nb, d->pick->backup, record);

	*unknown = (struct nb_config_source){ .name = record->name };
	return configured ? configured : unknown;
}

/* About once a second while a program runs. */
static enum nb_err
tick(void *ctx)
{
	return nb_job_check(((const struct nb_drilling *)ctx)->nb);
}

/* ---- selecting ---- */

static bool
is_globals(const struct nb_manifest_source *record)
{
	return nb_drill_kind(record) && !record->database;
}

static enum nb_err
add_records(struct nb_drilling *d, const struct nb_manifest_source *named,
	    bool globals)
{
	const struct nb_manifest_sources *all =
		&d->pick->backup->manifest.sources;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < all->count; i++) {
		const struct nb_manifest_source *record = &all->at[i];

		/* For a database, the roles as well. */
		if (named && record != named
		    && !(globals && nb_drill_kind(named)))
			continue;
		if (is_globals(record) == globals)
			err = nb_array_push(&d->records, record);
	}
	return err;
}

static enum nb_err
choose_records(struct nb_drilling *d)
{
	const struct nb_manifest_source *named = NULL;
	enum nb_err err = NB_OK;

	if (d->options->source)
		err = nb_restore_source(d->pick->backup, d->options->source,
					&named);
	if (!err)
		err = add_records(d, named, true);
	if (!err)
		err = add_records(d, named, false);
	for (size_t i = 0; i < d->records.count; i++)
		if (nb_drill_kind(d->records.at[i]))
			d->kind = nb_drill_kind(d->records.at[i]);
	return err;
}

static enum nb_err
check_room(const struct nb_drilling *d)
{
	uint64_t need = 0, has = 0;
	char wanted[16], there[16];
	enum nb_err err = nb_staging_room(d->dir, &has);

	for (size_t i = 0; i < d->records.count; i++) {
		const struct nb_manifest_source *record = d->records.at[i];
		uint64_t one = nb_drill_kind(record)
			? nb_drill_kind(record)->room(record)
			: record->bytes + record->stored;

		/* Each one is removed before the next is restored. */
		if (d->options->keep)
			need += one;
		else if (one > need)
			need = one;
	}
	if (err || has >= need)
		return err;
	return nb_fail(NB_EFULL,
		       "%s: the drill needs about %s, and %s are free\n"
		       "hint: free some space there, choose another "
		       "staging_dir, or drill one source with --source",
		       d->dir, nb_str_size(need, wanted),
		       nb_str_size(has, there));
}

/* ---- the server ---- */

static enum nb_err
start_server(struct nb_drilling *d)
{
	struct nb_config_source unknown;
	struct nb_drill_wish wish = { .dir = d->dir,
				      .run_as = d->options->run_as,
				      .tick = tick,
				      .ctx = d };
	struct NB_ARRAY(const struct nb_manifest_source *) of_kind =
		NB_ARRAY_INIT;
	enum nb_err err = NB_OK;

	if (!d->kind)
		return NB_OK;
	for (size_t i = 0; !err && i < d->records.count; i++) {
		const struct nb_manifest_source *record = d->records.at[i];

		if (nb_drill_kind(record) != d->kind)
			continue;
		wish.source = source_of(d, record, &unknown);
		err = nb_array_push(&of_kind, record);
	}
	wish.records = of_kind.at;
	wish.count = of_kind.count;
	if (!err)
		err = d->kind->start(&wish, &d->server);
	nb_array_free(&of_kind);
	return err;
}

static void
tell_kept(const struct nb_drilling *d)
{
	snprintf(d->result->directory, sizeof d->result->directory, "%s",
		 d->dir);
	if (d->kind)
		nb_log(NB_NOTE,
		       "%s: kept, with a server that is running\n"
		       "hint: %s\nhint: to end and remove it: %s",
		       d->dir, d->server.connect, d->server.stop);
	else
		nb_log(NB_NOTE, "%s: kept\nhint: rm -r %s", d->dir, d->dir);
}

static enum nb_err
drill_all(struct nb_drilling *d)
{
	enum nb_err err = check_room(d);

	if (!err)
		err = start_server(d);
	for (size_t i = 0; !err && i < d->records.count; i++) {
		err = nb_job_check(d->nb);
		if (!err)
			err = nb_drill_source(d, d->records.at[i]);
	}
	return err;
}

/* Everything that a restore creates is in the drill's directory. */
static enum nb_err
drill_in_directory(struct nb_drilling *d)
{
	struct nightburn *nb = d->nb, inner;
	struct nb_config config;
	struct nb_keeper *keeper = NULL;
	enum nb_err err = nb_restore_temporary(nb, &d->made), removed;

	if (err)
		return err;
	d->dir = d->made->path;
	d->fd = d->made->dir;
	if (nb) {
		inner = *nb;
		config = *nb->config;
		config.staging_dir = d->dir;
		inner.config = &config;
		d->nb = &inner;
	}
	err = nb_keeper_begin(d->made, d->kind ? d->kind->halt : NULL, &keeper);
	if (!err)
		err = drill_all(d);
	if (!err && d->options->keep) {
		nb_temporary_keep(d->made);
		tell_kept(d);
	}
	removed = nb_keeper_end(keeper, !err && d->options->keep);
	if (removed)
		nb_log(NB_WARNING, "%s: could not be removed\nhint: rm -r %s",
		       d->dir, d->dir);
	if (d->kind)
		d->kind->clear(&d->server);
	d->nb = nb;
	return err;
}

/* ---- the drill ---- */

static enum nb_err
verdict(const struct nb_drilling *d)
{
	const struct nb_drill_result *r = d->result;

	if (r->differences || r->bad || r->failed)
		return nb_fail(NB_ECORRUPT,
			       "backup %s: the drill failed: not everything "
			       "was restored correctly",
			       r->backup_id);
	if (r->lacking || r->altered)
		return nb_fail(NB_EWRONG,
			       "backup %s: this machine cannot restore all of "
			       "it as it was\nhint: the messages above say "
			       "what it lacks",
			       r->backup_id);
	if (r->lost)
		return nb_fail(NB_EWRONG,
			       "backup %s: of %llu file%s of its trees, only "
			       "zeros or a part were burned\n"
			       "hint: nightburn find NAME shows which other "
			       "backups have a file",
			       r->backup_id, (unsigned long long)r->lost,
			       r->lost == 1 ? "" : "s");
	return NB_OK;
}

static enum nb_err
tell_and_store(struct nb_drilling *d)
{
	enum nb_err err = verdict(d), stored = nb_drill_store(d, err);

	if (!err)
		err = nb_restore_pick_verdict(d->pick);
	return err ? err : stored;
}

static enum nb_err
drill(struct nb_drilling *d)
{
	const struct nb_disc_backup *backup = d->pick->backup;
	struct nb_drill_result *result = d->result;
	/* The server executes whatever a dump contains. */
	enum nb_err err = nb_manifest_mac_log(backup);

	if (!err)
		err = choose_records(d);
	if (!err)
		err = drill_in_directory(d);
	if (err)
		return err;
	memcpy(result->backup_id, backup->manifest.backup_id,
	       sizeof result->backup_id);
	memcpy(result->disc, d->pick->look.label.disc, sizeof result->disc);
	result->generation = backup->manifest.generation;
	return tell_and_store(d);
}

enum nb_err
nb_job_drill(struct nightburn *nb, const struct nb_drill_options *options,
	     struct nb_drill_result *result)
{
	const struct nb_restore_options restore = {
		.backup = options->backup,
		.device = options->device,
		.drive = options->drive,
		.job = options->job,
		.this_disc = options->this_disc,
	};
	struct nb_restore_request request = nb_restore_request_of(&restore);
	struct nb_restore_pick pick;
	struct nb_drilling d = { .nb = nb,
				 .options = options,
				 .pick = &pick,
				 .result = result,
				 .fd = -1 };
	enum nb_err err;

	request.wish.damaged = true;
	request.no_paths = true;
	err = nb_restore_pick(nb, &request, &pick);
	if (!err)
		err = drill(&d);
	nb_array_free(&d.records);
	nb_temporary_close(d.made);
	nb_restore_pick_close(&pick);
	return err;
}
