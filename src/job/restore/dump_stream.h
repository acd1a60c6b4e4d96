/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump on its way from the disc into a program. */
#ifndef NB_JOB_RESTORE_DUMP_STREAM_H
#define NB_JOB_RESTORE_DUMP_STREAM_H

#include <stdatomic.h>

#include "filter/pipe.h"
#include "job/disc/disc_contents.h"
#include "job/job.h"

struct nb_dump_stream {
	struct nightburn *nb; /* for progress; may be NULL */
	struct nb_blocks *blocks;
	const struct nb_entry *entry;
	const struct nb_node *node;
	nb_filter_sink *put; /* while it is read */
	void *put_ctx;
	_Atomic uint64_t done; /* bytes that came out of it in this pass */
};

/* Finds the file PATH of BACKUP.  NB_ECORRUPT: it is not as the manifest has
 * it. */
enum nb_err nb_dump_stream_open(struct nb_dump_stream *s,
				const struct nb_nodes *nodes,
				const struct nb_disc_backup *backup,
				const char *path);

/* Reads it to its end.  NB_ECORRUPT, NB_EIO, NB_EWRONG as of nb_chain_read. */
enum nb_err nb_dump_stream_check(struct nb_dump_stream *s);

/* A producer, in any thread: the same into PUT. */
enum nb_err nb_dump_stream_read(void *s, nb_filter_sink *put, void *put_ctx);
/* How far it is. */
enum nb_err nb_dump_stream_tell(void *s);

#endif
