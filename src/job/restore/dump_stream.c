/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams a dump from the disc to a program, without storing it on this host.
 * It is read twice: first to its end, to check its hash and its filters before
 * anything is changed; then into the program, hashed again.
 */
#include "job/restore/dump_stream.h"

#include <string.h>

#include "job/restore/stream.h"

static uint64_t
total(const struct nb_dump_stream *s)
{
	const struct nb_entry *e = s->entry;

	if (!e->filters)
		return e->size;
	return e->plain == NB_PLAIN_UNKNOWN ? 0 : e->plain;
}

enum nb_err
nb_dump_stream_open(struct nb_dump_stream *s, const struct nb_nodes *nodes,
		    const struct nb_disc_backup *backup, const char *path)
{
	s->entry = nb_entries_find(&backup->entries, path);
	s->node =
		nb_nodes_find_beneath(nodes, backup->manifest.backup_id, path);
	if (s->entry && s->node && s->entry->type == NB_ENTRY_FILE
	    && s->node->entry.type == NB_ENTRY_FILE
	    && s->entry->size == s->node->entry.size)
		return NB_OK;
	return nb_fail(NB_ECORRUPT, "%s: missing, or of another size", path);
}

static enum nb_err
read_all(struct nb_dump_stream *s, nb_filter_sink *put, void *ctx)
{
	const struct nb_entry *e = s->entry;
	const struct nb_chain_expected expected = {
		.stored = e->size,
		.sha256 = e->sha256,
		.plain = e->filters ? e->plain : e->size,
	};

	return nb_restore_stream(
		s->blocks, s->node,
		&(struct nb_chain_spec){ .object = e->path,
					 .filters = e->filters,
					 .put = put,
					 .ctx = ctx,
					 .expected = &expected });
}

static enum nb_err
count(void *ctx, const void *data, size_t n)
{
	struct nb_dump_stream *s = ctx;

	(void)data;
	s->done += n;
	return nb_job_progress(s->nb, NB_WORK_CHECK, s->done, total(s));
}

enum nb_err
nb_dump_stream_check(struct nb_dump_stream *s)
{
	s->done = 0;
	return read_all(s, count, s);
}

static enum nb_err
pass_on(void *ctx, const void *data, size_t n)
{
	struct nb_dump_stream *s = ctx;
	enum nb_err err = s->put(s->put_ctx, data, n);

	s->done += n;
	return err;
}

enum nb_err
nb_dump_stream_read(void *ctx, nb_filter_sink *put, void *put_ctx)
{
	struct nb_dump_stream *s = ctx;

	s->done = 0;
	s->put = put;
	s->put_ctx = put_ctx;
	return read_all(s, pass_on, s);
}

enum nb_err
nb_dump_stream_progress(void *ctx)
{
	const struct nb_dump_stream *s = ctx;

	return nb_job_progress(s->nb, NB_WORK_RESTORE, s->done, total(s));
}
