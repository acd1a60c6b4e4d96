/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What nightburn itself keeps on this host, and what therefore is in no tree:
 * its state with the secret key, what waits in staging, and discs that are
 * files, which would contain themselves.  What is another configuration's is
 * recognized by its form.
 */
#ifndef NB_SOURCE_OURS_H
#define NB_SOURCE_OURS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/err.h"
#include "model/config/config.h"

enum nb_ours_kind {
	NB_OURS_STATE,   /* the directory with all that is in it */
	NB_OURS_STAGING, /* a directory: what is named as nightburn names it */
	NB_OURS_DISC,    /* a file in a drive "stdio:" */
	NB_OURS_DISCS    /* a directory: files that nightburn wrote as discs */
};

struct nb_ours_file {
	enum nb_ours_kind kind;
	dev_t dev;
	ino_t ino;
};

struct nb_ours NB_ARRAY(struct nb_ours_file);

/* What of CONFIG exists now; NB_ENOMEM.  Free with nb_array_free. */
enum nb_err nb_ours_find(const struct nb_config *config, struct nb_ours *out);

/*
 * How OURS is seen from a tree: a copy of a file system (a snapshot) has the
 * inodes of the original on another device.
 */
struct nb_ours_view {
	const struct nb_ours *ours; /* NULL: nothing is nightburn's */
	dev_t copy_of;              /* the device that was copied; 0: no copy */
};

/* The kinds (1 << NB_OURS_...) that may be in the directory DIR. */
unsigned int nb_ours_within(const struct nb_ours_view *view,
			    const struct stat *dir);

/*
 * The file NAME, with ST, in the open directory DIR with WITHIN: what it is
 * ("state_dir"), for a message; NULL: it is not nightburn's.
 */
const char *nb_ours_what(const struct nb_ours_view *view, unsigned int within,
			 int dir, const char *name, const struct stat *st);

/* Is NAME one that nightburn gives in staging?  It says nothing of who made
 * what has it. */
bool nb_ours_is_staged(const char *name);

/* The same of the open directory DIR itself, which may be anywhere beneath what
 * is nightburn's. */
const char *nb_ours_above(const struct nb_ours_view *view, int dir);

/*
 * What is nightburn's of PATH beneath the open directory ROOT: the file itself,
 * or a directory on the way to it.  ANY: also what another configuration may
 * name, by its form; an image (NB_IMAGE_MARK) is no disc.  PATH may end with
 * what does not exist.
 */
const char *nb_ours_beneath(const struct nb_ours *ours, int root,
			    const char *path, bool any);
/* The same of a path of this host, whose directory may have links. */
const char *nb_ours_path(const struct nb_ours *ours, const char *path);

#endif
