/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static enum nb_err
verify(struct cli *cli, struct nightburn *nb, bool rebuild)
{
	const struct nb_drive_choice choice = cli_drive_choice(cli);
	struct nb_verify_result result = NB_INIT(nb_verify_result);
	enum nb_err err, printed = NB_OK;

	err = rebuild ? nb_catalog_rebuild(nb, &choice, &result)
		      : nb_verify(nb, &choice, &result);
	if (result.disc[0] && cli_wants_report(cli, true))
		printed = cli_report_one(cli, err, &nb_record_verify, &result);
	free(result.bad_blocks);
	return err ? err : printed;
}

enum nb_err
cmd_verify(struct cli *cli)
{
	struct nightburn *nb = NULL;
	enum nb_err err = cli_open_for_device(cli, &nb);

	if (!err)
		err = verify(cli, nb, false);
	nb_close(nb);
	return err;
}

static enum nb_err
accept_catalog(struct cli *cli, struct nightburn *nb)
{
	struct nb_accept_row row;
	enum nb_err err = cli->finish
		? nb_rebuild_finish(nb, cli->job, &row.changed)
		: nb_accept(nb, cli->job, &row.changed);

	return err || !cli_wants_report(cli, true)
		? err
		: cli_report_one(cli, err, &nb_record_accept, &row);
}

static enum nb_err
disc_lost(struct cli *cli)
{
	struct nb_lost_result result = NB_INIT(nb_lost_result);
	struct nightburn *nb = NULL;
	enum nb_err err;

	if (cli->arg_count < 2)
		return cli_wrong_usage(cli, "catalog",
				       "lost: the name of the disc is missing");
	if (cli->finish || cli->drive || cli->device)
		return cli_wrong_usage(cli, "catalog",
				       "lost takes no drive and no --finish");
	err = cli_open(cli, &nb);
	if (!err)
		err = nb_disc_lost(nb, cli->job, cli->args[1], &result);
	if (!err && cli_wants_report(cli, true))
		err = cli_report_one(cli, err, &nb_record_lost, &result);
	nb_close(nb);
	return err;
}

enum nb_err
cmd_catalog(struct cli *cli)
{
	bool rebuild = !strcmp(cli->args[0], "rebuild");
	struct nightburn *nb = NULL;
	enum nb_err err;

	if (!strcmp(cli->args[0], "lost"))
		return disc_lost(cli);
	if ((!rebuild && strcmp(cli->args[0], "accept")) || cli->arg_count > 1)
		return cli_wrong_usage(cli, "catalog",
				       "expected rebuild, accept or lost DISC");
	if (cli->finish && !rebuild)
		return cli_wrong_usage(cli, "catalog",
				       "--finish is for rebuild");
	if ((cli->finish || !rebuild) && (cli->drive || cli->device))
		return cli_wrong_usage(cli, "catalog",
				       "no drive is needed for %s",
				       rebuild ? "--finish" : "accept");
	err = cli_open(cli, &nb);
	if (!err)
		err = rebuild && !cli->finish ? verify(cli, nb, true)
					      : accept_catalog(cli, nb);
	nb_close(nb);
	return err;
}

static enum nb_err
write_image(struct cli *cli, const char *file, struct nb_run_result *result)
{
	struct nb_run_options options = { .size = sizeof options,
					  .job = cli->job,
					  .accept_shrink = cli->accept_shrink,
					  .file = file,
					  .replace = cli->force };
	struct nightburn *nb = NULL;
	enum nb_err err = cli_open(cli, &nb);

	if (!err)
		err = nb_image(nb, &options, STDOUT_FILENO, result);
	nb_close(nb);
	return err;
}

/* Stdout is only available for a report if the image is not written to it. */
static enum nb_err
image_to_file(struct cli *cli, const char *file)
{
	struct nb_run_result result = NB_INIT(nb_run_result);
	enum nb_err err = write_image(cli, file, &result);
	const struct nb_image_row row = {
		.file = file,
		.backup_id = result.backup_id,
		.files = result.files,
		.bytes = result.bytes,
		.blocks = result.blocks,
	};

	if (result.blocks && cli_wants_report(cli, true)) {
		enum nb_err reported =
			cli_report_one(cli, err, &nb_record_image, &row);

		return err ? err : reported;
	}
	return err;
}

enum nb_err
cmd_image(struct cli *cli)
{
	struct nb_run_result result = NB_INIT(nb_run_result);

	if (strcmp(cli->args[0], "-"))
		return image_to_file(cli, cli->args[0]);
	cli->reported = true;
	if (isatty(STDOUT_FILENO))
		return cli_fail(cli, NB_EUSAGE,
				"image: stdout is a terminal\n"
				"hint: name a file, or use a pipe");
	return write_image(cli, NULL, &result);
}

enum nb_err
cmd_check_config(struct cli *cli)
{
	struct nb_config_summary sum = NB_INIT(nb_config_summary);
	struct nb_config_row row = { .file = cli->config };
	struct nightburn *nb = NULL;
	enum nb_err err = cli_open(cli, &nb);

	if (err)
		return err;
	nb_config_summary(nb, &sum);
	row.jobs = sum.jobs;
	row.sources = sum.sources;
	row.pools = sum.pools;
	row.drives = sum.drives;
	if (!cli->syntax)
		err = nb_check_config(nb, !cli->no_connect);
	nb_close(nb);
	return err || !cli_wants_report(cli, true)
		? err
		: cli_report_one(cli, err, &nb_record_config, &row);
}
