/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "report/report.h"

static void
add_part(struct nb_str *s, const struct nb_part_row *p, bool pad)
{
	char start[16], size[16], text[80];
	const char *what = p->fs ? p->fs : p->label ? p->label : p->type;

	if (!p->size) {
		nb_str_addf(s, "%-*s", pad ? 34 : 0, "-");
		return;
	}
	snprintf(text, sizeof text, "%.14s %.12s", what ? what : "",
		 p->fs && p->label ? p->label : "");
	nb_str_addf(s, pad ? "%9s %9s %-14.14s" : "%9s %9s %.14s",
		    nb_str_size(p->start, start), nb_str_size(p->size, size),
		    text);
}

static void
add_text(struct nb_str *s, const struct nb_bootarea_info *info)
{
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
		    "there now, to be lost");
	for (size_t i = 0; i < info->row_count; i++) {
		const struct nb_bootarea_row *row = &info->rows[i];

		nb_str_addf(s, "%3u%s  ",
			    row->backup.size ? row->backup.number
					     : row->target.number,
			    row->same ? " " : "*");
		add_part(s, &row->backup, true);
		nb_str_add(s, " | ");
		add_part(s, &row->target, false);
		nb_str_add(s, "\n");
	}
}

static void
add_member(struct nb_object *o, const char *key, const struct nb_part_row *p)
{
	struct nb_object part;

	nb_str_addf(o->s, ", \"%s\": ", key);
	if (!p->size) {
		nb_str_add(o->s, "null");
		return;
	}
	part = nb_object_begin(o->s);
	nb_object_number(&part, "number", p->number);
	nb_object_number(&part, "start", p->start);
	nb_object_number(&part, "size", p->size);
	nb_object_text(&part, "type", p->type);
	nb_object_text(&part, "fs", p->fs);
	nb_object_text(&part, "label", p->label);
	nb_object_text(&part, "uuid", p->uuid);
	nb_object_end(&part);
}

void
nb_report_bootarea(struct nb_str *s, const struct nb_bootarea_info *info,
		   bool json)
{
	struct nb_object o, row;

	if (!json) {
		add_text(s, info);
		return;
	}
	o = nb_object_begin(s);
	nb_object_text(&o, "source", info->source);
	nb_object_text(&o, "device", info->device);
	nb_object_text(&o, "target", info->target);
	nb_object_number(&o, "backup_size", info->backup_size);
	nb_object_number(&o, "target_size", info->target_size);
	nb_object_text(&o, "backup_table", info->backup_table);
	nb_object_text(&o, "target_table", info->target_table);
	nb_object_text(&o, "used", info->user);
	nb_str_add(s, ", \"partitions\": [");
	for (size_t i = 0; i < info->row_count; i++) {
		nb_str_add(s, i ? ", " : "");
		row = nb_object_begin(s);
		nb_object_bool(&row, "same", info->rows[i].same);
		add_member(&row, "backup", &info->rows[i].backup);
		add_member(&row, "target", &info->rows[i].target);
		nb_object_end(&row);
	}
	nb_str_add(s, "]");
	nb_object_end(&o);
}
