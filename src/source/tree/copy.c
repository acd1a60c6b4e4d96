/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/tree/private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "model/ignore.h"
#include "source/tree/look.h"

#define TRIES 3
#define PAUSE_MS \
	100 /* before the second attempt; doubled before each further
			one */
#define PIECE ((size_t)256 * 1024)
/* Copies leave half of the free space in staging to the dumps. */
#define ROOM_PART 2

/* One attempt. */
struct copy {
	struct stat before, after;
	uint64_t bytes;
	uint8_t sha256[NB_SHA256_SIZE];
	bool cloned; /* consistent, whatever happens next */
};

static bool
is_wanted(const struct nb_walk *w, const struct nb_entry *e)
{
	const struct nb_tree_rules *rules = w->rules;

	/* Not copied: another name of a file would be a second copy, and the
	 * holes of a sparse file would be filled. */
	if (w->in_place || w->context->staging < 0 || !e->size || e->ino
	    || e->holes.count)
		return false;
	return nb_ignore_match(rules->copy_first.at, rules->copy_first.count,
			       e->root_path, false)
		|| (rules->copy_newer && w->now - e->ctime < rules->copy_newer);
}

static bool
has_room(const struct nb_walk *w, uint64_t bytes)
{
	struct statvfs fs;

	return !fstatvfs(w->context->staging, &fs)
		&& (uint64_t)fs.f_bavail * fs.f_frsize / ROOM_PART > bytes;
}

/* The directory of this source's copies, "copies/<kind>.<name>". */
static enum nb_err
make_directory(struct nb_walk *w)
{
	char *name = NULL;
	enum nb_err err = NB_OK;

	if (w->copies)
		return NB_OK;
	err = nb_path_encode(w->source->name, &name);
	if (!err)
		err = nb_str_format(&w->copies, "copies/%s.%s", w->record.kind,
				    name);
	if (!err)
		err = nb_path_make(w->context->staging, w->copies, 0700);
	free(name);
	return err;
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_ino == b->st_ino
		&& a->st_mtim.tv_sec == b->st_mtim.tv_sec
		&& a->st_mtim.tv_nsec == b->st_mtim.tv_nsec
		&& a->st_ctim.tv_sec == b->st_ctim.tv_sec
		&& a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* As many bytes as the file had when it was opened, or fewer. */
static enum nb_err
copy_bytes(const struct nb_walk *w, const char *path, int from, int to,
	   struct nb_sha256 *sha256, struct copy *copy)
{
	uint8_t *buf = malloc(PIECE);
	uint64_t left = (uint64_t)copy->before.st_size;
	enum nb_err err = buf ? NB_OK : nb_fail_memory();
	ssize_t n = 1;

	while (!err && left && n > 0) {
		nb_tree_enter(w, path);
		n = nb_fd_read(from, buf, left < PIECE ? (size_t)left : PIECE);
		if (n < 0)
			err = nb_fail_errno(NB_ESOURCE, "cannot be read");
		else if (nb_fd_write(to, buf, (size_t)n))
			err = nb_fail_errno(nb_fd_write_error(),
					    "staging: cannot write a copy");
		if (err)
			break;
		nb_sha256_add(sha256, buf, (size_t)n);
		left -= (uint64_t)n;
		copy->bytes += (uint64_t)n;
	}
	free(buf);
	nb_sha256_finish(sha256, copy->sha256);
	return err;
}

/* Copies FROM into TO, which is emptied first. */
static enum nb_err
copy_once(const struct nb_walk *w, const char *path, int from, int to,
	  struct nb_sha256 *sha256, struct copy *copy)
{
	enum nb_err err = NB_OK;

	memset(copy, 0, sizeof *copy);
	if (fstat(from, &copy->before) || lseek(from, 0, SEEK_SET)
	    || ftruncate(to, 0) || lseek(to, 0, SEEK_SET))
		return nb_fail_errno(NB_ESOURCE, "cannot be copied");
	copy->cloned = !ioctl(to, FICLONE, from);
	if (!copy->cloned)
		err = copy_bytes(w, path, from, to, sha256, copy);
	if (err)
		return err;
	if (fstat(copy->cloned ? to : from, &copy->after))
		return nb_fail_errno(NB_ESOURCE, "cannot be copied");
	if (copy->cloned)
		copy->bytes = (uint64_t)copy->after.st_size;
	return NB_OK;
}

static enum nb_err
copy_steadily(const struct nb_walk *w, const char *path, int from, int to,
	      struct copy *copy, bool *steady)
{
	struct nb_sha256 *sha256 = NULL;
	enum nb_err err = nb_sha256_new(&sha256);

	*steady = false;
	for (int i = 0; !err && !*steady && i < TRIES; i++) {
		const struct timespec pause = { .tv_nsec = (long)i * PAUSE_MS
							* 1000000 };

		/* Even no time at all takes a while, for each file. */
		if (i)
			nanosleep(&pause, NULL);
		err = copy_once(w, path, from, to, sha256, copy);
		*steady = copy->cloned || is_same(&copy->before, &copy->after);
	}
	nb_sha256_free(sha256);
	return err;
}

static enum nb_err
report_change(struct nb_walk *w, const struct nb_entry *e)
{
	if (w->rules->fail_on_change)
		return nb_fail(NB_ESOURCE,
			       "%s: %s changed each time it was read\nhint: "
			       "exclude it, or on_change = "
			       "report",
			       w->object, e->root_path);
	nb_log(NB_WARNING,
	       "%s: %s changed each time it was read; its content may be "
	       "inconsistent",
	       w->object, e->root_path);
	return nb_manifest_source_note(&w->record, NB_NOTE_CHANGED,
				       e->root_path, e->size);
}

/* From now on E means the copy at PATH beneath staging, of which it takes
 * ownership. */
static enum nb_err
mean_copy(struct nb_walk *w, const struct copy *copy, bool steady, char *path,
	  struct nb_entry *e)
{
	enum nb_err err = NB_OK;

	nb_tree_take_stat(e, &copy->before);
	e->size = copy->bytes;
	e->content = e->size ? NB_CONTENT_ROOT : NB_CONTENT_NONE;
	e->hashed = !copy->cloned && e->size;
	memcpy(e->sha256, copy->sha256, sizeof e->sha256);
	e->torn = !steady;
	if (!steady)
		err = report_change(w, e);
	e->root = 0;
	free(e->root_path);
	e->root_path = path;
	return err;
}

enum nb_err
nb_tree_copy(struct nb_walk *w, int dir, const char *name,
	     const struct stat *st, struct nb_entry *e)
{
	int from = -1, to = -1;
	struct copy copy;
	char *path = NULL;
	bool steady, gone;
	enum nb_err err;

	if (!is_wanted(w, e) || !has_room(w, (uint64_t)st->st_size))
		return NB_OK;
	err = make_directory(w);
	if (!err)
		err = nb_str_format(&path, "%s/%llu", w->copies,
				    (unsigned long long)++w->copied);
	if (err)
		return err;
	from = nb_tree_open_listed(dir, name, &gone);
	if (gone) {
		errno = ENOENT;
		err = nb_tree_failed(w, "open", e->root_path);
		goto out;
	}
	to = nb_path_open(w->context->staging, path, O_RDWR | O_CREAT, 0600);
	/* A file that cannot be opened is reported when it is burned. */
	if (from >= 0 && to >= 0) {
		err = copy_steadily(w, e->root_path, from, to, &copy, &steady);
		if (err) {
			nb_log(NB_ERROR, "%s: %s: not copied", w->object,
			       e->root_path);
		} else {
			err = mean_copy(w, &copy, steady, path, e);
			path = NULL;
		}
	}
out:
	nb_fd_close(&from);
	nb_fd_close(&to);
	free(path);
	return err;
}
