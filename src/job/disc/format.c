/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/format.h"

#include "job/destroy.h"

struct format {
	const struct nb_pool_context *context;
	struct nb_inspection *look;
	struct nb_inspection before; /* as inspected for the plan */
	uint64_t image_blocks;
	enum nb_guard answer;
};

static enum nb_err
look_again(void *ctx)
{
	return nb_inspect_again(((struct format *)ctx)->look);
}

static enum nb_err
permit(void *ctx)
{
	struct format *f = ctx;
	const struct nb_guard_facts facts = {
		.lock_held = f->context->lock != NULL,
		.first_drive = f->before.identity,
		.second_drive = f->look->identity,
		.pool = &f->context->view,
		.first_medium = &f->before.medium,
		.second_medium = &f->look->medium,
		.image_complete = f->image_blocks != 0,
		.image_blocks = f->image_blocks,
		.disc_blocks = f->look->medium.capacity,
		.intent_stored = true,
	};

	f->answer = nb_guard_check(&facts);
	return f->answer == NB_GUARD_PERMIT
		? NB_OK
		: nb_fail(NB_EWRONG, "%s: not formatted: %s", f->look->device,
			  nb_guard_text(f->answer));
}

static enum nb_err
act(void *ctx)
{
	struct format *f = ctx;

	return nb_drive_format(f->look->drive, f->answer);
}

enum nb_err
nb_format_disc(struct nb_pool_context *context, struct nb_inspection *look,
	       uint64_t image_blocks)
{
	static const struct nb_destroy steps = {
		.work = NB_WORK_FORMAT,
		.look = look_again,
		.permit = permit,
		.act = act,
	};
	struct format f = {
		.context = context,
		.look = look,
		.before = *look,
		.image_blocks = image_blocks,
		.answer = NB_GUARD_NO_INTENT,
	};

	return nb_destroy(context->nb, &steps, &f);
}
