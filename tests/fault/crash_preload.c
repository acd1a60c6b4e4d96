/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loaded before a program: counts its calls that change files, and ends it
 * with SIGKILL, or what signal CRASH_SIGNAL names by its number, at the one
 * whose number CRASH_AT gives, before it is done.  Their number is written to
 * CRASH_COUNT when the program ends by itself.
 *
 * Into the directory CRASH_KEEP goes what a failing power would leave: at each
 * fsync the file or the list of the directory as it is then, numbered, with the
 * inode in the name.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static _Atomic long calls;
static long crash_at;
static int crash_signal = SIGKILL;

static void __attribute__((constructor)) begin(void)
{
	const char *at = getenv("CRASH_AT");

	const char *number = getenv("CRASH_SIGNAL");

	crash_at = at ? atol(at) : 0;
	if (number)
		crash_signal = atoi(number);
}

static void __attribute__((destructor)) end(void)
{
	const char *path = getenv("CRASH_COUNT");
	FILE *file = path ? fopen(path, "w") : NULL;

	if (!file)
		return;
	fprintf(file, "%ld\n", calls);
	fclose(file);
}

static void
count(void)
{
	if (++calls == crash_at)
		kill(getpid(), crash_signal);
}

#define NEXT(name) (*(__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Not through the calls below, which count. */
static int
keep_begin(const struct stat *status)
{
	static _Atomic long number;
	char path[4096];

	snprintf(path, sizeof path, "%s/%06ld-%c-%lu-%o", getenv("CRASH_KEEP"),
		 ++number, S_ISDIR(status->st_mode) ? 'd' : 'f',
		 (unsigned long)status->st_ino,
		 (unsigned int)status->st_mode & 07777);
	return (int)syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY,
			    0600);
}

static void
keep_file(int fd, int to)
{
	char path[64], data[65536];
	long from, n;

	/* It may be open for writing alone. */
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	from = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
	while ((n = syscall(SYS_read, from, data, sizeof data)) > 0)
		syscall(SYS_write, to, data, n);
	syscall(SYS_close, from);
}

static void
keep_directory(int fd, int to)
{
	DIR *dir = fdopendir((int)syscall(SYS_openat, fd, ".", O_RDONLY));
	struct dirent *e;
	struct stat status;

	while (dir && (e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")
		    || fstatat(fd, e->d_name, &status, AT_SYMLINK_NOFOLLOW))
			continue;
		dprintf(to, "%c %lu %o %s\n",
			S_ISDIR(status.st_mode) ? 'd' : 'f',
			(unsigned long)status.st_ino,
			(unsigned int)status.st_mode & 07777, e->d_name);
	}
	if (dir)
		closedir(dir);
}

/* After FD was brought to stable storage. */
static int
keep(int result, int fd)
{
	struct stat status;
	int to;

	if (result || !getenv("CRASH_KEEP") || fstat(fd, &status))
		return result;
	to = keep_begin(&status);
	if (S_ISREG(status.st_mode))
		keep_file(fd, to);
	else if (S_ISDIR(status.st_mode))
		keep_directory(fd, to);
	close(to);
	return result;
}

/* What had this name stays an inode, so that no other gets its number. */
static void
hold(int at, const char *path)
{
	if (getenv("CRASH_KEEP"))
		syscall(SYS_openat, at, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/* Files alone: sockets and terminals keep nothing. */
static int
is_file(int fd)
{
	struct stat status;

	return !fstat(fd, &status) && S_ISREG(status.st_mode);
}

ssize_t
write(int fd, const void *data, size_t n)
{
	if (is_file(fd))
		count();
	return NEXT(write)(fd, data, n);
}

ssize_t
pwrite64(int fd, const void *data, size_t n, off64_t at)
{
	count();
	return NEXT(pwrite64)(fd, data, n, at);
}

ssize_t
pwrite(int fd, const void *data, size_t n, off_t at)
{
	count();
	return NEXT(pwrite)(fd, data, n, at);
}

int
fsync(int fd)
{
	count();
	return keep(NEXT(fsync)(fd), fd);
}

int
fdatasync(int fd)
{
	count();
	return keep(NEXT(fdatasync)(fd), fd);
}

int
ftruncate64(int fd, off64_t n)
{
	count();
	return NEXT(ftruncate64)(fd, n);
}

int
ftruncate(int fd, off_t n)
{
	count();
	return NEXT(ftruncate)(fd, n);
}

int
rename(const char *from, const char *to)
{
	count();
	hold(AT_FDCWD, to);
	return NEXT(rename)(from, to);
}

int
renameat(int at, const char *from, int there, const char *to)
{
	count();
	hold(there, to);
	return NEXT(renameat)(at, from, there, to);
}

int
unlink(const char *path)
{
	count();
	hold(AT_FDCWD, path);
	return NEXT(unlink)(path);
}

int
unlinkat(int at, const char *path, int flags)
{
	count();
	hold(at, path);
	return NEXT(unlinkat)(at, path, flags);
}

int
mkdir(const char *path, mode_t mode)
{
	count();
	return NEXT(mkdir)(path, mode);
}

int
mkdirat(int at, const char *path, mode_t mode)
{
	count();
	return NEXT(mkdirat)(at, path, mode);
}
