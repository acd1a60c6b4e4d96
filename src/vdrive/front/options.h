/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands and their options, in one table: getopt, the help and, by way of
 * the help, the completion take them from here.
 */
#ifndef VDRIVE_FRONT_OPTIONS_H
#define VDRIVE_FRONT_OPTIONS_H

#include <stdio.h>

enum vf_option_value {
	VF_OPT_TYPE = 256,
	VF_OPT_CAPACITY,
	VF_OPT_JSON,
	VF_OPT_SESSION,
	VF_OPT_DISC,
	VF_OPT_ADD,
	VF_OPT_EMPTY,
	VF_OPT_OPEN,
	VF_OPT_CLOSE,
	VF_OPT_NEXT,
	VF_OPT_DEVICE,
	VF_OPT_FAULTS,
	VF_OPT_TRACE,
	VF_OPT_TIMING,
	VF_OPT_DRIVE,
	VF_OPT_POWER_LOSS,
	VF_OPT_HURRY,
	VF_OPT_KERNEL
};

struct vf_option {
	const char *name;
	enum vf_option_value value;
	char letter;          /* short form; 0: none */
	const char *argument; /* its name in the help; NULL: it takes none */
	const char *text;
};

struct vf_subcommand {
	const char *name;                /* "": runs a command with recorders */
	const char *usage, *summary;     /* of the arguments; in one line */
	const struct vf_option *options; /* ended by a name of NULL */
};

/* Ended by a name of NULL; the first is "". */
extern const struct vf_subcommand vf_commands[];

/* The command NAME, or NULL. */
const struct vf_subcommand *vf_command_find(const char *name);

/*
 * getopt for the command NAME, of which nothing else is read; stops at the
 * first argument that is no option if NAME is "".  The value of the next option
 * with its argument in optarg, -1 at the end, '?' (after a message) for one
 * that NAME does not have.
 */
int vf_option_next(const char *name, int argc, char **argv);

/* All commands, and the options of "". */
void vf_help(FILE *to);
/* One command with its options. */
void vf_help_command(const struct vf_subcommand *command, FILE *to);

#endif
