/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "report/report.h"

enum nb_err
cmd_drives(struct cli *cli)
{
	struct nb_drive_row *rows = NULL;
	struct nb_str s = NB_STR_INIT;
	size_t count = 0;
	enum nb_err err;

	err = nb_drives(&rows, &count);
	if (err)
		return err;
	nb_str_add(&s, cli->json ? "[" : "");
	for (size_t i = 0; i < count; i++) {
		nb_str_add(&s, cli->json && i ? ",\n" : "");
		nb_report_drive(&s, &rows[i], cli->json);
	}
	nb_str_add(&s, cli->json ? "]\n" : "");
	if (!count && !cli->json && !cli->quiet)
		fprintf(stderr, "nightburn: no recorder found\n");
	free(rows);
	return cli_print(&s);
}

enum nb_err
cmd_disc(struct cli *cli)
{
	struct nb_disc_info info = { 0 };
	struct nb_str s = NB_STR_INIT;
	struct nightburn *nb = NULL;
	enum nb_err err, printed = NB_OK;

	err = cli_open_for_device(cli, &nb);
	if (err)
		return err;
	err = nb_disc(nb, cli->device, &info);
	if (!err || err == NB_ENOMEDIUM) {
		nb_report_disc(&s, &info, cli->json);
		printed = cli_print(&s);
	}
	nb_close(nb);
	return err ? err : printed;
}

/* A script can decide on it: numbers on stdout and 0, whenever a session can
 * be written. */
enum nb_err
cmd_msinfo(struct cli *cli)
{
	struct nb_disc_info info = { 0 };
	struct nb_str s = NB_STR_INIT;
	struct nightburn *nb = NULL;
	enum nb_err err = cli_open_for_device(cli, &nb);

	if (!err)
		err = nb_msinfo(nb, cli->device, &info);
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
