/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

struct nb_drive_choice
cli_drive_choice(const struct cli *cli)
{
	return (struct nb_drive_choice){
		.size = sizeof(struct nb_drive_choice),
		.device = cli->device,
		.drive = cli->drive,
		.job = cli->job,
	};
}

const char *
cli_backup(const struct cli *cli)
{
	return cli->arg_count && strcmp(cli->args[0], "newest") ? cli->args[0]
								: NULL;
}

static enum nb_err
open_configured(struct cli *cli, struct nightburn **nb)
{
	enum nb_err err = nb_open(cli->config, nb);

	if (!err)
		nb_set_progress(*nb, cli_progress, NULL);
	return err;
}

bool
cli_lacks_config(const struct cli *cli)
{
	return access(cli->config, F_OK) && errno == ENOENT;
}

enum nb_err
cli_open(struct cli *cli, struct nightburn **nb)
{
	bool missing = cli_lacks_config(cli);
	enum nb_err err = open_configured(cli, nb);

	if (err && missing)
		fprintf(stderr, "hint: -c FILE names another configuration\n");
	return err;
}

enum nb_err
cli_open_for_device(struct cli *cli, struct nightburn **nb)
{
	bool missing = cli_lacks_config(cli);
	enum nb_err err;

	*nb = NULL;
	if (cli->device && missing)
		return NB_OK;
	err = open_configured(cli, nb);
	if (err && missing)
		fprintf(stderr,
			"hint: without a configuration, name the drive "
			"with --device, as\n"
			"      --device /dev/sr0 or --device "
			"stdio:FILE\n");
	return err;
}

enum nb_err
cli_print(struct nb_str *s)
{
	enum nb_err err = NB_OK;

	cli_progress_clear();
	if (s->failed)
		err = NB_ENOMEM;
	else if (s->length
		 && fwrite(s->text, 1, s->length, stdout) != s->length)
		err = NB_EIO;
	nb_str_free(s);
	return err;
}

static enum nb_err
print(void *ctx, struct nb_str *s)
{
	struct cli *cli = ctx;

	cli->reported = cli->reported || s->length;
	return cli_print(s);
}

struct nb_report
cli_report(struct cli *cli)
{
	return (struct nb_report){ .form = cli->form,
				   .put = print,
				   .ctx = cli };
}

bool
cli_wants_report(const struct cli *cli, bool done)
{
	return cli->form->complete || (done && !cli->quiet);
}

enum nb_err
cli_report_one(struct cli *cli, const struct nb_record *record, const void *row)
{
	struct nb_report report = cli_report(cli);

	return nb_report_one(&report, record, row);
}

enum nb_err
cli_report_error(struct cli *cli, enum nb_err err)
{
	if (!err || cli->reported || !cli->form->complete)
		return NB_OK;
	cli->error.err = err;
	return cli_report_one(cli, &nb_record_error, &cli->error);
}
