/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a backup in staging. */
#include "store/staging.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/str.h"

/* Up to this number of files one by one; more of them together, by
 * synchronising the file system. */
#define SYNC_ONE_BY_ONE 64

/* A file or directory beneath DIR; for a file its directory as well. */
static enum nb_err
sync_path(int dir, const char *path)
{
	int fd = nb_path_open(dir, path, O_RDONLY, 0);
	enum nb_err err = NB_OK;

	if (fd < 0 || fsync(fd))
		err = nb_fail_errno(NB_EIO, "%s: cannot sync", path);
	nb_fd_close(&fd);
	return err;
}

static enum nb_err
sync_parent(int dir, const char *path)
{
	char *parent, *slash;
	enum nb_err err;

	err = nb_str_dup(path, &parent);
	if (err)
		return err;
	slash = strrchr(parent, '/');
	if (slash) {
		*slash = '\0';
		err = sync_path(dir, parent);
	}
	free(parent);
	return err;
}

/* Only the files of a tree that have bytes are here; everything else is only in
 * the record. */
static bool
stands_here(const struct nb_entry *e)
{
	return e->type == NB_ENTRY_FILE && e->size;
}

enum nb_err
nb_staged_sync(const struct nb_staged *staged)
{
	enum nb_err err = NB_OK;

	if (staged->entries.count > SYNC_ONE_BY_ONE)
		return syncfs(staged->dir)
			? nb_fail_errno(NB_EIO, "%s: cannot sync", staged->path)
			: NB_OK;
	for (size_t i = 0; !err && i < staged->entries.count; i++) {
		const struct nb_entry *e = &staged->entries.at[i];

		if (!stands_here(e))
			continue;
		err = sync_path(staged->dir, e->path);
		if (!err)
			err = sync_parent(staged->dir, e->path);
	}
	return err;
}

enum nb_err
nb_staged_check(const struct nb_staged *staged)
{
	for (size_t i = 0; i < staged->entries.count; i++) {
		const struct nb_entry *e = &staged->entries.at[i];
		struct stat st;
		int fd, bad;

		if (!stands_here(e))
			continue;
		fd = nb_path_open(staged->dir, e->path, O_RDONLY, 0);
		bad = fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)
			|| (uint64_t)st.st_size != e->size;
		nb_fd_close(&fd);
		if (bad)
			return nb_fail(NB_ECORRUPT,
				       "%s/%s: missing or wrong size",
				       staged->path, e->path);
	}
	return NB_OK;
}

/* ---- their bytes ---- */

#define PIECE ((size_t)256 * 1024)

struct reading {
	const struct nb_staged *staged;
	struct nb_sha256 *sha256;
	uint8_t *buf;
	uint64_t done, total;
	enum nb_err (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
};

/* NB_ECORRUPT: it is not what was written. */
static enum nb_err
read_file(struct reading *r, const struct nb_entry *e)
{
	int fd = nb_path_open(r->staged->dir, e->path, O_RDONLY, 0);
	uint8_t sha256[NB_SHA256_SIZE];
	ssize_t n = fd < 0 ? -1 : 1;
	uint64_t size = 0;
	enum nb_err err = NB_OK;

	while (!err && n > 0) {
		n = nb_fd_read(fd, r->buf, PIECE);
		if (n <= 0)
			break;
		nb_sha256_add(r->sha256, r->buf, (size_t)n);
		size += (uint64_t)n;
		if (size > e->size)
			break;
		r->done += (uint64_t)n;
		err = r->progress(r->ctx, r->done, r->total);
	}
	nb_sha256_finish(r->sha256, sha256);
	nb_fd_close(&fd);
	if (!err
	    && (n < 0 || size != e->size
		|| (e->hashed && memcmp(sha256, e->sha256, sizeof sha256))))
		err = NB_ECORRUPT;
	return err;
}

enum nb_err
nb_staged_verify(const struct nb_staged *staged,
		 enum nb_err (*progress)(void *ctx, uint64_t done,
					 uint64_t total),
		 void *ctx, const struct nb_entry **bad)
{
	struct reading r = { .staged = staged,
			     .buf = malloc(PIECE),
			     .total = nb_entries_bytes(&staged->entries),
			     .progress = progress,
			     .ctx = ctx };
	enum nb_err err = r.buf ? nb_sha256_new(&r.sha256) : nb_fail_memory();

	*bad = NULL;
	for (size_t i = 0; !err && i < staged->entries.count; i++) {
		const struct nb_entry *e = &staged->entries.at[i];

		if (stands_here(e))
			err = read_file(&r, e);
		if (err == NB_ECORRUPT)
			*bad = e;
	}
	nb_sha256_free(r.sha256);
	free(r.buf);
	return err;
}

enum nb_err
nb_staged_set_aside(const struct nb_staged *staged)
{
	char *aside = NULL;
	enum nb_err err =
		nb_str_format(&aside, "%s" NB_STAGED_DAMAGED, staged->path);

	if (!err && rename(staged->path, aside))
		err = nb_fail_errno(NB_EIO, "%s: cannot rename", staged->path);
	free(aside);
	return err;
}
