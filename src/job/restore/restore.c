/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/jobs.h"
#include "job/restore/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "disc/read/bad_blocks.h"
#include "job/disc/manifest_mac.h"
#include "model/record/backup_path.h"

/* Is PATH equal to PART, or beneath it? */
static bool
is_beneath(const char *path, const char *part)
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

/* Does the file at PATH stand beside that of a source, like its scripts?  The
 * encoded name of another source contains no "+". */
static bool
is_beside(const char *path, const char *source_path)
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

		if (is_beneath(path, within ? within : part)
		    || is_beneath(id, part))
			return true;
	}
	return false;
}

/* The packed source whose archive is at PATH, or NULL. */
static const struct nb_manifest_source *
packed_at(const struct nb_disc_backup *backup, const char *path)
{
	const struct nb_manifest_sources *list = &backup->manifest.sources;

	for (size_t i = 0; i < list->count; i++)
		if (nb_source_is_packed(&list->at[i])
		    && !strcmp(list->at[i].path, path))
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
	const struct nb_manifest_source *packed = packed_at(backup, path);

	if (source_path && !is_beneath(path, source_path)
	    && (options->into || !is_beside(path, source_path)))
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
			backup->entries.at[n++] = *e;
		else
			nb_entry_clear(e);
	}
	backup->entries.count = n;
	if (!n)
		return nb_fail(NB_ENOTFOUND,
			       "%s: not in this backup\n"
			       "hint: nightburn show %s",
			       options->path_count ? options->paths[0]
				       : options->pattern_count
				       ? options->patterns[0]
				       : options->source ? options->source
							 : "backup",
			       backup->manifest.backup_id);
	return NB_OK;
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
		       "hint: nightburn show %s",
		       name, backup->manifest.backup_id,
		       backup->manifest.backup_id);
}

static enum nb_err
extract_progress(void *ctx, uint64_t done, uint64_t total)
{
	return nb_job_progress(ctx, "restore", done, total);
}

static void
add_result(struct nb_extract_result *to, const struct nb_extract_result *one)
{
	to->files += one->files;
	to->bytes += one->bytes;
	to->bad += one->bad;
	to->unproved += one->unproved;
}

/* Restores the wanted archives, one after the other. */
static enum nb_err
unpack_all(struct nb_extract *spec, const struct nb_disc_backup *backup,
	   const struct nb_restore_options *options,
	   struct nb_extract_result *result)
{
	struct nb_extract_result one;
	enum nb_err err = NB_OK, bad = NB_OK;

	for (size_t i = 0; !err && i < backup->entries.count; i++) {
		const struct nb_manifest_source *packed =
			packed_at(backup, backup->entries.at[i].path);

		if (!packed)
			continue;
		err = nb_restore_unpack(spec, backup, &backup->entries.at[i],
					packed, options, &one);
		add_result(result, &one);
		if (err == NB_ECORRUPT) {
			bad = err;
			err = NB_OK;
		}
	}
	return err ? err : bad;
}

enum nb_err
nb_restore_extract(struct nightburn *nb, struct nb_blocks *blocks,
		   const struct nb_nodes *nodes,
		   const struct nb_disc_backup *backup,
		   const struct nb_restore_options *options,
		   struct nb_restore_target target,
		   struct nb_extract_result *result)
{
	struct nb_entries plain = NB_ARRAY_INIT;
	struct nb_extract spec = {
		.blocks = blocks,
		.nodes = nodes,
		.entries = &plain,
		.above = backup->manifest.backup_id,
		.to = target.fd,
		.overwrite = target.overwrite,
		.attributes = target.attributes,
		.salvage = options->salvage,
		.progress = extract_progress,
		.ctx = nb,
	};
	enum nb_err err = NB_OK, unpacked;

	memset(result, 0, sizeof *result);
	/* Borrowed from HELD. */
	for (size_t i = 0; !err && i < backup->entries.count; i++)
		if (!packed_at(backup, backup->entries.at[i].path))
			err = nb_array_push(&plain, backup->entries.at[i]);
	if (!err)
		err = nb_extract_run(&spec, result);
	if (!err || err == NB_ECORRUPT) {
		unpacked = unpack_all(&spec, backup, options, result);
		err = unpacked ? unpacked : err;
	}
	nb_array_free(&plain);
	return err;
}

enum nb_err
nb_restore_to(struct nightburn *nb, const struct nb_restore_options *options,
	      struct nb_blocks *blocks, const struct nb_nodes *nodes,
	      struct nb_disc_backup *backup, struct nb_extract_result *result)
{
	const struct nb_manifest_source *source = NULL;
	struct nb_restore_target target = { -1, options->overwrite, true };
	enum nb_err err = NB_OK;

	if (options->source)
		err = nb_restore_source(backup, options->source, &source);
	if (!err)
		err = nb_restore_select(backup, options,
					source ? source->path : NULL);
	if (err)
		return err;
	if (mkdir(options->to, 0755) && errno != EEXIST)
		return nb_fail_errno(NB_EIO, "%s: cannot create", options->to);
	target.fd = open(options->to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (target.fd < 0)
		return nb_fail_errno(NB_EIO, "%s: cannot open", options->to);
	err = nb_restore_extract(nb, blocks, nodes, backup, options, target,
				 result);
	nb_fd_close(&target.fd);
	return err;
}

void
nb_restore_tell_bad(struct nb_block_runs *bad, struct nb_restore_result *result)
{
	nb_bad_blocks_tidy(bad);
	result->bad_blocks = bad->at;
	result->bad_block_runs = bad->count;
}

static enum nb_err
restore_from(struct nightburn *nb, const struct nb_restore_options *options,
	     struct nb_restore_pick *pick, struct nb_restore_result *result)
{
	struct nb_disc_contents *contents = &pick->contents;
	struct nb_disc_backup *backup = pick->backup;
	struct nb_extract_result done = { 0 };
	struct nb_block_runs bad = NB_ARRAY_INIT;
	enum nb_err err = NB_OK, mac = nb_manifest_mac_tell(backup);
	bool loaded;

	contents->blocks->bad = &bad;
	memcpy(result->backup_id, backup->manifest.backup_id,
	       sizeof result->backup_id);
	memcpy(result->disc, pick->look.label.disc, sizeof result->disc);
	result->generation = backup->manifest.generation;
	result->older = pick->older;
	if (!options->into)
		err = nb_restore_to(nb, options, contents->blocks,
				    &contents->nodes, backup, &done);
	else if (!mac)
		err = nb_restore_into(nb, options, contents->blocks,
				      &contents->nodes, backup, &done);
	/* The server executes whatever a dump contains. */
	err = err ? err : mac;
	result->files = done.files;
	result->bytes = done.bytes;
	result->bad = done.bad;
	contents->blocks->bad = NULL;
	nb_restore_tell_bad(&bad, result);
	/* A database that is loaded may lack properties that it had. */
	loaded = options->into && done.files;
	if (err && options->into && !loaded && !result->bad)
		result->bad = 1;
	result->restored = !err || loaded;
	return err ? err : nb_restore_pick_verdict(pick);
}

/* Options that are only for a database, or only for a directory. */
static enum nb_err
check_options(const struct nb_restore_options *o)
{
	bool database = o->no_owner || o->no_privileges || o->no_tablespaces
		|| o->keep || o->table_count || o->schema_count || o->section
		|| o->jobs;

	if (database && !o->into)
		return nb_fail(NB_EUSAGE,
			       "restore: an option for databases, but no "
			       "database\nhint: use --into DATABASE");
	if (o->into && (o->path_count || o->pattern_count))
		return nb_fail(NB_EUSAGE,
			       "restore: paths cannot be used with a database\n"
			       "hint: --table NAME or --schema NAME selects "
			       "parts of a dump, --to DIR restores files");
	return NB_OK;
}

enum nb_err
nb_job_restore(struct nightburn *nb, const struct nb_restore_options *options,
	       struct nb_restore_result *result)
{
	const struct nb_restore_request request = {
		.drive = { .device = options->device,
			   .drive = options->drive,
			   .job = options->job },
		.wish = { .backup = options->backup,
			  .job = options->job,
			  .at = options->at },
		.this_disc = options->this_disc,
		.allow_older = options->allow_older,
		.replaces = options->into != NULL,
	};
	struct nb_restore_pick pick;
	enum nb_err err;

	memset(result, 0, sizeof *result);
	if (!options->to == !options->into)
		return nb_fail(
			NB_EUSAGE,
			"restore: either a directory or a database is "
			"required\nhint: use --to DIR or --into DATABASE");
	err = check_options(options);
	if (err)
		return err;
	if (options->backup && options->at)
		return nb_fail(NB_EUSAGE,
			       "restore: a backup and a date are named\n"
			       "hint: use one of them");
	if (options->salvage)
		return nb_restore_salvage(nb, options, result);
	err = nb_restore_pick(nb, &request, &pick);
	if (!err)
		err = restore_from(nb, options, &pick, result);
	nb_restore_pick_close(&pick);
	return err;
}
