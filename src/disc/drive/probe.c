/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/drive/private.h"

#include <stdlib.h>
#include <string.h>

#include "model/record/disc_mark.h"

/* ECMA-119 6.2.1: the volume descriptors begin at this block. */
#define DESCRIPTORS 16
/* How a disc that begins with zeros is searched for data: 2 MiB at its start,
 * then 64 KiB in each of 256 places. */
#define NB_PROBE_DENSE 1024
#define NB_PROBE_SAMPLES 256
#define PIECE 32

static bool
is_zero(const uint8_t *data, size_t n)
{
	return n == 0 || (data[0] == 0 && !memcmp(data, data + 1, n - 1));
}

static uint32_t
little32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16
		| (uint32_t)p[3] << 24;
}

static uint32_t
big32(const uint8_t *p)
{
	return (uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16
		| (uint32_t)p[0] << 24;
}

uint32_t
nb_volume_size(const uint8_t *block)
{
	uint32_t size = little32(block + 80);

	if (memcmp(block, "\1CD001\1", 7) || size != big32(block + 84))
		return 0;
	if (block[128] != 0 || block[129] != NB_BLOCK >> 8)
		return 0;
	return size > DESCRIPTORS ? size : 0;
}

/* Whether COUNT blocks at LBA, or as many as there are, are zeros. */
static enum nb_err
check_zeros(struct nb_blocks *blocks, uint64_t lba, uint32_t count, bool *zeros)
{
	uint8_t data[PIECE * NB_BLOCK];
	enum nb_err err = NB_OK;

	for (uint32_t n; !err && *zeros && count && lba < blocks->count;
	     lba += n, count -= n) {
		n = count < PIECE ? count : PIECE;
		if (n > blocks->count - lba)
			n = (uint32_t)(blocks->count - lba);
		err = nb_blocks_read(blocks, (uint32_t)lba, n, data);
		*zeros = !err && is_zero(data, (size_t)n * NB_BLOCK);
	}
	return err;
}

/*
 * A disc is blank if nightburn blanked it or if it is empty: zeros at the
 * beginning may be a disk image, or a file system whose first blocks were lost.
 * A whole disc takes too long to read, so samples of it are read.
 */
static enum nb_err
is_blank(struct nb_blocks *blocks, const uint8_t *head, size_t n,
	 struct nb_probe *found)
{
	size_t mark = strlen(NB_BLANK_MARK);
	bool *blank = &found->blank;
	enum nb_err err;

	found->marked = n > mark && !memcmp(head, NB_BLANK_MARK, mark);
	if (!found->marked)
		mark = 0;
	*blank = is_zero(head + mark, n - mark);
	if (!*blank)
		return NB_OK;
	if (found->marked)
		return check_zeros(blocks, NB_PROBE_ANCHOR, 1, blank);
	err = check_zeros(blocks, NB_PROBE_BLOCKS, NB_PROBE_DENSE, blank);
	for (uint64_t i = 1; !err && *blank && i < NB_PROBE_SAMPLES; i++)
		err = check_zeros(blocks, blocks->count / NB_PROBE_SAMPLES * i,
				  PIECE, blank);
	if (!err && blocks->count > PIECE)
		err = check_zeros(blocks, blocks->count - PIECE, PIECE, blank);
	return err;
}

/* Reads the first COUNT blocks; unreadable ones stay zero. *ALL: every block
 * could be read. *HEADLESS: a block where a descriptor may be could not. */
static void
read_head(struct nb_blocks *blocks, uint32_t count, uint8_t *head, bool *all,
	  bool *headless)
{
	*all = !count || blocks->get(blocks, 0, count, head) == count;
	*headless = false;
	for (uint32_t i = 0; !*all && i < count; i++) {
		uint8_t *block = head + (size_t)i * NB_BLOCK;

		if (blocks->get(blocks, i, 1, block) == 1)
			continue;
		memset(block, 0, NB_BLOCK);
		*headless = *headless
			|| (i >= DESCRIPTORS && i < NB_OVERWRITE_START);
	}
}

/* If the descriptors at the start cannot be read, those of the sessions are
 * used. */
static enum nb_err
find_sessions(struct nb_blocks *blocks, struct nb_probe *found)
{
	struct nb_disc_sessions chain = NB_ARRAY_INIT;
	enum nb_err err = NB_OK;

	if (found->volume || found->headless)
		err = nb_chain_load(
			blocks, found->volume ? found->volume : blocks->count,
			&chain);
	if (!found->volume && chain.count)
		found->volume = chain.at[chain.count - 1].start
			+ chain.at[chain.count - 1].blocks;
	found->iso = found->volume;
	if (found->iso)
		found->sessions = chain.count ? (int)chain.count : 1;
	if (found->volume > NB_OVERWRITE_START)
		found->next = (uint32_t)nb_chain_align(found->volume);
	nb_array_free(&chain);
	return err;
}

enum nb_err
nb_probe_run(struct nb_blocks *blocks, struct nb_probe *out)
{
	struct nb_probe found = { .next = NB_OVERWRITE_START };
	uint32_t count = NB_PROBE_BLOCKS;
	uint8_t *head;
	enum nb_err err = NB_OK;
	bool all;

	if (blocks->count < count)
		count = (uint32_t)blocks->count;
	head = calloc(NB_PROBE_BLOCKS, NB_BLOCK);
	if (!head)
		return nb_fail_memory();
	read_head(blocks, count, head, &all, &found.headless);
	if (all)
		err = is_blank(blocks, head, (size_t)count * NB_BLOCK, &found);
	if (!err)
		found.volume = nb_volume_size(head + DESCRIPTORS * NB_BLOCK);
	free(head);
	if (!err)
		err = find_sessions(blocks, &found);
	if (!err)
		*out = found;
	return err;
}

void
nb_medium_judge(struct nb_medium *m, const struct nb_probe *probe)
{
	m->state = probe->blank ? NB_MEDIUM_BLANK
		: probe->iso    ? NB_MEDIUM_APPENDABLE
				: NB_MEDIUM_OVERWRITABLE;
	m->sessions = probe->sessions;
	m->headless = probe->headless;
	m->last_start = 0;
	m->next_writable = probe->next;
	m->free = m->capacity > probe->next ? m->capacity - probe->next : 0;
}
