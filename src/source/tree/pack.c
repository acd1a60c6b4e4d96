/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tree as one archive in staging, for millions of small files. */
#include "source/tree/private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "source/tree/look.h"
#include "source/tree/tar.h"

#define PIECE ((size_t)256 * 1024)
/* Files up to this size are read completely before they are archived, and again
 * if they changed meanwhile; larger ones are archived while they are read. */
#define WHOLE ((size_t)16 * 1024 * 1024)
#define TRIES 3

struct pack {
	struct nb_walk *walk;
	struct nb_entries members;
	struct nb_dump_file file;
	struct nb_tar *tar;
	struct nb_sha256 *sha256;
	uint8_t *buf; /* WHOLE bytes */
	bool *gone;   /* for each member: it vanished before it was read */
};

/* Does ST still describe the file that E was when it was listed? */
static bool
is_listed(const struct nb_entry *e, const struct stat *st)
{
	struct nb_entry now = { .type = NB_ENTRY_FILE };

	if (!S_ISREG(st->st_mode))
		return false;
	nb_tree_take_stat(&now, st);
	return now.size == e->size && now.mtime == e->mtime
		&& now.mtime_ns == e->mtime_ns && now.ctime == e->ctime
		&& now.ctime_ns == e->ctime_ns;
}

static enum nb_err
report_torn(struct pack *p, struct nb_entry *e, const char *what)
{
	struct nb_walk *w = p->walk;

	if (w->rules->fail_on_change)
		return nb_fail(NB_ESOURCE,
			       "%s: %s %s\nhint: exclude it, or "
			       "on_change = report",
			       w->object, e->root_path, what);
	if (e->lost)
		nb_log(NB_ERROR,
		       "%s: %s %s; LOST in this backup: zeros are in its place",
		       w->object, e->root_path, what);
	else
		nb_log(NB_WARNING, "%s: %s %s; its content may be inconsistent",
		       w->object, e->root_path, what);
	e->torn = true;
	return nb_manifest_source_note(&w->record, NB_NOTE_CHANGED,
				       e->root_path, e->size);
}

/* E cannot be read, with errno. */
static enum nb_err
skip(struct pack *p, struct nb_entry *e, bool *gone)
{
	enum nb_err err = nb_tree_failed(p->walk, "read", e->root_path);

	if (p->walk->trouble)
		err = nb_tree_skip(p->walk, e->root_path);
	p->walk->trouble = 0;
	*gone = true;
	return err;
}

/* Reads the whole file into the buffer; its size may have changed.  0, or -1
 * with errno. */
static int
read_whole(struct pack *p, int fd, struct nb_entry *e, bool *steady)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) || lseek(fd, 0, SEEK_SET))
		return -1;
	nb_tree_take_stat(e, &st);
	if (e->size > WHOLE)
		e->size = WHOLE;
	nb_tree_enter(p->walk, e->root_path);
	n = nb_fd_read(fd, p->buf, (size_t)e->size);
	nb_tree_leave(p->walk);
	if (n < 0)
		return -1;
	e->size = (uint64_t)n;
	*steady = !fstat(fd, &st) && is_listed(e, &st);
	return 0;
}

static enum nb_err
add_whole(struct pack *p, int fd, struct nb_entry *e, bool *gone)
{
	uint64_t ino = e->ino, dev = e->dev;
	enum nb_err err = NB_OK;
	bool steady = false;
	int failed = 0;

	for (int i = 0; !failed && !steady && i < TRIES; i++)
		failed = read_whole(p, fd, e, &steady);
	if (failed)
		return skip(p, e, gone);
	e->ino = ino;
	e->dev = dev;
	if (!steady)
		err = report_torn(p, e, "changed each time it was read");
	if (!err)
		err = nb_tar_add(p->tar, e, NULL);
	if (!err && e->size)
		err = nb_tar_bytes(p->tar, p->buf, (size_t)e->size);
	nb_sha256_add(p->sha256, p->buf, (size_t)e->size);
	return err;
}

/* N is what a read gave, or -1 with errno. */
static enum nb_err
note_lost(struct pack *p, struct nb_entry *e, ssize_t n)
{
	enum nb_err err = NB_OK;

	if (n < 0)
		err = nb_tree_failed(p->walk, "read", e->root_path);
	if (p->walk->trouble)
		err = NB_OK;
	p->walk->trouble = 0;
	e->lost = true;
	return err;
}

static enum nb_err
add_large(struct pack *p, int fd, struct nb_entry *e)
{
	enum nb_err err = nb_tar_add(p->tar, e, NULL);
	uint64_t left = e->size;
	struct stat st;

	while (!err && left) {
		size_t want = left < PIECE ? (size_t)left : PIECE;
		ssize_t n;

		nb_tree_enter(p->walk, e->root_path);
		n = nb_fd_read(fd, p->buf, want);
		if (n < (ssize_t)want && !e->lost)
			err = note_lost(p, e, n);
		nb_tree_leave(p->walk);
		if (n < 0)
			n = 0;
		memset(p->buf + n, 0, want - (size_t)n);
		if (!err)
			err = nb_tar_bytes(p->tar, p->buf, want);
		nb_sha256_add(p->sha256, p->buf, want);
		left -= want;
	}
	if (!err && (e->lost || fstat(fd, &st) || !is_listed(e, &st)))
		err = report_torn(p, e,
				  e->lost ? "cannot be read to its end"
					  : "changed while it was read");
	return err;
}

static enum nb_err
add_file(struct pack *p, struct nb_entry *e, bool *gone)
{
	enum nb_err err;
	int fd;

	nb_tree_enter(p->walk, e->root_path);
	fd = nb_tree_open_listed(p->walk->root, e->root_path, gone);
	nb_tree_leave(p->walk);
	if (fd < 0 && !*gone)
		return skip(p, e, gone);
	if (*gone) {
		nb_log(NB_NOTE, "%s: %s vanished before it was read",
		       p->walk->object, e->root_path);
		return NB_OK;
	}
	err = e->size <= WHOLE ? add_whole(p, fd, e, gone)
			       : add_large(p, fd, e);
	nb_fd_close(&fd);
	nb_sha256_finish(p->sha256, e->sha256);
	e->hashed = true;
	return err;
}

/* Of several names of a file, the first one has the bytes. */
static enum nb_err
add_member(struct pack *p, size_t i)
{
	struct nb_entry *e = &p->members.at[i];
	struct nb_entry *first =
		e->ino && e->ino - 1 < i ? &p->members.at[e->ino - 1] : NULL;

	/* It is a file of its own then. */
	if (first && p->gone[e->ino - 1]) {
		e->ino = e->dev = 0;
		first = NULL;
	}
	if (first && e->type == NB_ENTRY_FILE) {
		e->size = first->size;
		e->torn = first->torn;
		e->lost = first->lost;
		e->hashed = true;
		memcpy(e->sha256, first->sha256, sizeof e->sha256);
	}
	if (e->type == NB_ENTRY_FILE && !first)
		return add_file(p, e, &p->gone[i]);
	return nb_tar_add(p->tar, e, first);
}

static void
forget_gone(struct pack *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->members.count; i++) {
		if (p->gone[i])
			nb_entry_clear(&p->members.at[i]);
		else
			p->members.at[kept++] = p->members.at[i];
	}
	p->members.count = kept;
}

static enum nb_err
write_archive(struct pack *p)
{
	struct nb_walk *w = p->walk;
	enum nb_err err = nb_tar_new(&p->file, &p->tar);

	p->gone = calloc(p->members.count + 1, sizeof *p->gone);
	if (!err && !p->gone)
		err = nb_fail_memory();
	for (size_t i = 0; !err && i < p->members.count; i++) {
		err = add_member(p, i);
		if (!err)
			err = nb_tree_progress(w, p->file.raw);
	}
	if (!err)
		err = nb_tar_finish(p->tar);
	if (!err)
		forget_gone(p);
	return err ? err : nb_dump_file_finish(&p->file);
}

static enum nb_err
add_entry(struct pack *p, const char *path, struct nb_source_output *out)
{
	struct nb_entry e = {
		.type = NB_ENTRY_FILE,
		.content = NB_CONTENT_ROOT,
		.mode = 0400,
		.mtime = p->walk->context->date,
		.size = p->file.stored,
		.plain = p->file.raw,
		.hashed = true,
	};
	enum nb_err err = nb_str_dup(path, &e.root_path);

	memcpy(e.sha256, p->file.sha256, sizeof e.sha256);
	if (!err)
		err = nb_str_dup(p->file.filters, &e.filters);
	if (!err)
		err = nb_str_dup(path, &e.path);
	if (err)
		nb_entry_clear(&e);
	else
		err = nb_entries_add(out->entries, &e);
	return err;
}

static enum nb_err
add_record(struct pack *p, const char *path, struct nb_source_output *out)
{
	struct nb_manifest_source *record = &p->walk->record;
	enum nb_err err = nb_str_dup(p->walk->source->name, &record->name);

	record->bytes = nb_entries_bytes(&p->members);
	record->stored = p->file.stored;
	record->members = p->members;
	memset(&p->members, 0, sizeof p->members);
	if (!err)
		err = nb_str_dup(NB_FORMAT_ARCHIVE, &record->format);
	if (!err)
		err = nb_str_dup(p->file.filters, &record->compression);
	if (!err)
		err = nb_str_dup(path, &record->path);
	if (!err)
		err = nb_array_push(out->sources, *record);
	if (!err)
		memset(record, 0, sizeof *record);
	return err;
}

/* W lists into members, whose paths begin with the tree's name. */
static enum nb_err
pack(struct pack *p, const char *path, struct nb_source_output *out)
{
	struct nb_walk *w = p->walk;
	enum nb_err err = nb_tree_walk(w);

	if (!err)
		err = nb_entries_sort(&p->members);
	if (!err)
		err = nb_sha256_new(&p->sha256);
	p->buf = malloc(WHOLE);
	if (!err && !p->buf)
		err = nb_fail_memory();
	if (!err)
		err = nb_path_make(w->context->staging, w->record.kind, 0711);
	if (!err)
		err = nb_dump_file_open(
			&p->file,
			&(struct nb_dump_file_spec){ w->context->staging, path,
						     "zstd", -1, NULL });
	if (!err)
		err = write_archive(p);
	if (!err)
		err = add_entry(p, path, out);
	return err ? err : add_record(p, path, out);
}

enum nb_err
nb_tree_pack(struct nb_walk *w, struct nb_source_output *out)
{
	struct pack p = { .walk = w, .file = { .fd = -1 } };
	char *path = NULL;
	enum nb_err err = nb_path_encode(w->source->name, &w->prefix);

	w->list = &p.members;
	w->in_place = true;
	if (!err)
		err = nb_str_format(&path, "%s/%s.tar.zst", w->record.kind,
				    w->prefix);
	if (!err)
		err = nb_str_format(&w->object, "%s %s", w->record.kind,
				    w->source->name);
	if (!err)
		err = pack(&p, path, out);
	nb_tar_free(p.tar);
	nb_dump_file_clear(&p.file);
	nb_sha256_free(p.sha256);
	nb_entries_free(&p.members);
	free(p.buf);
	free(p.gone);
	free(path);
	return err;
}
