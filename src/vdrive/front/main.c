/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "vdrive/front/command.h"
#include "vdrive/front/options.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "new", vf_command_new },
	{ "show", vf_command_show },
	{ "swap", vf_command_swap },
	{ "export", vf_command_export },
};

#define COMMANDS (sizeof commands / sizeof *commands)

static bool
asks_for_help(int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		if (!strcmp(argv[i], "--help"))
			return true;
	return false;
}

int
main(int argc, char **argv)
{
	size_t i = 0;

	if (argc < 2)
		return vf_usage("a command is missing", NULL);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
		vf_help(stdout);
		return 0;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("vdrive %s\n", PACKAGE_VERSION);
		return 0;
	}
	while (i < COMMANDS && strcmp(argv[1], commands[i].name))
		i++;
	if (i == COMMANDS)
		return vf_command_run(argc, argv);
	if (!asks_for_help(argc, argv))
		return commands[i].run(argc - 1, argv + 1);
	vf_help_command(vf_command_find(argv[1]), stdout);
	return 0;
}
