/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "disc/library.h"
#include "job/jobs.h"
#include "job/run/run_summary.h"
#include "job/backup/shrink.h"
#include "job/backup/session.h"
#include "model/record/own_files.h"

static enum nb_err
image_progress(void *ctx, uint64_t done, uint64_t total)
{
	return nb_job_progress(ctx, NB_WORK_IMAGE, done, total);
}

static enum nb_err
write_image(struct nb_backup *backup, int fd, struct nb_run_result *result)
{
	struct nb_decision plain = { .plan = NB_PLAN_FRESH };
	uint8_t checksum[NB_CHECKSUM_SIZE];
	struct nb_session *session = NULL;
	enum nb_err err;

	err = nb_library_begin();
	if (err)
		return err;
	err = nb_session_new(backup, NULL, &plain, &session);
	if (!err)
		err = nb_image_write(session->image, fd, image_progress,
				     backup->context->nb, checksum);
	if (!err) {
		result->blocks = session->blocks;
		nb_own_files_rest(&session->entries, &result->files,
				  &result->bytes);
		nb_run_summary(session, result);
	}
	nb_session_free(session);
	nb_library_end();
	return err;
}

/* Only the date determines the id of the backup if the caller fixed the date:
 * the same input gives the same bytes. */
static enum nb_err
image_locked(struct nb_pool_context *context,
	     const struct nb_run_options *options, int fd,
	     struct nb_run_result *result)
{
	struct nb_backup backup;
	enum nb_err err, discarded;

	context->accept_shrink = options->accept_shrink;
	err = nb_backup_prepare(context, options, &backup);
	if (err)
		return err;
	err = nb_backup_collect(&backup, true);
	if (!err) {
		snprintf(result->backup_id, sizeof result->backup_id, "%s",
			 backup.staged.manifest.backup_id);
		err = write_image(&backup, fd, result);
		nb_backup_tell_shrinks(&backup);
		result->shrunk = backup.shrinks.count;
		result->accepted = backup.accepted.count;
		if (!err)
			err = nb_backup_release(&backup);
		discarded = nb_backup_discard(&backup);
		if (!err)
			err = discarded;
	}
	nb_backup_clear(&backup);
	return err;
}

enum nb_err
nb_job_image(struct nightburn *nb, const struct nb_run_options *options, int fd,
	     struct nb_run_result *result)
{
	struct nb_pool_context context;
	enum nb_err err;

	err = nb_pool_context_open(nb, options->job, NB_POOL_WORK, &context);
	if (err)
		return err;
	err = image_locked(&context, options, fd, result);
	if (err)
		result->blocks = 0;
	nb_pool_context_close(&context);
	return nb_run_verdict(err, result);
}
