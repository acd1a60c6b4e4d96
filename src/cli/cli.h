/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program: options, the table of commands, and what they share.  It uses
 * only the installed API.
 */
#ifndef NB_CLI_CLI_H
#define NB_CLI_CLI_H

#include <getopt.h>
#include <stdio.h>

#include <nightburn/nightburn.h>

#include "base/str.h"
#include "report/report.h"

#define CLI_LIST 32

/* The values of an option that may be repeated. */
struct cli_list {
	const char *at[CLI_LIST];
	size_t count;
};

/* The options of all commands; each command lists those that it accepts. */
struct cli {
	const char *config;
	bool quiet, verbose, dry_run;
	const struct nb_report_form *form; /* of reports */
	const char *job, *drive, *device, *pool;
	bool syntax, no_connect, resume, finish, accept_shrink, accept_delete;
	bool init, wait, force;
	long wait_seconds;
	const char *from; /* a host */
	const char *as, *volume_id, *to, *into, *source, *run_as;
	char *conninfo; /* a copy, freed by main */
	const char *to_device, *yes_erase;
	bool bootarea, this_disc, allow_older, salvage, to_stdout, list;
	bool no_owner, no_privileges, no_tablespaces, keep;
	bool with_globals, replace, disconnect, drop_old;
	const char *at, *section, *jobs, *globals;
	struct cli_list tables, schemas, patterns;
	bool reported;             /* stdout has a report, or data */
	struct nb_error_row error; /* the first that was logged */
	const char *const *args;   /* the remaining arguments, NULL-ended */
	size_t arg_count;
};

struct command {
	const char *name;
	enum nb_err (*run)(struct cli *cli);
	const char *usage; /* the arguments after the options */
	const char *summary;
	const char *options; /* letters of the table in options.c */
	size_t least_args, most_args;
};

/* Ended by one without a name. */
extern const struct command commands[];
/* The command NAME, or NULL. */
const struct command *cli_find_command(const char *name);
/* The command with the name most similar to NAME, or NULL. */
const char *cli_nearest_command(const char *name);

/* Prints a message after "nightburn: "; a hint follows a line feed.
 * (usage.c) */
void cli_tell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same for an error, which cli_report_error reports.  Returns ERR. */
enum nb_err cli_fail(struct cli *cli, enum nb_err err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Parse the options before a command, and those after it.  True: continue; *AT
 * is the index of the command's name.  False: help was printed, or an error,
 * which is *ERR.
 */
bool cli_parse_global(struct cli *cli, int argc, char **argv, int *at,
		      enum nb_err *err);
bool cli_parse_command(struct cli *cli, const struct command *command, int argc,
		       char **argv, enum nb_err *err);
/* Help on all commands, or on one. */
void cli_print_usage(FILE *to);
void cli_print_help(const struct command *command);
/* Prints an error in the options or arguments of COMMAND (NULL: in those before
 * the command), with a hint to its help.  Returns NB_EUSAGE. */
enum nb_err cli_wrong_usage(struct cli *cli, const char *command,
			    const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for what getopt_long, which printed nothing, returned as LETTER. */
enum nb_err cli_wrong_option(struct cli *cli, const char *command, int letter,
			     const struct option *longs, char **argv);
/* The arguments were wrong before all were read: takes the report form that one
 * of them names. */
void cli_find_form(struct cli *cli, int argc, char **argv);

/* The drive that --device, --drive and --job name. */
struct nb_drive_choice cli_drive_choice(const struct cli *cli);

/* The backup that the first argument names; NULL: the newest. */
const char *cli_backup(const struct cli *cli);

/* Is there no configuration file? */
bool cli_lacks_config(const struct cli *cli);

/* Opens the configuration with progress and signals; *NB is the caller's. */
enum nb_err cli_open(struct cli *cli, struct nightburn **nb);
/* The same, but NULL without an error if a device is named and there is no
 * configuration file. */
enum nb_err cli_open_for_device(struct cli *cli, struct nightburn **nb);

/* A report to stdout, in the requested form. */
struct nb_report cli_report(struct cli *cli);
/* Is a report of the result wanted?  DONE: the job succeeded. */
bool cli_wants_report(const struct cli *cli, bool done);
/* Ends REPORT of a command that ends with ERR.  Returns ERR, or why it could
 * not be written. */
enum nb_err cli_report_end(struct cli *cli, struct nb_report *report,
			   enum nb_err err);
/* Writes a report of one row to stdout, of a command that ends with ERR. */
enum nb_err cli_report_one(struct cli *cli, enum nb_err err,
			   const struct nb_record *record, const void *row);

/* A form that is complete has a report of a command, too, that failed with ERR
 * before it had anything to report. */
enum nb_err cli_report_error(struct cli *cli, enum nb_err err);

/* Prints S to stdout and frees it.  NB_EIO: writing failed, which main reports;
 * NB_ENOMEM: S failed. */
enum nb_err cli_print(struct nb_str *s);

/*
 * Messages and progress, both to stderr and from any thread.  On a terminal,
 * progress is one line that is redrawn, and erased before a message; otherwise
 * it is a line from time to time, and with QUIET nothing.
 */
void cli_progress_setup(bool quiet);
int cli_progress(void *ctx, const struct nb_progress *progress);
void cli_progress_clear(void);
/* For nb_set_log; CTX is the struct cli. */
void cli_log(void *ctx, enum nb_level level, const char *message);
/* From now on SIGINT, SIGTERM and SIGHUP stay pending and ask the job to stop,
 * except those that are ignored. */
void cli_catch_signals(void);
/* Waits until stdin is readable or at its end; false: a signal arrived
 * first. */
bool cli_wait_for_stdin(void);
/* With THROUGH they end the program immediately: while it waits for the
 * user. */
void cli_let_signals(bool through);
/* The signal that asked the job to stop, or 0. */
int cli_stopped_by(void);
/* Prints that the job was cancelled, and by which signal.  (usage.c) */
void cli_print_canceled(struct cli *cli);

enum nb_err cmd_adopt(struct cli *cli);
enum nb_err cmd_append(struct cli *cli);
enum nb_err cmd_blank(struct cli *cli);
enum nb_err cmd_catalog(struct cli *cli);
enum nb_err cmd_check_config(struct cli *cli);
enum nb_err cmd_disc(struct cli *cli);
enum nb_err cmd_drill(struct cli *cli);
enum nb_err cmd_drives(struct cli *cli);
enum nb_err cmd_find(struct cli *cli);
enum nb_err cmd_image(struct cli *cli);
enum nb_err cmd_key(struct cli *cli);
enum nb_err cmd_list(struct cli *cli);
enum nb_err cmd_msinfo(struct cli *cli);
enum nb_err cmd_plan(struct cli *cli);
enum nb_err cmd_remote(struct cli *cli);
enum nb_err cmd_restore(struct cli *cli);
/* restore --bootarea */
enum nb_err cmd_restore_bootarea(struct cli *cli);
/* restore --list */
enum nb_err cmd_restore_list(struct cli *cli,
			     const struct nb_restore_options *options);
enum nb_err cmd_rotate(struct cli *cli);
enum nb_err cmd_pool(struct cli *cli);
enum nb_err cmd_clone(struct cli *cli);
enum nb_err cmd_run(struct cli *cli);
enum nb_err cmd_show(struct cli *cli);
enum nb_err cmd_verify(struct cli *cli);

/* ---- hint.c ---- */

/* From now on hints name the configuration of CLI, which stays, if it is not
 * the one that every command takes.  FIND_COMMAND is cli_find_command. */
void cli_hint_setup(const struct cli *cli,
		    const struct command *(*find_command)(const char *name));
/* Adds HINT to S, with "-c FILE" after each "nightburn" before a command. */
void cli_add_hint(struct nb_str *s, const char *hint);
/* The same in place, if there is room for it in SIZE bytes. */
void cli_complete_hint(char *hint, size_t size);

/* ---- message.c ---- */

/* Columns for messages: 80, or fewer if the terminal has fewer; 0 if stderr is
 * no terminal, as in cron, where a message remains one line. */
int cli_width(void);
/* Prints HEAD and MESSAGE on stderr for that width. */
void cli_put_message(const char *head, const char *message);

/* Keeps the first MESSAGE with its hint for cli_report_error. */
void cli_note_error(struct cli *cli, const char *message);
/* Prints HINT; it is that of the first message, if that had none. */
void cli_hint(struct cli *cli, const char *hint);

#endif
