/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "model/config/build.h"
#include "source/tree/private.h"

static enum nb_err
open_root(const struct nb_config_source *source, int *fd)
{
	*fd = open(source->tree.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return nb_fail_errno(NB_ESOURCE, "tree %s: cannot open %s",
				     source->name, source->tree.path);
	return NB_OK;
}

static enum nb_err
add_record(struct nb_walk *w, size_t first, struct nb_manifest_sources *out)
{
	const struct nb_entries mine = { w->list->at + first,
					 w->list->count - first, 0 };
	struct nb_manifest_source *record = &w->record;
	enum nb_err err = nb_str_dup(w->source->name, &record->name);

	record->bytes = record->stored = nb_entries_bytes(&mine);
	record->checked = w->context->date;
	if (!err)
		err = nb_str_dup(w->prefix, &record->path);
	if (!err)
		err = nb_array_push(out, *record);
	if (!err)
		memset(record, 0, sizeof *record);
	return err;
}

/* Directories above the tree, and the names made of the source's own. */
static enum nb_err
begin(struct nb_walk *w)
{
	const char *id = w->context->backup_id;
	int64_t date = w->context->date;
	char *above = NULL, *encoded = NULL;
	enum nb_err err = nb_path_encode(w->source->name, &encoded);

	if (!err)
		err = nb_str_format(&w->object, "%s %s", w->record.kind,
				    w->source->name);
	if (!err)
		err = nb_path_join(id, w->record.kind, &above);
	if (!err)
		err = nb_path_join(above, encoded, &w->prefix);
	if (!err)
		err = nb_entries_add_dir(w->list, id, date);
	if (!err)
		err = nb_entries_add_dir(w->list, above, date);
	free(above);
	free(encoded);
	return err;
}

/* Lists into OUT, where the files stay until they are burned. */
static enum nb_err
list(struct nb_walk *w, struct nb_source_output *out)
{
	enum nb_err err = begin(w);
	size_t first = w->list->count;

	if (!err)
		err = nb_tree_walk(w);
	return err ? err : add_record(w, first, out->sources);
}

enum nb_err
nb_tree_collect(const struct nb_config_source *source,
		const struct nb_source_context *context, int root,
		struct nb_source_output *out)
{
	struct nb_walk w = { .source = source,
			     .context = context,
			     .list = out->entries,
			     .root = root,
			     .probe = geteuid() != 0,
			     .now = (int64_t)time(NULL) };
	enum nb_err err = nb_array_push(out->roots, root);

	if (err) {
		nb_fd_close(&root);
		return err;
	}
	w.root_index = (unsigned int)out->roots->count - 1;
	err = nb_str_dup(nb_config_job_blocks[source->kind].name,
			 &w.record.kind);
	if (!err)
		err = source->tree.pack != NB_PACK_NONE ? nb_tree_pack(&w, out)
							: list(&w, out);
	nb_manifest_source_clear(&w.record);
	free(w.prefix);
	free(w.object);
	free(w.copies);
	return err;
}

/* ---- on this host ---- */

static enum nb_err
collect_here(const struct nb_config_source *source,
	     const struct nb_source_context *context,
	     struct nb_source_output *out)
{
	int root = -1;
	enum nb_err err = open_root(source, &root);

	return err ? err : nb_tree_collect(source, context, root, out);
}

static enum nb_err
preflight_here(const struct nb_config_source *source)
{
	int fd = -1;
	enum nb_err err = open_root(source, &fd);

	nb_fd_close(&fd);
	return err;
}

const struct nb_tree_transport nb_tree_here = {
	.preflight = preflight_here,
	.collect = collect_here,
};

/* ---- the source ---- */

static const struct nb_tree_transport *
transport(const struct nb_config_source *source)
{
	return source->remote.host ? &nb_tree_there : &nb_tree_here;
}

static enum nb_err
preflight(const struct nb_config_source *source)
{
	return transport(source)->preflight(source);
}

static enum nb_err
collect(const struct nb_config_source *source,
	const struct nb_source_context *context, void *held,
	struct nb_source_output *out)
{
	(void)held;
	return transport(source)->collect(source, context, out);
}

static bool
is_staged(const struct nb_config_source *source)
{
	return source->tree.pack != NB_PACK_NONE || transport(source)->staged;
}

const struct nb_source_ops nb_source_tree = {
	.preflight = preflight,
	.collect = collect,
	.is_staged = is_staged,
};
