/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>

#include "cli/cli.h"

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
	va_list ap;

	fprintf(stderr, "nightburn: %s%s", command ? command : "",
		command ? ": " : "");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	putc('\n', stderr);
	return cli_hint_help(command);
}
