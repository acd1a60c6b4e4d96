/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>

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

int
cli_hint_help(const char *command)
{
	fprintf(stderr, "hint: nightburn %s%s--help\n", command ? command : "",
		command ? " " : "");
	return 2;
}

int
cli_wrong_usage(const char *command, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	cli_tell("%s%s%s", command ? command : "", command ? ": " : "", text);
	return cli_hint_help(command);
}
