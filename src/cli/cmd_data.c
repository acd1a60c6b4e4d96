/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

enum nb_err
cmd_catalog(struct cli *cli)
{
	bool rebuild = !strcmp(cli->args[0], "rebuild");
	struct nightburn *nb = NULL;
	enum nb_err err;

	if (!rebuild && strcmp(cli->args[0], "accept"))
		return cli_wrong_usage(cli, "catalog",
				       "expected rebuild or accept");
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
write_image(struct cli *cli, int fd, struct nb_run_result *result)
{
	struct nb_run_options options = { .size = sizeof options,
					  .job = cli->job,
					  .accept_shrink = cli->accept_shrink };
	struct nightburn *nb = NULL;
	enum nb_err err = cli_open(cli, &nb);

	if (!err)
		err = nb_image(nb, &options, fd, result);
	nb_close(nb);
	return err;
}

/* Stdout is only available for a report if the image is not written to it. */
static enum nb_err
report_image(struct cli *cli, enum nb_err err,
	     const struct nb_run_result *result)
{
	const struct nb_image_row row = {
		.file = cli->args[0],
		.backup_id = result->backup_id,
		.files = result->files,
		.bytes = result->bytes,
		.blocks = result->blocks,
	};

	return cli_wants_report(cli, true)
		? cli_report_one(cli, err, &nb_record_image, &row)
		: NB_OK;
}

/* FILE appears complete or not at all; only a regular file is replaced. */
static enum nb_err
image_to_file(struct cli *cli, const char *file)
{
	struct nb_run_result result = NB_INIT(nb_run_result);
	char *temporary = NULL;
	enum nb_err err, reported;
	struct stat st;
	bool whole;
	int fd;

	if (!lstat(file, &st) && !S_ISREG(st.st_mode))
		return cli_fail(cli, NB_EUSAGE,
				"%s: exists and is not a regular file", file);
	if (asprintf(&temporary, "%s.XXXXXX", file) < 0)
		return NB_ENOMEM;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		err = cli_fail(cli, NB_EIO, "%s: %s", file, strerror(errno));
		free(temporary);
		return err;
	}
	err = write_image(cli, fd, &result);
	whole = result.blocks;
	if (whole && (fsync(fd) || rename(temporary, file))) {
		err = cli_fail(cli, NB_EIO, "%s: %s", file, strerror(errno));
		whole = false;
	}
	if (!whole)
		unlink(temporary);
	close(fd);
	free(temporary);
	reported = whole ? report_image(cli, err, &result) : NB_OK;
	return err ? err : reported;
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
	return write_image(cli, STDOUT_FILENO, &result);
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
