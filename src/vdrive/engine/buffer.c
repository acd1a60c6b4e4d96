/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/engine/buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vdrive/engine/mmc.h"

#define SLOTS 4096 /* hash chains */

struct entry {
	struct entry *chain; /* next one with the same hash */
	struct entry *older, *newer;
	int32_t lba;
	bool pretended;
	uint8_t data[VD_BLOCK];
};

struct vd_buffer {
	struct entry *slots[SLOTS];
	struct entry *oldest, *newest;
	size_t waiting;
};

struct vd_buffer *
vd_buffer_new(void)
{
	return calloc(1, sizeof(struct vd_buffer));
}

void
vd_buffer_free(struct vd_buffer *buffer)
{
	vd_buffer_drop(buffer, false);
	free(buffer);
}

static struct entry **
slot_of(const struct vd_buffer *buffer, int32_t lba)
{
	return (struct entry **)&buffer->slots[(uint32_t)lba % SLOTS];
}

static struct entry *
find(const struct vd_buffer *buffer, int32_t lba)
{
	struct entry *entry = *slot_of(buffer, lba);

	while (entry && entry->lba != lba)
		entry = entry->chain;
	return entry;
}

static void
take_out(struct vd_buffer *buffer, struct entry *entry)
{
	struct entry **p = slot_of(buffer, entry->lba);

	while (*p != entry)
		p = &(*p)->chain;
	*p = entry->chain;
	*(entry->older ? &entry->older->newer : &buffer->oldest) = entry->newer;
	*(entry->newer ? &entry->newer->older : &buffer->newest) = entry->older;
	buffer->waiting -= !entry->pretended;
}

int
vd_buffer_put(struct vd_buffer *buffer, int32_t lba, const void *data,
	      bool pretended)
{
	struct entry *entry = find(buffer, lba);

	if (entry)
		take_out(buffer, entry);
	else
		entry = malloc(sizeof *entry);
	if (!entry)
		return ENOMEM;
	entry->lba = lba;
	entry->pretended = pretended;
	memcpy(entry->data, data, sizeof entry->data);
	entry->chain = *slot_of(buffer, lba);
	*slot_of(buffer, lba) = entry;
	entry->newer = NULL;
	entry->older = buffer->newest;
	*(buffer->newest ? &buffer->newest->newer : &buffer->oldest) = entry;
	buffer->newest = entry;
	buffer->waiting += !pretended;
	return 0;
}

bool
vd_buffer_get(const struct vd_buffer *buffer, int32_t lba, void *data)
{
	const struct entry *entry = find(buffer, lba);

	if (entry)
		memcpy(data, entry->data, sizeof entry->data);
	return entry;
}

size_t
vd_buffer_waiting(const struct vd_buffer *buffer, int32_t *lowest)
{
	if (!lowest)
		return buffer->waiting;
	*lowest = INT32_MAX;
	for (const struct entry *e = buffer->oldest; e; e = e->newer)
		if (!e->pretended && e->lba < *lowest)
			*lowest = e->lba;
	return buffer->waiting;
}

bool
vd_buffer_take(struct vd_buffer *buffer, int32_t *lba, void *data)
{
	struct entry *entry = buffer->oldest;

	while (entry && entry->pretended)
		entry = entry->newer;
	if (!entry)
		return false;
	*lba = entry->lba;
	memcpy(data, entry->data, sizeof entry->data);
	take_out(buffer, entry);
	free(entry);
	return true;
}

void
vd_buffer_drop(struct vd_buffer *buffer, bool only_pretended)
{
	struct entry *next;

	for (struct entry *e = buffer ? buffer->oldest : NULL; e; e = next) {
		next = e->newer;
		if (only_pretended && !e->pretended)
			continue;
		take_out(buffer, e);
		free(e);
	}
}

void
vd_buffer_drop_range(struct vd_buffer *buffer, int32_t lba, int32_t count)
{
	struct entry *next;

	for (struct entry *e = buffer ? buffer->oldest : NULL; e; e = next) {
		next = e->newer;
		if (e->lba < lba || e->lba - lba >= count)
			continue;
		take_out(buffer, e);
		free(e);
	}
}
