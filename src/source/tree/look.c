/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/tree/look.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "model/record/holding.h"
#include "source/scout.h"
#include "source/tree/mounted.h"

bool
nb_tree_is_gone(int number)
{
	return number == ENOENT || number == ESTALE;
}

int
nb_tree_open_listed(int root, const char *path, bool *gone)
{
	int64_t began = nb_clock_ms();
	struct stat st;
	int fd;

	do
		fd = nb_path_open(root, path, O_RDONLY, 0);
	while (fd < 0 && nb_path_is_leased(began));
	*gone = fd < 0 ? nb_tree_is_gone(errno) || errno == ELOOP
			|| errno == ENOTDIR || errno == ENXIO
		       : !fstat(fd, &st) && !S_ISREG(st.st_mode);
	if (*gone)
		nb_fd_close(&fd);
	return fd;
}

int
nb_tree_open(const struct nb_walk *w, int dir, const char *name,
	     const char *path)
{
	int64_t began = nb_clock_ms();
	int fd;

	do {
		nb_tree_enter(w, path);
		fd = nb_path_open(dir, name, O_RDONLY, 0);
	} while (fd < 0 && nb_path_is_leased(began));
	return fd;
}

/* The server or program behind a file system is. */
static bool
is_dead(int number)
{
	static const int numbers[] = { ENOTCONN,     EHOSTDOWN, EHOSTUNREACH,
				       ECONNABORTED, ESHUTDOWN, ETIMEDOUT };

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (number == numbers[i])
			return true;
	return false;
}

static enum nb_err
in_trouble(struct nb_walk *w, int number, bool gone)
{
	w->trouble = number;
	w->gone = gone;
	w->unreadable = false;
	return NB_ESOURCE;
}

enum nb_err
nb_tree_failed(struct nb_walk *w, const char *what, const char *path)
{
	int number = errno;

	if (nb_tree_is_gone(number) || is_dead(number))
		return in_trouble(w, number, nb_tree_is_gone(number));
	in_trouble(w, number, false);
	w->unreadable = true;
	if (w->rules->skip_unreadable)
		return NB_ESOURCE;
	w->trouble = 0;
	return nb_fail(NB_ESOURCE, "%s: cannot %s %s: %s%s", w->object, what,
		       path, strerror(number),
		       w->rules->fixed ? ""
				       : "\nhint: exclude it, or "
					 "on_unreadable = report");
}

/* Asks no file system, only the kernel. */
static bool
is_mount_point(int dir, const char *name)
{
	const uint64_t wanted = STATX_ATTR_MOUNT_ROOT | STATX_ATTR_AUTOMOUNT;
	struct statx found;

	return !statx(dir, name,
		      AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT
			      | AT_STATX_DONT_SYNC,
		      0, &found)
		&& found.stx_attributes & wanted;
}

static enum nb_err
look_first(struct nb_walk *w, int dir, const char *name, const char *path)
{
	const struct nb_scout scout = {
		.dir = dir,
		.name = name,
		.enter = !w->rules->one_file_system,
		.seconds = (unsigned int)w->rules->io_timeout,
	};
	int number;

	/* It has the same limit, and is no loss. */
	nb_tree_leave(w);
	number = nb_scout_run(&scout);
	nb_tree_enter(w, path);
	if (number == ECANCELED)
		return NB_ECANCELED;
	/* An automounter says so, too, if it cannot mount what is there. */
	return number
		? in_trouble(w, number,
			     number == ENOENT && !is_mount_point(dir, name))
		: NB_OK;
}

enum nb_err
nb_tree_look(struct nb_walk *w, int dir, const char *name, const char *path,
	     struct stat *st)
{
	enum nb_err err = NB_OK;

	if (is_mount_point(dir, name))
		err = look_first(w, dir, name, path);
	if (err || !fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW))
		return err;
	/* Nothing else denies a look at what is in a directory that can be
	 * searched (older kernels do not tell mount points). */
	if (errno == EACCES && !faccessat(dir, ".", X_OK, AT_EACCESS))
		return in_trouble(w, EACCES, false);
	return nb_tree_failed(w, "stat", path);
}

static const char *
reason(int number, int64_t seconds, char buf[64])
{
	if (number != ETIMEDOUT)
		return strerror(number);
	snprintf(buf, 64, "no response for %lld s", (long long)seconds);
	return buf;
}

static enum nb_err
note_mount(struct nb_walk *w, const char *path)
{
	static char what[] = NB_PROPERTY_INNER_MOUNT;
	struct nb_property p = { .what = what };
	enum nb_err err = nb_str_dup(path, &p.value);

	if (!err)
		err = nb_properties_add(&w->record.properties, &p);
	free(p.value);
	return err;
}

enum nb_err
nb_tree_mounted(struct nb_walk *w, int dir, const char *name, const char *path)
{
	bool self;
	enum nb_err err = nb_tree_mount_identity(
		dir, name, path, NB_TREE_BY_UUID, &self, &w->record.identity);

	return err || self ? err : note_mount(w, path);
}

/* The mount point PATH is not in the backup. */
static enum nb_err
leave_out(struct nb_walk *w, const char *path)
{
	char buf[64];
	const char *why = reason(w->trouble, w->rules->io_timeout, buf);
	enum nb_err err;

	if (w->rules->one_file_system) {
		nb_log(NB_NOTE, "%s: %s: mount point, cannot be read: %s",
		       w->object, path, why);
		w->record.excluded++;
		return NB_OK;
	}
	nb_log(NB_ERROR,
	       "%s: %s: mount point, left out: cannot be read: %s\n"
	       "hint: unmount it, or add it to exclude",
	       w->object, path, why);
	err = nb_manifest_source_note(&w->record, NB_NOTE_MOUNT, path, 0);
	return err ? err : note_mount(w, path);
}

enum nb_err
nb_tree_skip(struct nb_walk *w, const char *path)
{
	nb_log(NB_ERROR, "%s: %s: left out: cannot be read: %s", w->object,
	       path, strerror(w->trouble));
	return nb_manifest_source_note(&w->record, NB_NOTE_UNREADABLE, path, 0);
}

bool
nb_tree_is_dead(const struct nb_walk *w, int dir)
{
	struct statfs fs;

	return w->trouble && !w->gone && !w->unreadable && fstatfs(dir, &fs)
		&& is_dead(errno);
}

enum nb_err
nb_tree_excuse(struct nb_walk *w, const char *path, enum nb_err err)
{
	if (!err || !w->trouble)
		return err;
	if (w->gone) {
		nb_log(NB_NOTE, "%s: %s vanished while the tree was listed",
		       w->object, path);
		err = NB_OK;
	} else if (w->unreadable) {
		err = nb_tree_skip(w, path);
	} else if (nb_tree_is_dead(w, w->root)) {
		err = nb_tree_refuse(w, path, err);
	} else {
		err = leave_out(w, path);
	}
	w->trouble = 0;
	return err;
}

enum nb_err
nb_tree_refuse(struct nb_walk *w, const char *path, enum nb_err err)
{
	if (!err || !w->trouble)
		return err;
	return nb_fail(NB_ESOURCE, "%s: cannot read %s: %s", w->object, path,
		       strerror(w->trouble));
}

enum nb_err
nb_tree_answers(const char *kind, const char *name, const char *path,
		int64_t seconds)
{
	const struct nb_scout scout = {
		.dir = AT_FDCWD,
		.name = path,
		.follow = true,
		.enter = true,
		.seconds = (unsigned int)seconds,
	};
	int number = nb_scout_run(&scout);
	char buf[64];

	if (number == ECANCELED)
		return NB_ECANCELED;
	if (number == ETIMEDOUT)
		return nb_fail(NB_ESOURCE, "%s %s: cannot open %s: %s", kind,
			       name, path, reason(number, seconds, buf));
	return NB_OK;
}
