/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a dump to a file in the staging directory, through filters.  Private
 * to source/.
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
	int level;               /* of compression */
	uint64_t raw, stored;    /* bytes so far */
	char tail[NB_DUMP_TAIL]; /* the last raw bytes */
	size_t tail_length;
	uint8_t sha256[NB_SHA256_SIZE]; /* of the stored bytes, when finished */
};

struct nb_dump_file_spec {
	int directory; /* open */
	const char *path;
	const char *filters; /* as in nb_chain_spec; outlives the file */
	int level;           /* of compression; -1: the filter's choice */
	/* If not NULL, an existing file is not an error, but sets *EXISTS and
	 * is not opened. */
	bool *exists;
};

/* Logs that another source has created PATH already; returns NB_ECONFIG. */
enum nb_err nb_dump_exists(const char *path);

/* Creates the file with mode 0600.  NB_ECONFIG: it exists already; NB_EIO,
 * NB_EFULL, and errors of nb_chain_write.  Clear it in every case. */
enum nb_err nb_dump_file_open(struct nb_dump_file *file,
			      const struct nb_dump_file_spec *spec);
enum nb_err nb_dump_file_write(struct nb_dump_file *file, const void *data,
			       size_t n);
/* Empties the file, for another try.  NB_EIO and as nb_dump_file_open. */
enum nb_err nb_dump_file_restart(struct nb_dump_file *file);
/* Finishes the chain and closes the file. */
enum nb_err nb_dump_file_finish(struct nb_dump_file *file);
void nb_dump_file_clear(struct nb_dump_file *file);

/* Keeps the last NB_DUMP_TAIL bytes of a stream in TAIL. */
void nb_tail_add(char *tail, size_t *length, const void *data, size_t n);

#endif
