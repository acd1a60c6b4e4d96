/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <unistd.h>

#include "cli/cli.h"

enum nb_err
cmd_remote(struct cli *cli)
{
	return nb_remote_serve(cli->config, STDIN_FILENO, STDOUT_FILENO,
			       cli->args, cli->arg_count);
}
