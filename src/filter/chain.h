/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters, one after the other.  A chain for writing takes what a program
 * gave and puts what is to be stored; a chain for reading has the same names
 * and goes the other way round.  Both count the bytes at either end and hash
 * those that are stored.
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

/* What the stored bytes have to be, and how many may come out of them. */
struct nb_chain_expected {
	uint64_t stored;       /* bytes; NB_CHAIN_ANY: not known */
	const uint8_t *sha256; /* of them; NULL: not known */
	uint64_t plain;        /* bytes; NB_CHAIN_ANY: not known */
};

struct nb_chain_spec {
	const char *object;  /* in messages; outlives the chain */
	const char *filters; /* names in the order of writing, with a comma
				  between them; NULL or "": none */
	int level;           /* of compression; -1: the filter's choice */
	nb_filter_sink *put; /* gets what comes out */
	void *ctx;
	const struct nb_chain_expected *expected;  /* reading; NULL: nothing */
	const struct nb_filter_type *const *types; /* NULL: nb_filter_types */
};

struct nb_chain;

/*
 * NB_EWRONG: a filter of that name is not known here, a newer nightburn wrote
 * it; NB_ECONFIG, NB_ENOMEM.
 */
enum nb_err nb_chain_write(const struct nb_chain_spec *spec,
			   struct nb_chain **out);
enum nb_err nb_chain_read(const struct nb_chain_spec *spec,
			  struct nb_chain **out);
void nb_chain_free(struct nb_chain *chain);

/*
 * N bytes in.  NB_ECORRUPT: they are not what the filter wrote, there are more
 * of them than expected, or more comes out of them; what the sink gave.  After
 * an error a chain can only be freed.
 */
enum nb_err nb_chain_put(struct nb_chain *chain, const void *data, size_t n);

/* The end: what filters still hold goes out, and what was expected is
 * compared, the stored bytes first.  NB_ECORRUPT as above. */
enum nb_err nb_chain_finish(struct nb_chain *chain);

/* All that FD has from where it stands, and the end.  NB_EIO: it cannot be
 * read; and as above. */
enum nb_err nb_chain_pump(struct nb_chain *chain, int fd);

/* Bytes so far, on the outer side and on the disc's. */
uint64_t nb_chain_plain(const struct nb_chain *chain);
uint64_t nb_chain_stored(const struct nb_chain *chain);
/* Of what is stored, after nb_chain_finish; NB_SHA256_SIZE bytes. */
const uint8_t *nb_chain_sha256(const struct nb_chain *chain);

#endif
