/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/run/waiting.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "job/backup/measure.h"
#include "store/catalog.h"

static const char *
staging_of(const struct nb_backup *backup)
{
	return backup->context->nb->config->staging_dir;
}

/* The newest one other than BACKUP. */
static enum nb_err
find(const struct nb_backup *backup, struct nb_staged *waiting, bool *there)
{
	const struct nb_line line = nb_pool_context_line(backup->context);
	const char *own = backup->staged.manifest.backup_id;
	enum nb_err err = nb_staging_find_other(staging_of(backup), &line,
						&backup->context->view,
						*own ? own : NULL, waiting);

	if (!err && (err = nb_staged_check(waiting)))
		nb_staged_free(waiting);
	*there = !err;
	return err == NB_ENOTFOUND || err == NB_ECORRUPT ? NB_OK : err;
}

static bool
is_own(const struct nb_backup *backup, const struct nb_staged *staged)
{
	return !strcmp(backup->staged.manifest.backup_id,
		       staged->manifest.backup_id);
}

/* "backup ID of 2026-11-28 02:00 UTC (1.2 GB)" */
static void
describe(const struct nb_staged *staged, char text[128])
{
	char date[NB_CLOCK_TEXT], size[16];

	nb_clock_text(staged->manifest.created, date);
	snprintf(text, 128, "backup %.40s of %.10s %.5s UTC (%s)",
		 staged->manifest.backup_id, date, date + 11,
		 nb_str_size(nb_entries_bytes(&staged->entries), size));
}

/* ---- what does it have? ---- */

/* Does NOW hold what WAITING does, as far as that is in staging? */
static enum nb_err
compare(const struct nb_backup *backup, const struct nb_staged *waiting,
	const struct nb_holdings *now, bool *holds)
{
	struct nb_holdings was = NB_ARRAY_INIT;
	struct nb_shrink unused;
	enum nb_err err =
		nb_holdings_take(&waiting->manifest, &waiting->entries, &was);

	*holds = true;
	for (size_t i = 0; !err && i < was.count; i++)
		if (!nb_backup_covers(backup, &was.at[i])
		    || nb_backup_lacks(backup, &was.at[i], now, &unused))
			*holds = false;
	nb_holdings_free(&was);
	return err;
}

/* Does BACKUP? */
static enum nb_err
compare_staged(const struct nb_backup *backup, const struct nb_staged *waiting,
	       bool *holds)
{
	struct nb_holdings now = NB_ARRAY_INIT;
	enum nb_err err = NB_OK;

	*holds = true;
	if (backup->context->accept_shrink)
		return NB_OK;
	err = nb_holdings_take(&backup->staged.manifest,
			       &backup->staged.entries, &now);
	if (!err)
		err = compare(backup, waiting, &now, holds);
	nb_holdings_free(&now);
	return err;
}

/* Does the backup ID of the catalog? */
static enum nb_err
compare_burned(const struct nb_backup *backup, const struct nb_staged *waiting,
	       const char *id, bool *holds)
{
	struct nb_holdings now = NB_ARRAY_INIT;
	enum nb_err err =
		nb_catalog_holdings(backup->context->catalog, id, &now);

	if (!err)
		err = compare(backup, waiting, &now, holds);
	nb_holdings_free(&now);
	return err;
}

/* ---- is it still needed? ---- */

struct newer {
	const char *job;
	int64_t created, now;
	uint64_t generation; /* of one on a good disc that is as new; 0: none */
	char id[NB_BACKUP_ID_MAX + 1];
	char disc[NB_NAME_MAX + 1];
};

static enum nb_err
look_at(void *ctx, const struct nb_catalog_backup *row)
{
	struct newer *n = ctx;

	if (n->generation || strcmp(row->job, n->job)
	    || row->created < n->created || row->created > n->now || !row->disc
	    || row->disc_state != NB_DISC_GOOD || row->shrunk
	    || row->check == NB_CHECK_DAMAGED)
		return NB_OK;
	n->generation = row->generation;
	snprintf(n->id, sizeof n->id, "%s", row->id);
	strncpy(n->disc, row->disc, NB_NAME_MAX);
	return NB_OK;
}

static enum nb_err
find_newer(const struct nb_backup *backup, const struct nb_staged *waiting,
	   struct newer *n)
{
	*n = (struct newer){ .job = waiting->manifest.job,
			     .created = waiting->manifest.created,
			     /* One of the future: that clock was wrong. */
			     .now = nb_clock_date() };
	return nb_catalog_backups(backup->context->catalog,
				  backup->context->pool->name, look_at, n);
}

static enum nb_err
free_room(const struct nb_backup *backup, struct nb_staged *waiting,
	  bool *must_burn)
{
	struct newer n;
	char what[128];
	bool holds = false;
	enum nb_err err = find_newer(backup, waiting, &n);

	describe(waiting, what);
	if (!err && n.generation)
		err = compare_burned(backup, waiting, n.id, &holds);
	if (err)
		return err;
	if (!holds) {
		*must_burn = true;
		nb_log(NB_NOTE,
		       "%s: no room for one more; %s, which waits here, is "
		       "burned first",
		       staging_of(backup), what);
		return NB_OK;
	}
	nb_log(NB_NOTE,
	       "%s: no room for one more; %s is removed: generation %llu on %s "
	       "is newer",
	       staging_of(backup), what, (unsigned long long)n.generation,
	       n.disc);
	return nb_staging_remove(staging_of(backup), waiting);
}

enum nb_err
nb_waiting_make_room(const struct nb_backup *backup, bool *must_burn)
{
	struct nb_staged waiting = { .dir = -1 };
	uint64_t need = 0, room = 0;
	bool there = false;
	enum nb_err err = nb_backup_need(backup, &need);

	*must_burn = false;
	if (!err && need)
		err = nb_staging_room(staging_of(backup), &room);
	if (err || need <= room)
		return err;
	err = find(backup, &waiting, &there);
	if (!err && there)
		err = free_room(backup, &waiting, must_burn);
	nb_staged_free(&waiting);
	return err;
}

/* ---- after the dump ---- */

struct replacing {
	const struct nb_backup *backup;
	uint64_t kept; /* those that have something that BACKUP lacks */
	enum nb_err err;
};

static bool
is_replaced(void *ctx, const struct nb_staged *staged)
{
	struct replacing *r = ctx;
	bool holds = true;
	char what[128];

	if (r->err || is_own(r->backup, staged))
		return false;
	r->err = compare_staged(r->backup, staged, &holds);
	if (r->err || holds)
		return !r->err;
	describe(staged, what);
	nb_log(NB_NOTE,
	       "%s: %s is kept: it has something that this backup lacks",
	       staging_of(r->backup), what);
	return false;
}

enum nb_err
nb_waiting_replace(const struct nb_backup *backup)
{
	const struct nb_line line = nb_pool_context_line(backup->context);
	struct replacing r = { .backup = backup };
	enum nb_err err =
		nb_staging_prune(staging_of(backup), &line,
				 &backup->context->view, is_replaced, &r);

	return r.err ? r.err : err;
}

/* Of a backup that shrank, only itself. */
static bool
is_done(void *ctx, const struct nb_staged *staged)
{
	struct replacing *r = ctx;
	bool holds = true;
	char what[128], hint[NB_HINT_MAX];

	if (is_own(r->backup, staged))
		return true;
	if (!r->err)
		r->err = compare_staged(r->backup, staged, &holds);
	if (r->err || holds)
		return !r->err && !r->backup->shrinks.count;
	r->kept++;
	describe(staged, what);
	nb_log(NB_ERROR,
	       "%s: %s still waits: it has something that the burned backup "
	       "lacks\nhint: %s",
	       staging_of(r->backup), what,
	       nb_pool_context_hint(
		       r->backup->context,
		       "nightburn run --resume burns it; if it is no longer "
		       "needed, run nightburn run --accept-shrink",
		       hint));
	return false;
}

enum nb_err
nb_waiting_end(struct nb_backup *backup, struct nb_run_result *result)
{
	const struct nb_line line = nb_pool_context_line(backup->context);
	struct replacing r = { .backup = backup };
	enum nb_err err = nb_staging_prune(staging_of(backup), &line,
					   &backup->context->view, is_done, &r);

	if (!err)
		nb_staged_free(&backup->staged);
	result->waiting = r.kept;
	return r.err ? r.err : err;
}

void
nb_waiting_tell(const struct nb_backup *backup)
{
	struct nb_staged waiting = { .dir = -1 };
	char what[128], hint[NB_HINT_MAX];
	bool there;

	if (!find(backup, &waiting, &there) && there) {
		describe(&waiting, what);
		nb_log(NB_NOTE, "%s: %s waits here\nhint: %s",
		       staging_of(backup), what,
		       nb_pool_context_hint(backup->context,
					    "nightburn run --resume burns it "
					    "and makes room",
					    hint));
	}
	nb_staged_free(&waiting);
}

static enum nb_err
tell_other(void *ctx, const struct nb_staged *staged)
{
	struct nb_pool_context *context = ctx;
	const struct nb_line line = nb_pool_context_line(context);
	const struct nb_manifest *m = &staged->manifest;
	char what[128];

	if (strcmp(m->job, context->job->name) != 0
	    || nb_staged_is_of(staged, &line, &context->view))
		return NB_OK;
	describe(staged, what);
	if (strcmp(m->pool, context->view.name) != 0)
		nb_log(NB_NOTE,
		       "%s: %s waits here for pool %s, and stays\n"
		       "hint: nightburn run --resume burns it, with the "
		       "configuration of that pool; if it is not needed, rm -r "
		       "%s/%s",
		       context->nb->config->staging_dir, what, m->pool,
		       context->nb->config->staging_dir, m->backup_id);
	else
		nb_log(NB_NOTE,
		       "%s: %s waits here for another installation, of host "
		       "%s, and stays\nhint: set another staging_dir for this "
		       "one; if that one is gone, nightburn pool take-over",
		       context->nb->config->staging_dir, what, m->host);
	return NB_OK;
}

void
nb_waiting_tell_others(struct nb_pool_context *context)
{
	nb_staging_each(context->nb->config->staging_dir, tell_other, context);
}

/* How what waits is burned: never by blanking, if only appending was asked for;
 * and not before the cause of a refusal is gone. */
static const char *
describe_resume(const struct nb_plan_info *plan, enum nb_intent intent,
		char text[NB_HINT_MAX])
{
	const char *command = intent == NB_INTENT_APPEND ? "append" : "run";

	if (plan->err && plan->wanted[0])
		snprintf(text, NB_HINT_MAX,
			 "nightburn %s --resume burns it when disc %s is in "
			 "the drive",
			 command, plan->wanted);
	else
		snprintf(text, NB_HINT_MAX, "nightburn %s --resume burns it%s",
			 command, plan->err ? " once that is settled" : "");
	return text;
}

void
nb_waiting_tell_kept(const struct nb_backup *backup, enum nb_intent intent,
		     const struct nb_plan_info *plan)
{
	char how[NB_HINT_MAX], hint[NB_HINT_MAX];

	describe_resume(plan, intent, how);
	nb_log(NB_NOTE, "%s: the backup is kept in %s\nhint: %s",
	       backup->staged.manifest.backup_id, staging_of(backup),
	       nb_pool_context_hint(backup->context, how, hint));
}
