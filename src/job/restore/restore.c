/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/restore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "job/disc/restorable.h"
#include "job/jobs.h"
#include "job/restore/restore_options.h"

void
nb_restore_describe_pick(const struct nb_restore_pick *pick,
			 struct nb_restore_result *result)
{
	const struct nb_manifest *m = &pick->backup->manifest;

	memcpy(result->backup_id, m->backup_id, sizeof result->backup_id);
	memcpy(result->disc, pick->look.label.disc, sizeof result->disc);
	result->generation = m->generation;
	result->older = pick->older;
}

enum nb_err
nb_restore_lost_verdict(const struct nb_restore_result *result)
{
	char files[64] = "1 file that was restored is";

	if (!result->lost)
		return NB_OK;
	if (result->lost > 1)
		snprintf(files, sizeof files,
			 "%llu files that were restored are",
			 (unsigned long long)result->lost);
	return nb_fail(NB_EWRONG,
		       "%s: %s LOST in this backup: zeros are in their place\n"
		       "hint: nightburn find NAME shows which other backups "
		       "have a file",
		       result->backup_id, files);
}

static enum nb_err
restore_from(struct nightburn *nb, const struct nb_restore_options *options,
	     struct nb_restore_pick *pick, struct nb_restore_result *result)
{
	struct nb_disc_contents *contents = &pick->contents;
	struct nb_disc_backup *backup = pick->backup;
	struct nb_extract_result done = { 0 };
	struct nb_block_runs bad = NB_ARRAY_INIT;
	enum nb_err err = NB_OK, mac = nb_manifest_mac_log(backup);
	bool loaded;

	contents->blocks->bad = &bad;
	nb_restore_describe_pick(pick, result);
	if (!options->into)
		err = nb_restore_to(nb, options, contents->blocks,
				    &contents->nodes, backup, &done);
	else if (!mac)
		err = nb_restore_into(nb, options, contents->blocks,
				      &contents->nodes, backup, &done,
				      result->old_database);
	/* The server executes whatever a dump contains. */
	err = err ? err : mac;
	result->files = done.files;
	result->bytes = done.bytes;
	result->bad = done.bad;
	result->lost = done.lost;
	contents->blocks->bad = NULL;
	nb_restore_give_bad(&bad, result);
	/* A database that is loaded may lack properties that it had. */
	loaded = options->into && done.files;
	if (err && options->into && !loaded && !result->bad)
		result->bad = 1;
	result->restored = !err || loaded;
	if (!err)
		err = nb_restore_lost_verdict(result);
	return err ? err : nb_restore_pick_verdict(pick);
}

/* Is the disc to blame, and is everything still as it was? */
static bool
is_damaged(enum nb_err err, const struct nb_restore_result *result)
{
	return (err == NB_ECORRUPT || err == NB_EIO) && result->bad
		&& !result->restored;
}

/* As often as the backup is damaged and there is an older one that may be
 * restored. */
static enum nb_err
restore_picked(struct nightburn *nb, const struct nb_restore_options *options,
	       const struct nb_restore_request *request,
	       struct nb_restore_pick *pick, struct nb_restore_result *result)
{
	enum nb_err err;

	for (;;) {
		err = restore_from(nb, options, pick, result);
		if (!is_damaged(err, result)
		    || !nb_restore_pick_damaged(request, pick))
			return err;
		free(result->bad_blocks);
		memset(result, 0, sizeof *result);
	}
}

enum nb_err
nb_job_restore(struct nightburn *nb, const struct nb_restore_options *options,
	       struct nb_restore_result *result)
{
	const struct nb_restore_request request =
		nb_restore_request_of(options);
	struct nb_restore_pick pick;
	enum nb_err err = nb_restore_check_options(options, NB_RESTORE_DELIVER);

	memset(result, 0, sizeof *result);
	if (err)
		return err;
	if (options->salvage)
		return nb_restore_salvage(nb, options, result);
	err = nb_restore_pick(nb, &request, &pick);
	if (!err && request.replaces)
		err = nb_restore_check_complete(&request, options->source,
						&pick, false);
	if (!err)
		err = restore_picked(nb, options, &request, &pick, result);
	if (!err && !result->files)
		nb_log(NB_WARNING,
		       "%s: 0 files were restored: what was asked for has none "
		       "in this backup",
		       result->backup_id);
	if (!err && !request.replaces)
		err = nb_restore_check_complete(&request, options->source,
						&pick, true);
	if (err == NB_ENOTFOUND && pick.backup)
		nb_restore_tell_other(&pick.contents, pick.backup,
				      pick.look.label.disc, options);
	nb_restore_pick_close(&pick);
	return err;
}
