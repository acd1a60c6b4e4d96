/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/read/bad_blocks.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"

#define PIECE_BLOCKS 512 /* 1 MiB */

static enum nb_err
add(struct nb_block_runs *runs, uint64_t lba)
{
	struct nb_block_run run = { lba, 1 };
	struct nb_block_run *last =
		runs->count ? &runs->at[runs->count - 1] : NULL;

	if (!last || last->first + last->count != lba)
		return nb_array_push(runs, run);
	last->count++;
	return NB_OK;
}

static enum nb_err
search(struct nb_blocks *blocks, const struct nb_extent *x,
       struct nb_block_runs *runs, enum nb_err (*tick)(void *ctx), void *ctx)
{
	uint64_t at = x->lba, end = at + (x->bytes + NB_BLOCK - 1) / NB_BLOCK;
	uint8_t *buf = malloc((size_t)PIECE_BLOCKS * NB_BLOCK);
	enum nb_err err = buf ? NB_OK : nb_fail_memory();

	while (!err && at < end) {
		uint32_t count = end - at < PIECE_BLOCKS ? (uint32_t)(end - at)
							 : PIECE_BLOCKS;
		uint32_t got = blocks->get(blocks, (uint32_t)at, count, buf);

		at += got;
		if (got < count)
			err = add(runs, at++);
		if (!err && tick)
			err = tick(ctx);
	}
	free(buf);
	return err;
}

static void
log_runs(const struct nb_block_runs *runs, const char *path)
{
	struct nb_str s = NB_STR_INIT;

	for (size_t i = 0; i < runs->count; i++) {
		const struct nb_block_run *run = &runs->at[i];
		unsigned long long first = run->first;

		nb_str_addf(&s, "%s%llu", i ? ", " : "", first);
		if (run->count > 1)
			nb_str_addf(&s, "-%llu", first + run->count - 1);
	}
	if (runs->count && !s.failed)
		nb_log(NB_ERROR, "%s: unreadable blocks: %s", path, s.text);
	nb_str_free(&s);
}

enum nb_err
nb_bad_blocks_find(struct nb_blocks *blocks, const struct nb_node *node,
		   enum nb_err (*tick)(void *ctx), void *ctx)
{
	struct nb_block_runs runs = NB_ARRAY_INIT;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < node->extent_count; i++)
		err = search(blocks, &node->extents[i], &runs, tick, ctx);
	log_runs(&runs, node->entry.path);
	for (size_t i = 0; !err && blocks->bad && i < runs.count; i++)
		err = nb_array_push(blocks->bad, runs.at[i]);
	nb_array_free(&runs);
	return err;
}

static int
by_first(const void *a, const void *b)
{
	const struct nb_block_run *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

void
nb_bad_blocks_tidy(struct nb_block_runs *runs)
{
	size_t n = 0;

	if (!runs->count)
		return;
	qsort(runs->at, runs->count, sizeof *runs->at, by_first);
	for (size_t i = 1; i < runs->count; i++) {
		struct nb_block_run *last = &runs->at[n], *run = &runs->at[i];
		uint64_t end = run->first + run->count;

		if (run->first > last->first + last->count)
			runs->at[++n] = *run;
		else if (end > last->first + last->count)
			last->count = end - last->first;
	}
	runs->count = n + 1;
}
