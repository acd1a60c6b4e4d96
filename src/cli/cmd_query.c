/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <string.h>

/* The list of backups, to tell an empty one. */
struct backup_list {
	struct nb_report *report;
	size_t count;
};

static int
count_backup(void *ctx, const struct nb_backup_row *row)
{
	struct backup_list *list = ctx;

	list->count++;
	return nb_report_row(list->report, &nb_record_backup, row) != NB_OK;
}

static int
put_backup(void *ctx, const struct nb_backup_row *row)
{
	return nb_report_row(ctx, &nb_record_backup, row) != NB_OK;
}

static int
put_waiting(void *ctx, const struct nb_backup_row *row)
{
	return nb_report_row(ctx, &nb_record_waiting, row) != NB_OK;
}

/* Lists the discs of one pool, or of all. */
struct disc_list {
	struct nb_report *report;
	const char *pool;
};

static int
put_disc(void *ctx, const struct nb_disc_row *row)
{
	const struct disc_list *list = ctx;

	if (list->pool && strcmp(list->pool, row->pool))
		return 0;
	return nb_report_row(list->report, &nb_record_known_disc, row) != NB_OK;
}

static int
put_clone(void *ctx, const struct nb_clone_row *row)
{
	return nb_report_row(ctx, &nb_record_known_clone, row) != NB_OK;
}

static int
put_source(void *ctx, const struct nb_source_row *row)
{
	return nb_report_row(ctx, &nb_record_source, row) != NB_OK;
}

static int
put_file(void *ctx, const struct nb_file_row *row)
{
	return nb_report_row(ctx, &nb_record_file, row) != NB_OK;
}

enum nb_err
cmd_list(struct cli *cli)
{
	struct nb_report report = cli_report(cli);
	struct backup_list backups = { &report, 0 };
	struct disc_list discs = { &report, cli->pool };
	struct nightburn *nb = NULL;
	enum nb_err waiting = NB_OK, err = cli_open(cli, &nb);

	if (err && cli_lacks_config(cli))
		cli_hint(cli,
			 "without a configuration, this lists a disc: "
			 "nightburn restore --list --device DEVICE");
	if (err)
		return err;
	nb_report_begin(&report, NB_REPORT_PARTS);
	nb_report_part(&report, "backups", NB_REPORT_LIST);
	err = nb_list(nb, cli->pool, count_backup, &backups);
	nb_report_part(&report, "waiting", NB_REPORT_LIST);
	if (!err || err == NB_ENOTFOUND)
		waiting = nb_list_waiting(nb, cli->pool, put_waiting, &report);
	err = err ? err : waiting;
	nb_report_part(&report, "discs", NB_REPORT_LIST);
	if (!err)
		err = nb_list_discs(nb, put_disc, &discs);
	nb_report_part(&report, "clones", NB_REPORT_LIST);
	if (!err)
		err = nb_list_clones(nb, put_clone, &report);
	nb_close(nb);
	if (!err && !backups.count && !cli->quiet)
		cli_tell("no backup is in the catalog\nhint: nightburn catalog "
			 "rebuild records those on the disc in the drive");
	return cli_report_end(cli, &report, err);
}

enum nb_err
cmd_show(struct cli *cli)
{
	struct nb_report report = cli_report(cli);
	struct nightburn *nb = NULL;
	enum nb_err err = cli_open(cli, &nb);

	if (err)
		return err;
	nb_report_begin(&report, NB_REPORT_LIST);
	err = nb_show(nb, cli->args[0], put_backup, put_source, put_file,
		      &report);
	nb_close(nb);
	return cli_report_end(cli, &report, err);
}

enum nb_err
cmd_find(struct cli *cli)
{
	struct nb_report report = cli_report(cli);
	struct nightburn *nb = NULL;
	enum nb_err err = cli_open(cli, &nb);

	if (err)
		return err;
	nb_report_begin(&report, NB_REPORT_LIST);
	err = nb_find(nb, cli->args[0], put_file, &report);
	nb_close(nb);
	return cli_report_end(cli, &report, err);
}
