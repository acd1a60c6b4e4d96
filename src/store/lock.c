/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"

struct nb_lock {
	int fd;
};

/* The owner of the lock, from the line that it wrote to the file. */
static enum nb_err
fail_locked(int fd)
{
	char text[256] = "";
	ssize_t got = pread(fd, text, sizeof text - 1, 0);

	if (got > 0)
		text[got] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return nb_fail(
		NB_ELOCKED,
		"another run is active%s%s\nhint: wait until it has finished; "
		"to run several jobs each night, put them into one line: "
		"nightburn run -j ONE; nightburn run -j OTHER",
		text[0] ? ": " : "", text);
}

static void
write_holder(int fd)
{
	char text[64];
	int n = snprintf(text, sizeof text, "process %ld\n", (long)getpid());

	/* The contents of the file are for people; the lock itself is the
	 * kernel's. */
	if (ftruncate(fd, 0) == 0 && n > 0)
		(void)!pwrite(fd, text, (size_t)n, 0);
}

enum nb_err
nb_lock_take(const char *state_dir, struct nb_lock **out)
{
	struct nb_lock *lock = calloc(1, sizeof *lock);
	enum nb_err err;
	char *path = NULL;

	if (!lock)
		return nb_fail_memory();
	lock->fd = -1;
	err = nb_path_join(state_dir, "lock", &path);
	if (err)
		goto out;
	lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock->fd < 0)
		err = nb_fail_errno(NB_EIO, "%s: cannot open", path);
	else if (flock(lock->fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		err = fail_locked(lock->fd);
	else
		write_holder(lock->fd);
out:
	free(path);
	if (err)
		nb_lock_release(lock);
	else
		*out = lock;
	return err;
}

void
nb_lock_release(struct nb_lock *lock)
{
	if (lock)
		nb_fd_close(&lock->fd);
	free(lock);
}
