/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/fingerprint.h"

#include <stdio.h>
#include <stdlib.h>

/* With the volume descriptors, which begin at the 17th block (ECMA-119 6.2.1),
 * and where other file systems have their first words. */
#define HEAD_BLOCKS 32
#define STDIO_PROFILE 0xffff /* nb_medium.profile */

static bool
has_content(const struct nb_medium *medium)
{
	return medium->state != NB_MEDIUM_NONE
		&& medium->state != NB_MEDIUM_BLANK
		&& medium->state != NB_MEDIUM_DAMAGED;
}

static enum nb_err
hash_head(const struct nb_inspection *look, struct nb_sha256 *hash)
{
	struct nb_blocks *blocks = NULL;
	char *head = malloc((size_t)HEAD_BLOCKS * NB_BLOCK);
	uint32_t got = 0;
	enum nb_err err;

	if (!head)
		return nb_fail_memory();
	err = nb_drive_blocks(look->drive, &blocks);
	if (!err)
		got = blocks->get(blocks, nb_inspect_start(look), HEAD_BLOCKS,
				  head);
	nb_sha256_add(hash, head, (size_t)got * NB_BLOCK);
	nb_blocks_free(blocks);
	free(head);
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
	/* What a file may grow to changes with what is written beside it. */
	if (m->profile != STDIO_PROFILE) {
		capacity = m->capacity;
		room = m->free;
	}
	if (has_content(m))
		err = hash_head(look, hash);
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
