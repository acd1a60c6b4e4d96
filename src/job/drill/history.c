/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/drill/drill.h"

#include <string.h>

#include "base/clock.h"

static enum nb_drill_state
state_of(enum nb_err err)
{
	return err == NB_ECORRUPT ? NB_DRILL_FAILED
		: err             ? NB_DRILL_PARTIAL
				  : NB_DRILL_GOOD;
}

/* What the drill has found of the backup.  Only a whole and good one has read
 * all of it. */
static enum nb_err
store_check(struct nb_pool_context *context, const struct nb_drilling *d,
	    const struct nb_catalog_drill *drill)
{
	uint64_t bad = d->result->bad + d->damaged;
	struct nb_catalog_check check = {
		.backup_id = drill->backup_id,
		.state = bad ? NB_CHECK_DAMAGED
			: drill->state == NB_DRILL_GOOD && !d->options->source
			? NB_CHECK_GOOD
			: NB_CHECK_NONE,
		.bad = bad,
	};
	const struct nb_catalog_checks checks = {
		.disc_id = drill->disc_id,
		.date = drill->date,
		.list = { &check, 1, 1 },
	};

	return check.state == NB_CHECK_NONE
		? NB_OK
		: nb_catalog_put_checks(context->catalog, &checks);
}

static enum nb_err
store_in(struct nb_pool_context *context, const struct nb_drilling *d,
	 enum nb_drill_state state)
{
	const struct nb_label *label = &d->pick->look.label;
	const struct nb_drill_result *r = d->result;
	const struct nb_catalog_drill drill = {
		.backup_id = r->backup_id,
		.disc_id = label->disc_id,
		.date = nb_clock_date(),
		.state = state,
		.databases = r->databases,
		.tables = r->tables,
		.rows = r->rows,
		.files = r->files,
	};
	bool holds = false;
	enum nb_err err = nb_pool_context_key(context, false);

	if (err || !nb_pool_context_signed(context, label))
		return err;
	err = nb_catalog_holds(context->catalog, drill.backup_id, drill.disc_id,
			       &holds);
	if (err || !holds)
		return err;
	err = store_check(context, d, &drill);
	return err ? err : nb_catalog_put_drill(context->catalog, &drill);
}

enum nb_err
nb_drill_store(const struct nb_drilling *d, enum nb_err err)
{
	const struct nb_label *label = &d->pick->look.label;
	enum nb_drill_state state = state_of(err);
	struct nb_pool_context context;

	if (!d->nb || !label->disc_id[0] || !nb_catalog_exists(d->nb)
	    || (d->options->source && state != NB_DRILL_FAILED))
		return NB_OK;
	for (size_t i = 0; i < d->nb->config->jobs.count; i++) {
		const struct nb_config_job *job = &d->nb->config->jobs.at[i];

		if (strcmp(job->pool, label->pool) != 0)
			continue;
		err = nb_pool_context_open(d->nb, job->name, NB_POOL_WORK,
					   &context);
		if (err)
			return err;
		err = store_in(&context, d, state);
		nb_pool_context_close(&context);
		return err;
	}
	return NB_OK;
}
