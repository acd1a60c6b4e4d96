/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/remote.h"

#include <string.h>

#include "base/str.h"
#include "model/record/manifest_private.h"

#define DATABASES_MAX 100000
#define BEHIND_MAX 10000000000 /* seconds: three centuries */
#define VERSION_MAX 64

enum nb_err
nb_remote_end_render(const struct nb_remote_end *end, char **text)
{
	char hex[NB_SHA256_HEX + 1];

	return nb_str_format(text,
			     "{\"good\":%s,\"bytes\":%llu,"
			     "\"sha256\":\"%s\"}",
			     end->good ? "true" : "false",
			     (unsigned long long)end->bytes,
			     nb_hex(end->sha256, NB_SHA256_SIZE, hex));
}

bool
nb_remote_end_parse(const char *text, size_t length, struct nb_remote_end *out)
{
	json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	const json_t *good = json_object_get(root, "good");
	char hex[NB_SHA256_HEX + 1];
	bool sound;

	sound = json_is_boolean(good) && nb_json_u64(root, "bytes", &out->bytes)
		&& nb_json_hex(root, "sha256", hex, NB_SHA256_HEX)
		&& nb_unhex(hex, NB_SHA256_SIZE, out->sha256);
	out->good = sound && json_is_true(good);
	json_decref(root);
	return sound;
}

static void
clear_database(struct nb_remote_database *d)
{
	free(d->name);
	free(d->left_out);
	nb_properties_clear(&d->properties);
}

void
nb_remote_answer_clear(struct nb_remote_answer *answer)
{
	for (size_t i = 0; i < answer->databases.count; i++)
		clear_database(&answer->databases.at[i]);
	nb_array_free(&answer->databases);
	free(answer->version_text);
	free(answer->system);
	answer->version_text = answer->system = NULL;
}

enum nb_err
nb_remote_answer_render(const struct nb_remote_answer *answer, char **text)
{
	struct nb_str s = NB_STR_INIT;

	nb_str_addf(&s, "{\"version\":%d,\"version_text\":", answer->version);
	nb_str_add_json(&s, answer->version_text);
	if (answer->system) {
		nb_str_add(&s, ",\"system\":");
		nb_str_add_json(&s, answer->system);
	}
	if (answer->behind)
		nb_str_addf(&s, ",\"behind\":%llu",
			    (unsigned long long)answer->behind);
	nb_str_add(&s, ",\"databases\":[");
	for (size_t i = 0; i < answer->databases.count; i++) {
		const struct nb_remote_database *d = &answer->databases.at[i];

		nb_str_add(&s, i ? ",{\"name_hex\":\"" : "{\"name_hex\":\"");
		for (const char *p = d->name; *p; p++)
			nb_str_addf(&s, "%02x", (unsigned char)*p);
		nb_str_addf(&s, "\",\"size\":%llu",
			    (unsigned long long)d->size);
		if (d->left_out && *d->left_out) {
			nb_str_add(&s, ",\"left_out\":");
			nb_str_add_json(&s, d->left_out);
		}
		nb_manifest_add_properties(&s, &d->properties);
		nb_str_add(&s, "}");
	}
	nb_str_add(&s, "]}");
	return nb_str_take(&s, text);
}

static bool
parse_database(const json_t *value, struct nb_remote_answer *answer)
{
	const char *hex = json_string_value(json_object_get(value, "name_hex"));
	struct nb_remote_database d = { .name = NULL };
	size_t n = hex ? strlen(hex) / 2 : 0;

	if (!n || n > 1024 || !nb_json_u64(value, "size", &d.size))
		return false;
	d.name = calloc(1, n + 1);
	if (d.name && nb_unhex(hex, n, (uint8_t *)d.name)
	    && !memchr(d.name, 0, n)
	    && nb_json_optional(value, "left_out", &d.left_out)
	    && nb_manifest_read_properties(value, &d.properties)
	    && !nb_array_push(&answer->databases, d))
		return true;
	clear_database(&d);
	return false;
}

static bool
parse_databases(const json_t *root, struct nb_remote_answer *answer)
{
	const json_t *list = json_object_get(root, "databases"), *value;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > DATABASES_MAX)
		return false;
	json_array_foreach(
		list, i,
		value) if (!parse_database(value, answer)) return false;
	return true;
}

bool
nb_remote_answer_parse(const char *text, size_t length,
		       struct nb_remote_answer *out)
{
	struct nb_remote_answer answer = { .version = 0 };
	json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	char version[VERSION_MAX];
	uint64_t number;
	bool good;

	good = nb_json_u64(root, "version", &number) && number < 100000000
		&& nb_json_text(root, "version_text", version, sizeof version)
		&& nb_json_optional(root, "system", &answer.system)
		&& (!json_object_get(root, "behind")
		    || nb_json_u64(root, "behind", &answer.behind))
		&& answer.behind <= BEHIND_MAX && parse_databases(root, &answer)
		&& !nb_str_dup(version, &answer.version_text);
	json_decref(root);
	if (good) {
		answer.version = (int)number;
		*out = answer;
	} else {
		nb_remote_answer_clear(&answer);
	}
	return good;
}
