/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares what is on a disk with what will be on it, for the user to check. */
#include "source/boot/area_restore.h"

#include <string.h>
#include <strings.h>

#include <nightburn/nightburn.h>

/* A row, and the parts that it points to. */
struct pair {
	struct nb_bootarea_row row;
	struct nb_part_row backup, target; /* size 0: there is none */
};
struct rows NB_ARRAY(struct pair);

static struct nb_part_row
row_of(const struct nb_disk_part *p)
{
	return (struct nb_part_row){
		.number = p->number,
		.start = p->start,
		.size = p->size,
		.type = p->type_name ? p->type_name : p->type,
		.fs = p->fs,
		.label = p->fs_label ? p->fs_label : p->name,
		.uuid = p->fs_uuid ? p->fs_uuid : p->uuid,
	};
}

static bool
equal(const char *a, const char *b)
{
	return !strcasecmp(a ? a : "", b ? b : "");
}

static bool
is_same(const struct nb_part_row *a, const struct nb_part_row *b)
{
	return a->start == b->start && a->size == b->size
		&& equal(a->type, b->type) && equal(a->fs, b->fs)
		&& equal(a->label, b->label) && equal(a->uuid, b->uuid);
}

/* Both lists are sorted by number. */
static enum nb_err
make_rows(const struct nb_disk *from, const struct nb_disk *to,
	  struct rows *rows)
{
	enum nb_err err = NB_OK;
	size_t i = 0, k = 0;

	while (!err && (i < from->parts.count || k < to->parts.count)) {
		const struct nb_disk_part *a =
			i < from->parts.count ? &from->parts.at[i] : NULL;
		const struct nb_disk_part *b =
			k < to->parts.count ? &to->parts.at[k] : NULL;
		struct pair pair = { .row.same = false };

		if (a && (!b || a->number <= b->number)) {
			pair.backup = row_of(a);
			i++;
		}
		if (b && (!a || b->number <= a->number)) {
			pair.target = row_of(b);
			k++;
		}
		pair.row.same = is_same(&pair.backup, &pair.target);
		err = nb_array_push(rows, pair);
	}
	for (i = 0; i < rows->count; i++) {
		struct pair *pair = &rows->at[i];

		pair->row.backup = pair->backup.size ? &pair->backup : NULL;
		pair->row.target = pair->target.size ? &pair->target : NULL;
	}
	return err;
}

enum nb_err
nb_boot_show(const struct nb_source_disk *disk, const char *source,
	     const struct nb_bootarea *area,
	     const struct nb_boot_target *target)
{
	struct rows rows = NB_ARRAY_INIT;
	struct nb_bootarea_info info = {
		.source = source,
		.device = area->device,
		.target = target->path,
		.backup_table = area->disk.table,
		.target_table = target->disk.table,
		.backup_size = area->disk.size,
		.target_size = target->disk.size,
		.user = target->user,
	};
	enum nb_err err = make_rows(&area->disk, &target->disk, &rows);

	info.rows = rows.count ? &rows.at[0].row : NULL;
	info.row_count = rows.count;
	info.row_size = sizeof *rows.at;
	if (!err && disk->show)
		err = disk->show(disk->ctx, &info);
	nb_array_free(&rows);
	return err;
}
