/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes that go through a chain in pieces of any size. */
#ifndef NB_TEST_STREAM_H
#define NB_TEST_STREAM_H

#include "filter/chain.h"

struct stream {
	uint8_t *at; /* NULL when empty */
	size_t count, capacity;
	size_t most; /* NB_ECANCELED when it would have more; 0: any */
};

void stream_free(struct stream *s);

/* A sink: appends to the stream CTX. */
enum nb_err stream_put(void *ctx, const void *data, size_t n);

enum stream_kind { STREAM_ZEROS, STREAM_TEXT, STREAM_NOISE };

/* N bytes of that kind, the same each time. */
struct stream stream_make(enum stream_kind kind, size_t n);

/* FROM through a chain, in pieces of 0 to LARGEST bytes, the same each time;
 * what came out is appended to TO, even of a chain that failed. */
enum nb_err stream_write(const char *filters, const struct stream *from,
			 size_t largest, struct stream *to);
enum nb_err stream_read(const char *filters, const struct stream *from,
			size_t largest,
			const struct nb_chain_expected *expected,
			struct stream *to);

/* The table that both use; NULL: that of the library. */
extern const struct nb_filter_type *const *stream_types;

#endif
