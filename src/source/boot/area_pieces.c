/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "source/boot/area.h"
#include "source/dump_file.h"

#define PIECE ((size_t)1 << 20)
#define TRIES 3
#define MAX_EBRS 128
#define MAX_GPT ((uint64_t)1 << 20)

enum nb_err
nb_boot_read(const char *object, int fd, uint64_t offset, uint64_t bytes,
	     enum nb_err (*fn)(void *ctx, const void *data, size_t n),
	     void *ctx)
{
	char *buf = malloc(PIECE);
	enum nb_err err = NB_OK;

	if (!buf)
		return nb_fail_memory();
	/* Otherwise writes through a partition would not be visible. */
	ioctl(fd, BLKFLSBUF, 0);
	while (!err && bytes) {
		size_t n = bytes < PIECE ? (size_t)bytes : PIECE;

		if (pread(fd, buf, n, (off_t)offset) != (ssize_t)n)
			err = nb_fail_errno(NB_EIO, "%s: cannot read at %llu",
					    object, (unsigned long long)offset);
		else
			err = fn(ctx, buf, n);
		offset += n;
		bytes -= n;
	}
	free(buf);
	return err;
}

struct copy {
	struct nb_boot_job *job;
	struct nb_sha256 *hash;
	struct nb_dump_file *file; /* NULL: only hash */
	uint64_t total;
};

static enum nb_err
copy_bytes(void *ctx, const void *data, size_t n)
{
	const struct nb_source_context *context;
	struct copy *c = ctx;
	enum nb_err err = NB_OK;

	nb_sha256_add(c->hash, data, n);
	if (!c->file)
		return NB_OK;
	err = nb_dump_file_write(c->file, data, n);
	context = c->job->stage.context;
	if (!err && context->progress)
		err = context->progress(context->ctx, c->job->object,
					c->file->raw, c->total);
	return err;
}

/* Copies the piece to FILE, and hashes its bytes on the disk. */
static enum nb_err
copy_once(struct nb_boot_job *job, struct nb_disk_piece *piece,
	  const char *path, struct nb_dump_file *file)
{
	struct copy c = { .job = job, .file = file, .total = piece->bytes };
	uint8_t again[NB_SHA256_SIZE];
	enum nb_err err = nb_sha256_new(&c.hash);

	if (!err)
		err = nb_dump_file_open(file,
					&(struct nb_dump_file_spec){
						job->stage.context->staging,
						path, piece->filters, -1,
						NULL });
	if (!err)
		err = nb_boot_read(job->object, job->fd, piece->offset,
				   piece->bytes, copy_bytes, &c);
	if (!err)
		err = nb_dump_file_finish(file);
	if (!err) {
		nb_sha256_finish(c.hash, piece->sha256);
		c.file = NULL;
		err = nb_boot_read(job->object, job->fd, piece->offset,
				   piece->bytes, copy_bytes, &c);
		nb_sha256_finish(c.hash, again);
	}
	nb_sha256_free(c.hash);
	if (!err && memcmp(again, piece->sha256, sizeof again))
		return NB_ESOURCE;
	return err;
}

/* Reads it twice and compares: a change in between would make it
 * inconsistent. */
static enum nb_err
copy_piece(struct nb_boot_job *job, struct nb_disk_piece *piece)
{
	struct nb_dump_file file = { .fd = -1 };
	char *path = NULL;
	enum nb_err err =
		nb_str_format(&path, "%s/%s", job->stage.path, piece->file);

	for (int i = 0; !err && i < TRIES; i++) {
		err = copy_once(job, piece, path, &file);
		if (!err)
			err = nb_stage_add(&job->stage, &file);
		nb_dump_file_clear(&file);
		if (err != NB_ESOURCE)
			break;
		err = NB_OK;
		if (i + 1 == TRIES)
			err = nb_fail(
				NB_ESOURCE,
				"%s: changed while it was read\nhint: mount "
				"/boot read-only, or try at another time",
				job->object);
		unlinkat(job->stage.context->staging, path, 0);
	}
	free(path);
	return err;
}

/* Takes ownership of what PIECE points to. */
static enum nb_err
add_piece(struct nb_boot_job *job, struct nb_disk_piece piece)
{
	enum nb_err err = copy_piece(job, &piece);

	if (!err)
		err = nb_array_push(&job->area.pieces, piece);
	if (err)
		nb_disk_piece_clear(&piece);
	return err;
}

static enum nb_err
add_start(struct nb_boot_job *job)
{
	uint64_t cap = nb_boot_area_options(job->source)->max_size;
	struct nb_disk_piece piece = {
		.kind = NB_PIECE_START,
		.bytes = nb_disk_boot_end(&job->area.disk),
	};
	char have[16], most[16];
	enum nb_err err;

	if (cap && piece.bytes > cap)
		return nb_fail(NB_ESOURCE,
			       "%s: the end of /boot is at %s, max_size is "
			       "%s\nhint: raise max_size, or use boot = none "
			       "and back up /boot as a tree",
			       job->object, nb_str_size(piece.bytes, have),
			       nb_str_size(cap, most));
	err = nb_str_dup("start.img.zst", &piece.file);
	if (!err)
		err = nb_str_dup("zstd", &piece.filters);
	if (!err)
		return add_piece(job, piece);
	nb_disk_piece_clear(&piece);
	return err;
}

static uint32_t
little32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16
		| (uint32_t)p[3] << 24;
}

static bool
is_extended(uint8_t type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

/* The block at AT contains the address of the next link, relative to BASE; 0:
 * it is the last one. */
static enum nb_err
next_link(const struct nb_boot_job *job, uint64_t base, uint64_t at,
	  uint64_t *next)
{
	uint8_t block[512];

	*next = 0;
	if (pread(job->fd, block, sizeof block, (off_t)at)
	    != (ssize_t)sizeof block)
		return nb_fail_errno(NB_EIO, "%s: cannot read at %llu",
				     job->object, (unsigned long long)at);
	if (block[510] != 0x55 || block[511] != 0xaa)
		return NB_OK;
	for (size_t i = 446; i < 510 && !*next; i += 16)
		if (is_extended(block[i + 4]) && little32(block + i + 8))
			*next = base
				+ (uint64_t)little32(block + i + 8)
					* job->area.disk.sector;
	if (*next > job->area.disk.size - job->area.disk.sector)
		*next = 0;
	return NB_OK;
}

/* The chain of the extended partition, which may be after the copied start;
 * each link is one block. */
static enum nb_err
add_chain(struct nb_boot_job *job, uint64_t base)
{
	unsigned int sector = job->area.disk.sector;
	enum nb_err err = NB_OK;
	uint64_t at = base;

	for (int i = 0; !err && at && i < MAX_EBRS; i++) {
		struct nb_disk_piece piece = {
			.kind = NB_PIECE_EBR,
			.offset = at,
			.bytes = sector,
		};

		err = nb_str_format(&piece.file, "ebr-%d.img", i + 1);
		if (!err)
			err = add_piece(job, piece);
		if (!err)
			err = next_link(job, base, piece.offset, &at);
	}
	return err;
}

/* UEFI 2.10, 5.3.2: the header at the end of the disk has the address of its
 * table. */
static enum nb_err
add_backup_gpt(struct nb_boot_job *job)
{
	const struct nb_disk *disk = &job->area.disk;
	struct nb_disk_piece piece = { .kind = NB_PIECE_BACKUP_GPT };
	uint64_t last = disk->size - disk->sector, from;
	uint8_t header[512];
	enum nb_err err;

	if (pread(job->fd, header, sizeof header, (off_t)last)
	    != (ssize_t)sizeof header)
		return nb_fail_errno(NB_EIO, "%s: cannot read at %llu",
				     job->object, (unsigned long long)last);
	from = (little32(header + 72) | (uint64_t)little32(header + 76) << 32)
		* disk->sector;
	if (memcmp(header, "EFI PART", 8) || from >= last
	    || disk->size - from > MAX_GPT) {
		nb_log(NB_WARNING,
		       "%s: the backup partition table at the end of the disk "
		       "is missing or damaged\nhint: sfdisk "
		       "--relocate gpt-bak-std %s",
		       job->object, nb_boot_area_options(job->source)->disk);
		return NB_OK;
	}
	piece.offset = from;
	piece.bytes = disk->size - from;
	err = nb_str_dup("gpt-backup.img", &piece.file);
	return err ? err : add_piece(job, piece);
}

enum nb_err
nb_boot_pieces(struct nb_boot_job *job)
{
	const struct nb_disk_parts *parts = &job->area.disk.parts;
	enum nb_err err = add_start(job);

	for (size_t i = 0; !err && i < parts->count; i++)
		if (parts->at[i].container)
			err = add_chain(job, parts->at[i].start);
	if (!err && nb_disk_is_gpt(&job->area.disk))
		err = add_backup_gpt(job);
	return err;
}
