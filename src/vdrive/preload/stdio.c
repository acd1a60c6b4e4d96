/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams on the device.  The C library reads its own streams by calls that
 * cannot be interposed, so such a stream gets functions of ours; fileno has to
 * know it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vdrive/preload/overlay.h"
#include "vdrive/preload/real.h"

#define STREAMS_MAX 32

static struct stream {
	FILE *file;
	int fd;
} streams[STREAMS_MAX];
static int stream_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static ssize_t
stream_read(void *cookie, char *buf, size_t n)
{
	return read(((struct stream *)cookie)->fd, buf, n);
}

static ssize_t
stream_write(void *cookie, const char *buf, size_t n)
{
	return write(((struct stream *)cookie)->fd, buf, n);
}

static int
stream_seek(void *cookie, off64_t *offset, int whence)
{
	off64_t at = lseek(((struct stream *)cookie)->fd, *offset, whence);

	if (at < 0)
		return -1;
	*offset = at;
	return 0;
}

static int
stream_close(void *cookie)
{
	struct stream *stream = cookie;
	int fd;

	pthread_mutex_lock(&lock);
	fd = stream->fd;
	stream->file = NULL;
	stream_count--;
	pthread_mutex_unlock(&lock);
	return close(fd);
}

static const cookie_io_functions_t functions = { stream_read, stream_write,
						 stream_seek, stream_close };

/* A stream of ours on FD, which remains the caller's on failure. */
static FILE *
open_stream(int fd, const char *mode)
{
	struct stream *stream = NULL;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < STREAMS_MAX && !stream; i++)
		if (!streams[i].file)
			stream = &streams[i];
	if (stream) {
		stream->fd = fd;
		stream->file = fopencookie(stream, mode, functions);
		if (stream->file)
			stream_count++;
	}
	pthread_mutex_unlock(&lock);
	if (!stream)
		errno = EMFILE;
	return stream ? stream->file : NULL;
}

static int
flags_of(const char *mode)
{
	int flags = strchr(mode, '+') ? O_RDWR
		: *mode == 'r'        ? O_RDONLY
				      : O_WRONLY;

	return flags | (strchr(mode, 'e') ? O_CLOEXEC : 0);
}

VF_EXPORT FILE *
fopen(const char *restrict path, const char *restrict mode)
{
	char buf[PATH_MAX];
	const char *use = vf_overlay_path(AT_FDCWD, path, buf);
	FILE *file;
	int fd;

	if (use == path && path) {
		use = vf_overlay_chase(AT_FDCWD, path, buf);
		use = use ? use : path;
	}
	file = REAL(fopen)(use, use == path ? mode : "re");
	if (!file || vf_drive_of(fileno(file)) < 0)
		return file;
	REAL(fclose)(file);
	fd = open(path, flags_of(mode));
	if (fd < 0)
		return NULL;
	file = open_stream(fd, mode);
	if (!file)
		close(fd);
	return file;
}

VF_EXPORT FILE *
fopen64(const char *restrict path, const char *restrict mode)
{
	return fopen(path, mode);
}

VF_EXPORT FILE *
fdopen(int fd, const char *mode)
{
	return vf_drive_of(fd) < 0 ? REAL(fdopen)(fd, mode)
				   : open_stream(fd, mode);
}

VF_EXPORT int
fileno(FILE *file)
{
	int fd = -1;

	if (__atomic_load_n(&stream_count, __ATOMIC_ACQUIRE)) {
		pthread_mutex_lock(&lock);
		for (int i = 0; i < STREAMS_MAX && fd < 0; i++)
			if (streams[i].file == file)
				fd = streams[i].fd;
		pthread_mutex_unlock(&lock);
	}
	return fd < 0 ? REAL(fileno)(file) : fd;
}

VF_EXPORT int
fileno_unlocked(FILE *file)
{
	return fileno(file);
}

/* "md5sum </dev/sr0": the standard streams of a program. */
static void __attribute__((constructor)) take_standard_streams(void)
{
	FILE *file;

	if (vf_drive_of(STDIN_FILENO) >= 0
	    && (file = open_stream(STDIN_FILENO, "r")))
		stdin = file;
	if (vf_drive_of(STDOUT_FILENO) >= 0
	    && (file = open_stream(STDOUT_FILENO, "w")))
		stdout = file;
}
