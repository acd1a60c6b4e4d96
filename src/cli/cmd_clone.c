/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"
#include "report/report.h"

enum nb_err
cmd_clone(struct cli *cli)
{
	const struct nb_clone_options options = {
		.name = cli->arg_count ? cli->args[0] : NULL,
		.dry_run = cli->dry_run,
		.init = cli->init,
		.force = cli->force,
		.accept_delete = cli->accept_delete,
	};
	struct nb_clone_result result = { 0 };
	struct nb_str s = NB_STR_INIT;
	struct nightburn *nb = NULL;
	enum nb_err err, printed = NB_OK;

	err = cli_open(cli, &nb);
	if (err)
		return err;
	err = nb_clone(nb, &options, &result);
	if (!err && (cli->json || !cli->quiet)) {
		nb_report_clone(&s, &result, cli->json);
		printed = cli_print(&s);
	}
	nb_close(nb);
	return err ? err : printed;
}
