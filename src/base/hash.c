/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <xxhash.h>

struct nb_sha256 {
	EVP_MD_CTX *evp;
	bool failed; /* the library is out of memory for this hash */
};

enum nb_err
nb_sha256_new(struct nb_sha256 **out)
{
	struct nb_sha256 *h = calloc(1, sizeof *h);

	if (!h)
		return nb_fail_memory();
	h->evp = EVP_MD_CTX_new();
	if (!h->evp || !EVP_DigestInit_ex(h->evp, EVP_sha256(), NULL)) {
		nb_sha256_free(h);
		return nb_fail_memory();
	}
	*out = h;
	return NB_OK;
}

void
nb_sha256_free(struct nb_sha256 *h)
{
	if (h)
		EVP_MD_CTX_free(h->evp);
	free(h);
}

void
nb_sha256_add(struct nb_sha256 *h, const void *data, size_t n)
{
	if (!h->failed && !EVP_DigestUpdate(h->evp, data, n))
		h->failed = true;
}

void
nb_sha256_finish(struct nb_sha256 *h, uint8_t digest[NB_SHA256_SIZE])
{
	if (h->failed || !EVP_DigestFinal_ex(h->evp, digest, NULL)) {
		nb_fail_memory();
		nb_random(digest, NB_SHA256_SIZE);
	}
	h->failed = !EVP_DigestInit_ex(h->evp, NULL, NULL);
}

struct nb_checksum {
	XXH3_state_t *state;
};

enum nb_err
nb_checksum_new(struct nb_checksum **out)
{
	struct nb_checksum *c = calloc(1, sizeof *c);

	if (!c)
		return nb_fail_memory();
	c->state = XXH3_createState();
	if (!c->state) {
		free(c);
		return nb_fail_memory();
	}
	XXH3_128bits_reset(c->state);
	*out = c;
	return NB_OK;
}

void
nb_checksum_free(struct nb_checksum *c)
{
	if (c)
		XXH3_freeState(c->state);
	free(c);
}

void
nb_checksum_add(struct nb_checksum *c, const void *data, size_t n)
{
	XXH3_128bits_update(c->state, data, n);
}

void
nb_checksum_finish(struct nb_checksum *c, uint8_t sum[NB_CHECKSUM_SIZE])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(c->state));
	memcpy(sum, canonical.digest, NB_CHECKSUM_SIZE);
	XXH3_128bits_reset(c->state);
}

char *
nb_hex(const void *bytes, size_t n, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++) {
		hex[2 * i] = digits[p[i] >> 4];
		hex[2 * i + 1] = digits[p[i] & 15];
	}
	hex[2 * n] = '\0';
	return hex;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
nb_unhex(const char *text, size_t n, uint8_t *bytes)
{
	if (strlen(text) != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (hex_digit(text[2 * i]) < 0
		    || hex_digit(text[2 * i + 1]) < 0)
			return false;
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(hex_digit(text[2 * i]) << 4
				     | hex_digit(text[2 * i + 1]));
	return true;
}

enum nb_err
nb_random(void *bytes, size_t n)
{
	if (getrandom(bytes, n, 0) != (ssize_t)n)
		return nb_fail_errno(NB_EIO, "cannot get random bytes");
	return NB_OK;
}
