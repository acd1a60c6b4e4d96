/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"
#include "base/path.h"

static enum nb_err
check_file(const char *path, int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return nb_fail_errno(NB_EIO, "%s: cannot stat", path);
	if (!S_ISREG(st.st_mode))
		return nb_fail(NB_ECONFIG, "%s: not a regular file", path);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return nb_fail(NB_ECONFIG,
			       "%s: belongs to another user\n"
			       "hint: if it is the right key, chown it to the "
			       "user who runs nightburn",
			       path);
	if (st.st_mode & 077)
		return nb_fail(NB_ECONFIG,
			       "%s: the key is accessible by others\n"
			       "hint: chmod 600 %s",
			       path, path);
	if (st.st_size != NB_KEY_SIZE)
		return nb_fail(NB_ECORRUPT,
			       "%s: %lld bytes long, a key has %d\n"
			       "hint: restore the key with nightburn key "
			       "import --force",
			       path, (long long)st.st_size, NB_KEY_SIZE);
	return NB_OK;
}

static enum nb_err
read_key(const char *path, int fd, struct nb_key *out)
{
	struct nb_key key;
	ssize_t got;
	enum nb_err err = check_file(path, fd);

	if (err)
		return err;
	got = nb_fd_read(fd, key.bytes, sizeof key.bytes);
	if (got != (ssize_t)sizeof key.bytes)
		err = nb_fail_errno(NB_EIO, "%s: cannot read", path);
	else if (sodium_is_zero(key.bytes, sizeof key.bytes))
		err = nb_fail(
			NB_ECORRUPT,
			"%s: contains only zeros\nhint: "
			"restore the key with nightburn key import --force",
			path);
	else
		*out = key;
	nb_key_clear(&key);
	return err;
}

enum nb_err
nb_key_load(const char *state_dir, struct nb_key *out)
{
	enum nb_err err;
	int fd = -1;
	char *path;

	err = nb_path_join(state_dir, "key", &path);
	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd >= 0)
		err = read_key(path, fd, out);
	else if (errno == ENOENT)
		err = NB_ENOTFOUND;
	else if (errno == ELOOP)
		err = nb_fail(NB_ECONFIG, "%s: not a regular file", path);
	else
		err = nb_fail_errno(NB_EIO, "%s: cannot open", path);
	nb_fd_close(&fd);
	free(path);
	return err;
}

enum nb_err
nb_key_save(const char *state_dir, const struct nb_key *key)
{
	enum nb_err err;
	char *path;

	err = nb_path_join(state_dir, "key", &path);
	if (err)
		return err;
	err = nb_fd_save(AT_FDCWD, path, key->bytes, sizeof key->bytes, 0600);
	free(path);
	return err;
}

enum nb_err
nb_key_make(const char *state_dir, struct nb_key *out)
{
	struct nb_key key;
	enum nb_err err = nb_random(key.bytes, sizeof key.bytes);

	if (!err)
		err = nb_key_save(state_dir, &key);
	if (!err)
		*out = key;
	nb_key_clear(&key);
	return err;
}
