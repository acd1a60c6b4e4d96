/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/read/readback.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "model/record/manifest.h"

#define PIECE_BLOCKS 512 /* 1 MiB */
#define SUMS_MAX ((size_t)1 << 30)

/* A file whose bytes are to be hashed. */
struct want {
	const struct nb_node *node;
	const uint8_t *sha256;
	const char *path;
};

struct wants NB_ARRAY(struct want);

struct state {
	const struct nb_readback *spec;
	struct nb_readback_result *result;
	struct nb_nodes nodes;
	struct nb_entries sums; /* when there is no list to expect */
	struct wants wants;
	struct nb_sha256 *sha256;
	struct nb_checksum *checksum;
	uint8_t *buf;
	uint64_t at;    /* next block of the pass */
	uint64_t aside; /* bytes read before it, and in all */
	uint64_t aside_total;
};

static void
bad(struct state *s, const char *path, const char *what)
{
	if (s->result->bad++ < NB_BAD_NAMED)
		nb_log(NB_ERROR, "%s: %s", path, what);
	else if (s->result->bad == NB_BAD_NAMED + 1)
		nb_log(NB_ERROR, "%s: %s, and more that are only counted", path,
		       what);
}

/* Does what stands on the disc look as it must? */
static bool
same_node(const struct nb_entry *want, const struct nb_entry *have)
{
	return want->type == have->type && want->mode == have->mode
		&& want->uid == have->uid && want->gid == have->gid
		&& (want->type != NB_ENTRY_FILE || want->size == have->size)
		&& (want->type != NB_ENTRY_SYMLINK
		    || !strcmp(want->target, have->target));
}

static enum nb_err
want_expected(struct state *s)
{
	const struct nb_entries *list = s->spec->expected;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < list->count; i++) {
		const struct nb_entry *e = &list->at[i];
		const struct nb_node *node = nb_nodes_find(&s->nodes, e->path);
		struct want want = { node, e->sha256, e->path };

		if (!node)
			bad(s, e->path, "missing on the disc");
		else if (!same_node(e, &node->entry))
			bad(s, e->path,
			    "another type, size, mode or owner "
			    "on the disc");
		else if (e->type == NB_ENTRY_FILE && e->hashed)
			err = nb_array_push(&s->wants, want);
	}
	return err;
}

/* Everything that the disc itself lists, and nothing that it does not. */
static enum nb_err
want_listed(struct state *s)
{
	enum nb_err err;
	char *text;
	size_t length;

	err = nb_reader_file(s->spec->blocks, s->spec->start, NB_SUMS_PATH,
			     SUMS_MAX, &text, &length);
	if (err == NB_ENOTFOUND)
		return nb_fail(NB_ECORRUPT, "%s: missing on the disc",
			       NB_SUMS_PATH);
	if (err)
		return err;
	err = nb_sums_load(NB_SUMS_PATH, text, length, &s->sums);
	free(text);
	if (!err)
		err = nb_entries_sort(&s->sums);
	for (size_t i = 0; !err && i < s->sums.count; i++) {
		const struct nb_entry *e = &s->sums.at[i];
		const struct nb_node *node = nb_nodes_find(&s->nodes, e->path);
		struct want want = { node, e->sha256, e->path };

		if (!node || node->entry.type != NB_ENTRY_FILE)
			bad(s, e->path, "missing on the disc");
		else
			err = nb_array_push(&s->wants, want);
	}
	for (size_t i = 0; !err && i < s->nodes.count; i++) {
		const struct nb_entry *e = &s->nodes.at[i].entry;

		if (e->type == NB_ENTRY_FILE && strcmp(e->path, NB_SUMS_PATH)
		    && !nb_entries_find(&s->sums, e->path))
			bad(s, e->path, "not listed in " NB_SUMS_PATH);
	}
	return err;
}

static uint32_t
first_block(const struct nb_node *node)
{
	return node->extent_count ? node->extents[0].lba : 0;
}

static int
by_address(const void *a, const void *b)
{
	const struct want *x = a, *y = b;
	uint32_t at = first_block(x->node), bt = first_block(y->node);

	if (at != bt)
		return at < bt ? -1 : 1;
	return strcmp(x->path, y->path);
}

static enum nb_err
tell(struct state *s)
{
	const struct nb_readback *spec = s->spec;

	return spec->progress
		? spec->progress(spec->ctx,
				 (s->at - spec->first) * NB_BLOCK + s->aside,
				 spec->count * NB_BLOCK + s->aside_total)
		: NB_OK;
}

/* Reads COUNT blocks at the head of the pass into the buffer. */
static enum nb_err
step(struct state *s, uint64_t count)
{
	struct nb_blocks *blocks = s->spec->blocks;
	enum nb_err err = nb_blocks_read(blocks, (uint32_t)s->at,
					 (uint32_t)count, s->buf);

	if (err)
		return err;
	if (s->checksum)
		nb_checksum_add(s->checksum, s->buf, (size_t)count * NB_BLOCK);
	s->at += count;
	return tell(s);
}

/* Up to block TO; without a checksum nobody needs what lies between. */
static enum nb_err
skip_to(struct state *s, uint64_t to)
{
	enum nb_err err = NB_OK;

	if (!s->checksum)
		s->at = to;
	while (!err && s->at < to)
		err = step(s,
			   to - s->at < PIECE_BLOCKS ? to - s->at
						     : PIECE_BLOCKS);
	return err;
}

static enum nb_err
read_extent(struct state *s, const struct nb_extent *x)
{
	uint64_t left = x->bytes;
	enum nb_err err = skip_to(s, x->lba);

	while (!err && left) {
		uint64_t count = (left + NB_BLOCK - 1) / NB_BLOCK;
		size_t n;

		if (count > PIECE_BLOCKS)
			count = PIECE_BLOCKS;
		n = (size_t)count * NB_BLOCK;
		if (n > left)
			n = (size_t)left;
		err = step(s, count);
		if (!err)
			nb_sha256_add(s->sha256, s->buf, n);
		left -= n;
	}
	return err;
}

static enum nb_err
hash_aside(void *ctx, const void *data, size_t n)
{
	struct state *s = ctx;

	nb_sha256_add(s->sha256, data, n);
	s->aside += n;
	return tell(s);
}

/* What an earlier session wrote lies before the pass, and has no part in its
 * checksum.  Two contents that share blocks within it are nothing that we
 * write. */
static enum nb_err
read_node(struct state *s, const struct nb_node *node)
{
	enum nb_err err = NB_OK;

	if (node->extent_count && first_block(node) < s->spec->first)
		return nb_reader_bytes(s->spec->blocks, node, hash_aside, s);
	for (size_t i = 0; !err && i < node->extent_count; i++) {
		if (node->extents[i].bytes && node->extents[i].lba < s->at)
			return NB_ECORRUPT;
		if (node->extents[i].bytes)
			err = read_extent(s, &node->extents[i]);
	}
	return err;
}

/* The pass goes on behind a file that could not be read; its checksum cannot
 * be told any more. */
static void
pass_over(struct state *s, const struct nb_node *node)
{
	if (first_block(node) < s->spec->first)
		return;
	s->at = first_block(node)
		+ (node->entry.size + NB_BLOCK - 1) / NB_BLOCK;
	nb_checksum_free(s->checksum);
	s->checksum = NULL;
}

static enum nb_err
compare_files(struct state *s)
{
	uint8_t digest[NB_SHA256_SIZE];
	const struct nb_node *last = NULL;
	enum nb_err err = NB_OK;

	for (size_t i = 0; i < s->wants.count; i++) {
		const struct want *w = &s->wants.at[i];
		bool again = last && w->node->entry.size
			&& last->entry.size == w->node->entry.size
			&& first_block(last) == first_block(w->node);

		if (!again) {
			err = read_node(s, w->node);
			nb_sha256_finish(s->sha256, digest);
			last = w->node;
		}
		if (err == NB_ECANCELED || err == NB_ENOMEM)
			return err;
		if (err) {
			bad(s, w->path, "cannot be read");
			last = NULL;
			pass_over(s, w->node);
			continue;
		}
		if (memcmp(digest, w->sha256, sizeof digest)) {
			bad(s, w->path, "SHA-256 differs");
			continue;
		}
		s->result->files++;
		s->result->bytes += w->node->entry.size;
	}
	return NB_OK;
}

static enum nb_err
compare_checksum(struct state *s)
{
	uint8_t sum[NB_CHECKSUM_SIZE];
	enum nb_err err;

	if (!s->checksum)
		return NB_OK;
	err = skip_to(s, s->spec->first + s->spec->count);
	if (err)
		return err;
	nb_checksum_finish(s->checksum, sum);
	if (memcmp(sum, s->spec->checksum, sizeof sum))
		return nb_fail(NB_ECORRUPT,
			       "%s: the session differs from "
			       "what was written",
			       s->spec->blocks->name);
	return NB_OK;
}

static enum nb_err
prepare(struct state *s)
{
	enum nb_err err = nb_sha256_new(&s->sha256);

	if (!err && s->spec->checksum)
		err = nb_checksum_new(&s->checksum);
	s->buf = aligned_alloc(4096, (size_t)PIECE_BLOCKS * NB_BLOCK);
	if (!err && !s->buf)
		err = nb_fail_memory();
	if (!err)
		err = nb_reader_tree(s->spec->blocks, s->spec->start,
				     &s->nodes);
	if (!err)
		err = s->spec->expected ? want_expected(s) : want_listed(s);
	for (size_t i = 0; i < s->wants.count; i++)
		if (first_block(s->wants.at[i].node) < s->spec->first)
			s->aside_total += s->wants.at[i].node->entry.size;
	if (!err && s->wants.count)
		qsort(s->wants.at, s->wants.count, sizeof *s->wants.at,
		      by_address);
	return err;
}

enum nb_err
nb_readback_run(const struct nb_readback *spec,
		struct nb_readback_result *result)
{
	struct state s = { .spec = spec, .result = result, .at = spec->first };
	enum nb_err err;

	memset(result, 0, sizeof *result);
	err = prepare(&s);
	if (!err)
		err = compare_files(&s);
	if (!err)
		err = compare_checksum(&s);
	nb_array_free(&s.wants);
	nb_entries_free(&s.sums);
	nb_nodes_free(&s.nodes);
	nb_sha256_free(s.sha256);
	nb_checksum_free(s.checksum);
	free(s.buf);
	return !err && result->bad ? NB_ECORRUPT : err;
}
