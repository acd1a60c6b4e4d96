/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "source/volume/filesystem.h"
#include "source/volume/mirror_array.h"
#include "source/volume/mirror_hook.h"
#include "source/volume/mirror_image.h"
#include "source/volume/mirror_record.h"
#include "source/volume/overlay.h"
#include "source/tree/tree.h"

struct held {
	const struct nb_config_source *source;
	const struct nb_mirror_options *config; /* the options of the source */
	const char *state_dir;
	char *object; /* "mirror root" */
	char *device; /* name of the mapped device */
	struct nb_mirror mirror;
	struct nb_mirror_record record;
	struct nb_overlay overlay;
	int mount;
	bool split; /* the half can be read */
	bool bad;   /* and was found to be invalid */
};

/* The array is checked before it is split: a run that died may have left it in
 * another state. */
static enum nb_err
preflight(const struct nb_config_source *source)
{
	struct nb_mirror mirror = { .array = nb_mirror_options(source)->array,
				    .half = nb_mirror_options(source)->half,
				    .md = -1 };
	char *object = NULL;
	enum nb_err err = nb_str_format(&object, "mirror %s", source->name);

	mirror.object = object;
	if (!err)
		err = nb_mirror_check_programs(object);
	if (!err)
		err = nb_mirror_open(&mirror);
	nb_mirror_close(&mirror);
	free(object);
	return err;
}

static enum nb_err
save(const struct held *held)
{
	return nb_mirror_record_save(held->state_dir, held->source->name,
				     &held->record);
}

static enum nb_err
resume(struct held *held)
{
	enum nb_err err;

	if (!held->record.quiesced)
		return NB_OK;
	err = nb_mirror_hook(held->source, &held->config->resume);
	if (err)
		return err;
	held->record.quiesced = false;
	return save(held);
}

/* Restores the former state of the array, or adds the half again if
 * configured. */
static enum nb_err
give_back(const struct nb_mirror *mirror, bool member)
{
	struct nb_mirror_state state;
	enum nb_err err;

	nb_mirror_thaw(mirror);
	err = nb_mirror_inspect(mirror, &state);
	if (err)
		return err;
	if (!member && state.half == NB_MIRROR_WORKING
	    && state.working < state.disks - 1) {
		nb_log(NB_WARNING, "%s: %s remains in %s, which is degraded",
		       mirror->object, mirror->half, mirror->array);
		return NB_OK;
	}
	if (!member)
		return nb_mirror_split(mirror);
	if (state.half != NB_MIRROR_FAULTY && state.half != NB_MIRROR_DETACHED)
		return NB_OK;
	if (state.half == NB_MIRROR_FAULTY)
		err = nb_mirror_split(mirror);
	return err ? err : nb_mirror_add(mirror);
}

/* The record concerns another array, or half, than is configured now. */
static enum nb_err
give_back_other(const struct held *held)
{
	struct nb_mirror other = { .object = held->object,
				   .md = -1,
				   .array = held->record.array,
				   .half = held->record.half };
	enum nb_err err = nb_mirror_open(&other);

	if (!err)
		err = give_back(&other, held->record.belonged);
	nb_mirror_close(&other);
	if (err)
		nb_log(NB_WARNING,
		       "%s: %s was not restored to its state before a run died",
		       held->object, held->record.array);
	return NB_OK;
}

/* Cleans up after a run that died: afterwards RECORD has the original state of
 * the array, if it is the same one. */
static enum nb_err
recover(struct held *held, const char *installation, bool *known)
{
	enum nb_err err;

	*known = false;
	err = nb_overlay_clean(held->object, installation, held->device);
	if (!err)
		err = nb_mirror_record_load(held->state_dir, held->source->name,
					    &held->record);
	if (err)
		return err == NB_ENOTFOUND ? NB_OK : err;
	nb_log(NB_WARNING, "%s: a run died while %s was split", held->object,
	       held->record.array);
	err = resume(held);
	*known = !strcmp(held->record.array, held->config->array)
		&& !strcmp(held->record.half, held->config->half);
	if (*known && held->mirror.md >= 0)
		nb_mirror_thaw(&held->mirror);
	if (*known)
		return err;
	if (!err)
		err = give_back_other(held);
	/* The record is not about the array that would be changed. */
	nb_mirror_record_clear(&held->record);
	return err;
}

/* Synchronises the half; RECORD is on stable storage before anything
 * changes. */
static enum nb_err
join(struct held *held, const struct nb_source_context *context, bool known)
{
	struct nb_mirror_record *record = &held->record;
	struct nb_mirror_state state;
	enum nb_err err = nb_mirror_inspect(&held->mirror, &state);

	if (!err)
		err = nb_mirror_judge(&held->mirror, &state,
				      known || held->config->readd);
	if (!err && state.half == NB_MIRROR_DETACHED)
		err = nb_mirror_check_half(&held->mirror);
	if (!err && state.half == NB_MIRROR_FAULTY && !known)
		err = nb_fail(NB_ESOURCE,
			      "%s: %s is faulty in %s\nhint: check the disk, "
			      "then run mdadm %s --remove %s",
			      held->object, held->config->half,
			      held->config->array, held->config->array,
			      held->config->half);
	if (!err && !known) {
		record->belonged = state.half != NB_MIRROR_DETACHED;
		err = nb_str_dup(held->config->array, &record->array);
		if (!err)
			err = nb_str_dup(held->config->half, &record->half);
		if (!err)
			err = save(held);
	}
	if (!err && state.half == NB_MIRROR_FAULTY)
		err = nb_mirror_split(&held->mirror);
	if (!err
	    && (state.half == NB_MIRROR_FAULTY
		|| state.half == NB_MIRROR_DETACHED))
		err = nb_mirror_add(&held->mirror);
	return err
		? err
		: nb_mirror_wait(&held->mirror, held->config->stall, context);
}

/* During the hours of a resync, or because of quiesce, the array may have lost
 * the member from which the half was copied. */
static enum nb_err
split_when_whole(const struct nb_mirror *mirror)
{
	struct nb_mirror_state state;
	enum nb_err err = nb_mirror_inspect(mirror, &state);

	if (!err)
		err = nb_mirror_judge(mirror, &state, true);
	return err ? err : nb_mirror_split(mirror);
}

static enum nb_err
split(struct held *held)
{
	enum nb_err err = NB_OK, resumed;

	if (held->config->quiesce.count || held->config->resume.count) {
		held->record.quiesced = true;
		err = save(held);
	}
	if (!err)
		err = nb_mirror_hook(held->source, &held->config->quiesce);
	if (!err) {
		sync();
		err = split_when_whole(&held->mirror);
	}
	resumed = resume(held);
	return err ? err : resumed;
}

static enum nb_err
open_half(struct held *held, const struct nb_source_context *context,
	  uint64_t offset)
{
	bool image = held->config->image;
	struct nb_overlay_spec spec = {
		.object = held->object,
		.installation = context->installation,
		.name = held->device,
		.device = held->config->half,
		.offset = offset,
		.size = held->mirror.size,
		.directory = image ? NULL : context->staging_path,
	};

	return nb_overlay_open(&spec, &held->overlay);
}

static enum nb_err
take(struct held *held, const struct nb_source_context *context)
{
	uint64_t offset = 0;
	bool known;
	enum nb_err opened = nb_mirror_open(&held->mirror), err;

	err = recover(held, context->installation, &known);
	if (!err)
		err = opened;
	if (!err)
		err = join(held, context, known);
	if (!err)
		err = nb_mirror_offset(&held->mirror, &offset);
	if (!err)
		err = split(held);
	if (!err)
		err = open_half(held, context, offset);
	return err;
}

/* Without a record nothing was changed; with one, everything is attempted, and
 * the record is only removed if everything succeeds. */
static enum nb_err
undo(struct held *held)
{
	bool member =
		held->record.belonged || (held->split && held->config->readd);
	enum nb_err err, given;

	if (!held->record.array)
		return NB_OK;
	err = resume(held);
	given = held->mirror.md < 0 ? NB_ESOURCE
				    : give_back(&held->mirror, member);
	err = err ? err : given;
	return err
		? err
		: nb_mirror_record_remove(held->state_dir, held->source->name);
}

static void
let_go(struct held *held)
{
	nb_fd_close(&held->mount);
	nb_overlay_close(&held->overlay);
	if (undo(held))
		nb_log(NB_WARNING,
		       "%s: %s is not in its former state; the next run tries "
		       "again",
		       held->object, held->record.array);
	nb_mirror_close(&held->mirror);
	nb_mirror_record_clear(&held->record);
	free(held->device);
	free(held->object);
	free(held);
}

static enum nb_err
hold(const struct nb_config_source *source,
     const struct nb_source_context *context, void **out)
{
	struct held *held = calloc(1, sizeof *held);
	enum nb_err err;

	if (!held)
		return nb_fail_memory();
	held->source = source;
	held->config = nb_mirror_options(source);
	held->state_dir = context->state_dir;
	held->mount = held->overlay.base = held->mirror.md = -1;
	held->mirror.array = held->config->array;
	held->mirror.half = held->config->half;
	err = nb_str_format(&held->object, "mirror %s", source->name);
	if (!err)
		err = nb_str_format(&held->device, "nightburn-mirror-%s",
				    source->name);
	held->mirror.object = held->object;
	if (!err)
		err = take(held, context);
	if (err) {
		let_go(held);
		return err;
	}
	held->split = true;
	*out = held;
	return NB_OK;
}

static enum nb_err
collect_tree(struct held *held, const struct nb_source_context *context,
	     struct nb_source_output *out)
{
	struct nb_filesystem fs = {
		.object = held->object,
		.origin = held->config->array,
		.device = held->overlay.path,
		.original = held->config->array,
		.mount = &held->config->mount,
		.context = context,
	};
	enum nb_err err =
		nb_filesystem_collect(&fs, held->source, &held->mount, out);

	return err ? err : nb_filesystem_is(out, NB_IDENTITY_ARRAY, fs.origin);
}

static enum nb_err
collect(const struct nb_config_source *source,
	const struct nb_source_context *context, void *data,
	struct nb_source_output *out)
{
	struct held *held = data;
	enum nb_err err;

	if (nb_mirror_options(source)->image)
		return nb_mirror_image(source, context, &held->mirror,
				       held->overlay.path, out);
	err = collect_tree(held, context, out);
	if (!err) {
		err = nb_overlay_check(&held->overlay);
		held->bad = err != NB_OK;
	}
	return err;
}

static enum nb_err
release(const struct nb_config_source *source, void *data)
{
	struct held *held = data;
	enum nb_err err =
		held->bad ? NB_ESOURCE : nb_overlay_check(&held->overlay);

	(void)source;
	let_go(held);
	return err;
}

static struct nb_least
least(const struct nb_config_source *source)
{
	return nb_mirror_options(source)->mount.rules.least;
}

const struct nb_source_ops nb_source_mirror = {
	.kind = NB_MIRROR_KIND,
	.preflight = preflight,
	.hold = hold,
	.release = release,
	.collect = collect,
	.least = least,
};
