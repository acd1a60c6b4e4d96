/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

static enum nb_err
run_job(struct cli *cli,
	enum nb_err (*job)(struct nightburn *nb, const struct nb_run_options *,
			   struct nb_run_result *))
{
	struct nb_run_options options = {
		.size = sizeof options,
		.job = cli->job,
		.drive = cli->drive,
		.device = cli->device,
		.dry_run = cli->dry_run,
		.resume = cli->resume,
		.accept_shrink = cli->accept_shrink,
		.paths = cli->arg_count ? cli->args : NULL,
		.path_count = cli->arg_count,
	};
	struct nb_run_result result = NB_INIT(nb_run_result);
	struct nb_plan_info plan = NB_INIT(nb_plan_info);
	struct nightburn *nb = NULL;
	enum nb_err err, printed = NB_OK;

	result.plan = &plan;
	err = cli_open(cli, &nb);
	if (err)
		return err;
	err = job(nb, &options, &result);
	/* With --quiet, too, if the backup needs attention. */
	if (cli_wants_report(cli, !err || result.verified)
	    || (err == NB_EWRONG && result.verified))
		printed = cli_report_one(cli, err, &nb_record_run, &result);
	nb_close(nb);
	return err ? err : printed;
}

enum nb_err
cmd_run(struct cli *cli)
{
	return run_job(cli, nb_run);
}

enum nb_err
cmd_append(struct cli *cli)
{
	return run_job(cli, nb_append);
}

enum nb_err
cmd_plan(struct cli *cli)
{
	const struct nb_drive_choice choice = cli_drive_choice(cli);
	struct nb_plan_info plan = NB_INIT(nb_plan_info);
	struct nightburn *nb = NULL;
	enum nb_err err, printed = NB_OK;

	err = cli_open(cli, &nb);
	if (!err)
		err = nb_plan_job(nb, &choice, &plan);
	cli_complete_hint(plan.hint, sizeof plan.hint);
	if (plan.job[0])
		printed = cli_report_one(cli, err, &nb_record_plan, &plan);
	nb_close(nb);
	return err ? err : printed;
}
