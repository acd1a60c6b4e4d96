/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/backup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "base/watchdog.h"
#include "model/config/build.h"

bool
nb_backup_is_by_hand(const struct nb_backup *backup)
{
	return backup->sources == &backup->by_hand;
}

struct nb_line
nb_backup_line(const struct nb_backup *backup)
{
	struct nb_line line = nb_pool_context_line(backup->context);

	if (backup->kin.id[0]) {
		line.old_job = backup->kin.job;
		line.old_pool = backup->kin.pool;
	}
	return line;
}

/* Creates a source for PATH as the user typed it, of the kind that accepts
 * it. */
static enum nb_err
source_by_hand(const char *path, struct nb_config_source *source)
{
	const struct nb_source_kind *const *kinds = nb_source_kinds;
	enum nb_err err;

	while (!nb_source_of(*kinds)->by_hand)
		kinds++;
	err = nb_config_source_begin(*kinds, source);
	return err ? err : nb_source_of(*kinds)->by_hand(path, source);
}

static enum nb_err
check_name(const struct nb_backup *backup, const char *name, const char *path)
{
	for (size_t i = 0; i < backup->by_hand.count; i++)
		if (!strcmp(backup->by_hand.at[i].name, name))
			return nb_fail(
				NB_EUSAGE,
				"%s: a second path named "
				"%s\nhint: append them in separate sessions",
				path, name);
	return NB_OK;
}

static enum nb_err
sources_by_hand(const struct nb_run_options *options, struct nb_backup *backup)
{
	enum nb_err err = NB_OK;

	backup->sources = &backup->by_hand;
	for (size_t i = 0; !err && i < options->path_count; i++) {
		struct nb_config_source source = { 0 };

		err = source_by_hand(options->paths[i], &source);
		if (!err)
			err = check_name(backup, source.name,
					 options->paths[i]);
		if (!err)
			err = nb_array_push(&backup->by_hand, source);
		if (err)
			nb_config_source_clear(&source);
	}
	return err;
}

enum nb_err
nb_backup_prepare(struct nb_pool_context *context,
		  const struct nb_run_options *options,
		  struct nb_backup *backup)
{
	enum nb_err err;

	memset(backup, 0, sizeof *backup);
	backup->staged.dir = -1;
	backup->context = context;
	backup->sources = &context->job->sources;
	err = nb_calls_begin(&backup->calls);
	if (!err && options->path_count)
		err = sources_by_hand(options, backup);
	if (!err)
		err = nb_ours_find(context->nb->config, &backup->ours);
	if (!err && !options->resume)
		err = nb_backup_preflight(backup);
	if (err)
		nb_backup_clear(backup);
	return err;
}

void
nb_roots_close(struct nb_roots *roots)
{
	for (size_t i = 1; i < roots->count; i++)
		nb_fd_close(&roots->at[i]);
	nb_array_free(roots);
}

static enum nb_err
make_id(int64_t date, bool fixed, char id[NB_BACKUP_ID_MAX + 1])
{
	char text[NB_CLOCK_TEXT], hex[9] = "00000000";
	uint8_t bytes[4];
	enum nb_err err = fixed ? NB_OK : nb_random(bytes, sizeof bytes);

	if (err)
		return err;
	if (!fixed)
		nb_hex(bytes, sizeof bytes, hex);
	snprintf(id, NB_BACKUP_ID_MAX + 1, "%s-%s",
		 nb_clock_compact(date, text), hex);
	return NB_OK;
}

static void
describe(struct nb_backup *backup, int64_t date)
{
	struct nb_manifest *m = &backup->staged.manifest;

	m->created = date;
	snprintf(m->job, sizeof m->job, "%s",
		 nb_backup_is_by_hand(backup) ? NB_JOB_BY_HAND
					      : backup->context->job->name);
	snprintf(m->pool, sizeof m->pool, "%s", backup->context->pool->name);
	memcpy(m->installation, backup->context->view.installation,
	       sizeof m->installation);
	if (gethostname(m->host, sizeof m->host - 1))
		strcpy(m->host, "unknown");
}

static enum nb_err
dump_all(struct nb_backup *backup)
{
	struct nb_roots roots = NB_ARRAY_INIT;
	struct nb_source_output out = { &backup->staged.entries,
					&backup->staged.manifest.sources,
					&roots };
	enum nb_err err;

	err = nb_array_push(&roots, backup->staged.dir);
	if (!err)
		err = nb_backup_run_sources(backup, true, &out);
	nb_roots_close(&roots);
	return err;
}

enum nb_err
nb_backup_collect(struct nb_backup *backup, bool fixed_id)
{
	const char *staging = backup->context->nb->config->staging_dir;
	int64_t date = nb_clock_date();
	char id[NB_BACKUP_ID_MAX + 1];
	enum nb_err err;

	err = make_id(date, fixed_id, id);
	if (!err)
		err = nb_staging_begin(staging, id, &backup->staged);
	if (err)
		return err;
	describe(backup, date);
	err = nb_backup_hold(backup);
	if (!err)
		err = dump_all(backup);
	/* What is appended by hand does not wait: it goes with this process. */
	if (!err && !nb_backup_is_by_hand(backup))
		err = nb_staging_finish(staging, &backup->staged);
	if (err == NB_EFULL)
		nb_log(NB_NOTE, "%s: no room for this backup", staging);
	if (err)
		nb_staging_remove(staging, &backup->staged);
	return err;
}

static enum nb_err
tell_verified(void *ctx, uint64_t done, uint64_t total)
{
	return nb_job_progress(ctx, NB_WORK_CHECK, done, total);
}

/* What waited may have been damaged since: nothing is blanked for that.  A
 * fresh dump was just written, and is not read once more. */
static enum nb_err
check_staged(const struct nb_backup *backup)
{
	const struct nb_staged *staged = &backup->staged;
	const struct nb_entry *bad;
	char hint[NB_HINT_MAX];
	enum nb_err err = nb_staged_verify(staged, tell_verified,
					   backup->context->nb, &bad);

	if (err != NB_ECORRUPT)
		return err;
	err = nb_staged_set_aside(staged);
	if (err)
		return err;
	return nb_fail(NB_ECORRUPT,
		       "%s/%s: damaged since it was dumped; nothing is burned, "
		       "and the backup is set aside as %s" NB_STAGED_DAMAGED
		       "\nhint: %s",
		       staged->path, bad->path, staged->path,
		       nb_pool_context_hint(backup->context,
					    "nightburn run makes a new one; "
					    "remove that directory when it is "
					    "no longer needed",
					    hint));
}

enum nb_err
nb_backup_resume(struct nb_backup *backup)
{
	const char *staging = backup->context->nb->config->staging_dir;
	const struct nb_line line = nb_pool_context_line(backup->context);
	char hint[NB_HINT_MAX];
	bool burned = false;
	enum nb_err err;

	err = nb_staging_find(staging, &line, &backup->context->view,
			      &backup->staged);
	if (!err)
		err = nb_catalog_holds(backup->context->catalog,
				       backup->staged.manifest.backup_id, NULL,
				       &burned);
	/* A run died between commit and the end of its work. */
	if (!err && burned) {
		err = nb_backup_discard(backup);
		if (!err)
			err = NB_ENOTFOUND;
	}
	if (err == NB_ENOTFOUND)
		nb_fail(err,
			"%s: no backup of job %s is waiting here\nhint: %s",
			staging, backup->context->job->name,
			nb_pool_context_hint(
				backup->context,
				"nightburn run without --resume creates one",
				hint));
	if (!err)
		err = check_staged(backup);
	return err ? err : nb_backup_hold(backup);
}

enum nb_err
nb_backup_discard(struct nb_backup *backup)
{
	return nb_staging_remove(backup->context->nb->config->staging_dir,
				 &backup->staged);
}

void
nb_backup_clear(struct nb_backup *backup)
{
	nb_backup_release(backup);
	for (size_t i = 0; i < backup->by_hand.count; i++)
		nb_config_source_clear(&backup->by_hand.at[i]);
	nb_array_free(&backup->by_hand);
	nb_array_free(&backup->ours);
	nb_shrinks_free(&backup->shrinks);
	nb_shrinks_free(&backup->accepted);
	nb_holdings_free(&backup->last);
	nb_calls_end(backup->calls);
	nb_staged_free(&backup->staged);
	memset(backup, 0, sizeof *backup);
	backup->staged.dir = -1;
}

/* Adds the entry STAGED, whose bytes are in staging at its path. */
static enum nb_err
list_one(const struct nb_entry *staged, struct nb_entries *entries)
{
	struct nb_entry e = { .path = NULL };
	enum nb_err err = nb_entry_copy(staged, &e);

	free(e.root_path);
	e.root_path = NULL;
	e.root = 0;
	e.content = e.type == NB_ENTRY_FILE && e.size ? NB_CONTENT_ROOT
						      : NB_CONTENT_NONE;
	if (!err)
		err = nb_str_dup(staged->path, &e.root_path);
	if (!err)
		return nb_entries_add(entries, &e);
	nb_entry_clear(&e);
	return err;
}

static enum nb_err
copy_source(const struct nb_manifest_source *from,
	    struct nb_manifest_sources *list)
{
	struct nb_manifest_source to = { .path = NULL };
	enum nb_err err = nb_manifest_source_copy(from, &to);

	if (!err)
		err = nb_array_push(list, to);
	if (err)
		nb_manifest_source_clear(&to);
	return err;
}

enum nb_err
nb_backup_list(struct nb_backup *backup, struct nb_entries *entries,
	       struct nb_manifest_sources *sources, struct nb_roots *roots)
{
	struct nb_source_output out = { entries, sources, roots };
	const struct nb_manifest_sources *staged =
		&backup->staged.manifest.sources;
	enum nb_err err = nb_array_push(roots, backup->staged.dir);

	for (size_t i = 0; !err && i < backup->staged.entries.count; i++)
		err = list_one(&backup->staged.entries.at[i], entries);
	for (size_t i = 0; !err && i < staged->count; i++)
		err = copy_source(&staged->at[i], sources);
	if (!err)
		err = nb_backup_run_sources(backup, false, &out);
	return err;
}
