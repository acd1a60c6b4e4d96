/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "model/record/backup_path.h"
#include "model/record/holding.h"
#include "source/ssh/ssh.h"
#include "source/tree/arrival.h"
#include "source/tree/private.h"

#define CHECK_SECONDS 120

static enum nb_err
nonsense(const struct nb_arrival *a, const char *what, const char *path)
{
	return nb_fail(NB_ESOURCE, "%s: sent %s: %s",
		       nb_tree_options(a->source)->remote.host, what, path);
}

/* ---- entries ---- */

/* Checks that it is beneath the prefix, sorts after all others, and is in a
 * listed directory. */
static enum nb_err
check_place(struct nb_arrival *a, const struct nb_entry *e)
{
	size_t n = strlen(a->prefix), count = a->entries.count;
	const struct nb_entry *parent;
	char *slash = strrchr(e->path, '/');

	if (e->shared)
		return nonsense(a, "a file of another backup", e->path);
	if (!count)
		return !strcmp(e->path, a->prefix) && e->type == NB_ENTRY_DIR
			? NB_OK
			: nonsense(a, "another root", e->path);
	if (strncmp(e->path, a->prefix, n) || e->path[n] != '/')
		return nonsense(a, "a name outside of the tree", e->path);
	if (strcmp(a->entries.at[count - 1].path, e->path) >= 0)
		return nonsense(a, "names out of order", e->path);
	*slash = '\0';
	parent = nb_entries_find(&a->entries, e->path);
	*slash = '/';
	return parent && parent->type == NB_ENTRY_DIR
		? NB_OK
		: nonsense(a, "a name below something that is not a directory",
			   e->path);
}

/* Sets *FIRST to the entry of the file that E is another name of; NULL: E is
 * the first or only name. */
static enum nb_err
find_first(struct nb_arrival *a, const struct nb_entry *e,
	   const struct nb_entry **first)
{
	*first = NULL;
	if (!e->ino)
		return NB_OK;
	if (e->ino == a->links.count + 1)
		return nb_array_push(&a->links, a->entries.count);
	if (e->ino > a->links.count || e->type == NB_ENTRY_DIR)
		return nonsense(a, "an invalid link", e->path);
	*first = &a->entries.at[a->links.at[e->ino - 1]];
	if ((*first)->type != e->type || (*first)->size != e->size
	    || memcmp((*first)->sha256, e->sha256, sizeof e->sha256))
		return nonsense(a, "an invalid link", e->path);
	return NB_OK;
}

static enum nb_err
check_bytes(struct nb_arrival *a, const struct nb_entry *e)
{
	uint8_t digest[NB_SHA256_SIZE];

	nb_sha256_finish(a->sha256, digest);
	if (e->type != NB_ENTRY_FILE || e->size != a->size || a->fd < 0)
		return nb_fail(NB_ESOURCE,
			       "%s: %s: received %llu bytes, its size "
			       "is %llu",
			       nb_tree_options(a->source)->remote.host, e->path,
			       (unsigned long long)a->size,
			       (unsigned long long)e->size);
	if (!e->hashed || memcmp(e->sha256, digest, sizeof digest))
		return nb_fail(NB_ESOURCE, "%s: %s: SHA-256 differs",
			       nb_tree_options(a->source)->remote.host,
			       e->path);
	return NB_OK;
}

/* Adds E to the list; WITH_BYTES: its bytes came before it. */
static enum nb_err
add_entry(struct nb_arrival *a, struct nb_entry *e, bool with_bytes)
{
	const struct nb_entry *first = NULL;
	enum nb_err err;

	nb_backup_path_take(NB_REMOTE_ABOVE, e->path);
	err = check_place(a, e);
	if (!err)
		err = find_first(a, e, &first);
	if (!err && with_bytes)
		err = first ? nonsense(a, "an invalid link", e->path)
			    : check_bytes(a, e);
	else if (!err && e->size && !first)
		err = nonsense(a, "a file without its data", e->path);
	if (!err)
		err = nb_str_dup(e->path, &e->root_path);
	e->root = 0;
	e->tolerant = false;
	e->dev = e->ino ? a->dev : 0;
	if (!err && e->size)
		err = with_bytes ? nb_arrival_place_bytes(a, e)
				 : nb_arrival_place_link(a, first, e);
	e->content = e->size ? NB_CONTENT_ROOT : NB_CONTENT_NONE;
	e->hashed = e->size != 0;
	if (err)
		return err;
	err = nb_entries_add(&a->entries, e);
	memset(e, 0, sizeof *e);
	return err;
}

static enum nb_err
take_entries(struct nb_arrival *a, const struct nb_manifest *m,
	     struct nb_entries *list, char type)
{
	enum nb_err err = NB_OK;

	if (m->sources.count != (type == NB_REMOTE_SOURCE)
	    || (type == NB_REMOTE_ENTRY && list->count != 1)
	    || (type == NB_REMOTE_SOURCE && (list->count || a->recorded)))
		return nb_remote_nonsense(&nb_tree_options(a->source)->remote,
					  "something other than a tree");
	if (type == NB_REMOTE_SOURCE) {
		a->record = m->sources.at[0];
		memset(&m->sources.at[0], 0, sizeof m->sources.at[0]);
		a->recorded = true;
	}
	for (size_t i = 0; !err && i < list->count; i++)
		err = add_entry(a, &list->at[i], type == NB_REMOTE_ENTRY);
	return err;
}

static enum nb_err
take_manifest(struct nb_arrival *a, char type, const char *body, size_t n)
{
	struct nb_entries list = NB_ARRAY_INIT;
	struct nb_manifest m = { .created = 0 };
	enum nb_err err;

	if (a->size && type != NB_REMOTE_ENTRY)
		return nb_remote_nonsense(&nb_tree_options(a->source)->remote,
					  "data that belongs to no file");
	err = nb_manifest_parse(nb_tree_options(a->source)->remote.host, body,
				n, &m, &list);
	if (err)
		return err == NB_ECORRUPT ? NB_ESOURCE : err;
	err = take_entries(a, &m, &list, type);
	nb_entries_free(&list);
	nb_manifest_clear(&m);
	return err;
}

static enum nb_err
take(void *ctx, char type, const char *body, size_t n)
{
	struct nb_arrival *a = ctx;

	switch (type) {
	case NB_REMOTE_DATA:
		return nb_arrival_take_bytes(a, body, n);
	case NB_REMOTE_AGAIN:
		return nb_arrival_forget_bytes(a);
	case NB_REMOTE_ENTRY:
	case NB_REMOTE_LIST:
	case NB_REMOTE_SOURCE:
		return take_manifest(a, type, body, n);
	default:
		return nb_remote_nonsense(&nb_tree_options(a->source)->remote,
					  "something other than a tree");
	}
}

static enum nb_err
report_progress(void *ctx)
{
	struct nb_arrival *a = ctx;
	const struct nb_source_context *context = a->context;

	return context->progress ? context->progress(context->ctx, a->object,
						     a->bytes + a->size, 0)
				 : NB_OK;
}

/* ---- the whole tree ---- */

static enum nb_err
prepare(struct nb_arrival *a)
{
	const struct nb_config_source *source = a->source;
	const char *kind = source->kind->name;
	char *encoded = NULL;
	enum nb_err err = nb_path_encode(source->name, &encoded);

	if (!err)
		err = nb_str_format(&a->object, "%s %s", kind, source->name);
	if (!err)
		err = nb_path_join(kind, encoded, &a->prefix);
	if (!err)
		err = nb_str_format(&a->incoming, "%s/.incoming", kind);
	if (!err)
		err = nb_sha256_new(&a->sha256);
	free(encoded);
	return err;
}

/* Its mount points are those of the other host; an older one says nothing. */
static enum nb_err
take_mounts(const struct nb_manifest_source *there,
	    struct nb_manifest_source *record)
{
	const size_t n = strlen(NB_IDENTITY_FILE_SYSTEM);
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < there->properties.count; i++) {
		const struct nb_property *p = &there->properties.at[i];

		if (!strcmp(p->what, NB_PROPERTY_MOUNT)
		    || !strcmp(p->what, NB_PROPERTY_INNER_MOUNT))
			err = nb_properties_add(&record->properties, p);
	}
	for (size_t i = 0; !err && i < there->identity.count; i++) {
		const struct nb_property *p = &there->identity.at[i];

		if (!strncmp(p->what, NB_IDENTITY_FILE_SYSTEM, n))
			err = nb_identity_add(&record->identity, p->what, "",
					      p->value);
	}
	return err;
}

static enum nb_err
take_place(const struct nb_arrival *a, struct nb_manifest_source *record)
{
	const struct nb_tree_options *tree = nb_tree_options(a->source);
	const char *there =
		nb_properties_get(&a->record.identity, NB_IDENTITY_PATH);
	char *path = NULL;
	enum nb_err err =
		nb_str_format(&path, "%s on %s", there ? there : tree->path,
			      tree->remote.host);

	if (!err)
		err = nb_identity_add(&record->identity, NB_IDENTITY_PATH, "",
				      path);
	free(path);
	return err ? err : take_mounts(&a->record, record);
}

/* Of the notes, only those are used that the other end makes about itself. */
static enum nb_err
hand_over_record(struct nb_arrival *a, struct nb_source_output *out)
{
	struct nb_manifest_source record = {
		.bytes = nb_entries_bytes(&a->entries),
		.excluded = a->record.excluded,
		.notes = a->record.notes,
		.checked = a->context->date,
	};
	enum nb_err err = NB_OK;

	if (!a->recorded || !a->entries.count || a->size)
		return nb_remote_nonsense(&nb_tree_options(a->source)->remote,
					  "only part of a tree");
	memset(&a->record.notes, 0, sizeof a->record.notes);
	record.stored = record.bytes;
	err = nb_str_dup(a->source->kind->name, &record.kind);
	if (!err)
		err = nb_str_dup(a->source->name, &record.name);
	if (!err)
		err = nb_str_dup(a->prefix, &record.path);
	if (!err)
		err = take_place(a, &record);
	if (!err)
		err = nb_array_push(out->sources, record);
	if (err)
		nb_manifest_source_clear(&record);
	return err;
}

static enum nb_err
hand_over(struct nb_arrival *a, struct nb_source_output *out)
{
	enum nb_err err = nb_entries_add_dir(
		out->entries, a->source->kind->name, a->context->date);

	for (size_t i = 0; !err && i < a->entries.count; i++) {
		err = nb_entries_add(out->entries, &a->entries.at[i]);
		memset(&a->entries.at[i], 0, sizeof a->entries.at[i]);
	}
	return err;
}

static void
clear(struct nb_arrival *a)
{
	nb_fd_close(&a->fd);
	nb_parent_close(&a->parent);
	nb_entries_free(&a->entries);
	nb_array_free(&a->links);
	nb_manifest_source_clear(&a->record);
	nb_sha256_free(a->sha256);
	free(a->prefix);
	free(a->incoming);
	free(a->object);
}

/* Sends REQUEST; CALL contains everything else. */
static enum nb_err
call(const struct nb_remote_request *request, struct nb_remote_call *call)
{
	char *text = NULL;
	enum nb_err err = nb_remote_request_render(request, &text);

	call->request = text;
	call->remote = &nb_tree_options(&request->source)->remote;
	if (!err)
		err = nb_remote_call(call);
	free(text);
	return err;
}

static enum nb_err
collect(const struct nb_config_source *source,
	const struct nb_source_context *context, struct nb_source_output *out)
{
	struct nb_remote_request request = {
		.task = NB_TREE_TASK,
		.source = *source,
		.above = NB_REMOTE_ABOVE,
		.date = context->date,
	};
	struct nb_arrival a = { .source = source,
				.context = context,
				.fd = -1,
				.parent = NB_PARENT_INIT,
				.dev = UINT64_MAX - out->sources->count };
	enum nb_err err = prepare(&a);

	if (!err)
		err = call(&request,
			   &(struct nb_remote_call){
				   .fn = take,
				   .ctx = &a,
				   .tick = report_progress,
				   .max_bytes = nb_tree_options(source)
							->remote.max_size,
				   .timeout = nb_tree_options(source)
						      ->remote.timeout });
	if (!err)
		err = hand_over_record(&a, out);
	if (!err)
		err = hand_over(&a, out);
	clear(&a);
	return err;
}

static enum nb_err
preflight(const struct nb_config_source *source)
{
	const struct nb_remote_request request = { .task = NB_TREE_TASK_CHECK,
						   .source = *source };

	return call(&request,
		    &(struct nb_remote_call){ .timeout = CHECK_SECONDS });
}

const struct nb_tree_transport nb_tree_there = {
	.preflight = preflight,
	.collect = collect,
	.staged = true,
};
