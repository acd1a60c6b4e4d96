/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/blocks_iso.h"

#include <stdlib.h>
#include <string.h>

#include "disc/library.h"

#define GROUP 32  /* blocks that are fetched together: 64 KiB */
#define GROUPS 32 /* groups that are kept: 2 MiB */

struct group {
	uint32_t start;
	uint32_t count; /* blocks in it; 0: none */
};

struct cache {
	struct nb_blocks *blocks;
	struct group groups[GROUPS];
	size_t next; /* group that is replaced next */
	uint8_t *data;
};

static int
open_source(IsoDataSource *src)
{
	(void)src;
	return 1;
}

static uint8_t *
find(const struct cache *cache, uint32_t lba)
{
	for (size_t i = 0; i < GROUPS; i++) {
		const struct group *group = &cache->groups[i];

		if (lba >= group->start && lba - group->start < group->count)
			return cache->data
				+ (i * GROUP + lba - group->start) * NB_BLOCK;
	}
	return NULL;
}

/* Fetches what can be read from LBA on.  Never reads before LBA: a CD session
 * follows a gap that no drive can read. */
static void
fetch(struct cache *cache, uint32_t lba)
{
	struct group *group = &cache->groups[cache->next];
	uint64_t end = cache->blocks->count;
	uint32_t count = GROUP;

	if (lba + (uint64_t)count > end)
		count = lba < end ? (uint32_t)(end - lba) : 1;
	group->start = lba;
	group->count = 0;
	group->count = cache->blocks->get(
		cache->blocks, lba, count,
		cache->data + cache->next * GROUP * NB_BLOCK);
	if (group->count)
		cache->next = (cache->next + 1) % GROUPS;
}

static int
read_source(IsoDataSource *src, uint32_t lba, uint8_t *buffer)
{
	struct cache *cache = src->data;
	const uint8_t *block;

	/* libisofs does not check its own malloc. */
	if (!buffer)
		return (int)ISO_OUT_OF_MEM;
	if (cache->blocks->busy) {
		nb_fail(NB_EFAIL,
			"%s: block %lu requested while the disc is being "
			"written",
			cache->blocks->name, (unsigned long)lba);
		return (int)ISO_DATA_SOURCE_FAILURE;
	}
	block = find(cache, lba);
	if (!block) {
		fetch(cache, lba);
		block = find(cache, lba);
	}
	if (block)
		memcpy(buffer, block, NB_BLOCK);
	else if (nb_blocks_read(cache->blocks, lba, 1, buffer))
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
nb_blocks_iso_import(struct nb_blocks *blocks, uint32_t start, IsoImage *image)
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
		/* An appended session writes new descriptors. */
		iso_read_opts_set_no_aaip(opts, 0);
		ret = iso_image_import(image, source, opts, NULL);
		iso_read_opts_free(opts);
	}
	iso_data_source_unref(source);
	return nb_library_check_read(ret, blocks->name);
}
