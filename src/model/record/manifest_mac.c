/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/record/manifest_private.h"

/* The end of a manifest, without and with a MAC. */
#define END "\n]}\n"
#define BEGIN_MAC "\n],\n\"mac\":\""
#define END_MAC "\"}\n"
#define LONGER (sizeof BEGIN_MAC - 1 + NB_MAC_HEX + sizeof END_MAC - 1)

static bool
ends_with(const char *text, size_t length, const char *end)
{
	size_t n = strlen(end);

	return length >= n && !memcmp(text + length - n, end, n);
}

enum nb_err
nb_manifest_mac_add(char **text, size_t *length, const struct nb_key *key)
{
	struct nb_str s = NB_STR_INIT;
	uint8_t mac[NB_MAC_SIZE];
	char hex[NB_MAC_HEX + 1];
	char *whole;
	enum nb_err err;

	if (!ends_with(*text, *length, END))
		return nb_fail(NB_EFAIL, "manifest: truncated");
	err = nb_key_mac(key, *text, *length, mac);
	if (err)
		return err;
	nb_str_add_bytes(&s, *text, *length - strlen(END));
	nb_str_addf(&s, BEGIN_MAC "%s" END_MAC, nb_hex(mac, sizeof mac, hex));
	*length = s.length;
	err = nb_str_take(&s, &whole);
	if (err)
		return err;
	free(*text);
	*text = whole;
	return NB_OK;
}

static bool
has_mac(const char *text, size_t length)
{
	return length >= LONGER && ends_with(text, length, END_MAC)
		&& !memcmp(text + length - LONGER, BEGIN_MAC,
			   strlen(BEGIN_MAC));
}

size_t
nb_manifest_body(const char *text, size_t length)
{
	if (has_mac(text, length))
		return length - LONGER;
	return ends_with(text, length, END) ? length - strlen(END) : 0;
}

/* The text without its MAC, which goes to HEX; NULL if it has none. */
static char *
without_mac(const char *text, size_t length, char hex[NB_MAC_HEX + 1],
	    size_t *n)
{
	size_t body = length - LONGER;
	char *bare;

	if (!has_mac(text, length))
		return NULL;
	memcpy(hex, text + body + strlen(BEGIN_MAC), NB_MAC_HEX);
	hex[NB_MAC_HEX] = '\0';
	*n = body + strlen(END);
	bare = malloc(*n + 1);
	if (!bare)
		return NULL;
	memcpy(bare, text, body);
	strcpy(bare + body, END);
	return bare;
}

enum nb_manifest_mac
nb_manifest_mac_of(const char *text, size_t length, const struct nb_key *key,
		   bool promised)
{
	char hex[NB_MAC_HEX + 1], right[NB_MAC_HEX + 1];
	uint8_t mac[NB_MAC_SIZE];
	size_t n;
	char *bare;
	bool good;

	bare = without_mac(text, length, hex, &n);
	if (!bare)
		return promised ? NB_MAC_WRONG : NB_MAC_NONE;
	if (!key) {
		free(bare);
		return NB_MAC_NO_KEY;
	}
	good = !nb_key_mac(key, bare, n, mac)
		&& !sodium_memcmp(hex, nb_hex(mac, sizeof mac, right),
				  NB_MAC_HEX);
	free(bare);
	return good ? NB_MAC_GOOD : NB_MAC_WRONG;
}
