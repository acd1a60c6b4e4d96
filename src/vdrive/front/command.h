/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of the program, one file each.  ARGV[0] is the command's name;
 * each returns an exit status, after a message on stderr if it is not 0.
 */
#ifndef VDRIVE_FRONT_COMMAND_H
#define VDRIVE_FRONT_COMMAND_H

int vf_command_new(int argc, char **argv);
int vf_command_show(int argc, char **argv);
int vf_command_swap(int argc, char **argv);
int vf_command_export(int argc, char **argv);

/* `vdrive [options] -- COMMAND...`: ARGV[0] is the program's name. */
int vf_command_run(int argc, char **argv);

/* Reports incorrect usage and returns its exit status. */
int vf_usage(const char *message, const char *what);

#endif
