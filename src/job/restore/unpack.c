/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees that are one archive on the disc: members are restored by the list in
 * the manifest. */
#include "job/restore/restore.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "filter/pipe.h"
#include "job/restore/stream.h"
#include "source/tree/tar.h"

struct archive {
	struct nb_blocks *blocks;
	const struct nb_node *node;
	const char *path, *filters;
	uint64_t plain;
	struct nb_tar_reader *reader;
	const struct nb_entries *members;
	const struct nb_entries *wanted; /* members, with "<kind>/" before the
					    path */
	size_t prefix;                   /* its size in bytes */
};

/* Reads the archive from the disc through its filters.  Its own hash is not
 * checked: the hashes of its members show what is good in a damaged archive. */
static enum nb_err
read_archive(void *ctx, nb_filter_sink *put, void *put_ctx)
{
	const struct archive *a = ctx;
	const struct nb_chain_expected expected = { NB_CHAIN_ANY, NULL,
						    a->plain };

	return nb_restore_stream(
		a->blocks, a->node,
		&(struct nb_chain_spec){ .object = a->path,
					 .filters = a->filters,
					 .put = put,
					 .ctx = put_ctx,
					 .expected = &expected });
}

/* The wanted file for the bytes of member M: itself, or its first wanted
 * name. */
static const struct nb_entry *
wanted_of(const struct archive *a, const struct nb_entry *m)
{
	for (size_t i = 0; i < a->wanted->count; i++) {
		const struct nb_entry *e = &a->wanted->at[i];

		if (e->type == NB_ENTRY_FILE
		    && (m->ino ? e->ino == m->ino
			       : !strcmp(e->path + a->prefix, m->path)))
			return e;
	}
	return NULL;
}

static const struct nb_entry *
find_wanted(const struct archive *a, const char *path)
{
	struct nb_entry key = { .path = NULL };
	const struct nb_entry *m = nb_entries_find(a->members, path);
	struct nb_str s = NB_STR_INIT;

	if (!m || m->type != NB_ENTRY_FILE)
		return NULL;
	if (m->ino)
		return m == &a->members->at[m->ino - 1] ? wanted_of(a, m)
							: NULL;
	nb_str_addf(&s, "%.*s%s", (int)a->prefix, a->wanted->at[0].path, path);
	if (nb_str_take(&s, &key.path))
		return NULL;
	m = nb_entries_find(a->wanted, key.path);
	free(key.path);
	return m && m->type == NB_ENTRY_FILE ? m : NULL;
}

static enum nb_err
next_file(void *ctx, const struct nb_entry **e)
{
	struct archive *a = ctx;
	enum nb_err err = NB_OK;
	const char *path = "";

	*e = NULL;
	while (!err && path && !*e) {
		err = nb_tar_next(a->reader, &path);
		if (!err && path)
			*e = find_wanted(a, path);
	}
	/* Files after the damage are missing, and each is logged. */
	return err == NB_ENOMEM ? err : NB_OK;
}

static enum nb_err
file_bytes(void *ctx,
	   enum nb_err (*fn)(void *fn_ctx, const void *data, size_t n),
	   void *fn_ctx)
{
	struct archive *a = ctx;

	return nb_tar_content(a->reader, fn, fn_ctx);
}

/* Which members are wanted, and the directories in which these are. */
static enum nb_err
mark_wanted(const struct nb_disc_backup *backup,
	    const struct nb_manifest_source *source,
	    const struct nb_restore_options *options, bool *wanted, bool *way)
{
	const struct nb_entries *list = &source->members;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < list->count; i++) {
		char *path = NULL;

		err = nb_path_join(source->kind, list->at[i].path, &path);
		wanted[i] = !err && nb_restore_wants(backup, options, path);
		if (wanted[i])
			err = nb_restore_mark_way(list, list->at[i].path, way);
		free(path);
	}
	return err;
}

static enum nb_err
add_member(const struct nb_manifest_source *source, const struct nb_entry *m,
	   bool on_the_way, struct nb_entries *out)
{
	struct nb_entry e;
	enum nb_err err = nb_entry_copy(m, &e);

	if (err)
		return err;
	free(e.path);
	e.path = NULL;
	e.on_the_way = on_the_way;
	err = nb_path_join(source->kind, m->path, &e.path);
	if (!err)
		return nb_entries_add(out, &e);
	nb_entry_clear(&e);
	return err;
}

/* The wanted members, as if the tree were on the disc. */
static enum nb_err
select_members(const struct nb_disc_backup *backup,
	       const struct nb_manifest_source *source,
	       const struct nb_restore_options *options, struct nb_entries *out)
{
	const struct nb_entries *list = &source->members;
	bool *wanted = calloc(2 * list->count + 1, sizeof *wanted);
	bool *way = wanted + list->count;
	enum nb_err err = wanted ? NB_OK : nb_fail_memory();

	if (!err)
		err = mark_wanted(backup, source, options, wanted, way);
	for (size_t i = 0; !err && i < list->count; i++)
		if (wanted[i] || way[i])
			err = add_member(source, &list->at[i], !wanted[i], out);
	free(wanted);
	return err;
}

static bool
is_sound(const struct nb_entries *members)
{
	for (size_t i = 0; i < members->count; i++)
		if (members->at[i].ino > members->count
		    || (i
			&& strcmp(members->at[i - 1].path, members->at[i].path)
				>= 0))
			return false;
	return true;
}

static bool
is_readable(const struct archive *a)
{
	return a->node && a->node->entry.type == NB_ENTRY_FILE
		&& is_sound(a->members);
}

/* Reads the archive in a thread and restores its members. */
static enum nb_err
unpack_from(struct archive *a, struct nb_extract *spec,
	    struct nb_extract_result *result)
{
	const struct nb_pipe_spec reading = { .object = a->path,
					      .produce = read_archive,
					      .ctx = a };
	const struct nb_extract_feed feed = { next_file, file_bytes, a };
	struct nb_pipe *pipe = NULL;
	int fd = -1;
	enum nb_err err = nb_pipe_begin(&reading, &fd, &pipe), later;

	if (err)
		return err;
	err = nb_tar_reader_new(fd, &a->reader);
	spec->feed = &feed;
	spec->nodes = NULL;
	if (!err)
		err = nb_extract_run(spec, result);
	spec->feed = NULL;
	nb_tar_reader_free(a->reader);
	later = nb_pipe_end(pipe, &fd);
	/* Each file that was lost was logged. */
	return err ? err : later == NB_ENOMEM ? later : NB_OK;
}

static enum nb_err
unpack(struct nb_extract *spec, const struct nb_entry *file,
       const struct nb_manifest_source *source,
       struct nb_extract_result *result)
{
	struct archive a = {
		.blocks = spec->blocks,
		.path = file->path,
		.filters = file->filters,
		.plain = file->filters ? file->plain : NB_CHAIN_ANY,
		.members = &source->members,
		.wanted = spec->entries,
		.node = nb_nodes_find_beneath(spec->nodes, spec->above,
					      file->path),
		.prefix = strlen(source->kind) + 1,
	};
	enum nb_err err = nb_filters_check(file->path, file->filters);

	if (err)
		return err;
	if (!is_readable(&a))
		return nb_fail(NB_ECORRUPT,
			       "%s: missing on the disc, or its list of "
			       "members is invalid",
			       source->path);
	return unpack_from(&a, spec, result);
}

/* If it cannot be unpacked here, the rest is still restored. */
static void
count_members(const struct nb_entries *wanted, struct nb_extract_result *result)
{
	for (size_t i = 0; i < wanted->count; i++)
		result->bad += wanted->at[i].type == NB_ENTRY_FILE;
}

enum nb_err
nb_restore_unpack(struct nb_extract *spec, const struct nb_disc_backup *backup,
		  const struct nb_entry *file,
		  const struct nb_manifest_source *source,
		  const struct nb_restore_options *options,
		  struct nb_extract_result *result)
{
	struct nb_entries wanted = NB_ARRAY_INIT;
	const struct nb_nodes *nodes = spec->nodes;
	enum nb_err err = select_members(backup, source, options, &wanted);

	memset(result, 0, sizeof *result);
	spec->entries = &wanted;
	if (!err)
		err = nb_restore_spares_ours(spec);
	if (!err && wanted.count)
		err = unpack(spec, file, source, result);
	if (err == NB_EWRONG) {
		count_members(&wanted, result);
		err = NB_ECORRUPT;
	}
	spec->nodes = nodes;
	nb_entries_free(&wanted);
	return err;
}

/* ---- a single member ---- */

static enum nb_err
feed_chain(void *ctx, const void *data, size_t n)
{
	return nb_chain_put(ctx, data, n);
}

/* Skips to the member whose content is at PATH. */
static enum nb_err
find_content(struct nb_tar_reader *reader, const char *path)
{
	const char *next = "";
	enum nb_err err = NB_OK;

	while (!err && next && strcmp(next, path) != 0)
		err = nb_tar_next(reader, &next);
	return err     ? err
		: next ? NB_OK
		       : nb_fail(NB_ECORRUPT, "%s: not in its archive", path);
}

/* The name under which a file's content is stored: its first one. */
static const char *
content_path(const struct archive *a, const struct nb_entry *m)
{
	return m->ino ? a->members->at[m->ino - 1].path : m->path;
}

static enum nb_err
read_member(struct archive *a, const struct nb_entry *m, nb_filter_sink *put,
	    void *ctx)
{
	const struct nb_pipe_spec reading = { .object = a->path,
					      .produce = read_archive,
					      .ctx = a };
	const struct nb_chain_expected expected = { m->size, m->sha256,
						    m->size };
	const struct nb_chain_spec spec = {
		.object = m->path, .put = put, .ctx = ctx, .expected = &expected
	};
	struct nb_chain *chain = NULL;
	struct nb_pipe *pipe = NULL;
	int fd = -1;
	enum nb_err err = nb_pipe_begin(&reading, &fd, &pipe);

	if (err)
		return err;
	err = nb_tar_reader_new(fd, &a->reader);
	if (!err)
		err = find_content(a->reader, content_path(a, m));
	if (!err)
		err = nb_chain_read(&spec, &chain);
	if (!err)
		err = nb_tar_content(a->reader, feed_chain, chain);
	if (!err)
		err = nb_chain_finish(chain);
	nb_chain_free(chain);
	nb_tar_reader_free(a->reader);
	/* What follows the member was not read. */
	nb_pipe_end(pipe, &fd);
	return err;
}

enum nb_err
nb_restore_member(struct nb_blocks *blocks, const struct nb_nodes *nodes,
		  const struct nb_disc_backup *backup,
		  const struct nb_restore_path *member, nb_filter_sink *put,
		  void *ctx)
{
	const struct nb_entry *file = member->archive;
	struct archive a = {
		.blocks = blocks,
		.path = file->path,
		.filters = file->filters,
		.plain = file->filters ? file->plain : NB_CHAIN_ANY,
		.members = &member->packed->members,
		.node = nb_nodes_find_beneath(nodes, backup->manifest.backup_id,
					      file->path),
	};
	enum nb_err err = nb_filters_check(file->path, file->filters);

	if (err)
		return err;
	return is_readable(&a) ? read_member(&a, member->entry, put, ctx)
			       : nb_fail(NB_ECORRUPT,
					 "%s: missing on the disc, or its "
					 "list of members is invalid",
					 file->path);
}
