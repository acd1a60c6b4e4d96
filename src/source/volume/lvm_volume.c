/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/volume/lvm_volume.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "source/tool.h"

#define TAG "nightburn"
#define TAG_MAX 80

static const char *
installation_tag(const struct nb_source_context *context, char buf[TAG_MAX])
{
	snprintf(buf, TAG_MAX, TAG ".installation=%s", context->installation);
	return buf;
}

static const char *
run_tag(const struct nb_source_context *context, char buf[TAG_MAX])
{
	snprintf(buf, TAG_MAX, TAG ".run=%s", context->run);
	return buf;
}

enum nb_err
nb_lvm_init(const struct nb_config_source *source, struct nb_lvm *lvm)
{
	const char *slash = strchr(nb_lvm_options(source)->volume, '/');
	enum nb_err err;

	*lvm = (struct nb_lvm){ .source = source, .volume = slash + 1 };
	err = nb_str_format(&lvm->object, "lvm %s", source->name);
	if (!err)
		err = nb_str_format(
			&lvm->group, "%.*s",
			(int)(slash - nb_lvm_options(source)->volume),
			nb_lvm_options(source)->volume);
	if (!err)
		err = nb_str_format(&lvm->name, NB_LVM_PREFIX "%s",
				    source->name);
	if (!err)
		err = nb_str_format(&lvm->snapshot, "%s/%s", lvm->group,
				    lvm->name);
	if (!err)
		err = nb_str_format(&lvm->device, "/dev/%s", lvm->snapshot);
	return err;
}

void
nb_lvm_clear(struct nb_lvm *lvm)
{
	free(lvm->object);
	free(lvm->group);
	free(lvm->name);
	free(lvm->snapshot);
	free(lvm->device);
}

enum nb_err
nb_lvm_list(const struct nb_lvm *lvm, struct nb_lvm_volumes *list)
{
	const char *const argv[] = { "lvs",      "--reportformat",
				     "json",     "--units",
				     "b",        "--nosuffix",
				     "-o",       NB_LVM_FIELDS,
				     lvm->group, NULL };
	char *text = NULL;
	enum nb_err err = nb_tool_run(lvm->object, argv, &text);

	if (!err)
		err = nb_lvm_report_parse(lvm->object, text, list);
	free(text);
	return err;
}

enum nb_err
nb_lvm_origin(const struct nb_lvm *lvm, const struct nb_lvm_volumes *list,
	      const struct nb_lvm_volume **out)
{
	const struct nb_lvm_volume *v = nb_lvm_volumes_find(list, lvm->volume);
	const char *what = NULL;

	if (!v)
		what = "is not a logical volume";
	else if (*v->origin && !v->thin)
		what = "is a snapshot itself";
	else if (!v->active)
		what = "is not active";
	if (what)
		return nb_fail(NB_ESOURCE, "%s: %s %s", lvm->object,
			       nb_lvm_options(lvm->source)->volume, what);
	*out = v;
	return NB_OK;
}

enum nb_err
nb_lvm_remove(const struct nb_lvm *lvm, const char *snapshot)
{
	const char *const argv[] = { "lvremove", "--yes", "--quiet", snapshot,
				     NULL };

	return nb_tool_run(lvm->object, argv, NULL);
}

static enum nb_err
remove_stale(const struct nb_lvm *lvm, const char *name)
{
	char *snapshot = NULL;
	enum nb_err err = nb_str_format(&snapshot, "%s/%s", lvm->group, name);

	if (!err)
		nb_log(NB_WARNING,
		       "%s: removing the snapshot %s of a run that died",
		       lvm->object, snapshot);
	if (!err)
		err = nb_lvm_remove(lvm, snapshot);
	free(snapshot);
	return err;
}

static enum nb_err
clean_one(const struct nb_lvm *lvm, const struct nb_source_context *context,
	  const struct nb_lvm_volume *v, bool *removed)
{
	bool same = !strcmp(v->name, lvm->name);
	char buf[TAG_MAX];

	if (strncmp(v->name, NB_LVM_PREFIX, strlen(NB_LVM_PREFIX)))
		return NB_OK;
	if (!nb_lvm_has_tag(v, installation_tag(context, buf)))
		return !same ? NB_OK
			     : nb_fail(NB_ESOURCE,
				       "%s: %s exists but is not of this "
				       "installation; it was not touched\n"
				       "hint: remove it, or give the source "
				       "another name",
				       lvm->object, lvm->snapshot);
	if (!same && nb_lvm_has_tag(v, run_tag(context, buf)))
		return NB_OK;
	*removed = true;
	return remove_stale(lvm, v->name);
}

/* The group has more free space afterwards, so LIST is read again. */
static enum nb_err
clean(const struct nb_lvm *lvm, const struct nb_source_context *context,
      struct nb_lvm_volumes *list)
{
	bool removed = false;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < list->count; i++)
		err = clean_one(lvm, context, &list->at[i], &removed);
	if (err || !removed)
		return err;
	nb_lvm_volumes_free(list);
	return nb_lvm_list(lvm, list);
}

/* "--size", "--extents" or, for a thin one, neither. */
static void
size_arguments(const struct nb_lvm *lvm, bool thin, const char **option,
	       char value[32])
{
	const struct nb_share *size = &nb_lvm_options(lvm->source)->size;

	if (thin) {
		*option = "--setactivationskip";
		strcpy(value, "n");
	} else if (size->percent) {
		*option = "--extents";
		snprintf(value, 32, "%d%%ORIGIN", size->percent);
	} else {
		*option = "--size";
		snprintf(value, 32, "%" PRIu64 "s", (size->bytes + 511) / 512);
	}
}

static enum nb_err
check_room(const struct nb_lvm *lvm, const struct nb_lvm_volume *origin)
{
	const struct nb_share *size = &nb_lvm_options(lvm->source)->size;
	uint64_t need = size->percent
		? origin->size / 100 * (uint64_t)size->percent
		: size->bytes;
	char want[16], have[16];

	if (origin->thin || need <= origin->free)
		return NB_OK;
	return nb_fail(
		NB_ESOURCE,
		"%s: the snapshot needs %s, but volume group %s has only %s "
		"free\nhint: use a smaller size, or extend the volume group",
		lvm->object, nb_str_size(need, want), lvm->group,
		nb_str_size(origin->free, have));
}

static enum nb_err
create(const struct nb_lvm *lvm, const struct nb_source_context *context,
       const struct nb_lvm_volume *origin)
{
	char installation[TAG_MAX], run[TAG_MAX], value[32];
	const char *argv[] = { "lvcreate",
			       "--yes",
			       "--quiet",
			       "--snapshot",
			       "--name",
			       lvm->name,
			       "--addtag",
			       TAG,
			       "--addtag",
			       installation_tag(context, installation),
			       "--addtag",
			       run_tag(context, run),
			       NULL,
			       value,
			       nb_lvm_options(lvm->source)->volume,
			       NULL };

	size_arguments(lvm, origin->thin, &argv[12], value);
	return nb_tool_run(lvm->object, argv, NULL);
}

enum nb_err
nb_lvm_create(const struct nb_lvm *lvm, const struct nb_source_context *context)
{
	struct nb_lvm_volumes list = NB_ARRAY_INIT;
	const struct nb_lvm_volume *origin;
	enum nb_err err = nb_lvm_list(lvm, &list);

	if (!err)
		err = clean(lvm, context, &list);
	if (!err)
		err = nb_lvm_origin(lvm, &list, &origin);
	if (!err)
		err = check_room(lvm, origin);
	if (!err)
		err = create(lvm, context, origin);
	nb_lvm_volumes_free(&list);
	return err;
}

enum nb_err
nb_lvm_check(const struct nb_lvm *lvm)
{
	struct nb_lvm_volumes list = NB_ARRAY_INIT;
	const struct nb_lvm_volume *v = NULL;
	enum nb_err err = nb_lvm_list(lvm, &list);

	if (!err) {
		v = nb_lvm_volumes_find(&list, lvm->name);
		if (!v)
			err = nb_fail(NB_ESOURCE,
				      "%s: the snapshot %s has disappeared; "
				      "the backup is invalid",
				      lvm->object, lvm->snapshot);
		else if (v->invalid || v->used >= 100)
			err = nb_fail(NB_ESOURCE,
				      "%s: the snapshot %s is full; the backup "
				      "is invalid\n"
				      "hint: use a larger size, or run the job "
				      "at a time with fewer writes",
				      lvm->object, lvm->snapshot);
		else if (v->failed)
			err = nb_fail(NB_ESOURCE,
				      "%s: the thin pool of %s "
				      "failed; the backup is invalid",
				      lvm->object, lvm->snapshot);
	}
	nb_lvm_volumes_free(&list);
	return err;
}
