/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of the source `tree`. */
#ifndef NB_SOURCE_TREE_PRIVATE_H
#define NB_SOURCE_TREE_PRIVATE_H

#include <sys/stat.h>

#include "base/watchdog.h"
#include "source/tree/tree.h"

struct nb_walk {
	const struct nb_config_source *source;
	const struct nb_tree_rules *rules;
	const struct nb_source_context *context;
	struct nb_entries *list;
	struct nb_manifest_source record;
	char *prefix;            /* "<kind>/<name>" */
	char *object;            /* "tree php" */
	char *copies;            /* beneath staging; NULL: none yet */
	uint64_t copied;         /* files there */
	int root;                /* the open directory */
	unsigned int root_index; /* its index among the roots */
	dev_t dev;
	struct nb_ours_view view; /* of what is not listed */
	bool in_place;            /* nothing is copied to staging */
	bool probe;               /* root can read everything anyway */
	int64_t now;
	uint64_t bytes;
	int64_t next_progress;
	int trouble; /* an error number that is not logged yet (look.h); 0 */
	bool gone;   /* ... and it means that a file vanished */
	bool unreadable;    /* ... or that this one cannot be read */
	unsigned int empty; /* files with content, but without a size */
};

/* Lists everything beneath W->root.  NB_ESOURCE (walk.c) */
enum nb_err nb_tree_walk(struct nb_walk *w);

/* Copies the attributes in ST to E. */
void nb_tree_take_stat(struct nb_entry *e, const struct stat *st);

/*
 * Adds what requires access to the file NAME in the open directory DIR: the
 * target of a link, extended attributes, holes, and whether it can be read.
 * As nb_tree_failed (look.h) if it cannot be read or vanished (attr.c)
 */
enum nb_err nb_tree_inspect(struct nb_walk *w, int dir, const char *name,
			    const struct stat *st, struct nb_entry *e);

/*
 * Copies a file that is likely to change into staging, completely and
 * consistently, and makes E refer to the copy; a file that changes each time it
 * is read becomes torn, and is noted.  NB_ESOURCE if the source's rules say so,
 * or as nb_tree_failed (copy.c).
 */
enum nb_err nb_tree_copy(struct nb_walk *w, int dir, const char *name,
			 const struct stat *st, struct nb_entry *e);

/* A call for PATH begins (base/watchdog.h). */
static inline void
nb_tree_enter(const struct nb_walk *w, const char *path)
{
	nb_calls_enter(w->context->calls, w->object, path);
}

static inline void
nb_tree_leave(const struct nb_walk *w)
{
	nb_calls_leave(w->context->calls);
}

/* Reports the progress from time to time; an error: stop (walk.c). */
enum nb_err nb_tree_progress(struct nb_walk *w, uint64_t bytes);

/* Packs everything beneath W->root into one archive in staging, with its record
 * and its entry in OUT.  NB_ESOURCE, NB_EFULL (pack.c) */
enum nb_err nb_tree_pack(struct nb_walk *w, struct nb_source_output *out);

/* ---- where the tree is ---- */

/* The kind's tasks for another host. */
#define NB_TREE_TASK_CHECK "tree-check" /* A: whether it can be read */
#define NB_TREE_TASK "tree"             /* all of it: D, R, E, L, S */

struct nb_tree_transport {
	/* Whether it can be read. */
	enum nb_err (*preflight)(const struct nb_config_source *source);
	/* Lists all of it; if STAGED is true, its files are in staging. */
	enum nb_err (*collect)(const struct nb_config_source *source,
			       const struct nb_source_context *context,
			       struct nb_source_output *out);
	bool staged;
};

extern const struct nb_tree_transport nb_tree_here;  /* tree.c */
extern const struct nb_tree_transport nb_tree_there; /* remote.c */

/* ---- for another host (serve.c) ---- */

/* serve and may_serve of the kind (source/source.h). */
enum nb_err nb_tree_serve(struct nb_serve *serve,
			  const struct nb_remote_request *request);
enum nb_err nb_tree_may_serve(const struct nb_serve *serve,
			      struct nb_remote_request *request);

#endif
