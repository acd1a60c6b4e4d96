/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/device/mount.h"

#include <errno.h>
#include <libmount/libmount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "base/str.h"

#define MOUNT_MS (5 * 60 * 1000)
#define ASK_MS (30 * 1000)

enum nb_err
nb_mounts_in(const char *file,
	     enum nb_err (*fn)(void *ctx, const struct nb_mount *), void *ctx)
{
	struct libmnt_table *table = mnt_new_table_from_file(file);
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	enum nb_err err = NB_OK;

	if (!table || !iter)
		err = nb_fail(NB_EIO, "%s: cannot be read", file);
	while (!err && !mnt_table_next_fs(table, iter, &fs)) {
		struct nb_mount mount = {
			.path = mnt_fs_get_target(fs),
			.type = mnt_fs_get_fstype(fs),
			.source = mnt_fs_get_source(fs),
			.root = mnt_fs_get_root(fs),
			.id = mnt_fs_get_id(fs),
			.parent = mnt_fs_get_parent_id(fs),
			.device = mnt_fs_get_devno(fs),
		};

		if (mount.path && mount.source)
			err = fn(ctx, &mount);
	}
	mnt_free_iter(iter);
	mnt_unref_table(table);
	return err;
}

enum nb_err
nb_mounts(enum nb_err (*fn)(void *ctx, const struct nb_mount *), void *ctx)
{
	return nb_mounts_in("/proc/self/mountinfo", fn, ctx);
}

struct search {
	const char *path;
	bool found;
};

static enum nb_err
compare(void *ctx, const struct nb_mount *mount)
{
	struct search *search = ctx;

	search->found |= !strcmp(mount->path, search->path);
	return NB_OK;
}

enum nb_err
nb_mounted_at(const char *path, bool *is)
{
	struct search search = { .path = realpath(path, NULL) };
	enum nb_err err;

	if (!search.path)
		return nb_fail_errno(nb_fd_open_error(), "%s: cannot find",
				     path);
	err = nb_mounts(compare, &search);
	*is = search.found;
	free((char *)search.path);
	return err;
}

/* The one line that findmnt prints; "" if it finds nothing. */
static enum nb_err
findmnt(const char *column, const char *how, const char *what, char *out,
	size_t size)
{
	const char *const argv[] = { "findmnt", "-n", "-r", "-f", "-o",
				     column,    how,  what, NULL };
	struct nb_proc_result result = { .output = NULL };
	enum nb_err err = nb_proc_run(&(struct nb_proc){ .argv = argv,
							 .stdin_fd = -1,
							 .timeout_ms = ASK_MS },
				      &result);

	if (!err && result.exit_code != 0 && result.exit_code != 1)
		err = nb_proc_check("findmnt", &result, NB_EFAIL);
	out[0] = '\0';
	if (!err && result.output)
		snprintf(out, size, "%.*s", (int)strcspn(result.output, "\n"),
			 result.output);
	nb_proc_result_free(&result);
	return err;
}

enum nb_err
nb_mount_identity(const char *path, char id[128])
{
	enum nb_err err = findmnt("UUID", "-T", path, id, 128);

	return err || id[0] ? err : findmnt("SOURCE", "-T", path, id, 128);
}

/* Not interrupted: a half-finished mount is of use to nobody. */
static enum nb_err
run(const char *const *argv)
{
	struct nb_proc_result result = { .output = NULL };
	enum nb_err err = nb_proc_run(&(struct nb_proc){ .argv = argv,
							 .stdin_fd = -1,
							 .timeout_ms = MOUNT_MS,
							 .to_end = true },
				      &result);

	if (!err)
		err = nb_proc_check(argv[0], &result, NB_EIO);
	nb_proc_result_free(&result);
	return err;
}

enum nb_err
nb_unmount(const char *path)
{
	const char *const argv[] = { "umount", path, NULL };

	return run(argv);
}

enum nb_err
nb_mount_device(const char *device, const char *path)
{
	const char *const argv[] = { "mount", device, path, NULL };
	bool there = false;
	char at[512];
	enum nb_err err = NB_OK;

	if (mkdir(path, 0700) && errno != EEXIST)
		return nb_fail_errno(NB_EIO, "%s: cannot create", path);
	err = nb_mounted_at(path, &there);
	if (!err && there)
		err = nb_unmount(path);
	if (!err)
		err = findmnt("TARGET", "-S", device, at, sizeof at);
	if (!err && at[0])
		err = nb_fail(NB_ELOCKED,
			      "%s: is mounted at %s\nhint: use "
			      "target instead of device, or unmount it",
			      device, at);
	return err ? err : run(argv);
}
