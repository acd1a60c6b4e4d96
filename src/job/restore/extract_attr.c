/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/extract_attr.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "disc/read/readback.h"
#include "model/record/file_flags.h"

static bool
is_acl(const struct nb_xattr *x)
{
	return !strcmp(x->name, NB_XATTR_ACCESS)
		|| !strcmp(x->name, NB_XATTR_DEFAULT);
}

/* The target may not support them, or the user may not be root: an attribute
 * that cannot be set is logged, and the file is restored nevertheless. */
static void
lose(struct nb_extract_attributes *a, const struct nb_entry *e,
     const char *what, const char *name)
{
	if (!a->lost++)
		nb_log(NB_WARNING, "%s: cannot %s the attribute %s: %s",
		       e->path, what, name, strerror(errno));
}

void
nb_extract_log_lost(const struct nb_extract_attributes *a)
{
	if (a->lost > 1)
		nb_log(NB_WARNING, "%llu more attribute%s could not be set",
		       (unsigned long long)a->lost - 1,
		       a->lost == 2 ? "" : "s");
	if (a->lost_flags > 1)
		nb_log(NB_WARNING,
		       "the flags of %llu more file%s could not be set",
		       (unsigned long long)a->lost_flags - 1,
		       a->lost_flags == 2 ? "" : "s");
	if (a->set_ids)
		nb_log(NB_WARNING,
		       "%llu file%s restored without the set-user-ID or "
		       "set-group-ID bit: only root can give %s owner",
		       (unsigned long long)a->set_ids,
		       a->set_ids == 1 ? " is" : "s are",
		       a->set_ids == 1 ? "it its" : "them their");
}

/* The labels of security modules, and what a file system keeps for itself, are
 * not ours to remove. */
static bool
is_extra(const struct nb_entry *e, const char *name)
{
	if (strcmp(name, NB_XATTR_ACCESS) && strcmp(name, NB_XATTR_DEFAULT)
	    && strncmp(name, "user.", 5))
		return false;
	for (size_t i = 0; i < e->xattrs.count; i++)
		if (!strcmp(e->xattrs.at[i].name, name))
			return false;
	return true;
}

/* A new file inherits the default ACL of the directory that it is restored
 * to, and a directory has that ACL itself: others would have access. */
static void
remove_extra(struct nb_extract_attributes *a, const char *path,
	     const struct nb_entry *e)
{
	char names[XATTR_LIST_MAX];
	ssize_t n = listxattr(path, names, sizeof names);

	for (ssize_t i = 0; i < n; i += (ssize_t)strlen(names + i) + 1)
		if (is_extra(e, names + i) && removexattr(path, names + i)
		    && errno != ENODATA)
			lose(a, e, "remove", names + i);
}

static void
set_xattrs(struct nb_extract_attributes *a, int fd, const struct nb_entry *e,
	   bool acls)
{
	for (size_t i = 0; i < e->xattrs.count; i++) {
		const struct nb_xattr *x = &e->xattrs.at[i];

		if (is_acl(x) == acls
		    && fsetxattr(fd, x->name, x->value, x->size, 0))
			lose(a, e, "set", x->name);
	}
}

static void
set_xattrs_at(struct nb_extract_attributes *a, const char *path,
	      const struct nb_entry *e)
{
	for (size_t i = 0; i < e->xattrs.count; i++) {
		const struct nb_xattr *x = &e->xattrs.at[i];

		if (lsetxattr(path, x->name, x->value, x->size, 0))
			lose(a, e, "set", x->name);
	}
}

static void
make_times(const struct nb_entry *e, struct timespec times[2])
{
	times[0] = times[1] = (struct timespec){ .tv_sec = e->mtime,
						 .tv_nsec = (long)e->mtime_ns };
}

/* The mode of E for a file that has ST now: only root can give it its owner,
 * and as somebody else's it must not run with the rights of that user. */
static mode_t
mode_for(struct nb_extract_attributes *a, const struct nb_entry *e,
	 const struct stat *st)
{
	mode_t mode = e->mode;

	if (st->st_uid != e->uid)
		mode &= ~(mode_t)S_ISUID;
	if (st->st_gid != e->gid && e->type != NB_ENTRY_DIR)
		mode &= ~(mode_t)S_ISGID;
	a->set_ids += mode != e->mode;
	return mode;
}

enum nb_err
nb_extract_set(struct nb_extract_attributes *a, int fd,
	       const struct nb_entry *e)
{
	const char *path = e->path;
	char open_file[64];
	struct timespec times[2];
	struct stat st;

	make_times(e, times);
	if (geteuid() == 0 && fchown(fd, e->uid, e->gid))
		return nb_fail_errno(NB_EIO, "%s: cannot set the owner", path);
	snprintf(open_file, sizeof open_file, "/proc/self/fd/%d", fd);
	remove_extra(a, open_file, e);
	set_xattrs(a, fd, e, false);
	if (fstat(fd, &st) || fchmod(fd, mode_for(a, e, &st)))
		return nb_fail_errno(NB_EIO, "%s: cannot set its mode", path);
	set_xattrs(a, fd, e, true);
	if (futimens(fd, times))
		return nb_fail_errno(NB_EIO, "%s: cannot set its timestamps",
				     path);
	return e->flags ? nb_array_push(&a->flagged, e) : NB_OK;
}

static uint32_t
flags_of(int fd)
{
	int flags = 0;

	return ioctl(fd, FS_IOC_GETFLAGS, &flags) ? 0 : (uint32_t)flags;
}

static int
add_flags(int fd, uint32_t flags)
{
	int all = (int)(flags_of(fd) | flags);

	return ioctl(fd, FS_IOC_SETFLAGS, &all);
}

/* Btrfs wants it before there is data. */
void
nb_extract_set_early(int fd, const struct nb_entry *e)
{
	if (e->flags & NB_FILE_NOCOW)
		add_flags(fd, NB_FILE_NOCOW);
}

static void
lose_flags(struct nb_extract_attributes *a, const struct nb_entry *e,
	   uint32_t missing, int error)
{
	char letters[NB_FILE_FLAGS_TEXT];

	if (!missing || a->lost_flags++)
		return;
	nb_file_flags_text(missing, letters);
	nb_log(NB_WARNING, "%s: cannot set the flags %s%s%s", e->path, letters,
	       error ? ": " : "", error ? strerror(error) : "");
}

/* If they cannot be set together, each that can be is. */
static void
set_flags(struct nb_extract_attributes *a, int fd, const struct nb_entry *e)
{
	int error = 0;

	if (add_flags(fd, e->flags)) {
		error = errno;
		for (uint32_t one = 1; one; one <<= 1)
			if (e->flags & one)
				add_flags(fd, one);
	}
	lose_flags(a, e, e->flags & ~flags_of(fd), error);
}

void
nb_extract_set_flags(struct nb_extract_attributes *a,
		     const struct nb_extract *spec)
{
	for (size_t i = 0; i < a->flagged.count; i++) {
		const struct nb_entry *e = a->flagged.at[i];
		int fd = nb_path_open(spec->to, e->path, O_RDONLY, 0);

		if (fd < 0)
			lose_flags(a, e, e->flags, errno);
		else
			set_flags(a, fd, e);
		nb_fd_close(&fd);
	}
}

enum nb_err
nb_extract_set_directories(struct nb_extract_attributes *a,
			   const struct nb_extract *spec)
{
	const struct nb_entries *list = spec->entries;
	enum nb_err err = NB_OK;

	for (size_t i = list->count; !err && i-- > 0;) {
		const struct nb_entry *e = &list->at[i];
		int fd;

		if (e->type != NB_ENTRY_DIR || a->existing[i])
			continue;
		fd = nb_path_open(spec->to, e->path, O_RDONLY | O_DIRECTORY, 0);
		if (fd < 0)
			err = nb_fail_errno(NB_EIO, "%s: cannot open", e->path);
		else if (spec->attributes)
			err = nb_extract_set(a, fd, e);
		nb_fd_close(&fd);
	}
	return err;
}

enum nb_err
nb_extract_set_at(struct nb_extract_attributes *a, int dir, const char *name,
		  const struct nb_entry *e)
{
	const char *path = e->path;
	char in_proc[64 + NAME_MAX];
	struct timespec times[2];
	struct stat st;

	make_times(e, times);
	snprintf(in_proc, sizeof in_proc, "/proc/self/fd/%d/%s", dir, name);
	if (geteuid() == 0
	    && fchownat(dir, name, e->uid, e->gid, AT_SYMLINK_NOFOLLOW))
		return nb_fail_errno(NB_EIO, "%s: cannot set the owner", path);
	if (e->type != NB_ENTRY_SYMLINK)
		remove_extra(a, in_proc, e);
	if (e->type != NB_ENTRY_SYMLINK
	    && (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW)
		|| fchmodat(dir, name, mode_for(a, e, &st), 0)))
		return nb_fail_errno(NB_EIO, "%s: cannot set its mode", path);
	set_xattrs_at(a, in_proc, e);
	if (utimensat(dir, name, times, AT_SYMLINK_NOFOLLOW))
		return nb_fail_errno(NB_EIO, "%s: cannot set its timestamps",
				     path);
	return NB_OK;
}

static bool
is_zero(const uint8_t *data, size_t n)
{
	return !n || (!data[0] && !memcmp(data, data + 1, n - 1));
}

int
nb_extract_write(struct nb_extract_out *out, const uint8_t *data, size_t n)
{
	const struct nb_ranges *holes = out->holes;

	while (n) {
		const struct nb_range *hole =
			out->hole < holes->count ? &holes->at[out->hole] : NULL;
		size_t part = n;
		bool inside = hole && hole->at <= out->at;

		if (hole && hole->at + hole->bytes <= out->at) {
			out->hole++;
			continue;
		}
		if (inside && n > hole->at + hole->bytes - out->at)
			part = (size_t)(hole->at + hole->bytes - out->at);
		else if (!inside && hole && n > hole->at - out->at)
			part = (size_t)(hole->at - out->at);
		if (inside && is_zero(data, part)) {
			if (lseek(out->fd, (off_t)part, SEEK_CUR) < 0)
				return -1;
		} else if (nb_fd_write(out->fd, data, part)) {
			return -1;
		}
		out->at += part;
		data += part;
		n -= part;
	}
	return 0;
}

int
nb_extract_make(int dir, const char *name, const struct nb_entry *e)
{
	switch (e->type) {
	case NB_ENTRY_SYMLINK:
		return symlinkat(e->target, dir, name);
	case NB_ENTRY_FIFO:
		return mkfifoat(dir, name, 0600);
	case NB_ENTRY_SOCKET:
		return mknodat(dir, name, S_IFSOCK | 0600, 0);
	case NB_ENTRY_CHAR:
		return mknodat(dir, name, S_IFCHR | 0600, e->rdev);
	default:
		return mknodat(dir, name, S_IFBLK | 0600, e->rdev);
	}
}

/* The flags of chattr because of which the file cannot be replaced: of the open
 * file or directory FD, which it closes. */
static const char *
lock_of(int fd)
{
	uint32_t flags = fd < 0 ? 0 : flags_of(fd);

	nb_fd_close(&fd);
	return flags & FS_IMMUTABLE_FL ? "i"
		: flags & FS_APPEND_FL ? "a"
				       : NULL;
}

/* Is it because of such a flag? */
static enum nb_err
cannot_replace(const char *what, const struct nb_entry *e, int dir,
	       const char *name)
{
	const char *flag = lock_of(openat(
		dir, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
	const char *of_dir =
		lock_of(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	if (!flag && !of_dir)
		return nb_fail(NB_EIO, "%s: cannot %s: %s", e->path, what,
			       strerror(EPERM));
	return nb_fail(NB_EIO,
		       "%s: cannot %s: %s has the flag %s of chattr\n"
		       "hint: chattr -%s on %s allows it",
		       e->path, what, flag ? "what is there" : "its directory",
		       flag ? flag : of_dir, flag ? flag : of_dir,
		       flag ? "that" : "the directory");
}

enum nb_err
nb_extract_cannot(const char *what, const struct nb_entry *e, int dir,
		  const char *name)
{
	if (errno == EPERM)
		return cannot_replace(what, e, dir, name);
	if (errno == EEXIST)
		return nb_fail(NB_EWRONG,
			       "%s: already exists\nhint: restore into an "
			       "empty directory, or use --force",
			       e->path);
	return nb_fail_errno(NB_EIO, "%s: cannot %s", e->path, what);
}

void
nb_extract_tell_torn(struct nb_extract_result *result, const struct nb_entry *e)
{
	if (!e->lost)
		nb_log(NB_WARNING,
		       "%s: changed while it was read; its content may be "
		       "inconsistent",
		       e->path);
	else if (result->lost++ < NB_BAD_NAMED)
		nb_log(NB_ERROR,
		       "%s: LOST: it could not be read whole when it was "
		       "burned, zeros are in its place",
		       e->path);
	else if (result->lost == NB_BAD_NAMED + 1)
		nb_log(NB_ERROR,
		       "%s: LOST, too; further files are only counted",
		       e->path);
}
