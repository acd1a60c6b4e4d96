/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Patterns of excluded names, as in gitignore(5):
 *
 *     name     anywhere beneath the top     a slash at the end: directories
 *     /name    at the top alone             a slash within: from the top, too
 *     *  ?  [a-z]  [!a]  [[:digit:]]        never a slash
 *     **       between slashes: any number of directories
 *     \c       the character c itself
 *     !        in front: includes again what an earlier pattern excluded
 *
 * The last pattern that matches decides.  Nothing beneath an excluded directory
 * can be included again, because the directory is not read.  Each pattern is a
 * string of its own, so there are no comments and no trailing blanks to trim.
 */
#ifndef NB_MODEL_IGNORE_H
#define NB_MODEL_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the COUNT patterns AT exclude PATH, which is relative to the top
 * ("sub/file"); DIR: it is a directory.  The directories above it were checked
 * before and are not excluded. */
bool nb_ignore_match(char *const *at, size_t count, const char *path, bool dir);

/* Whether PATTERN, with wildcards as above, matches the whole TEXT. */
bool nb_ignore_wild(const char *pattern, const char *text);

#endif
