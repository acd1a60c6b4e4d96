/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

/* "2026-11-28", which means the end of that day, "2026-11-28 02:00" or
 * "...:30", in UTC, as `list` prints them. */
static bool
parse_date(const char *text, int64_t *out)
{
	static const char *const forms[] = { "%Y-%m-%d %H:%M:%S",
					     "%Y-%m-%d %H:%M", "%Y-%m-%d" };
	static const int64_t rest[] = { 0, 59, 86399 };

	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
		struct tm tm = { .tm_isdst = 0 };
		const char *end = strptime(text, forms[i], &tm);

		if (!end || (*end && strcmp(end, " UTC") != 0))
			continue;
		*out = (int64_t)timegm(&tm) + rest[i];
		return *out > 0;
	}
	return false;
}

static enum nb_err
report(struct cli *cli, enum nb_err err, const struct nb_restore_result *result)
{
	bool wanted = cli->form->complete
		? result->backup_id[0] != '\0'
		: result->files > 0 || result->restored;

	return wanted && cli_wants_report(cli, true)
		? cli_report_one(cli, err, &nb_record_restore, result)
		: NB_OK;
}

/* The options that are not texts. */
static enum nb_err
parse_values(struct cli *cli, struct nb_restore_options *options)
{
	char *end = NULL;
	long jobs = cli->jobs ? strtol(cli->jobs, &end, 10) : 0;

	if (cli->at && !parse_date(cli->at, &options->at))
		return cli_wrong_usage(
			cli, "restore",
			"--at %s: expected a date as 2026-11-28 or "
			"\"2026-11-28 02:00\"",
			cli->at);
	if (cli->jobs && (!*cli->jobs || *end || jobs < 1 || jobs > 64))
		return cli_wrong_usage(
			cli, "restore",
			"--jobs %s: expected a number from 1 to 64", cli->jobs);
	options->jobs = (int)jobs;
	return NB_OK;
}

static struct nb_restore_options
options_of(const struct cli *cli)
{
	return (struct nb_restore_options){
		.size = sizeof(struct nb_restore_options),
		.backup = cli_backup(cli),
		.device = cli->device,
		.drive = cli->drive,
		.job = cli->job,
		.to = cli->to,
		.into = cli->into,
		.source = cli->source,
		.overwrite = cli->force,
		.conninfo = cli->conninfo,
		.run_as = cli->run_as,
		.this_disc = cli->this_disc,
		.allow_older = cli->allow_older,
		.salvage = cli->salvage,
		.no_owner = cli->no_owner,
		.no_privileges = cli->no_privileges,
		.no_tablespaces = cli->no_tablespaces,
		.keep = cli->keep,
		.with_globals = cli->with_globals,
		.globals = cli->globals,
		.replace = cli->replace,
		.disconnect = cli->disconnect,
		.drop_old = cli->drop_old,
		.tables = cli->tables.at,
		.table_count = cli->tables.count,
		.schemas = cli->schemas.at,
		.schema_count = cli->schemas.count,
		.section = cli->section,
		.patterns = cli->patterns.at,
		.pattern_count = cli->patterns.count,
		.paths = cli->arg_count > 1 ? cli->args + 1 : NULL,
		.path_count = cli->arg_count > 1 ? cli->arg_count - 1 : 0,
	};
}

/* Only the file is written to stdout. */
static enum nb_err
restore_with(struct cli *cli, const struct nb_restore_options *options)
{
	struct nb_restore_result result = NB_INIT(nb_restore_result);
	struct nightburn *nb = NULL;
	enum nb_err err, printed = NB_OK;

	err = cli_open_for_device(cli, &nb);
	if (err)
		return err;
	cli->reported = cli->to_stdout;
	err = cli->to_stdout
		? nb_restore_output(nb, options, STDOUT_FILENO, &result)
		: nb_restore(nb, options, &result);
	if (!cli->to_stdout)
		printed = report(cli, err, &result);
	free(result.bad_blocks);
	nb_close(nb);
	return err ? err : printed;
}

static enum nb_err
restore_files(struct cli *cli)
{
	struct nb_restore_options options = options_of(cli);
	enum nb_err err = parse_values(cli, &options);

	if (err)
		return err;
	if (!cli->list)
		return restore_with(cli, &options);
	if (!cli->to_stdout)
		return cmd_restore_list(cli, &options);
	return cli_wrong_usage(cli, "restore", "--list together with --stdout");
}

enum nb_err
cmd_restore(struct cli *cli)
{
	if (cli->bootarea)
		return cmd_restore_bootarea(cli);
	if (!cli->to_device && !cli->yes_erase)
		return restore_files(cli);
	return cli_wrong_usage(
		cli, "restore",
		"--to-device and --yes-erase require --bootarea");
}
