/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "model/bootarea.h"
#include "model/record/filter_list.h"
#include "model/record/json.h"

#define MAX_PARTS 1024
#define MAX_PIECES 256
#define MAX_BYTES ((uint64_t)1 << 60)

static bool
parse_bytes(const json_t *o, const char *key, uint64_t *out)
{
	return nb_json_u64(o, key, out) && *out <= MAX_BYTES;
}

static bool
parse_part(const json_t *o, struct nb_disk_part *p)
{
	uint64_t number;

	if (!nb_json_u64(o, "number", &number) || !number || number > MAX_PARTS
	    || !parse_bytes(o, "start", &p->start)
	    || !parse_bytes(o, "size", &p->size))
		return false;
	p->number = (unsigned int)number;
	p->bootable = json_is_true(json_object_get(o, "bootable"));
	p->container = json_is_true(json_object_get(o, "container"));
	p->boot = json_is_true(json_object_get(o, "boot"));
	return nb_json_optional(o, "type", &p->type)
		&& nb_json_optional(o, "type_name", &p->type_name)
		&& nb_json_optional(o, "uuid", &p->uuid)
		&& nb_json_optional(o, "name", &p->name)
		&& nb_json_optional(o, "fs", &p->fs)
		&& nb_json_optional(o, "fs_uuid", &p->fs_uuid)
		&& nb_json_optional(o, "fs_label", &p->fs_label);
}

static bool
parse_kind(const json_t *o, struct nb_disk_piece *p)
{
	char kind[16];

	if (!nb_json_text(o, "kind", kind, sizeof kind))
		return false;
	p->kind = !strcmp(kind, "start") ? NB_PIECE_START
		: !strcmp(kind, "ebr")   ? NB_PIECE_EBR
					 : NB_PIECE_BACKUP_GPT;
	return p->kind != NB_PIECE_BACKUP_GPT || !strcmp(kind, "backup-gpt");
}

/* Version 1 had a member of its own instead: "zstd" or "none". */
static bool
parse_filters(const json_t *o, uint64_t version, struct nb_disk_piece *p)
{
	char compression[8];

	if (version > 1)
		return nb_filter_list_parse(o, &p->filters);
	if (!nb_json_text(o, "compression", compression, sizeof compression))
		return false;
	if (!strcmp(compression, "zstd"))
		return !nb_str_dup(compression, &p->filters);
	return !strcmp(compression, "none");
}

static bool
parse_piece(const json_t *o, uint64_t version, const struct nb_disk *disk,
	    struct nb_disk_piece *p)
{
	char hex[NB_SHA256_HEX + 1];

	return parse_kind(o, p) && parse_filters(o, version, p)
		&& nb_json_optional(o, "file", &p->file) && p->file
		&& nb_path_is_safe(p->file) && !strchr(p->file, '/')
		&& parse_bytes(o, "offset", &p->offset)
		&& parse_bytes(o, "bytes", &p->bytes)
		&& p->offset % disk->sector == 0 && p->bytes
		&& p->bytes % disk->sector == 0
		&& p->offset + p->bytes <= disk->size
		&& (p->kind != NB_PIECE_START || !p->offset)
		&& nb_json_hex(o, "sha256", hex, NB_SHA256_HEX)
		&& nb_unhex(hex, NB_SHA256_SIZE, p->sha256);
}

static bool
parse_parts(const json_t *list, struct nb_disk *disk)
{
	if (!json_is_array(list) || json_array_size(list) > MAX_PARTS)
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct nb_disk_part p = { .number = 0 };

		if (!parse_part(json_array_get(list, i), &p)
		    || p.start + p.size > disk->size
		    || nb_array_push(&disk->parts, p)) {
			nb_disk_part_clear(&p);
			return false;
		}
	}
	return true;
}

/* Exactly one start, and room for the piece at the front. */
static bool
parse_pieces(const json_t *list, uint64_t version, struct nb_bootarea *area)
{
	size_t starts = 0;

	if (!json_is_array(list) || json_array_size(list) > MAX_PIECES)
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct nb_disk_piece p = { .kind = NB_PIECE_START };

		if (!parse_piece(json_array_get(list, i), version, &area->disk,
				 &p)
		    || nb_array_push(&area->pieces, p)) {
			nb_disk_piece_clear(&p);
			return false;
		}
		starts += p.kind == NB_PIECE_START;
	}
	return starts == 1;
}

static bool
parse(const json_t *root, struct nb_bootarea *area)
{
	struct nb_disk *disk = &area->disk;
	uint64_t version, sector;

	if (!nb_json_u64(root, "version", &version) || version < 1
	    || version > 2 || !nb_json_optional(root, "device", &area->device)
	    || !nb_json_optional(root, "id", &disk->id)
	    || !nb_json_optional(root, "table", &disk->table) || !disk->table
	    || (strcmp(disk->table, "gpt") && strcmp(disk->table, "dos"))
	    || !parse_bytes(root, "size", &disk->size)
	    || !nb_json_u64(root, "sector", &sector) || sector < 512
	    || sector > 65536 || (sector & (sector - 1)))
		return false;
	disk->sector = (unsigned int)sector;
	return parse_parts(json_object_get(root, "partitions"), disk)
		&& parse_pieces(json_object_get(root, "pieces"), version, area);
}

enum nb_err
nb_bootarea_parse(const char *name, const char *text, size_t length,
		  struct nb_bootarea *out)
{
	struct nb_bootarea area = { .device = NULL };
	json_t *root = NULL;
	enum nb_err err = nb_json_load(name, text, length, &root);

	if (!err && !parse(root, &area))
		err = NB_ECORRUPT;
	if (err == NB_ECORRUPT)
		nb_fail(err, "%s: not a disk record", name);
	if (err)
		nb_bootarea_clear(&area);
	else
		*out = area;
	json_decref(root);
	return err;
}
