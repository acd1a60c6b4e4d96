/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/tree/mounted.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "model/record/holding.h"
#include "source/device/mount.h"

#define LOOK (AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC)

bool
nb_tree_is_mount(int dir, const char *name, const struct stat *st, dev_t above)
{
	struct statx found;

	if (statx(dir, name, LOOK, 0, &found)
	    || !(found.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT))
		return st->st_dev != above;
	return found.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

/* ---- one mount ---- */

/* The mount with this id, copied. */
struct search {
	int id, parent;
	dev_t device;
	char *path, *type, *source, *root;
};

static enum nb_err
find_one(void *ctx, const struct nb_mount *mount)
{
	struct search *s = ctx;
	enum nb_err err;

	if (mount->id != s->id || s->path)
		return NB_OK;
	s->parent = mount->parent;
	s->device = mount->device;
	err = nb_str_dup(mount->type, &s->type);
	if (!err)
		err = nb_str_dup(mount->source, &s->source);
	if (!err)
		err = nb_str_dup(mount->root ? mount->root : "/", &s->root);
	return err ? err : nb_str_dup(mount->path, &s->path);
}

static void
clear(struct search *s)
{
	free(s->path);
	free(s->type);
	free(s->source);
	free(s->root);
}

/* Is MOUNT of the directory that is there without it?  PARENT: on which it is
 * mounted. */
static enum nb_err
is_of_itself(const struct search *mount, const struct search *parent, bool *is)
{
	size_t n = strlen(parent->path), m = strlen(parent->root);
	char *root = NULL;
	enum nb_err err;

	n -= n == 1; /* that of "/" */
	m -= m == 1;
	if (mount->device != parent->device
	    || strncmp(mount->path, parent->path, n) != 0)
		return NB_OK;
	err = nb_str_format(&root, "%.*s%s", (int)m, parent->root,
			    mount->path + n);
	*is = !err && !strcmp(root, mount->root);
	free(root);
	return err;
}

/* ---- what is mounted ---- */

/* The name of the link in BY_UUID that leads to DEVICE, or NULL. */
static enum nb_err
find_uuid(const char *by_uuid, dev_t device, char **value)
{
	DIR *dir = opendir(by_uuid);
	const struct dirent *next;
	struct stat st;
	enum nb_err err = NB_OK;

	while (!err && !*value && dir && (next = readdir(dir)) != NULL)
		if (next->d_name[0] != '.'
		    && !fstatat(dirfd(dir), next->d_name, &st, 0)
		    && S_ISBLK(st.st_mode) && st.st_rdev == device)
			err = nb_str_format(value, "UUID %s", next->d_name);
	if (dir)
		closedir(dir);
	return err;
}

static bool
is_zfs(const struct search *mount)
{
	return !strcmp(mount->type, "zfs");
}

/* Does its source name it, wherever it is mounted: that of a server, or of a
 * pool? */
static bool
is_named(const struct search *mount)
{
	return !strncmp(mount->source, "//", 2) || is_zfs(mount)
		|| (mount->source[0] != '/' && strstr(mount->source, ":/"));
}

/* A file system of several devices has a number of its own; a snapshot of each
 * night is of the same one. */
static enum nb_err
identify(const struct search *mount, const char *by_uuid, char **value)
{
	struct stat st;

	if (is_named(mount))
		return nb_str_format(
			value, "%.*s",
			(int)strcspn(mount->source, is_zfs(mount) ? "@" : ""),
			mount->source);
	if (!strncmp(mount->source, "/dev/", 5) && !stat(mount->source, &st)
	    && S_ISBLK(st.st_mode))
		return find_uuid(by_uuid, st.st_rdev, value);
	return find_uuid(by_uuid, mount->device, value);
}

/* False: the kernel does not tell (before Linux 5.8). */
static bool
mount_id(int dir, const char *name, int *id)
{
	struct statx found;

	if (statx(dir, name, LOOK, STATX_MNT_ID, &found)
	    || !(found.stx_mask & STATX_MNT_ID))
		return false;
	*id = (int)found.stx_mnt_id;
	return true;
}

enum nb_err
nb_tree_mount_identity(int dir, const char *name, const char *path,
		       const char *by_uuid, bool *self,
		       struct nb_properties *identity)
{
	struct search mount = { .path = NULL }, parent = { .path = NULL };
	char *value = NULL;
	enum nb_err err;

	*self = false;
	if (!mount_id(dir, name, &mount.id)
	    || access("/proc/self/mountinfo", R_OK) != 0)
		return NB_OK;
	err = nb_mounts(find_one, &mount);
	parent.id = mount.parent;
	if (!err && mount.path)
		err = nb_mounts(find_one, &parent);
	if (!err && parent.path)
		err = is_of_itself(&mount, &parent, self);
	if (!err && mount.path && !*self)
		err = identify(&mount, by_uuid, &value);
	if (!err)
		err = nb_identity_add(identity, NB_IDENTITY_FILE_SYSTEM, path,
				      value);
	clear(&mount);
	clear(&parent);
	free(value);
	return err;
}

/* ---- the tree ---- */

/* Is FOUND the mount point of another file system than UP, the directory above
 * it, or of another part of it? */
static enum nb_err
is_mount_point(const char *found, const char *up, bool *is,
	       struct nb_properties *identity)
{
	struct stat st, above;
	bool self = false;
	enum nb_err err;

	*is = !stat(found, &st) && !stat(up, &above)
		&& nb_tree_is_mount(AT_FDCWD, found, &st, above.st_dev);
	if (!*is)
		return NB_OK;
	err = nb_tree_mount_identity(AT_FDCWD, found, found, NB_TREE_BY_UUID,
				     &self, identity);
	*is = !self;
	return err;
}

/* FOUND, a path without symbolic links, becomes the mount point of its file
 * system. */
static enum nb_err
find_mount(char *found, struct nb_properties *identity)
{
	enum nb_err err = NB_OK;
	bool is = false;

	while (!err && !is && found[1]) {
		size_t n = (size_t)(strrchr(found, '/') - found);
		char *up = NULL;

		err = nb_str_format(&up, "%.*s", n ? (int)n : 1, found);
		if (!err)
			err = is_mount_point(found, up, &is, identity);
		if (!err && !is)
			strcpy(found, up);
		free(up);
	}
	return err || is
		? err
		: nb_tree_mount_identity(AT_FDCWD, found, found,
					 NB_TREE_BY_UUID, &is, identity);
}

enum nb_err
nb_tree_record_place(const char *path, struct nb_manifest_source *record)
{
	static char what[] = NB_PROPERTY_MOUNT;
	struct nb_property p = { .what = what, .value = realpath(path, NULL) };
	enum nb_err err = NB_OK;

	if (p.value) {
		err = nb_identity_add(&record->identity, NB_IDENTITY_PATH, "",
				      p.value);
		if (!err)
			err = find_mount(p.value, &record->identity);
	} else {
		err = nb_str_dup(path, &p.value);
	}
	if (!err)
		err = nb_properties_add(&record->properties, &p);
	free(p.value);
	return err;
}
