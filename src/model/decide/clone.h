/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A clone: a disk to which a running system is copied, so that another machine
 * can be started from it.  A marker in its root directory identifies it;
 * nb_clone_check decides from facts whether it may be written.
 */
#ifndef NB_MODEL_CLONE_H
#define NB_MODEL_CLONE_H

#include "model/config/config.h"
#include "model/record/label.h"

/* Located in the root of a clone; never copied, never deleted. */
#define NB_CLONE_MARKER ".nightburn-clone"

struct nb_clone_marker {
	char name[NB_NAME_MAX + 1];       /* title of the block */
	char id[NB_ID_HEX + 1];           /* random, of this disk */
	char installation[NB_ID_HEX + 1]; /* the installation that writes it */
	char source[128];                 /* identity of the file system that
					      is copied: its UUID, or what is
					      mounted */
	int64_t finished;                 /* of the last good run; 0: none */
	int64_t checked;                  /* of the last one that compared
					      contents; 0: none */
	uint64_t files;                   /* of the last good run */
};

/* The marker as JSON; the caller frees.  NB_ENOMEM */
enum nb_err nb_clone_render(const struct nb_clone_marker *marker, char **text);
/* NB_ECORRUPT; the message begins with NAME. */
enum nb_err nb_clone_parse(const char *name, const char *text, size_t length,
			   struct nb_clone_marker *out);

struct nb_clone_facts {
	const char *name; /* title of the block */
	const char *installation;
	const char *source;                   /* identity of what is copied */
	bool source_empty;                    /* its root directory is empty */
	bool source_marked;                   /* it has a marker itself */
	bool target_mounted;                  /* a file system of its own */
	bool same_file_system;                /* the same one as the source */
	bool target_empty;                    /* contains nothing but
						 lost+found */
	bool marker_there;                    /* the target has a marker */
	bool marker_good;                     /* if it could be read */
	const struct nb_clone_marker *marker; /* when it is good */
	bool init;  /* the user asks to turn a new disk into a clone */
	bool force; /* even if it is not empty */
};

enum nb_clone_verdict {
	NB_CLONE_PERMIT,
	NB_CLONE_FROM_CLONE,
	NB_CLONE_SOURCE_EMPTY,
	NB_CLONE_NOT_MOUNTED,
	NB_CLONE_SAME_FILE_SYSTEM,
	NB_CLONE_MARKER_DAMAGED,
	NB_CLONE_NO_CLONE,
	NB_CLONE_NOT_EMPTY,
	NB_CLONE_ALREADY,
	NB_CLONE_OTHER_INSTALLATION,
	NB_CLONE_OTHER_NAME,
	NB_CLONE_OTHER_SOURCE
};

/* May the target be written? */
enum nb_clone_verdict nb_clone_check(const struct nb_clone_facts *facts);

/* What is wrong, with a hint; statically allocated. */
const char *nb_clone_text(enum nb_clone_verdict answer);

/* The most files that one run may delete: PERCENT of those of the last run, but
 * at least 100. */
uint64_t nb_clone_most_deleted(const struct nb_clone_marker *marker,
			       int percent);

/* Is it time to compare contents?  Weekly means after six and a half days, so
 * that a run that begins a little earlier does not postpone it. */
bool nb_clone_compares(enum nb_compare when, int64_t checked, int64_t now);

#endif
