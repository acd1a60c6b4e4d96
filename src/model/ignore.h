/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Patterns of names that are left out, as gitignore(5) has them:
 *
 *     name     anywhere beneath the top     a slash at the end: directories
 *     /name    at the top alone             a slash within: from the top, too
 *     *  ?  [a-z]  [!a]  [[:digit:]]        never a slash
 *     **       between slashes: any number of directories
 *     \c       the character c itself
 *     !        in front: what an earlier pattern left out comes back
 *
 * The last pattern that matches decides.  What stands beneath a directory that
 * is left out cannot come back: nobody looks into it.  Each pattern is a text
 * of its own, so that there are neither comments nor blanks to be trimmed.
 */
#ifndef NB_MODEL_IGNORE_H
#define NB_MODEL_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the COUNT patterns AT leave out PATH, which is relative to the top
 * ("sub/file"); DIR: it is a directory.  The directories above it were asked
 * about before, and are not left out. */
bool nb_ignore_match(char *const *at, size_t count, const char *path, bool dir);

/* Whether PATTERN, with wildcards as above, means the whole of TEXT. */
bool nb_ignore_wild(const char *pattern, const char *text);

#endif
