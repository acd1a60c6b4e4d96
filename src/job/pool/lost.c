/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disc that is broken or lost, as somebody says. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "job/jobs.h"
#include "store/unread.h"

/* Of a disc id, as it is shown by list. */
#define ID_SHOWN 8

/* How well a disc of the catalog is the one that is meant. */
enum fit { OTHER, GIVEN_UP, APART, NAMED, BY_ID };

struct search {
	const char *which;
	const char *pool; /* NULL: any */
	struct nb_lost_result *found;
	enum fit fit;
	size_t count;      /* with that fit */
	struct nb_str all; /* what could be meant */
};

static enum fit
rate(const struct search *s, const struct nb_catalog_disc *row)
{
	size_t n = strlen(s->which);

	if (s->pool && strcmp(row->pool, s->pool) != 0)
		return OTHER;
	if (n >= ID_SHOWN && !strncmp(row->disc_id, s->which, n))
		return BY_ID;
	if (strcmp(row->name, s->which) != 0)
		return OTHER;
	if (row->named)
		return NAMED;
	return row->state == NB_DISC_REPLACED ? GIVEN_UP : APART;
}

static void
name_disc(struct search *s, const struct nb_catalog_disc *row)
{
	const char *comma = s->all.length ? ", " : "";

	if (row->named)
		nb_str_addf(&s->all, "%s%s", comma, row->name);
	else if (row->state != NB_DISC_REPLACED)
		nb_str_addf(&s->all, "%s%.*s (an earlier %s)", comma, ID_SHOWN,
			    row->disc_id, row->name);
}

static enum nb_err
look_at(void *ctx, const struct nb_catalog_disc *row)
{
	struct search *s = ctx;
	enum fit fit = rate(s, row);

	if (!s->pool || !strcmp(row->pool, s->pool))
		name_disc(s, row);
	if (fit == OTHER || fit < s->fit)
		return NB_OK;
	s->count = fit == s->fit ? s->count + 1 : 1;
	s->fit = fit;
	snprintf(s->found->pool, sizeof s->found->pool, "%s", row->pool);
	snprintf(s->found->disc, sizeof s->found->disc, "%s", row->name);
	snprintf(s->found->disc_id, sizeof s->found->disc_id, "%s",
		 row->disc_id);
	s->found->changed = row->named || row->state != NB_DISC_REPLACED;
	return NB_OK;
}

/* Is it a name of the pool that no disc has? */
static bool
is_unused(const struct nb_pool_context *context, const char *which)
{
	const struct nb_pool_disc *disc =
		nb_pool_by_name(&context->view, which);

	return disc && disc->state == NB_DISC_UNUSED;
}

/* Discs that were given up do not make a name ambiguous: nothing changes. */
static enum nb_err
find(struct nb_pool_context *context, const char *pool, const char *which,
     struct nb_lost_result *result)
{
	struct search s = { which, pool, result, OTHER, 0, NB_STR_INIT };
	enum nb_err err = nb_catalog_discs(context->catalog, look_at, &s);

	if (!err && s.all.failed)
		err = nb_fail_memory();
	else if (!err && !s.count && is_unused(context, which))
		err = nb_fail(NB_EUSAGE,
			      "%s: the catalog has no such disc, so that "
			      "nothing on it counts\n"
			      "hint: insert a blank disc, which becomes %s",
			      which, which);
	else if (!err && !s.count)
		err = nb_fail(NB_EUSAGE,
			      "%s: the catalog has no such disc\nhint: %s%s",
			      which,
			      s.all.length ? "it has: "
					   : "nightburn catalog rebuild "
					     "records one",
			      s.all.length ? s.all.text : "");
	else if (!err && s.count > 1 && s.fit != GIVEN_UP)
		err = nb_fail(NB_EUSAGE,
			      "%s: several discs\nhint: name the job of its "
			      "pool with -j, or its disc id, which nightburn "
			      "list shows",
			      which);
	nb_str_free(&s.all);
	return err;
}

/* Which backups the disc alone has; rows of one backup follow each other. */
struct only {
	const char *disc_id;
	char id[NB_BACKUP_ID_MAX + 1];
	uint64_t generation;
	bool here, elsewhere;
	uint64_t count;
	struct nb_str text;
};

static void
end_backup(struct only *o)
{
	if (!o->here || o->elsewhere)
		return;
	o->count++;
	nb_str_addf(&o->text, "%s%llu", o->text.length ? ", " : "",
		    (unsigned long long)o->generation);
}

static enum nb_err
look_at_backup(void *ctx, const struct nb_catalog_backup *row)
{
	struct only *o = ctx;

	if (strcmp(o->id, row->id) != 0) {
		end_backup(o);
		snprintf(o->id, sizeof o->id, "%s", row->id);
		o->here = o->elsewhere = false;
		o->generation = row->generation;
	}
	if (row->disc_id && !strcmp(row->disc_id, o->disc_id))
		o->here = true;
	else if (row->disc_id && row->disc_state != NB_DISC_REPLACED)
		o->elsewhere = true;
	return NB_OK;
}

static enum nb_err
tell_only(struct nb_pool_context *context, struct nb_lost_result *result)
{
	struct only o = { .disc_id = result->disc_id, .text = NB_STR_INIT };
	enum nb_err err = nb_catalog_backups(context->catalog, result->pool,
					     look_at_backup, &o);

	end_backup(&o);
	if (!err && o.text.failed)
		err = nb_fail_memory();
	if (!err && o.count)
		nb_log(NB_WARNING, "%s: lost with it, generation%s %s",
		       result->disc, o.count > 1 ? "s" : "", o.text.text);
	result->backups = o.count;
	nb_str_free(&o.text);
	return err;
}

/* What the pool has then on its other discs, and the disc has now. */
struct rest {
	struct nb_lost_result *result;
	bool complete, any; /* on the disc, good */
};

static bool
is_better(const struct nb_catalog_backup *row,
	  const struct nb_lost_result *result)
{
	if (!result->newest[0] || row->shrunk != result->shrunk)
		return !result->newest[0] || result->shrunk;
	return row->generation > result->generation;
}

static enum nb_err
find_newest(void *ctx, const struct nb_catalog_backup *row)
{
	struct rest *rest = ctx;
	struct nb_lost_result *result = rest->result;

	if (!row->disc || row->apart || row->disc_state != NB_DISC_GOOD
	    || nb_job_is_by_hand(row->job))
		return NB_OK;
	if (!strcmp(row->disc_id, result->disc_id)) {
		rest->any = true;
		rest->complete |= !row->shrunk;
	} else if (is_better(row, result)) {
		result->generation = row->generation;
		result->shrunk = row->shrunk;
		snprintf(result->newest, sizeof result->newest, "%s",
			 row->disc);
	}
	return NB_OK;
}

/* The last good disc counts as lost only if it was named by its id: nobody does
 * that by mistake. */
static enum nb_err
check_last(const struct rest *rest, const char *which)
{
	const struct nb_lost_result *result = rest->result;
	bool none = rest->any && !result->newest[0];

	if (!none && (!rest->complete || !result->shrunk))
		return NB_OK;
	if (strcmp(which, result->disc) != 0) {
		nb_log(NB_WARNING, "pool %s has no good backup%s any more",
		       result->pool, none ? "" : " that lacks nothing");
		return NB_OK;
	}
	return nb_fail(NB_EWRONG,
		       "%s: no other good disc of pool %s has a backup%s\n"
		       "hint: if it is broken or lost nevertheless, name its "
		       "disc id: nightburn catalog lost %.*s",
		       which, result->pool, none ? "" : " that lacks nothing",
		       ID_SHOWN, result->disc_id);
}

static enum nb_err
give_up(struct nb_pool_context *context, const char *pool, const char *which,
	struct nb_lost_result *result)
{
	struct rest rest = { .result = result };
	enum nb_err err = find(context, pool, which, result);

	if (!err)
		err = nb_catalog_backups(context->catalog, result->pool,
					 find_newest, &rest);
	if (!err && result->changed)
		err = check_last(&rest, which);
	if (!err && result->changed)
		err = tell_only(context, result);
	if (!err && result->changed)
		err = nb_catalog_lost(context->catalog, result->disc_id);
	return err ? err : nb_unread_forget(context->state->dir, result->pool);
}

enum nb_err
nb_job_lost(struct nightburn *nb, const char *job, const char *disc,
	    struct nb_lost_result *result)
{
	const struct nb_config_jobs *jobs = &nb->config->jobs;
	struct nb_pool_context context;
	enum nb_err err = nb_pool_context_open(
		nb, job || !jobs->count ? job : jobs->at[0].name, NB_POOL_WORK,
		&context);

	if (err)
		return err;
	err = give_up(&context, job ? context.pool->name : NULL, disc, result);
	nb_pool_context_close(&context);
	return err;
}
