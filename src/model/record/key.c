/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/key.h"

#include <sodium.h>
#include <string.h>

#include "base/hash.h"

_Static_assert(NB_KEY_SIZE == crypto_auth_KEYBYTES, "the key of crypto_auth");
_Static_assert(NB_MAC_SIZE == crypto_auth_BYTES, "the MAC of crypto_auth");

/* libsodium must be initialized once; doing it again costs nothing. */
static enum nb_err
ready(void)
{
	if (sodium_init() < 0)
		return nb_fail(NB_EFAIL, "libsodium: initialization failed");
	return NB_OK;
}

/* N bytes that depend on the key and do not reveal it; PURPOSE makes them
 * different from others. */
static enum nb_err
derive(const struct nb_key *key, const char *purpose, uint8_t *out, size_t n)
{
	uint8_t hash[crypto_generichash_BYTES];
	enum nb_err err = ready();

	if (err)
		return err;
	crypto_generichash(hash, sizeof hash, (const uint8_t *)purpose,
			   strlen(purpose), key->bytes, sizeof key->bytes);
	memcpy(out, hash, n);
	return NB_OK;
}

enum nb_err
nb_key_render(const struct nb_key *key, char text[NB_KEY_TEXT + 1])
{
	uint8_t check[NB_KEY_CHECK];
	enum nb_err err = derive(key, "check", check, sizeof check);
	char *end = text + strlen(NB_KEY_PREFIX);

	if (err)
		return err;
	memcpy(text, NB_KEY_PREFIX, strlen(NB_KEY_PREFIX));
	nb_hex(key->bytes, sizeof key->bytes, end);
	end += 2 * sizeof key->bytes;
	*end++ = ':';
	nb_hex(check, sizeof check, end);
	return NB_OK;
}

/* The characters of a key in LINE, and nothing else. */
static bool
split(const char *line, struct nb_key *key, uint8_t check[NB_KEY_CHECK])
{
	char hex[2 * NB_KEY_SIZE + 1];
	bool good;

	if (strlen(line) != NB_KEY_TEXT
	    || strncmp(line, NB_KEY_PREFIX, strlen(NB_KEY_PREFIX)))
		return false;
	line += strlen(NB_KEY_PREFIX);
	memcpy(hex, line, sizeof hex - 1);
	hex[sizeof hex - 1] = '\0';
	line += sizeof hex - 1;
	good = nb_unhex(hex, sizeof key->bytes, key->bytes) && *line == ':'
		&& nb_unhex(line + 1, NB_KEY_CHECK, check);
	sodium_memzero(hex, sizeof hex);
	return good;
}

enum nb_err
nb_key_parse(const char *name, const char *text, struct nb_key *out)
{
	static const char space[] = " \t\r\n";
	uint8_t given[NB_KEY_CHECK] = { 0 }, check[NB_KEY_CHECK];
	const char *start = text + strspn(text, space);
	size_t length = strcspn(start, space);
	char line[NB_KEY_TEXT + 1] = "";
	struct nb_key key = { { 0 } };
	enum nb_err err = NB_OK;

	if (length == NB_KEY_TEXT
	    && !start[length + strspn(start + length, space)])
		memcpy(line, start, length);
	if (!split(line, &key, given))
		err = nb_fail(NB_ECORRUPT,
			      "%s: not a nightburn key\n"
			      "hint: nightburn key export prints one",
			      name);
	if (!err)
		err = derive(&key, "check", check, sizeof check);
	if (!err && memcmp(given, check, sizeof check))
		err = nb_fail(NB_ECORRUPT,
			      "%s: the key has a typing error\n"
			      "hint: copy the whole line again",
			      name);
	if (!err)
		*out = key;
	sodium_memzero(line, sizeof line);
	nb_key_clear(&key);
	return err;
}

enum nb_err
nb_key_name(const struct nb_key *key, char name[NB_KEY_NAME + 1])
{
	uint8_t bytes[NB_KEY_NAME / 2];
	enum nb_err err = derive(key, "name", bytes, sizeof bytes);

	if (!err)
		nb_hex(bytes, sizeof bytes, name);
	return err;
}

bool
nb_key_same(const struct nb_key *a, const struct nb_key *b)
{
	return sodium_memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

void
nb_key_clear(struct nb_key *key)
{
	sodium_memzero(key, sizeof *key);
}

enum nb_err
nb_key_mac(const struct nb_key *key, const char *text, size_t length,
	   uint8_t mac[NB_MAC_SIZE])
{
	enum nb_err err = ready();

	if (!err)
		crypto_auth(mac, (const uint8_t *)text, length, key->bytes);
	return err;
}
