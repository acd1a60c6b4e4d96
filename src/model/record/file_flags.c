/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/file_flags.h"

#include <stddef.h>
#include <string.h>

/* linux/fs.h: FS_..._FL */
static const struct {
	char letter;
	uint32_t flag;
} known[] = {
	{ 'a', 0x00000020 },    { 'A', 0x00000080 }, { 'c', 0x00000004 },
	{ 'C', NB_FILE_NOCOW }, { 'd', 0x00000040 }, { 'D', 0x00010000 },
	{ 'i', 0x00000010 },    { 'j', 0x00004000 }, { 's', 0x00000001 },
	{ 'S', 0x00000008 },    { 't', 0x00008000 }, { 'T', 0x00020000 },
	{ 'u', 0x00000002 },    { 'x', 0x02000000 },
};

#define COUNT (sizeof known / sizeof *known)

uint32_t
nb_file_flags_known(uint32_t flags)
{
	uint32_t found = 0;

	for (size_t i = 0; i < COUNT; i++)
		found |= flags & known[i].flag;
	return found;
}

void
nb_file_flags_text(uint32_t flags, char out[NB_FILE_FLAGS_TEXT])
{
	size_t n = 0;

	for (size_t i = 0; i < COUNT; i++)
		if (flags & known[i].flag)
			out[n++] = known[i].letter;
	out[n] = '\0';
}

uint32_t
nb_file_flags_parse(const char *letters)
{
	uint32_t found = 0;

	for (size_t i = 0; i < COUNT; i++)
		if (strchr(letters, known[i].letter))
			found |= known[i].flag;
	return found;
}
