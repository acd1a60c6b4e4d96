/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

enum kind { FLAG, TEXT, SECRET, LIST, WAIT, FORM, OTHER };

/* In the order of the help. */
static const struct option_entry {
	char letter;
	bool is_short;
	enum kind kind;
	const char *name, *argument, *text;
	size_t offset; /* in struct cli */
} table[] = {
#define TO(field) offsetof(struct cli, field)
	{ 'c', true, TEXT, "config", "FILE", "the configuration", TO(config) },
	{ 'q', true, FLAG, "quiet", NULL, "print errors only", TO(quiet) },
	{ 'v', true, FLAG, "verbose", NULL, "say more", TO(verbose) },
	{ 'h', true, OTHER, "help", NULL, "show this", 0 },
	{ 'x', false, OTHER, "version", NULL, "show the version", 0 },
	{ 'j', true, TEXT, "job", "NAME", "the job, if there are several",
	  TO(job) },
	{ 'd', false, TEXT, "drive", "NAME",
	  "a drive, by its name in the configuration", TO(drive) },
	{ 'D', false, TEXT, "device", "DEVICE",
	  "/dev/sr0, stdio:PATH, or a configured drive", TO(device) },
	{ 'P', false, TEXT, "pool", "NAME", "only this pool", TO(pool) },
	{ 'n', true, FLAG, "dry-run", NULL,
	  "show what would be done, write nothing", TO(dry_run) },
	/* An option for each report form that has a name. */
	{ 'J', false, FORM, NULL, NULL, NULL, TO(form) },
	{ 'R', false, FLAG, "resume", NULL,
	  "burn the dump in the staging directory", TO(resume) },
	{ 'z', false, TEXT, "from", "HOST",
	  "the machine that burns to the pool no more", TO(from) },
	{ 'Z', false, FLAG, "finish", NULL,
	  "the discs that were not read are lost", TO(finish) },
	{ 'S', false, FLAG, "accept-shrink", NULL,
	  "what became less is not needed", TO(accept_shrink) },
	{ 'y', false, FLAG, "syntax", NULL, "check only the file itself",
	  TO(syntax) },
	{ 'E', false, FLAG, "no-connect", NULL,
	  "ask no server and no other host", TO(no_connect) },
	{ 'i', false, FLAG, "init", NULL, "turn a new disk into a clone",
	  TO(init) },
	{ 'X', false, FLAG, "accept-delete", NULL,
	  "ignore max_delete this time", TO(accept_delete) },
	{ 'W', false, WAIT, "wait", "SECONDS",
	  "wait for the disc, by default one hour", TO(wait) },
	{ 'A', false, TEXT, "as", "NAME", "the disc's name in the pool",
	  TO(as) },
	{ 'V', false, TEXT, "volume-id", "ID",
	  "the disc's volume id, instead of a prompt", TO(volume_id) },
	{ 'T', false, TEXT, "to", "DIR", "restore files below this directory",
	  TO(to) },
	{ 'I', false, TEXT, "into", "DATABASE", "restore into this database",
	  TO(into) },
	{ 'u', false, FLAG, "stdout", NULL, "write one file or dump to stdout",
	  TO(to_stdout) },
	{ 'l', false, FLAG, "list", NULL, "show what a backup on the disc has",
	  TO(list) },
	{ 's', false, TEXT, "source", "NAME", "only this source", TO(source) },
	{ 'a', false, TEXT, "at", "DATE",
	  "the newest to the end of 2026-11-28[ 02:00[:00]] UTC", TO(at) },
	{ 'H', false, FLAG, "this-disc", NULL,
	  "the newest on this disc, whatever the catalog says", TO(this_disc) },
	{ 'L', false, FLAG, "allow-older", NULL,
	  "an older one if the newest cannot be read", TO(allow_older) },
	{ 'G', false, FLAG, "salvage", NULL,
	  "whatever can be read from a damaged disc", TO(salvage) },
	{ 'f', false, LIST, "path", "PATTERN",
	  "only paths that match, as in find; repeatable", TO(patterns) },
	{ 't', false, LIST, "table", "NAME", "only this table; repeatable",
	  TO(tables) },
	{ 'm', false, LIST, "schema", "NAME", "only this schema; repeatable",
	  TO(schemas) },
	{ 'e', false, TEXT, "section", "NAME",
	  "only pre-data, data or post-data", TO(section) },
	{ 'g', false, TEXT, "jobs", "N", "load with this many jobs at once",
	  TO(jobs) },
	{ 'o', false, FLAG, "no-owner", NULL, "leave owners out",
	  TO(no_owner) },
	{ 'p', false, FLAG, "no-privileges", NULL, "leave privileges out",
	  TO(no_privileges) },
	{ 'b', false, FLAG, "no-tablespaces", NULL, "leave tablespaces out",
	  TO(no_tablespaces) },
	{ 'k', false, FLAG, "keep", NULL,
	  "keep what a failed restore or a drill made", TO(keep) },
	{ 'w', false, FLAG, "with-globals", NULL,
	  "first create missing roles and tablespaces", TO(with_globals) },
	{ 'M', false, TEXT, "globals", "NAME", "the same, those of this source",
	  TO(globals) },
	{ 'r', false, FLAG, "replace", NULL,
	  "replace the database if it exists", TO(replace) },
	{ 'K', false, FLAG, "disconnect", NULL,
	  "with --replace, end sessions in the old one", TO(disconnect) },
	{ 'N', false, FLAG, "drop-old", NULL,
	  "with --replace, drop the old one", TO(drop_old) },
	{ 'F', false, FLAG, "force", NULL, "replace what exists", TO(force) },
	{ 'B', false, FLAG, "bootarea", NULL, "restore a boot area",
	  TO(bootarea) },
	{ 'O', false, TEXT, "to-device", "DEVICE", "the disk to be overwritten",
	  TO(to_device) },
	{ 'Y', false, TEXT, "yes-erase", "DEVICE", "the same device again",
	  TO(yes_erase) },
	{ 'C', false, SECRET, "conninfo", "TEXT",
	  "the server, a libpq connection string", TO(conninfo) },
	{ 'U', false, TEXT, "run-as", "USER",
	  "the user who runs programs of PostgreSQL", TO(run_as) },
};

#define COUNT (sizeof table / sizeof *table)
#define SHORTS (2 * COUNT + 5)
#define FORMS 16    /* maximum number */
#define A_FORM 1000 /* and above: what getopt returns for these */
#define GLOBAL "cqvh"

static const struct option_entry *
find_option(int letter)
{
	for (size_t i = 0; i < COUNT; i++)
		if (letter >= A_FORM ? table[i].kind == FORM
				     : table[i].letter == letter)
			return &table[i];
	return NULL;
}

static const char *
name_of(const struct option_entry *o, int letter)
{
	return o->kind == FORM ? nb_report_forms[letter - A_FORM]->name
			       : o->name;
}

static struct option *
add_forms(struct option *to)
{
	for (int i = 0; i < FORMS && nb_report_forms[i]; i++)
		if (nb_report_forms[i]->name)
			*to++ = (struct option){
				.name = nb_report_forms[i]->name,
				.val = A_FORM + i,
			};
	return to;
}

static void
make_getopt(struct option *longs, char *shorts)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (table[i].kind == FORM) {
			longs = add_forms(longs);
			continue;
		}
		*longs++ = (struct option){
			.name = table[i].name,
			.val = table[i].letter,
			.has_arg = !table[i].argument   ? no_argument
				: table[i].kind == WAIT ? optional_argument
							: required_argument,
		};
		if (!table[i].is_short)
			continue;
		*shorts++ = table[i].letter;
		if (table[i].argument)
			*shorts++ = ':';
	}
	*longs = (struct option){ .name = NULL };
	*shorts = '\0';
}

static void
print_forms(FILE *to)
{
	for (size_t i = 0; nb_report_forms[i]; i++)
		if (nb_report_forms[i]->name)
			fprintf(to, "      --%-19s %s\n",
				nb_report_forms[i]->name,
				nb_report_forms[i]->summary);
}

static void
print_option(FILE *to, const struct option_entry *o)
{
	char name[40];

	if (o->kind == FORM) {
		print_forms(to);
		return;
	}
	snprintf(name, sizeof name, "--%s%s%s%s", o->name,
		 !o->argument              ? ""
			 : o->kind == WAIT ? "[="
					   : " ",
		 o->argument ? o->argument : "", o->kind == WAIT ? "]" : "");
	if (o->is_short)
		fprintf(to, "  -%c, %-21s %s\n", o->letter, name, o->text);
	else
		fprintf(to, "      %-21s %s\n", name, o->text);
}

void
cli_print_usage(FILE *to)
{
	fputs("usage: nightburn [-c FILE] [-q|-v] COMMAND [options]\n\n", to);
	for (const struct command *c = commands; c->name; c++)
		fprintf(to, "  %-13s %s\n", c->name, c->summary);
	fputs("\nnightburn COMMAND --help shows the options of a command; see "
	      "nightburn(1)\n",
	      to);
}

void
cli_print_help(const struct command *c)
{
	printf("usage: nightburn %s [options]%s%s\n\n%s\n\n", c->name,
	       c->usage[0] ? " " : "", c->usage, c->summary);
	for (size_t i = 0; i < COUNT; i++)
		if (strchr(c->options, table[i].letter))
			print_option(stdout, &table[i]);
	if (c->options[0])
		putchar('\n');
	for (size_t i = 0; i < COUNT; i++)
		if (strchr(GLOBAL, table[i].letter))
			print_option(stdout, &table[i]);
}

static bool
set_wait(struct cli *cli, const char *value)
{
	char *end;

	cli->wait = true;
	if (!value)
		return true;
	cli->wait_seconds = strtol(value, &end, 10);
	return *value && !*end && cli->wait_seconds > 0
		&& cli->wait_seconds < 100000000;
}

static bool
add_to(struct cli_list *list, const char *value)
{
	if (list->count == CLI_LIST)
		return false;
	list->at[list->count++] = value;
	return true;
}

/* The arguments of a program are visible to everyone, and this one may contain
 * a password: it is copied, and then overwritten. */
static bool
take_secret(char **to, char *value)
{
	free(*to);
	*to = strdup(value);
	memset(value, 'x', strlen(value));
	return *to;
}

static bool
set_option(struct cli *cli, const struct option_entry *o, int letter,
	   char *value)
{
	void *to = (char *)cli + o->offset;

	if (o->kind == WAIT)
		return set_wait(cli, value);
	if (o->kind == SECRET)
		return take_secret(to, value);
	if (o->kind == LIST)
		return add_to(to, value);
	if (o->kind == FORM)
		cli->form = nb_report_forms[letter - A_FORM];
	else if (o->kind == FLAG)
		*(bool *)to = true;
	else
		*(const char **)to = value;
	return true;
}

void
cli_find_form(struct cli *cli, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		for (int f = 0; nb_report_forms[f]; f++)
			if (nb_report_forms[f]->name
			    && !strncmp(argv[i], "--", 2)
			    && !strcmp(argv[i] + 2, nb_report_forms[f]->name))
				cli->form = nb_report_forms[f];
}

static enum nb_err
take_option(struct cli *cli, const struct command *c, int letter,
	    const struct option *longs, char **argv)
{
	const struct option_entry *o = find_option(letter);

	if (!o)
		return cli_wrong_option(cli, c->name, letter, longs, argv);
	if (!strchr("cqv", o->letter) && !strchr(c->options, o->letter))
		return cli_wrong_usage(cli, c->name, "does not take --%s",
				       name_of(o, letter));
	if (set_option(cli, o, letter, optarg))
		return NB_OK;
	return cli_wrong_usage(cli, c->name,
			       o->kind == LIST
				       ? "--%s: given too many times"
				       : "--%s: expected a number of seconds",
			       name_of(o, letter));
}

bool
cli_parse_command(struct cli *cli, const struct command *c, int argc,
		  char **argv, enum nb_err *err)
{
	struct option longs[COUNT + FORMS + 1];
	char shorts[SHORTS] = ":";
	int letter;

	make_getopt(longs, shorts + 1);
	optind = 0;
	opterr = 0;
	while ((letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (letter == 'h') {
			cli_print_help(c);
			return false;
		}
		*err = take_option(cli, c, letter, longs, argv);
		if (*err)
			return false;
	}
	cli->args = (const char *const *)argv + optind;
	cli->arg_count = (size_t)(argc - optind);
	if (cli->arg_count >= c->least_args && cli->arg_count <= c->most_args)
		return true;
	*err = cli_wrong_usage(
		cli, c->name,
		"too %s arguments, usage: nightburn %s [options]%s%s",
		cli->arg_count > c->most_args ? "many" : "few", c->name,
		c->usage[0] ? " " : "", c->usage);
	return false;
}

bool
cli_parse_global(struct cli *cli, int argc, char **argv, int *at,
		 enum nb_err *err)
{
	struct option longs[COUNT + FORMS + 1];
	char shorts[SHORTS] = "+:";
	int letter;

	make_getopt(longs, shorts + 2);
	opterr = 0;
	while ((letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct option_entry *o = find_option(letter);

		if (!o) {
			*err = cli_wrong_option(cli, NULL, letter, longs, argv);
			return false;
		}
		if (letter == 'h') {
			cli_print_usage(stdout);
			return false;
		}
		if (letter == 'x') {
			printf("nightburn %s\n", nb_version());
			return false;
		}
		if (!strchr(GLOBAL, o->letter)) {
			*err = cli_wrong_usage(
				cli, NULL,
				"--%s: this option belongs after a command",
				name_of(o, letter));
			return false;
		}
		set_option(cli, o, letter, optarg);
	}
	*at = optind;
	return true;
}
