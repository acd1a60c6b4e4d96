/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nonsense for the reader of discs: images with anything in them, and a child
 * process that sends anything.  The reader may refuse; what it takes is sound:
 * sorted paths that stay beneath their root, extents within the disc.
 *
 * With libFuzzer (`make fuzz`) the input is what the fuzzer likes; else main()
 * makes it from a fixed seed.  The child's half is replaced by wrapping it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nightburn/nightburn.h>

#include "base/path.h"
#include "disc/library.h"
#include "disc/read/reader.h"
#include "disc/read/inside.h"
#include "disc/read/sandbox_private.h"

struct memory {
	struct nb_blocks blocks; /* first, so that one is the other */
	const uint8_t *data;
	size_t size;
};

/* What the child sends instead of a tree; NULL: it reads the disc. */
static const uint8_t *sent;
static size_t sent_size;

enum nb_err __real_nb_inside_tree(struct nb_blocks *blocks, uint32_t start,
				  struct nb_sandbox_out *out);
enum nb_err __wrap_nb_inside_tree(struct nb_blocks *blocks, uint32_t start,
				  struct nb_sandbox_out *out);

enum nb_err
__wrap_nb_inside_tree(struct nb_blocks *blocks, uint32_t start,
		      struct nb_sandbox_out *out)
{
	if (!sent)
		return __real_nb_inside_tree(blocks, start, out);
	if (write(STDOUT_FILENO, sent, sent_size) < 0)
		return NB_EIO;
	return NB_OK;
}

static uint32_t
memory_get(struct nb_blocks *blocks, uint32_t lba, uint32_t count, void *buf)
{
	struct memory *memory = (struct memory *)blocks;
	uint64_t left = lba < blocks->count ? blocks->count - lba : 0;

	if (count > left)
		count = (uint32_t)left;
	memcpy(buf, memory->data + (size_t)lba * NB_BLOCK * (count > 0),
	       (size_t)count * NB_BLOCK);
	return count;
}

static void
silent(void *ctx, enum nb_level level, const char *message)
{
	(void)ctx;
	(void)level;
	(void)message;
}

static void
check_nodes(const struct nb_nodes *nodes, uint64_t count)
{
	for (size_t i = 0; i < nodes->count; i++) {
		const struct nb_node *node = &nodes->at[i];

		if (!nb_path_is_safe(node->entry.path)
		    || (i
			&& strcmp(nodes->at[i - 1].entry.path, node->entry.path)
				>= 0))
			abort();
		for (size_t k = 0; k < node->extent_count; k++) {
			const struct nb_extent *x = &node->extents[k];

			if (x->bytes
			    && (x->bytes > count * NB_BLOCK || x->lba >= count))
				abort();
		}
	}
}

/* How many nodes the reader took. */
static size_t
play(const uint8_t *data, size_t size)
{
	struct memory memory = { .blocks = { .get = memory_get,
					     .name = "disc",
					     .count = size / NB_BLOCK },
				 .data = data,
				 .size = size };
	struct nb_nodes nodes = NB_ARRAY_INIT;
	struct nb_label label;
	size_t count = 0;

	if (!nb_reader_tree(&memory.blocks, 0, &nodes)) {
		check_nodes(&nodes, memory.blocks.count);
		count = nodes.count;
		nb_nodes_free(&nodes);
	}
	if (!sent)
		nb_reader_label(&memory.blocks, 0, &label, NULL);
	return count;
}

static void
begin(void)
{
	nb_set_log(silent, NULL);
	if (nb_library_begin())
		abort();
}

#ifdef NB_LIBFUZZER

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t disc[64 * NB_BLOCK];
	static bool begun;

	if (!begun)
		begin();
	begun = true;
	sent = size && data[0] == 0xff ? data + 1 : NULL;
	sent_size = sent ? size - 1 : 0;
	if (sent)
		play(disc, sizeof disc);
	else
		play(data, size);
	return 0;
}

#else

#define ROUNDS 300
#define ROOM 65536

static uint64_t state = 88172645463325252u;

static uint32_t
chance(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % below;
}

static size_t
put(uint8_t *at, const void *data, size_t n)
{
	memcpy(at, data, n);
	return n;
}

/* A record that is sound, but for one field in some. */
static size_t
make_node(uint8_t *at)
{
	static const char *const paths[] = { "a",     "b/c", "d",      "e",
					     "f/g/h", "b",   "../x",   "/etc",
					     "",      ".",   "e/../f", "a/" };
	const char *path = paths[chance(chance(16) ? 6 : 12)];
	struct nb_inside_node head = {
		.type = chance(32) ? chance(7) : chance(UINT32_MAX),
		.mode = chance(32) ? 0644 : chance(UINT32_MAX),
		.size = chance(32) ? 0 : chance(UINT32_MAX),
		.extents = chance(4) ? 0 : chance(3),
		.path = (uint32_t)strlen(path),
	};
	struct nb_extent extent = { chance(80), chance(9000) };
	size_t n = sizeof head;

	for (uint32_t i = 0; i < head.extents; i++)
		n += put(at + n, &extent, sizeof extent);
	if (chance(4))
		head.size = extent.bytes * head.extents;
	n += put(at + n, path, head.path);
	if (!chance(32))
		head.path = chance(UINT32_MAX);
	memcpy(at, &head, sizeof head);
	return n;
}

static size_t
make_frame(uint8_t *at)
{
	struct nb_frame frame = { .kind = NB_FRAME_RECORD };
	uint8_t *data = at + sizeof frame;
	size_t n;

	if (chance(16)) {
		n = make_node(data);
	} else {
		frame.kind = (enum nb_frame_kind)chance(6);
		n = chance(64);
		for (size_t i = 0; i < n; i++)
			data[i] = (uint8_t)chance(256);
	}
	frame.length = chance(64) ? (uint32_t)n : chance(UINT32_MAX);
	memcpy(at, &frame, sizeof frame);
	return sizeof frame + n;
}

int
main(void)
{
	static uint8_t disc[64 * NB_BLOCK], frames[ROOM];
	static _Alignas(8) uint8_t one[1024];
	size_t taken = 0, refused = 0, n;

	begin();
	sent = frames;
	for (int i = 0; i < ROUNDS; i++) {
		sent_size = 0;
		for (uint32_t left = chance(8); left > 0; left--) {
			n = make_frame(one);
			sent_size += put(frames + sent_size, one, n);
		}
		n = play(disc, sizeof disc);
		taken += n > 0;
		refused += n == 0;
	}
	sent = NULL;
	for (size_t i = 0; i < sizeof disc; i++)
		disc[i] = (uint8_t)chance(256);
	memcpy(disc + 16 * NB_BLOCK, "\1CD001\1", 7);
	play(disc, sizeof disc);
	printf("1..1\n%sok 1 - a child that sends nonsense: %zu refused, %zu "
	       "sound\n",
	       taken > 50 && refused > 50 ? "" : "not ", refused, taken);
	nb_library_end();
	return 0;
}

#endif
