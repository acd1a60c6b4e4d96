/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/read/readback.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "disc/read/bad_blocks.h"
#include "model/record/own_files.h"

#define PIECE_BLOCKS 512 /* 1 MiB */

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
	const struct nb_nodes *nodes;
	struct nb_nodes own; /* if it had to be read separately */
	struct wants wants;
	struct nb_sha256 *sha256;
	struct nb_span whole; /* if the checksum of everything is known */
	struct nb_span_pass spans;
	const struct nb_node *node; /* whose bytes are being read */
	uint8_t *buf;
	uint64_t at;    /* next block of the pass */
	uint64_t aside; /* bytes read before it, and in all */
	uint64_t aside_total;
};

/* SHA256: of what was read; or NULL. */
static void
bad(struct state *s, const char *path, const char *what, const uint8_t *sha256)
{
	if (s->spec->bad)
		s->spec->bad(s->spec->ctx, path, sha256);
	if (s->result->bad++ < NB_BAD_NAMED)
		nb_log(NB_ERROR, "%s: %s", path, what);
	else if (s->result->bad == NB_BAD_NAMED + 1)
		nb_log(NB_ERROR, "%s: %s; further files are only counted", path,
		       what);
}

static enum nb_err
want_expected(struct state *s)
{
	const struct nb_entries *list = s->spec->expected;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < list->count; i++) {
		const struct nb_entry *e = &list->at[i];
		const struct nb_node *node = nb_nodes_find(s->nodes, e->path);
		struct want want = { node, e->sha256, e->path };

		if (e->off_disc)
			continue;
		if (!node)
			bad(s, e->path, "missing on the disc", NULL);
		else if (!nb_entry_is_same(e, &node->entry))
			bad(s, e->path,
			    "type, size, mode or owner differs on the disc",
			    NULL);
		else if (e->type == NB_ENTRY_FILE && e->hashed)
			err = nb_array_push(&s->wants, want);
	}
	return err;
}

/* Checks that the disc has exactly the files that it lists. */
static enum nb_err
want_listed(struct state *s)
{
	const struct nb_sums *sums = s->spec->sums;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < sums->count; i++) {
		const struct nb_sum *sum = &sums->at[i];
		const struct nb_node *node = nb_nodes_find(s->nodes, sum->path);
		struct want want = { node, sum->sha256, sum->path };

		if (!node || node->entry.type != NB_ENTRY_FILE)
			bad(s, sum->path, "missing on the disc", NULL);
		else
			err = nb_array_push(&s->wants, want);
	}
	for (size_t i = 0; !err && i < s->nodes->count; i++) {
		const struct nb_entry *e = &s->nodes->at[i].entry;

		if (e->type == NB_ENTRY_FILE && strcmp(e->path, NB_SUMS_PATH)
		    && strcmp(e->path, NB_SUMS_COPY)
		    && !nb_sums_find(sums, e->path))
			bad(s, e->path, "not listed in " NB_SUMS_PATH, NULL);
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
report_progress(void *ctx)
{
	struct state *s = ctx;
	const struct nb_readback *spec = s->spec;

	return spec->progress
		? spec->progress(spec->ctx,
				 (s->at - spec->first) * NB_BLOCK + s->aside,
				 spec->count * NB_BLOCK + s->aside_total)
		: NB_OK;
}

/* COUNT blocks at the head of the pass are in the buffer. */
static enum nb_err
advance(struct state *s, uint64_t count)
{
	nb_span_add(&s->spans, s->at, (uint32_t)count, s->buf);
	s->at += count;
	return report_progress(s);
}

/* Reads COUNT blocks at the head of the pass into the buffer. */
static enum nb_err
step(struct state *s, uint64_t count)
{
	enum nb_err err = nb_blocks_read(s->spec->blocks, (uint32_t)s->at,
					 (uint32_t)count, s->buf);

	return err ? err : advance(s, count);
}

/* The same for blocks that belong to no file: with a known checksum they must
 * be readable; otherwise unreadable ones are skipped. */
static enum nb_err
step_between(struct state *s, uint64_t count)
{
	struct nb_blocks *blocks = s->spec->blocks;
	uint32_t got;

	if (s->spec->checksum)
		return step(s, count);
	got = blocks->get(blocks, (uint32_t)s->at, (uint32_t)count, s->buf);
	if (got == count)
		return advance(s, count);
	s->at += count;
	return report_progress(s);
}

/* Up to block TO; blocks that no checksum needs are not read. */
static enum nb_err
skip_to(struct state *s, uint64_t to)
{
	enum nb_err err = NB_OK;
	uint64_t from, end;

	while (!err && s->at < to
	       && nb_span_wants(&s->spans, s->at, &from, &end) && from < to) {
		s->at = from;
		end = end < to ? end : to;
		err = step_between(s,
				   end - from < PIECE_BLOCKS ? end - from
							     : PIECE_BLOCKS);
	}
	if (!err && s->at < to)
		s->at = to;
	return err;
}

static enum nb_err
take(struct state *s, const void *data, size_t n)
{
	nb_sha256_add(s->sha256, data, n);
	return s->spec->see ? s->spec->see(s->spec->ctx, s->node, data, n)
			    : NB_OK;
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
			err = take(s, s->buf, n);
		left -= n;
	}
	return err;
}

static enum nb_err
hash_aside(void *ctx, const void *data, size_t n)
{
	struct state *s = ctx;
	enum nb_err err = take(s, data, n);

	s->aside += n;
	return err ? err : report_progress(s);
}

/* Blocks that an earlier session wrote lie before the pass and are not part of
 * its checksum.  We never write two contents that share blocks. */
static enum nb_err
read_node(struct state *s, const struct nb_node *node)
{
	enum nb_err err = NB_OK;

	s->node = node;
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

/* The pass continues after a file that could not be read, but the checksum of
 * the part with that file is unknown. */
static void
pass_over(struct state *s, const struct nb_node *node)
{
	if (first_block(node) < s->spec->first)
		return;
	s->at = first_block(node)
		+ (node->entry.size + NB_BLOCK - 1) / NB_BLOCK;
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
			bad(s, w->path, "cannot be read", NULL);
			if (err == NB_EIO)
				err = nb_bad_blocks_find(s->spec->blocks,
							 w->node,
							 report_progress, s);
			if (err == NB_ECANCELED || err == NB_ENOMEM)
				return err;
			last = NULL;
			pass_over(s, w->node);
			continue;
		}
		if (memcmp(digest, w->sha256, sizeof digest)) {
			bad(s, w->path, "SHA-256 differs", digest);
			continue;
		}
		if (nb_own_path(w->path))
			continue;
		s->result->files++;
		s->result->bytes += w->node->entry.size;
	}
	return NB_OK;
}

/* Blocks after the last file count, too. */
static enum nb_err
compare_checksum(struct state *s)
{
	enum nb_err err = skip_to(s, UINT64_MAX);

	if (err || !s->spec->checksum)
		return err;
	/* Unless a file could not be read. */
	if (!s->whole.known && s->result->bad)
		return NB_OK;
	if (!s->whole.known
	    || memcmp(s->whole.checksum, s->spec->checksum, NB_CHECKSUM_SIZE))
		return nb_fail(NB_ECORRUPT,
			       "%s: the session differs from "
			       "what was written",
			       s->spec->blocks->name);
	return NB_OK;
}

/* One span, which is the whole pass, or those that the caller wants. */
static enum nb_err
begin_spans(struct state *s)
{
	const struct nb_readback *spec = s->spec;

	s->whole.start = spec->first;
	s->whole.blocks = spec->count;
	return spec->checksum
		? nb_span_begin(&s->spans, &s->whole, 1)
		: nb_span_begin(&s->spans, spec->spans, spec->span_count);
}

static enum nb_err
prepare(struct state *s)
{
	enum nb_err err = nb_sha256_new(&s->sha256);

	if (!err)
		err = begin_spans(s);
	s->buf = aligned_alloc(4096, (size_t)PIECE_BLOCKS * NB_BLOCK);
	if (!err && !s->buf)
		err = nb_fail_memory();
	s->nodes = s->spec->nodes ? s->spec->nodes : &s->own;
	if (!err && !s->spec->nodes)
		err = nb_reader_tree(s->spec->blocks, s->spec->start, &s->own);
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
	nb_nodes_free(&s.own);
	nb_sha256_free(s.sha256);
	nb_span_end(&s.spans);
	free(s.buf);
	return !err && result->bad ? NB_ECORRUPT : err;
}
