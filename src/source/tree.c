/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "model/config_build.h"
#include "source/remote.h"
#include "source/tree.h"

#define PROGRESS_MS 1000

/*
 * The list of entries is the queue of the walk, too: each directory in it is
 * read when its turn comes.  So depth costs neither stack nor descriptors.
 */
struct walk {
	const struct nb_config_source *source;
	const struct nb_source_context *context;
	struct nb_entries *list;
	const char *kind;         /* "tree", "lvm", ... */
	char *prefix;             /* "<backup-id>/<kind>/<name>" */
	char *object;             /* "tree php" */
	int root;                 /* the open directory */
	unsigned int root_index;  /* its place among the roots */
	dev_t dev;
	bool probe;               /* root may read everything anyway */
	uint64_t bytes;
	int64_t next_progress;
};

static enum nb_err
open_root(const struct nb_config_source *source, int *fd)
{
	*fd = open(source->tree.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return nb_fail_errno(NB_ESOURCE, "tree %s: cannot open %s",
				     source->name, source->tree.path);
	return NB_OK;
}

/* Whether one PATTERN means NAME, which stands at PATH beneath the root. */
static bool
matches(const char *pattern, const char *name, const char *path, bool dir)
{
	size_t n = strlen(pattern);
	char shorter[PATH_MAX];

	if (n > 1 && pattern[n - 1] == '/' && n < sizeof shorter) {
		if (!dir)
			return false;
		memcpy(shorter, pattern, n - 1);
		shorter[n - 1] = '\0';
		pattern = shorter;
	}
	if (!strchr(pattern, '/'))
		return !fnmatch(pattern, name, 0);
	return !fnmatch(pattern + (*pattern == '/'), path, FNM_PATHNAME);
}

static bool
is_excluded(const struct walk *w, const char *name, const char *path, bool dir)
{
	const struct nb_names *patterns = &w->source->tree.exclude;

	for (size_t i = 0; i < patterns->count; i++)
		if (matches(patterns->at[i], name, path, dir))
			return true;
	return false;
}

static enum nb_entry_type
type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR: return NB_ENTRY_DIR;
	case S_IFLNK: return NB_ENTRY_SYMLINK;
	case S_IFIFO: return NB_ENTRY_FIFO;
	case S_IFCHR: return NB_ENTRY_CHAR;
	case S_IFBLK: return NB_ENTRY_BLOCK;
	case S_IFSOCK: return NB_ENTRY_SOCKET;
	default: return NB_ENTRY_FILE;
	}
}

static void
take_attributes(struct nb_entry *e, const struct stat *st)
{
	e->type = type_of(st->st_mode);
	e->mode = st->st_mode & 07777;
	e->uid = st->st_uid;
	e->gid = st->st_gid;
	e->mtime = st->st_mtime;
	if (e->type == NB_ENTRY_CHAR || e->type == NB_ENTRY_BLOCK)
		e->rdev = st->st_rdev;
	if (e->type != NB_ENTRY_DIR && st->st_nlink > 1) {
		e->dev = st->st_dev;
		e->ino = st->st_ino;
	}
	if (e->type == NB_ENTRY_FILE && st->st_size > 0) {
		e->size = (uint64_t)st->st_size;
		e->content = NB_CONTENT_ROOT;
	}
}

/* "DIRECTORY/NAME", or NAME in the root itself. */
static enum nb_err
path_below(const char *directory, const char *name, char **out)
{
	return strcmp(directory, ".") ? nb_path_join(directory, name, out)
		: nb_str_dup(name, out);
}

static enum nb_err
read_link(const struct walk *w, int dir, const char *name, struct nb_entry *e)
{
	char target[PATH_MAX + 1];
	ssize_t n = readlinkat(dir, name, target, sizeof target - 1);

	if (n < 0)
		return nb_fail_errno(NB_ESOURCE, "%s: cannot read the link %s",
				     w->object, e->root_path);
	target[n] = '\0';
	return nb_str_dup(target, &e->target);
}

/* What only needs a look at this one file, now that it is to be listed. */
static enum nb_err
inspect(const struct walk *w, int dir, const char *name, struct nb_entry *e)
{
	if (e->type == NB_ENTRY_SYMLINK)
		return read_link(w, dir, name, e);
	if (w->probe && e->type == NB_ENTRY_FILE
	    && faccessat(dir, name, R_OK, AT_EACCESS))
		return nb_fail_errno(NB_ESOURCE, "%s: cannot read %s",
				     w->object, e->root_path);
	return NB_OK;
}

/* One NAME of the directory DIR, which stands at DIRECTORY. */
static enum nb_err
list_one(struct walk *w, int dir, const char *directory, const char *name)
{
	struct nb_entry e = { .root = w->root_index };
	struct stat st;
	enum nb_err err;

	err = path_below(directory, name, &e.root_path);
	if (err)
		return err;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW)) {
		/* Gone since the directory was read: it never was there. */
		if (errno != ENOENT)
			err = nb_fail_errno(NB_ESOURCE, "%s: cannot look at "
					    "%s", w->object, e.root_path);
		goto out;
	}
	if (is_excluded(w, name, e.root_path, S_ISDIR(st.st_mode)))
		goto out;
	take_attributes(&e, &st);
	err = nb_path_join(w->prefix, e.root_path, &e.path);
	if (!err)
		err = inspect(w, dir, name, &e);
	if (!err) {
		w->bytes += e.size;
		err = nb_entries_add(w->list, &e);
		memset(&e, 0, sizeof e);
	}
out:
	nb_entry_clear(&e);
	return err;
}

static enum nb_err
list_names(struct walk *w, DIR *dir, const char *directory)
{
	struct dirent *d;
	enum nb_err err = NB_OK;

	while (!err) {
		errno = 0;
		d = readdir(dir);
		if (!d)
			break;
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			err = list_one(w, dirfd(dir), directory, d->d_name);
	}
	if (!err && errno)
		err = nb_fail_errno(NB_ESOURCE, "%s: cannot read %s",
				    w->object, directory);
	return err;
}

/* The directory that was found at DIRECTORY; another file system's root is
 * listed and not entered. */
static enum nb_err
list_directory(struct walk *w, const char *directory)
{
	struct stat st;
	DIR *dir = NULL;
	int fd = nb_path_open(w->root, directory, O_RDONLY | O_DIRECTORY, 0);
	enum nb_err err = NB_OK;

	if (fd < 0 || fstat(fd, &st)) {
		err = nb_fail_errno(NB_ESOURCE, "%s: cannot open %s",
				    w->object, directory);
		goto out;
	}
	if (w->source->tree.one_file_system && st.st_dev != w->dev)
		goto out;
	dir = fdopendir(fd);
	if (!dir) {
		err = nb_fail_errno(NB_ESOURCE, "%s: cannot read %s",
				    w->object, directory);
		goto out;
	}
	fd = -1;
	err = list_names(w, dir, directory);
	closedir(dir);
out:
	nb_fd_close(&fd);
	return err;
}

static enum nb_err
tell_progress(struct walk *w)
{
	const struct nb_source_context *context = w->context;
	int64_t now;

	if (!context->progress)
		return NB_OK;
	now = nb_clock_ms();
	if (now < w->next_progress)
		return NB_OK;
	w->next_progress = now + PROGRESS_MS;
	return context->progress(context->ctx, w->object, w->bytes, 0);
}

static enum nb_err
add_root(struct walk *w)
{
	struct nb_entry e = { .root = w->root_index };
	struct stat st;
	enum nb_err err;

	if (fstat(w->root, &st))
		return nb_fail_errno(NB_ESOURCE, "%s: cannot look at the "
				     "directory", w->object);
	w->dev = st.st_dev;
	take_attributes(&e, &st);
	err = nb_str_dup(w->prefix, &e.path);
	if (!err)
		err = nb_str_dup(".", &e.root_path);
	if (!err)
		return nb_entries_add(w->list, &e);
	nb_entry_clear(&e);
	return err;
}

static enum nb_err
walk(struct walk *w)
{
	size_t first = w->list->count;
	enum nb_err err = add_root(w);

	for (size_t i = first; !err && i < w->list->count; i++) {
		if (w->list->at[i].type != NB_ENTRY_DIR)
			continue;
		/* The list moves as it grows, this string does not. */
		err = list_directory(w, w->list->at[i].root_path);
		if (!err)
			err = tell_progress(w);
	}
	return err;
}

static enum nb_err
add_record(const struct walk *w, size_t first, struct nb_manifest_sources *out)
{
	const struct nb_entries mine = { w->list->at + first,
					 w->list->count - first, 0 };
	struct nb_manifest_source record = {
		.bytes = nb_entries_bytes(&mine),
	};
	enum nb_err err = nb_str_dup(w->kind, &record.kind);

	record.stored = record.bytes;
	if (!err)
		err = nb_str_dup(w->source->name, &record.name);
	if (!err)
		err = nb_str_dup(w->prefix, &record.path);
	if (!err)
		err = nb_array_push(out, record);
	if (err)
		nb_manifest_source_clear(&record);
	return err;
}

/* Directories above the tree, and the names made of the source's own. */
static enum nb_err
begin(struct walk *w)
{
	const char *id = w->context->backup_id;
	int64_t date = w->context->date;
	char *above = NULL, *encoded = NULL;
	enum nb_err err = nb_path_encode(w->source->name, &encoded);

	if (!err)
		err = nb_str_format(&w->object, "%s %s", w->kind,
				    w->source->name);
	if (!err)
		err = nb_path_join(id, w->kind, &above);
	if (!err)
		err = nb_path_join(above, encoded, &w->prefix);
	if (!err)
		err = nb_entries_add_dir(w->list, id, date);
	if (!err)
		err = nb_entries_add_dir(w->list, above, date);
	free(above);
	free(encoded);
	return err;
}

enum nb_err
nb_tree_collect(const struct nb_config_source *source,
		const struct nb_source_context *context, int root,
		struct nb_source_output *out)
{
	struct walk w = { .source = source, .context = context,
			  .kind = nb_config_job_blocks[source->kind].name,
			  .list = out->entries, .root = root,
			  .probe = geteuid() != 0 };
	enum nb_err err = nb_array_push(out->roots, root);
	size_t first;

	if (err) {
		nb_fd_close(&root);
		return err;
	}
	w.root_index = (unsigned int)out->roots->count - 1;
	err = begin(&w);
	first = w.list->count;
	if (!err)
		err = walk(&w);
	if (!err)
		err = add_record(&w, first, out->sources);
	free(w.prefix);
	free(w.object);
	return err;
}

static enum nb_err
collect(const struct nb_config_source *source,
	const struct nb_source_context *context, void *held,
	struct nb_source_output *out)
{
	int root = -1;
	enum nb_err err;

	(void)held;
	if (source->remote.host)
		return nb_remote_tree_collect(source, context, out);
	err = open_root(source, &root);
	return err ? err : nb_tree_collect(source, context, root, out);
}

static enum nb_err
preflight(const struct nb_config_source *source)
{
	int fd = -1;
	enum nb_err err = source->remote.host ? nb_remote_tree_check(source)
		: open_root(source, &fd);

	nb_fd_close(&fd);
	return err;
}

static enum nb_err
estimate(const struct nb_config_source *source, uint64_t *bytes)
{
	(void)source;
	*bytes = 0;
	return NB_OK;
}

static bool
is_staged(const struct nb_config_source *source)
{
	return source->remote.host != NULL;
}

const struct nb_source_ops nb_source_tree = {
	.preflight = preflight,
	.estimate = estimate,
	.collect = collect,
	.is_staged = is_staged,
};
