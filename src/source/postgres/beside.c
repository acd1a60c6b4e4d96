/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/user.h"
#include "source/postgres/postgres.h"
#include "source/postgres/property/property.h"

/* Takes ownership of TEXT. */
static enum nb_err
write_file(const struct nb_pg_dump *dump, const char *path, char *text,
	   struct nb_dump_file *file)
{
	const struct nb_dump_file_spec spec = {
		.directory = dump->context->staging, .path = path, .level = -1
	};
	enum nb_err err = nb_dump_file_open(file, &spec);

	if (!err)
		err = nb_dump_file_write(file, text, strlen(text));
	if (!err)
		err = nb_dump_file_finish(file);
	free(text);
	return err;
}

static enum nb_err
add_entry(const struct nb_pg_dump *dump, const struct nb_user *owner,
	  const struct nb_dump_file *file, struct nb_source_output *out)
{
	struct nb_entry e = {
		.type = NB_ENTRY_FILE,
		.content = NB_CONTENT_ROOT,
		.mode = 0400,
		.uid = owner->uid,
		.gid = owner->gid,
		.mtime = dump->context->date,
		.size = file->stored,
		.hashed = true,
	};
	enum nb_err err = nb_str_dup(file->path, &e.root_path);

	memcpy(e.sha256, file->sha256, sizeof e.sha256);
	if (!err)
		err = nb_str_dup(file->path, &e.path);
	if (!err)
		return nb_entries_add(out->entries, &e);
	nb_entry_clear(&e);
	return err;
}

static enum nb_err
add_script(const struct nb_pg_dump *dump, const struct nb_user *owner,
	   const char *ending,
	   enum nb_err (*make)(const struct nb_properties *list, char **text),
	   struct nb_source_output *out)
{
	struct nb_dump_file file = { .fd = -1 };
	char *path = NULL, *text = NULL;
	enum nb_err err = nb_str_format(&path, "%s%s", dump->path, ending);

	if (!err)
		err = make(dump->properties, &text);
	if (!err)
		err = write_file(dump, path, text, &file);
	if (!err)
		err = add_entry(dump, owner, &file, out);
	nb_dump_file_clear(&file);
	free(path);
	return err;
}

enum nb_err
nb_pg_write_scripts(const struct nb_pg_dump *dump, const struct nb_user *owner,
		    struct nb_source_output *out)
{
	enum nb_err err;

	if (!dump->properties || !dump->properties->count)
		return NB_OK;
	err = add_script(dump, owner, NB_PG_CREATE_ENDING, nb_pg_create_script,
			 out);
	return err ? err
		   : add_script(dump, owner, NB_PG_SETTINGS_ENDING,
				nb_pg_settings_script, out);
}
