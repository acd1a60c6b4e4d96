/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/read/inside.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libisofs/libisofs.h>

#include "base/path.h"
#include "base/str.h"
#include "disc/blocks_iso.h"
#include "disc/library.h"
#include "disc/read/reader.h"

/* Twice as deep as a tree can be whose paths the kernel takes (PATH_MAX). */
#define DEPTH_MAX 4096

struct walk {
	struct nb_sandbox_out *out;
	struct nb_str record; /* of the node that is sent */
};

static enum nb_err
add_extents(IsoFile *file, const char *path, struct nb_inside_node *head,
	    struct nb_str *extents)
{
	struct iso_file_section *sections = NULL;
	int count = 0;

	if (iso_file_get_old_image_sections(file, &count, &sections, 0) < 0)
		return nb_fail(NB_ECORRUPT, "%s: no extents", path);
	for (int i = 0; i < count; i++) {
		struct nb_extent extent;

		memset(&extent, 0, sizeof extent);
		extent.lba = sections[i].block;
		extent.bytes = sections[i].size;
		nb_str_add_bytes(extents, &extent, sizeof extent);
	}
	free(sections);
	head->extents = (uint32_t)count;
	return NB_OK;
}

static bool
type_of(mode_t mode, uint32_t *type)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		*type = NB_ENTRY_FILE;
		return true;
	case S_IFDIR:
		*type = NB_ENTRY_DIR;
		return true;
	case S_IFLNK:
		*type = NB_ENTRY_SYMLINK;
		return true;
	case S_IFIFO:
		*type = NB_ENTRY_FIFO;
		return true;
	case S_IFCHR:
		*type = NB_ENTRY_CHAR;
		return true;
	case S_IFBLK:
		*type = NB_ENTRY_BLOCK;
		return true;
	case S_IFSOCK:
		*type = NB_ENTRY_SOCKET;
		return true;
	default:
		return false;
	}
}

static const char *
target_of(IsoNode *node)
{
	const char *target = iso_node_get_type(node) == LIBISO_SYMLINK
		? iso_symlink_get_dest((IsoSymlink *)node)
		: "";

	return target ? target : "";
}

static enum nb_err
send_node(struct walk *w, IsoNode *node, const char *path, uint32_t type)
{
	const char *target = target_of(node);
	struct nb_str extents = NB_STR_INIT;
	struct nb_inside_node head;
	enum nb_err err = NB_OK;

	memset(&head, 0, sizeof head);
	head.type = type;
	head.mode = iso_node_get_mode(node) & 07777;
	head.uid = iso_node_get_uid(node);
	head.gid = iso_node_get_gid(node);
	head.mtime = iso_node_get_mtime(node);
	head.path = (uint32_t)strlen(path);
	head.target = (uint32_t)strlen(target);
	if (type == NB_ENTRY_CHAR || type == NB_ENTRY_BLOCK)
		head.rdev = iso_special_get_dev((IsoSpecial *)node);
	if (type == NB_ENTRY_FILE && iso_node_get_type(node) == LIBISO_FILE) {
		head.size = (uint64_t)iso_file_get_size((IsoFile *)node);
		err = add_extents((IsoFile *)node, path, &head, &extents);
	}
	w->record.length = 0;
	nb_str_add_bytes(&w->record, &head, sizeof head);
	nb_str_add_bytes(&w->record, extents.text, extents.length);
	nb_str_add_bytes(&w->record, path, head.path);
	nb_str_add_bytes(&w->record, target, head.target);
	if (!err && (extents.failed || w->record.failed))
		err = nb_fail_memory();
	nb_str_free(&extents);
	return err ? err
		   : nb_sandbox_put(w->out, w->record.text, w->record.length);
}

static enum nb_err
walk(struct walk *w, IsoDir *dir, const char *prefix, int depth)
{
	IsoDirIter *iter = NULL;
	enum nb_err err;
	IsoNode *node;

	if (depth > DEPTH_MAX)
		return nb_fail(
			NB_ECORRUPT,
			"%.64s: directories nested deeper than %d levels",
			prefix, DEPTH_MAX);
	err = nb_library_check_read(iso_dir_get_children(dir, &iter), prefix);
	while (!err && iso_dir_iter_next(iter, &node) == 1) {
		const char *name = iso_node_get_name(node);
		char *path = NULL;
		uint32_t type = 0;

		if (!name || strchr(name, '/') || !nb_path_is_safe(name))
			err = nb_fail(NB_ECORRUPT,
				      "%s: an unsafe name in "
				      "this directory",
				      prefix[0] ? prefix : "/");
		if (!err)
			err = nb_str_format(&path, "%s%s%s", prefix,
					    prefix[0] ? "/" : "", name);
		if (!err && !type_of(iso_node_get_mode(node), &type))
			err = nb_fail(NB_ECORRUPT, "%s: unknown file type",
				      path);
		if (!err && iso_node_get_type(node) == LIBISO_DIR)
			err = walk(w, (IsoDir *)node, path, depth + 1);
		if (!err)
			err = send_node(w, node, path, type);
		free(path);
	}
	if (iter)
		iso_dir_iter_free(iter);
	return err;
}

enum nb_err
nb_inside_tree(struct nb_blocks *blocks, uint32_t start, bool tolerant,
	       struct nb_sandbox_out *out)
{
	char fatal[] = "FATAL";
	struct walk w = { .out = out };
	IsoImage *image = NULL;
	enum nb_err err;

	/* This is a separate process. */
	if (tolerant)
		iso_set_abort_severity(fatal);
	err = nb_library_check(iso_image_new("", &image), NB_ENOMEM,
			       blocks->name);
	if (!err)
		err = nb_blocks_iso_import(blocks, start, image);
	if (!err && out)
		err = walk(&w, iso_image_get_root(image), "", 0);
	nb_str_free(&w.record);
	if (image)
		iso_image_unref(image);
	return err;
}
