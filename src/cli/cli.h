/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program: options, the table of commands, and what they share.  It uses
 * the installed API alone.
 */
#ifndef NB_CLI_CLI_H
#define NB_CLI_CLI_H

#include <nightburn/nightburn.h>

#include "base/str.h"

/* Every option of every command; a command names those that it takes. */
struct cli {
	const char *config;
	bool quiet, verbose, json, dry_run;
	const char *job, *drive, *device, *pool;
	bool resume, accept_shrink, wait, force;
	long wait_seconds;
	const char *as, *volume_id, *to, *into, *source, *conninfo, *run_as;
	const char *const *args;     /* what is left, NULL-ended */
	size_t arg_count;
};

struct command {
	const char *name;
	enum nb_err (*run)(struct cli *cli);
	const char *usage;           /* behind the name */
	const char *summary;
	const char *options;         /* their letters and names, as in main.c */
	size_t most_args;            /* SIZE_MAX: any */
};

extern const struct command commands[];

/* Opens the configuration with progress and signals; *NB is the caller's. */
enum nb_err cli_open(struct cli *cli, struct nightburn **nb);
/* The same, but NULL without complaint when a device is named and there is no
 * configuration file. */
enum nb_err cli_open_for_device(struct cli *cli, struct nightburn **nb);

/* Prints S to stdout and frees it.  NB_EIO when stdout fails. */
enum nb_err cli_print(struct nb_str *s);

/* Clears the line of progress, where there is one. */
void cli_progress_clear(void);
int cli_progress(void *ctx, const struct nb_progress *progress);
void cli_progress_setup(bool quiet);
/* From now on SIGINT and SIGTERM ask the job to stop. */
void cli_catch_signals(void);

enum nb_err cmd_adopt(struct cli *cli);
enum nb_err cmd_append(struct cli *cli);
enum nb_err cmd_blank(struct cli *cli);
enum nb_err cmd_check_config(struct cli *cli);
enum nb_err cmd_disc(struct cli *cli);
enum nb_err cmd_drives(struct cli *cli);
enum nb_err cmd_find(struct cli *cli);
enum nb_err cmd_image(struct cli *cli);
enum nb_err cmd_list(struct cli *cli);
enum nb_err cmd_msinfo(struct cli *cli);
enum nb_err cmd_plan(struct cli *cli);
enum nb_err cmd_restore(struct cli *cli);
enum nb_err cmd_rotate(struct cli *cli);
enum nb_err cmd_run(struct cli *cli);
enum nb_err cmd_show(struct cli *cli);
enum nb_err cmd_verify(struct cli *cli);

#endif
