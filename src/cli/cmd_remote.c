/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

enum nb_err
cmd_remote(struct cli *cli)
{
	for (size_t i = 0; i < cli->arg_count; i++) {
		const char *word = cli->args[i];

		if (*word != '/' && strcmp(word, "postgres")) {
			cli_wrong_usage("remote",
					"expected postgres or absolute paths");
			return NB_EUSAGE;
		}
	}
	return nb_remote_serve(STDIN_FILENO, STDOUT_FILENO, cli->args,
			       cli->arg_count);
}
