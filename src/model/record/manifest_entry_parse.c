/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/manifest_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/path.h"
#include "model/record/file_flags.h"

/* XATTR_SIZE_MAX of linux/limits.h. */
#define NB_XATTR_MAX 65536

/* Bytes from "KEY" or "KEY_hex", in fresh memory; false if they contain a
 * NUL. */
bool
nb_manifest_read_bytes(const json_t *object, const char *key, char **out)
{
	const char *text = json_string_value(json_object_get(object, key));
	char hex_key[32];
	uint8_t *bytes;
	size_t n;

	if (text) {
		*out = strdup(text);
		return *out != NULL;
	}
	strcpy(hex_key, key);
	strcat(hex_key, "_hex");
	text = json_string_value(json_object_get(object, hex_key));
	if (!text)
		return false;
	n = strlen(text) / 2;
	bytes = calloc(1, n + 1);
	if (!bytes || !nb_unhex(text, n, bytes) || memchr(bytes, 0, n)) {
		free(bytes);
		return false;
	}
	*out = (char *)bytes;
	return true;
}

static bool
read_mode(const json_t *object, mode_t *mode)
{
	const char *text = json_string_value(json_object_get(object, "mode"));
	unsigned long value;
	char *end;

	if (!text || !*text || strspn(text, "01234567") != strlen(text))
		return false;
	value = strtoul(text, &end, 8);
	*mode = (mode_t)value;
	return value <= 07777;
}

static bool
read_id(const json_t *object, const char *key, uint32_t *out)
{
	uint64_t value;

	if (!nb_json_u64(object, key, &value) || value > UINT32_MAX)
		return false;
	*out = (uint32_t)value;
	return true;
}

/* A number, or its digits as text if it is beyond INT64_MAX. */
static bool
read_number(const json_t *object, const char *key, uint64_t *out)
{
	const char *text = json_string_value(json_object_get(object, key));
	unsigned long long value;

	if (!text)
		return nb_json_u64(object, key, out);
	if (!*text || strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	value = strtoull(text, NULL, 10);
	*out = value;
	return errno == 0 && value > INT64_MAX;
}

static bool
read_hash(const json_t *object, struct nb_entry *e)
{
	static const uint8_t unknown[NB_SHA256_SIZE];
	char hex[NB_SHA256_HEX + 1];

	if (!nb_json_hex(object, "sha256", hex, NB_SHA256_HEX))
		return false;
	nb_unhex(hex, NB_SHA256_SIZE, e->sha256);
	e->hashed = memcmp(e->sha256, unknown, sizeof unknown) != 0;
	return true;
}

static bool
read_special(const json_t *object, struct nb_entry *e)
{
	uint32_t number[2];

	switch (e->type) {
	case NB_ENTRY_FILE:
		return nb_json_u64(object, "size", &e->size)
			&& read_hash(object, e);
	case NB_ENTRY_SYMLINK:
		return nb_manifest_read_bytes(object, "target", &e->target);
	case NB_ENTRY_CHAR:
	case NB_ENTRY_BLOCK:
		if (!read_id(object, "major", &number[0])
		    || !read_id(object, "minor", &number[1]))
			return false;
		e->rdev = makedev(number[0], number[1]);
		return true;
	default:
		return true;
	}
}

static bool
read_ns(const json_t *object, const char *key, uint32_t *out)
{
	return !json_object_get(object, key)
		|| (read_id(object, key, out) && *out < 1000000000);
}

static bool
read_state(const json_t *object, struct nb_entry *e)
{
	const json_t *torn = json_object_get(object, "torn");
	const char *flags = json_string_value(json_object_get(object, "flags"));
	uint64_t value = 0;

	if (!read_ns(object, "mtime_ns", &e->mtime_ns)
	    || !read_ns(object, "ctime_ns", &e->ctime_ns))
		return false;
	if (json_object_get(object, "inode")
	    && (!read_number(object, "inode", &e->inode)
		|| !nb_json_i64(object, "ctime", &e->ctime)))
		return false;
	if (json_object_get(object, "shared")
	    && (!nb_manifest_read_bytes(object, "shared", &e->shared)
		|| !nb_path_is_safe(e->shared) || strchr(e->shared, '/')
		|| e->type != NB_ENTRY_FILE))
		return false;
	e->tolerant = torn != NULL;
	if (torn && (!nb_json_u64(object, "torn", &value) || value > 2))
		return false;
	e->torn = value != 0;
	e->lost = value == 2;
	if (flags)
		e->flags = nb_file_flags_parse(flags);
	e->xattrs_cut = json_is_true(json_object_get(object, "xattrs_cut"));
	e->off_disc = json_is_true(json_object_get(object, "off_disc"));
	return !e->off_disc || e->type == NB_ENTRY_SYMLINK;
}

static bool
read_xattr(const json_t *object, struct nb_xattr *x)
{
	const char *hex = json_string_value(json_object_get(object, "value"));
	size_t n = hex ? strlen(hex) : 1;

	if (n % 2 || n / 2 > NB_XATTR_MAX)
		return false;
	x->size = n / 2;
	x->value = malloc(x->size + 1);
	return x->value && nb_unhex(hex, x->size, x->value)
		&& nb_manifest_read_bytes(object, "name", &x->name)
		&& x->name[0];
}

static bool
read_xattrs(const json_t *object, struct nb_xattrs *out)
{
	const json_t *list = json_object_get(object, "xattrs"), *value;
	size_t i;

	if (list && !json_is_array(list))
		return false;
	json_array_foreach(list, i, value)
	{
		struct nb_xattr x = { NULL, NULL, 0 };

		if (!read_xattr(value, &x) || nb_array_push(out, x)) {
			free(x.name);
			free(x.value);
			return false;
		}
	}
	return true;
}

/* In order, without overlaps, and within the file. */
static bool
read_holes(const json_t *object, struct nb_entry *e)
{
	const json_t *list = json_object_get(object, "holes"), *value;
	uint64_t end = 0;
	size_t i;

	if (list && !json_is_array(list))
		return false;
	json_array_foreach(list, i, value)
	{
		json_int_t at = json_integer_value(json_array_get(value, 0));
		json_int_t n = json_integer_value(json_array_get(value, 1));
		struct nb_range hole = { (uint64_t)at, (uint64_t)n };

		if (at < 0 || n <= 0 || hole.at < end || hole.at > e->size
		    || hole.bytes > e->size - hole.at
		    || nb_array_push(&e->holes, hole))
			return false;
		end = hole.at + hole.bytes;
	}
	return true;
}

bool
nb_manifest_read_entry(const json_t *object, struct nb_entry *e)
{
	const char *type = json_string_value(json_object_get(object, "type"));

	if (json_object_get(object, "ino")
	    && (!read_number(object, "ino", &e->ino)
		|| !read_number(object, "dev", &e->dev)))
		return false;
	return type && nb_entry_type_parse(type, &e->type)
		&& nb_manifest_read_bytes(object, "path", &e->path)
		&& nb_path_is_safe(e->path) && read_mode(object, &e->mode)
		&& read_id(object, "uid", &e->uid)
		&& read_id(object, "gid", &e->gid)
		&& nb_json_i64(object, "mtime", &e->mtime)
		&& read_special(object, e) && read_state(object, e)
		&& nb_manifest_read_filters(object, e)
		&& read_xattrs(object, &e->xattrs) && read_holes(object, e);
}
