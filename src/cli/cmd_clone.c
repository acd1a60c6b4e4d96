/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

enum nb_err
cmd_clone(struct cli *cli)
{
	const struct nb_clone_options options = {
		.size = sizeof options,
		.name = cli->arg_count ? cli->args[0] : NULL,
		.dry_run = cli->dry_run,
		.init = cli->init,
		.force = cli->force,
		.accept_delete = cli->accept_delete,
	};
	struct nb_clone_result result = NB_INIT(nb_clone_result);
	struct nightburn *nb = NULL;
	enum nb_err err, printed = NB_OK;

	err = cli_open(cli, &nb);
	if (err)
		return err;
	err = nb_clone(nb, &options, &result);
	if (!err && cli_wants_report(cli, true))
		printed = cli_report_one(cli, err, &nb_record_clone, &result);
	nb_close(nb);
	return err ? err : printed;
}
