/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loaded before nightburn: the N-th of its calls of a class fails, alone or with
 * all that follow, before it is done.  FAIL is "CLASS N once|ever ERRNO", the
 * file FAIL_STRUCK is made when a call has failed, and FAIL_COUNTS takes how
 * often each class was called.  What its children do and what the recorder's
 * side of the process calls is not counted.  A crash is told in FAIL_CRASH, with
 * the calls that led to it.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum class {
	ALLOC,
	OPEN,
	READ,
	WRITE,
	SYNC,
	NAME,
	SIZE,
	PROCESS,
	MAP,
	IOCTL,
	LOCK,
	LOOK,
	CLASSES
};

static const char *const names[CLASSES] = { "alloc", "open",  "read", "write",
					    "sync",  "name",  "size", "process",
					    "map",   "ioctl", "lock", "look" };

static _Atomic long counts[CLASSES];
static bool armed, ever;
static int failing = -1, code;
static long nth;
static uintptr_t vdrive_from, vdrive_to;

static int
find_vdrive(struct dl_phdr_info *info, size_t size, void *ctx)
{
	(void)size;
	(void)ctx;
	if (!strstr(info->dlpi_name, "libvdrive-preload"))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];
		uintptr_t at = info->dlpi_addr + h->p_vaddr;

		if (h->p_type == PT_LOAD && h->p_flags & PF_X) {
			vdrive_from = at;
			vdrive_to = at + h->p_memsz;
		}
	}
	return 1;
}

static void
tell_crash(int signal)
{
	const char *path = getenv("FAIL_CRASH");
	void *frames[32];
	int count = backtrace(frames, 32);
	long fd = path
		? syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY, 0600)
		: -1;

	armed = false;
	if (fd >= 0)
		backtrace_symbols_fd(frames, count, (int)fd);
	raise(signal);
}

static void
catch_crashes(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE };
	struct sigaction action = { .sa_handler = tell_crash,
				    .sa_flags = SA_RESETHAND | SA_NODEFER };
	void *frame;

	backtrace(&frame, 1); /* loads what it needs now */
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &action, NULL);
}

static void
disarm(void)
{
	armed = false;
}

static void __attribute__((constructor)) begin(void)
{
	const char *text = getenv("FAIL");
	char name[16], mode[16];

	if (strcmp(program_invocation_short_name, "nightburn"))
		return;
	if (text
	    && sscanf(text, "%15s %ld %15s %d", name, &nth, mode, &code) == 4) {
		for (int i = 0; i < CLASSES; i++)
			if (!strcmp(name, names[i]))
				failing = i;
		ever = !strcmp(mode, "ever");
	}
	dl_iterate_phdr(find_vdrive, NULL);
	pthread_atfork(NULL, NULL, disarm);
	catch_crashes();
	armed = true;
}

static void __attribute__((destructor)) end(void)
{
	const char *path = getenv("FAIL_COUNTS");
	FILE *file;

	if (!armed)
		return;
	armed = false;
	file = path ? fopen(path, "w") : NULL;
	for (int i = 0; file && i < CLASSES; i++)
		fprintf(file, "%s %ld\n", names[i], counts[i]);
	if (file)
		fclose(file);
}

static void
strike(void)
{
	const char *path = getenv("FAIL_STRUCK");
	long fd = path
		? syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY, 0600)
		: -1;

	if (fd >= 0)
		syscall(SYS_close, fd);
}

static bool
fails(enum class class, const void *caller)
{
	uintptr_t at = (uintptr_t)caller;
	long n;

	if (!armed || (at >= vdrive_from && at < vdrive_to))
		return false;
	n = ++counts[class];
	if ((int)class != failing || n < nth || (n > nth && !ever))
		return false;
	if (n == nth)
		strike();
	errno = code;
	return true;
}

#define FAILS(class) fails(class, __builtin_return_address(0))
#define NEXT(name) (*(__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WRAP(class, type, bad, name, parameters, arguments)             \
	type name parameters                                            \
	{                                                               \
		return FAILS(class) ? (type)bad : NEXT(name) arguments; \
	}

/* The C library's own, by their other names: dlsym would call them. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t n);
void *__libc_memalign(size_t align, size_t n);

void *
malloc(size_t n)
{
	return FAILS(ALLOC) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return FAILS(ALLOC) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *old, size_t n)
{
	return FAILS(ALLOC) ? NULL : __libc_realloc(old, n);
}

void *
reallocarray(void *old, size_t n, size_t size)
{
	size_t bytes;

	if (FAILS(ALLOC) || __builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return __libc_realloc(old, bytes);
}

void *
aligned_alloc(size_t align, size_t n)
{
	return FAILS(ALLOC) ? NULL : __libc_memalign(align, n);
}

int
posix_memalign(void **out, size_t align, size_t n)
{
	if (FAILS(ALLOC))
		return ENOMEM;
	*out = __libc_memalign(align, n);
	return *out ? 0 : ENOMEM;
}

/* The mode, where the flags say that there is one. */
#define MODE(mode, flags)                  \
	va_list ap;                        \
	mode_t mode = 0;                   \
	va_start(ap, flags);               \
	if (flags & (O_CREAT | O_TMPFILE)) \
		mode = va_arg(ap, mode_t); \
	va_end(ap)

#define WRAP_OPEN(name)                                                  \
	int name(const char *path, int flags, ...)                       \
	{                                                                \
		MODE(mode, flags);                                       \
		return FAILS(OPEN) ? -1 : NEXT(name)(path, flags, mode); \
	}
#define WRAP_OPENAT(name)                                                    \
	int name(int at, const char *path, int flags, ...)                   \
	{                                                                    \
		MODE(mode, flags);                                           \
		return FAILS(OPEN) ? -1 : NEXT(name)(at, path, flags, mode); \
	}

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
ssize_t __read_chk(int fd, void *data, size_t n, size_t room);

WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)
WRAP(OPEN, int, -1, __open_2, (const char *p, int f), (p, f))
WRAP(OPEN, int, -1, __open64_2, (const char *p, int f), (p, f))
WRAP(OPEN, FILE *, NULL, fopen, (const char *p, const char *m), (p, m))
WRAP(OPEN, FILE *, NULL, fopen64, (const char *p, const char *m), (p, m))
WRAP(OPEN, DIR *, NULL, opendir, (const char *p), (p))
WRAP(OPEN, DIR *, NULL, fdopendir, (int fd), (fd))
WRAP(OPEN, int, -1, dup, (int fd), (fd))
WRAP(OPEN, int, -1, dup2, (int fd, int to), (fd, to))
WRAP(OPEN, int, -1, dup3, (int fd, int to, int f), (fd, to, f))
WRAP(OPEN, int, -1, pipe, (int ends[2]), (ends))
WRAP(OPEN, int, -1, pipe2, (int ends[2], int f), (ends, f))

WRAP(READ, ssize_t, -1, read, (int fd, void *d, size_t n), (fd, d, n))
WRAP(READ, ssize_t, -1, __read_chk, (int fd, void *d, size_t n, size_t room),
     (fd, d, n, room))
WRAP(READ, ssize_t, -1, pread, (int fd, void *d, size_t n, off_t at),
     (fd, d, n, at))
WRAP(READ, ssize_t, -1, pread64, (int fd, void *d, size_t n, off64_t at),
     (fd, d, n, at))
WRAP(READ, ssize_t, -1, readlink, (const char *p, char *d, size_t n), (p, d, n))
WRAP(READ, ssize_t, -1, readlinkat, (int at, const char *p, char *d, size_t n),
     (at, p, d, n))

WRAP(WRITE, ssize_t, -1, write, (int fd, const void *d, size_t n), (fd, d, n))
WRAP(WRITE, ssize_t, -1, pwrite, (int fd, const void *d, size_t n, off_t at),
     (fd, d, n, at))
WRAP(WRITE, ssize_t, -1, pwrite64,
     (int fd, const void *d, size_t n, off64_t at), (fd, d, n, at))

WRAP(SYNC, int, -1, fsync, (int fd), (fd))
WRAP(SYNC, int, -1, fdatasync, (int fd), (fd))

WRAP(NAME, int, -1, rename, (const char *from, const char *to), (from, to))
WRAP(NAME, int, -1, renameat,
     (int at, const char *from, int there, const char *to),
     (at, from, there, to))
WRAP(NAME, int, -1, renameat2,
     (int at, const char *from, int there, const char *to, unsigned int f),
     (at, from, there, to, f))
WRAP(NAME, int, -1, unlink, (const char *p), (p))
WRAP(NAME, int, -1, unlinkat, (int at, const char *p, int f), (at, p, f))
WRAP(NAME, int, -1, mkdir, (const char *p, mode_t m), (p, m))
WRAP(NAME, int, -1, mkdirat, (int at, const char *p, mode_t m), (at, p, m))
WRAP(NAME, int, -1, fchmod, (int fd, mode_t m), (fd, m))

WRAP(SIZE, int, -1, ftruncate, (int fd, off_t n), (fd, n))
WRAP(SIZE, int, -1, ftruncate64, (int fd, off64_t n), (fd, n))

WRAP(PROCESS, pid_t, -1, fork, (void), ())

int
pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
	       void *(*start)(void *), void *argument)
{
	if (FAILS(PROCESS))
		return code;
	return NEXT(pthread_create)(thread, attributes, start, argument);
}

WRAP(MAP, void *, -1, mmap,
     (void *at, size_t n, int prot, int f, int fd, off_t from),
     (at, n, prot, f, fd, from))
WRAP(MAP, void *, -1, mmap64,
     (void *at, size_t n, int prot, int f, int fd, off64_t from),
     (at, n, prot, f, fd, from))

#define WRAP_CONTROL(class, name, kind)                                    \
	int name(int fd, kind what, ...)                                   \
	{                                                                  \
		va_list ap;                                                \
		void *argument;                                            \
		va_start(ap, what);                                        \
		argument = va_arg(ap, void *);                             \
		va_end(ap);                                                \
		return FAILS(class) ? -1 : NEXT(name)(fd, what, argument); \
	}

WRAP_CONTROL(IOCTL, ioctl, unsigned long)
WRAP_CONTROL(LOCK, fcntl, int)
WRAP_CONTROL(LOCK, fcntl64, int)
WRAP(LOCK, int, -1, flock, (int fd, int what), (fd, what))

int __xstat(int version, const char *path, struct stat *out);
int __lxstat(int version, const char *path, struct stat *out);
int __fxstat(int version, int fd, struct stat *out);

WRAP(LOOK, int, -1, stat, (const char *p, struct stat *s), (p, s))
WRAP(LOOK, int, -1, stat64, (const char *p, struct stat64 *s), (p, s))
WRAP(LOOK, int, -1, lstat, (const char *p, struct stat *s), (p, s))
WRAP(LOOK, int, -1, lstat64, (const char *p, struct stat64 *s), (p, s))
WRAP(LOOK, int, -1, fstat, (int fd, struct stat *s), (fd, s))
WRAP(LOOK, int, -1, fstat64, (int fd, struct stat64 *s), (fd, s))
WRAP(LOOK, int, -1, fstatat, (int at, const char *p, struct stat *s, int f),
     (at, p, s, f))
WRAP(LOOK, int, -1, fstatat64, (int at, const char *p, struct stat64 *s, int f),
     (at, p, s, f))
WRAP(LOOK, int, -1, statvfs, (const char *p, struct statvfs *s), (p, s))
WRAP(LOOK, int, -1, fstatvfs, (int fd, struct statvfs *s), (fd, s))
WRAP(LOOK, int, -1, __xstat, (int v, const char *p, struct stat *s), (v, p, s))
WRAP(LOOK, int, -1, __lxstat, (int v, const char *p, struct stat *s), (v, p, s))
WRAP(LOOK, int, -1, __fxstat, (int v, int fd, struct stat *s), (v, fd, s))
