/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static enum nb_err
no_such_command(struct cli *cli, const char *name)
{
	const char *nearest = cli_nearest_command(name);

	if (!nearest)
		return cli_wrong_usage(cli, NULL, "%s: no such command", name);
	return cli_fail(cli, NB_EUSAGE,
			"%s: no such command\nhint: did you mean %s?", name,
			nearest);
}

static enum nb_err
help(struct cli *cli, int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		cli_print_usage(stdout);
		return NB_OK;
	}
	c = cli_find_command(argv[1]);
	if (!c)
		return no_such_command(cli, argv[1]);
	cli_print_help(c);
	return NB_OK;
}

static enum nb_err
run_command(struct cli *cli, int argc, char **argv)
{
	const struct command *c = cli_find_command(argv[0]);
	static char program[] = "nightburn";
	enum nb_err err = NB_OK;

	if (!strcmp(argv[0], "help"))
		return help(cli, argc, argv);
	if (!c)
		return no_such_command(cli, argv[0]);
	argv[0] = program; /* as getopt formats it in its own error messages */
	if (!cli_parse_command(cli, c, argc, argv, &err))
		return err;
	cli_hint_setup(cli, cli_find_command);
	nb_set_log(cli_log, cli);
	cli_progress_setup(cli->quiet);
	cli_catch_signals();
	err = c->run(cli);
	if (err == NB_ECANCELED)
		cli_print_canceled(cli);
	cli_progress_clear();
	return err;
}

int
main(int argc, char **argv)
{
	struct cli cli = { .config = NB_CONFIG_FILE,
			   .form = nb_report_forms[0] };
	enum nb_err err = NB_OK;
	int at = 0, status;

	if (!cli_parse_global(&cli, argc, argv, &at, &err)) {
		/* Help, or an error, was printed. */
	} else if (at < argc) {
		err = run_command(&cli, argc - at, argv + at);
	} else {
		cli_print_usage(stderr);
		err = NB_EUSAGE;
	}
	if (err == NB_EUSAGE)
		cli_find_form(&cli, argc, argv);
	cli_report_error(&cli, err);
	status = nb_exit_status(err);
	free(cli.conninfo);
	if (fflush(stdout) || ferror(stdout)) {
		cli_tell("cannot write to stdout: %s", strerror(errno));
		if (!status)
			status = nb_exit_status(NB_EIO);
	}
	return status;
}
