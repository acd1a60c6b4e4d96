/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

struct view {
	struct nb_report report;
	bool shown;
};

/* Must appear immediately, before anything is written. */
static int
show(void *ctx, const struct nb_bootarea_info *info)
{
	struct view *view = ctx;

	view->shown = true;
	nb_report_begin(&view->report, NB_REPORT_PARTS);
	nb_report_part(&view->report, "comparison", NB_REPORT_ONE);
	return nb_report_row(&view->report, &nb_record_bootarea, info)
		|| fflush(stdout);
}

static enum nb_err
report_result(struct cli *cli, struct view *view, enum nb_err err,
	      const struct nb_restore_result *result)
{
	if (!view->shown)
		return err;
	nb_report_part(&view->report, "result", NB_REPORT_ONE);
	if (result->files && cli_wants_report(cli, true))
		nb_report_row(&view->report, &nb_record_restore, result);
	return cli_report_end(cli, &view->report, err);
}

enum nb_err
cmd_restore_bootarea(struct cli *cli)
{
	struct view view = { .report = cli_report(cli) };
	struct nb_bootarea_options options = {
		.size = sizeof options,
		.backup = cli_backup(cli),
		.device = cli->device,
		.drive = cli->drive,
		.job = cli->job,
		.source = cli->source,
		.to_device = cli->to_device,
		.erase = cli->yes_erase,
		.show = show,
		.ctx = &view,
		.this_disc = cli->this_disc,
		.allow_older = cli->allow_older,
	};
	struct nb_restore_result result = NB_INIT(nb_restore_result);
	struct nightburn *nb = NULL;
	enum nb_err err;

	if (cli->to || cli->into || cli->at || cli->arg_count > 1)
		return cli_wrong_usage(cli, "restore",
				       "--bootarea takes one backup, "
				       "--source, --to-device and --yes-erase");
	err = cli_open_for_device(cli, &nb);
	if (err)
		return err;
	err = nb_restore_bootarea(nb, &options, &result);
	err = report_result(cli, &view, err, &result);
	nb_close(nb);
	return err;
}
