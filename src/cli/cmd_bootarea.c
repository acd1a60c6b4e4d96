/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cli/cli.h"
#include "report/report.h"

struct view {
	struct cli *cli;
	struct nb_str s; /* the JSON text, printed when all is done */
	bool shown;
};

/* For people at once, before anything is written. */
static int
show(void *ctx, const struct nb_bootarea_info *info)
{
	struct view *view = ctx;
	struct nb_str s = NB_STR_INIT;

	view->shown = true;
	if (view->cli->json) {
		nb_str_add(&view->s, "{\"comparison\": ");
		nb_report_bootarea(&view->s, info, true);
		return 0;
	}
	cli_progress_clear();
	nb_report_bootarea(&s, info, false);
	if (cli_print(&s))
		return 1;
	return fflush(stdout);
}

static enum nb_err
print_result(struct view *view, const struct nb_restore_result *result)
{
	struct nb_str s = NB_STR_INIT;

	if (!view->cli->json) {
		if (!result->files || view->cli->quiet)
			return NB_OK;
		nb_report_restore(&s, result, false);
		return cli_print(&s);
	}
	if (!view->shown)
		return NB_OK;
	nb_str_add(&view->s, ", \"result\": ");
	if (result->files)
		nb_report_restore(&view->s, result, true);
	else
		nb_str_add(&view->s, "null");
	nb_str_add(&view->s, "}\n");
	return cli_print(&view->s);
}

enum nb_err
cmd_restore_bootarea(struct cli *cli)
{
	struct view view = { .cli = cli, .s = NB_STR_INIT };
	struct nb_bootarea_options options = {
		.backup = cli->arg_count && strcmp(cli->args[0], "newest")
			? cli->args[0]
			: NULL,
		.device = cli->device,
		.source = cli->source,
		.to_device = cli->to_device,
		.erase = cli->yes_erase,
		.show = show,
		.ctx = &view,
	};
	struct nb_restore_result result = { 0 };
	struct nightburn *nb = NULL;
	enum nb_err err, printed;

	if (cli->to || cli->into || cli->arg_count > 1) {
		cli_wrong_usage("restore",
				"--bootarea takes one backup, "
				"--source, --to-device and --yes-erase");
		return NB_EUSAGE;
	}
	err = cli_open_for_device(cli, &nb);
	if (err)
		return err;
	err = nb_restore_bootarea(nb, &options, &result);
	printed = print_result(&view, &result);
	nb_str_free(&view.s);
	nb_close(nb);
	return err ? err : printed;
}
