/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/run/nights.h"

#include "base/log.h"

enum nb_err
nb_count_nights(const struct nb_backup *backup, struct nb_run_result *result)
{
	struct nb_pool_context *context = backup->context;
	int most = context->pool->max_nights_on_one_disc;
	enum nb_err err = nb_pool_context_refresh(context);
	const struct nb_pool_disc *disc =
		nb_pool_by_name(&context->view, result->plan->disc);
	char hint[NB_HINT_MAX];

	if (err || !disc || disc->nights < 2 || nb_backup_is_by_hand(backup)
	    || context->pool->rotation != NB_ROTATION_ALTERNATE
	    || context->pool->discs.count < 2)
		return err;
	nb_log(NB_ERROR,
	       "%s: the disc was left in the drive: the last %d backups are on "
	       "it alone\nhint: %s",
	       disc->name, disc->nights,
	       nb_pool_context_hint(context,
				    "change the disc every day; nightburn "
				    "rotate says which is next",
				    hint));
	if (most && disc->nights > most)
		result->nights = disc->nights;
	return NB_OK;
}
