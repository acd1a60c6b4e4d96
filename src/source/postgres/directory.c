/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "base/user.h"
#include "source/postgres/postgres.h"

#define BUFFER_SIZE (1 << 20)

static enum nb_err
open_directory(const struct nb_pg_dump *dump, DIR **out)
{
	int fd = nb_path_open(dump->context->staging, dump->path,
			      O_RDONLY | O_DIRECTORY, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		nb_fd_close(&fd);
		return nb_fail_errno(NB_EIO, "%s: cannot open %s", dump->object,
				     dump->path);
	}
	*out = dir;
	return NB_OK;
}

/* The next name except "." and ".."; NULL at the end. */
static const char *
next_name(DIR *dir)
{
	struct dirent *e;

	do
		e = readdir(dir);
	while (e && (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")));
	return e ? e->d_name : NULL;
}

enum nb_err
nb_pg_directory_size(const struct nb_pg_dump *dump, uint64_t *bytes)
{
	DIR *dir = NULL;
	const char *name;
	struct stat st;
	uint64_t sum = 0;
	enum nb_err err = open_directory(dump, &dir);

	if (err)
		return err;
	while ((name = next_name(dir)))
		if (!fstatat(dirfd(dir), name, &st, AT_SYMLINK_NOFOLLOW))
			sum += (uint64_t)st.st_size;
	closedir(dir);
	*bytes = sum;
	return NB_OK;
}

static enum nb_err
hash_file(const struct nb_pg_dump *dump, int fd, struct nb_sha256 *hash,
	  struct nb_entry *e)
{
	char *buffer = aligned_alloc(4096, BUFFER_SIZE);
	enum nb_err err = NB_OK;
	ssize_t n;

	if (!buffer)
		return nb_fail_memory();
	while ((n = nb_fd_read(fd, buffer, BUFFER_SIZE)) > 0) {
		nb_sha256_add(hash, buffer, (size_t)n);
		e->size += (uint64_t)n;
	}
	if (n < 0)
		err = nb_fail_errno(NB_EIO, "%s: cannot read %s", dump->object,
				    e->root_path);
	nb_sha256_finish(hash, e->sha256);
	free(buffer);
	return err;
}

static enum nb_err
add_file(const struct nb_pg_dump *dump, const struct nb_user *owner,
	 const char *name, struct nb_sha256 *hash, struct nb_entries *list)
{
	struct nb_entry e = {
		.type = NB_ENTRY_FILE,
		.mode = 0400,
		.uid = owner->uid,
		.gid = owner->gid,
		.mtime = dump->context->date,
		.hashed = true,
	};
	struct stat st;
	int fd = -1;
	enum nb_err err;

	err = nb_path_join(dump->path, name, &e.root_path);
	if (!err)
		err = nb_str_dup(e.root_path, &e.path);
	if (err)
		goto out;
	fd = nb_path_open(dump->context->staging, e.root_path, O_RDONLY, 0);
	if (fd < 0 || fstat(fd, &st))
		err = nb_fail_errno(NB_EIO, "%s: cannot open %s", dump->object,
				    e.root_path);
	else if (!S_ISREG(st.st_mode))
		err = nb_fail(NB_ESOURCE, "%s: %s is not a file", dump->object,
			      e.root_path);
	else
		err = hash_file(dump, fd, hash, &e);
	e.content = e.size ? NB_CONTENT_ROOT : NB_CONTENT_NONE;
	if (!err) {
		err = nb_entries_add(list, &e);
		memset(&e, 0, sizeof e);
	}
out:
	nb_fd_close(&fd);
	nb_entry_clear(&e);
	return err;
}

static enum nb_err
add_directory(const struct nb_pg_dump *dump, const struct nb_user *owner,
	      struct nb_entries *list)
{
	struct nb_entry e = {
		.type = NB_ENTRY_DIR,
		.mode = 0500,
		.uid = owner->uid,
		.gid = owner->gid,
		.mtime = dump->context->date,
	};
	enum nb_err err = nb_str_dup(dump->path, &e.path);

	return err ? err : nb_entries_add(list, &e);
}

enum nb_err
nb_pg_directory_entries(const struct nb_pg_dump *dump,
			const struct nb_user *owner,
			struct nb_source_output *out)
{
	struct nb_sha256 *hash = NULL;
	DIR *dir = NULL;
	const char *name;
	enum nb_err err = add_directory(dump, owner, out->entries);

	if (!err)
		err = nb_sha256_new(&hash);
	if (!err)
		err = open_directory(dump, &dir);
	while (!err && (name = next_name(dir)))
		err = add_file(dump, owner, name, hash, out->entries);
	if (dir)
		closedir(dir);
	nb_sha256_free(hash);
	return err;
}
