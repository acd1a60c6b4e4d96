/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NB_SOURCE_TREE_LINKS_H
#define NB_SOURCE_TREE_LINKS_H

#include "source/tree/private.h"

/*
 * Of the entries of W->list from FIRST on, those that have one inode number but
 * cannot be names of one file become files of their own: there are more of them
 * than the file has names, or they differ, and none was changed since the
 * listing began.  Some file systems give one number to several files; one of
 * them would get the bytes of another.  NB_ENOMEM
 */
enum nb_err nb_tree_check_links(struct nb_walk *w, size_t first);

#endif
