/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters, one after the other.  A chain for writing takes what a program
 * produced and outputs what is to be stored; a chain for reading has the same
 * names in reverse.  Both count the bytes at either end and hash the stored
 * ones.
 *
 *     writing:  count, the filters from the first to the last, hash and count
 *     reading:  count and hash, the filters from the last to the first, count
 */
#ifndef NB_FILTER_CHAIN_H
#define NB_FILTER_CHAIN_H

#include <stdbool.h>

#include "base/hash.h"
#include "filter/names.h"

#define NB_CHAIN_ANY UINT64_MAX

/* What the stored bytes must be, and how many bytes may result from them. */
struct nb_chain_expected {
	uint64_t stored;       /* bytes; NB_CHAIN_ANY: not known */
	const uint8_t *sha256; /* of them; NULL: not known */
	uint64_t plain;        /* bytes; NB_CHAIN_ANY: not known */
};

struct nb_chain_spec {
	const char *object;  /* in messages; outlives the chain */
	const char *filters; /* names in the order of writing, separated by
				commas; NULL or "": none */
	int level;           /* of compression; -1: the filter's choice */
	nb_filter_sink *put; /* takes the output */
	void *ctx;
	const struct nb_chain_expected *expected;  /* reading; NULL: nothing */
	const struct nb_filter_type *const *types; /* NULL: nb_filter_types */
};

struct nb_chain;

/*
 * NB_EWRONG: the filter is unknown, so a newer nightburn wrote the file;
 * NB_ECONFIG, NB_ENOMEM.
 */
enum nb_err nb_chain_write(const struct nb_chain_spec *spec,
			   struct nb_chain **out);
enum nb_err nb_chain_read(const struct nb_chain_spec *spec,
			  struct nb_chain **out);
void nb_chain_free(struct nb_chain *chain);

/*
 * Puts N bytes in.  NB_ECORRUPT: they are not what the filter wrote, or there
 * are more of them, or of their output, than expected; or the error of the
 * sink.  After an error, a chain can only be freed.
 */
enum nb_err nb_chain_put(struct nb_chain *chain, const void *data, size_t n);

/* The end: flushes the filters and compares the result with what was expected,
 * the stored bytes first.  NB_ECORRUPT as above. */
enum nb_err nb_chain_finish(struct nb_chain *chain);

/* Puts everything from FD, from its current position, and finishes.  NB_EIO: it
 * cannot be read; and as above. */
enum nb_err nb_chain_pump(struct nb_chain *chain, int fd);

/* Bytes so far: before the filters, and as stored. */
uint64_t nb_chain_plain(const struct nb_chain *chain);
uint64_t nb_chain_stored(const struct nb_chain *chain);
/* The hash of the stored bytes, valid after nb_chain_finish; NB_SHA256_SIZE
 * bytes. */
const uint8_t *nb_chain_sha256(const struct nb_chain *chain);

#endif
