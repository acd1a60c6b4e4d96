/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/restore_paths.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/log.h"
#include "base/str.h"
#include "job/restore/restore.h"
#include "model/record/backup_path.h"

bool
nb_restore_is_beneath(const char *path, const char *part)
{
	size_t n = strlen(part);

	while (n && part[n - 1] == '/')
		n--;
	return !strncmp(path, part, n) && (!path[n] || path[n] == '/');
}

/* Does PATTERN match PATH or a directory that contains it?  With a slash,
 * PATTERN applies to the whole path from the root of the backup, otherwise to
 * each component. */
static bool
is_like(const char *path, const char *pattern)
{
	bool whole = strchr(pattern, '/');
	size_t n = 0, from = 0;
	char part[PATH_MAX];

	if (strlen(path) >= sizeof part)
		return false;
	do {
		from = n ? n + 1 : 0;
		n = from + strcspn(path + from, "/");
		snprintf(part, sizeof part, "%.*s", (int)n, path);
		if (!fnmatch(pattern, whole ? part : part + from, 0))
			return true;
	} while (path[n]);
	return false;
}

static bool
is_like_any(const struct nb_restore_options *options, const char *path)
{
	for (size_t i = 0; i < options->pattern_count; i++)
		if (is_like(path, options->patterns[i]))
			return true;
	return false;
}

/* The encoded name of another source contains no "+". */
bool
nb_restore_is_beside(const char *path, const char *source_path)
{
	size_t n = strlen(source_path);

	return !strncmp(path, source_path, n) && path[n] == '+';
}

bool
nb_restore_wants(const struct nb_disc_backup *backup,
		 const struct nb_restore_options *options, const char *path)
{
	const char *id = backup->manifest.backup_id;

	if (!options->path_count && !options->pattern_count)
		return true;
	if (is_like_any(options, path))
		return true;
	for (size_t i = 0; i < options->path_count; i++) {
		const char *part = options->paths[i];
		const char *within = nb_backup_path_within(id, part);

		if (nb_restore_is_beneath(path, within ? within : part)
		    || nb_restore_is_beneath(id, part))
			return true;
	}
	return false;
}

/* Is it a tree in one archive, whose members are known? */
static bool
is_packed(const struct nb_manifest_source *source)
{
	return source->path && source->members.count
		&& nb_manifest_source_is_archive(source);
}

const struct nb_manifest_source *
nb_restore_packed(const struct nb_disc_backup *backup, const char *path)
{
	const struct nb_manifest_sources *list = &backup->manifest.sources;

	for (size_t i = 0; i < list->count; i++)
		if (is_packed(&list->at[i]) && !strcmp(list->at[i].path, path))
			return &list->at[i];
	return NULL;
}

/* An archive is wanted if one of its members is. */
static bool
wants_member(const struct nb_disc_backup *backup,
	     const struct nb_restore_options *options,
	     const struct nb_manifest_source *source)
{
	bool found = false;

	for (size_t i = 0; !found && i < source->members.count; i++) {
		char *path;

		if (nb_path_join(source->kind, source->members.at[i].path,
				 &path))
			return true;
		found = nb_restore_wants(backup, options, path);
		free(path);
	}
	return found;
}

static bool
is_wanted(const struct nb_disc_backup *backup,
	  const struct nb_restore_options *options, const char *source_path,
	  const char *path)
{
	const struct nb_manifest_source *packed =
		nb_restore_packed(backup, path);

	if (source_path && !nb_restore_is_beneath(path, source_path)
	    && (options->into || !nb_restore_is_beside(path, source_path)))
		return false;
	return nb_restore_wants(backup, options, path)
		|| (packed && wants_member(backup, options, packed));
}

enum nb_err
nb_restore_select(struct nb_disc_backup *backup,
		  const struct nb_restore_options *options,
		  const char *source_path)
{
	size_t n = 0;

	for (size_t i = 0; i < backup->entries.count; i++) {
		struct nb_entry *e = &backup->entries.at[i];

		if (is_wanted(backup, options, source_path, e->path))
			e->on_the_way = false;
		else if (!e->on_the_way) {
			nb_entry_clear(e);
			continue;
		}
		backup->entries.at[n++] = *e;
	}
	backup->entries.count = n;
	if (!n)
		return nb_fail(NB_ENOTFOUND,
			       "%s: not in this backup\n"
			       "hint: nightburn restore --list %s",
			       options->path_count ? options->paths[0]
				       : options->pattern_count
				       ? options->patterns[0]
				       : options->source ? options->source
							 : "backup",
			       backup->manifest.backup_id);
	return NB_OK;
}

enum nb_err
nb_restore_mark_way(const struct nb_entries *list, const char *path, bool *way)
{
	char *part, *slash;
	enum nb_err err = nb_str_dup(path, &part);
	bool known = false;

	while (!err && !known && (slash = strrchr(part, '/'))) {
		const struct nb_entry *e;

		*slash = '\0';
		e = nb_entries_find(list, part);
		if (!e || e->type != NB_ENTRY_DIR)
			continue;
		known = way[e - list->at];
		way[e - list->at] = true;
	}
	free(part);
	return err;
}

enum nb_err
nb_restore_select_placed(struct nb_disc_backup *backup,
			 const struct nb_restore_options *options,
			 const char *source_path)
{
	struct nb_entries *list = &backup->entries;
	bool *way = calloc(list->count + 1, sizeof *way);
	enum nb_err err = way ? NB_OK : nb_fail_memory();

	for (size_t i = 0; !err && i < list->count; i++)
		if (is_wanted(backup, options, source_path, list->at[i].path))
			err = nb_restore_mark_way(list, list->at[i].path, way);
	for (size_t i = 0; !err && i < list->count; i++)
		list->at[i].on_the_way = way[i];
	free(way);
	return err ? err : nb_restore_select(backup, options, source_path);
}

enum nb_err
nb_restore_source(const struct nb_disc_backup *backup, const char *name,
		  const struct nb_manifest_source **out)
{
	const struct nb_manifest_sources *list = &backup->manifest.sources;

	for (size_t i = 0; i < list->count; i++) {
		if (!strcmp(list->at[i].name, name)) {
			*out = &list->at[i];
			return NB_OK;
		}
	}
	return nb_fail(NB_ENOTFOUND,
		       "%s: no such source in backup %s\n"
		       "hint: nightburn restore --list %s",
		       name, backup->manifest.backup_id,
		       backup->manifest.backup_id);
}

const struct nb_config_source *
nb_restore_configured(const struct nightburn *nb,
		      const struct nb_disc_backup *backup,
		      const struct nb_manifest_source *source)
{
	return nb ? nb_config_source(nb->config, backup->manifest.job,
				     source->kind, source->name)
		  : NULL;
}

/* The members of an archive, under the names that a restore uses. */
static enum nb_err
each_member(const struct nb_disc_backup *backup,
	    const struct nb_restore_options *options,
	    struct nb_restore_path *one, nb_restore_path_fn *fn, void *ctx)
{
	const struct nb_entries *members = &one->packed->members;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < members->count; i++) {
		char *path = NULL;

		err = nb_path_join(one->packed->kind, members->at[i].path,
				   &path);
		one->path = path;
		one->entry = &members->at[i];
		if (!err && nb_restore_wants(backup, options, path))
			err = fn(ctx, one);
		free(path);
	}
	return err;
}

enum nb_err
nb_restore_each(const struct nb_disc_backup *backup,
		const struct nb_restore_options *options,
		const struct nb_manifest_source *source, nb_restore_path_fn *fn,
		void *ctx)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < backup->entries.count; i++) {
		const struct nb_entry *e = &backup->entries.at[i];
		struct nb_restore_path one = { .path = e->path, .entry = e };

		if (!is_wanted(backup, options, source ? source->path : NULL,
			       e->path))
			continue;
		one.packed = nb_restore_packed(backup, e->path);
		if (one.packed)
			one.archive = e;
		err = one.packed ? each_member(backup, options, &one, fn, ctx)
				 : fn(ctx, &one);
	}
	return err;
}

enum nb_err
nb_restore_spares_ours(const struct nb_extract *spec)
{
	for (size_t i = 0; spec->overwrite && i < spec->entries->count; i++) {
		const struct nb_entry *e = &spec->entries->at[i];
		const char *what = e->type == NB_ENTRY_DIR
			? NULL
			: nb_ours_beneath(spec->ours, spec->to, e->path, true);

		if (what)
			return nb_fail(NB_EUSAGE,
				       "%s: nightburn's own %s, which no "
				       "restore replaces\n"
				       "hint: restore to another directory, or "
				       "name the paths that are needed",
				       e->path, what);
	}
	return NB_OK;
}
