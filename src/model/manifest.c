/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/manifest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/str.h"

bool
nb_manifest_is_earlier(const char *path)
{
	static const char folder[] = "nightburn/", name[] = "/manifest.json";
	size_t n = strlen(path), before = strlen(folder), after = strlen(name);

	return n > before + after && !strncmp(path, folder, before)
		&& !strcmp(path + n - after, name);
}

void
nb_manifest_source_clear(struct nb_manifest_source *source)
{
	free(source->kind);
	free(source->name);
	free(source->database);
	free(source->format);
	free(source->path);
	free(source->compression);
	free(source->server_version);
	memset(source, 0, sizeof *source);
}

void
nb_manifest_clear(struct nb_manifest *m)
{
	for (size_t i = 0; i < m->sources.count; i++)
		nb_manifest_source_clear(&m->sources.at[i]);
	nb_array_free(&m->sources);
	memset(m, 0, sizeof *m);
}

/* "KEY": "text", or "KEY_hex" for bytes that are not UTF-8. */
static void
add_bytes(struct nb_str *s, const char *key, const char *bytes)
{
	size_t n = strlen(bytes);

	if (nb_str_is_utf8(bytes, n)) {
		nb_str_addf(s, "\"%s\":", key);
		nb_str_add_json(s, bytes);
		return;
	}
	nb_str_addf(s, "\"%s_hex\":\"", key);
	for (size_t i = 0; i < n; i++)
		nb_str_addf(s, "%02x", (unsigned char)bytes[i]);
	nb_str_add(s, "\"");
}

static void
add_hash(struct nb_str *s, const struct nb_entry *e)
{
	static const uint8_t unknown[NB_SHA256_SIZE];
	char hex[NB_SHA256_HEX + 1];

	nb_str_add(s, nb_hex(e->hashed ? e->sha256 : unknown, NB_SHA256_SIZE,
			     hex));
}

/* As text where readers of JSON could not hold the number. */
static void
add_number(struct nb_str *s, const char *key, uint64_t value)
{
	const char *quote = value > INT64_MAX ? "\"" : "";

	nb_str_addf(s, ",\"%s\":%s%llu%s", key, quote,
		    (unsigned long long)value, quote);
}

static void
add_entry(struct nb_str *s, const struct nb_entry *e)
{
	nb_str_add(s, "{");
	add_bytes(s, "path", e->path);
	nb_str_addf(s, ",\"type\":\"%s\",\"mode\":\"%04o\",\"uid\":%u,"
		    "\"gid\":%u,\"mtime\":%lld", nb_entry_type_name(e->type),
		    (unsigned int)e->mode, (unsigned int)e->uid,
		    (unsigned int)e->gid, (long long)e->mtime);
	if (e->type == NB_ENTRY_FILE) {
		nb_str_addf(s, ",\"size\":%llu,\"sha256\":\"",
			    (unsigned long long)e->size);
		add_hash(s, e);
		nb_str_add(s, "\"");
	}
	if (e->type == NB_ENTRY_SYMLINK) {
		nb_str_add(s, ",");
		add_bytes(s, "target", e->target ? e->target : "");
	}
	if (e->type == NB_ENTRY_CHAR || e->type == NB_ENTRY_BLOCK)
		nb_str_addf(s, ",\"major\":%u,\"minor\":%u", major(e->rdev),
			    minor(e->rdev));
	if (e->ino) {
		add_number(s, "dev", e->dev);
		add_number(s, "ino", e->ino);
	}
	nb_str_add(s, "}");
}

static void
add_optional(struct nb_str *s, const char *key, const char *value)
{
	if (!value)
		return;
	nb_str_add(s, ",");
	add_bytes(s, key, value);
}

static void
add_source(struct nb_str *s, const struct nb_manifest_source *source)
{
	nb_str_add(s, "{");
	add_bytes(s, "kind", source->kind);
	nb_str_add(s, ",");
	add_bytes(s, "name", source->name);
	add_optional(s, "database", source->database);
	add_optional(s, "format", source->format);
	add_optional(s, "path", source->path);
	add_optional(s, "compression", source->compression);
	add_optional(s, "server_version", source->server_version);
	nb_str_addf(s, ",\"bytes\":%llu,\"stored\":%llu}",
		    (unsigned long long)source->bytes,
		    (unsigned long long)source->stored);
}

static void
add_head(struct nb_str *s, const struct nb_manifest *m)
{
	nb_str_addf(s, "{\"nightburn_manifest\":%d,\n\"backup_id\":",
		    NB_MANIFEST_VERSION);
	nb_str_add_json(s, m->backup_id);
	nb_str_addf(s, ",\"generation\":%llu,\"created\":%lld,\n\"job\":",
		    (unsigned long long)m->generation,
		    (long long)m->created);
	nb_str_add_json(s, m->job);
	nb_str_add(s, ",\"pool\":");
	nb_str_add_json(s, m->pool);
	nb_str_add(s, ",\"disc\":");
	nb_str_add_json(s, m->disc);
	nb_str_add(s, ",\"disc_id\":");
	nb_str_add_json(s, m->disc_id);
	nb_str_add(s, ",\"host\":");
	nb_str_add_json(s, m->host);
	nb_str_add(s, ",\n\"sources\":[");
	for (size_t i = 0; i < m->sources.count; i++) {
		nb_str_add(s, i ? ",\n" : "\n");
		add_source(s, &m->sources.at[i]);
	}
	nb_str_add(s, "\n],\n");
}

enum nb_err
nb_manifest_render(const struct nb_manifest *m,
		   const struct nb_entries *entries, char **text,
		   size_t *length)
{
	struct nb_str s = NB_STR_INIT;
	const char *comma = "";
	enum nb_err err;
	size_t n;

	add_head(&s, m);
	nb_str_add(&s, "\"files\":[");
	for (size_t i = 0; i < entries->count; i++) {
		const struct nb_entry *e = &entries->at[i];

		if (!strcmp(e->path, NB_MANIFEST_PATH)
		    || !strcmp(e->path, NB_SUMS_PATH))
			continue;
		nb_str_addf(&s, "%s\n", comma);
		add_entry(&s, e);
		comma = ",";
	}
	nb_str_add(&s, "\n]}\n");
	n = s.length;
	err = nb_str_take(&s, text);
	if (!err)
		*length = n;
	return err;
}
