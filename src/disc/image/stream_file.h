/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file of an image while it is read: it must be the one that was listed,
 * before the first byte and after the last.
 */
#ifndef NB_DISC_STREAM_FILE_H
#define NB_DISC_STREAM_FILE_H

#include "model/record/entry.h"

struct nb_calls;

struct nb_stream_file {
	struct nb_calls *calls; /* or NULL */
	int fd;                 /* -1: not open, or it cannot be */
	struct nb_entry *entry;
};

/*
 * Each of these returns NB_ESOURCE, with the file's name, if it is not what was
 * listed; for a tolerant entry it returns NB_OK and sets entry->torn, and
 * entry->lost if it has fewer bytes that can be read than were listed.
 */
enum nb_err nb_stream_file_open(struct nb_stream_file *f, const int *roots,
				size_t count);
/* The next WANT bytes; zeros replace what is missing from a tolerated file. */
enum nb_err nb_stream_file_take(struct nb_stream_file *f, uint8_t *piece,
				size_t want);
/* After the last byte: checks that no more follow and that nothing changed. */
enum nb_err nb_stream_file_end(struct nb_stream_file *f);

#endif
