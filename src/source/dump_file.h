/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump on its way into a file of the staging directory: compressed, counted
 * and hashed as the bytes pass.  Private to source/.
 */
#ifndef NB_SOURCE_DUMP_FILE_H
#define NB_SOURCE_DUMP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/proc.h"

#define NB_DUMP_TAIL 1024

struct nb_dump_file {
	int fd;
	char *path; /* beneath the directory, for messages */
	struct nb_sha256 *hash;
	void *zstd; /* ZSTD_CCtx, or NULL */
	void *buffer;
	size_t buffer_size;
	uint64_t raw, stored;    /* bytes so far */
	char tail[NB_DUMP_TAIL]; /* the last raw bytes */
	size_t tail_length;
	uint8_t sha256[NB_SHA256_SIZE]; /* of what is stored, when finished */
};

/*
 * Makes the file PATH beneath DIRECTORY, mode 0600; NB_ENOTFOUND (not logged)
 * when it exists already, NB_EIO, NB_EFULL.  ZSTD: one frame with a checksum,
 * at LEVEL (-1: the library's default).  Clear it in every case.
 */
enum nb_err nb_dump_file_open(struct nb_dump_file *file, int directory,
			      const char *path, bool zstd, int level);
enum nb_err nb_dump_file_write(struct nb_dump_file *file, const void *data,
			       size_t n);
/* Ends the frame and the hash, and closes. */
enum nb_err nb_dump_file_finish(struct nb_dump_file *file);
void nb_dump_file_clear(struct nb_dump_file *file);

/* Keeps the last NB_DUMP_TAIL bytes of a stream in TAIL. */
void nb_tail_add(char *tail, size_t *length, const void *data, size_t n);

struct nb_unpack;

/*
 * Starts a thread that unpacks the zstd file FD (taken over) into a pipe; its
 * reading end comes back in *OUT.  Whoever reads may stop early.
 */
enum nb_err nb_unpack_begin(const char *path, int fd, int *out,
			    struct nb_unpack **unpack);
/* Closes the reading end and waits.  NB_ECORRUPT: not what zstd wrote. */
enum nb_err nb_unpack_end(struct nb_unpack *unpack, int *out);

#endif
