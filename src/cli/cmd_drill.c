/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

enum nb_err
cmd_drill(struct cli *cli)
{
	const struct nb_drill_options options = {
		.size = sizeof options,
		.backup = cli_backup(cli),
		.device = cli->device,
		.drive = cli->drive,
		.job = cli->job,
		.source = cli->source,
		.run_as = cli->run_as,
		.this_disc = cli->this_disc,
		.keep = cli->keep,
	};
	struct nb_drill_result result = NB_INIT(nb_drill_result);
	struct nightburn *nb = NULL;
	enum nb_err err, printed = NB_OK;

	err = cli_open_for_device(cli, &nb);
	if (err)
		return err;
	err = nb_drill(nb, &options, &result);
	if (result.backup_id[0] && cli_wants_report(cli, true))
		printed = cli_report_one(cli, err, &nb_record_drill, &result);
	nb_close(nb);
	return err ? err : printed;
}
