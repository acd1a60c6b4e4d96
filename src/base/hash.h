/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 for files, XXH3-128 for the image on its way to the disc and back,
 * where only transport errors matter, and random bytes.
 */
#ifndef NB_BASE_HASH_H
#define NB_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define NB_SHA256_SIZE 32
#define NB_SHA256_HEX 64
#define NB_CHECKSUM_SIZE 16
#define NB_CHECKSUM_HEX 32

struct nb_sha256;

/* A running SHA-256 (FIPS 180-4).  NB_ENOMEM. */
enum nb_err nb_sha256_new(struct nb_sha256 **out);
void nb_sha256_free(struct nb_sha256 *h);
void nb_sha256_add(struct nb_sha256 *h, const void *data, size_t n);
/* Writes the digest and starts again, so that one object serves many files.
 * When out of memory, the digest is random and thus equals no other; this is
 * logged. */
void nb_sha256_finish(struct nb_sha256 *h, uint8_t digest[NB_SHA256_SIZE]);

struct nb_checksum;

/* A running XXH3-128, canonical (big-endian) byte order.  NB_ENOMEM. */
enum nb_err nb_checksum_new(struct nb_checksum **out);
void nb_checksum_free(struct nb_checksum *c);
void nb_checksum_add(struct nb_checksum *c, const void *data, size_t n);
void nb_checksum_finish(struct nb_checksum *c, uint8_t sum[NB_CHECKSUM_SIZE]);

/* Lower-case hex of N bytes and a NUL into HEX, 2 * N + 1 bytes; returns
 * HEX. */
char *nb_hex(const void *bytes, size_t n, char *hex);

/* Exactly 2 * N hex digits into N bytes; false when TEXT is anything else. */
bool nb_unhex(const char *text, size_t n, uint8_t *bytes);

/* N bytes from the kernel's random generator.  NB_EIO. */
enum nb_err nb_random(void *bytes, size_t n);

#endif
