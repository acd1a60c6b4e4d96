/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/tree/tar.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>

struct nb_tar {
	struct archive *archive;
	struct nb_dump_file *file;
	enum nb_err err; /* error of writing the file */
};

static la_ssize_t
write_out(struct archive *archive, void *ctx, const void *data, size_t n)
{
	struct nb_tar *tar = ctx;

	(void)archive;
	tar->err = nb_dump_file_write(tar->file, data, n);
	return tar->err ? -1 : (la_ssize_t)n;
}

/* Warnings concern names that are not text: they are stored as the bytes that
 * they are. */
static enum nb_err
check(struct nb_tar *tar, int ret, const char *what)
{
	if (ret >= ARCHIVE_WARN)
		return NB_OK;
	if (tar->err)
		return tar->err;
	return nb_fail(NB_ESOURCE, "%s: %s", what,
		       archive_error_string(tar->archive)
			       ? archive_error_string(tar->archive)
			       : "cannot be archived");
}

enum nb_err
nb_tar_new(struct nb_dump_file *file, struct nb_tar **out)
{
	struct nb_tar *tar = calloc(1, sizeof *tar);
	enum nb_err err;

	if (!tar)
		return nb_fail_memory();
	tar->file = file;
	tar->archive = archive_write_new();
	if (!tar->archive) {
		free(tar);
		return nb_fail_memory();
	}
	archive_write_set_format_pax(tar->archive);
	archive_write_set_options(tar->archive, "xattrheader=SCHILY");
	archive_write_set_bytes_per_block(tar->archive, 0);
	err = check(
		tar,
		archive_write_open(tar->archive, tar, NULL, write_out, NULL),
		file->path);
	if (err)
		nb_tar_free(tar);
	else
		*out = tar;
	return err;
}

void
nb_tar_free(struct nb_tar *tar)
{
	if (!tar)
		return;
	archive_write_free(tar->archive);
	free(tar);
}

/* libarchive writes the seconds, a point and the nanoseconds, although they are
 * added: 1.5 s before 1970, which is -2 and a half, would be "-2.5".  Less than
 * a second before 1970 it has no way to write. */
static void
set_mtime(struct archive_entry *a, const struct nb_entry *e)
{
	time_t seconds = (time_t)e->mtime;
	long ns = (long)e->mtime_ns;

	if (seconds < -1 && ns) {
		seconds++;
		ns = 1000000000 - ns;
	} else if (seconds < 0) {
		ns = 0;
	}
	archive_entry_set_mtime(a, seconds, ns);
}

static void
fill(struct archive_entry *a, const struct nb_entry *e,
     const struct nb_entry *first)
{
	static const mode_t types[] = {
		[NB_ENTRY_FILE] = S_IFREG,    [NB_ENTRY_DIR] = S_IFDIR,
		[NB_ENTRY_SYMLINK] = S_IFLNK, [NB_ENTRY_FIFO] = S_IFIFO,
		[NB_ENTRY_CHAR] = S_IFCHR,    [NB_ENTRY_BLOCK] = S_IFBLK,
		[NB_ENTRY_SOCKET] = S_IFSOCK,
	};

	archive_entry_copy_pathname(a, e->path);
	archive_entry_set_mode(a, types[e->type] | e->mode);
	archive_entry_set_uid(a, e->uid);
	archive_entry_set_gid(a, e->gid);
	set_mtime(a, e);
	archive_entry_set_size(
		a,
		e->type == NB_ENTRY_FILE && !first ? (la_int64_t)e->size : 0);
	if (e->type == NB_ENTRY_SYMLINK)
		archive_entry_copy_symlink(a, e->target);
	if (e->type == NB_ENTRY_CHAR || e->type == NB_ENTRY_BLOCK)
		archive_entry_set_rdev(a, e->rdev);
	if (first)
		archive_entry_copy_hardlink(a, first->path);
	for (size_t i = 0; i < e->xattrs.count; i++)
		archive_entry_xattr_add_entry(a, e->xattrs.at[i].name,
					      e->xattrs.at[i].value,
					      e->xattrs.at[i].size);
}

enum nb_err
nb_tar_add(struct nb_tar *tar, const struct nb_entry *e,
	   const struct nb_entry *first)
{
	struct archive_entry *a;
	enum nb_err err;

	/* A tar archive cannot contain sockets; they are only in the
	 * manifest. */
	if (e->type == NB_ENTRY_SOCKET)
		return NB_OK;
	a = archive_entry_new();
	if (!a)
		return nb_fail_memory();
	fill(a, e, first);
	err = check(tar, archive_write_header(tar->archive, a), e->path);
	archive_entry_free(a);
	return err;
}

enum nb_err
nb_tar_bytes(struct nb_tar *tar, const void *data, size_t n)
{
	la_ssize_t done = archive_write_data(tar->archive, data, n);

	return check(tar, done == (la_ssize_t)n ? ARCHIVE_OK : ARCHIVE_FATAL,
		     tar->file->path);
}

enum nb_err
nb_tar_finish(struct nb_tar *tar)
{
	return check(tar, archive_write_close(tar->archive), tar->file->path);
}
