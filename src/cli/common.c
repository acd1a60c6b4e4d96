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
		cli_hint(cli, "-c FILE names another configuration");
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
		cli_hint(cli,
			 "without a configuration, name the drive: "
			 "--device /dev/sr0 or --device stdio:FILE");
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

/* What a report of a command that ends with ERR has of that. */
static const struct nb_error_row *
failure_of(struct cli *cli, enum nb_err err)
{
	cli->error.err = err;
	if (err == NB_ECANCELED)
		cli_note_error(cli, "asked to end");
	return err && cli->error.message[0] ? &cli->error : NULL;
}

enum nb_err
cli_report_end(struct cli *cli, struct nb_report *report, enum nb_err err)
{
	enum nb_err written;

	report->failure = failure_of(cli, err);
	written = nb_report_end(report);
	return written ? written : err;
}

enum nb_err
cli_report_one(struct cli *cli, enum nb_err err, const struct nb_record *record,
	       const void *row)
{
	struct nb_report report = cli_report(cli);

	report.failure = failure_of(cli, err);
	return nb_report_one(&report, record, row);
}

enum nb_err
cli_report_error(struct cli *cli, enum nb_err err)
{
	struct nb_error_row row;

	if (!err || cli->reported || !cli->form->complete)
		return NB_OK;
	row = cli->error;
	row.err = err;
	return cli_report_one(cli, NB_OK, &nb_record_error, &row);
}
