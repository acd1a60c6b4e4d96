/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "cli/cli.h"

static int
put_drive(void *ctx, const struct nb_drive_row *row)
{
	return nb_report_row(ctx, &nb_record_drive, row) != NB_OK;
}

enum nb_err
cmd_drives(struct cli *cli)
{
	struct nb_report report = cli_report(cli);
	enum nb_err err;

	nb_report_begin(&report, NB_REPORT_LIST);
	err = nb_drives(put_drive, &report);
	if (!err && !report.rows && !cli->quiet && !cli->form->complete)
		cli_tell("no recorder found");
	return cli_report_end(cli, &report, err);
}

enum nb_err
cmd_disc(struct cli *cli)
{
	const struct nb_drive_choice choice = cli_drive_choice(cli);
	struct nb_disc_info info = NB_INIT(nb_disc_info);
	struct nightburn *nb = NULL;
	enum nb_err err, printed = NB_OK;

	err = cli_open_for_device(cli, &nb);
	if (err)
		return err;
	err = nb_disc(nb, &choice, &info);
	if (!err || err == NB_ENOMEDIUM)
		printed = cli_report_one(cli, err, &nb_record_disc, &info);
	nb_close(nb);
	return err ? err : printed;
}

/* Scripts can rely on this: numbers on stdout and exit status 0 if, and only
 * if, a session can be written. */
enum nb_err
cmd_msinfo(struct cli *cli)
{
	const struct nb_drive_choice choice = cli_drive_choice(cli);
	struct nb_disc_info info = NB_INIT(nb_disc_info);
	struct nb_str s = NB_STR_INIT;
	struct nightburn *nb = NULL;
	enum nb_err err = cli_open_for_device(cli, &nb);

	if (!err)
		err = nb_msinfo(nb, &choice, &info);
	nb_close(nb);
	if (err)
		return err;
	if (info.state == NB_MEDIUM_BLANK) {
		fprintf(stderr, "blank: start a fresh session\n");
		nb_str_add(&s, "0,0\n");
	} else {
		nb_str_addf(&s, "%lu,%lu\n", (unsigned long)info.last_start,
			    (unsigned long)info.next_writable);
	}
	return cli_print(&s);
}
