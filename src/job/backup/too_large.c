/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/too_large.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "disc/blocks.h"

#define TOLD 3
/* Of the directory tree and the padding, which are not counted here. */
#define RESERVE ((uint64_t)1 << 16)

/* Does E, number I of ENTRIES, take up space?  The names of a hard link share
 * theirs. */
static bool
has_blocks(const struct nb_entries *entries, size_t i)
{
	const struct nb_entry *e = &entries->at[i];

	if (e->type != NB_ENTRY_FILE || e->content == NB_CONTENT_EARLIER)
		return false;
	return !e->ino || e->ino > i || entries->at[e->ino - 1].ino != e->ino;
}

/* UINT64_MAX: more than can be counted. */
static uint64_t
count_blocks(const struct nb_entries *entries)
{
	uint64_t blocks = 0;

	for (size_t i = 0; i < entries->count; i++) {
		uint64_t size = entries->at[i].size;
		uint64_t more = size / NB_BLOCK + (size % NB_BLOCK != 0);

		if (has_blocks(entries, i)
		    && __builtin_add_overflow(blocks, more, &blocks))
			return UINT64_MAX;
	}
	return blocks;
}

/* Keeps the largest first. */
static void
keep(const struct nb_entry *largest[TOLD], const struct nb_entry *e)
{
	for (size_t i = 0; i < TOLD; i++) {
		const struct nb_entry *was = largest[i];

		if (was && was->size >= e->size)
			continue;
		largest[i] = e;
		if (!was)
			return;
		e = was;
	}
}

/* "tree/all/huge (8.8 TB), ...", or "".  The caller frees. */
static enum nb_err
name_largest(const struct nb_entries *entries, char **out)
{
	const struct nb_entry *largest[TOLD] = { NULL };
	struct nb_str s = NB_STR_INIT;
	char size[16];

	for (size_t i = 0; i < entries->count; i++)
		if (has_blocks(entries, i)
		    && entries->at[i].content == NB_CONTENT_ROOT)
			keep(largest, &entries->at[i]);
	for (size_t i = 0; i < TOLD && largest[i]; i++) {
		const char *path = strchr(largest[i]->path, '/');

		nb_str_addf(&s, "%s%s (%s)", i ? ", " : "",
			    path ? path + 1 : largest[i]->path,
			    nb_str_size(largest[i]->size, size));
	}
	return nb_str_take(&s, out);
}

enum nb_err
nb_check_size(const struct nb_entries *entries, uint32_t start)
{
	uint64_t need = count_blocks(entries), most = NB_BLOCKS_MAX - RESERVE;
	char *largest = NULL, has[16];
	enum nb_err err;

	if (start < most && need <= most - start)
		return NB_OK;
	err = name_largest(entries, &largest);
	if (!err)
		err = nb_fail(NB_EFULL,
			      "the backup is larger than any disc (%s); the "
			      "largest files: %s\n"
			      "hint: leave them out with exclude or "
			      "max_file_size",
			      nb_str_size(most * NB_BLOCK, has), largest);
	free(largest);
	return err;
}

void
nb_tell_largest(const struct nb_entries *entries)
{
	char *largest = NULL;

	if (!name_largest(entries, &largest) && *largest)
		nb_log(NB_NOTE, "the largest files: %s", largest);
	free(largest);
}
