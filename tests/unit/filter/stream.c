/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

const struct nb_filter_type *const *stream_types;

void
stream_free(struct stream *s)
{
	free(s->at);
	*s = (struct stream){ .at = NULL };
}

enum nb_err
stream_put(void *ctx, const void *data, size_t n)
{
	struct stream *s = ctx;

	if (s->most && s->count + n > s->most)
		return NB_ECANCELED;
	if (s->count + n > s->capacity) {
		size_t capacity = 2 * (s->count + n);
		uint8_t *at = realloc(s->at, capacity);

		if (!at)
			abort();
		s->at = at;
		s->capacity = capacity;
	}
	if (n)
		memcpy(s->at + s->count, data, n);
	s->count += n;
	return NB_OK;
}

static uint32_t
next(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

struct stream
stream_make(enum stream_kind kind, size_t n)
{
	static const char words[] = "copy table (id, name) from stdin; ";
	struct stream s = { .at = malloc(n + 1),
			    .count = n,
			    .capacity = n + 1 };
	uint32_t state = 1;

	if (!s.at)
		abort();
	for (size_t i = 0; i < n; i++)
		s.at[i] = kind == STREAM_ZEROS ? 0
			: kind == STREAM_TEXT
			? (uint8_t)words[i % (sizeof words - 1)]
			: (uint8_t)next(&state);
	return s;
}

/* In pieces; some of them are empty. */
static enum nb_err
feed(struct nb_chain *chain, const struct stream *from, size_t largest)
{
	uint32_t state = (uint32_t)largest;
	enum nb_err err = NB_OK;
	size_t at = 0;

	while (!err && at < from->count) {
		size_t n = next(&state) % (largest + 1);

		if (n > from->count - at)
			n = from->count - at;
		err = nb_chain_put(chain, from->at + at, n);
		at += n;
	}
	return err ? err : nb_chain_finish(chain);
}

static enum nb_err
run(struct nb_chain_spec *spec, bool reading, const struct stream *from,
    size_t largest)
{
	struct nb_chain *chain = NULL;
	enum nb_err err;

	spec->object = "stream";
	spec->level = -1;
	spec->put = stream_put;
	spec->types = stream_types;
	err = reading ? nb_chain_read(spec, &chain)
		      : nb_chain_write(spec, &chain);
	if (!err)
		err = feed(chain, from, largest);
	nb_chain_free(chain);
	return err;
}

enum nb_err
stream_write(const char *filters, const struct stream *from, size_t largest,
	     struct stream *to)
{
	struct nb_chain_spec spec = { .filters = filters, .ctx = to };

	return run(&spec, false, from, largest);
}

enum nb_err
stream_read(const char *filters, const struct stream *from, size_t largest,
	    const struct nb_chain_expected *expected, struct stream *to)
{
	struct nb_chain_spec spec = { .filters = filters,
				      .ctx = to,
				      .expected = expected };

	return run(&spec, true, from, largest);
}
