/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "source/volume/filesystem.h"
#include "source/volume/lvm_volume.h"
#include "source/tool.h"
#include "source/tree/tree.h"

/* What is held between hold and release. */
struct held {
	struct nb_lvm lvm;
	bool taken; /* the snapshot exists */
	int mount;  /* mount of it; -1: none yet */
	bool bad;   /* it was found invalid, and this was logged */
};

static struct nb_filesystem
filesystem(const struct nb_lvm *lvm, const struct nb_source_context *context,
	   const char *device)
{
	return (struct nb_filesystem){
		.object = lvm->object,
		.origin = nb_lvm_options(lvm->source)->volume,
		.device = device,
		.mount = &nb_lvm_options(lvm->source)->mount,
		.context = context,
	};
}

static enum nb_err
check_programs(const struct nb_lvm *lvm)
{
	static const char *const programs[] = { "lvs", "lvcreate", "lvremove",
						NULL };
	enum nb_err err = NB_OK;

	if (geteuid() != 0)
		return nb_fail(NB_ESOURCE, "%s: only root can take a snapshot",
			       lvm->object);
	for (size_t i = 0; !err && programs[i]; i++)
		err = nb_tool_check(lvm->object, programs[i], "lvm2");
	return err;
}

static enum nb_err
check_volume(const struct nb_lvm *lvm)
{
	struct nb_lvm_volumes list = NB_ARRAY_INIT;
	const struct nb_lvm_volume *origin;
	char *device = NULL, *type = NULL;
	struct nb_filesystem fs;
	enum nb_err err = nb_lvm_list(lvm, &list);

	if (!err)
		err = nb_lvm_origin(lvm, &list, &origin);
	if (!err)
		err = nb_path_join("/dev", nb_lvm_options(lvm->source)->volume,
				   &device);
	fs = filesystem(lvm, NULL, device);
	if (!err)
		err = nb_filesystem_probe(&fs, &type);
	if (!err)
		err = nb_filesystem_check(&fs, type);
	free(type);
	free(device);
	nb_lvm_volumes_free(&list);
	return err;
}

static enum nb_err
preflight(const struct nb_config_source *source)
{
	struct nb_lvm lvm;
	enum nb_err err = nb_lvm_init(source, &lvm);

	if (!err)
		err = check_programs(&lvm);
	if (!err)
		err = check_volume(&lvm);
	nb_lvm_clear(&lvm);
	return err;
}

/* A remaining snapshot slows down writes to its origin, but what was read from
 * it is good; the next run removes it. */
static void
let_go(struct held *held)
{
	nb_fd_close(&held->mount);
	if (held->taken && nb_lvm_remove(&held->lvm, held->lvm.snapshot))
		nb_log(NB_WARNING,
		       "%s: the snapshot %s still exists; the next run removes "
		       "it",
		       held->lvm.object, held->lvm.snapshot);
	nb_lvm_clear(&held->lvm);
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
	held->mount = -1;
	err = nb_lvm_init(source, &held->lvm);
	if (!err)
		err = nb_lvm_create(&held->lvm, context);
	if (err) {
		let_go(held);
		return err;
	}
	held->taken = true;
	*out = held;
	return NB_OK;
}

/* Mounted only now: all snapshots are created before the first of them is
 * mounted, which may take some time. */
static enum nb_err
collect(const struct nb_config_source *source,
	const struct nb_source_context *context, void *data,
	struct nb_source_output *out)
{
	struct held *held = data;
	struct nb_filesystem fs =
		filesystem(&held->lvm, context, held->lvm.device);
	char *original = NULL;
	enum nb_err err = nb_path_join("/dev", fs.origin, &original);

	fs.original = original;
	if (!err)
		err = nb_filesystem_collect(&fs, source, &held->mount, out);
	free(original);
	if (!err)
		err = nb_filesystem_is(out, NB_IDENTITY_VOLUME, fs.origin);
	if (!err) {
		err = nb_lvm_check(&held->lvm);
		held->bad = err != NB_OK;
	}
	return err;
}

static enum nb_err
release(const struct nb_config_source *source, void *data)
{
	struct held *held = data;
	enum nb_err err = held->bad ? NB_ESOURCE : nb_lvm_check(&held->lvm);

	(void)source;
	let_go(held);
	return err;
}

static struct nb_least
least(const struct nb_config_source *source)
{
	return nb_lvm_options(source)->mount.rules.least;
}

const struct nb_source_ops nb_source_lvm = {
	.kind = NB_LVM_KIND,
	.preflight = preflight,
	.hold = hold,
	.release = release,
	.collect = collect,
	.least = least,
};
