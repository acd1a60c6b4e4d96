/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/boot/area_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "filter/chain.h"
#include "source/boot/area.h"

#define PIECE ((size_t)1 << 20)

struct write {
	const struct nb_boot_restore *spec;
	const char *path; /* identity of the device */
	int fd;           /* open on it; -1: only check the pieces */
	const struct nb_disk_piece *piece;
	struct nb_sha256 *hash;
	char *first; /* the first bytes of the disk */
	size_t first_length;
	uint64_t at; /* within the piece */
	uint64_t done, total;
};

static enum nb_err
put(struct write *w, const void *data, size_t n, uint64_t offset)
{
	if (pwrite(w->fd, data, n, (off_t)offset) != (ssize_t)n)
		return nb_fail_errno(NB_EIO, "%s: cannot write at %llu",
				     w->path, (unsigned long long)offset);
	return NB_OK;
}

/* The first piece of the disk is written last: until then the disk has no
 * table, so that nobody mistakes a partial restore for a complete one. */
static enum nb_err
take_bytes(struct write *w, const char *data, size_t n)
{
	uint64_t offset = w->piece->offset + w->at;
	enum nb_err err = NB_OK;

	if (w->at + n > w->piece->bytes)
		return nb_fail(NB_ECORRUPT, "%s: longer than %llu bytes",
			       w->piece->file,
			       (unsigned long long)w->piece->bytes);
	nb_sha256_add(w->hash, data, n);
	if (w->fd >= 0 && offset < PIECE) {
		size_t head = n < PIECE - offset ? n : PIECE - offset;

		memcpy(w->first + offset, data, head);
		if (offset + head > w->first_length)
			w->first_length = offset + head;
		w->at += head;
		data += head;
		n -= head;
	}
	if (w->fd >= 0 && n)
		err = put(w, data, n, w->piece->offset + w->at);
	w->at += n;
	return err;
}

static enum nb_err
take_plain(void *ctx, const void *data, size_t n)
{
	struct write *w = ctx;
	enum nb_err err = take_bytes(w, data, n);

	w->done += n;
	if (!err && w->spec->progress)
		err = w->spec->progress(w->spec->ctx, w->done, w->total);
	return err;
}

static enum nb_err
compare(struct write *w, const char *what)
{
	uint8_t sum[NB_SHA256_SIZE];

	nb_sha256_finish(w->hash, sum);
	if (!memcmp(sum, w->piece->sha256, sizeof sum))
		return NB_OK;
	return nb_fail(NB_ECORRUPT, "%s: %s", what,
		       "the data differs from what was backed up");
}

static enum nb_err
read_piece(struct write *w)
{
	const struct nb_disk_piece *piece = w->piece;
	const struct nb_chain_spec spec = {
		.object = piece->file,
		.filters = piece->filters,
		.put = take_plain,
		.ctx = w,
	};
	int fd = nb_path_open(w->spec->pieces, piece->file, O_RDONLY, 0);
	struct nb_chain *chain = NULL;
	enum nb_err err;

	if (fd < 0)
		return nb_fail_errno(NB_EIO, "%s: cannot open", piece->file);
	err = nb_chain_read(&spec, &chain);
	if (!err)
		err = nb_chain_pump(chain, fd);
	nb_chain_free(chain);
	nb_fd_close(&fd);
	if (!err && w->at != piece->bytes)
		err = nb_fail(NB_ECORRUPT, "%s: shorter than %llu bytes",
			      piece->file, (unsigned long long)piece->bytes);
	return err;
}

/* Reads the file of a piece, and writes it if a disk is open. */
static enum nb_err
handle(struct write *w, const struct nb_disk_piece *piece)
{
	uint8_t unused[NB_SHA256_SIZE];
	enum nb_err err;

	w->piece = piece;
	w->at = 0;
	err = read_piece(w);
	if (!err)
		return compare(w, piece->file);
	nb_sha256_finish(w->hash, unused);
	return err;
}

/* On a disk of another size, the second table is elsewhere. */
static bool
is_written(const struct write *w, const struct nb_disk_piece *piece)
{
	return piece->kind != NB_PIECE_BACKUP_GPT
		|| w->spec->shown->disk.size == w->spec->area->disk.size;
}

static enum nb_err
each_piece(struct write *w)
{
	const struct nb_disk_pieces *list = &w->spec->area->pieces;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < list->count; i++)
		if (w->fd < 0 || is_written(w, &list->at[i]))
			err = handle(w, &list->at[i]);
	return err;
}

/* An old GPT would be found at the end of the disk. */
static enum nb_err
forget_old(struct write *w)
{
	uint64_t last = w->spec->shown->disk.size - w->spec->shown->disk.sector;
	char block[512];

	if (pread(w->fd, block, sizeof block, (off_t)last)
	    != (ssize_t)sizeof block)
		return nb_fail_errno(NB_EIO, "%s: cannot read at %llu", w->path,
				     (unsigned long long)last);
	if (memcmp(block, "EFI PART", 8))
		return NB_OK;
	memset(block, 0, sizeof block);
	return put(w, block, sizeof block, last);
}

static enum nb_err
hash_bytes(void *ctx, const void *data, size_t n)
{
	struct write *w = ctx;

	nb_sha256_add(w->hash, data, n);
	return NB_OK;
}

static enum nb_err
read_back(struct write *w)
{
	const struct nb_disk_pieces *list = &w->spec->area->pieces;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < list->count; i++) {
		w->piece = &list->at[i];
		if (!is_written(w, w->piece))
			continue;
		err = nb_boot_read(w->path, w->fd, w->piece->offset,
				   w->piece->bytes, hash_bytes, w);
		if (!err)
			err = compare(w, w->path);
	}
	return err;
}

static enum nb_err
write_all(struct write *w)
{
	enum nb_err err;

	memset(w->first, 0, PIECE);
	/* No partition table while the rest is written. */
	err = put(w, w->first, PIECE, 0);
	if (!err)
		err = forget_old(w);
	if (!err)
		err = each_piece(w);
	if (!err && fsync(w->fd))
		err = nb_fail_errno(NB_EIO, "%s: cannot sync", w->path);
	if (!err)
		err = put(w, w->first, w->first_length, 0);
	if (!err && fsync(w->fd))
		err = nb_fail_errno(NB_EIO, "%s: cannot sync", w->path);
	return err ? err : read_back(w);
}

static enum nb_err
finish(struct write *w)
{
	const struct nb_disk *disk = &w->spec->area->disk;
	enum nb_err err = NB_OK;
	bool second = false;

	for (size_t i = 0; i < w->spec->area->pieces.count; i++)
		second |=
			w->spec->area->pieces.at[i].kind == NB_PIECE_BACKUP_GPT
			&& is_written(w, &w->spec->area->pieces.at[i]);
	if (nb_disk_is_gpt(disk) && !second) {
		/* libfdisk opens it exclusively, too. */
		nb_fd_close(&w->fd);
		err = nb_disk_move_backup(w->path, w->path);
		if (!err)
			w->fd = open(w->path, O_RDWR | O_EXCL | O_CLOEXEC);
		if (!err && w->fd < 0)
			err = nb_fail_errno(NB_EIO, "%s: cannot open", w->path);
	}
	if (!err)
		err = nb_boot_make_swap(w->path, w->fd, disk);
	if (err)
		return err;
	ioctl(w->fd, BLKFLSBUF, 0);
	if (ioctl(w->fd, BLKRRPART, 0))
		nb_log(NB_NOTE,
		       "%s: the kernel did not read the new "
		       "partition table\nhint: partx -u %s",
		       w->path, w->path);
	return nb_boot_check_table(w->path, disk);
}

static enum nb_err
refuse(const struct write *w, enum nb_target answer,
       const struct nb_boot_target *now)
{
	const struct nb_disk *disk = &w->spec->area->disk;
	char need[16], have[16];

	if (answer == NB_TARGET_NOT_NAMED)
		return nb_fail(
			NB_EUSAGE,
			"%s: not overwritten: %s\nhint: add --yes-erase %s",
			w->path, nb_target_text(answer), w->path);
	if (answer == NB_TARGET_IN_USE)
		return nb_fail(NB_EWRONG, "%s: not overwritten: %s: %s",
			       w->path, nb_target_text(answer),
			       now->user ? now->user
					 : "it is in use by the kernel");
	if (answer == NB_TARGET_TOO_SMALL)
		return nb_fail(NB_EWRONG,
			       "%s: not overwritten: %s: %s needed, the disk "
			       "has %s\nhint: for a smaller disk use the files "
			       "below boot/ and efi/, and partitions.sfdisk",
			       w->path, nb_target_text(answer),
			       nb_str_size(nb_disk_end(disk), need),
			       nb_str_size(now->disk.size, have));
	return nb_fail(NB_EWRONG, "%s: not overwritten: %s", w->path,
		       nb_target_text(answer));
}

/* Inspects everything again, while the device is held exclusively. */
static enum nb_err
permit(struct write *w, bool complete)
{
	struct nb_boot_target now = { .path = NULL };
	enum nb_err err = nb_boot_inspect(w->path, &now);
	struct nb_target_facts facts = {
		.named = w->path,
		.again = w->spec->again,
		.block = now.block,
		.whole = now.whole,
		.in_use = now.user != NULL,
		.read_only = now.read_only,
		.complete = complete,
		.first_device = w->spec->shown->identity,
		.second_device = now.identity,
		.size = now.disk.size,
		.sector = now.disk.sector,
		.wanted = &w->spec->area->disk,
	};
	enum nb_target answer;

	if (err)
		return err;
	answer = nb_target_check(&facts);
	if (answer == NB_TARGET_PERMIT) {
		w->fd = open(w->path, O_RDWR | O_EXCL | O_CLOEXEC);
		if (w->fd < 0 && errno == EBUSY)
			answer = NB_TARGET_IN_USE;
		else if (w->fd < 0)
			err = nb_fail_errno(NB_EIO, "%s: cannot open", w->path);
	}
	if (!err && answer != NB_TARGET_PERMIT)
		err = refuse(w, answer, &now);
	nb_boot_target_clear(&now);
	return err;
}

static bool
is_refused_anyway(const struct nb_boot_restore *spec)
{
	return !spec->again || !spec->shown->block || spec->shown->user;
}

enum nb_err
nb_boot_write(const struct nb_boot_restore *spec)
{
	struct write w = { .spec = spec, .path = spec->shown->path, .fd = -1 };
	enum nb_err err = nb_sha256_new(&w.hash);

	for (size_t i = 0; i < spec->area->pieces.count; i++)
		w.total += 2 * spec->area->pieces.at[i].bytes;
	w.first = malloc(PIECE);
	if (!err && !w.first)
		err = nb_fail_memory();
	/* All of them are checked before the first byte is written. */
	if (!err && !is_refused_anyway(spec))
		err = each_piece(&w);
	if (!err && !is_refused_anyway(spec))
		err = nb_boot_check_programs(&spec->area->disk);
	if (!err)
		err = permit(&w, !is_refused_anyway(spec));
	if (!err)
		err = write_all(&w);
	if (!err)
		err = finish(&w);
	nb_fd_close(&w.fd);
	nb_sha256_free(w.hash);
	free(w.first);
	return err;
}
