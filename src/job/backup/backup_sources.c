/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps for every source of a backup. */
#include "job/backup/backup.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"

static enum nb_err
last_size(const struct nb_backup *backup, const char *kind, const char *name,
	  uint64_t *stored)
{
	*stored = 0;
	if (!backup->context->catalog)
		return NB_OK;
	return nb_catalog_last_size(backup->context->catalog,
				    backup->context->job->name, kind, name,
				    stored);
}

static bool
is_staged(const struct nb_config_source *s)
{
	const struct nb_source_ops *ops = nb_source_ops(s);

	return ops->is_staged && ops->is_staged(s);
}

/* Estimates the space that S needs in staging: if it cannot tell but stages
 * everything, as much as last time. */
static enum nb_err
estimate(const struct nb_backup *backup, const struct nb_config_source *s,
	 uint64_t *bytes)
{
	const struct nb_source_ops *ops = nb_source_ops(s);

	*bytes = 0;
	if (ops->estimate)
		return ops->estimate(s, bytes);
	if (!is_staged(s))
		return NB_OK;
	return last_size(backup, s->kind->name, s->name, bytes);
}

enum nb_err
nb_backup_need(const struct nb_backup *backup, uint64_t *need)
{
	enum nb_err err = NB_OK;
	uint64_t one;

	*need = 0;
	for (size_t i = 0; !err && i < backup->sources->count; i++) {
		err = estimate(backup, &backup->sources->at[i], &one);
		*need += one;
	}
	return err;
}

enum nb_err
nb_backup_check_room(const struct nb_backup *backup)
{
	uint64_t need, room;
	char have[16], want[16];
	enum nb_err err = nb_backup_need(backup, &need);

	if (err || !need)
		return err;
	err = nb_staging_room(backup->context->nb->config->staging_dir, &room);
	if (!err && need > room)
		nb_log(NB_WARNING, "%s: %s free, the backup may need up to %s",
		       backup->context->nb->config->staging_dir,
		       nb_str_size(room, have), nb_str_size(need, want));
	return err;
}

enum nb_err
nb_backup_preflight(const struct nb_backup *backup)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < backup->sources->count; i++) {
		const struct nb_config_source *s = &backup->sources->at[i];

		err = nb_source_ops(s)->preflight(s);
	}
	return err ? err : nb_backup_check_room(backup);
}

static enum nb_err
source_progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
	struct nb_backup *backup = ctx;

	return nb_job_progress_of(backup->context->nb, NB_WORK_DUMP, what, done,
				  total);
}

static struct nb_source_context
context_of(struct nb_backup *backup)
{
	return (struct nb_source_context){
		.backup_id = backup->staged.manifest.backup_id,
		.job = backup->context->job->name,
		.state_dir = backup->context->state->dir,
		.installation = backup->context->state->installation,
		.run = backup->run,
		.staging_path = backup->staged.path,
		.staging = backup->staged.dir,
		.date = backup->staged.manifest.created,
		.ours = &backup->ours,
		.calls = backup->calls,
		.progress = source_progress,
		.ctx = backup,
	};
}

/* All of them before the first dump, in the order of the file, so that related
 * data is from nearly the same moment. */
enum nb_err
nb_backup_hold(struct nb_backup *backup)
{
	struct nb_source_context source_context = context_of(backup);
	size_t count = backup->sources->count;
	uint8_t id[NB_RUN_ID_BYTES];
	enum nb_err err = nb_random(id, sizeof id);

	if (err)
		return err;
	nb_hex(id, sizeof id, backup->run);
	backup->held = calloc(count + 1, sizeof *backup->held);
	if (!backup->held)
		return nb_fail_memory();
	for (size_t i = 0; !err && i < count; i++) {
		const struct nb_config_source *s = &backup->sources->at[i];
		const struct nb_source_ops *ops = nb_source_ops(s);

		if (ops->hold)
			err = ops->hold(s, &source_context, &backup->held[i]);
	}
	return err;
}

enum nb_err
nb_backup_release(struct nb_backup *backup)
{
	size_t i = backup->held ? backup->sources->count : 0;
	enum nb_err err = NB_OK, one;

	while (i-- > 0) {
		const struct nb_config_source *s = &backup->sources->at[i];

		if (!backup->held[i])
			continue;
		one = nb_source_ops(s)->release(s, backup->held[i]);
		err = err ? err : one;
	}
	free(backup->held);
	backup->held = NULL;
	return err;
}

bool
nb_backup_is_staged(const struct nb_backup *backup)
{
	for (size_t i = 0; i < backup->sources->count; i++)
		if (!is_staged(&backup->sources->at[i]))
			return false;
	return true;
}

enum nb_err
nb_backup_run_sources(struct nb_backup *backup, bool staged,
		      struct nb_source_output *out)
{
	struct nb_source_context source_context = context_of(backup);
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < backup->sources->count; i++) {
		const struct nb_config_source *s = &backup->sources->at[i];

		if (is_staged(s) == staged)
			err = nb_source_ops(s)->collect(
				s, &source_context,
				backup->held ? backup->held[i] : NULL, out);
	}
	return err;
}
