/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pool belongs to one state directory.  Another machine with the same key
 * takes it over when a person says that the first one burns no more.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "job/disc/choose_drive.h"
#include "job/jobs.h"
#include "store/machine.h"
#include "store/owners.h"

struct writer {
	const struct nb_label *label;
	char *host;
	size_t size;
};

static enum nb_err
find_host(void *ctx, const struct nb_catalog_backup *row)
{
	struct writer *w = ctx;

	if (!strcmp(row->id, w->label->backup_id) && row->host)
		snprintf(w->host, w->size, "%s", row->host);
	return NB_OK;
}

/* Is it a disc of this pool that another installation with our key wrote? */
static enum nb_err
check_disc(const struct nb_pool_context *context,
	   const struct nb_inspection *look)
{
	const struct nb_label *label = &look->label;
	char hint[NB_HINT_MAX];
	bool known;
	enum nb_err err;

	if (look->label_state != NB_LABEL_GOOD
	    || !nb_pool_context_signed(context, label)
	    || strcmp(label->pool, context->view.name) != 0
	    || (nb_pool_is_fenced(&context->view)
		&& !strcmp(label->installation, context->view.installation)))
		return nb_fail(NB_EFOREIGN,
			       "%s: no disc of pool %s that another machine "
			       "with the same key wrote\nhint: insert one; "
			       "nightburn key import, if this machine has "
			       "another key",
			       look->device, context->view.name);
	err = nb_catalog_is_apart(context->catalog, label->disc_id, &known);
	known = known || nb_pool_by_id(&context->view, label->disc_id);
	if (err || (known && !context->view.stale))
		return err;
	return nb_fail(
		NB_EWRONG,
		"%s: the catalog does not have all discs of pool %s\n"
		"hint: %s",
		label->disc, label->pool,
		nb_pool_context_hint(
			context,
			"run nightburn catalog rebuild with each of them "
			"first; if some are lost or were never used, then "
			"nightburn catalog rebuild --finish",
			hint));
}

static enum nb_err
check_host(const struct nb_label *label, const char *host, const char *from)
{
	if (from && !strcmp(from, host))
		return NB_OK;
	return nb_fail(NB_EUSAGE,
		       "%s: was written by host %s\nhint: if it burns to pool "
		       "%s no more, confirm it: --from '%s'",
		       label->disc, host, label->pool, host);
}

/* More than that of any take-over that is known. */
static uint64_t
next_number(const struct nb_pool_owner *owner, const struct nb_label *label)
{
	uint64_t last = owner->take_overs > owner->fenced ? owner->take_overs
							  : owner->fenced;

	return 1 + (label->take_overs > last ? label->take_overs : last);
}

/* *CHANGED: the pool belonged to the installation that wrote the disc. */
static enum nb_err
take_over(struct nb_pool_context *context, const struct nb_inspection *look,
	  const char *from, struct nb_take_over_result *result)
{
	const struct nb_label *label = &look->label;
	struct writer writer = { label, result->host, sizeof result->host };
	enum nb_err err = nb_inspect_heed(context, look);

	if (!err)
		err = check_disc(context, look);
	if (!err && !nb_pool_is_fenced(&context->view)
	    && nb_pool_owns(&context->view, label))
		return NB_OK;
	if (!err)
		err = nb_catalog_backups(context->catalog, context->view.name,
					 find_host, &writer);
	if (!err)
		err = check_host(label, result->host, from);
	if (!err)
		err = nb_owners_add(context->state->dir, false,
				    label->installation,
				    next_number(&context->view.owner, label),
				    context->view.name);
	result->changed = !err;
	return err;
}

/* Of one pool, from the installation of which this one is a copy. */
static enum nb_err
leave_behind(const struct nb_state *state, const char *pool)
{
	struct nb_pool_owner owner = { .take_overs = 0 };
	uint64_t number;
	enum nb_err err = nb_owners_load(state->dir, pool, &owner);

	number = 1
		+ (owner.take_overs > owner.fenced ? owner.take_overs
						   : owner.fenced);
	nb_array_free(&owner.taken);
	return err ? err
		   : nb_owners_add(state->dir, false, state->installation,
				   number, pool);
}

/*
 * The state directory came from another machine: it becomes an installation of
 * its own, which has taken over all pools, so that the other one is fenced by
 * the first label that it sees.  The machine is recorded last: until then
 * nothing is written, and this can be repeated.
 */
static enum nb_err
settle(struct nb_pool_context *context, const char *from,
       struct nb_take_over_result *result)
{
	const struct nb_config_pools *pools = &context->nb->config->pools;
	const char *home = context->view.owner.moved_from;
	struct nb_state *state = context->state;
	enum nb_err err = NB_OK;

	snprintf(result->host, sizeof result->host, "%s", home);
	if (!from || strcmp(from, home) != 0)
		return nb_fail(NB_EUSAGE,
			       "%s: is that of host %s\nhint: if that burns no "
			       "more, or is this machine under an earlier "
			       "name, confirm it: --from '%s'",
			       state->dir, home, home);
	for (size_t i = 0; !err && i < pools->count; i++)
		err = leave_behind(state, pools->at[i].name);
	if (!err)
		err = nb_state_renew(state);
	if (!err)
		err = nb_machine_save(state->dir, state->installation, false);
	result->changed = !err;
	return err;
}

enum nb_err
nb_job_take_over(struct nightburn *nb, const struct nb_drive_choice *choice,
		 const char *from, struct nb_take_over_result *result)
{
	struct nb_inspection look = { 0 };
	struct nb_pool_context context;
	enum nb_err err;

	err = nb_pool_context_open(nb, choice->job, NB_POOL_WORK, &context);
	if (err)
		return err;
	snprintf(result->pool, sizeof result->pool, "%s", context.view.name);
	err = nb_pool_context_key(&context, false);
	if (!err && nb_pool_is_moved(&context.view)) {
		err = settle(&context, from, result);
	} else if (!err) {
		err = nb_choose_to_verify(nb, choice, &look);
		if (!err)
			err = take_over(&context, &look, from, result);
	}
	nb_inspect_close(&look);
	nb_pool_context_close(&context);
	return err;
}
