/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/renamed.h"

#include <stdio.h>
#include <string.h>

/* The names of the pool's discs, "C, D". */
static void
list_discs(const struct nb_pool_view *pool, char *text, size_t size)
{
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < pool->discs.count && n < size; i++)
		n += (size_t)snprintf(text + n, size - n, "%s%s", i ? ", " : "",
				      pool->discs.at[i].name);
}

bool
nb_renamed_tell(const struct nb_pool_context *context,
		const struct nb_label *label,
		const struct nb_decision *decision, struct nb_plan_info *out)
{
	const struct nb_pool_view *pool = &context->view;
	bool other = decision->reason == NB_REASON_OTHER_POOL;
	const struct nb_pool_disc *next = nb_rotation_next(pool);
	char discs[48];

	if (!other
	    && (decision->reason != NB_REASON_NAME_CONFLICT
		|| nb_pool_by_name(pool, label->disc)))
		return false;
	list_discs(pool, discs, sizeof discs);
	snprintf(out->about, sizeof out->about,
		 "it is %.24s of pool %.20s; pool %.20s has %s", label->disc,
		 label->pool, pool->name, discs);
	if (pool->generation || !next
	    || (other && nb_config_pool(context->nb->config, label->pool)))
		return false;
	if (other)
		snprintf(out->hint, sizeof out->hint,
			 "give the pool its old name, %s, and its old discs "
			 "again; or insert a blank disc, which becomes %s",
			 label->pool, next->name);
	else
		snprintf(out->hint, sizeof out->hint,
			 "write %s into discs of pool %s again; or insert a "
			 "blank disc, which becomes %s",
			 label->disc, pool->name, next->name);
	return true;
}
