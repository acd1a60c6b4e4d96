/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The restore of the source bootarea. */
#include "source/boot/area_restore.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"

#define RECORD_MAX ((size_t)1 << 24)

bool
nb_boot_needs(const struct nb_manifest_source *record, const struct nb_entry *e)
{
	size_t prefix = strlen(record->path);

	return e->type == NB_ENTRY_FILE && strlen(e->path) > prefix
		&& !strchr(e->path + prefix + 1, '/');
}

static enum nb_err
load_record(const char *path, struct nb_bootarea *area, int *pieces)
{
	char *text = NULL;
	size_t length;
	enum nb_err err;

	*pieces = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
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

/* nb_boot_write inspects the disk again and asks nb_target_check while it holds
 * the disk exclusively, so that nobody else can use it between the answer and
 * the write.  Without the confirmation nothing can be destroyed, and it reports
 * why. */
static enum nb_err
destroy(const struct nb_source_disk *disk, struct nb_boot_restore *spec)
{
	return spec->again ? disk->destroy(disk->ctx, overwrite, spec)
			   : nb_boot_write(spec);
}

enum nb_err
nb_boot_to_disk(const struct nb_source_restore *restore)
{
	const struct nb_source_disk *disk = restore->disk;
	struct nb_bootarea area = { .device = NULL };
	struct nb_boot_target target = { .path = NULL };
	struct nb_boot_restore spec = {
		.area = &area,
		.again = disk->again,
		.shown = &target,
		.progress = disk->progress,
		.ctx = disk->ctx,
		.pieces = -1,
	};
	enum nb_err err = load_record(restore->path, &area, &spec.pieces);

	if (!err)
		err = nb_boot_inspect(disk->device, &target);
	if (!err)
		err = nb_boot_show(disk, restore->record->name, &area, &target);
	if (!err)
		err = destroy(disk, &spec);
	nb_fd_close(&spec.pieces);
	nb_boot_target_clear(&target);
	nb_bootarea_clear(&area);
	return err;
}
