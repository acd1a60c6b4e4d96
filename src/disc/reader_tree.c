/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/reader.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libisofs/libisofs.h>

#include "base/path.h"
#include "base/str.h"
#include "disc/blocks_iso.h"
#include "disc/library.h"

/* Deeper than any tree that a system makes (PATH_MAX is 4,096 bytes). */
#define DEPTH_MAX 1024

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

static enum nb_err
read_extents(IsoFile *file, struct nb_blocks *blocks, struct nb_node *node)
{
	struct iso_file_section *sections = NULL;
	uint64_t bytes = 0;
	int count = 0;
	enum nb_err err = NB_OK;

	if (iso_file_get_old_image_sections(file, &count, &sections, 0) < 0)
		return nb_fail(NB_ECORRUPT, "%s: no extents",
			       node->entry.path);
	node->extents = calloc((size_t)count + 1, sizeof *node->extents);
	if (!node->extents)
		err = nb_fail_memory();
	for (int i = 0; !err && i < count; i++) {
		uint64_t end = sections[i].block
			+ ((uint64_t)sections[i].size + NB_BLOCK - 1)
			/ NB_BLOCK;

		if (sections[i].size && end > blocks->count)
			err = nb_fail(NB_ECORRUPT, "%s: reaches behind the "
				      "end of the disc", node->entry.path);
		node->extents[i].lba = sections[i].block;
		node->extents[i].bytes = sections[i].size;
		bytes += sections[i].size;
	}
	node->extent_count = (size_t)count;
	if (!err && bytes != node->entry.size)
		err = nb_fail(NB_ECORRUPT, "%s: extents of another size",
			      node->entry.path);
	free(sections);
	return err;
}

static bool
type_of(mode_t mode, enum nb_entry_type *type)
{
	switch (mode & S_IFMT) {
	case S_IFREG: *type = NB_ENTRY_FILE; return true;
	case S_IFDIR: *type = NB_ENTRY_DIR; return true;
	case S_IFLNK: *type = NB_ENTRY_SYMLINK; return true;
	case S_IFIFO: *type = NB_ENTRY_FIFO; return true;
	case S_IFCHR: *type = NB_ENTRY_CHAR; return true;
	case S_IFBLK: *type = NB_ENTRY_BLOCK; return true;
	case S_IFSOCK: *type = NB_ENTRY_SOCKET; return true;
	default: return false;
	}
}

static enum nb_err
read_node(IsoNode *node, struct nb_blocks *blocks, struct nb_node *out)
{
	struct nb_entry *e = &out->entry;

	if (!type_of(iso_node_get_mode(node), &e->type))
		return nb_fail(NB_ECORRUPT, "%s: of an unknown type", e->path);
	e->mode = iso_node_get_mode(node) & 07777;
	e->uid = iso_node_get_uid(node);
	e->gid = iso_node_get_gid(node);
	e->mtime = iso_node_get_mtime(node);
	if (e->type == NB_ENTRY_SYMLINK)
		return nb_str_dup(iso_symlink_get_dest((IsoSymlink *)node),
				  &e->target);
	if (e->type == NB_ENTRY_CHAR || e->type == NB_ENTRY_BLOCK)
		e->rdev = iso_special_get_dev((IsoSpecial *)node);
	if (e->type != NB_ENTRY_FILE
	    || iso_node_get_type(node) != LIBISO_FILE)
		return NB_OK;
	e->size = (uint64_t)iso_file_get_size((IsoFile *)node);
	return read_extents((IsoFile *)node, blocks, out);
}

static enum nb_err
walk(IsoDir *dir, const char *prefix, int depth, struct nb_blocks *blocks,
     struct nb_nodes *out)
{
	IsoDirIter *iter = NULL;
	IsoNode *node;
	enum nb_err err;

	if (depth > DEPTH_MAX)
		return nb_fail(NB_ECORRUPT, "%s: directories too deep",
			       prefix);
	err = nb_library_check(iso_dir_get_children(dir, &iter), NB_ECORRUPT,
			       prefix);
	while (!err && iso_dir_iter_next(iter, &node) == 1) {
		const char *name = iso_node_get_name(node);
		struct nb_node found = { 0 };

		if (!name || strchr(name, '/') || !nb_path_is_safe(name))
			err = nb_fail(NB_ECORRUPT, "%s: an unsafe name in "
				      "this directory", prefix[0] ? prefix
				      : "/");
		if (!err)
			err = nb_str_format(&found.entry.path, "%s%s%s",
					    prefix, prefix[0] ? "/" : "",
					    name);
		if (!err)
			err = read_node(node, blocks, &found);
		if (!err && found.entry.type == NB_ENTRY_DIR)
			err = walk((IsoDir *)node, found.entry.path,
				   depth + 1, blocks, out);
		if (!err)
			err = nb_array_push(out, found);
		if (err) {
			nb_entry_clear(&found.entry);
			free(found.extents);
		}
	}
	if (iter)
		iso_dir_iter_free(iter);
	return err;
}

enum nb_err
nb_reader_tree(struct nb_blocks *blocks, uint32_t start, struct nb_nodes *out)
{
	struct nb_nodes nodes = NB_ARRAY_INIT;
	IsoImage *image = NULL;
	enum nb_err err;

	err = nb_library_check(iso_image_new("", &image), NB_ENOMEM,
			       blocks->name);
	if (err)
		return err;
	err = nb_blocks_iso_import(blocks, start, image);
	if (!err)
		err = walk(iso_image_get_root(image), "", 0, blocks, &nodes);
	iso_image_unref(image);
	if (err) {
		nb_nodes_free(&nodes);
		return err;
	}
	if (nodes.count)
		qsort(nodes.at, nodes.count, sizeof *nodes.at, by_path);
	*out = nodes;
	return NB_OK;
}
