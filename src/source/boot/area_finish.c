/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/proc.h"
#include "source/boot/area_restore.h"
#include "source/device/disk.h"
#include "source/device/loop.h"

#define MKSWAP_MS 60000

static enum nb_err
run_mkswap(const struct nb_disk_part *p, const char *device)
{
	const char *argv[7] = { "mkswap" };
	struct nb_proc proc = { .argv = argv,
				.stdin_fd = -1,
				.timeout_ms = MKSWAP_MS };
	struct nb_proc_result result = { .exit_code = 0 };
	size_t n = 1;
	enum nb_err err;

	if (p->fs_uuid) {
		argv[n++] = "-U";
		argv[n++] = p->fs_uuid;
	}
	if (p->fs_label) {
		argv[n++] = "-L";
		argv[n++] = p->fs_label;
	}
	argv[n] = device;
	err = nb_proc_run(&proc, &result);
	if (!err)
		err = nb_proc_check("mkswap", &result, NB_EFAIL);
	nb_proc_result_free(&result);
	return err;
}

enum nb_err
nb_boot_check_programs(const struct nb_disk *disk)
{
	char *path = NULL;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && !path && i < disk->parts.count; i++)
		if (nb_disk_part_is_swap(&disk->parts.at[i]))
			err = nb_proc_find(NULL, "mkswap", &path);
	free(path);
	return err;
}

/* Through a loop device, because there may be no node for the partition yet. */
enum nb_err
nb_boot_make_swap(const char *path, int fd, const struct nb_disk *disk)
{
	const struct nb_disk_parts *parts = &disk->parts;
	struct nb_loop loop = { .fd = -1 };
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < parts->count; i++) {
		const struct nb_disk_part *p = &parts->at[i];

		if (!nb_disk_part_is_swap(p))
			continue;
		err = nb_loop_open(path, fd, false, p->start, p->size, &loop);
		if (!err)
			err = run_mkswap(p, loop.path);
		nb_loop_close(&loop);
	}
	return err;
}

static bool
same(const char *a, const char *b)
{
	return !strcasecmp(a ? a : "", b ? b : "");
}

static bool
is_as_wanted(const struct nb_disk *a, const struct nb_disk *b)
{
	if (a->parts.count != b->parts.count || !same(a->table, b->table)
	    || !same(a->id, b->id))
		return false;
	for (size_t i = 0; i < a->parts.count; i++) {
		const struct nb_disk_part *x = &a->parts.at[i];
		const struct nb_disk_part *y = &b->parts.at[i];

		if (x->number != y->number || x->start != y->start
		    || x->size != y->size || !same(x->type, y->type)
		    || !same(x->uuid, y->uuid) || !same(x->name, y->name)
		    || x->bootable != y->bootable)
			return false;
		if (nb_disk_part_is_swap(x)
		    && (!same(x->fs, y->fs) || !same(x->fs_uuid, y->fs_uuid)
			|| !same(x->fs_label, y->fs_label)))
			return false;
	}
	return true;
}

enum nb_err
nb_boot_check_table(const char *path, const struct nb_disk *wanted)
{
	struct nb_disk now = { .table = NULL };
	enum nb_err err = nb_disk_read(path, path, &now);

	if (err == NB_ENOTFOUND || (!err && !is_as_wanted(wanted, &now)))
		err = nb_fail(NB_ECORRUPT,
			      "%s: the partition table is not the one that was "
			      "written",
			      path);
	nb_disk_clear(&now);
	return err;
}
