/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/hook_record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"

#define PREFIX "hooks-" /* of the name of a record */

struct nb_hook_record {
	int fd;
	char *path;
	const char *dir; /* borrowed */
};

static void
release(struct nb_hook_record *r)
{
	nb_fd_close(&r->fd);
	free(r->path);
	free(r);
}

/* Opens and locks it.  NB_ENOTFOUND, not logged: there is none; NB_ELOCKED, not
 * logged. */
static enum nb_err
take(struct nb_hook_record *r, int flags)
{
	struct stat st;

	do {
		nb_fd_close(&r->fd);
		r->fd = open(r->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags,
			     0600);
		if (r->fd < 0 && errno == ENOENT)
			return NB_ENOTFOUND;
		if (r->fd < 0)
			return nb_fail_errno(nb_fd_write_error(),
					     "%s: cannot open", r->path);
		if (flock(r->fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
			return NB_ELOCKED;
		if (fstat(r->fd, &st))
			return nb_fail_errno(NB_EIO, "%s: cannot examine",
					     r->path);
	} while (!st.st_nlink); /* its run removed it in between */
	return NB_OK;
}

static enum nb_err
new_record(const char *state_dir, const char *job, struct nb_hook_record **out)
{
	struct nb_hook_record *r = calloc(1, sizeof *r);
	enum nb_err err;

	if (!r)
		return nb_fail_memory();
	r->fd = -1;
	r->dir = state_dir;
	err = nb_str_format(&r->path, "%s/" PREFIX "%s", state_dir, job);
	if (err)
		release(r);
	else
		*out = r;
	return err;
}

enum nb_err
nb_hook_record_begin(const char *state_dir, const char *job,
		     struct nb_hook_record **out)
{
	struct nb_hook_record *r = NULL;
	enum nb_err err = new_record(state_dir, job, &r);

	if (err)
		return err;
	err = take(r, O_CREAT);
	if (err == NB_ELOCKED)
		nb_fail(err,
			"job %s: the hooks of another run are still running\n"
			"hint: wait until they have finished",
			job);
	if (!err && fsync(r->fd))
		err = nb_fail_errno(nb_fd_write_error(), "%s: cannot save",
				    r->path);
	if (!err)
		err = nb_fd_sync_dir(AT_FDCWD, state_dir);
	if (err)
		release(r);
	else
		*out = r;
	return err;
}

enum nb_err
nb_hook_record_find(const char *state_dir, const char *job,
		    struct nb_hook_record **out)
{
	struct nb_hook_record *r = NULL;
	enum nb_err err = new_record(state_dir, job, &r);

	*out = NULL;
	if (err)
		return err;
	err = take(r, 0);
	if (!err)
		*out = r;
	else
		release(r);
	return err == NB_ENOTFOUND || err == NB_ELOCKED ? NB_OK : err;
}

enum nb_err
nb_hook_record_jobs(const char *state_dir, struct nb_names *jobs)
{
	const size_t n = strlen(PREFIX);
	DIR *dir = opendir(state_dir);
	enum nb_err err = NB_OK;
	struct dirent *e;

	if (!dir)
		return nb_fail_errno(NB_EIO, "%s: cannot read", state_dir);
	while (!err && (e = readdir(dir)))
		if (!strncmp(e->d_name, PREFIX, n))
			err = nb_names_add(jobs, "%s", e->d_name + n);
	closedir(dir);
	return err;
}

enum nb_err
nb_hook_record_end(struct nb_hook_record *r, bool done)
{
	enum nb_err err = NB_OK;

	if (!r)
		return NB_OK;
	if (done && unlink(r->path) && errno != ENOENT)
		err = nb_fail_errno(NB_EIO, "%s: cannot remove", r->path);
	if (done && !err)
		err = nb_fd_sync_dir(AT_FDCWD, r->dir);
	release(r);
	return err;
}
