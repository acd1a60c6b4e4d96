/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams a dump from the disc to a program. */
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
	_Atomic uint64_t done; /* bytes of output in this pass */
};

/* Finds the file PATH of BACKUP.  NB_ECORRUPT: it differs from the manifest. */
enum nb_err nb_dump_stream_open(struct nb_dump_stream *s,
				const struct nb_nodes *nodes,
				const struct nb_disc_backup *backup,
				const char *path);

/* Reads it to its end.  NB_ECORRUPT, NB_EIO, NB_EWRONG as in nb_chain_read. */
enum nb_err nb_dump_stream_check(struct nb_dump_stream *s);

/* Passes it to PUT, as a producer, in any thread. */
enum nb_err nb_dump_stream_read(void *s, nb_filter_sink *put, void *put_ctx);
/* Reports the progress. */
enum nb_err nb_dump_stream_progress(void *s);

#endif
