/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters that data passes on its way to a disc, and in reverse on its way
 * back: each takes bytes and passes its output to the next.  Each needs
 * constant memory.  filter/chain.h joins them.
 *
 * A filter that changes the data (zstd) has a line in nb_filter_types, and its
 * name is recorded in the manifest.  One that only observes (count, hash) does
 * not.  A new one is a file here and a line in table.c.
 */
#ifndef NB_FILTER_FILTER_H
#define NB_FILTER_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Where bytes go; an error ends the stream. */
typedef enum nb_err nb_filter_sink(void *ctx, const void *data, size_t n);

struct nb_filter_out {
	nb_filter_sink *put;
	void *ctx;
};

struct nb_filter_spec {
	const char *object; /* in messages; outlives the filter */
	int level;          /* of compression; -1: the filter's own choice */
};

/* One direction of a filter.  Its input may be of any size, including 0. */
struct nb_filter_way {
	/* *STATE belongs to the filter.  NB_ENOMEM, NB_ECONFIG */
	enum nb_err (*begin)(const struct nb_filter_spec *spec, void **state);
	enum nb_err (*take)(void *state, const void *data, size_t n,
			    const struct nb_filter_out *out);
	/* The end of the input.  NB_ECORRUPT: there should have been more.
	 * NULL: nothing to do. */
	enum nb_err (*finish)(void *state, const struct nb_filter_out *out);
	void (*free)(void *state);
};

struct nb_filter_type {
	const char *name;   /* in the manifest: [a-z0-9-], at most
				 NB_FILTER_NAME_MAX bytes */
	const char *ending; /* suffix of a file that passed it; "": none */
	struct nb_filter_way write, read;
};

#define NB_FILTER_NAME_MAX 31

/* All filter types, ended by NULL. */
extern const struct nb_filter_type *const nb_filter_types[];

extern const struct nb_filter_type nb_filter_gzip;
extern const struct nb_filter_type nb_filter_zstd;

/*
 * Counts the bytes that pass, unchanged.  More than LIMIT are NB_ECORRUPT;
 * UINT64_MAX: no limit.
 */
struct nb_filter_count {
	const char *object;
	uint64_t bytes, limit;
};
extern const struct nb_filter_way nb_filter_count; /* no begin: the state is
							the caller's struct */

/* Hashes what passes, unchanged; the state is a struct nb_sha256. */
extern const struct nb_filter_way nb_filter_hash;

#endif
