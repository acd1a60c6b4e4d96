/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The key of an installation: 32 random bytes that sign its labels.  Whoever
 * has the key can write labels that this installation trusts; nobody else can.
 * As text it is one line with a checksum, so that it can be copied to a
 * second host.
 */
#ifndef NB_MODEL_KEY_H
#define NB_MODEL_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define NB_KEY_SIZE 32
#define NB_KEY_PREFIX "nightburn-key-1:"
#define NB_KEY_CHECK 4 /* bytes of the checksum */
/* Prefix, key in hex, a colon, checksum in hex. */
#define NB_KEY_TEXT \
	(sizeof NB_KEY_PREFIX - 1 + 2 * NB_KEY_SIZE + 1 + 2 * NB_KEY_CHECK)
#define NB_KEY_NAME 16 /* characters */
#define NB_MAC_SIZE 32
#define NB_MAC_HEX (2 * NB_MAC_SIZE)

struct nb_key {
	uint8_t bytes[NB_KEY_SIZE];
};

/* The line without newline, NB_KEY_TEXT characters and a NUL.  NB_EFAIL if
 * libsodium cannot be initialized. */
enum nb_err nb_key_render(const struct nb_key *key, char text[NB_KEY_TEXT + 1]);

/*
 * Parses the output of nb_key_render; surrounding white space is ignored.
 * Anything else is NB_ECORRUPT with NAME in the message, never the text itself;
 * OUT is unchanged then.
 */
enum nb_err nb_key_parse(const char *name, const char *text,
			 struct nb_key *out);

/* 16 hex digits that identify the key to people and reveal nothing about it. */
enum nb_err nb_key_name(const struct nb_key *key, char name[NB_KEY_NAME + 1]);

/* Compares in constant time. */
bool nb_key_same(const struct nb_key *a, const struct nb_key *b);

/* Overwrites the key in memory. */
void nb_key_clear(struct nb_key *key);

/* crypto_auth of libsodium, HMAC-SHA-512 (RFC 2104) cut to 32 bytes, of LENGTH
 * bytes of TEXT. */
enum nb_err nb_key_mac(const struct nb_key *key, const char *text,
		       size_t length, uint8_t mac[NB_MAC_SIZE]);

#endif
