/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump on its way into a file of the staging directory, through filters.
 * Private to source/.
 */
#ifndef NB_SOURCE_DUMP_FILE_H
#define NB_SOURCE_DUMP_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "filter/chain.h"

#define NB_DUMP_TAIL 1024

struct nb_dump_file {
	int fd;
	char *path; /* beneath the directory, for messages */
	struct nb_chain *chain;
	const char *filters;     /* the names; NULL: none */
	uint64_t raw, stored;    /* bytes so far */
	char tail[NB_DUMP_TAIL]; /* the last raw bytes */
	size_t tail_length;
	uint8_t sha256[NB_SHA256_SIZE]; /* of what is stored, when finished */
};

struct nb_dump_file_spec {
	int directory; /* open */
	const char *path;
	const char *filters; /* as in nb_chain_spec; outlives the file */
	int level;           /* of compression; -1: the filter's choice */
	/* Not NULL: a file that is there already is no error, but sets *EXISTS
	 * and stays closed. */
	bool *exists;
};

/* Logs that PATH is there already, by another source; gives NB_ECONFIG. */
enum nb_err nb_dump_exists(const char *path);

/* Makes the file, mode 0600.  NB_ECONFIG when it exists already, NB_EIO,
 * NB_EFULL, and what nb_chain_write gives.  Clear it in every case. */
enum nb_err nb_dump_file_open(struct nb_dump_file *file,
			      const struct nb_dump_file_spec *spec);
enum nb_err nb_dump_file_write(struct nb_dump_file *file, const void *data,
			       size_t n);
/* Ends the chain, and closes. */
enum nb_err nb_dump_file_finish(struct nb_dump_file *file);
void nb_dump_file_clear(struct nb_dump_file *file);

/* Keeps the last NB_DUMP_TAIL bytes of a stream in TAIL. */
void nb_tail_add(char *tail, size_t *length, const void *data, size_t n);

#endif
