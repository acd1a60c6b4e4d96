/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/extract_attr.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/os.h"
#include "base/path.h"
#include "base/str.h"
#include "disc/read/bad_blocks.h"
#include "disc/read/readback.h"
#include "job/restore/extract_order.h"
#include "job/restore/stream.h"

/* A name that no backup is likely to contain; the rename removes it. */
#define TEMPORARY ".nightburn-restore.tmp"

struct state {
	const struct nb_extract *spec;
	struct nb_extract_result *result;
	struct nb_sha256 *sha256;
	uint64_t done, total;
	int fd;    /* file being written */
	dev_t dev; /* file system of the target */
	struct nb_extract_out out;
	const char *path; /* of the file that is written */
	struct nb_extract_attributes attributes;
	struct nb_parent parent, first; /* of what is created, and of what it
					   is another name of */
	bool *fed;                      /* for each entry: the archive had it */
	enum nb_err target_err;         /* the target, not the disc, failed */
};

static enum nb_err
report_progress(void *ctx)
{
	struct state *s = ctx;
	if (s->spec->progress)
		s->target_err =
			s->spec->progress(s->spec->ctx, s->done, s->total);
	return s->target_err;
}

static enum nb_err
take_bytes(void *ctx, const void *data, size_t n)
{
	struct state *s = ctx;

	if (n > s->out.size - s->out.at)
		return NB_ECORRUPT;
	nb_sha256_add(s->sha256, data, n);
	if (nb_extract_write(&s->out, data, n))
		return s->target_err =
			       nb_fail_errno(nb_fd_write_error(),
					     "%s: cannot write", s->path);
	s->done += n;
	return report_progress(s);
}

/* All bytes are written: completes a hole at the end, and sets the
 * attributes. */
static enum nb_err
finish_file(struct state *s, const struct nb_entry *e)
{
	if (e->holes.count && ftruncate(s->fd, (off_t)s->out.size))
		return nb_fail_errno(nb_fd_write_error(),
				     "%s: cannot set "
				     "its size",
				     e->path);
	if (e->torn)
		nb_extract_tell_torn(s->result, e);
	return s->spec->attributes ? nb_extract_set(&s->attributes, s->fd, e)
				   : NB_OK;
}

/* Gives the finished temporary file its name. */
static enum nb_err
deliver(const struct state *s, int dir, const char *name,
	const struct nb_entry *e)
{
	if (!(s->spec->overwrite ? renameat(dir, TEMPORARY, dir, name)
				 : nb_os_rename_new(dir, TEMPORARY, dir, name)))
		return NB_OK;
	return nb_extract_cannot("rename", e, dir, name);
}

static void
count_bad(struct state *s, const struct nb_entry *e, const char *what)
{
	if (s->result->bad++ < NB_BAD_NAMED)
		nb_log(NB_ERROR, "%s: %s: not restored", e->path, what);
	else if (s->result->bad == NB_BAD_NAMED + 1)
		nb_log(NB_ERROR,
		       "%s: %s: not restored; further files are only counted",
		       e->path, what);
}

/* Copies bytes from the disc to the temporary file; *GOOD: the hash matches. */
static enum nb_err
copy_file(struct state *s, const struct nb_entry *e, bool *good)
{
	const struct nb_extract_feed *feed = s->spec->feed;
	const struct nb_node *node = feed ? NULL : nb_extract_node(s->spec, e);
	uint8_t sha256[NB_SHA256_SIZE];
	enum nb_err err;

	*good = false;
	s->path = e->path;
	s->out = (struct nb_extract_out){ .fd = s->fd,
					  .holes = &e->holes,
					  .size = nb_restore_size(e) };
	if (!feed
	    && (!node || node->entry.type != NB_ENTRY_FILE
		|| node->entry.size != e->size)) {
		count_bad(s, e, "missing, or of another size");
		return NB_OK;
	}
	err = feed ? feed->bytes(feed->ctx, take_bytes, s)
		   : nb_restore_file(s->spec->blocks, node, e, take_bytes, s);
	nb_sha256_finish(s->sha256, sha256);
	if (s->target_err)
		return s->target_err;
	if (err == NB_ENOMEM)
		return err;
	if (err) {
		count_bad(s, e, "cannot be read");
		return err == NB_EIO && node ? nb_bad_blocks_find(
			       s->spec->blocks, node, report_progress, s)
					     : NB_OK;
	}
	*good = nb_restore_hidden(e) || (!e->hashed && s->spec->salvage)
		|| !memcmp(sha256, e->sha256, sizeof sha256);
	if (!*good)
		count_bad(s, e, "SHA-256 differs");
	return NB_OK;
}

/* A file that replaces another one is synchronised first; the others are
 * synchronised together, at the end, except those on file systems that are
 * mounted beneath the target. */
static enum nb_err
sync_file(const struct state *s, const struct nb_entry *e)
{
	struct stat st;
	bool alone =
		s->spec->overwrite || fstat(s->fd, &st) || st.st_dev != s->dev;

	return alone && fsync(s->fd)
		? nb_fail_errno(NB_EIO, "%s: cannot sync", e->path)
		: NB_OK;
}

static enum nb_err
put_file(struct state *s, const struct nb_entry *e)
{
	const char *name;
	enum nb_err err;
	bool good = false;
	int dir = -1;

	err = nb_parent_open(&s->parent, s->spec->to, e->path, &dir, &name);
	if (err)
		return err;
	unlinkat(dir, TEMPORARY, 0);
	s->fd = openat(dir, TEMPORARY,
		       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		       0600);
	if (s->fd < 0)
		err = nb_extract_cannot("create", e, dir, name);
	else
		nb_extract_set_early(s->fd, e);
	if (!err)
		err = copy_file(s, e, &good);
	if (!err && good)
		err = finish_file(s, e);
	if (!err && good)
		err = sync_file(s, e);
	nb_fd_close(&s->fd);
	if (!err && good)
		err = deliver(s, dir, name, e);
	if (err || !good)
		unlinkat(dir, TEMPORARY, 0);
	if (!err && good) {
		s->result->unproved += !e->hashed;
		s->result->files++;
		s->result->bytes += nb_restore_size(e);
	}
	return err;
}

/* Makes NAME a hard link to the restored file FIRST; *DONE: it succeeded. */
static enum nb_err
put_link(struct state *s, const struct nb_entry *e,
	 const struct nb_entry *first, bool *done)
{
	const char *name, *first_name;
	int dir = -1, first_dir = -1;
	enum nb_err err;

	*done = false;
	err = nb_parent_open(&s->parent, s->spec->to, e->path, &dir, &name);
	if (!err)
		err = nb_parent_open(&s->first, s->spec->to, first->path,
				     &first_dir, &first_name);
	if (!err) {
		if (s->spec->overwrite)
			unlinkat(dir, name, 0);
		*done = !linkat(first_dir, first_name, dir, name, 0);
		s->result->files += *done && e->type == NB_ENTRY_FILE;
	}
	return err;
}

static enum nb_err
put_other(struct state *s, const struct nb_entry *e)
{
	const char *name;
	enum nb_err err;
	int dir = -1;

	err = nb_parent_open(&s->parent, s->spec->to, e->path, &dir, &name);
	if (err)
		return err;
	if (s->spec->overwrite)
		unlinkat(dir, name, 0);
	if (!nb_extract_make(dir, name, e)) {
		if (s->spec->attributes)
			err = nb_extract_set_at(&s->attributes, dir, name, e);
	} else if (errno == EPERM && e->type != NB_ENTRY_SYMLINK) {
		nb_log(NB_WARNING, "%s: a %s, which requires root; skipped",
		       e->path, nb_entry_type_name(e->type));
	} else {
		err = nb_extract_cannot("create", e, dir, name);
	}
	return err;
}

/* Restores the files of the archive in its order; one name of each file. */
static enum nb_err
put_fed(struct state *s)
{
	const struct nb_extract_feed *feed = s->spec->feed;
	const struct nb_entry *e = NULL;
	enum nb_err err = NB_OK;

	while (!err) {
		uint64_t before = s->result->files;

		err = feed->next(feed->ctx, &e);
		if (err || !e)
			break;
		err = put_file(s, e);
		if (s->result->files > before)
			s->fed[e - s->spec->entries->at] = true;
	}
	return err;
}

/* From an archive: what put_fed did not restore is missing. */
static enum nb_err
put_one(struct state *s, const struct nb_entry *e)
{
	if (e->type != NB_ENTRY_FILE)
		return put_other(s, e);
	if (!s->spec->feed)
		return put_file(s, e);
	if (!s->fed[e - s->spec->entries->at])
		count_bad(s, e, "missing in the archive, or damaged");
	return NB_OK;
}

/* Was E restored, so that it can be linked to? */
static bool
is_there(const struct state *s, const struct nb_entry *e, uint64_t before)
{
	if (e->type != NB_ENTRY_FILE)
		return true;
	return s->spec->feed ? s->fed[e - s->spec->entries->at]
			     : s->result->files > before;
}

static enum nb_err
put_files(struct state *s, const struct nb_entry **files, size_t count)
{
	const struct nb_entry *last = NULL;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < count; i++) {
		const struct nb_entry *e = files[i];
		uint64_t before = s->result->files;
		bool linked = false;

		if (last && nb_extract_is_link(e, last))
			err = put_link(s, e, last, &linked);
		if (!err && !linked)
			err = put_one(s, e);
		if (!linked && is_there(s, e, before))
			last = e;
	}
	return err;
}

static enum nb_err
make_directories(struct state *s)
{
	const struct nb_entries *list = s->spec->entries;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < list->count; i++) {
		const struct nb_entry *e = &list->at[i];
		int fd = -1;

		if (e->type != NB_ENTRY_DIR)
			continue;
		if (e->on_the_way)
			fd = nb_path_open(s->spec->to, e->path,
					  O_RDONLY | O_DIRECTORY, 0);
		s->attributes.existing[i] = fd >= 0;
		if (fd < 0)
			err = nb_path_make(s->spec->to, e->path, 0700);
		nb_fd_close(&fd);
	}
	return err;
}

static enum nb_err
put_all(struct state *s, const struct nb_entry **files)
{
	size_t count = 0;
	enum nb_err err = nb_extract_order(s->spec, files, &count);

	if (!err)
		err = make_directories(s);
	if (!err && s->spec->feed)
		err = put_fed(s);
	if (!err)
		err = put_files(s, files, count);
	if (!err)
		err = nb_extract_set_directories(&s->attributes, s->spec);
	if (!err)
		nb_extract_set_flags(&s->attributes, s->spec);
	/* An fsync for each file takes minutes if there are many. */
	if (!err && syncfs(s->spec->to))
		err = nb_fail_errno(nb_fd_write_error(),
				    "cannot sync what was restored");
	return err;
}

enum nb_err
nb_extract_run(const struct nb_extract *spec, struct nb_extract_result *result)
{
	struct state s = {
		.spec = spec,
		.result = result,
		.fd = -1,
		.parent = NB_PARENT_INIT,
		.first = NB_PARENT_INIT,
		.fed = calloc(spec->entries->count + 1, sizeof *s.fed),
		.attributes.existing =
			calloc(spec->entries->count + 1, sizeof(bool)),
		.total = nb_entries_bytes(spec->entries),
	};
	const struct nb_entry **files =
		calloc(spec->entries->count + 1, sizeof *files);
	struct stat st;
	enum nb_err err;

	memset(result, 0, sizeof *result);
	s.dev = fstat(spec->to, &st) ? 0 : st.st_dev;
	err = files && s.fed && s.attributes.existing ? nb_sha256_new(&s.sha256)
						      : nb_fail_memory();
	if (!err)
		err = put_all(&s, files);
	nb_extract_log_lost(&s.attributes);
	nb_array_free(&s.attributes.flagged);
	free(s.attributes.existing);
	nb_parent_close(&s.parent);
	nb_parent_close(&s.first);
	nb_sha256_free(s.sha256);
	free(files);
	free(s.fed);
	return !err && result->bad ? NB_ECORRUPT : err;
}
