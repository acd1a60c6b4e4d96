/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/path.h"
#include "base/stop.h"
#include "job/catalog_file.h"
#include "job/hook.h"
#include "job/power.h"
#include "source/source.h"
#include "store/journal.h"
#include "store/machine.h"
#include "store/mark.h"
#include "store/owners.h"
#include "store/staging.h"
#include "store/unread.h"

enum nb_err
nb_job_progress_of(struct nightburn *nb, enum nb_work work, const char *name,
		   uint64_t done, uint64_t total)
{
	struct nb_progress now = { name, done, total };

	if (nb && nb->progress && nb->progress(nb->progress_ctx, &now))
		return NB_ECANCELED;
	if (nb_stop_asked())
		return NB_ECANCELED;
	return nb && work != NB_WORK_NONE ? nb_power_check(nb, work, &now)
					  : NB_OK;
}

enum nb_err
nb_job_progress(struct nightburn *nb, enum nb_work work, uint64_t done,
		uint64_t total)
{
	return nb_job_progress_of(nb, work, nb_work_text(work), done, total);
}

enum nb_err
nb_job_check(struct nightburn *nb)
{
	return nb_job_progress(nb, NB_WORK_NONE, 0, 0);
}

static bool
covers(void *ctx, const char *kind, const char *name, bool database)
{
	const struct nb_pool_context *context = ctx;
	const struct nb_config_sources *sources = &context->job->sources;

	for (size_t i = 0; i < sources->count; i++)
		if (nb_source_covers(&sources->at[i], kind, name, database))
			return true;
	return false;
}

static bool
is_configured(void *ctx, const char *job)
{
	const struct nb_pool_context *context = ctx;
	const struct nb_config_jobs *jobs = &context->nb->config->jobs;

	for (size_t i = 0; i < jobs->count; i++)
		if (!strcmp(jobs->at[i].name, job))
			return true;
	return false;
}

struct nb_line
nb_pool_context_line(struct nb_pool_context *context)
{
	return (struct nb_line){ .job = context->job->name,
				 .pool = context->pool->name,
				 .configured = is_configured,
				 .ctx = context };
}

/* Without the lock: the disc of a run that died is as the next run finds it. */
static void
suspect_dead(const struct nb_label *dead, struct nb_pool_view *view)
{
	for (size_t i = 0; i < view->discs.count; i++) {
		struct nb_pool_disc *d = &view->discs.at[i];

		if (strcmp(d->name, dead->disc) != 0)
			continue;
		memcpy(d->disc_id, dead->disc_id, sizeof d->disc_id);
		d->state = NB_DISC_SUSPECT;
	}
}

enum nb_err
nb_pool_context_refresh(struct nb_pool_context *context)
{
	const struct nb_covers next = { nb_pool_context_line(context), covers,
					context };
	struct nb_pool_view fresh = { 0 };
	struct nb_names own = NB_ARRAY_INIT;
	const struct nb_names *names;
	enum nb_err err = nb_pool_names(context, &own, &names);

	if (!err)
		err = nb_catalog_pool(context->catalog, context->pool->name,
				      names, &fresh);
	nb_names_free(&own);
	if (err)
		return err;
	err = nb_catalog_alone(context->catalog, &next, &fresh);
	if (err) {
		nb_pool_view_clear(&fresh);
		return err;
	}
	if (context->accept_shrink)
		nb_pool_accept_shrunk(&fresh);
	err = nb_owners_load(context->state->dir, context->pool->name,
			     &fresh.owner);
	if (!err)
		err = nb_machine_check(context->state->dir,
				       context->state->installation,
				       fresh.owner.moved_from);
	if (!err)
		err = nb_unread_load(context->state->dir, &fresh);
	if (err) {
		nb_pool_view_clear(&fresh);
		return err;
	}
	memcpy(fresh.installation, context->state->installation,
	       sizeof fresh.installation);
	if (!context->lock && context->dead.disc_id[0])
		suspect_dead(&context->dead, &fresh);
	nb_pool_view_clear(&context->view);
	context->view = fresh;
	return NB_OK;
}

enum nb_err
nb_pool_context_alone(struct nb_pool_context *context, const char *disc_id,
		      char alone[NB_ALONE_TEXT])
{
	const struct nb_covers next = { nb_pool_context_line(context), covers,
					context };
	struct nb_pool_disc disc = { .state = NB_DISC_GOOD };
	struct nb_pool_view one = { .stale = false };
	enum nb_err err;

	alone[0] = '\0';
	if (!context->catalog || context->accept_shrink)
		return NB_OK;
	snprintf(disc.disc_id, sizeof disc.disc_id, "%s", disc_id);
	err = nb_array_push(&one.discs, disc);
	if (!err)
		err = nb_catalog_alone(context->catalog, &next, &one);
	if (!err)
		memcpy(alone, one.discs.at[0].alone, NB_ALONE_TEXT);
	nb_pool_view_clear(&one);
	return err;
}

enum nb_err
nb_pool_context_accept(struct nb_pool_context *context, bool accept_shrink)
{
	context->accept_shrink = accept_shrink;
	return context->catalog ? nb_pool_context_refresh(context) : NB_OK;
}

/* The view of a pool without a catalog: its configuration, and whether there
 * was a catalog. */
static enum nb_err
empty_view(struct nb_pool_context *context)
{
	struct nb_marks marks = NB_ARRAY_INIT;
	struct nb_names own = NB_ARRAY_INIT;
	const struct nb_names *names;
	enum nb_err err = nb_pool_names(context, &own, &names);

	for (size_t i = 0; !err && i < names->count; i++) {
		struct nb_pool_disc disc = { .state = NB_DISC_UNUSED };

		strncpy(disc.name, names->at[i], NB_NAME_MAX);
		err = nb_array_push(&context->view.discs, disc);
	}
	nb_names_free(&own);
	if (err)
		return err;
	strncpy(context->view.name, context->pool->name, NB_NAME_MAX);
	err = nb_marks_load(context->nb->config->state_dir, &marks);
	if (err == NB_ENOTFOUND)
		err = nb_catalog_unread(context->nb->config,
					&context->view.stale);
	else
		context->view.stale = err == NB_ECORRUPT
			|| nb_marks_find(&marks, context->pool->name);
	nb_array_free(&marks);
	return err == NB_ECORRUPT ? NB_OK : err;
}

/* A run died while it was writing to a disc, whose contents are now unknown. */
static enum nb_err
recover(struct nb_pool_context *context)
{
	struct nb_journal dead;
	enum nb_err err;
	char note[128];

	err = nb_journal_load(context->state->dir, &dead);
	if (err == NB_ENOTFOUND)
		return NB_OK;
	if (err)
		return err;
	snprintf(note, sizeof note, "a run died in step %s",
		 nb_step_name(dead.step));
	nb_log(NB_WARNING,
	       "%s: %s: the disc is suspect\n"
	       "hint: run nightburn verify with this disc in the drive",
	       dead.label.disc, note);
	context->dead = dead.label;
	context->died_blanking = dead.step == NB_STEP_BLANK;
	err = nb_catalog_suspect(context->catalog, &dead.label, note);
	if (!err)
		err = nb_journal_end(context->state->dir);
	return err;
}

static enum nb_err
open_catalog(struct nb_pool_context *context, enum nb_pool_context_mode mode)
{
	const char *path = context->state->catalog;
	enum nb_err err = nb_catalog_expect(context->nb->config);

	if (!err)
		err = nb_catalog_open(path, NB_CATALOG_WORK, &context->catalog);
	if (err != NB_ECORRUPT || mode != NB_POOL_REBUILD)
		return err;
	err = nb_catalog_set_aside(path);
	return err ? err
		   : nb_catalog_open(path, NB_CATALOG_WORK, &context->catalog);
}

static enum nb_err
open_work(struct nb_pool_context *context, enum nb_pool_context_mode mode)
{
	const struct nb_config *config = context->nb->config;
	enum nb_err err;

	err = nb_staging_is_apart(config->staging_dir, config->state_dir);
	if (!err)
		err = nb_state_open(config->state_dir, &context->state);
	if (!err)
		err = nb_hook_owed(config);
	if (!err)
		err = nb_lock_take(context->state->dir, &context->lock);
	if (!err)
		err = nb_machine_save(context->state->dir,
				      context->state->installation, true);
	if (!err)
		err = open_catalog(context, mode);
	if (!err)
		err = recover(context);
	if (!err)
		err = nb_pool_context_refresh(context);
	return err;
}

/* The same without the lock: nothing is recorded. */
static enum nb_err
foresee(struct nb_pool_context *context)
{
	struct nb_journal dead;
	enum nb_err err = nb_journal_load(context->state->dir, &dead);

	if (err)
		return err == NB_ENOTFOUND ? NB_OK : err;
	if (strcmp(dead.label.pool, context->pool->name) != 0)
		return NB_OK;
	context->dead = dead.label;
	context->died_blanking = dead.step == NB_STEP_BLANK;
	return NB_OK;
}

static enum nb_err
open_peek(struct nb_pool_context *context)
{
	enum nb_err err;
	bool there;

	err = nb_catalog_there(context->nb->config, &there);
	if (err)
		return err;
	if (!there)
		return empty_view(context);
	err = nb_state_open(context->nb->config->state_dir, &context->state);
	if (!err)
		err = nb_catalog_open(context->state->catalog, NB_CATALOG_PEEK,
				      &context->catalog);
	if (!err)
		err = foresee(context);
	if (!err)
		err = nb_pool_context_refresh(context);
	return err;
}

enum nb_err
nb_pool_context_open(struct nightburn *nb, const char *job,
		     enum nb_pool_context_mode mode,
		     struct nb_pool_context *context)
{
	enum nb_err err;

	memset(context, 0, sizeof *context);
	context->nb = nb;
	err = nb_config_job(nb->config, job, &context->job);
	if (err)
		return err;
	context->pool = nb_config_pool(nb->config, context->job->pool);
	err = mode == NB_POOL_PEEK ? open_peek(context)
				   : open_work(context, mode);
	if (err)
		nb_pool_context_close(context);
	return err;
}

void
nb_pool_context_close(struct nb_pool_context *context)
{
	nb_pool_view_clear(&context->view);
	nb_catalog_close(context->catalog);
	nb_lock_release(context->lock);
	nb_state_close(context->state);
	nb_key_clear(&context->key);
	nb_array_free(&context->passed_over);
	memset(context, 0, sizeof *context);
}

const char *
nb_pool_context_hint(const struct nb_pool_context *context, const char *hint,
		     char text[NB_HINT_MAX])
{
	bool several = context->nb->config->jobs.count > 1;

	return nb_hint_job(hint, several ? context->job->name : NULL, text);
}
