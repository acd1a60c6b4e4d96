/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of the discs of a pool: configured, or given by a pattern. */
#include "job/job.h"

#include <string.h>

struct names {
	const struct nb_config_pool *pool;
	struct nb_names *out;
	unsigned int last;
};

static enum nb_err
add(struct names *n, const char *name, bool named)
{
	unsigned int number = nb_config_disc_number(n->pool, name);

	if (number > n->last)
		n->last = number;
	for (size_t i = 0; i < n->out->count; i++)
		if (!strcmp(n->out->at[i], name))
			return NB_OK;
	return named ? nb_names_add(n->out, "%s", name) : NB_OK;
}

static enum nb_err
add_row(void *ctx, const struct nb_catalog_disc *row)
{
	struct names *n = ctx;

	return strcmp(row->pool, n->pool->name) ? NB_OK
						: add(n, row->name, row->named);
}

/* Those of the catalog, that of a run that died, and the one that the next new
 * disc gets. */
static enum nb_err
automatic(const struct nb_pool_context *context, struct nb_names *out)
{
	struct names n = { context->pool, out, 0 };
	char next[NB_NAME_MAX + 1];
	enum nb_err err = NB_OK;

	if (context->catalog)
		err = nb_catalog_discs(context->catalog, add_row, &n);
	if (!err && context->dead.disc_id[0]
	    && !strcmp(context->dead.pool, n.pool->name))
		err = add(&n, context->dead.disc, true);
	nb_config_disc_name(n.pool, n.last + 1, next);
	return err ? err : nb_names_add(out, "%s", next);
}

enum nb_err
nb_pool_names(const struct nb_pool_context *context, struct nb_names *own,
	      const struct nb_names **out)
{
	enum nb_err err =
		context->pool->automatic ? automatic(context, own) : NB_OK;

	*out = context->pool->automatic ? own : &context->pool->discs;
	return err;
}

bool
nb_pool_is_new(const struct nb_pool_context *context, const char *name)
{
	const struct nb_pool_disc *disc =
		name[0] ? nb_pool_by_name(&context->view, name) : NULL;

	return disc && disc->state == NB_DISC_UNUSED
		&& (context->pool->automatic || disc->lost);
}

enum nb_err
nb_pool_heed_name(struct nb_pool_context *context, const struct nb_label *label)
{
	struct nb_pool_disc disc = { .state = NB_DISC_RETIRED };

	if (!context->pool->automatic || strcmp(label->pool, context->view.name)
	    || nb_pool_by_id(&context->view, label->disc_id)
	    || nb_pool_by_name(&context->view, label->disc)
	    || !nb_config_disc_number(context->pool, label->disc))
		return NB_OK;
	memcpy(disc.name, label->disc, sizeof disc.name);
	return nb_array_push(&context->view.discs, disc);
}
