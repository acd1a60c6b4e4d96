/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What bytes pass on their way to a disc, and backwards on their way from it:
 * each filter takes bytes, and puts what it makes of them to the next.  None
 * keeps more than it needs, so a chain of them needs the same memory whatever
 * passes.  filter/chain.h joins them.
 *
 * A filter that leaves its trace in the bytes (zstd) has a line in
 * nb_filter_types, and its name stands in the manifest.  One that only looks
 * (count, hash) does not.  A new one is a file here and a line in table.c.
 */
#ifndef NB_FILTER_FILTER_H
#define NB_FILTER_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Where bytes go; anything but NB_OK ends the stream. */
typedef enum nb_err nb_filter_sink(void *ctx, const void *data, size_t n);

struct nb_filter_out {
	nb_filter_sink *put;
	void *ctx;
};

struct nb_filter_spec {
	const char *object; /* in messages; outlives the filter */
	int level;          /* of compression; -1: the filter's own choice */
};

/* One direction of a filter.  What it takes may be of any size, 0 included. */
struct nb_filter_way {
	/* *STATE is the filter's own.  NB_ENOMEM, NB_ECONFIG */
	enum nb_err (*begin)(const struct nb_filter_spec *spec, void **state);
	enum nb_err (*take)(void *state, const void *data, size_t n,
			    const struct nb_filter_out *out);
	/* No more comes.  NB_ECORRUPT: there should have been more.  NULL:
	 * nothing to do. */
	enum nb_err (*finish)(void *state, const struct nb_filter_out *out);
	void (*free)(void *state);
};

struct nb_filter_type {
	const char *name;   /* in the manifest: [a-z0-9-], at most
				 NB_FILTER_NAME_MAX bytes */
	const char *ending; /* of the name of a file that passed it; "": a
				 name does not show it */
	struct nb_filter_way write, read;
};

#define NB_FILTER_NAME_MAX 31

/* All that there are, NULL last. */
extern const struct nb_filter_type *const nb_filter_types[];

extern const struct nb_filter_type nb_filter_gzip;
extern const struct nb_filter_type nb_filter_zstd;

/*
 * How many bytes passed, unchanged.  LIMIT: the first byte beyond it is
 * NB_ECORRUPT; UINT64_MAX: none.
 */
struct nb_filter_count {
	const char *object;
	uint64_t bytes, limit;
};
extern const struct nb_filter_way nb_filter_count; /* no begin: the state is
							the caller's struct */

/* SHA-256 of what passed, unchanged; the state is a struct nb_sha256. */
extern const struct nb_filter_way nb_filter_hash;

#endif
