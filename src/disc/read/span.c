/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/read/span.h"

#include <string.h>

#include "model/decide/medium.h"

static uint64_t
end_of(const struct nb_span *span)
{
	return span->start + span->blocks;
}

/* The checksum of the next span. */
static void
go_to(struct nb_span_pass *pass, size_t i)
{
	pass->now = i;
	if (i < pass->count)
		pass->next = pass->spans[i].start;
}

/* The checksum of a span that was left, or of which a block was left out, is
 * not wanted any more. */
static void
leave_broken(struct nb_span_pass *pass, uint64_t at)
{
	uint8_t unused[NB_CHECKSUM_SIZE];

	while (pass->now < pass->count && at > pass->next) {
		nb_checksum_finish(pass->sum, unused);
		go_to(pass, pass->now + 1);
	}
}

enum nb_err
nb_span_begin(struct nb_span_pass *pass, struct nb_span *spans, size_t count)
{
	memset(pass, 0, sizeof *pass);
	pass->spans = spans;
	pass->count = count;
	for (size_t i = 0; i < count; i++)
		spans[i].known = false;
	go_to(pass, 0);
	return nb_checksum_new(&pass->sum);
}

void
nb_span_end(struct nb_span_pass *pass)
{
	nb_checksum_free(pass->sum);
	pass->sum = NULL;
}

void
nb_span_add(struct nb_span_pass *pass, uint64_t at, uint32_t count,
	    const uint8_t *data)
{
	uint64_t end = at + count;

	leave_broken(pass, at);
	while (pass->now < pass->count && pass->next < end) {
		struct nb_span *span = &pass->spans[pass->now];
		uint64_t to = end < end_of(span) ? end : end_of(span);

		nb_checksum_add(pass->sum,
				data + (size_t)(pass->next - at) * NB_BLOCK,
				(size_t)(to - pass->next) * NB_BLOCK);
		pass->next = to;
		if (to < end_of(span))
			return;
		nb_checksum_finish(pass->sum, span->checksum);
		span->known = true;
		go_to(pass, pass->now + 1);
	}
}

bool
nb_span_wants(struct nb_span_pass *pass, uint64_t at, uint64_t *from,
	      uint64_t *to)
{
	leave_broken(pass, at);
	if (pass->now == pass->count)
		return false;
	*from = pass->next;
	*to = end_of(&pass->spans[pass->now]);
	return true;
}
