/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/destroy.h"

#include "base/fd.h"
#include "base/inhibit.h"
#include "job/power.h"

static enum nb_err
step(enum nb_err (*fn)(void *ctx), void *ctx)
{
	return fn ? fn(ctx) : NB_OK;
}

/* Nothing is destroyed here. */
static enum nb_err
prepare(struct nightburn *nb, const struct nb_destroy *steps, void *ctx)
{
	enum nb_err err = nb_job_check(nb);

	if (!err)
		err = nb_power_permit(nb, steps->work);
	if (!err)
		err = step(steps->intend, ctx);
	if (err)
		return err;
	err = step(steps->look, ctx);
	if (!err)
		err = step(steps->permit, ctx);
	if (!err)
		err = nb_job_check(nb);
	if (err)
		step(steps->retract, ctx);
	return err;
}

enum nb_err
nb_destroy(struct nightburn *nb, const struct nb_destroy *steps, void *ctx)
{
	int awake = steps->inhibit ? nb_inhibit(steps->inhibit) : -1;
	enum nb_err err = prepare(nb, steps, ctx);

	if (!err) {
		err = steps->act(ctx);
		if (steps->record)
			err = steps->record(ctx, err);
	}
	nb_fd_close(&awake);
	return err;
}
