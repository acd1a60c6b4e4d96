/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading and writing the device.  The node is an empty file, so the kernel
 * keeps the offset for us, shared by duplicates as it must be, and only a real
 * read that returns nothing needs a check of the descriptor.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include "vdrive/preload/block.h"
#include "vdrive/preload/overlay.h"
#include "vdrive/preload/real.h"

ssize_t __read_chk(int fd, void *buf, size_t n, size_t size);
ssize_t __pread_chk(int fd, void *buf, size_t n, off_t offset, size_t size);
ssize_t __pread64_chk(int fd, void *buf, size_t n, off64_t offset, size_t size);

static ssize_t
result_of(int error, size_t done)
{
	if (!error)
		return (ssize_t)done;
	errno = error;
	return -1;
}

static bool
may(int fd, int refused)
{
	return (fcntl(fd, F_GETFL) & O_ACCMODE) != refused;
}

static ssize_t
read_at(int drive, int fd, void *buf, size_t n, off_t offset)
{
	size_t done = 0;
	int error = offset < 0 ? EINVAL
		: !may(fd, O_WRONLY)
		? EBADF
		: vf_block_read(drive, buf, n, (uint64_t)offset, &done);

	return result_of(error, done);
}

static ssize_t
write_at(int drive, int fd, const void *buf, size_t n, off_t offset)
{
	size_t done = 0;
	int error = offset < 0 ? EINVAL
		: !may(fd, O_RDONLY)
		? EBADF
		: vf_block_write(drive, buf, n, (uint64_t)offset, &done);

	return result_of(error, done);
}

VF_EXPORT ssize_t
read(int fd, void *buf, size_t n)
{
	ssize_t got = REAL(read)(fd, buf, n);
	int drive = got || !n ? -1 : vf_drive_of(fd);

	if (drive < 0)
		return got;
	got = read_at(drive, fd, buf, n, REAL(lseek)(fd, 0, SEEK_CUR));
	if (got > 0)
		REAL(lseek)(fd, got, SEEK_CUR);
	return got;
}

VF_EXPORT ssize_t
pread(int fd, void *buf, size_t n, off_t offset)
{
	ssize_t got = REAL(pread)(fd, buf, n, offset);
	int drive = got || !n ? -1 : vf_drive_of(fd);

	return drive < 0 ? got : read_at(drive, fd, buf, n, offset);
}

VF_EXPORT ssize_t
pread64(int fd, void *buf, size_t n, off64_t offset)
{
	return pread(fd, buf, n, offset);
}

VF_EXPORT ssize_t
__read_chk(int fd, void *buf, size_t n, size_t size)
{
	if (n > size)
		abort();
	return read(fd, buf, n);
}

VF_EXPORT ssize_t
__pread_chk(int fd, void *buf, size_t n, off_t offset, size_t size)
{
	if (n > size)
		abort();
	return pread(fd, buf, n, offset);
}

VF_EXPORT ssize_t
__pread64_chk(int fd, void *buf, size_t n, off64_t offset, size_t size)
{
	if (n > size)
		abort();
	return pread(fd, buf, n, offset);
}

VF_EXPORT ssize_t
readv(int fd, const struct iovec *iov, int count)
{
	ssize_t got = REAL(readv)(fd, iov, count), sum = 0;

	if (got || vf_drive_of(fd) < 0)
		return got;
	for (int i = 0; i < count; i++) {
		got = read(fd, iov[i].iov_base, iov[i].iov_len);
		if (got < 0)
			return sum ? sum : got;
		sum += got;
		if ((size_t)got < iov[i].iov_len)
			break;
	}
	return sum;
}

VF_EXPORT ssize_t
write(int fd, const void *buf, size_t n)
{
	int drive = vf_drive_of(fd);
	ssize_t put;

	if (drive < 0)
		return REAL(write)(fd, buf, n);
	put = write_at(drive, fd, buf, n, REAL(lseek)(fd, 0, SEEK_CUR));
	if (put > 0)
		REAL(lseek)(fd, put, SEEK_CUR);
	return put;
}

VF_EXPORT ssize_t
pwrite(int fd, const void *buf, size_t n, off_t offset)
{
	int drive = vf_drive_of(fd);

	return drive < 0 ? REAL(pwrite)(fd, buf, n, offset)
			 : write_at(drive, fd, buf, n, offset);
}

VF_EXPORT ssize_t
pwrite64(int fd, const void *buf, size_t n, off64_t offset)
{
	return pwrite(fd, buf, n, offset);
}

VF_EXPORT ssize_t
writev(int fd, const struct iovec *iov, int count)
{
	ssize_t put, sum = 0;

	if (vf_drive_of(fd) < 0)
		return REAL(writev)(fd, iov, count);
	for (int i = 0; i < count; i++) {
		put = write(fd, iov[i].iov_base, iov[i].iov_len);
		if (put < 0)
			return sum ? sum : put;
		sum += put;
		if ((size_t)put < iov[i].iov_len)
			break;
	}
	return sum;
}

VF_EXPORT off_t
lseek(int fd, off_t offset, int whence)
{
	int drive = whence == SEEK_END ? vf_drive_of(fd) : -1, error;
	uint64_t size;

	if (drive < 0)
		return REAL(lseek)(fd, offset, whence);
	error = vf_block_size(drive, &size);
	if (error)
		return result_of(error, 0);
	return REAL(lseek)(fd, (off_t)size + offset, SEEK_SET);
}

VF_EXPORT off64_t
lseek64(int fd, off64_t offset, int whence)
{
	return lseek(fd, offset, whence);
}

static int
sync_any(int fd, int (*real)(int))
{
	int drive = vf_drive_of(fd), error;

	if (drive < 0)
		return real(fd);
	error = may(fd, O_RDONLY) ? vf_block_sync(drive) : 0;
	return (int)result_of(error, 0);
}

VF_EXPORT int
fsync(int fd)
{
	return sync_any(fd, REAL(fsync));
}

VF_EXPORT int
fdatasync(int fd)
{
	return sync_any(fd, REAL(fdatasync));
}

VF_EXPORT int
ftruncate(int fd, off_t length)
{
	return vf_drive_of(fd) < 0 ? REAL(ftruncate)(fd, length)
				   : (int)result_of(EINVAL, 0);
}

VF_EXPORT int
ftruncate64(int fd, off64_t length)
{
	return ftruncate(fd, length);
}

/* Calls that move bytes inside the kernel are refused. */
VF_EXPORT ssize_t
copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t n,
		unsigned int flags)
{
	if (vf_drive_of(in) >= 0 || vf_drive_of(out) >= 0)
		return result_of(EINVAL, 0);
	return REAL(copy_file_range)(in, in_at, out, out_at, n, flags);
}

VF_EXPORT ssize_t
sendfile(int out, int in, off_t *offset, size_t n)
{
	if (vf_drive_of(in) >= 0 || vf_drive_of(out) >= 0)
		return result_of(EINVAL, 0);
	return REAL(sendfile)(out, in, offset, n);
}

VF_EXPORT ssize_t
sendfile64(int out, int in, off64_t *offset, size_t n)
{
	return sendfile(out, in, offset, n);
}

VF_EXPORT void *
mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset)
{
	if (fd >= 0 && !(flags & MAP_ANONYMOUS) && vf_drive_of(fd) >= 0) {
		errno = ENODEV;
		return MAP_FAILED;
	}
	return REAL(mmap)(at, n, protection, flags, fd, offset);
}

VF_EXPORT void *
mmap64(void *at, size_t n, int protection, int flags, int fd, off64_t offset)
{
	return mmap(at, n, protection, flags, fd, offset);
}
