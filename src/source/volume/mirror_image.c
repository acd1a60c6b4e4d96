/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/volume/mirror_image.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/str.h"
#include "model/record/holding.h"

static enum nb_err
add_file(const struct nb_source_context *context,
	 const struct nb_mirror *mirror, const char *directory,
	 const char *device, struct nb_source_output *out)
{
	struct nb_entry e = {
		.type = NB_ENTRY_FILE,
		.content = NB_CONTENT_ROOT,
		.mode = 0600,
		.mtime = context->date,
		.size = mirror->size,
		.root = (unsigned int)out->roots->count - 1,
	};
	enum nb_err err =
		nb_str_format(&e.path, "%s/%s.img", directory, mirror->name);

	if (!err)
		err = nb_str_dup(strrchr(device, '/') + 1, &e.root_path);
	if (!err)
		return nb_entries_add(out->entries, &e);
	nb_entry_clear(&e);
	return err;
}

static enum nb_err
add_record(const struct nb_config_source *source,
	   const struct nb_mirror *mirror, const char *directory,
	   struct nb_source_output *out)
{
	struct nb_manifest_source record = { .bytes = mirror->size,
					     .stored = mirror->size };
	enum nb_err err = nb_str_dup("mirror", &record.kind);

	if (!err)
		err = nb_str_dup(source->name, &record.name);
	if (!err)
		err = nb_str_dup("image", &record.format);
	if (!err)
		err = nb_str_dup(directory, &record.path);
	if (!err)
		err = nb_identity_add(&record.identity, NB_IDENTITY_ARRAY, "",
				      mirror->array);
	if (!err)
		err = nb_array_push(out->sources, record);
	if (err)
		nb_manifest_source_clear(&record);
	return err;
}

static enum nb_err
add_directories(const struct nb_source_context *context, const char *directory,
		struct nb_source_output *out)
{
	enum nb_err err =
		nb_entries_add_dir(out->entries, "mirror", context->date);

	return err ? err
		   : nb_entries_add_dir(out->entries, directory, context->date);
}

enum nb_err
nb_mirror_image(const struct nb_config_source *source,
		const struct nb_source_context *context,
		const struct nb_mirror *mirror, const char *device,
		struct nb_source_output *out)
{
	int root = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *directory = NULL;
	enum nb_err err;

	if (root < 0)
		return nb_fail_errno(NB_ESOURCE, "%s: cannot open /dev",
				     mirror->object);
	err = nb_array_push(out->roots, root);
	if (err) {
		nb_fd_close(&root);
		return err;
	}
	err = nb_str_format(&directory, "mirror/%s", source->name);
	if (!err)
		err = add_directories(context, directory, out);
	if (!err)
		err = add_file(context, mirror, directory, device, out);
	if (!err)
		err = add_record(source, mirror, directory, out);
	free(directory);
	return err;
}
