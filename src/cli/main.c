/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static int
no_such_command(const char *name)
{
	const char *nearest = cli_nearest_command(name);

	cli_tell("%s: no such command", name);
	if (nearest)
		fprintf(stderr, "hint: did you mean %s?\n", nearest);
	else
		cli_hint_help(NULL);
	return 2;
}

static int
help(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		cli_print_usage(stdout);
		return 0;
	}
	c = cli_find_command(argv[1]);
	if (!c)
		return no_such_command(argv[1]);
	cli_print_help(c);
	return 0;
}

static int
run_command(struct cli *cli, int argc, char **argv)
{
	const struct command *c = cli_find_command(argv[0]);
	static char program[] = "nightburn";
	enum nb_err err;
	int status;

	if (!strcmp(argv[0], "help"))
		return help(argc, argv);
	if (!c)
		return no_such_command(argv[0]);
	argv[0] = program; /* as getopt formats it in its own error messages */
	if (!cli_parse_command(cli, c, argc, argv, &status))
		return status;
	nb_set_log(cli_log, cli);
	cli_progress_setup(cli->quiet);
	cli_catch_signals();
	err = c->run(cli);
	if (err == NB_ECANCELED)
		cli_print_canceled();
	cli_progress_clear();
	cli_report_error(cli, err);
	return nb_exit_status(err);
}

int
main(int argc, char **argv)
{
	struct cli cli = { .config = NB_CONFIG_FILE,
			   .form = nb_report_forms[0] };
	int at = 0, status;

	if (cli_parse_global(&cli, argc, argv, &at, &status)) {
		if (at < argc) {
			status = run_command(&cli, argc - at, argv + at);
		} else {
			cli_print_usage(stderr);
			status = 2;
		}
	}
	free(cli.conninfo);
	if (fflush(stdout) || ferror(stdout)) {
		cli_tell("cannot write to stdout: %s", strerror(errno));
		if (!status)
			status = nb_exit_status(NB_EIO);
	}
	return status;
}
