/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at what is in a tree while others work in it: a file may vanish, and a
 * mount point may deny, be dead or hang.  Neither is an error of the tree.
 */
#ifndef NB_SOURCE_TREE_LOOK_H
#define NB_SOURCE_TREE_LOOK_H

#include <sys/stat.h>

#include "source/tree/private.h"

/* Does the error number NUMBER say that a file is no longer there? */
bool nb_tree_is_gone(int number);

/*
 * Opens the file PATH beneath ROOT, which was listed as a regular file, to be
 * read.  *GONE: it vanished, or has become something else.  -1 and errno if it
 * cannot be opened.
 */
int nb_tree_open_listed(int root, const char *path, bool *gone);

/* The same while the tree is listed, with patience for the leases of others;
 * NAME is in the directory DIR, and PATH in the tree. */
int nb_tree_open(const struct nb_walk *w, int dir, const char *name,
		 const char *path);

/*
 * A call has failed, with errno: "cannot WHAT PATH".  NB_ESOURCE; logged, or,
 * if PATH vanished, its file system is dead, or on_unreadable = report, not
 * logged but in W->trouble, for nb_tree_excuse.
 */
enum nb_err nb_tree_failed(struct nb_walk *w, const char *what,
			   const char *path);

/*
 * lstat of NAME in the open directory DIR, which is PATH in the tree.  If it is
 * a mount point, a child process looks first (source/scout.h).  NB_ECANCELED,
 * or as nb_tree_failed.
 */
enum nb_err nb_tree_look(struct nb_walk *w, int dir, const char *name,
			 const char *path, struct stat *st);

/*
 * The end of an attempt to list PATH, which ended with ERR: what vanished is
 * noted in the log, what cannot be read in the manifest, and both are NB_OK.
 * NB_ESOURCE if the file system of the whole source is dead.
 */
enum nb_err nb_tree_excuse(struct nb_walk *w, const char *path,
			   enum nb_err err);

/* Notes that a file system is mounted on NAME in the directory DIR, which is
 * PATH in the tree, and which one: a later backup can tell that it is not.
 * NB_ENOMEM, NB_EIO */
enum nb_err nb_tree_mounted(struct nb_walk *w, int dir, const char *name,
			    const char *path);

/* PATH, which cannot be read (W->trouble), is left out and noted. */
enum nb_err nb_tree_skip(struct nb_walk *w, const char *path);

/* Is W in trouble because the file system of the open directory DIR is dead?
 * Then it is not excused name by name. */
bool nb_tree_is_dead(const struct nb_walk *w, int dir);

/* The same for the top of the tree, of which nothing is excused. */
enum nb_err nb_tree_refuse(struct nb_walk *w, const char *path,
			   enum nb_err err);

/* NB_ESOURCE if PATH on this host gives no answer within SECONDS, of which KIND
 * NAME is told; any answer is one.  NB_ECANCELED */
enum nb_err nb_tree_answers(const char *kind, const char *name,
			    const char *path, int64_t seconds);

#endif
