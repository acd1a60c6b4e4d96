/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/jobs.h"
#include "job/restore/restore.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "job/destroy.h"
#include "job/disc/manifest_mac.h"
#include "source/boot/area_restore.h"
#include "source/source.h"

#define RECORD_MAX ((size_t)1 << 24)

/* A row, and what it points to. */
struct pair {
	struct nb_bootarea_row row;
	struct nb_part_row backup, target; /* size 0: there is none */
};
struct rows NB_ARRAY(struct pair);

static enum nb_err
choose(const struct nb_disc_backup *backup, const char *name,
       const struct nb_manifest_source **out)
{
	const struct nb_manifest_sources *list = &backup->manifest.sources;
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct nb_source_ops *ops =
			nb_source_find(list->at[i].kind);

		if (!ops || !ops->to_disk
		    || (name && strcmp(list->at[i].name, name)))
			continue;
		*out = &list->at[i];
		count++;
	}
	if (count == 1 && (*out)->path)
		return NB_OK;
	if (!count)
		return nb_fail(NB_ENOTFOUND,
			       "%s: no such bootarea in backup "
			       "%s\nhint: nightburn show %s",
			       name ? name : "(any)",
			       backup->manifest.backup_id,
			       backup->manifest.backup_id);
	return nb_fail(NB_EUSAGE,
		       "backup %s contains %zu boot areas\nhint: name "
		       "one with --source",
		       backup->manifest.backup_id, count);
}

/* Without the files of /boot, which the disk does not get one by one. */
static void
keep_pieces(struct nb_disc_backup *backup, const char *path)
{
	size_t prefix = strlen(path), n = 0;

	for (size_t i = 0; i < backup->entries.count; i++) {
		struct nb_entry *e = &backup->entries.at[i];

		if (strlen(e->path) > prefix && e->type == NB_ENTRY_FILE
		    && !strchr(e->path + prefix + 1, '/'))
			backup->entries.at[n++] = *e;
		else
			nb_entry_clear(e);
	}
	backup->entries.count = n;
}

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

/* Both lists are in the order of their numbers. */
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

static enum nb_err
show(const struct nb_bootarea_options *options, const char *source,
     const struct nb_bootarea *area, const struct nb_boot_target *target)
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
	if (!err && options->show && options->show(options->ctx, &info))
		err = NB_ECANCELED;
	nb_array_free(&rows);
	return err;
}

static enum nb_err
tell(void *ctx, uint64_t done, uint64_t total)
{
	return nb_job_progress(ctx, "restore", done, total);
}

static enum nb_err
load_record(int dir, const char *path, struct nb_bootarea *area, int *pieces)
{
	char *text = NULL;
	size_t length;
	enum nb_err err;

	*pieces = nb_path_open(dir, path, O_RDONLY | O_DIRECTORY, 0);
	if (*pieces < 0)
		return nb_fail_errno(NB_EIO, "%s: cannot open", path);
	err = nb_fd_load(*pieces, NB_BOOTAREA_RECORD, RECORD_MAX, &text,
			 &length);
	if (err == NB_ENOTFOUND)
		nb_fail(err, "%s: no " NB_BOOTAREA_RECORD, path);
	if (!err)
		err = nb_bootarea_parse(NB_BOOTAREA_RECORD, text, length, area);
	free(text);
	return err;
}

static enum nb_err
overwrite(void *ctx)
{
	return nb_boot_write(ctx);
}

/* nb_boot_write looks at the disk once more and asks nb_target_check, with the
 * disk held open: nobody else can take it between the answer and the act.
 * Without the second name nothing can be destroyed, and it says why. */
static enum nb_err
destroy(struct nightburn *nb, struct nb_boot_restore *spec)
{
	const struct nb_destroy steps = {
		.what = "restore",
		.inhibit = "a disk is being overwritten",
		.act = overwrite,
	};

	return spec->again ? nb_destroy(nb, &steps, spec) : nb_boot_write(spec);
}

/* The pieces stand in DIR, beneath PATH. */
static enum nb_err
write_to(struct nightburn *nb, const struct nb_bootarea_options *options,
	 const char *source, int dir, const char *path)
{
	struct nb_bootarea area = { .device = NULL };
	struct nb_boot_target target = { .path = NULL };
	struct nb_boot_restore spec = {
		.area = &area,
		.again = options->erase,
		.shown = &target,
		.progress = tell,
		.ctx = nb,
		.pieces = -1,
	};
	enum nb_err err = load_record(dir, path, &area, &spec.pieces);

	if (!err)
		err = nb_boot_look(options->to_device, &target);
	if (!err)
		err = show(options, source, &area, &target);
	if (!err)
		err = destroy(nb, &spec);
	nb_fd_close(&spec.pieces);
	nb_boot_target_clear(&target);
	nb_bootarea_clear(&area);
	return err;
}

struct from {
	struct nb_disc_contents contents;
	struct nb_disc_backup *backup;
};

static enum nb_err
bring(struct nightburn *nb, const struct nb_bootarea_options *options,
      struct from *from, struct nb_extract_result *done)
{
	const struct nb_manifest_source *source = NULL;
	struct nb_restore_options all = { .source = options->source };
	struct nb_restore_target target = { -1, false, false };
	char *dir = NULL;
	enum nb_err err, removed;

	err = choose(from->backup, options->source, &source);
	if (!err && !*source->path)
		err = nb_fail(NB_ECORRUPT, "%s: the manifest names no file",
			      source->name);
	if (!err)
		err = nb_restore_select(from->backup, &all, source->path);
	if (!err)
		err = nb_restore_temporary(nb, &dir, &target.fd);
	if (err)
		return err;
	keep_pieces(from->backup, source->path);
	err = nb_restore_extract(nb, from->contents.blocks,
				 &from->contents.nodes, from->backup, &all,
				 target, done);
	if (!err)
		err = write_to(nb, options, source->name, target.fd,
			       source->path);
	nb_fd_close(&target.fd);
	removed = nb_path_remove(AT_FDCWD, dir);
	free(dir);
	return err ? err : removed;
}

static enum nb_err
bring_from(struct nightburn *nb, const struct nb_bootarea_options *options,
	   struct nb_inspection *look, struct nb_restore_result *result)
{
	struct nb_extract_result done = { 0 };
	struct from from;
	enum nb_err err = nb_restore_find(nb, look, options->backup,
					  &from.contents, &from.backup);

	if (!err) {
		memcpy(result->backup_id, from.backup->manifest.backup_id,
		       sizeof result->backup_id);
		memcpy(result->disc, look->label.disc, sizeof result->disc);
		result->generation = from.backup->manifest.generation;
		/* A disk is not overwritten with what may be forged. */
		err = nb_manifest_mac_tell(from.backup);
	}
	if (!err)
		err = bring(nb, options, &from, &done);
	result->files = err ? 0 : done.files;
	result->bytes = done.bytes;
	result->bad = done.bad;
	nb_disc_contents_free(&from.contents);
	return err;
}

enum nb_err
nb_job_restore_bootarea(struct nightburn *nb,
			const struct nb_bootarea_options *options,
			struct nb_restore_result *result)
{
	struct nb_inspection look;
	enum nb_err err;

	memset(result, 0, sizeof *result);
	if (!options->to_device)
		return nb_fail(NB_EUSAGE,
			       "restore: the disk to overwrite is not "
			       "specified\nhint: use --to-device /dev/NAME "
			       "--yes-erase /dev/NAME");
	err = nb_restore_look(
		nb,
		&(struct nb_drive_choice){ .device = options->device,
					   .drive = options->drive,
					   .job = options->job },
		options->backup, &look);
	if (err)
		return err;
	err = bring_from(nb, options, &look, result);
	nb_inspect_close(&look);
	return err;
}
