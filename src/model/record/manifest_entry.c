/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/manifest_private.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "model/record/file_flags.h"

void
nb_manifest_add_bytes(struct nb_str *s, const char *key, const char *bytes)
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

	nb_str_add(
		s,
		nb_hex(e->hashed ? e->sha256 : unknown, NB_SHA256_SIZE, hex));
}

/* As text if JSON readers could not represent the number. */
static void
add_number(struct nb_str *s, const char *key, uint64_t value)
{
	const char *quote = value > INT64_MAX ? "\"" : "";

	nb_str_addf(s, ",\"%s\":%s%llu%s", key, quote,
		    (unsigned long long)value, quote);
}

static void
add_filters(struct nb_str *s, const struct nb_entry *e)
{
	nb_str_add(s, ",\"filters\":[\"");
	for (const char *p = e->filters; *p; p++)
		nb_str_add_bytes(s, *p == ',' ? "\",\"" : p, *p == ',' ? 3 : 1);
	nb_str_add(s, "\"]");
	if (e->plain != NB_PLAIN_UNKNOWN)
		nb_str_addf(s, ",\"plain_size\":%llu",
			    (unsigned long long)e->plain);
}

/* The metadata by which a change is detected.  For a file that may become torn
 * while it is written, the text has the same length in both cases. */
static void
add_state(struct nb_str *s, const struct nb_entry *e, bool state)
{
	if (e->mtime_ns)
		nb_str_addf(s, ",\"mtime_ns\":%lu", (unsigned long)e->mtime_ns);
	if (state && e->inode) {
		nb_str_addf(s, ",\"ctime\":%lld,\"ctime_ns\":%lu",
			    (long long)e->ctime, (unsigned long)e->ctime_ns);
		add_number(s, "inode", e->inode);
	}
	if (e->shared) {
		nb_str_add(s, ",");
		nb_manifest_add_bytes(s, "shared", e->shared);
	}
	if (e->tolerant || e->torn)
		nb_str_addf(s, ",\"torn\":%d", e->lost ? 2 : e->torn);
	if (e->off_disc)
		nb_str_add(s, ",\"off_disc\":true");
	if (e->flags) {
		char letters[NB_FILE_FLAGS_TEXT];

		nb_file_flags_text(e->flags, letters);
		nb_str_addf(s, ",\"flags\":\"%s\"", letters);
	}
	if (e->xattrs_cut)
		nb_str_add(s, ",\"xattrs_cut\":true");
}

static void
add_xattrs(struct nb_str *s, const struct nb_xattrs *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct nb_xattr *x = &list->at[i];

		nb_str_add(s, i ? ",{" : ",\"xattrs\":[{");
		nb_manifest_add_bytes(s, "name", x->name);
		nb_str_add(s, ",\"value\":\"");
		for (size_t k = 0; k < x->size; k++)
			nb_str_addf(s, "%02x", x->value[k]);
		nb_str_add(s, i + 1 < list->count ? "\"}" : "\"}]");
	}
}

static void
add_holes(struct nb_str *s, const struct nb_ranges *list)
{
	for (size_t i = 0; i < list->count; i++)
		nb_str_addf(s, "%s[%llu,%llu]%s", i ? "," : ",\"holes\":[",
			    (unsigned long long)list->at[i].at,
			    (unsigned long long)list->at[i].bytes,
			    i + 1 < list->count ? "" : "]");
}

void
nb_manifest_add_entry(struct nb_str *s, const struct nb_entry *e, bool state,
		      const char *archive)
{
	nb_str_add(s, "{");
	nb_manifest_add_bytes(s, "path", e->path);
	nb_str_addf(s,
		    ",\"type\":\"%s\",\"mode\":\"%04o\",\"uid\":%u,"
		    "\"gid\":%u,\"mtime\":%lld",
		    nb_entry_type_name(e->type), (unsigned int)e->mode,
		    (unsigned int)e->uid, (unsigned int)e->gid,
		    (long long)e->mtime);
	if (e->type == NB_ENTRY_FILE) {
		nb_str_addf(s, ",\"size\":%llu,\"sha256\":\"",
			    (unsigned long long)e->size);
		add_hash(s, e);
		nb_str_add(s, "\"");
	}
	if (e->filters)
		add_filters(s, e);
	if (e->type == NB_ENTRY_SYMLINK) {
		nb_str_add(s, ",");
		nb_manifest_add_bytes(s, "target", e->target ? e->target : "");
	}
	if (e->type == NB_ENTRY_CHAR || e->type == NB_ENTRY_BLOCK)
		nb_str_addf(s, ",\"major\":%u,\"minor\":%u", major(e->rdev),
			    minor(e->rdev));
	if (e->ino) {
		add_number(s, "dev", e->dev);
		add_number(s, "ino", e->ino);
	}
	add_state(s, e, state);
	add_xattrs(s, &e->xattrs);
	add_holes(s, &e->holes);
	if (archive) {
		nb_str_add(s, ",");
		nb_manifest_add_bytes(s, "archive", archive);
	}
	nb_str_add(s, "}");
}
