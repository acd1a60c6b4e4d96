/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/jobs.h"
#include "job/restore/restore.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "job/destroy.h"
#include "job/disc/restorable.h"
#include "source/source.h"

struct restoring {
	struct nightburn *nb;
	const struct nb_bootarea_options *options;
};

static const struct nb_source_ops *
to_disk(const struct nb_manifest_source *source)
{
	const struct nb_source_ops *ops = nb_source_find(source->kind);

	return ops && ops->to_disk ? ops : NULL;
}

static enum nb_err
choose(const struct nb_disc_backup *backup, const char *name,
       const struct nb_manifest_source **out)
{
	const struct nb_manifest_sources *list = &backup->manifest.sources;
	const char *id = backup->manifest.backup_id;
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (!to_disk(&list->at[i])
		    || (name && strcmp(list->at[i].name, name)))
			continue;
		*out = &list->at[i];
		count++;
	}
	if (count == 1 && (*out)->path)
		return NB_OK;
	if (!count)
		return nb_fail(NB_ENOTFOUND,
			       "%s%sno %ssource for a disk in backup "
			       "%s\nhint: nightburn restore --list %s",
			       name ? name : "", name ? ": " : "",
			       name ? "such " : "", id, id);
	return nb_fail(NB_EUSAGE,
		       "backup %s contains %zu sources for a disk\nhint: name "
		       "one with --source",
		       id, count);
}

static void
keep_needed(struct nb_disc_backup *backup,
	    const struct nb_manifest_source *source)
{
	const struct nb_source_ops *ops = to_disk(source);
	size_t n = 0;

	for (size_t i = 0; i < backup->entries.count; i++) {
		struct nb_entry *e = &backup->entries.at[i];

		if (!ops->needs || ops->needs(source, e))
			backup->entries.at[n++] = *e;
		else
			nb_entry_clear(e);
	}
	backup->entries.count = n;
}

static enum nb_err
show(void *ctx, const struct nb_bootarea_info *info)
{
	const struct nb_bootarea_options *options =
		((struct restoring *)ctx)->options;

	return options->show && options->show(options->ctx, info) ? NB_ECANCELED
								  : NB_OK;
}

static enum nb_err
report_progress(void *ctx, uint64_t done, uint64_t total)
{
	return nb_job_progress(((struct restoring *)ctx)->nb, NB_WORK_RESTORE,
			       done, total);
}

static enum nb_err
destroy(void *ctx, enum nb_err (*act)(void *act_ctx), void *act_ctx)
{
	const struct nb_destroy steps = {
		.work = NB_WORK_RESTORE,
		.inhibit = "a disk is being overwritten",
		.act = act,
	};

	return nb_destroy(((struct restoring *)ctx)->nb, &steps, act_ctx);
}

/* The files of SOURCE are in DIR. */
static enum nb_err
write_to(struct nightburn *nb, const struct nb_bootarea_options *options,
	 const struct nb_manifest_source *source, const char *dir)
{
	const struct nb_config_source named = { .name = source->name };
	struct restoring r = { nb, options };
	const struct nb_source_disk disk = { .device = options->to_device,
					     .again = options->erase,
					     .show = show,
					     .destroy = destroy,
					     .progress = report_progress,
					     .ctx = &r };
	struct nb_source_restore spec = { .record = source,
					  .source = &named,
					  .disk = &disk };
	char *path = NULL;
	enum nb_err err = nb_path_join(dir, source->path, &path);

	spec.path = path;
	if (!err)
		err = to_disk(source)->restore(&spec);
	free(path);
	return err;
}

static enum nb_err
extract_and_write(struct nightburn *nb,
		  const struct nb_bootarea_options *options,
		  struct nb_restore_pick *from, struct nb_extract_result *done)
{
	const struct nb_manifest_source *source = NULL;
	struct nb_restore_options all = { .source = options->source };
	struct nb_restore_target target = { -1, false, false };
	struct nb_temporary *made = NULL;
	enum nb_err err, removed;

	err = choose(from->backup, options->source, &source);
	if (!err && !*source->path)
		err = nb_fail(NB_ECORRUPT, "%s: the manifest names no file",
			      source->name);
	if (!err)
		err = nb_restore_select(from->backup, &all, source->path);
	if (!err)
		err = nb_restore_temporary(nb, &made);
	if (err)
		return err;
	target.fd = made->dir;
	keep_needed(from->backup, source);
	err = nb_restore_extract(nb, from->contents.blocks,
				 &from->contents.nodes, from->backup, &all,
				 target, done);
	if (!err)
		err = write_to(nb, options, source, made->path);
	removed = nb_restore_temporary_end(made);
	return err ? err : removed;
}

static enum nb_err
restore_from(struct nightburn *nb, const struct nb_bootarea_options *options,
	     struct nb_restore_pick *from, struct nb_restore_result *result)
{
	struct nb_extract_result done = { 0 };
	enum nb_err err;

	nb_restore_describe_pick(from, result);
	/* A disk is not overwritten with data that may be forged. */
	err = nb_manifest_mac_log(from->backup);
	if (!err)
		err = extract_and_write(nb, options, from, &done);
	result->files = err ? 0 : done.files;
	result->bytes = done.bytes;
	result->bad = done.bad;
	result->restored = !err;
	return err;
}

enum nb_err
nb_job_restore_disk(struct nightburn *nb,
		    const struct nb_bootarea_options *options,
		    struct nb_restore_result *result)
{
	const struct nb_restore_options restore = {
		.backup = options->backup,
		.device = options->device,
		.drive = options->drive,
		.job = options->job,
		.this_disc = options->this_disc,
		.allow_older = options->allow_older,
	};
	struct nb_restore_request request = nb_restore_request_of(&restore);
	struct nb_restore_pick pick;
	enum nb_err err;

	request.replaces = true;
	request.no_paths = true;
	memset(result, 0, sizeof *result);
	if (!options->to_device)
		return nb_fail(NB_EUSAGE,
			       "restore: the disk to overwrite is not "
			       "specified\nhint: use --to-device /dev/NAME "
			       "--yes-erase /dev/NAME");
	err = nb_restore_pick(nb, &request, &pick);
	if (!err)
		err = restore_from(nb, options, &pick, result);
	nb_restore_pick_close(&pick);
	return err;
}
