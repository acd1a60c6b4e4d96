/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/bootarea.h"
#include "model/record/filter_list.h"

#include <jansson.h>
#include <string.h>
#include <strings.h>

#define MEBIBYTE ((uint64_t)1 << 20)
/* UEFI 2.10, 5.3.3. */
#define ESP "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
#define BIOS_BOOT "21686148-6449-6E6F-744E-656564454649"
/* UEFI 2.10, 5.3.1: the table of entries has at least 16 KiB. */
#define GPT_ENTRIES 16384

void
nb_disk_part_clear(struct nb_disk_part *part)
{
	free(part->type);
	free(part->type_name);
	free(part->uuid);
	free(part->name);
	free(part->fs);
	free(part->fs_uuid);
	free(part->fs_label);
	memset(part, 0, sizeof *part);
}

void
nb_disk_clear(struct nb_disk *disk)
{
	for (size_t i = 0; i < disk->parts.count; i++)
		nb_disk_part_clear(&disk->parts.at[i]);
	nb_array_free(&disk->parts);
	free(disk->table);
	free(disk->id);
	memset(disk, 0, sizeof *disk);
}

void
nb_disk_piece_clear(struct nb_disk_piece *piece)
{
	free(piece->file);
	free(piece->filters);
	memset(piece, 0, sizeof *piece);
}

void
nb_bootarea_clear(struct nb_bootarea *area)
{
	for (size_t i = 0; i < area->pieces.count; i++)
		nb_disk_piece_clear(&area->pieces.at[i]);
	nb_array_free(&area->pieces);
	nb_disk_clear(&area->disk);
	free(area->device);
	area->device = NULL;
}

bool
nb_disk_is_gpt(const struct nb_disk *disk)
{
	return disk->table && !strcmp(disk->table, "gpt");
}

bool
nb_disk_part_is_esp(const struct nb_disk_part *part)
{
	return part->type
		&& (!strcasecmp(part->type, ESP)
		    || !strcasecmp(part->type, "0xef"));
}

static bool
is_bios_boot(const struct nb_disk_part *part)
{
	return part->type && !strcasecmp(part->type, BIOS_BOOT);
}

bool
nb_disk_part_is_swap(const struct nb_disk_part *part)
{
	return part->fs && !strcmp(part->fs, "swap");
}

/* The size of the second table, at the end of the disk. */
static uint64_t
table_bytes(const struct nb_disk *disk)
{
	return nb_disk_is_gpt(disk) ? disk->sector + GPT_ENTRIES : 0;
}

uint64_t
nb_disk_end(const struct nb_disk *disk)
{
	uint64_t end = nb_disk_boot_end(disk);

	for (size_t i = 0; i < disk->parts.count; i++) {
		const struct nb_disk_part *p = &disk->parts.at[i];

		if (p->start + p->size > end)
			end = p->start + p->size;
	}
	return end + table_bytes(disk);
}

uint64_t
nb_disk_boot_end(const struct nb_disk *disk)
{
	uint64_t end = 0, first = disk->size;

	for (size_t i = 0; i < disk->parts.count; i++) {
		const struct nb_disk_part *p = &disk->parts.at[i];

		if (p->start < first)
			first = p->start;
		if ((p->boot || nb_disk_part_is_esp(p) || is_bios_boot(p))
		    && p->start + p->size > end)
			end = p->start + p->size;
	}
	if (end)
		return end;
	/* Without partitions, nothing beyond the first MiB is needed to
	 * boot. */
	return disk->parts.count || first < MEBIBYTE ? first : MEBIBYTE;
}

static int
set_text(json_t *object, const char *key, const char *text)
{
	return text ? json_object_set_new(object, key, json_string(text)) : 0;
}

static json_t *
render_part(const struct nb_disk_part *p)
{
	json_t *o = json_pack("{si sI sI sb sb sb}", "number", (int)p->number,
			      "start", (json_int_t)p->start, "size",
			      (json_int_t)p->size, "bootable", p->bootable,
			      "container", p->container, "boot", p->boot);

	if (!o || set_text(o, "type", p->type)
	    || set_text(o, "type_name", p->type_name)
	    || set_text(o, "uuid", p->uuid) || set_text(o, "name", p->name)
	    || set_text(o, "fs", p->fs) || set_text(o, "fs_uuid", p->fs_uuid)
	    || set_text(o, "fs_label", p->fs_label)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *
render_piece(const struct nb_disk_piece *p)
{
	static const char *const kinds[] = { "start", "ebr", "backup-gpt" };
	char hex[NB_SHA256_HEX + 1];

	json_t *o = json_pack("{ss ss sI sI ss}", "kind", kinds[p->kind],
			      "file", p->file, "offset", (json_int_t)p->offset,
			      "bytes", (json_int_t)p->bytes, "sha256",
			      nb_hex(p->sha256, NB_SHA256_SIZE, hex));

	if (o && p->filters
	    && json_object_set_new(o, "filters",
				   nb_filter_list_json(p->filters))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *
render(const struct nb_bootarea *area)
{
	json_t *parts = json_array(), *pieces = json_array();
	json_t *root = json_pack(
		"{si ss? ss? ss? sI si so so}", "version", 2, "device",
		area->device, "table", area->disk.table, "id", area->disk.id,
		"size", (json_int_t)area->disk.size, "sector",
		(int)area->disk.sector, "partitions", parts, "pieces", pieces);
	bool bad = !root;

	for (size_t i = 0; !bad && i < area->disk.parts.count; i++)
		bad = json_array_append_new(
			parts, render_part(&area->disk.parts.at[i]));
	for (size_t i = 0; !bad && i < area->pieces.count; i++)
		bad = json_array_append_new(pieces,
					    render_piece(&area->pieces.at[i]));
	if (!bad)
		return root;
	json_decref(root);
	return NULL;
}

enum nb_err
nb_bootarea_render(const struct nb_bootarea *area, char **text)
{
	json_t *root = render(area);
	char *out = root ? json_dumps(root, JSON_INDENT(2)) : NULL;

	json_decref(root);
	if (!out)
		return nb_fail_memory();
	*text = out;
	return NB_OK;
}

enum nb_target
nb_target_check(const struct nb_target_facts *f)
{
	if (!f->again || strcmp(f->named, f->again))
		return NB_TARGET_NOT_NAMED;
	if (!f->block)
		return NB_TARGET_NO_BLOCK;
	if (!f->whole)
		return NB_TARGET_PARTITION;
	if (f->in_use)
		return NB_TARGET_IN_USE;
	if (f->first_device != f->second_device)
		return NB_TARGET_CHANGED;
	if (f->read_only)
		return NB_TARGET_READ_ONLY;
	if (f->sector != f->wanted->sector)
		return NB_TARGET_SECTOR;
	if (f->size < nb_disk_end(f->wanted))
		return NB_TARGET_TOO_SMALL;
	if (!f->complete)
		return NB_TARGET_INCOMPLETE;
	return NB_TARGET_PERMIT;
}

const char *
nb_target_text(enum nb_target answer)
{
	static const char *const texts[] = {
		[NB_TARGET_PERMIT] = "it may be overwritten",
		[NB_TARGET_NOT_NAMED] = "it was not named a second time",
		[NB_TARGET_NO_BLOCK] = "it is not a block device",
		[NB_TARGET_PARTITION] = "it is a partition, not a disk",
		[NB_TARGET_IN_USE] = "it is in use",
		[NB_TARGET_CHANGED] = "it was replaced by another device",
		[NB_TARGET_READ_ONLY] = "it is not writable",
		[NB_TARGET_SECTOR] = "its sector size differs",
		[NB_TARGET_TOO_SMALL] = "it is too small",
		[NB_TARGET_INCOMPLETE] = "the backup is not complete",
	};

	return texts[answer];
}
