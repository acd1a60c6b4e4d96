/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/stage.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"

#define PIECE ((size_t)1 << 18)

enum nb_err
nb_stage_begin(struct nb_stage *stage, const char *kind, const char *name)
{
	int64_t date = stage->context->date;
	char *encoded = NULL;
	enum nb_err err = nb_path_encode(name, &encoded);

	if (!err)
		err = nb_path_join(kind, encoded, &stage->path);
	if (!err)
		err = nb_path_make(stage->context->staging, stage->path, 0711);
	if (!err)
		err = nb_entries_add_dir(stage->out->entries, kind, date);
	if (!err)
		err = nb_entries_add_dir(stage->out->entries, stage->path,
					 date);
	free(encoded);
	return err;
}

enum nb_err
nb_stage_add(struct nb_stage *stage, const struct nb_dump_file *file)
{
	struct nb_entry e = {
		.type = NB_ENTRY_FILE,
		.content = NB_CONTENT_ROOT,
		.mode = 0400,
		.mtime = stage->context->date,
		.size = file->stored,
		.hashed = true,
	};
	enum nb_err err = nb_str_dup(file->path, &e.root_path);

	e.plain = file->filters ? file->raw : 0;
	memcpy(e.sha256, file->sha256, sizeof e.sha256);
	if (!err)
		err = nb_str_dup(file->filters, &e.filters);
	if (!err)
		err = nb_str_dup(file->path, &e.path);
	stage->raw += file->raw;
	stage->stored += file->stored;
	if (!err)
		return nb_entries_add(stage->out->entries, &e);
	nb_entry_clear(&e);
	return err;
}

static enum nb_err
open_file(struct nb_stage *stage, const char *name, struct nb_dump_file *file)
{
	char *path = NULL;
	enum nb_err err = nb_path_join(stage->path, name, &path);

	if (!err)
		err = nb_dump_file_open(
			file,
			&(struct nb_dump_file_spec){ stage->context->staging,
						     path, NULL, -1, NULL });
	free(path);
	return err;
}

enum nb_err
nb_stage_text(struct nb_stage *stage, const char *name, const char *text)
{
	struct nb_dump_file file = { .fd = -1 };
	enum nb_err err = open_file(stage, name, &file);

	if (!err)
		err = nb_dump_file_write(&file, text, strlen(text));
	if (!err)
		err = nb_dump_file_finish(&file);
	if (!err)
		err = nb_stage_add(stage, &file);
	nb_dump_file_clear(&file);
	return err;
}

enum nb_err
nb_stage_pump(struct nb_stage *stage, int fd, struct nb_dump_file *file)
{
	char *buf = malloc(PIECE);
	enum nb_err err = NB_OK;
	ssize_t n = 1;

	if (!buf)
		return nb_fail_memory();
	while (!err && n > 0) {
		n = nb_fd_read(fd, buf, PIECE);
		if (n < 0)
			err = nb_fail_errno(NB_ESOURCE, "%s: cannot read %s",
					    stage->object, file->path);
		else if (n)
			err = nb_dump_file_write(file, buf, (size_t)n);
	}
	free(buf);
	return err;
}

enum nb_err
nb_stage_copy(struct nb_stage *stage, const char *from, const char *name)
{
	struct nb_dump_file file = { .fd = -1 };
	int fd = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	enum nb_err err;

	if (fd < 0)
		return nb_fail_errno(NB_ESOURCE, "%s: cannot open %s",
				     stage->object, from);
	err = open_file(stage, name, &file);
	if (!err)
		err = nb_stage_pump(stage, fd, &file);
	if (!err)
		err = nb_dump_file_finish(&file);
	if (!err)
		err = nb_stage_add(stage, &file);
	nb_dump_file_clear(&file);
	nb_fd_close(&fd);
	return err;
}

enum nb_err
nb_stage_record(struct nb_stage *stage, const char *kind, const char *name)
{
	struct nb_manifest_source record = { .bytes = stage->raw,
					     .stored = stage->stored };
	enum nb_err err = nb_str_dup(kind, &record.kind);

	if (!err)
		err = nb_str_dup(name, &record.name);
	if (!err)
		err = nb_str_dup(stage->path, &record.path);
	if (!err)
		err = nb_array_push(stage->out->sources, record);
	if (err)
		nb_manifest_source_clear(&record);
	return err;
}
