/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the pure layers know about a kind of source: the options of its block,
 * and how a disc describes it.  The caller provides the list of kinds; their
 * functions are in source/source.h.
 */
#ifndef NB_MODEL_SOURCE_KIND_H
#define NB_MODEL_SOURCE_KIND_H

#include "base/err.h"
#include "base/str.h"

struct nb_field;
struct nb_config_source;
struct nb_manifest_source;

/* A part of a text on a disc (model/record/disc_readme.h). */
struct nb_disc_part {
	const char *name, *text;
};

struct nb_source_kind {
	const char *name; /* of its block, in manifests, and on the disc as
			     <backup>/NAME/ */

	/* ---- options (model/config/value.h) ---- */

	/* Ended by one without a name; their offsets are in a record of SIZE
	 * bytes, which begins as zeros and is freed field by field. */
	const struct nb_field *fields;
	size_t size;
	/* The defaults, before any option is read.  NULL: zeros. */
	void (*begin)(void *options);
	/* After all were read: checks options against each other, and sets
	 * defaults that depend on others.  NB_ECONFIG, logged with FILE and the
	 * source's line.  NULL: nothing. */
	enum nb_err (*end)(const char *file, struct nb_config_source *source);
	/* Frees options that are not in FIELDS.  NULL: nothing. */
	void (*clear)(void *options);
	bool once;      /* a job has at most one */
	bool directory; /* restored as a directory of its name, which must be
			   unique among such sources of a job */
	/* Its tasks for another host (model/remote.h), ended by NULL.  NULL:
	 * nothing. */
	const char *const *tasks;

	/* ---- texts on the disc (model/record/disc_readme.h) ---- */

	/* Lines of README.txt about its directory, and of RESTORE.txt about
	 * restoring by hand, ending with newlines.  NULL: none. */
	const char *readme, *how_to;
	/* The product that a record's server_version is of.  NULL: it has
	 * none. */
	const char *server;
	/* The program that executes its scripts, for hints.  NULL: it has
	 * none. */
	const char *client;
	/* What RESTORE.txt and restore.sh need of it, ended by a part without a
	 * name.  NULL: nothing. */
	const struct nb_disc_part *parts;
	/* Appends an "item" line of restore.sh for RECORD to SCRIPT.  NULL: it
	 * is a directory, or an archive of one. */
	void (*add_item)(struct nb_str *script, const char *backup_id,
			 const struct nb_manifest_source *record);
};

#define NB_SOURCE_KINDS_MAX 12

/* The kind NAME among KINDS (ended by NULL; at most NB_SOURCE_KINDS_MAX), or
 * NULL. */
const struct nb_source_kind *nb_source_kind(
	const struct nb_source_kind *const *kinds, const char *name);

#endif
