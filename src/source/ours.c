/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/ours.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "model/backup_id.h"
#include "model/record/disc_mark.h"
#include "model/record/label.h"

#define STDIO "stdio:"
/* Of a volume descriptor: where the first is, the length of the application
 * identifier and its place (ECMA-119 8.4). */
#define BLOCK 2048
#define DESCRIPTOR (16 * BLOCK)
#define IDENTIFIER "CD001"
#define APPLICATION 574
#define PUBLISHER 318

static const char *const texts[] = {
	[NB_OURS_STATE] = "state_dir",
	[NB_OURS_STAGING] = "staging_dir",
	[NB_OURS_DISC] = "disc",
	[NB_OURS_DISCS] = "disc",
};

/* ---- finding ---- */

static enum nb_err
add(struct nb_ours *ours, enum nb_ours_kind kind, const char *path)
{
	struct stat st;

	/* It does not exist yet, or this user cannot get there. */
	if (stat(path, &st))
		return NB_OK;
	return nb_array_push(
		ours, (struct nb_ours_file){ kind, st.st_dev, st.st_ino });
}

/* The link of the drive may lead to another of these files tomorrow. */
static enum nb_err
add_disc(struct nb_ours *ours, const char *path)
{
	char *real = realpath(path, NULL), *slash;
	enum nb_err err;

	if (!real)
		return NB_OK;
	err = add(ours, NB_OURS_DISC, real);
	slash = strrchr(real, '/');
	slash[slash == real] = '\0';
	if (!err)
		err = add(ours, NB_OURS_DISCS, real);
	free(real);
	return err;
}

enum nb_err
nb_ours_find(const struct nb_config *config, struct nb_ours *out)
{
	enum nb_err err = add(out, NB_OURS_STATE, config->state_dir);

	if (!err)
		err = add(out, NB_OURS_STAGING, config->staging_dir);
	for (size_t i = 0; !err && i < config->drives.count; i++) {
		const char *device = config->drives.at[i].device;

		if (!strncmp(device, STDIO, strlen(STDIO)))
			err = add_disc(out, device + strlen(STDIO));
	}
	return err;
}

/* ---- comparing ---- */

static bool
is_same(const struct nb_ours_view *view, const struct nb_ours_file *file,
	const struct stat *st)
{
	dev_t dev = view->copy_of ? view->copy_of : st->st_dev;

	return file->ino == st->st_ino && file->dev == dev;
}

unsigned int
nb_ours_within(const struct nb_ours_view *view, const struct stat *dir)
{
	unsigned int within = 0;

	for (size_t i = 0; view->ours && i < view->ours->count; i++)
		if (is_same(view, &view->ours->at[i], dir))
			within |= 1U << view->ours->at[i].kind;
	return within;
}

/* Names that store/staging.c and job/restore/staged_dump.c give. */
bool
nb_ours_is_staged(const char *name)
{
	const char *end = nb_backup_id_end(name);

	return (end && (!*end || !strcmp(end, ".partial")))
		|| (!strncmp(name, "restore.", strlen("restore."))
		    && strlen(name) == strlen("restore.XXXXXX"));
}

/* Does the volume DESCRIPTOR have TEXT in that field? */
static bool
has_text(const char *descriptor, size_t field, const char *text)
{
	return !memcmp(descriptor + field, text, strlen(text));
}

/* By what it contains, since the link of a drive names one disc only.  IMAGES:
 * an image without a label, too, which may be in the place of a disc. */
static bool
is_disc(int dir, const char *name, const struct stat *st, bool images)
{
	char head[sizeof NB_BLANK_MARK] = "", descriptor[BLOCK] = "";
	bool is;
	int fd;

	if (!S_ISREG(st->st_mode) || st->st_size < DESCRIPTOR + BLOCK)
		return false;
	fd = openat(dir, name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	is = fd >= 0 && pread(fd, head, sizeof head, 0) == sizeof head
		&& pread(fd, descriptor, BLOCK, DESCRIPTOR) == BLOCK
		&& (has_text(head, 0, NB_BLANK_MARK)
		    || (has_text(descriptor, 1, IDENTIFIER)
			&& has_text(descriptor, APPLICATION, NB_APPLICATION_ID)
			&& (images
			    || !has_text(descriptor, PUBLISHER,
					 NB_IMAGE_MARK))));
	nb_fd_close(&fd);
	return is;
}

/* Is PART a regular file in the directory NAME? */
static bool
has_file(int dir, const char *name, const char *part, struct stat *st)
{
	char path[NAME_MAX + 32];
	int n = snprintf(path, sizeof path, "%s/%s", name, part);

	return n > 0 && (size_t)n < sizeof path
		&& !fstatat(dir, path, st, AT_SYMLINK_NOFOLLOW)
		&& S_ISREG(st->st_mode);
}

/* store/state.c: the id and a line feed, and what comes with it. */
static bool
is_state(int dir, const char *name)
{
	struct stat st;

	return has_file(dir, name, "installation", &st)
		&& st.st_size == NB_ID_HEX + 1
		&& (has_file(dir, name, "catalog.db", &st)
		    || has_file(dir, name, "key", &st)
		    || has_file(dir, name, "lock", &st));
}

/* store/staging.c: being dumped, or complete with its record. */
static bool
is_waiting(int dir, const char *name)
{
	const char *end = nb_backup_id_end(name);
	struct stat st;

	return end
		&& (!strcmp(end, ".partial")
		    || (!*end && has_file(dir, name, "backup.json", &st)));
}

/* Of what the configuration names. */
static const char *
named(const struct nb_ours_view *view, unsigned int within, int dir,
      const char *name, const struct stat *st)
{
	unsigned int kinds = nb_ours_within(view, st);

	if (kinds & 1U << NB_OURS_STATE)
		return texts[NB_OURS_STATE];
	if (kinds & 1U << NB_OURS_DISC)
		return texts[NB_OURS_DISC];
	if (within & 1U << NB_OURS_STAGING && S_ISDIR(st->st_mode)
	    && nb_ours_is_staged(name))
		return texts[NB_OURS_STAGING];
	if (within & 1U << NB_OURS_DISCS && is_disc(dir, name, st, true))
		return texts[NB_OURS_DISCS];
	return NULL;
}

/* Of what any configuration may name.  Discs consist of blocks; most other
 * files do not, and are not even opened. */
static const char *
formed(int dir, const char *name, const struct stat *st)
{
	if (!S_ISDIR(st->st_mode))
		return st->st_size % BLOCK == 0 && is_disc(dir, name, st, false)
			? texts[NB_OURS_DISC]
			: NULL;
	if (is_state(dir, name))
		return texts[NB_OURS_STATE];
	return is_waiting(dir, name) ? texts[NB_OURS_STAGING] : NULL;
}

const char *
nb_ours_what(const struct nb_ours_view *view, unsigned int within, int dir,
	     const char *name, const struct stat *st)
{
	const char *what = named(view, within, dir, name, st);

	return what ? what : formed(dir, name, st);
}

/* ---- looking upwards ---- */

/* Has the directory DIR a name in staging that is nightburn's?  CHILD is what
 * it looks for. */
static bool
is_named(int dir, const struct stat *child)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;
	struct stat st;
	bool is = false;

	if (!names) {
		nb_fd_close(&fd);
		return false;
	}
	while (!is && (d = readdir(names)))
		is = nb_ours_is_staged(d->d_name)
			&& !fstatat(dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW)
			&& st.st_ino == child->st_ino
			&& st.st_dev == child->st_dev;
	closedir(names);
	return is;
}

const char *
nb_ours_above(const struct nb_ours_view *view, int dir)
{
	struct stat st, child = { .st_ino = 0 };
	const char *what = NULL;
	int fd = openat(dir, ".", O_PATH | O_DIRECTORY | O_CLOEXEC), up;

	while (!what && fd >= 0 && !fstat(fd, &st)
	       && (st.st_ino != child.st_ino || st.st_dev != child.st_dev)) {
		unsigned int within = nb_ours_within(view, &st);

		if (within & 1U << NB_OURS_STATE || is_state(fd, "."))
			what = texts[NB_OURS_STATE];
		else if (within & 1U << NB_OURS_STAGING && child.st_ino
			 && is_named(fd, &child))
			what = texts[NB_OURS_STAGING];
		child = st;
		up = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		nb_fd_close(&fd);
		fd = up;
	}
	nb_fd_close(&fd);
	return what;
}

/* ---- by a path ---- */

/* NAME in DIR, or what it is in; *DIR becomes the directory NAME if it is one,
 * else -1. */
static const char *
step(const struct nb_ours_view *view, int *dir, const char *name, bool any)
{
	const char *what = NULL;
	struct stat top, st;
	int next = -1;

	if (!fstat(*dir, &top)
	    && !fstatat(*dir, name, &st, AT_SYMLINK_NOFOLLOW)) {
		what = named(view, nb_ours_within(view, &top), *dir, name, &st);
		if (!what && any)
			what = formed(*dir, name, &st);
		next = openat(*dir, name,
			      O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	nb_fd_close(dir);
	*dir = next;
	return what;
}

const char *
nb_ours_beneath(const struct nb_ours *ours, int root, const char *path,
		bool any)
{
	const struct nb_ours_view view = { .ours = ours };
	char *copy = strdup(path), *rest = copy, *name;
	int dir = openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *what = NULL;

	while (!what && dir >= 0 && (name = strsep(&rest, "/")))
		if (*name)
			what = step(&view, &dir, name, any);
	nb_fd_close(&dir);
	free(copy);
	return what;
}

/* PATH may not exist, but its directory does: without links, beneath "/". */
static char *
resolve(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent = slash ? strndup(path, (size_t)(slash - path) + 1)
			     : strdup("."),
	     *real = parent ? realpath(parent, NULL) : NULL, *all = NULL;

	if (real && asprintf(&all, "%s/%s", real, slash ? slash + 1 : path) < 0)
		all = NULL;
	free(real);
	free(parent);
	return all;
}

const char *
nb_ours_path(const struct nb_ours *ours, const char *path)
{
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char *real = resolve(path);
	const char *what = real && root >= 0
		? nb_ours_beneath(ours, root, real, true)
		: NULL;

	free(real);
	nb_fd_close(&root);
	return what;
}
