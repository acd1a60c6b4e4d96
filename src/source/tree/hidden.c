/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/tree/hidden.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "model/ignore.h"
#include "source/device/mount.h"

#define OURS "/proc/self/mountinfo"
#define SYSTEMS "/proc/1/mountinfo"

/* ---- the mounts of a process ---- */

struct one {
	int id, parent;
	dev_t device;
	bool memory; /* tmpfs: it is empty at first */
	char *path, *root;
};

struct list NB_ARRAY(struct one);

static void
list_free(struct list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->at[i].path);
		free(list->at[i].root);
	}
	nb_array_free(list);
}

static enum nb_err
add(void *ctx, const struct nb_mount *mount)
{
	struct list *list = ctx;
	struct one one = { .id = mount->id,
			   .parent = mount->parent,
			   .device = mount->device };
	enum nb_err err;

	one.memory = mount->type
		&& (!strcmp(mount->type, "tmpfs")
		    || !strcmp(mount->type, "ramfs"));
	err = nb_str_dup(mount->path, &one.path);
	if (!err)
		err = nb_str_dup(mount->root ? mount->root : "/", &one.root);
	if (!err)
		err = nb_array_push(list, one);
	if (err) {
		free(one.path);
		free(one.root);
	}
	return err;
}

/* Is PATH at or beneath DIRECTORY, both absolute? */
static bool
is_at(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	n -= n == 1; /* that of "/" */
	return !strncmp(path, directory, n) && (!path[n] || path[n] == '/');
}

/* What is mounted on ON on the way to PATH: the first one that is met. */
static const struct one *
next_on(const struct list *list, const struct one *on, const char *path)
{
	const struct one *found = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct one *m = &list->at[i];

		if (m != on && m->parent == on->id && m->id != on->id
		    && is_at(path, m->path)
		    && (!found || strlen(m->path) <= strlen(found->path)))
			found = m;
	}
	return found;
}

/* Is M mounted on another one of LIST? */
static bool
is_mounted_on(const struct list *list, const struct one *m)
{
	for (size_t i = 0; i < list->count; i++)
		if (&list->at[i] != m && list->at[i].id == m->parent)
			return true;
	return false;
}

/* The mount that PATH is on; NULL: there is no root directory. */
static const struct one *
mount_of(const struct list *list, const char *path)
{
	const struct one *found = NULL, *next = NULL;

	for (size_t i = 0; !next && i < list->count; i++)
		if (!strcmp(list->at[i].path, "/")
		    && !is_mounted_on(list, &list->at[i]))
			next = &list->at[i];
	for (size_t i = 0; next && i <= list->count; i++) {
		found = next;
		next = next_on(list, found, path);
	}
	return found;
}

/* Do A, on which PATH is here, and B, on which it is there, have the same
 * directory at it? */
static bool
is_same(const struct one *a, const struct one *b, const char *path)
{
	size_t n = strlen(a->path), m = strlen(b->path);
	size_t k = strlen(a->root), l = strlen(b->root);
	const char *x = path + n - (n == 1), *y = path + m - (m == 1);

	k -= k == 1;
	l -= l == 1;
	return a->device == b->device && k + strlen(x) == l + strlen(y)
		&& (k < l ? !strncmp(a->root, b->root, k)
				    && !strncmp(x, b->root + k, l - k)
				    && !strcmp(x + l - k, y)
			  : !strncmp(a->root, b->root, l)
				    && !strncmp(y, a->root + l, k - l)
				    && !strcmp(y + k - l, x));
}

/* ---- a tree ---- */

struct hidden {
	const char *object, *path;
	const struct nb_tree_rules *rules;
	struct nb_manifest_source *record;
	struct list ours, systems;
};

/* Do the rules leave out WITHIN, or a directory above it? */
static bool
is_left_out(const struct hidden *h, const char *within)
{
	const struct nb_names *exclude = &h->rules->exclude;
	char *above = strdup(within), *slash = above;
	bool found = false;

	while (slash && !found) {
		found = nb_ignore_match(exclude->at, exclude->count, above,
					true);
		slash = strrchr(above, '/');
		if (slash)
			*slash = '\0';
	}
	free(above);
	return found;
}

/* Of another file system, which would not be in the tree anyway? */
static bool
is_other(const struct hidden *h, const struct one *there)
{
	const struct one *top = mount_of(&h->systems, h->path);

	return h->rules->one_file_system && top && top->device != there->device;
}

static enum nb_err
note(const struct hidden *h, const char *within)
{
	const struct nb_manifest_notes *notes = &h->record->notes;
	const char *name = *within ? within : ".";

	for (size_t i = 0; i < notes->count; i++)
		if (notes->at[i].what == NB_NOTE_MOUNT
		    && !strcmp(notes->at[i].path, name))
			return NB_OK;
	nb_log(NB_ERROR,
	       "%s: %s is hidden from this process: the system has something "
	       "else there\n"
	       "hint: see ProtectHome, InaccessiblePaths, PrivateMounts and "
	       "the like in the unit that starts nightburn; or add it to "
	       "exclude",
	       h->object, *within ? within : h->path);
	return nb_manifest_source_note(h->record, NB_NOTE_MOUNT, name, 0);
}

/* Or may nobody look into it, as with ProtectHome and InaccessiblePaths? */
static bool
is_empty(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool empty = true;

	while (dir && empty && (entry = readdir(dir)))
		empty = !strcmp(entry->d_name, ".")
			|| !strcmp(entry->d_name, "..");
	if (dir)
		closedir(dir);
	return empty;
}

/* PATH is a mount point here or there. */
static enum nb_err
check(const struct hidden *h, const char *path)
{
	const struct one *here = mount_of(&h->ours, path);
	const struct one *there = mount_of(&h->systems, path);
	const char *within;

	if (!is_at(path, h->path) || !here || !there
	    || is_same(here, there, path))
		return NB_OK;
	within = path + strlen(h->path) - (h->path[1] == '\0');
	within += *within == '/';
	/* Somebody may have put another directory in its place on purpose. */
	if ((here->memory && !strcmp(here->path, path) && is_empty(path))
	    || (!strcmp(there->path, path) && strcmp(here->path, path) != 0))
		return is_left_out(h, within) || is_other(h, there)
			? NB_OK
			: note(h, within);
	return NB_OK;
}

static enum nb_err
look(struct hidden *h)
{
	const struct one *here = mount_of(&h->ours, "/");
	const struct one *there = mount_of(&h->systems, "/");
	enum nb_err err;

	if (!here || !there || !is_same(here, there, "/"))
		return NB_OK;
	err = check(h, h->path);
	for (size_t i = 0; !err && i < h->ours.count; i++)
		err = check(h, h->ours.at[i].path);
	for (size_t i = 0; !err && i < h->systems.count; i++)
		err = check(h, h->systems.at[i].path);
	return err;
}

static bool
is_readable(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	bool is = fd >= 0;

	nb_fd_close(&fd);
	return is;
}

enum nb_err
nb_tree_note_hidden(const char *object, const char *path,
		    const struct nb_tree_rules *rules,
		    struct nb_manifest_source *record)
{
	char *real = realpath(path, NULL);
	struct hidden h = {
		.object = object, .path = real, .rules = rules, .record = record
	};
	enum nb_err err = NB_OK;

	if (!real || !is_readable(OURS) || !is_readable(SYSTEMS)) {
		free(real);
		return NB_OK;
	}
	err = nb_mounts_in(OURS, add, &h.ours);
	if (!err)
		err = nb_mounts_in(SYSTEMS, add, &h.systems);
	if (!err)
		err = look(&h);
	list_free(&h.ours);
	list_free(&h.systems);
	free(real);
	return err;
}
