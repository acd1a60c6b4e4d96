/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/blocks_iso.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "disc/library.h"

#define GROUP 32          /* blocks that are fetched together: 64 KiB */
#define GROUPS 32         /* groups that are kept: 2 MiB */

struct cache {
	struct nb_blocks *blocks;
	struct {
		bool filled;
		uint32_t group;
		uint32_t count;   /* blocks in it: less at the end */
	} slots[GROUPS];
	uint8_t *data;
};

static int
open_source(IsoDataSource *src)
{
	(void)src;
	return 1;
}

/* Fetches GROUP; fewer blocks at the end, none where that fails. */
static void
fetch(struct cache *cache, uint32_t group)
{
	size_t at = group % GROUPS;
	uint64_t first = (uint64_t)group * GROUP;
	uint32_t count = GROUP;

	cache->slots[at].filled = false;
	if (first + count > cache->blocks->count)
		count = first < cache->blocks->count
			? (uint32_t)(cache->blocks->count - first) : 0;
	if (!count || cache->blocks->read(cache->blocks, (uint32_t)first,
					  count, cache->data
					  + at * GROUP * NB_BLOCK))
		return;
	cache->slots[at].filled = true;
	cache->slots[at].group = group;
	cache->slots[at].count = count;
}

static int
read_source(IsoDataSource *src, uint32_t lba, uint8_t *buffer)
{
	struct cache *cache = src->data;
	uint32_t group = lba / GROUP, within = lba % GROUP;
	size_t at = group % GROUPS;

	if (!cache->slots[at].filled || cache->slots[at].group != group)
		fetch(cache, group);
	if (cache->slots[at].filled && within < cache->slots[at].count) {
		memcpy(buffer, cache->data + (at * GROUP + within) * NB_BLOCK,
		       NB_BLOCK);
		return 1;
	}
	/* A neighbour may be what cannot be read. */
	if (cache->blocks->read(cache->blocks, lba, 1, buffer))
		return (int)ISO_DATA_SOURCE_FAILURE;
	return 1;
}

static void
free_source(IsoDataSource *src)
{
	struct cache *cache = src->data;

	if (cache)
		free(cache->data);
	free(cache);
	src->data = NULL;
}

enum nb_err
nb_blocks_iso(struct nb_blocks *blocks, IsoDataSource **out)
{
	/* libisofs frees the source itself with free(3). */
	IsoDataSource *src = calloc(1, sizeof *src);
	struct cache *cache = calloc(1, sizeof *cache);
	uint8_t *data = malloc((size_t)GROUPS * GROUP * NB_BLOCK);

	if (!src || !cache || !data) {
		free(src);
		free(cache);
		free(data);
		return nb_fail_memory();
	}
	cache->blocks = blocks;
	cache->data = data;
	src->refcount = 1;
	src->open = open_source;
	src->close = open_source;
	src->read_block = read_source;
	src->free_data = free_source;
	src->data = cache;
	*out = src;
	return NB_OK;
}

enum nb_err
nb_blocks_iso_import(struct nb_blocks *blocks, uint32_t start,
		     IsoImage *image)
{
	IsoDataSource *source = NULL;
	IsoReadOpts *opts = NULL;
	enum nb_err err;
	int ret;

	err = nb_blocks_iso(blocks, &source);
	if (err)
		return err;
	ret = iso_read_opts_new(&opts, 0);
	if (ret > 0) {
		iso_read_opts_set_start_block(opts, start);
		iso_read_opts_set_input_charset(opts, "UTF-8");
		iso_read_opts_set_no_md5(opts, 1);
		ret = iso_image_import(image, source, opts, NULL);
		iso_read_opts_free(opts);
	}
	iso_data_source_unref(source);
	return nb_library_check(ret, NB_ECORRUPT, blocks->name);
}
