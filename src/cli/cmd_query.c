/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "cli/cli.h"
#include "report/report.h"

/* Rows go out as they come: there may be a million. */
struct output {
	bool json, more;
	enum nb_err err;
};

static int
put(struct output *out, struct nb_str *s)
{
	if (out->json) {
		fputs(out->more ? ",\n" : "\n", stdout);
		out->more = true;
	}
	out->err = cli_print(s);
	return out->err != NB_OK;
}

static int
put_backup(void *ctx, const struct nb_backup_row *row)
{
	struct output *out = ctx;
	struct nb_str s = NB_STR_INIT;

	nb_report_backup(&s, row, out->json);
	return put(out, &s);
}

static int
put_disc(void *ctx, const struct nb_disc_row *row)
{
	struct output *out = ctx;
	struct nb_str s = NB_STR_INIT;

	nb_report_disc_row(&s, row, out->json);
	return put(out, &s);
}

static int
put_clone(void *ctx, const struct nb_clone_row *row)
{
	struct output *out = ctx;
	struct nb_str s = NB_STR_INIT;

	nb_report_clone_row(&s, row, out->json);
	return put(out, &s);
}

static int
put_source(void *ctx, const struct nb_source_row *row)
{
	struct output *out = ctx;
	struct nb_str s = NB_STR_INIT;

	nb_report_source(&s, row, out->json);
	return put(out, &s);
}

static int
put_file(void *ctx, const struct nb_file_row *row)
{
	struct output *out = ctx;
	struct nb_str s = NB_STR_INIT;

	nb_report_file(&s, row, out->json);
	return put(out, &s);
}

static enum nb_err
result_of(enum nb_err err, const struct output *out)
{
	return out->err ? out->err : err;
}

enum nb_err
cmd_list(struct cli *cli)
{
	struct output out = { .json = cli->json };
	struct nightburn *nb = NULL;
	enum nb_err err = cli_open(cli, &nb);

	if (err)
		return err;
	fputs(cli->json ? "{\"backups\": [" : "", stdout);
	err = nb_list(nb, cli->pool, put_backup, &out);
	fputs(cli->json ? "],\n\"discs\": [" : "", stdout);
	out.more = false;
	if (!err)
		err = nb_list_discs(nb, put_disc, &out);
	fputs(cli->json ? "],\n\"clones\": [" : "", stdout);
	out.more = false;
	if (!err)
		err = nb_list_clones(nb, put_clone, &out);
	fputs(cli->json ? "]}\n" : "", stdout);
	nb_close(nb);
	return result_of(err, &out);
}

enum nb_err
cmd_show(struct cli *cli)
{
	struct output out = { .json = cli->json };
	struct nightburn *nb = NULL;
	enum nb_err err = cli_open(cli, &nb);

	if (err)
		return err;
	fputs(cli->json ? "[" : "", stdout);
	err = nb_show(nb, cli->args[0], put_backup, put_source, put_file, &out);
	fputs(cli->json ? "]\n" : "", stdout);
	nb_close(nb);
	return result_of(err, &out);
}

enum nb_err
cmd_find(struct cli *cli)
{
	struct output out = { .json = cli->json };
	struct nightburn *nb = NULL;
	enum nb_err err = cli_open(cli, &nb);

	if (err)
		return err;
	fputs(cli->json ? "[" : "", stdout);
	err = nb_find(nb, cli->args[0], put_file, &out);
	fputs(cli->json ? "]\n" : "", stdout);
	nb_close(nb);
	return result_of(err, &out);
}
