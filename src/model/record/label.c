/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/label.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "model/record/json.h"

static void
add_member(struct nb_str *s, const char *key, const char *value)
{
	nb_str_addf(s, "  \"%s\": ", key);
	nb_str_add_json(s, value);
	nb_str_add(s, ",\n");
}

enum nb_err
nb_label_render(const struct nb_label *label, char **text)
{
	struct nb_str s = NB_STR_INIT;

	nb_str_addf(&s, "{\n  \"nightburn_label\": %d,\n", NB_LABEL_VERSION);
	add_member(&s, "installation", label->installation);
	add_member(&s, "disc_id", label->disc_id);
	add_member(&s, "pool", label->pool);
	add_member(&s, "disc", label->disc);
	nb_str_addf(&s, "  \"generation\": %llu,\n",
		    (unsigned long long)label->generation);
	add_member(&s, "backup_id", label->backup_id);
	add_member(&s, "previous", label->previous);
	nb_str_addf(&s, "  \"created\": %lld", (long long)label->created);
	if (label->has_manifest_mac)
		nb_str_add(&s, ",\n  \"manifest_mac\": true");
	if (label->by_hand)
		nb_str_add(&s, ",\n  \"by_hand\": true");
	if (label->take_overs)
		nb_str_addf(&s, ",\n  \"take_overs\": %llu",
			    (unsigned long long)label->take_overs);
	if (label->mac[0])
		nb_str_addf(&s, ",\n  \"mac\": \"%s\"", label->mac);
	nb_str_add(&s, "\n}\n");
	return nb_str_take(&s, text);
}

/* The MAC that LABEL should have. */
static enum nb_err
make_mac(const struct nb_label *label, const struct nb_key *key,
	 char hex[NB_MAC_HEX + 1])
{
	struct nb_label bare = *label;
	uint8_t mac[NB_MAC_SIZE];
	enum nb_err err;
	char *text;

	bare.mac[0] = '\0';
	err = nb_label_render(&bare, &text);
	if (err)
		return err;
	err = nb_key_mac(key, text, strlen(text), mac);
	if (!err)
		nb_hex(mac, sizeof mac, hex);
	free(text);
	return err;
}

enum nb_err
nb_label_sign(struct nb_label *label, const struct nb_key *key)
{
	return make_mac(label, key, label->mac);
}

bool
nb_label_is_signed(const struct nb_label *label, const struct nb_key *key)
{
	char mac[NB_MAC_HEX + 1];

	return key && strlen(label->mac) == NB_MAC_HEX
		&& !make_mac(label, key, mac)
		&& !sodium_memcmp(label->mac, mac, NB_MAC_HEX);
}

/* A name that can be used in a path and a message. */
static bool
is_name(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == '/' || *p == 0x7f)
			return false;
	return text[0] != '\0' && text[0] != '.';
}

static bool
read_label(const json_t *root, struct nb_label *l)
{
	int64_t version;

	return nb_json_i64(root, "nightburn_label", &version)
		&& version == NB_LABEL_VERSION
		&& nb_json_hex(root, "installation", l->installation, NB_ID_HEX)
		&& nb_json_hex(root, "disc_id", l->disc_id, NB_ID_HEX)
		&& nb_json_text(root, "pool", l->pool, sizeof l->pool)
		&& nb_json_text(root, "disc", l->disc, sizeof l->disc)
		&& nb_json_u64(root, "generation", &l->generation)
		&& nb_json_text(root, "backup_id", l->backup_id,
				sizeof l->backup_id)
		&& (nb_json_hex(root, "previous", l->previous, NB_SHA256_HEX)
		    || nb_json_hex(root, "previous", l->previous, 0))
		&& nb_json_i64(root, "created", &l->created)
		&& (!json_object_get(root, "take_overs")
		    || nb_json_u64(root, "take_overs", &l->take_overs))
		&& (!json_object_get(root, "mac")
		    || nb_json_hex(root, "mac", l->mac, NB_MAC_HEX))
		&& is_name(l->pool) && is_name(l->disc)
		&& is_name(l->backup_id);
}

enum nb_err
nb_label_parse(const char *name, const char *text, size_t length,
	       struct nb_label *out)
{
	struct nb_label label;
	enum nb_err err;
	json_t *root = NULL;

	memset(&label, 0, sizeof label);
	err = nb_json_load(name, text, length, &root);
	label.has_manifest_mac =
		json_is_true(json_object_get(root, "manifest_mac"));
	label.by_hand = json_is_true(json_object_get(root, "by_hand"));
	if (!err && !read_label(root, &label))
		err = NB_ECORRUPT;
	json_decref(root);
	if (err == NB_ECORRUPT)
		nb_log(NB_WARNING, "%s: not a nightburn label", name);
	if (!err)
		*out = label;
	return err;
}

bool
nb_backup_is_generation(const char *which)
{
	size_t digits = strspn(which, "0123456789");

	return digits && digits < strlen("20261121") && !which[digits];
}
