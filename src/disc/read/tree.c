/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/read/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "disc/read/inside.h"

/* Blocks are read in groups; not every group is used completely. */
#define MAX_BLOCKS(blocks) (4 * (blocks)->count + 4096)

void
nb_nodes_free(struct nb_nodes *nodes)
{
	for (size_t i = 0; i < nodes->count; i++) {
		nb_entry_clear(&nodes->at[i].entry);
		free(nodes->at[i].extents);
	}
	nb_array_free(nodes);
}

static int
by_path(const void *a, const void *b)
{
	const struct nb_node *x = a, *y = b;

	return strcmp(x->entry.path, y->entry.path);
}

const struct nb_node *
nb_nodes_find(const struct nb_nodes *nodes, const char *path)
{
	struct nb_node key = { .entry.path = (char *)path };

	if (!nodes->count)
		return NULL;
	return bsearch(&key, nodes->at, nodes->count, sizeof key, by_path);
}

struct place {
	const char *above, *path;
};

/* Compares with the path ABOVE/PATH. */
static int
by_place(const void *key, const void *node)
{
	const struct place *p = key;
	const char *path = ((const struct nb_node *)node)->entry.path;
	size_t n = strlen(p->above);
	int c = strncmp(p->above, path, n);

	if (!c)
		c = '/' - (unsigned char)path[n];
	return c ? c : strcmp(p->path, path + n + 1);
}

const struct nb_node *
nb_nodes_find_beneath(const struct nb_nodes *nodes, const char *above,
		      const char *path)
{
	const struct place key = { above, path };

	return nodes->count ? bsearch(&key, nodes->at, nodes->count,
				      sizeof *nodes->at, by_place)
			    : NULL;
}

/* The records of a child are as untrusted as the disc. */
static enum nb_err
check_node(const struct nb_blocks *blocks, const struct nb_node *node)
{
	const struct nb_entry *e = &node->entry;
	uint64_t bytes = 0;

	if (e->type > NB_ENTRY_SOCKET || e->mode > 07777
	    || !nb_path_is_safe(e->path))
		return nb_fail(NB_ECORRUPT, "%s: invalid entry", blocks->name);
	for (size_t i = 0; i < node->extent_count; i++) {
		const struct nb_extent *x = &node->extents[i];
		uint64_t count = x->bytes / NB_BLOCK + !!(x->bytes % NB_BLOCK);

		if (x->bytes
		    && (count > blocks->count
			|| x->lba > blocks->count - count))
			return nb_fail(NB_ECORRUPT,
				       "%s: extends beyond the end of the disc",
				       e->path);
		bytes += x->bytes;
	}
	if (bytes != e->size)
		return nb_fail(NB_ECORRUPT,
			       "%s: size differs from that of its extents",
			       e->path);
	return NB_OK;
}

/* N bytes as text, without NUL. */
static enum nb_err
take_text(const uint8_t *at, size_t n, char **out)
{
	char *text = malloc(n + 1);

	if (!text)
		return nb_fail_memory();
	memcpy(text, at, n);
	text[n] = '\0';
	*out = text;
	return NB_OK;
}

/* HEAD is at the beginning of N bytes, which it fits. */
static enum nb_err
unpack(const struct nb_inside_node *head, const uint8_t *record,
       struct nb_node *node)
{
	size_t extents = head->extents * sizeof *node->extents;
	const uint8_t *at = record + sizeof *head;
	struct nb_entry *e = &node->entry;
	enum nb_err err;

	e->type = (enum nb_entry_type)head->type;
	e->mode = head->mode;
	e->uid = head->uid;
	e->gid = head->gid;
	e->mtime = head->mtime;
	e->size = head->size;
	e->rdev = head->rdev;
	if (extents) {
		node->extents = malloc(extents);
		if (!node->extents)
			return nb_fail_memory();
		memcpy(node->extents, at, extents);
		node->extent_count = head->extents;
	}
	err = take_text(at + extents, head->path, &e->path);
	if (!err && e->type == NB_ENTRY_SYMLINK)
		err = take_text(at + extents + head->path, head->target,
				&e->target);
	return err;
}

struct tree {
	uint32_t start;
	bool tolerant;
	struct nb_blocks *blocks;
	struct nb_nodes nodes;
};

static enum nb_err
take_node(void *ctx, const void *record, size_t n)
{
	struct nb_node node = { .extents = NULL };
	struct nb_inside_node head;
	struct tree *tree = ctx;
	enum nb_err err;

	if (n >= sizeof head)
		memcpy(&head, record, sizeof head);
	if (n < sizeof head
	    || n
		    != sizeof head
			    + (uint64_t)head.extents * sizeof *node.extents
			    + head.path + head.target)
		return nb_fail(NB_ECORRUPT, "%s: invalid entry",
			       tree->blocks->name);
	err = unpack(&head, record, &node);
	if (!err)
		err = check_node(tree->blocks, &node);
	if (!err)
		err = nb_array_push(&tree->nodes, node);
	if (err) {
		nb_entry_clear(&node.entry);
		free(node.extents);
	}
	return err;
}

static void
forget_nodes(void *ctx)
{
	nb_nodes_free(&((struct tree *)ctx)->nodes);
}

static enum nb_err
check_doubled(const struct nb_nodes *nodes)
{
	for (size_t i = 1; i < nodes->count; i++)
		if (!by_path(&nodes->at[i - 1], &nodes->at[i]))
			return nb_fail(NB_ECORRUPT, "%s: is on the disc twice",
				       nodes->at[i].entry.path);
	return NB_OK;
}

static enum nb_err
send_tree(void *ctx, struct nb_blocks *blocks, struct nb_sandbox_out *out)
{
	const struct tree *tree = ctx;

	return nb_inside_tree(blocks, tree->start, tree->tolerant, out);
}

static enum nb_err
try_tree(void *ctx, struct nb_blocks *blocks, struct nb_sandbox_out *out)
{
	(void)out;
	return nb_inside_tree(blocks, *(const uint32_t *)ctx, false, NULL);
}

enum nb_err
nb_reader_try(struct nb_blocks *blocks, uint32_t start)
{
	const struct nb_sandbox spec = {
		.blocks = blocks,
		.max_blocks = MAX_BLOCKS(blocks),
		.inside = try_tree,
		.ctx = &start,
	};

	return nb_sandbox_run(&spec);
}

static enum nb_err
read_tree(struct nb_blocks *blocks, uint32_t start, bool tolerant,
	  struct nb_nodes *out)
{
	struct tree tree = { start, tolerant, blocks, NB_ARRAY_INIT };
	const struct nb_sandbox spec = {
		.blocks = blocks,
		.max_blocks = MAX_BLOCKS(blocks),
		.inside = send_tree,
		.take = take_node,
		.forget = forget_nodes,
		.ctx = &tree,
	};
	enum nb_err err = nb_sandbox_run(&spec);

	if (!err && tree.nodes.count)
		qsort(tree.nodes.at, tree.nodes.count, sizeof *tree.nodes.at,
		      by_path);
	if (!err)
		err = check_doubled(&tree.nodes);
	if (err)
		nb_nodes_free(&tree.nodes);
	else
		*out = tree.nodes;
	return err;
}

enum nb_err
nb_reader_tree(struct nb_blocks *blocks, uint32_t start, struct nb_nodes *out)
{
	return read_tree(blocks, start, false, out);
}

enum nb_err
nb_reader_damaged_tree(struct nb_blocks *blocks, uint32_t start,
		       struct nb_nodes *out)
{
	struct nb_patient_blocks patient;

	nb_patient_begin(&patient, blocks);
	return read_tree(&patient.blocks, start, true, out);
}
