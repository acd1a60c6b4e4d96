/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/catalog_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/path.h"
#include "store/mark.h"
#include "store/state.h"

static enum nb_err
has_file(const struct nb_config *config, const char *name, bool *there)
{
	enum nb_err err;
	char *path;

	*there = false;
	err = nb_path_join(config->state_dir, name, &path);
	if (!err) {
		*there = access(path, F_OK) == 0;
		free(path);
	}
	return err;
}

enum nb_err
nb_catalog_there(const struct nb_config *config, bool *there)
{
	return has_file(config, "catalog.db", there);
}

enum nb_err
nb_catalog_unread(const struct nb_config *config, bool *unread)
{
	bool catalog, mark = false, key = false;
	enum nb_err err = nb_catalog_there(config, &catalog);

	if (!err)
		err = has_file(config, "mark", &mark);
	if (!err)
		err = has_file(config, "key", &key);
	*unread = !err && key && !catalog && !mark;
	return err;
}

enum nb_err
nb_catalog_expect(const struct nb_config *config)
{
	struct nb_marks marks = NB_ARRAY_INIT;
	bool unread;
	enum nb_err err = nb_catalog_unread(config, &unread);

	if (err || !unread)
		return err;
	for (size_t i = 0; !err && i < config->pools.count; i++) {
		struct nb_mark mark = { .sequence = 1 };
		bool raised;

		snprintf(mark.pool, sizeof mark.pool, "%s",
			 config->pools.at[i].name);
		err = nb_marks_raise(&marks, &mark, &raised);
	}
	if (!err)
		err = nb_marks_save(config->state_dir, &marks);
	nb_array_free(&marks);
	return err;
}

/* Reports whether there is no catalog yet, or it was lost. */
static enum nb_err
no_catalog(const char *dir)
{
	struct nb_marks marks = NB_ARRAY_INIT;
	enum nb_err err = nb_marks_load(dir, &marks);

	nb_array_free(&marks);
	if (err == NB_ENOTFOUND)
		return nb_fail(err,
			       "%s: no catalog yet\nhint: the first backup "
			       "creates it; from discs that exist, nightburn "
			       "catalog rebuild",
			       dir);
	return nb_fail(NB_ENOTFOUND,
		       "%s: the catalog was lost\nhint: "
		       "run nightburn catalog rebuild with each disc of the "
		       "pool, newest first",
		       dir);
}

bool
nb_catalog_exists(struct nightburn *nb)
{
	bool there;

	return !nb_catalog_there(nb->config, &there) && there;
}

enum nb_err
nb_catalog_of(struct nightburn *nb, enum nb_catalog_mode mode,
	      struct nb_catalog **out)
{
	struct nb_state *state = NULL;
	enum nb_err err;
	bool there;

	err = nb_catalog_there(nb->config, &there);
	if (!err && !there)
		err = no_catalog(nb->config->state_dir);
	if (!err)
		err = nb_state_open(nb->config->state_dir, &state);
	if (!err)
		err = nb_catalog_open(state->catalog, mode, out);
	nb_state_close(state);
	return err;
}
