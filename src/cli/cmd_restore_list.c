/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

/* A report in four parts, one after the other. */
struct listing {
	struct nb_report report;
	size_t parts; /* number of parts that were begun */
};

static const struct {
	const char *name;
	enum nb_report_shape shape;
} parts[] = {
	{ "backup", NB_REPORT_ONE },
	{ "sources", NB_REPORT_LIST },
	{ "files", NB_REPORT_LIST },
	{ "contents", NB_REPORT_LIST },
};

/* Begins parts until COUNT are. */
static void
begin_parts(struct listing *l, size_t count)
{
	for (; l->parts < count; l->parts++)
		nb_report_part(&l->report, parts[l->parts].name,
			       parts[l->parts].shape);
}

static int
put(struct listing *l, size_t part, const struct nb_record *record,
    const void *row)
{
	begin_parts(l, part);
	return nb_report_row(&l->report, record, row) != NB_OK;
}

static int
put_backup(void *ctx, const struct nb_listed_backup *row)
{
	return put(ctx, 1, &nb_record_listed_backup, row);
}

static int
put_source(void *ctx, const struct nb_source_row *row)
{
	return put(ctx, 2, &nb_record_listed_source, row);
}

static int
put_file(void *ctx, const struct nb_file_row *row)
{
	return put(ctx, 3, &nb_record_listed_file, row);
}

static int
put_content(void *ctx, const char *line)
{
	const struct nb_content_row row = { .line = line };

	return put(ctx, 4, &nb_record_content, &row);
}

enum nb_err
cmd_restore_list(struct cli *cli, const struct nb_restore_options *options)
{
	struct listing l = { .report = cli_report(cli) };
	const struct nb_restore_listing to = { .size = sizeof to,
					       .on_backup = put_backup,
					       .on_source = put_source,
					       .on_file = put_file,
					       .on_content = put_content,
					       .ctx = &l };
	struct nightburn *nb = NULL;
	enum nb_err err = cli_open_for_device(cli, &nb);

	if (err)
		return err;
	nb_report_begin(&l.report, NB_REPORT_PARTS);
	err = nb_restore_list(nb, options, &to);
	begin_parts(&l, sizeof parts / sizeof *parts);
	nb_close(nb);
	return cli_report_end(cli, &l.report, err);
}
