/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/image/earlier.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "disc/library.h"

#define SLOTS_MIN 64
/* Of the 64-bit FNV-1a hash, by Fowler, Noll and Vo. */
#define HASH_BASIS UINT64_C(14695981039346656037)
#define HASH_PRIME UINT64_C(1099511628211)

struct slot {
	IsoNode *node; /* NULL: free */
	bool listed;   /* a directory whose children are in the table */
};

/* Open addressing; SIZE is a power of two, and half of it stays free. */
struct nb_earlier {
	IsoDir *root;
	struct slot *slots;
	size_t size, count;
};

/* A component of a path: not terminated. */
struct name {
	const char *at;
	size_t length;
};

static uint64_t
hash_of(const IsoDir *parent, struct name name)
{
	uint64_t hash = (HASH_BASIS ^ (uintptr_t)parent) * HASH_PRIME;

	for (size_t i = 0; i < name.length; i++)
		hash = (hash ^ (uint8_t)name.at[i]) * HASH_PRIME;
	return hash ^ hash >> 32;
}

static struct name
name_of(const IsoNode *node)
{
	const char *name = iso_node_get_name(node);

	return (struct name){ name ? name : "", name ? strlen(name) : 0 };
}

static bool
is_it(const struct slot *slot, const IsoDir *parent, struct name name)
{
	struct name have = name_of(slot->node);

	return iso_node_get_parent(slot->node) == parent
		&& have.length == name.length
		&& !memcmp(have.at, name.at, name.length);
}

/* The slot of NAME in PARENT, or the free one where it belongs. */
static struct slot *
look_up(const struct nb_earlier *x, const IsoDir *parent, struct name name)
{
	size_t i = (size_t)hash_of(parent, name);

	for (;; i++) {
		struct slot *slot = &x->slots[i & (x->size - 1)];

		if (!slot->node || is_it(slot, parent, name))
			return slot;
	}
}

static enum nb_err
grow(struct nb_earlier *x)
{
	struct nb_earlier wider = { .size = x->size ? 2 * x->size : SLOTS_MIN };

	wider.slots = calloc(wider.size, sizeof *wider.slots);
	if (!wider.slots)
		return nb_fail_memory();
	for (size_t i = 0; i < x->size; i++) {
		IsoNode *node = x->slots[i].node;

		if (node)
			*look_up(&wider, iso_node_get_parent(node),
				 name_of(node)) = x->slots[i];
	}
	free(x->slots);
	x->slots = wider.slots;
	x->size = wider.size;
	return NB_OK;
}

static enum nb_err
add(struct nb_earlier *x, IsoNode *node)
{
	enum nb_err err = 2 * x->count < x->size ? NB_OK : grow(x);
	struct slot *slot;

	if (err)
		return err;
	slot = look_up(x, iso_node_get_parent(node), name_of(node));
	x->count += !slot->node;
	slot->node = node;
	return NB_OK;
}

static enum nb_err
list(struct nb_earlier *x, IsoDir *dir)
{
	IsoDirIter *iter = NULL;
	IsoNode *node;
	enum nb_err err = nb_library_check(iso_dir_get_children(dir, &iter),
					   NB_EFAIL, "an earlier backup");

	while (!err && iso_dir_iter_next(iter, &node) == 1)
		err = add(x, node);
	if (iter)
		iso_dir_iter_free(iter);
	return err;
}

/* The child NAME of DIR, or NULL. */
static enum nb_err
find_child(struct nb_earlier *x, IsoNode *dir, struct name name, IsoNode **out)
{
	struct slot *slot = look_up(x, iso_node_get_parent(dir), name_of(dir));
	enum nb_err err = NB_OK;

	*out = NULL;
	if (iso_node_get_type(dir) != LIBISO_DIR)
		return NB_OK;
	if (!slot->listed) {
		slot->listed = true;
		err = list(x, (IsoDir *)dir);
	}
	if (!err)
		*out = look_up(x, (IsoDir *)dir, name)->node;
	return err;
}

/* The root is not listed: what is in it may be removed. */
static enum nb_err
find_backup(struct nb_earlier *x, const char *id, IsoNode **out)
{
	const struct name name = { id, strlen(id) };

	*out = look_up(x, x->root, name)->node;
	if (*out || iso_dir_get_node(x->root, id, out) != 1)
		return NB_OK;
	return add(x, *out);
}

enum nb_err
nb_earlier_find(struct nb_earlier *x, const char *id, const char *path,
		IsoNode **out)
{
	IsoNode *node = NULL;
	enum nb_err err = find_backup(x, id, &node);
	const char *p = path;

	while (!err && node && *p) {
		const struct name name = { p, strcspn(p, "/") };

		err = find_child(x, node, name, &node);
		p += name.length;
		p += *p == '/';
	}
	if (!err)
		*out = node;
	return err;
}

enum nb_err
nb_earlier_new(IsoImage *iso, struct nb_earlier **out)
{
	struct nb_earlier *x = calloc(1, sizeof *x);
	enum nb_err err = x ? NB_OK : nb_fail_memory();

	if (!err)
		err = grow(x);
	if (err) {
		nb_earlier_free(x);
		return err;
	}
	x->root = iso_image_get_root(iso);
	*out = x;
	return NB_OK;
}

void
nb_earlier_free(struct nb_earlier *x)
{
	if (!x)
		return;
	free(x->slots);
	free(x);
}
