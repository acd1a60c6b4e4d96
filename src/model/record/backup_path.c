/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/backup_path.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"

static enum nb_err
put(const char *id, char **path)
{
	char *full;
	enum nb_err err = nb_path_join(id, *path, &full);

	if (err)
		return err;
	free(*path);
	*path = full;
	return NB_OK;
}

enum nb_err
nb_backup_path_put(const char *id, struct nb_entries *entries,
		   struct nb_manifest_sources *sources)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < entries->count; i++)
		err = put(id, &entries->at[i].path);
	for (size_t i = 0; !err && i < sources->count; i++)
		if (sources->at[i].path)
			err = put(id, &sources->at[i].path);
	return err;
}

const char *
nb_backup_path_within(const char *id, const char *path)
{
	size_t n = strlen(id);

	return !strncmp(path, id, n) && path[n] == '/' && path[n + 1]
		? path + n + 1
		: NULL;
}

void
nb_backup_path_take(const char *id, char *path)
{
	const char *within = nb_backup_path_within(id, path);

	if (within)
		memmove(path, within, strlen(within) + 1);
}

/* Moves what is not beneath ID. */
static enum nb_err
set_apart(const char *id, struct nb_entries *entries,
	  struct nb_entries *elsewhere)
{
	enum nb_err err = NB_OK;
	size_t n = 0;

	for (size_t i = 0; i < entries->count; i++) {
		struct nb_entry e = entries->at[i];

		if (!err && !nb_backup_path_within(id, e.path))
			err = nb_entries_add(elsewhere, &e);
		else
			entries->at[n++] = e;
	}
	entries->count = n;
	return err;
}

enum nb_err
nb_backup_path_take_all(const char *id, struct nb_entries *entries,
			struct nb_manifest_sources *sources,
			struct nb_entries *elsewhere)
{
	enum nb_err err = set_apart(id, entries, elsewhere);

	for (size_t i = 0; i < entries->count; i++)
		nb_backup_path_take(id, entries->at[i].path);
	for (size_t i = 0; i < sources->count; i++) {
		char *path = sources->at[i].path;

		if (path && nb_backup_path_within(id, path))
			nb_backup_path_take(id, path);
		else if (path)
			*path = '\0';
	}
	return err;
}
