/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

void
cli_tell(const char *fmt, ...)
{
	char text[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	cli_progress_clear();
	cli_put_message("nightburn: ", text);
}

enum nb_err
cli_fail(struct cli *cli, enum nb_err err, const char *fmt, ...)
{
	char text[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	cli_note_error(cli, text);
	cli_tell("%s", text);
	return err;
}

void
cli_print_canceled(struct cli *cli)
{
	int number = cli_stopped_by();

	if (number == SIGINT)
		cli_fail(cli, NB_ECANCELED, "stopped by you (SIGINT)");
	else
		cli_fail(cli, NB_ECANCELED, "ended%s%s",
			 number ? " by SIG" : "",
			 number ? nb_str_signal(number) : "");
}

enum nb_err
cli_wrong_usage(struct cli *cli, const char *command, const char *fmt, ...)
{
	const char *of = command ? command : "";
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return cli_fail(cli, NB_EUSAGE, "%s%s%s\nhint: nightburn %s%s--help",
			of, command ? ": " : "", text, of, command ? " " : "");
}

/* Does more than one of LONGS begin like ARGUMENT? */
static bool
is_ambiguous(const struct option *longs, const char *argument)
{
	size_t n = strcspn(argument, "="), count = 0;

	for (; longs->name; longs++)
		count += n > 2 && !strncmp(longs->name, argument + 2, n - 2);
	return count > 1;
}

enum nb_err
cli_wrong_option(struct cli *cli, const char *command, int letter,
		 const struct option *longs, char **argv)
{
	const char *given = argv[optind - 1];

	if (letter == ':')
		return cli_wrong_usage(cli, command,
				       "option '%s' requires an argument",
				       given);
	if (optopt && strncmp(given, "--", 2) != 0)
		return cli_wrong_usage(cli, command, "invalid option -- '%c'",
				       optopt);
	if (optopt)
		return cli_wrong_usage(cli, command,
				       "option '%s' doesn't allow an argument",
				       given);
	return cli_wrong_usage(cli, command,
			       is_ambiguous(longs, given)
				       ? "option '%s' is ambiguous"
				       : "unrecognized option '%s'",
			       given);
}
