/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/fingerprint.h"

#include <stdio.h>
#include <stdlib.h>

#include "disc/profile.h"

/* Where file systems store what distinguishes them: the volume descriptors of
 * ECMA-119 (6.2.1) from block 16 on; UDF's anchor at block 256 (ECMA-167
 * 3/8.4.2.1), what it points to, and the copies of the anchor at the end. */
#define HEAD_BLOCKS 320
#define TAIL_BLOCKS 288
/* Samples of the blocks in between. */
#define SAMPLES 64
#define READ_BLOCKS 32

static bool
has_content(const struct nb_medium *medium)
{
	return medium->state != NB_MEDIUM_NONE
		&& medium->state != NB_MEDIUM_BLANK
		&& medium->state != NB_MEDIUM_DAMAGED;
}

/* Unreadable blocks are part of the fingerprint.  False: not all could be
 * read. */
static bool
hash_range(struct nb_blocks *blocks, uint64_t lba, uint64_t count, char *buf,
	   struct nb_sha256 *hash)
{
	while (count) {
		uint32_t n =
			count < READ_BLOCKS ? (uint32_t)count : READ_BLOCKS;
		uint32_t got = blocks->get(blocks, (uint32_t)lba, n, buf);

		nb_sha256_add(hash, &got, sizeof got);
		nb_sha256_add(hash, buf, (size_t)got * NB_BLOCK);
		if (got < n)
			return false;
		lba += n;
		count -= n;
	}
	return true;
}

static enum nb_err
hash_content(const struct nb_inspection *look, struct nb_sha256 *hash)
{
	struct nb_blocks *blocks = NULL;
	char *buf = malloc((size_t)READ_BLOCKS * NB_BLOCK);
	uint64_t start = nb_inspect_start(look), end;
	bool good;
	enum nb_err err;

	if (!buf)
		return nb_fail_memory();
	err = nb_drive_blocks(look->drive, &blocks);
	if (!err) {
		end = blocks->count;
		good = hash_range(blocks, start, HEAD_BLOCKS, buf, hash);
		for (uint64_t i = 1; good && i < SAMPLES && end > SAMPLES; i++)
			good = hash_range(blocks, end / SAMPLES * i, 1, buf,
					  hash);
		if (end > TAIL_BLOCKS)
			hash_range(blocks, end - TAIL_BLOCKS, TAIL_BLOCKS, buf,
				   hash);
	}
	nb_blocks_free(blocks);
	free(buf);
	return err;
}

enum nb_err
nb_fingerprint(const struct nb_inspection *look, char out[NB_FINGERPRINT_SIZE])
{
	const struct nb_medium *m = &look->medium;
	uint8_t digest[NB_SHA256_SIZE];
	char hex[NB_SHA256_HEX + 1];
	struct nb_sha256 *hash = NULL;
	uint64_t capacity = 0, room = 0;
	enum nb_err err = nb_sha256_new(&hash);

	if (err)
		return err;
	/* The capacity of a file changes with the free space of its file
	 * system. */
	if (!nb_profile_of(m->profile)->grows) {
		capacity = m->capacity;
		room = m->free;
	}
	if (has_content(m))
		err = hash_content(look, hash);
	nb_sha256_finish(hash, digest);
	nb_sha256_free(hash);
	snprintf(out, NB_FINGERPRINT_SIZE, "%s %s %llu %llu %d %lu %lu %s",
		 m->profile_name, nb_medium_state_name(m->state),
		 (unsigned long long)capacity, (unsigned long long)room,
		 m->sessions, (unsigned long)m->last_start,
		 (unsigned long)m->next_writable,
		 nb_hex(digest, sizeof digest, hex));
	return err;
}
