/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "cli/cli.h"

int
cli_wrong_usage(const char *name, const char *what)
{
	fprintf(stderr, "nightburn: %s: %s\nhint: nightburn --help\n", name,
		what);
	return 2;
}
