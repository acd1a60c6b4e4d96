/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loaded before a program: counts its calls that change files, and ends it
 * with SIGKILL, or what signal CRASH_SIGNAL names by its number, at the one
 * whose number CRASH_AT gives, before it is done.  Their number is written to
 * CRASH_COUNT when the program ends by itself.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static _Atomic long calls;
static long crash_at;
static int crash_signal = SIGKILL;

static void __attribute__((constructor))
begin(void)
{
	const char *at = getenv("CRASH_AT");

	const char *number = getenv("CRASH_SIGNAL");

	crash_at = at ? atol(at) : 0;
	if (number)
		crash_signal = atoi(number);
}

static void __attribute__((destructor))
end(void)
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
	return NEXT(fsync)(fd);
}

int
fdatasync(int fd)
{
	count();
	return NEXT(fdatasync)(fd);
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
	return NEXT(rename)(from, to);
}

int
renameat(int at, const char *from, int there, const char *to)
{
	count();
	return NEXT(renameat)(at, from, there, to);
}

int
unlink(const char *path)
{
	count();
	return NEXT(unlink)(path);
}

int
unlinkat(int at, const char *path, int flags)
{
	count();
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
