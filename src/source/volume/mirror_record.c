/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/volume/mirror_record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "model/record/json.h"

#define RECORD_MAX 65536

static enum nb_err
path_of(const char *state_dir, const char *name, char **path)
{
	return nb_str_format(path, "%s/mirror-%s", state_dir, name);
}

void
nb_mirror_record_clear(struct nb_mirror_record *record)
{
	free(record->array);
	free(record->half);
	memset(record, 0, sizeof *record);
}

static enum nb_err
parse(const char *path, const char *text, size_t length,
      struct nb_mirror_record *record)
{
	json_t *root = NULL;
	enum nb_err err = nb_json_load(path, text, length, &root);

	if (err == NB_ECORRUPT)
		nb_fail(err, "%s: not a mirror record", path);
	if (err)
		return err;
	*record = (struct nb_mirror_record){
		.belonged = json_is_true(json_object_get(root, "belonged")),
		.quiesced = json_is_true(json_object_get(root, "quiesced")),
	};
	if (!nb_json_optional(root, "array", &record->array)
	    || !nb_json_optional(root, "half", &record->half) || !record->array
	    || !record->half) {
		nb_mirror_record_clear(record);
		err = nb_fail(NB_ECORRUPT, "%s: not a mirror record", path);
	}
	json_decref(root);
	return err;
}

enum nb_err
nb_mirror_record_load(const char *state_dir, const char *name,
		      struct nb_mirror_record *record)
{
	char *path = NULL, *text = NULL;
	size_t length = 0;
	enum nb_err err = path_of(state_dir, name, &path);

	if (!err)
		err = nb_fd_load(AT_FDCWD, path, RECORD_MAX, &text, &length);
	if (!err)
		err = parse(path, text, length, record);
	free(text);
	free(path);
	return err;
}

enum nb_err
nb_mirror_record_save(const char *state_dir, const char *name,
		      const struct nb_mirror_record *record)
{
	struct nb_str s = NB_STR_INIT;
	char *path = NULL, *text = NULL;
	enum nb_err err = path_of(state_dir, name, &path);

	nb_str_add(&s, "{\"array\":");
	nb_str_add_json(&s, record->array);
	nb_str_add(&s, ",\"half\":");
	nb_str_add_json(&s, record->half);
	nb_str_addf(&s, ",\"belonged\":%s,\"quiesced\":%s}\n",
		    record->belonged ? "true" : "false",
		    record->quiesced ? "true" : "false");
	if (!err)
		err = nb_str_take(&s, &text);
	if (!err)
		err = nb_fd_save(AT_FDCWD, path, text, strlen(text), 0600);
	nb_str_free(&s);
	free(text);
	free(path);
	return err;
}

enum nb_err
nb_mirror_record_remove(const char *state_dir, const char *name)
{
	char *path = NULL;
	enum nb_err err = path_of(state_dir, name, &path);

	if (!err && unlink(path) && errno != ENOENT)
		err = nb_fail_errno(NB_EIO, "%s: cannot remove", path);
	if (!err)
		err = nb_fd_sync_dir(AT_FDCWD, state_dir);
	free(path);
	return err;
}
