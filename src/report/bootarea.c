/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "report/report.h"

static void
add_part(struct nb_str *s, const struct nb_part_row *p, bool pad)
{
	char start[16], size[16], text[80];
	const char *what;

	if (!p) {
		nb_str_addf(s, "%-*s", pad ? 34 : 0, "-");
		return;
	}
	what = p->fs ? p->fs : p->label ? p->label : p->type;
	snprintf(text, sizeof text, "%.14s %.12s", what ? what : "",
		 p->fs && p->label ? p->label : "");
	nb_str_addf(s, pad ? "%9s %9s %-14.14s" : "%9s %9s %.14s",
		    nb_str_size(p->start, start), nb_str_size(p->size, size),
		    text);
}

static void
describe(struct nb_str *s, const void *row)
{
	const struct nb_bootarea_info *info = row;
	char a[16], b[16];

	nb_str_addf(s, "bootarea %s (%s, %s, %s) to %s (%s, %s)\n",
		    info->source, info->device ? info->device : "a disk",
		    nb_str_size(info->backup_size, a), info->backup_table,
		    info->target, nb_str_size(info->target_size, b),
		    info->target_table && *info->target_table
			    ? info->target_table
			    : "no partition table");
	if (info->user)
		nb_str_addf(s, "in use: %s\n", info->user);
	nb_str_addf(s, "%4s  %-34s | %s\n", "", "in the backup",
		    "on the disk now, will be lost");
	for (size_t i = 0; i < info->row_count; i++) {
		const struct nb_bootarea_row *pair =
			nb_bootarea_row_at(info, i);

		nb_str_addf(s, "%3u%s  ",
			    pair->backup ? pair->backup->number
					 : pair->target->number,
			    pair->same ? " " : "*");
		add_part(s, pair->backup, true);
		nb_str_add(s, " | ");
		add_part(s, pair->target, false);
		nb_str_add(s, "\n");
	}
}

#define PART struct nb_part_row

static const struct nb_column part_columns[] = {
	NB_COLUMN(NUMBER, "number", PART, number),
	NB_COLUMN(BYTES, "start", PART, start),
	NB_COLUMN(BYTES, "size", PART, size),
	NB_COLUMN(TEXT, "type", PART, type),
	NB_COLUMN(TEXT, "fs", PART, fs),
	NB_COLUMN(TEXT, "label", PART, label),
	NB_COLUMN(TEXT, "uuid", PART, uuid),
};

static const struct nb_record part_record =
	NB_RECORD("partition", part_columns, NULL);

static const void *
backup_part(const void *row, size_t index)
{
	const struct nb_bootarea_row *pair = row;

	return index ? NULL : pair->backup;
}

static const void *
target_part(const void *row, size_t index)
{
	const struct nb_bootarea_row *pair = row;

	return index ? NULL : pair->target;
}

static const struct nb_column pair_columns[] = {
	NB_COLUMN(BOOL, "same", struct nb_bootarea_row, same),
	{ .name = "backup",
	  .type = NB_COLUMN_RECORD,
	  .item = backup_part,
	  .record = &part_record },
	{ .name = "target",
	  .type = NB_COLUMN_RECORD,
	  .item = target_part,
	  .record = &part_record },
};

static const struct nb_record pair_record =
	NB_RECORD("partition", pair_columns, NULL);

static const void *
pair_at(const void *row, size_t index)
{
	const struct nb_bootarea_info *info = row;

	return index < info->row_count ? nb_bootarea_row_at(info, index) : NULL;
}

#define INFO struct nb_bootarea_info

static const struct nb_column columns[] = {
	NB_COLUMN(TEXT, "source", INFO, source),
	NB_COLUMN(TEXT, "device", INFO, device),
	NB_COLUMN(TEXT, "target", INFO, target),
	NB_COLUMN(BYTES, "backup_size", INFO, backup_size),
	NB_COLUMN(BYTES, "target_size", INFO, target_size),
	NB_COLUMN(TEXT, "backup_table", INFO, backup_table),
	NB_COLUMN(TEXT, "target_table", INFO, target_table),
	NB_COLUMN(TEXT, "used", INFO, user),
	{ .name = "partitions",
	  .type = NB_COLUMN_LIST,
	  .item = pair_at,
	  .record = &pair_record },
};

const struct nb_record nb_record_bootarea =
	NB_RECORD("comparison", columns, describe);
