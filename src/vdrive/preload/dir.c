/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listings of /dev and /sys/...: the real entries, followed by those of the
 * overlay. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "vdrive/preload/overlay.h"
#include "vdrive/preload/real.h"

#define MERGED_MAX 32

/* The streams that are open on such a directory; EXTRA is the overlay's
 * part. */
static struct merged {
	DIR *dir;
	DIR *extra;
	bool in_extra;
} merged[MERGED_MAX];
static int merged_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct merged *
find(const DIR *dir)
{
	struct merged *found = NULL;

	if (!__atomic_load_n(&merged_count, __ATOMIC_ACQUIRE))
		return NULL;
	pthread_mutex_lock(&lock);
	for (int i = 0; i < MERGED_MAX && !found; i++)
		if (merged[i].dir == dir)
			found = &merged[i];
	pthread_mutex_unlock(&lock);
	return found;
}

static void
remember(DIR *dir, DIR *extra)
{
	bool kept = false;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < MERGED_MAX && !kept; i++)
		if (!merged[i].dir) {
			merged[i].dir = dir;
			merged[i].extra = extra;
			merged[i].in_extra = false;
			merged_count++;
			kept = true;
		}
	pthread_mutex_unlock(&lock);
	if (!kept)
		REAL(closedir)(extra);
}

VF_EXPORT DIR *
opendir(const char *path)
{
	char buf[PATH_MAX];
	const char *use = vf_overlay_path(AT_FDCWD, path, buf);
	DIR *dir, *extra;

	if (use != path)
		return REAL(opendir)(use);
	use = vf_overlay_extra(path, buf);
	dir = REAL(opendir)(path);
	if (!use)
		return dir;
	extra = REAL(opendir)(use);
	if (!dir || !extra)
		return dir ? dir : extra;
	remember(dir, extra);
	return dir;
}

VF_EXPORT int
closedir(DIR *dir)
{
	struct merged *m = find(dir);

	if (m) {
		REAL(closedir)(m->extra);
		pthread_mutex_lock(&lock);
		m->dir = m->extra = NULL;
		merged_count--;
		pthread_mutex_unlock(&lock);
	}
	return REAL(closedir)(dir);
}

static bool
is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

VF_EXPORT struct dirent *
readdir(DIR *dir)
{
	struct merged *m = find(dir);
	struct dirent *entry;

	if (!m)
		return REAL(readdir)(dir);
	while (!m->in_extra) {
		entry = REAL(readdir)(dir);
		if (!entry)
			m->in_extra = true;
		else if (!vf_overlay_hides(entry->d_name))
			return entry;
	}
	do
		entry = REAL(readdir)(m->extra);
	while (entry && is_dots(entry->d_name));
	if (entry && entry->d_type == DT_REG)
		entry->d_type = DT_BLK;
	return entry;
}

/* On 64-bit systems, the only ones supported here, both structures are the
 * same. */
_Static_assert(sizeof(struct dirent) == sizeof(struct dirent64), "64 bits");

VF_EXPORT struct dirent64 *
readdir64(DIR *dir)
{
	return (struct dirent64 *)(void *)readdir(dir);
}

VF_EXPORT void
rewinddir(DIR *dir)
{
	struct merged *m = find(dir);

	if (m) {
		REAL(rewinddir)(m->extra);
		m->in_extra = false;
	}
	REAL(rewinddir)(dir);
}

static int
compare_nothing(const struct dirent **a, const struct dirent **b)
{
	return (a > b) - (a < b);
}

/* Reads all entries that FILTER accepts; returns their number, or -1. */
static int
collect(DIR *dir, struct dirent ***out, int (*filter)(const struct dirent *))
{
	struct dirent **list = NULL, **more, *entry;
	int n = 0;

	while ((entry = readdir(dir))) {
		if (filter && !filter(entry))
			continue;
		more = reallocarray(list, (size_t)n + 1, sizeof *list);
		if (more)
			list = more;
		if (!more || !(list[n] = malloc(entry->d_reclen))) {
			while (n)
				free(list[--n]);
			free(list);
			errno = ENOMEM;
			return -1;
		}
		memcpy(list[n++], entry, entry->d_reclen);
	}
	*out = list;
	return n;
}

VF_EXPORT int
scandir(const char *restrict path, struct dirent ***restrict out,
	int (*filter)(const struct dirent *),
	int (*compare)(const struct dirent **, const struct dirent **))
{
	struct dirent **list = NULL;
	DIR *dir = opendir(path);
	int n;

	if (!dir)
		return -1;
	n = collect(dir, &list, filter);
	closedir(dir);
	if (n < 0)
		return -1;
	if (!compare)
		compare = compare_nothing;
	if (n > 1)
		qsort(list, (size_t)n, sizeof *list,
		      (int (*)(const void *, const void *))(
			      void (*)(void))compare);
	*out = list ? list : malloc(sizeof *list);
	return n;
}

VF_EXPORT int
scandir64(const char *restrict path, struct dirent64 ***restrict out,
	  int (*filter)(const struct dirent64 *),
	  int (*compare)(const struct dirent64 **, const struct dirent64 **))
{
	return scandir(
		path, (struct dirent ***)(void *)out,
		(int (*)(const struct dirent *))(void (*)(void))filter,
		(int (*)(const struct dirent **, const struct dirent **))(
			void (*)(void))compare);
}

static void *
glob_open(const char *path)
{
	return opendir(path);
}

static struct dirent *
glob_read(void *dir)
{
	return readdir(dir);
}

static void
glob_close(void *dir)
{
	closedir(dir);
}

static int
glob_stat(const char *restrict path, struct stat *restrict st)
{
	return stat(path, st);
}

static int
glob_lstat(const char *restrict path, struct stat *restrict st)
{
	return lstat(path, st);
}

/* Calls the C library's glob with replacements for the functions that it
 * uses. */
VF_EXPORT int
glob(const char *restrict pattern, int flags,
     int (*on_error)(const char *, int), glob_t *restrict result)
{
	if (!(flags & GLOB_ALTDIRFUNC) && vf_overlay_ready()) {
		result->gl_opendir = glob_open;
		result->gl_readdir = glob_read;
		result->gl_closedir = glob_close;
		result->gl_stat = glob_stat;
		result->gl_lstat = glob_lstat;
		flags |= GLOB_ALTDIRFUNC;
	}
	return REAL(glob)(pattern, flags, on_error, result);
}

VF_EXPORT int
glob64(const char *restrict pattern, int flags,
       int (*on_error)(const char *, int), glob64_t *restrict result)
{
	return glob(pattern, flags, on_error, (glob_t *)(void *)result);
}
