/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/stream.h"

#include <string.h>

static enum nb_err
take(void *ctx, const void *data, size_t n)
{
	return nb_chain_put(ctx, data, n);
}

enum nb_err
nb_restore_stream(struct nb_blocks *blocks, const struct nb_node *node,
		  const struct nb_chain_spec *spec)
{
	struct nb_chain *chain = NULL;
	enum nb_err err = nb_chain_read(spec, &chain);

	if (!err)
		err = nb_reader_bytes(blocks, node, take, chain);
	if (!err)
		err = nb_chain_finish(chain);
	nb_chain_free(chain);
	return err;
}

bool
nb_restore_hidden(const struct nb_entry *e)
{
	return *nb_filters_hidden(e->path, e->filters);
}

/* With all filters undone, the recorded size; with some of them, unknown. */
static uint64_t
plain_size(const struct nb_entry *e)
{
	const char *hidden = nb_filters_hidden(e->path, e->filters);

	return hidden == e->filters ? e->plain : NB_CHAIN_ANY;
}

uint64_t
nb_restore_size(const struct nb_entry *e)
{
	return nb_restore_hidden(e) ? plain_size(e) : e->size;
}

enum nb_err
nb_restore_file(struct nb_blocks *blocks, const struct nb_node *node,
		const struct nb_entry *e, nb_filter_sink *put, void *ctx)
{
	const struct nb_chain_expected expected = { e->size, e->sha256,
						    plain_size(e) };

	if (!nb_restore_hidden(e))
		return nb_reader_bytes(blocks, node, put, ctx);
	return nb_restore_stream(
		blocks, node,
		&(struct nb_chain_spec){
			.object = e->path,
			.filters = nb_filters_hidden(e->path, e->filters),
			.put = put,
			.ctx = ctx,
			.expected = &expected });
}
