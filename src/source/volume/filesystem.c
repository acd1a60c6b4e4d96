/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/volume/filesystem.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "source/device/mount_fd.h"
#include "source/tree/tree.h"

#define MESSAGE_MAX 512

/* Why the last attempt failed. */
struct trouble {
	char kernel[MESSAGE_MAX]; /* message of the kernel, or "" */
	int number;               /* errno */
};

/* File systems of which a frozen or replayed copy is known to be complete. */
static const struct {
	const char *type;
	const char *flag; /* mounted beside its original */
} known[] = {
	{ "ext2", NULL },
	{ "ext3", NULL },
	{ "ext4", NULL },
	{ "xfs", "nouuid" },
};

static enum nb_err
take_type(blkid_probe probe, const struct nb_filesystem *fs, char **type)
{
	const char *value = "";
	int found;

	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE);
	found = blkid_do_safeprobe(probe);
	if (found == -2)
		return nb_fail(NB_ESOURCE,
			       "%s: %s has signatures of several file "
			       "systems\nhint: wipefs lists them",
			       fs->object, fs->origin);
	if (found < 0)
		return nb_fail(NB_ESOURCE, "%s: %s cannot be read", fs->object,
			       fs->device);
	if (found == 0)
		blkid_probe_lookup_value(probe, "TYPE", &value, NULL);
	return nb_str_dup(value, type);
}

enum nb_err
nb_filesystem_probe(const struct nb_filesystem *fs, char **type)
{
	blkid_probe probe;
	int fd = open(fs->device, O_RDONLY | O_CLOEXEC);
	enum nb_err err;

	if (fd < 0)
		return nb_fail_errno(NB_ESOURCE, "%s: cannot open %s",
				     fs->object, fs->device);
	probe = blkid_new_probe();
	if (!probe)
		err = nb_fail_memory();
	else if (blkid_probe_set_device(probe, fd, 0, 0))
		err = nb_fail(NB_ESOURCE, "%s: %s cannot be read", fs->object,
			      fs->device);
	else
		err = take_type(probe, fs, type);
	blkid_free_probe(probe);
	nb_fd_close(&fd);
	return err;
}

enum nb_err
nb_filesystem_check(const struct nb_filesystem *fs, const char *type)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(known[i].type, type))
			return NB_OK;
	if (!*type)
		return nb_fail(NB_ESOURCE, "%s: no file system on %s",
			       fs->object, fs->origin);
	return nb_fail(NB_ESOURCE,
		       "%s: %s holds %s, which is not supported here; ext2, "
		       "ext3, ext4 and xfs are\n"
		       "hint: use a tree block for its mount point%s",
		       fs->object, fs->origin, type,
		       strcmp(type, "btrfs")
			       ? ""
			       : "; btrfs has snapshots of its own");
}

/* The kernel's last error of this context, "e ext4: ...". */
static void
read_kernel(int context, struct trouble *trouble)
{
	char line[MESSAGE_MAX];
	ssize_t n;

	while ((n = read(context, line, sizeof line - 1)) > 0) {
		line[n] = '\0';
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == 'e' && line[1] == ' ')
			snprintf(trouble->kernel, sizeof trouble->kernel, "%s",
				 line + 2);
	}
}

static int
configure(int context, const char *device, const char *flag)
{
	if (fsconfig(context, FSCONFIG_SET_STRING, "source", device, 0)
	    || fsconfig(context, FSCONFIG_SET_FLAG, "ro", NULL, 0))
		return -1;
	if (flag && fsconfig(context, FSCONFIG_SET_FLAG, flag, NULL, 0))
		return -1;
	return fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
}

static int
mount_once(const struct nb_filesystem *fs, const char *type,
	   struct trouble *trouble)
{
	const char *flag = NULL;
	int context = fsopen(type, FSOPEN_CLOEXEC), fd = -1;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(known[i].type, type))
			flag = known[i].flag;
	trouble->kernel[0] = '\0';
	if (context >= 0 && !configure(context, fs->device, flag))
		fd = fsmount(context, FSMOUNT_CLOEXEC,
			     MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID
				     | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	trouble->number = errno;
	if (fd < 0 && context >= 0)
		read_kernel(context, trouble);
	nb_fd_close(&context);
	return fd;
}

static enum nb_err
fail_mount(const struct nb_filesystem *fs, const char *type, int tries,
	   const struct trouble *trouble)
{
	return nb_fail(
		NB_ESOURCE,
		"%s: %s cannot be mounted (%s), tried %d "
		"time%s: %s%s",
		fs->object, fs->device, type, tries, tries == 1 ? "" : "s",
		trouble->kernel[0] ? trouble->kernel
				   : strerror(trouble->number),
		trouble->number == ENOSYS ? "\nhint: this needs Linux 5.2"
					  : "");
}

/* The device may not be there yet, or be busy for a moment. */
static enum nb_err
wait_a_while(const struct nb_filesystem *fs)
{
	const struct nb_source_context *context = fs->context;
	int64_t now = nb_clock_ms(), end = now + fs->mount->pause * 1000;
	enum nb_err err = NB_OK;

	for (; !err && now < end; now = nb_clock_ms()) {
		poll(NULL, 0, end - now < 1000 ? (int)(end - now) : 1000);
		if (context->progress)
			err = context->progress(context->ctx, fs->object, 0, 0);
	}
	return err;
}

enum nb_err
nb_filesystem_mount(const struct nb_filesystem *fs, int *fd)
{
	struct trouble trouble = { .number = 0 };
	char *type = NULL;
	enum nb_err err = nb_filesystem_probe(fs, &type);

	if (!err)
		err = nb_filesystem_check(fs, type);
	for (int i = 0; !err; i++) {
		*fd = mount_once(fs, type, &trouble);
		if (*fd >= 0)
			break;
		if (i == fs->mount->retries)
			err = fail_mount(fs, type, i + 1, &trouble);
		else
			err = wait_a_while(fs);
	}
	free(type);
	return err;
}

static enum nb_err
open_root(const struct nb_filesystem *fs, int fd, int *root)
{
	const char *sub = fs->mount->subdirectory;

	*root = nb_path_open(fd, sub ? sub : ".", O_RDONLY | O_DIRECTORY, 0);
	if (*root < 0)
		return nb_fail_errno(NB_ESOURCE, "%s: cannot open %s of %s",
				     fs->object, sub ? sub : "the top",
				     fs->origin);
	return NB_OK;
}

enum nb_err
nb_filesystem_collect(const struct nb_filesystem *fs,
		      const struct nb_config_source *source, int *fd,
		      struct nb_source_output *out)
{
	struct nb_source_context context = *fs->context;
	struct stat st;
	enum nb_err err = NB_OK;
	const char *sub = fs->mount->subdirectory;
	int root;

	if (*fd < 0)
		err = nb_filesystem_mount(fs, fd);
	if (!err && stat(fs->original, &st))
		err = nb_fail_errno(NB_ESOURCE, "%s: cannot find %s",
				    fs->object, fs->original);
	if (!err)
		err = open_root(fs, *fd, &root);
	if (err)
		return err;
	context.copy_of = st.st_rdev;
	err = nb_tree_collect(source, &fs->mount->rules, &context, root, out);
	return err ? err
		   : nb_filesystem_is(out, NB_IDENTITY_PATH, sub ? sub : "/");
}

enum nb_err
nb_filesystem_is(struct nb_source_output *out, const char *what,
		 const char *origin)
{
	return nb_identity_add(
		&out->sources->at[out->sources->count - 1].identity, what, "",
		origin);
}
