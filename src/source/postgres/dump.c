/* SPDX-License-Identifier: GPL-2.0-or-later */
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
#include "source/postgres/transport.h"

static enum nb_err
store(void *ctx, const void *data, size_t n)
{
	struct nb_pg_dump *dump = ctx;

	return nb_dump_file_write(&dump->file, data, n);
}

/* The file's path beneath staging: unique names, readable where possible. */
static enum nb_err
make_path(struct nb_pg_dump *dump)
{
	char *encoded = NULL;
	enum nb_err err = nb_path_encode(dump->name, &encoded);

	if (!err)
		err = nb_str_format(&dump->path, "postgres/%s%s", encoded,
				    dump->format->ending);
	free(encoded);
	return err;
}

static enum nb_err
open_file(struct nb_pg_dump *dump)
{
	struct nb_dump_file_spec spec = {
		.directory = dump->context->staging,
		.path = "postgres/globals.sql",
	};
	bool exists = false;
	enum nb_err err;

	if (dump->format->globals) {
		/* restore.sh and people look for this name first. */
		spec.exists = &exists;
		err = nb_dump_file_open(&dump->file, &spec);
		if (err || !exists) {
			free(dump->path);
			dump->path = NULL;
			return err ? err
				   : nb_str_dup("postgres/globals.sql",
						&dump->path);
		}
		nb_dump_file_clear(&dump->file);
		spec.exists = NULL;
	}
	spec.path = dump->path;
	spec.filters = dump->format->packed ? NULL : dump->format->filters;
	spec.level = nb_pg_options(dump->source)->compress.level;
	return nb_dump_file_open(&dump->file, &spec);
}

static enum nb_err
make_directory(struct nb_pg_dump *dump)
{
	struct nb_user user = { .name = NULL };
	int staging = dump->context->staging, fd = -1;
	enum nb_err err =
		nb_user_find(NULL, nb_pg_options(dump->source)->run_as, &user);

	if (err)
		return err;
	if (mkdirat(staging, dump->path, 0700)) {
		err = errno == EEXIST
			? nb_dump_exists(dump->path)
			: nb_fail_errno(nb_fd_write_error(),
					"%s: cannot create directory",
					dump->path);
		goto out;
	}
	fd = nb_path_open(staging, dump->path, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0 || fchown(fd, user.uid, user.gid))
		err = nb_fail_errno(NB_EIO, "%s: cannot change the owner to %s",
				    dump->path, user.name);
out:
	nb_fd_close(&fd);
	nb_user_free(&user);
	return err;
}

/* pg_dump wants an empty directory. */
static enum nb_err
again(struct nb_pg_dump *dump)
{
	const char *name = strchr(dump->path, '/') + 1;
	enum nb_err err;
	int above;

	if (!dump->format->directory)
		return nb_dump_file_restart(&dump->file);
	above = nb_path_open(dump->context->staging, "postgres",
			     O_RDONLY | O_DIRECTORY, 0);
	if (above < 0)
		return nb_fail_errno(NB_EIO, "%s: cannot remove", dump->path);
	err = nb_path_remove(above, name);
	nb_fd_close(&above);
	return err ? err : make_directory(dump);
}

static enum nb_err
finish(struct nb_pg_dump *dump)
{
	enum nb_err err;

	if (dump->format->directory) {
		err = nb_pg_directory_size(dump, &dump->stored);
		dump->raw = dump->stored;
		if (!err && !dump->stored)
			err = nb_fail(NB_ESOURCE,
				      "%s: pg_dump: exit status "
				      "0, but no output",
				      dump->object);
		return err;
	}
	err = nb_dump_file_finish(&dump->file);
	dump->raw = dump->file.raw;
	dump->stored = dump->file.stored;
	return err;
}

enum nb_err
nb_pg_dump_run(struct nb_pg_dump *dump)
{
	enum nb_err err =
		nb_path_make(dump->context->staging, "postgres", 0711);

	if (!err)
		err = make_path(dump);
	if (!err)
		err = dump->format->directory ? make_directory(dump)
					      : open_file(dump);
	dump->sink = store;
	dump->sink_ctx = dump;
	dump->again = again;
	if (!err)
		err = nb_pg_transport(dump->source)->stream(dump);
	return err ? err : finish(dump);
}

void
nb_pg_dump_clear(struct nb_pg_dump *dump)
{
	nb_dump_file_clear(&dump->file);
	nb_properties_clear(&dump->counts);
	free(dump->path);
	dump->path = NULL;
}
