/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/front/options.h"

#include <getopt.h>
#include <string.h>

#define MOST 32 /* options of a command */

static const struct vf_option options_run[] = {
	{ "disc", VF_OPT_DISC, 0, "FILE", "a recorder with this disc" },
	{ "add", VF_OPT_ADD, 0, "FILE",
	  "a disc for the stack of the recorder before it" },
	{ "empty", VF_OPT_EMPTY, 0, NULL, "a recorder without a disc" },
	{ "open", VF_OPT_OPEN, 0, NULL,
	  "the recorder before it has its tray open" },
	{ "device", VF_OPT_DEVICE, 0, "NAME", "the path of the next recorder" },
	{ "faults", VF_OPT_FAULTS, 0, "FILE", "what fails when" },
	{ "trace", VF_OPT_TRACE, 0, "FILE", "append each command as JSON" },
	{ "timing", VF_OPT_TIMING, 0, "HOW", "instant, real, or real / HOW" },
	{ "drive", VF_OPT_DRIVE, 0, "KIND", "new, old or usb-bridge" },
	{ "power-loss", VF_OPT_POWER_LOSS, 0, NULL,
	  "the power fails at the end" },
	{ "hurry", VF_OPT_HURRY, 0, NULL, "shorten the command's sleeps" },
	{ "kernel", VF_OPT_KERNEL, 0, NULL,
	  "attach it to the drivers of the kernel" },
	{ .name = NULL }
};

static const struct vf_option options_new[] = {
	{ "type", VF_OPT_TYPE, 0, "TYPE",
	  "cd-r cd-rw dvd-r dvd-rw dvd+r dvd+rw dvd-ram bd-r bd-re" },
	{ "capacity", VF_OPT_CAPACITY, 0, "BLOCKS",
	  "of 2,048 bytes, by default as usual for the type" },
	{ .name = NULL }
};

static const struct vf_option options_show[] = { { "json", VF_OPT_JSON, 0, NULL,
						   "the header of the file" },
						 { .name = NULL } };

static const struct vf_option options_swap[] = {
	{ "device", VF_OPT_DEVICE, 'd', "DEVICE",
	  "the recorder, by default /dev/sr0" },
	{ "next", VF_OPT_NEXT, 0, NULL, "insert the next disc of the stack" },
	{ "empty", VF_OPT_EMPTY, 0, NULL, "remove the disc" },
	{ "open", VF_OPT_OPEN, 0, NULL, "open the tray" },
	{ "close", VF_OPT_CLOSE, 0, NULL, "close it" },
	{ .name = NULL }
};

static const struct vf_option options_export[] = {
	{ "session", VF_OPT_SESSION, 0, "N", "the blocks of this session" },
	{ "disc", VF_OPT_DISC, 0, NULL, "the whole disc" },
	{ .name = NULL }
};

const struct vf_subcommand vf_commands[] = {
	{ "", "[options] [--disc FILE]... -- COMMAND...",
	  "run a command with virtual recorders", options_run },
	{ "new", "--type TYPE [--capacity BLOCKS] FILE", "create a blank disc",
	  options_new },
	{ "show", "[--json] FILE", "show what is on a disc", options_show },
	{ "swap", "[-d DEVICE] FILE|--next|--empty|--open|--close",
	  "change the disc of a recorder in use", options_swap },
	{ "export", "{--session N|--disc} FILE OUT",
	  "write a session or a disc as an image", options_export },
	{ .name = NULL }
};

const struct vf_subcommand *
vf_command_find(const char *name)
{
	for (const struct vf_subcommand *c = vf_commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

int
vf_option_next(const char *name, int argc, char **argv)
{
	const struct vf_option *from = vf_command_find(name)->options;
	struct option longs[MOST];
	char shorts[2 * MOST] = "+";
	size_t n = 0, letters = *name ? 0 : 1;
	int option;

	for (; from[n].name; n++) {
		longs[n] = (struct option){
			.name = from[n].name,
			.has_arg = from[n].argument ? required_argument
						    : no_argument,
			.val = from[n].value,
		};
		if (!from[n].letter)
			continue;
		shorts[letters++] = from[n].letter;
		if (from[n].argument)
			shorts[letters++] = ':';
	}
	longs[n] = (struct option){ .name = NULL };
	shorts[letters] = '\0';
	option = getopt_long(argc, argv, shorts, longs, NULL);
	for (size_t i = 0; i < n; i++)
		if (from[i].letter && option == from[i].letter)
			return (int)from[i].value;
	return option;
}

static void
print_option(const struct vf_option *o, FILE *to)
{
	char name[32];

	snprintf(name, sizeof name, "--%s%s%s", o->name, o->argument ? " " : "",
		 o->argument ? o->argument : "");
	if (o->letter)
		fprintf(to, "  -%c, %-18s %s\n", o->letter, name, o->text);
	else
		fprintf(to, "      %-18s %s\n", name, o->text);
}

static void
print_options(const struct vf_subcommand *c, FILE *to)
{
	fputc('\n', to);
	for (const struct vf_option *o = c->options; o->name; o++)
		print_option(o, to);
}

static void
print_usage(const struct vf_subcommand *c, const char *head, FILE *to)
{
	fprintf(to, "%s vdrive %s%s%s\n", head, c->name, *c->name ? " " : "",
		c->usage);
}

void
vf_help(FILE *to)
{
	for (const struct vf_subcommand *c = vf_commands; c->name; c++)
		print_usage(c, *c->name ? "      " : "usage:", to);
	print_options(vf_commands, to);
	fputs("\nvdrive COMMAND --help shows the options of a command; see "
	      "vdrive(1)\n",
	      to);
}

void
vf_help_command(const struct vf_subcommand *c, FILE *to)
{
	print_usage(c, "usage:", to);
	fprintf(to, "\n%s\n", c->summary);
	print_options(c, to);
}
