/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

#define CONFIG "/etc/nightburn/nightburn.conf"

const struct command commands[] = {
	{ "run", cmd_run, "", "the nightly job: dump, burn, verify",
	  "j:d:nRSJ", 0 },
	{ "append", cmd_append, "[PATH...]",
	  "one more session on the disc in the drive", "j:d:nRSJ",
	  SIZE_MAX },
	{ "plan", cmd_plan, "", "what a run would do now, and why", "j:J", 0 },
	{ "blank", cmd_blank, "", "make the disc blank, if it may be",
	  "j:d:nJ", 0 },
	{ "rotate", cmd_rotate, "", "which disc is wanted; eject the other",
	  "j:d:nW::J", 0 },
	{ "adopt", cmd_adopt, "", "take a disc that is not known",
	  "j:d:nA:V:J", 0 },
	{ "verify", cmd_verify, "", "compare the disc with its hashes",
	  "D:J", 0 },
	{ "restore", cmd_restore, "[BACKUP [PATH...]]",
	  "bring a backup back", "D:T:I:s:FC:U:J", SIZE_MAX },
	{ "image", cmd_image, "FILE", "write the image of a backup to a file",
	  "j:SJ", 1 },
	{ "list", cmd_list, "", "the backups and their discs", "P:J", 0 },
	{ "show", cmd_show, "BACKUP", "one backup with its files", "J", 1 },
	{ "find", cmd_find, "NAME", "files by name, in all backups", "J", 1 },
	{ "drives", cmd_drives, "", "the recorders of this machine", "J", 0 },
	{ "disc", cmd_disc, "", "what is in the drive", "D:J", 0 },
	{ "msinfo", cmd_msinfo, "", "the numbers of cdrecord -msinfo", "D:",
	  0 },
	{ "check-config", cmd_check_config, "", "check the configuration", "",
	  0 },
	{ NULL, NULL, NULL, NULL, NULL, 0 }
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'x' },
	{ "job", required_argument, NULL, 'j' },
	{ "drive", required_argument, NULL, 'd' },
	{ "device", required_argument, NULL, 'D' },
	{ "pool", required_argument, NULL, 'P' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "json", no_argument, NULL, 'J' },
	{ "resume", no_argument, NULL, 'R' },
	{ "accept-shrink", no_argument, NULL, 'S' },
	{ "wait", optional_argument, NULL, 'W' },
	{ "as", required_argument, NULL, 'A' },
	{ "volume-id", required_argument, NULL, 'V' },
	{ "to", required_argument, NULL, 'T' },
	{ "into", required_argument, NULL, 'I' },
	{ "source", required_argument, NULL, 's' },
	{ "force", no_argument, NULL, 'F' },
	{ "conninfo", required_argument, NULL, 'C' },
	{ "run-as", required_argument, NULL, 'U' },
	{ NULL, 0, NULL, 0 }
};

static const char *
option_name(int letter)
{
	for (const struct option *o = long_options; o->name; o++)
		if (o->val == letter)
			return o->name;
	return "";
}

static void
print_usage(FILE *to)
{
	fprintf(to, "usage: nightburn [-c FILE] [-q|-v] COMMAND [options]\n\n");
	for (const struct command *c = commands; c->name; c++)
		fprintf(to, "  %-13s %s\n", c->name, c->summary);
	fprintf(to, "\nnightburn COMMAND --help shows the options of a "
		"command; see nightburn(1)\n");
}

static void
print_command(const struct command *c)
{
	printf("usage: nightburn %s [options]%s%s\n\n%s\n", c->name,
	       c->usage[0] ? " " : "", c->usage, c->summary);
	for (const char *p = c->options; *p; p++)
		if (*p != ':')
			printf("  --%s%s\n", option_name(*p),
			       p[1] != ':' ? "" : p[2] == ':' ? "[=SECONDS]"
			       : " ...");
}

static const struct command *
find_command(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

/* Where an option's value goes; false: not an option with text. */
static bool
set_text(struct cli *cli, int letter, const char *value)
{
	const char **to = letter == 'c' ? &cli->config
		: letter == 'j' ? &cli->job : letter == 'd' ? &cli->drive
		: letter == 'D' ? &cli->device : letter == 'P' ? &cli->pool
		: letter == 'A' ? &cli->as : letter == 'V' ? &cli->volume_id
		: letter == 'T' ? &cli->to : letter == 'I' ? &cli->into
		: letter == 's' ? &cli->source
		: letter == 'C' ? &cli->conninfo
		: letter == 'U' ? &cli->run_as : NULL;

	if (to)
		*to = value;
	return to != NULL;
}

static bool
set_flag(struct cli *cli, int letter)
{
	bool *to = letter == 'q' ? &cli->quiet : letter == 'v' ? &cli->verbose
		: letter == 'J' ? &cli->json : letter == 'n' ? &cli->dry_run
		: letter == 'R' ? &cli->resume
		: letter == 'S' ? &cli->accept_shrink
		: letter == 'F' ? &cli->force : NULL;

	if (to)
		*to = true;
	return to != NULL;
}

static bool
set_wait(struct cli *cli, const char *value)
{
	char *end;

	cli->wait = true;
	if (!value)
		return true;
	cli->wait_seconds = strtol(value, &end, 10);
	return *value && !*end && cli->wait_seconds > 0;
}

static int
wrong_usage(const char *what, const char *name)
{
	fprintf(stderr, "nightburn: %s: %s\nhint: nightburn --help\n", name,
		what);
	return 2;
}

/* Options behind the command.  -1: go on; else the exit status. */
static int
parse_command(struct cli *cli, const struct command *c, int argc, char **argv)
{
	int letter;

	optind = 0;
	while ((letter = getopt_long(argc, argv, "c:qvhnj:", long_options,
				     NULL)) != -1) {
		if (letter == '?')
			return 2;
		if (letter == 'h') {
			print_command(c);
			return 0;
		}
		if (!strchr("cqv", letter) && !strchr(c->options, letter))
			return wrong_usage("does not take this option",
					   c->name);
		if (letter == 'W' ? !set_wait(cli, optarg)
		    : !set_text(cli, letter, optarg)
		    && !set_flag(cli, letter))
			return wrong_usage("wrong value", option_name(letter));
	}
	cli->args = (const char *const *)argv + optind;
	cli->arg_count = (size_t)(argc - optind);
	if (cli->arg_count > c->most_args)
		return wrong_usage("too many arguments", c->name);
	return -1;
}

/* Options before the command.  -1: *COMMAND is the index of its name. */
static int
parse_global(struct cli *cli, int argc, char **argv, int *command)
{
	int letter;

	while ((letter = getopt_long(argc, argv, "+c:qvh", long_options,
				     NULL)) != -1) {
		if (letter == 'h') {
			print_usage(stdout);
			return 0;
		}
		if (letter == 'x') {
			printf("nightburn %s\n", nb_version());
			return 0;
		}
		if (!strchr("cqv", letter)) {
			if (letter != '?')
				wrong_usage("stands behind a command",
					    option_name(letter));
			return 2;
		}
		if (!set_text(cli, letter, optarg))
			set_flag(cli, letter);
	}
	*command = optind;
	return -1;
}

static void
log_message(void *ctx, enum nb_level level, const char *message)
{
	const struct cli *cli = ctx;

	if (level == NB_DEBUG && !cli->verbose)
		return;
	if (level != NB_ERROR && cli->quiet)
		return;
	cli_progress_clear();
	fprintf(stderr, "nightburn: %s%s\n", level == NB_WARNING
		? "warning: " : "", message);
}

static int
finish(enum nb_err err)
{
	cli_progress_clear();
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "nightburn: cannot write to stdout\n");
		if (!err)
			err = NB_EIO;
	}
	return nb_exit_status(err);
}

int
main(int argc, char **argv)
{
	struct cli cli = { .config = CONFIG };
	const struct command *c;
	int at = 0, status;

	status = parse_global(&cli, argc, argv, &at);
	if (status >= 0)
		return status ? status : finish(NB_OK);
	if (at == argc) {
		print_usage(stderr);
		return 2;
	}
	if (!strcmp(argv[at], "help")) {
		print_usage(stdout);
		return finish(NB_OK);
	}
	c = find_command(argv[at]);
	if (!c)
		return wrong_usage("no such command", argv[at]);
	status = parse_command(&cli, c, argc - at, argv + at);
	if (status >= 0)
		return status ? status : finish(NB_OK);
	nb_set_log(log_message, &cli);
	cli_progress_setup(cli.quiet);
	cli_catch_signals();
	return finish(c->run(&cli));
}
