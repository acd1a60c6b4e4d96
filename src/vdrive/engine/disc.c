/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/engine/disc.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "vdrive/engine/buffer.h"
#include "vdrive/engine/disc_head.h"
#include "vdrive/engine/mmc.h"

#define LINE 64 /* bytes before the JSON text of a head */
#define FORMAT "vdrive disc %d %020" PRIu64 " %06zu %016" PRIx64

static int __attribute__((format(printf, 2, 3)))
refuse(char why[VD_WHY_MAX], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, VD_WHY_MAX, format, arguments);
	va_end(arguments);
	return -1;
}

static int
write_all(int fd, const void *data, size_t n, off_t at)
{
	const char *p = data;

	while (n) {
		ssize_t done = pwrite(fd, p, n, at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? errno : EIO;
		p += done;
		n -= (size_t)done;
		at += done;
	}
	return 0;
}

/* Blocks beyond the end of the file are read as zeros, as on a sparse disc. */
static int
read_all(int fd, void *data, size_t n, off_t at)
{
	char *p = data;

	while (n) {
		ssize_t done = pread(fd, p, n, at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return errno;
		if (!done) {
			memset(p, 0, n);
			return 0;
		}
		p += done;
		n -= (size_t)done;
		at += done;
	}
	return 0;
}

/* The head is written over the older of both. */
static int
save_head(struct vd_disc *disc)
{
	uint64_t generation = disc->generation + 1;
	char *text = vd_head_format(disc, 0), *whole = NULL;
	size_t n = text ? strlen(text) : 0;
	int error = text && n < VD_HEAD_SIZE - LINE ? 0 : ENOMEM;

	if (!error && !(whole = malloc(LINE + n)))
		error = ENOMEM;
	if (!error) {
		memset(whole, ' ', LINE);
		whole[snprintf(whole, LINE, FORMAT, VD_DISC_VERSION, generation,
			       n, XXH64(text, n, generation))] = ' ';
		whole[LINE - 1] = '\n';
		memcpy(whole + LINE, text, n);
		error = write_all(disc->fd, whole, LINE + n,
				  (off_t)(generation % 2 * VD_HEAD_SIZE));
	}
	if (!error) {
		const struct vd_track *last = disc->track_count
			? &disc->tracks[disc->track_count - 1]
			: NULL;

		disc->generation = generation;
		disc->synced[0] = last ? last->start : -1;
		disc->synced[1] = last ? last->next : 0;
	}
	free(whole);
	free(text);
	return error;
}

/* Reads one head as text, with its generation; false if it is incomplete. */
static bool
read_head(int fd, off_t at, char **text, size_t *n, uint64_t *generation)
{
	char line[LINE + 1] = "";
	uint64_t sum;
	int version;

	*text = NULL;
	if (read_all(fd, line, LINE, at)
	    || sscanf(line, "vdrive disc %d %" SCNu64 " %zu %" SCNx64, &version,
		      generation, n, &sum)
		    != 4
	    || version != VD_DISC_VERSION || *n >= VD_HEAD_SIZE - LINE)
		return false;
	*text = malloc(*n + 1);
	if (*text && !read_all(fd, *text, *n, at + LINE)
	    && XXH64(*text, *n, *generation) == sum)
		return true;
	free(*text);
	*text = NULL;
	return false;
}

static int
load_head(struct vd_disc *disc, char why[VD_WHY_MAX])
{
	char *text[2], magic[12] = "";
	size_t n[2] = { 0 };
	uint64_t generation[2] = { 0 };
	int newest, result;

	for (int i = 0; i < 2; i++)
		if (!read_head(disc->fd, i * VD_HEAD_SIZE, &text[i], &n[i],
			       &generation[i]))
			generation[i] = 0;
	newest = generation[1] > generation[0];
	if (!text[newest]) {
		read_all(disc->fd, magic, 11, 0);
		return refuse(why, "%s: %s", disc->path,
			      strcmp(magic, "vdrive disc")
				      ? "not a vdrive disc"
				      : "its header is damaged or of a later "
					"version");
	}
	disc->generation = generation[newest];
	result = vd_head_parse(text[newest], n[newest], disc, why);
	free(text[0]);
	free(text[1]);
	if (!result && disc->track_count) {
		disc->synced[0] = disc->tracks[disc->track_count - 1].start;
		disc->synced[1] = disc->tracks[disc->track_count - 1].next;
	}
	return result;
}

int
vd_disc_create(const char *path, enum vd_type type, int32_t capacity,
	       char why[VD_WHY_MAX])
{
	struct vd_disc *disc = calloc(1, sizeof *disc);
	int error;

	if (!disc)
		return refuse(why, "%s: %s", path, strerror(ENOMEM));
	disc->type = type;
	disc->medium = vd_medium_of(type);
	disc->capacity = capacity ? capacity : disc->medium->capacity;
	if (type == VD_DVD_RAM) /* sold formatted */
		disc->formatted = disc->capacity;
	disc->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	error = disc->fd < 0 ? errno : 0;
	if (!error) {
		error = save_head(disc);
		if (!error && ftruncate(disc->fd, VD_DATA_START))
			error = errno;
		if (close(disc->fd) && !error)
			error = errno;
		if (error)
			unlink(path);
	}
	free(disc);
	return error ? refuse(why, "%s: %s", path, strerror(error)) : 0;
}

int
vd_disc_open(const char *path, bool read_only, struct vd_disc **out,
	     char why[VD_WHY_MAX])
{
	struct vd_disc *disc = calloc(1, sizeof *disc);
	struct stat status;
	int result = -1;

	if (!disc)
		return refuse(why, "%s: %s", path, strerror(ENOMEM));
	disc->read_only = read_only;
	disc->synced[0] = -1;
	snprintf(disc->path, sizeof disc->path, "%s", path);
	disc->fd = open(
		path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK);
	if (disc->fd < 0 || fstat(disc->fd, &status))
		refuse(why, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(status.st_mode))
		refuse(why, "%s: not a regular file", path);
	else if (!read_only && flock(disc->fd, LOCK_EX | LOCK_NB))
		refuse(why, "%s: in use by another drive", path);
	else
		result = load_head(disc, why);
	if (result) {
		if (disc->fd >= 0)
			close(disc->fd);
		free(disc);
		return -1;
	}
	*out = disc;
	return 0;
}

static int
flush_one(struct vd_disc *disc)
{
	uint8_t data[VD_BLOCK];
	int32_t lba;

	if (!vd_buffer_take(disc->buffer, &lba, data))
		return 0;
	return write_all(disc->fd, data, VD_BLOCK,
			 VD_DATA_START + (off_t)lba * VD_BLOCK);
}

int
vd_disc_save(struct vd_disc *disc)
{
	int error = 0;

	if (disc->read_only)
		return 0;
	while (!error && disc->buffer && vd_buffer_waiting(disc->buffer, NULL))
		error = flush_one(disc);
	return error ? error : save_head(disc);
}

int
vd_disc_close(struct vd_disc *disc)
{
	int error;

	if (!disc)
		return 0;
	error = vd_disc_save(disc);
	if (close(disc->fd) && !error)
		error = errno;
	vd_buffer_free(disc->buffer);
	free(disc);
	errno = error;
	return error ? -1 : 0;
}

int
vd_disc_buffer(struct vd_disc *disc)
{
	if (!disc->buffer)
		disc->buffer = vd_buffer_new();
	return disc->buffer ? 0 : ENOMEM;
}

/* A track that was written to since the last save ends with the last block that
 * reached the disc; one without such blocks never existed. */
int
vd_disc_power_loss(struct vd_disc *disc)
{
	struct vd_track *last =
		disc->track_count ? &disc->tracks[disc->track_count - 1] : NULL;
	int32_t lowest = INT32_MAX;

	if (disc->buffer) {
		vd_buffer_waiting(disc->buffer, &lowest);
		vd_buffer_drop(disc->buffer, false);
	}
	if (last && !last->closed
	    && (last->start != disc->synced[0]
		|| last->next != disc->synced[1])) {
		if (lowest < last->next)
			last->next = lowest;
		last->damaged = true;
		if (last->next <= last->start && !last->reserved)
			disc->track_count--;
	}
	return disc->read_only ? 0 : save_head(disc);
}

int
vd_disc_read(struct vd_disc *disc, int32_t lba, size_t count, void *data)
{
	int error = read_all(disc->fd, data, count * VD_BLOCK,
			     VD_DATA_START + (off_t)lba * VD_BLOCK);

	for (size_t i = 0; !error && disc->buffer && i < count; i++)
		vd_buffer_get(disc->buffer, lba + (int32_t)i,
			      (uint8_t *)data + i * VD_BLOCK);
	return error;
}

int
vd_disc_write(struct vd_disc *disc, int32_t lba, size_t count, const void *data)
{
	int error = 0;

	if (!disc->buffer)
		return write_all(disc->fd, data, count * VD_BLOCK,
				 VD_DATA_START + (off_t)lba * VD_BLOCK);
	for (size_t i = 0; !error && i < count; i++) {
		error = vd_buffer_put(disc->buffer, lba + (int32_t)i,
				      (const uint8_t *)data + i * VD_BLOCK,
				      false);
		if (!error
		    && vd_buffer_waiting(disc->buffer, NULL) > VD_BUFFER_BLOCKS)
			error = flush_one(disc);
	}
	return error;
}

int
vd_disc_pretend(struct vd_disc *disc, int32_t lba, size_t count,
		const void *data)
{
	int error = vd_disc_buffer(disc);
	const uint8_t *block = data;

	for (; !error && count; count--, block += VD_BLOCK)
		error = vd_buffer_put(disc->buffer, lba++, block, true);
	return error;
}

void
vd_disc_forget(struct vd_disc *disc)
{
	vd_buffer_drop(disc->buffer, true);
}

/* The part of an audio block beyond 2,048 bytes is stored after all blocks. */
static off_t
audio_rest(const struct vd_disc *disc, int32_t lba)
{
	return VD_DATA_START + (off_t)disc->capacity * VD_BLOCK
		+ (off_t)lba * (VD_AUDIO_BLOCK - VD_BLOCK);
}

int
vd_disc_read_audio(struct vd_disc *disc, int32_t lba, void *data)
{
	int error = vd_disc_read(disc, lba, 1, data);

	if (error)
		return error;
	return read_all(disc->fd, (uint8_t *)data + VD_BLOCK,
			VD_AUDIO_BLOCK - VD_BLOCK, audio_rest(disc, lba));
}

int
vd_disc_write_audio(struct vd_disc *disc, int32_t lba, const void *data)
{
	int error = vd_disc_write(disc, lba, 1, data);

	if (error)
		return error;
	return write_all(disc->fd, (const uint8_t *)data + VD_BLOCK,
			 VD_AUDIO_BLOCK - VD_BLOCK, audio_rest(disc, lba));
}

int
vd_disc_erase(struct vd_disc *disc, int32_t lba, int32_t count)
{
	off_t at = VD_DATA_START + (off_t)lba * VD_BLOCK;
	static const uint8_t zeros[VD_BLOCK];
	int error = 0;

	if (count <= 0)
		return 0;
	vd_buffer_drop_range(disc->buffer, lba, count);
	if (!lba && count == disc->capacity)
		return ftruncate(disc->fd, at) ? errno : 0;
	if (!fallocate(disc->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at,
		       (off_t)count * VD_BLOCK))
		return 0;
	for (; !error && count; count--, at += VD_BLOCK)
		error = write_all(disc->fd, zeros, VD_BLOCK, at);
	return error;
}
