/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/dedup.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "base/watchdog.h"

#define PIECE ((size_t)256 * 1024)

struct check {
	struct nightburn *nb;
	enum nb_work work;
	struct nb_sha256 *sha256;
	uint8_t *buf;
	uint64_t done, total;
	enum nb_err stopped;
};

static enum nb_err
begin(struct check *c)
{
	enum nb_err err = nb_sha256_new(&c->sha256);

	c->buf = malloc(PIECE);
	return err || c->buf ? err : nb_fail_memory();
}

static void
end(struct check *c)
{
	nb_sha256_free(c->sha256);
	free(c->buf);
}

static enum nb_err
add_bytes(void *ctx, const void *data, size_t n)
{
	struct check *c = ctx;

	nb_sha256_add(c->sha256, data, n);
	c->done += n;
	c->stopped = nb_job_progress(c->nb, c->work, c->done, c->total);
	return c->stopped;
}

/* Is the open file FD, after reading, still the one that was listed? */
static bool
is_same(int fd, const struct nb_entry *e)
{
	struct nb_entry now = { .type = NB_ENTRY_FILE };
	struct stat st;

	if (fstat(fd, &st))
		return false;
	now.size = (uint64_t)st.st_size;
	now.mtime = st.st_mtim.tv_sec;
	now.mtime_ns = (uint32_t)st.st_mtim.tv_nsec;
	now.ctime = st.st_ctim.tv_sec;
	now.ctime_ns = (uint32_t)st.st_ctim.tv_nsec;
	now.inode = st.st_ino;
	return nb_entry_is_unchanged(&now, e);
}

/* *READ: the file was read unchanged, and the hash is valid. */
static enum nb_err
hash_file(struct check *c, const struct nb_session *s, const struct nb_entry *e,
	  uint8_t sha256[NB_SHA256_SIZE], bool *read)
{
	enum nb_err err = NB_OK;
	ssize_t n;
	int fd;

	nb_calls_enter(s->calls, "file", e->path);
	fd = nb_path_open(s->roots.at[e->root], e->root_path, O_RDONLY, 0);
	n = fd < 0 ? -1 : 1;
	while (!err && n > 0) {
		nb_calls_enter(s->calls, "file", e->path);
		n = nb_fd_read(fd, c->buf, PIECE);
		nb_calls_leave(s->calls);
		if (n > 0)
			err = add_bytes(c, c->buf, (size_t)n);
	}
	nb_sha256_finish(c->sha256, sha256);
	*read = n == 0 && is_same(fd, e);
	nb_calls_leave(s->calls);
	nb_fd_close(&fd);
	return err;
}

enum nb_err
nb_dedup_hash(struct nightburn *nb, const struct nb_session *s,
	      const struct nb_entry *e, uint8_t sha256[NB_SHA256_SIZE],
	      bool *read)
{
	struct check c = { .nb = nb, .work = NB_WORK_COMPARE };
	enum nb_err err = begin(&c);

	c.total = e->size;
	if (!err)
		err = hash_file(&c, s, e, sha256, read);
	end(&c);
	return err;
}

static enum nb_err
log_corrupt(struct nb_dedup_pair *pair)
{
	const struct nb_entry *e = pair->entry;

	pair->dropped = true;
	nb_log(NB_ERROR,
	       "%s %s: %s: content differs from backup %s, but its metadata is "
	       "unchanged\n"
	       "hint: check disk and memory; the earlier content is on this "
	       "disc",
	       pair->source->kind, pair->source->name,
	       e->path + strlen(pair->source->path) + 1, pair->origin);
	return nb_manifest_source_note(pair->source, NB_NOTE_CORRUPT,
				       e->path + strlen(pair->source->path) + 1,
				       e->size);
}

static enum nb_err
check_file(struct check *c, const struct nb_session *s,
	   struct nb_dedup_pair *pair)
{
	uint8_t sha256[NB_SHA256_SIZE];
	const struct nb_entry *e = pair->entry;
	bool read = e->hashed;
	enum nb_err err = NB_OK;

	/* A copy in staging was hashed when it was created. */
	if (e->hashed)
		memcpy(sha256, e->sha256, sizeof sha256);
	else if (!e->root)
		return NB_OK;
	else
		err = hash_file(c, s, e, sha256, &read);
	if (err)
		return err;
	/* A file that cannot be read, or just changed, is reported when it is
	 * burned. */
	if (!read)
		pair->dropped = true;
	else if (memcmp(sha256, pair->base->sha256, sizeof sha256))
		return log_corrupt(pair);
	return NB_OK;
}

enum nb_err
nb_dedup_check_files(struct nightburn *nb, const struct nb_session *s,
		     struct nb_dedup_pairs *pairs)
{
	struct check c = { .nb = nb, .work = NB_WORK_COMPARE };
	enum nb_err err = begin(&c);

	for (size_t i = 0; i < pairs->count; i++)
		if (pairs->at[i].reread)
			c.total += pairs->at[i].entry->size;
	for (size_t i = 0; !err && i < pairs->count; i++)
		if (pairs->at[i].reread && !pairs->at[i].dropped)
			err = check_file(&c, s, &pairs->at[i]);
	end(&c);
	return err;
}

static uint32_t
first_block(const struct nb_dedup_pair *pair)
{
	return pair->node && pair->node->extent_count
		? pair->node->extents[0].lba
		: 0;
}

static int
by_address(const void *a, const void *b)
{
	uint32_t x = first_block(a), y = first_block(b);

	return x < y ? -1 : x > y;
}

static enum nb_err
find_node(const struct nb_nodes *nodes, struct nb_dedup_pair *pair)
{
	char *path;
	enum nb_err err = nb_path_join(pair->origin, pair->entry->path, &path);

	if (err)
		return err;
	pair->node = nb_nodes_find(nodes, path);
	free(path);
	if (pair->node
	    && (pair->node->entry.type != NB_ENTRY_FILE
		|| pair->node->entry.size != pair->entry->size))
		pair->node = NULL;
	return NB_OK;
}

/* Several names of one file are read once. */
static enum nb_err
compare_copy(struct check *c, struct nb_blocks *blocks,
	     const struct nb_dedup_pair *before, struct nb_dedup_pair *pair)
{
	const char *path = pair->entry->path + strlen(pair->source->path) + 1;
	uint8_t sha256[NB_SHA256_SIZE];
	enum nb_err err = pair->node ? NB_OK : NB_ECORRUPT;

	if (before && before->node && pair->node
	    && first_block(before) == first_block(pair)
	    && !memcmp(before->base->sha256, pair->base->sha256,
		       sizeof sha256)) {
		pair->dropped |= before->dropped;
		return NB_OK;
	}
	if (!err)
		err = nb_reader_bytes(blocks, pair->node, add_bytes, c);
	nb_sha256_finish(c->sha256, sha256);
	if (c->stopped || err == NB_ENOMEM)
		return err;
	if (!err && !memcmp(sha256, pair->base->sha256, sizeof sha256))
		return NB_OK;
	pair->dropped = true;
	nb_log(NB_WARNING,
	       "%s %s: the copy of %s in backup %s on this disc "
	       "is damaged; it is written again",
	       pair->source->kind, pair->source->name, path, pair->origin);
	return nb_manifest_source_note(pair->source, NB_NOTE_REREAD, path,
				       pair->entry->size);
}

enum nb_err
nb_dedup_check_copies(struct nightburn *nb, const struct nb_disc_contents *disc,
		      struct nb_dedup_pairs *pairs)
{
	struct check c = { .nb = nb, .work = NB_WORK_READ_DISC };
	enum nb_err err = begin(&c);

	for (size_t i = 0; !err && i < pairs->count; i++) {
		c.total += pairs->at[i].entry->size;
		err = find_node(&disc->nodes, &pairs->at[i]);
	}
	if (!err && pairs->count)
		qsort(pairs->at, pairs->count, sizeof *pairs->at, by_address);
	for (size_t i = 0; !err && i < pairs->count; i++)
		if (!pairs->at[i].dropped)
			err = compare_copy(&c, disc->blocks,
					   i ? &pairs->at[i - 1] : NULL,
					   &pairs->at[i]);
	end(&c);
	return err;
}
