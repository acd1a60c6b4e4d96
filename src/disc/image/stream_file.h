/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that an image is made of, while it is read: what was listed is what
 * must be there, before the first byte and after the last.
 */
#ifndef NB_DISC_STREAM_FILE_H
#define NB_DISC_STREAM_FILE_H

#include "model/record/entry.h"

struct nb_stream_file {
	int fd; /* -1: not open, or it cannot be */
	struct nb_entry *entry;
};

/*
 * Each of these gives NB_ESOURCE with the file's name when it is not what was
 * listed; of a tolerant entry, NB_OK and entry->torn.
 */
enum nb_err nb_stream_file_open(struct nb_stream_file *f, const int *roots,
				size_t count);
/* The next WANT bytes; zeros stand for what a tolerated file lacks. */
enum nb_err nb_stream_file_take(struct nb_stream_file *f, uint8_t *piece,
				size_t want);
/* After the last byte: there is none behind it, and nothing changed. */
enum nb_err nb_stream_file_end(struct nb_stream_file *f);

#endif
