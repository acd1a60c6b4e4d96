/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "vdrive/front/command.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage;
} commands[] = {
	{ "new", vf_command_new, "new --type TYPE [--capacity BLOCKS] FILE" },
	{ "show", vf_command_show, "show [--json] FILE" },
	{ "swap", vf_command_swap,
	  "swap [-d DEVICE] FILE|--next|--empty|--open|--close" },
	{ "export", vf_command_export, "export {--session N|--disc} FILE OUT" }
};

#define COMMANDS (sizeof commands / sizeof *commands)

static void
print_usage(FILE *to)
{
	fprintf(to, "usage: vdrive [options] [--disc FILE]... -- COMMAND...\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "       vdrive %s\n", commands[i].usage);
	fprintf(to,
		"drives: --disc FILE  --add FILE  --empty  --open  "
		"--device NAME\n"
		"options: --faults FILE  --trace FILE  "
		"--timing instant|real|N\n"
		"         --drive new|old|usb-bridge  --power-loss  --hurry  "
		"--kernel\n"
		"types: cd-r cd-rw dvd-r dvd-rw dvd+r dvd+rw dvd-ram bd-r "
		"bd-re\n");
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		return vf_usage("a command is missing", NULL);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
		print_usage(stdout);
		return 0;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("vdrive %s\n", PACKAGE_VERSION);
		return 0;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	return vf_command_run(argc, argv);
}
