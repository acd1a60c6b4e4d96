/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Included before everything else of the model: memory of one move, all of it
 * gone with the move, also when the program "dies" in the middle of it.
 */
#ifndef NB_MODEL_ARENA_H
#define NB_MODEL_ARENA_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *arena_get(size_t n); /* zeroed */
void *arena_more(void *old, size_t n);
char *arena_text(const char *text);
void arena_leave(void *old); /* nothing */
void arena_reset(void);

#define malloc(n) arena_get(n)
#define calloc(count, size) arena_get((count) * (size))
#define realloc(old, n) arena_more(old, n)
#define strdup(text) arena_text(text)
/* Also the members of this name, everywhere alike. */
#define free arena_leave
/* For the catalog, its mark and the key. */
#define access(path, mode) stage_access(path)
int stage_access(const char *path);

#endif
