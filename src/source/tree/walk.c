/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/tree/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "model/ignore.h"
#include "source/tree/links.h"
#include "source/tree/look.h"
#include "source/tree/mounted.h"

#define PROGRESS_MS 1000

/* "DIRECTORY/NAME", or NAME in the root itself. */
static enum nb_err
path_below(const char *directory, const char *name, char **out)
{
	return strcmp(directory, ".") ? nb_path_join(directory, name, out)
				      : nb_str_dup(name, out);
}

static enum nb_err
leave_out(struct nb_walk *w, const struct nb_entry *e)
{
	char size[16];

	nb_log(NB_NOTE, "%s: %s: %s, skipped (max_file_size)", w->object,
	       e->root_path, nb_str_size(e->size, size));
	return nb_manifest_source_note(&w->record, NB_NOTE_TOO_LARGE,
				       e->root_path, e->size);
}

/* The file E belongs to nightburn itself: WHAT. */
static enum nb_err
leave_out_ours(struct nb_walk *w, const struct nb_entry *e, const char *what)
{
	nb_log(NB_NOTE, "%s: %s: nightburn's own %s, left out", w->object,
	       e->root_path, what);
	return nb_manifest_source_note(&w->record, NB_NOTE_OURS, e->root_path,
				       0);
}

static enum nb_err
add_one(struct nb_walk *w, int dir, const char *name, const struct stat *st,
	struct nb_entry *e)
{
	enum nb_err err = NB_OK;

	if (!e->path)
		err = nb_path_join(w->prefix, e->root_path, &e->path);
	if (!err)
		err = nb_tree_inspect(w, dir, name, st, e);
	if (!err && e->type == NB_ENTRY_FILE)
		err = nb_tree_copy(w, dir, name, st, e);
	if (err)
		return err;
	w->bytes += e->size;
	err = nb_entries_add(w->list, e);
	memset(e, 0, sizeof *e);
	return err;
}

/* A directory that is being listed. */
struct listed {
	DIR *dir;
	const char *path;
	unsigned int ours; /* what of nightburn may be in it (source/ours.h) */
	dev_t dev;
};

static bool
matches(const struct nb_walk *w, const char *path, bool dir)
{
	return nb_ignore_match(w->rules->exclude.at, w->rules->exclude.count,
			       path, dir);
}

/*
 * What is excluded is never looked at: its type is that of the directory that
 * names it, TYPE.  If that says none, only what is excluded whatever it is.
 */
static bool
is_excluded(const struct nb_walk *w, const char *path, unsigned char type)
{
	if (type != DT_UNKNOWN)
		return matches(w, path, type == DT_DIR);
	return matches(w, path, true) && matches(w, path, false);
}

/* E is NAME in the directory D, which was looked at. */
static enum nb_err
list_seen(struct nb_walk *w, const struct listed *d, const char *name,
	  const struct stat *st, struct nb_entry *e)
{
	const struct nb_tree_rules *rules = w->rules;
	const char *what;
	int dir = dirfd(d->dir);

	if (matches(w, e->root_path, S_ISDIR(st->st_mode))) {
		w->record.excluded++;
		return NB_OK;
	}
	what = nb_ours_what(&w->view, d->ours, dir, name, st);
	if (what)
		return leave_out_ours(w, e, what);
	if ((S_ISDIR(st->st_mode) || S_ISREG(st->st_mode))
	    && !rules->one_file_system
	    && nb_tree_is_mount(dir, name, st, d->dev)) {
		enum nb_err err = nb_tree_mounted(w, dir, name, e->root_path);

		if (err)
			return err;
	}
	nb_tree_take_stat(e, st);
	e->tolerant = e->tolerant && e->content == NB_CONTENT_ROOT;
	if (rules->max_file_size && e->size > rules->max_file_size)
		return leave_out(w, e);
	return add_one(w, dir, name, st, e);
}

/* One NAME of the directory D. */
static enum nb_err
list_one(struct nb_walk *w, const struct listed *d, const struct dirent *name)
{
	struct nb_entry e = { .root = w->root_index,
			      .tolerant = !w->rules->fail_on_change };
	struct stat st;
	enum nb_err err = path_below(d->path, name->d_name, &e.root_path);

	if (err)
		return err;
	nb_tree_enter(w, e.root_path);
	if (is_excluded(w, e.root_path, name->d_type)) {
		w->record.excluded++;
	} else {
		err = nb_tree_look(w, dirfd(d->dir), name->d_name, e.root_path,
				   &st);
		if (!err)
			err = list_seen(w, d, name->d_name, &st, &e);
		if (!nb_tree_is_dead(w, dirfd(d->dir)))
			err = nb_tree_excuse(w, e.root_path, err);
	}
	nb_entry_clear(&e);
	return err;
}

static enum nb_err
list_names(struct nb_walk *w, const struct listed *d)
{
	const struct dirent *next;
	enum nb_err err = NB_OK;

	while (!err) {
		errno = 0;
		next = readdir(d->dir);
		if (!next)
			break;
		if (strcmp(next->d_name, ".") && strcmp(next->d_name, ".."))
			err = list_one(w, d, next);
	}
	return !err && errno ? nb_tree_failed(w, "read", d->path) : err;
}

/* The root of another file system is not entered; a subvolume has a number of
 * its own, but is not mounted. */
static enum nb_err
enter(struct nb_walk *w, const char *directory)
{
	struct listed d = { .path = directory };
	struct stat st;
	int fd = nb_path_open(w->root, directory, O_RDONLY | O_DIRECTORY, 0);
	enum nb_err err = NB_OK;

	if (fd < 0 || fstat(fd, &st)) {
		/* It is no directory any more. */
		if (errno == ENOTDIR || errno == ELOOP)
			errno = ENOENT;
		err = nb_tree_failed(w, "open", directory);
		goto out;
	}
	if (w->rules->one_file_system && st.st_dev != w->dev
	    && nb_tree_is_mount(fd, ".", &st, w->dev)) {
		nb_log(NB_NOTE,
		       "%s: %s: another file system, left out "
		       "(one_file_system)",
		       w->object, directory);
		goto out;
	}
	d.ours = nb_ours_within(&w->view, &st);
	d.dev = st.st_dev;
	d.dir = fdopendir(fd);
	if (!d.dir) {
		err = nb_tree_failed(w, "read", directory);
		goto out;
	}
	fd = -1;
	err = list_names(w, &d);
	closedir(d.dir);
out:
	nb_fd_close(&fd);
	return err;
}

/* Of the top, nothing is excused: it must be there until it was read. */
static enum nb_err
list_directory(struct nb_walk *w, const char *directory)
{
	struct stat st;
	enum nb_err err;

	nb_tree_enter(w, directory);
	err = enter(w, directory);
	if (strcmp(directory, "."))
		return nb_tree_excuse(w, directory, err);
	if (!err && (fstat(w->root, &st) || !st.st_nlink)) {
		errno = ENOENT;
		err = nb_tree_failed(w, "read", directory);
	}
	return nb_tree_refuse(w, "the directory", err);
}

enum nb_err
nb_tree_progress(struct nb_walk *w, uint64_t bytes)
{
	const struct nb_source_context *context = w->context;
	int64_t now;

	if (!context->progress)
		return NB_OK;
	now = nb_clock_ms();
	if (now < w->next_progress)
		return NB_OK;
	w->next_progress = now + PROGRESS_MS;
	return context->progress(context->ctx, w->object, bytes, 0);
}

static enum nb_err
refuse_ours(const struct nb_walk *w, const char *what)
{
	return nb_fail(NB_ESOURCE,
		       "%s: it belongs to nightburn's own %s and is never "
		       "burned\nhint: name another path%s",
		       w->object, what,
		       strcmp(what, "state_dir")
			       ? ""
			       : "; to keep a copy of the key elsewhere, run "
				 "nightburn key export");
}

static enum nb_err
add_root(struct nb_walk *w)
{
	struct nb_entry e = { .root = w->root_index };
	struct stat st;
	enum nb_err err;

	if (fstat(w->root, &st))
		return nb_fail_errno(
			NB_ESOURCE, "%s: cannot stat the directory", w->object);
	w->dev = st.st_dev;
	nb_tree_take_stat(&e, &st);
	err = nb_str_dup(w->prefix, &e.path);
	if (!err)
		err = nb_str_dup(".", &e.root_path);
	if (!err)
		err = nb_tree_inspect(w, w->root, ".", &st, &e);
	if (!err)
		return nb_entries_add(w->list, &e);
	nb_entry_clear(&e);
	return nb_tree_refuse(w, "the directory", err);
}

/* The file NAME alone, in place of the tree. */
static enum nb_err
add_only(struct nb_walk *w, const char *name)
{
	struct nb_entry e = { .root = w->root_index };
	struct stat st, top;
	const char *what;
	enum nb_err err;

	if (fstatat(w->root, name, &st, AT_SYMLINK_NOFOLLOW)
	    || fstat(w->root, &top))
		return nb_fail_errno(NB_ESOURCE, "%s: cannot stat %s",
				     w->object, name);
	what = nb_ours_what(&w->view, nb_ours_within(&w->view, &top), w->root,
			    name, &st);
	if (what)
		return refuse_ours(w, what);
	nb_tree_take_stat(&e, &st);
	e.tolerant = e.content == NB_CONTENT_ROOT;
	err = nb_str_dup(name, &e.root_path);
	if (!err)
		err = nb_str_dup(w->prefix, &e.path);
	if (!err)
		err = add_one(w, w->root, name, &st, &e);
	nb_entry_clear(&e);
	return nb_tree_refuse(w, name, err);
}

/*
 * The list of entries is also the queue of the walk: each directory in it is
 * read when it is reached.  So depth needs neither stack nor descriptors.
 */
enum nb_err
nb_tree_walk(struct nb_walk *w)
{
	size_t first = w->list->count;
	const char *what;
	enum nb_err err;

	nb_calls_limit(w->context->calls, w->rules->io_timeout);
	nb_tree_enter(w, ".");
	what = nb_ours_above(&w->view, w->root);
	if (what) {
		nb_tree_leave(w);
		return refuse_ours(w, what);
	}
	err = w->rules->only ? add_only(w, w->rules->only) : add_root(w);

	for (size_t i = first; !err && i < w->list->count; i++) {
		if (w->list->at[i].type != NB_ENTRY_DIR)
			continue;
		/* The list moves when it grows, but this string does not. */
		err = list_directory(w, w->list->at[i].root_path);
		nb_tree_leave(w);
		if (!err)
			err = nb_tree_progress(w, w->bytes);
	}
	nb_tree_leave(w);
	return err ? err : nb_tree_check_links(w, first);
}
