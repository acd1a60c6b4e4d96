/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "disc/read/bad_blocks.h"

static enum nb_err
extract_progress(void *ctx, uint64_t done, uint64_t total)
{
	return nb_job_progress(ctx, NB_WORK_RESTORE, done, total);
}

static void
add_result(struct nb_extract_result *to, const struct nb_extract_result *one)
{
	to->files += one->files;
	to->bytes += one->bytes;
	to->bad += one->bad;
	to->unproved += one->unproved;
	to->lost += one->lost;
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
			nb_restore_packed(backup, backup->entries.at[i].path);

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
	struct nb_ours ours = NB_ARRAY_INIT;
	struct nb_extract spec = {
		.blocks = blocks,
		.nodes = nodes,
		.entries = &plain,
		.above = backup->manifest.backup_id,
		.to = target.fd,
		.overwrite = target.overwrite,
		.ours = &ours,
		.attributes = target.attributes,
		.salvage = options->salvage,
		.progress = extract_progress,
		.ctx = nb,
	};
	enum nb_err err = NB_OK, unpacked;

	memset(result, 0, sizeof *result);
	/* Borrowed from BACKUP. */
	for (size_t i = 0; !err && i < backup->entries.count; i++)
		if (!nb_restore_packed(backup, backup->entries.at[i].path))
			err = nb_array_push(&plain, backup->entries.at[i]);
	if (!err && nb && target.overwrite)
		err = nb_ours_find(nb->config, &ours);
	if (!err)
		err = nb_restore_spares_ours(&spec);
	if (!err)
		err = nb_extract_run(&spec, result);
	if (!err || err == NB_ECORRUPT) {
		unpacked = unpack_all(&spec, backup, options, result);
		err = unpacked ? unpacked : err;
	}
	nb_array_free(&plain);
	nb_array_free(&ours);
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
		err = nb_restore_select_placed(backup, options,
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
nb_restore_give_bad(struct nb_block_runs *bad, struct nb_restore_result *result)
{
	nb_bad_blocks_tidy(bad);
	result->bad_blocks = bad->at;
	result->bad_block_runs = bad->count;
}
