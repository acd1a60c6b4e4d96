/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/beside.h"

#include "disc/read/bad_blocks.h"
#include "job/restore/dump_stream.h"

static enum nb_err
check(const struct nb_restoring *r, const char *path)
{
	struct nb_dump_stream stream = { .nb = r->nb, .blocks = r->blocks };
	enum nb_err err =
		nb_dump_stream_open(&stream, r->nodes, r->backup, path);

	if (!err)
		err = nb_dump_stream_check(&stream);
	if (err == NB_EIO)
		nb_bad_blocks_find(stream.blocks, stream.node, NULL, NULL);
	return err;
}

enum nb_err
nb_restore_check_beside(const struct nb_restoring *r,
			const struct nb_manifest_source *source, uint64_t *bad)
{
	const struct nb_entries *all = &r->backup->entries;

	*bad = 0;
	for (size_t i = 0; i < all->count; i++) {
		enum nb_err err = NB_OK;

		if (all->at[i].type == NB_ENTRY_FILE
		    && nb_restore_is_beside(all->at[i].path, source->path))
			err = check(r, all->at[i].path);
		if (err == NB_ECANCELED || err == NB_ENOMEM)
			return err;
		*bad += err != NB_OK;
	}
	return NB_OK;
}
