/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "search.h"

#include <err.h>
#include <string.h>
#include <sys/mman.h>
#include <xxhash.h>

struct known {
	uint64_t hash;
	uint32_t parent, move;
};

/* Worlds of one depth, one after the other: length, number, bytes. */
struct queue {
	uint8_t *at;
	size_t used, size;
};

struct search {
	struct known *known;
	uint32_t count, most;
	uint32_t *slots;
	uint32_t mask;
	struct queue now, next;
	bool last; /* of the depths: nothing is kept */
	uint32_t parent;
	struct report report;
};

/* Zeros that take no memory before they are used. */
static void *
reserve(size_t n)
{
	void *at = mmap(NULL, n, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		err(2, "memory");
	return at;
}

/* False: it was met before. */
static bool
meet(struct search *s, uint64_t hash, const struct move *move)
{
	uint32_t slot = (uint32_t)hash & s->mask;

	for (; s->slots[slot]; slot = (slot + 1) & s->mask)
		if (s->known[s->slots[slot] - 1].hash == hash)
			return false;
	s->known[s->count] =
		(struct known){ hash, s->parent, move ? move_pack(move) : 0 };
	s->slots[slot] = ++s->count;
	return true;
}

static void
push(struct queue *q, uint32_t number, const uint8_t *bytes, size_t n)
{
	uint16_t length = (uint16_t)n;

	if (q->used + n + 6 > q->size)
		errx(2, "too many worlds of one depth");
	memcpy(q->at + q->used, &length, 2);
	memcpy(q->at + q->used + 2, &number, 4);
	memcpy(q->at + q->used + 6, bytes, n);
	q->used += n + 6;
}

static void
arrive(void *ctx, const struct move *move, const struct world *next,
       const char *broken)
{
	uint8_t bytes[sizeof *next];
	struct search *s = ctx;
	size_t n;

	if (s->report.broken)
		return;
	s->report.moves++;
	s->report.seen[move->action]++;
	n = world_pack(next, bytes);
	if (broken) {
		s->known[s->count++] =
			(struct known){ 0, s->parent, move_pack(move) };
		s->report.broken = broken;
		return;
	}
	if (s->count >= s->most || !meet(s, XXH3_64bits(bytes, n), move))
		return;
	if (!s->last)
		push(&s->next, s->count - 1, bytes, n);
}

/* The moves that led to the world of this number, from the first world on. */
static void
print_way(const struct search *s, uint32_t number, struct world *w)
{
	struct move move;

	if (!number) {
		world_begin(w);
		world_tidy(w);
		world_print(stdout, w);
		return;
	}
	print_way(s, s->known[number].parent, w);
	move = move_unpack(s->known[number].move);
	move_apply(w, &move, NULL);
	fputs("    > ", stdout);
	move_print(stdout, &move);
	putchar('\n');
	world_print(stdout, w);
}

static void
expand(struct search *s)
{
	struct world w;
	size_t at = 0;

	while (at < s->now.used && !s->report.broken && s->count < s->most) {
		uint16_t length;

		memcpy(&length, s->now.at + at, 2);
		memcpy(&s->parent, s->now.at + at + 2, 4);
		world_unpack(&w, s->now.at + at + 6, length);
		move_each(&w, arrive, s);
		at += length + 6u;
	}
}

static void
next_depth(struct search *s)
{
	struct queue done = s->now;

	madvise(done.at, done.used, MADV_DONTNEED);
	s->now = s->next;
	s->next = done;
	s->next.used = 0;
}

static void
begin(struct search *s, uint32_t most)
{
	uint8_t bytes[sizeof(struct world)];
	uint32_t slots = 1024;
	struct world w;
	size_t n;

	while (slots < most / 2 * 3)
		slots *= 2;
	s->most = most;
	s->mask = slots - 1;
	s->slots = reserve((size_t)slots * sizeof *s->slots);
	s->known = reserve(((size_t)most + 2) * sizeof *s->known);
	s->now.size = s->next.size = (size_t)most * 160;
	s->now.at = reserve(s->now.size);
	s->next.at = reserve(s->next.size);
	world_begin(&w);
	world_tidy(&w);
	n = world_pack(&w, bytes);
	meet(s, XXH3_64bits(bytes, n), NULL);
	push(&s->now, 0, bytes, n);
}

struct report
search(int depth, uint32_t most)
{
	struct search s = { .count = 0 };
	struct world w;

	begin(&s, most);
	for (int i = 1; i <= depth && s.now.used; i++) {
		s.last = i == depth;
		expand(&s);
		if (s.report.broken || s.count >= s.most)
			break;
		s.report.depth = i;
		next_depth(&s);
	}
	s.report.worlds = s.count;
	if (s.report.broken)
		print_way(&s, s.count - 1, &w);
	munmap(s.known, ((size_t)most + 2) * sizeof *s.known);
	munmap(s.slots, ((size_t)s.mask + 1) * sizeof *s.slots);
	munmap(s.now.at, s.now.size);
	munmap(s.next.at, s.next.size);
	return s.report;
}
