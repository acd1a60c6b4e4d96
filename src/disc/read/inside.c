/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/read/inside.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libisofs/libisofs.h>

#include "base/str.h"
#include "disc/blocks_iso.h"
#include "disc/library.h"

#define PIECE 65536

static enum nb_err
open_filesystem(struct nb_blocks *blocks, uint32_t start,
		IsoImageFilesystem **out)
{
	IsoDataSource *source = NULL;
	IsoReadOpts *opts = NULL;
	enum nb_err err;
	int ret;

	err = nb_blocks_iso(blocks, &source);
	if (err)
		return err;
	ret = iso_read_opts_new(&opts, 0);
	if (ret > 0) {
		iso_read_opts_set_start_block(opts, start);
		iso_read_opts_set_input_charset(opts, "UTF-8");
		iso_read_opts_set_no_md5(opts, 1);
		ret = iso_image_filesystem_new(source, opts, 0x1fffff, out);
		iso_read_opts_free(opts);
	}
	iso_data_source_unref(source);
	return nb_library_check_read(ret, blocks->name);
}

static enum nb_err
send_bytes(IsoFileSource *file, const char *path, uint64_t size,
	   struct nb_sandbox_out *out)
{
	enum nb_err err = NB_OK;
	char *piece = malloc(PIECE);
	uint64_t done = 0;
	int ret;

	if (!piece)
		return nb_fail_memory();
	ret = iso_file_source_open(file);
	while (!err && ret > 0 && done < size) {
		ret = iso_file_source_read(
			file, piece,
			size - done < PIECE ? (size_t)(size - done) : PIECE);
		if (ret > 0) {
			err = nb_sandbox_put(out, piece, (size_t)ret);
			done += (uint64_t)ret;
		}
	}
	free(piece);
	return err            ? err
		: done < size ? nb_fail(NB_EIO, "%s: cannot be read", path)
			      : NB_OK;
}

static enum nb_err
send_file(IsoFileSource *file, const char *path, uint64_t max, uint64_t disc,
	  struct nb_sandbox_out *out)
{
	struct stat st;
	char limit[16];
	uint64_t size;
	enum nb_err err;

	if (iso_file_source_lstat(file, &st) < 0 || !S_ISREG(st.st_mode)
	    || st.st_size < 0)
		return nb_fail(NB_ECORRUPT, "%s: not a regular file", path);
	size = (uint64_t)st.st_size;
	if (size > max)
		return nb_fail(NB_EFULL, "%s: larger than %s", path,
			       nb_str_size(max, limit));
	if (size > disc)
		return nb_fail(NB_ECORRUPT, "%s: larger than the disc", path);
	err = nb_sandbox_put(out, &size, sizeof size);
	return err ? err : send_bytes(file, path, size, out);
}

enum nb_err
nb_inside_file(struct nb_blocks *blocks, uint32_t start, const char *path,
	       size_t max, struct nb_sandbox_out *out)
{
	IsoImageFilesystem *fs = NULL;
	IsoFileSource *file = NULL;
	enum nb_err err;
	char *full = NULL;
	int ret;

	err = open_filesystem(blocks, start, &fs);
	if (!err)
		err = nb_str_format(&full, "/%s", path);
	if (err)
		return err;
	ret = fs->get_by_path(fs, full, &file);
	free(full);
	if (ret == (int)ISO_FILE_DOESNT_EXIST || ret == (int)ISO_FILE_BAD_PATH)
		return NB_ENOTFOUND;
	err = nb_library_check_read(ret, path);
	return err ? err
		   : send_file(file, path, max, blocks->count * NB_BLOCK, out);
}
