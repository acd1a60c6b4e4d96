/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/log.h"
#include "base/str.h"
#include "model/record/backup_path.h"
#include "source/serve/serve.h"
#include "source/tree/look.h"

#define BUFFER ((size_t)256 << 10)
#define BATCH 16 /* entries in one frame */
#define TRIES 5
#define PAUSE_MS 200

struct sending {
	struct nb_serve *serve;
	const struct nb_config_source *source;
	struct nb_manifest manifest; /* head of every frame */
	struct nb_entries entries;
	struct nb_manifest_sources sources;
	struct nb_roots roots;
	struct nb_sha256 *sha256; /* of one file */
	char *buffer;
	size_t *sent;   /* by number of the hard link: index + 1 */
	uint64_t links; /* numbers assigned so far */
};

/* ---- what may be requested ---- */

static bool
is_within(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	while (n && directory[n - 1] == '/')
		n--;
	return !strncmp(path, directory, n) && (path[n] == '/' || !path[n]);
}

/* The path without symbolic links is checked, and is the one that is read. */
enum nb_err
nb_tree_may_serve(const struct nb_serve *serve,
		  struct nb_remote_request *request)
{
	const struct nb_config_source *source = &request->source;
	struct nb_tree_options *tree = source->options;
	char *path = realpath(tree->path, NULL);
	bool found = false;

	if (!path)
		return nb_fail_errno(NB_ESOURCE, "tree %s: cannot open %s",
				     source->name, tree->path);
	for (size_t i = 0; i < serve->allowed_count; i++) {
		char *one = *serve->allowed[i] == '/'
			? realpath(serve->allowed[i], NULL)
			: NULL;

		found = found || (one && is_within(path, one));
		free(one);
	}
	free(tree->path);
	tree->path = path;
	return found ? NB_OK
		     : nb_fail(NB_ESOURCE,
			       "tree %s: reading %s is not allowed\nhint: "
			       "nightburn remote was started with other "
			       "directories",
			       source->name, path);
}

/* ---- frames ---- */

static enum nb_err
send_manifest(struct sending *s, char type, size_t first, size_t count)
{
	const struct nb_entries some = { s->entries.at + first, count, 0 };
	char *text = NULL;
	size_t n;
	enum nb_err err = nb_manifest_render(&s->manifest, &some, &text, &n);

	if (!err && n > ((size_t)4 << 20))
		err = nb_fail(NB_ESOURCE, "tree %s: %s: too many attributes",
			      s->source->name, some.at[0].root_path);
	if (!err)
		err = nb_serve_send(s->serve, type, text, n);
	free(text);
	return err;
}

/* ---- the bytes of a file ---- */

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size
		&& a->st_mtim.tv_sec == b->st_mtim.tv_sec
		&& a->st_mtim.tv_nsec == b->st_mtim.tv_nsec
		&& a->st_ctim.tv_sec == b->st_ctim.tv_sec
		&& a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Only up to the length that it had at the beginning; a log may grow faster
 * than it is read. */
static enum nb_err
send_bytes(struct sending *s, int fd, struct nb_entry *e)
{
	uint64_t left = e->size;
	enum nb_err err = NB_OK;

	while (!err && left) {
		size_t want = left < BUFFER ? (size_t)left : BUFFER;
		ssize_t n = nb_serve_read(s->serve, fd, e->root_path, s->buffer,
					  want);

		if (n < 0)
			return nb_fail_errno(NB_ESOURCE,
					     "tree %s: cannot read %s",
					     s->source->name, e->root_path);
		if (!n)
			break;
		nb_sha256_add(s->sha256, s->buffer, (size_t)n);
		left -= (uint64_t)n;
		err = nb_serve_data(s->serve, s->buffer, (size_t)n);
		if (!err)
			err = nb_serve_check(s->serve);
	}
	e->size -= left;
	nb_sha256_finish(s->sha256, e->sha256);
	e->hashed = true;
	return err;
}

static enum nb_err
send_once(struct sending *s, int fd, struct nb_entry *e, bool *steady)
{
	struct stat before, after;
	const struct nb_entry listed = *e;
	enum nb_err err;

	if (fstat(fd, &before) || lseek(fd, 0, SEEK_SET))
		return nb_fail_errno(NB_ESOURCE, "tree %s: cannot stat %s",
				     s->source->name, e->root_path);
	nb_tree_take_stat(e, &before);
	e->dev = listed.dev;
	e->ino = listed.ino;
	if (!nb_entry_is_unchanged(e, &listed))
		nb_array_free(&e->holes);
	err = send_bytes(s, fd, e);
	if (!err && fstat(fd, &after))
		err = nb_fail_errno(NB_ESOURCE, "tree %s: cannot stat %s",
				    s->source->name, e->root_path);
	*steady = !err && is_same(&before, &after);
	return err;
}

static enum nb_err
report_change(struct sending *s, const struct nb_entry *e)
{
	if (nb_tree_options(s->source)->rules.fail_on_change)
		return nb_fail(NB_ESOURCE,
			       "tree %s: %s changed each time it was "
			       "read\nhint: exclude it, or on_change = "
			       "report",
			       s->source->name, e->root_path);
	nb_log(NB_WARNING,
	       "tree %s: %s changed each time it was read; its content may be "
	       "inconsistent",
	       s->source->name, e->root_path);
	return nb_manifest_source_note(&s->sources.at[0], NB_NOTE_CHANGED,
				       e->root_path, e->size);
}

static enum nb_err
send_steadily(struct sending *s, int fd, struct nb_entry *e)
{
	enum nb_err err = NB_OK;
	bool steady = false;

	for (int i = 0; !err && !steady && i < TRIES; i++) {
		const struct timespec pause = { .tv_nsec = (long)i * PAUSE_MS
							* 1000000 };

		nanosleep(&pause, NULL);
		if (i)
			err = nb_serve_send(s->serve, NB_REMOTE_AGAIN, "", 0);
		if (!err)
			err = send_once(s, fd, e, &steady);
	}
	e->tolerant = false;
	e->torn = !steady;
	return err || steady ? err : report_change(s, e);
}

/* With errno; it was listed, and could be opened then. */
static enum nb_err
cannot_open(struct sending *s, const struct nb_entry *e, bool *gone)
{
	if (!nb_tree_options(s->source)->rules.skip_unreadable)
		return nb_fail_errno(NB_ESOURCE, "tree %s: cannot open %s",
				     s->source->name, e->root_path);
	*gone = true;
	nb_log(NB_ERROR, "tree %s: %s: left out: cannot be read: %s",
	       s->source->name, e->root_path, strerror(errno));
	return nb_manifest_source_note(&s->sources.at[0], NB_NOTE_UNREADABLE,
				       e->root_path, 0);
}

/* GONE: it was deleted since it was listed, and is treated as if it had never
 * existed. */
static enum nb_err
send_content(struct sending *s, struct nb_entry *e, bool *gone)
{
	int fd = nb_tree_open_listed(s->roots.at[e->root], e->root_path, gone);
	enum nb_err err;

	if (*gone)
		return NB_OK;
	if (fd < 0)
		return cannot_open(s, e, gone);
	err = send_steadily(s, fd, e);
	nb_fd_close(&fd);
	return err;
}

/* ---- entries ---- */

/* E is another name of FIRST, which was sent. */
static void
take_first(struct nb_entry *e, const struct nb_entry *first)
{
	e->ino = first->ino;
	e->size = first->size;
	e->mtime = first->mtime;
	e->mtime_ns = first->mtime_ns;
	e->ctime = first->ctime;
	e->ctime_ns = first->ctime_ns;
	e->torn = first->torn;
	e->tolerant = false;
	e->hashed = first->hashed;
	memcpy(e->sha256, first->sha256, sizeof e->sha256);
}

/* Sends entry number I, with its bytes if it has any that were not sent. */
static enum nb_err
send_file(struct sending *s, size_t i)
{
	struct nb_entry *e = &s->entries.at[i];
	uint64_t link = e->ino;
	bool gone = false;
	enum nb_err err = NB_OK;

	if (link && s->sent[link]) {
		take_first(e, &s->entries.at[s->sent[link] - 1]);
		return send_manifest(s, NB_REMOTE_LIST, i, 1);
	}
	if (e->type == NB_ENTRY_FILE && e->size)
		err = send_content(s, e, &gone);
	if (err || gone)
		return err;
	if (link) {
		s->sent[link] = i + 1;
		e->ino = ++s->links;
	}
	return send_manifest(s,
			     e->type == NB_ENTRY_FILE && e->size
				     ? NB_REMOTE_ENTRY
				     : NB_REMOTE_LIST,
			     i, 1);
}

/* Can it be sent together with others? */
static bool
is_plain(const struct nb_entry *e)
{
	return !e->ino && !(e->type == NB_ENTRY_FILE && e->size);
}

static enum nb_err
send_entries(struct sending *s)
{
	size_t i = 0, end, count = s->entries.count;
	enum nb_err err = NB_OK;

	/* The directories above the tree are added by the other end. */
	while (i < count && !s->entries.at[i].root_path)
		i++;
	for (; !err && i < count; i = end) {
		end = i;
		while (end < count && end < i + BATCH
		       && is_plain(&s->entries.at[end]))
			end++;
		if (end > i) {
			err = send_manifest(s, NB_REMOTE_LIST, i, end - i);
		} else {
			err = send_file(s, i);
			end = i + 1;
		}
		if (!err)
			err = nb_serve_check(s->serve);
	}
	return err;
}

static enum nb_err
send_record(struct sending *s)
{
	enum nb_err err;

	s->manifest.sources = s->sources;
	err = send_manifest(s, NB_REMOTE_SOURCE, 0, 0);
	memset(&s->manifest.sources, 0, sizeof s->manifest.sources);
	return err;
}

static enum nb_err
list(struct sending *s, const struct nb_remote_request *request)
{
	const struct nb_config_source *source = &request->source;
	struct nb_tree_options *options = source->options;
	const struct nb_source_context context = {
		.job = "remote",
		.staging = -1,
		.date = request->date,
		.ours = s->serve->ours,
		.calls = s->serve->calls,
		.progress = nb_serve_progress,
		.ctx = s->serve,
	};
	struct nb_source_output out = { &s->entries, &s->sources, &s->roots };
	/* In place of staging. */
	enum nb_err err = nb_array_push(&s->roots, -1);

	snprintf(s->manifest.backup_id, sizeof s->manifest.backup_id, "%s",
		 request->above);
	/* If there is a disc id, entries include the metadata by which changes
	 * are detected. */
	strcpy(s->manifest.disc_id, "remote");
	/* Nothing is copied before it is sent. */
	options->rules.copy_newer = 0;
	if (!err)
		err = nb_source_ops(source)->collect(source, &context, NULL,
						     &out);
	if (!err)
		err = nb_backup_path_put(request->above, &s->entries,
					 &s->sources);
	if (!err)
		err = nb_entries_sort(&s->entries);
	return err;
}

static enum nb_err
send_all(struct sending *s)
{
	enum nb_err err = nb_sha256_new(&s->sha256);

	s->buffer = malloc(BUFFER);
	s->sent = calloc(s->entries.count + 1, sizeof *s->sent);
	if (!err && (!s->buffer || !s->sent))
		err = nb_fail_memory();
	if (!err)
		err = send_entries(s);
	return err ? err : send_record(s);
}

enum nb_err
nb_tree_serve(struct nb_serve *serve, const struct nb_remote_request *request)
{
	struct sending s = { .serve = serve, .source = &request->source };
	enum nb_err err;

	if (!strcmp(request->task, NB_TREE_TASK_CHECK))
		return nb_source_ops(&request->source)
			->preflight(&request->source);
	if (!*request->above)
		return nb_fail(NB_EUSAGE, "remote: not a nightburn request");
	err = list(&s, request);
	if (!err)
		err = send_all(&s);
	nb_entries_free(&s.entries);
	for (size_t i = 0; i < s.sources.count; i++)
		nb_manifest_source_clear(&s.sources.at[i]);
	nb_array_free(&s.sources);
	for (size_t i = 1; i < s.roots.count; i++)
		nb_fd_close(&s.roots.at[i]);
	nb_array_free(&s.roots);
	nb_sha256_free(s.sha256);
	free(s.buffer);
	free(s.sent);
	return err;
}
