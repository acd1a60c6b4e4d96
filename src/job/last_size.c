/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/last_size.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"

struct last {
	const char *job;
	uint64_t generation, bytes;
};

static enum nb_err
find_last(void *ctx, const struct nb_catalog_backup *row)
{
	struct last *last = ctx;

	if (strcmp(row->job, last->job) != 0
	    || row->generation < last->generation)
		return NB_OK;
	last->generation = row->generation;
	last->bytes = row->bytes;
	return NB_OK;
}

enum nb_err
nb_last_size_tell(const struct nb_pool_context *context,
		  struct nb_plan_info *plan)
{
	struct last last = { .job = context->job->name };
	uint64_t room = plan->available * NB_BLOCK;
	char size[16], free[16];
	enum nb_err err;

	if (!context->catalog || plan->plan == NB_PLAN_REFUSE || plan->need)
		return NB_OK;
	err = nb_catalog_backups(context->catalog, context->pool->name,
				 find_last, &last);
	/* The pool is new, or was renamed. */
	if (!err && !last.generation)
		err = nb_catalog_backups(context->catalog, NULL, find_last,
					 &last);
	if (!err)
		plan->expected = last.bytes;
	if (err || last.bytes <= room)
		return err;
	nb_str_size(last.bytes, size);
	nb_str_size(room, free);
	if (plan->plan == NB_PLAN_APPEND)
		nb_log(NB_NOTE,
		       "%s: the last backup had %s, and %s are free: the next "
		       "one fits only if most of its files are unchanged",
		       plan->disc, size, free);
	else
		nb_log(NB_WARNING,
		       "%s: the last backup had %s, and the disc takes %s: one "
		       "of that size will not fit\n"
		       "hint: insert a larger disc, or exclude something",
		       plan->disc, size, free);
	return NB_OK;
}
