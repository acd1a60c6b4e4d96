/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static struct nb_media_options
media_options(const struct cli *cli)
{
	return (struct nb_media_options){
		.size = sizeof(struct nb_media_options),
		.job = cli->job,
		.drive = cli->drive,
		.device = cli->device,
		.dry_run = cli->dry_run,
		.wait = cli->wait,
		.wait_seconds = cli->wait_seconds,
		.as = cli->as,
		.volume_id = cli->volume_id,
		.accept_shrink = cli->accept_shrink,
	};
}

static enum nb_err
change_media(struct cli *cli,
	     enum nb_err (*change)(struct nightburn *nb,
				   const struct nb_media_options *,
				   struct nb_plan_info *))
{
	struct nb_media_options options = media_options(cli);
	struct nb_plan_info plan = NB_INIT(nb_plan_info);
	struct nightburn *nb = NULL;
	enum nb_err err, printed = NB_OK;

	err = cli_open(cli, &nb);
	if (err)
		return err;
	err = change(nb, &options, &plan);
	cli_complete_hint(plan.hint, sizeof plan.hint);
	if (!err || cli->form->complete)
		printed = cli_report_one(cli, err, &nb_record_plan, &plan);
	nb_close(nb);
	return err ? err : printed;
}

enum nb_err
cmd_blank(struct cli *cli)
{
	return change_media(cli, nb_blank);
}

enum nb_err
cmd_rotate(struct cli *cli)
{
	return change_media(cli, nb_rotate);
}

struct asking {
	char typed[128];
};

/* Shows the disc and lets the user type its volume id. */
static const char *
ask(void *ctx, const struct nb_disc_info *info)
{
	struct asking *a = ctx;
	struct nb_str s = NB_STR_INIT;

	cli_progress_clear();
	nb_record_disc.describe(&s, info);
	if (!s.failed)
		fputs(s.text, stderr);
	nb_str_free(&s);
	fprintf(stderr,
		"\nEverything on this disc will be lost.\n"
		"Type its volume id (%s) to continue: ",
		info->volume_id[0] ? info->volume_id
				   : "it has none: just press return");
	if (!cli_wait_for_stdin() || !fgets(a->typed, sizeof a->typed, stdin))
		return NULL;
	a->typed[strcspn(a->typed, "\n")] = '\0';
	return a->typed;
}

static enum nb_err
report_adopted(struct cli *cli, const struct nb_disc_info *info)
{
	const struct nb_adopt_row row = { *info, cli->as, cli->dry_run };

	return cli_wants_report(cli, true)
		? cli_report_one(cli, NB_OK, &nb_record_adopt, &row)
		: NB_OK;
}

enum nb_err
cmd_adopt(struct cli *cli)
{
	struct asking asking = { "" };
	struct nb_media_options options = media_options(cli);
	struct nb_disc_info info = NB_INIT(nb_disc_info);
	struct nightburn *nb = NULL;
	enum nb_err err;

	if (!cli->as)
		return cli_wrong_usage(cli, "adopt", "--as NAME is missing");
	if (isatty(STDIN_FILENO)) {
		options.confirm = ask;
		options.ctx = &asking;
	}
	err = cli_open(cli, &nb);
	if (!err)
		err = nb_adopt(nb, &options, &info);
	if (!err)
		err = report_adopted(cli, &info);
	nb_close(nb);
	return err;
}

enum nb_err
cmd_pool(struct cli *cli)
{
	const struct nb_drive_choice choice = cli_drive_choice(cli);
	struct nb_take_over_result result = NB_INIT(nb_take_over_result);
	struct nightburn *nb = NULL;
	enum nb_err err;

	if (strcmp(cli->args[0], "take-over") != 0)
		return cli_wrong_usage(cli, "pool", "expected take-over");
	err = cli_open(cli, &nb);
	if (!err)
		err = nb_take_over(nb, &choice, cli->from, &result);
	if (!err && cli_wants_report(cli, true))
		err = cli_report_one(cli, err, &nb_record_take_over, &result);
	nb_close(nb);
	return err;
}
