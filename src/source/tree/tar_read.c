/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/tree/tar.h"

#include <locale.h>
#include <stdlib.h>

#include <archive.h>
#include <archive_entry.h>

#define PIECE ((size_t)64 << 10)

struct nb_tar_reader {
	struct archive *archive;
};

static enum nb_err
check(struct nb_tar_reader *reader, int ret)
{
	if (ret >= ARCHIVE_WARN)
		return NB_OK;
	return nb_fail(NB_ECORRUPT, "archive: %s",
		       archive_error_string(reader->archive)
			       ? archive_error_string(reader->archive)
			       : "cannot be read");
}

enum nb_err
nb_tar_reader_new(int fd, struct nb_tar_reader **out)
{
	struct nb_tar_reader *reader = calloc(1, sizeof *reader);
	enum nb_err err;

	if (!reader)
		return nb_fail_memory();
	reader->archive = archive_read_new();
	if (!reader->archive) {
		free(reader);
		return nb_fail_memory();
	}
	archive_read_support_format_tar(reader->archive);
	err = check(reader, archive_read_open_fd(reader->archive, fd, PIECE));
	if (err)
		nb_tar_reader_free(reader);
	else
		*out = reader;
	return err;
}

void
nb_tar_reader_free(struct nb_tar_reader *reader)
{
	if (!reader)
		return;
	archive_read_free(reader->archive);
	free(reader);
}

/* Names are bytes: in a UTF-8 locale libarchive composes them (NFC), so that
 * two can become one; in that of C it leaves them as they are. */
static int
next_header(struct nb_tar_reader *reader, const char **path)
{
	locale_t plain = newlocale(LC_CTYPE_MASK, "C", (locale_t)0), before;
	struct archive_entry *a = NULL;
	int ret;

	if (!plain)
		return ARCHIVE_FATAL;
	before = uselocale(plain);
	ret = archive_read_next_header(reader->archive, &a);
	*path = ret >= ARCHIVE_WARN && ret != ARCHIVE_EOF
		? archive_entry_pathname(a)
		: NULL;
	uselocale(before);
	freelocale(plain);
	return ret;
}

enum nb_err
nb_tar_next(struct nb_tar_reader *reader, const char **path)
{
	int ret = next_header(reader, path);

	if (ret == ARCHIVE_EOF)
		return NB_OK;
	if (check(reader, ret))
		return NB_ECORRUPT;
	return *path ? NB_OK
		     : nb_fail(NB_ECORRUPT,
			       "archive: a member "
			       "without a name");
}

enum nb_err
nb_tar_content(struct nb_tar_reader *reader,
	       enum nb_err (*fn)(void *ctx, const void *data, size_t n),
	       void *ctx)
{
	enum nb_err err = NB_OK;
	const void *data;
	la_int64_t at;
	size_t n;
	int ret;

	while (!err) {
		ret = archive_read_data_block(reader->archive, &data, &n, &at);
		if (ret == ARCHIVE_EOF)
			break;
		err = check(reader, ret);
		if (!err)
			err = fn(ctx, data, n);
	}
	return err;
}
