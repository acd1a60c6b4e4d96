/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/image/private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "disc/image/earlier.h"
#include "disc/library.h"
#include "model/record/own_files.h"

struct tree {
	struct nb_image *image;
	IsoDir **dirs;         /* of each entry that is a directory */
	const char *last_path; /* the parent found last, and its node */
	size_t last_length;
	IsoDir *last;
	struct nb_earlier *earlier;
};

static enum nb_err
check(int ret, const char *path)
{
	return nb_library_check(ret, NB_EFAIL, path);
}

/* The directory NAME in PARENT: an existing one, or a new one owned by root. */
static enum nb_err
get_or_make(struct tree *t, IsoDir *parent, const char *name, IsoDir **out)
{
	IsoNode *node = NULL;
	enum nb_err err;

	if (iso_dir_get_node(parent, name, &node) == 1) {
		if (iso_node_get_type(node) == LIBISO_DIR) {
			*out = (IsoDir *)node;
			return NB_OK;
		}
		err = check(iso_node_remove(node), name);
		if (err)
			return err;
	}
	err = check(iso_tree_add_new_dir(parent, name, out), name);
	if (!err) {
		struct nb_entry plain = { .mode = 0755,
					  .mtime = t->image->options.date };

		nb_image_set_attributes((IsoNode *)*out, &plain);
	}
	return err;
}

static enum nb_err find_dir(struct tree *t, const char *path, size_t length,
			    IsoDir **out);

/* Creates the directory of the first LENGTH bytes of PATH, its parents
 * first. */
static enum nb_err
make_dir(struct tree *t, const char *path, size_t length, IsoDir **out)
{
	IsoDir *parent = NULL;
	size_t up = length;
	enum nb_err err;
	char *name;

	while (up > 0 && path[up - 1] != '/')
		up--;
	err = find_dir(t, path, up ? up - 1 : 0, &parent);
	if (err)
		return err;
	err = nb_str_format(&name, "%.*s", (int)(length - up), path + up);
	if (err)
		return err;
	err = get_or_make(t, parent, name, out);
	free(name);
	return err;
}

static enum nb_err
find_dir(struct tree *t, const char *path, size_t length, IsoDir **out)
{
	struct nb_entry *e = NULL;
	enum nb_err err;
	char *text;

	if (!length) {
		*out = iso_image_get_root(t->image->iso);
		return NB_OK;
	}
	if (t->last && t->last_length == length
	    && !memcmp(t->last_path, path, length)) {
		*out = t->last;
		return NB_OK;
	}
	err = nb_str_format(&text, "%.*s", (int)length, path);
	if (err)
		return err;
	e = nb_entries_find(t->image->entries, text);
	free(text);
	if (e && e->type == NB_ENTRY_DIR) {
		size_t i = (size_t)(e - t->image->entries->at);

		if (!t->dirs[i]) {
			err = make_dir(t, path, length, &t->dirs[i]);
			if (!err)
				err = nb_image_set_all((IsoNode *)t->dirs[i],
						       e);
		}
		*out = t->dirs[i];
	} else {
		err = make_dir(t, path, length, out);
	}
	if (!err) {
		t->last_path = path;
		t->last_length = length;
		t->last = *out;
	}
	return err;
}

static enum nb_err
add_file(struct tree *t, IsoDir *parent, const char *name, size_t i)
{
	struct nb_image *image = t->image;
	struct nb_entry *e = &image->entries->at[i];
	const struct nb_own_file *own = nb_own_file_find(e->path);
	IsoStream *stream;
	IsoFile *file = NULL;
	enum nb_err err;

	err = nb_stream_new(image->streams, e, image->first[i] + 1, &stream);
	if (err)
		return err;
	err = check(iso_tree_add_new_file(parent, name, stream, &file),
		    e->path);
	if (err) {
		iso_stream_unref(stream);
		return err;
	}
	if (e->content == NB_CONTENT_BOOT)
		iso_node_set_sort_weight((IsoNode *)file, NB_WEIGHT_BOOT);
	else if (own)
		iso_node_set_sort_weight((IsoNode *)file, own->weight);
	return nb_image_set_all((IsoNode *)file, e);
}

/* Moves NODE to NAME in PARENT. */
static enum nb_err
move_node(IsoNode *node, IsoDir *parent, const char *path)
{
	enum nb_err err = check(iso_node_take(node), path);

	return err ? err : check(iso_dir_add_node(parent, node, 0), path);
}

/*
 * Two names for one content.  Only for the imported node, not for its clone,
 * does libisofs know that the bytes are on the disc; if it meets the clone
 * first, it writes them again.  It goes in the order of names, so the imported
 * node must be in the directory that comes first.
 */
static enum nb_err
name_twice(struct tree *t, IsoNode *old, IsoDir *parent,
	   const struct nb_entry *e)
{
	IsoDir *at = iso_node_get_parent(old), *to = parent;
	IsoNode *clone = NULL, *mine = old;
	enum nb_err err = NB_OK;
	char *name;

	if (strcmp(e->shared, e->path) > 0) {
		err = move_node(old, parent, e->path);
		to = at;
	}
	if (!err)
		err = nb_str_dup(iso_node_get_name(old), &name);
	if (err)
		return err;
	err = check(
		iso_image_tree_clone(t->image->iso, old, to, name, &clone, 0),
		e->path);
	free(name);
	if (to == parent)
		mine = clone;
	return err ? err : nb_image_set_all(mine, e);
}

/* E's path without its first component: its name in any backup. */
static const char *
inner_path(const struct nb_entry *e)
{
	const char *slash = strchr(e->path, '/');

	return slash ? slash + 1 : "";
}

/* A file whose bytes an earlier session wrote. */
static enum nb_err
add_earlier(struct tree *t, IsoDir *parent, const struct nb_entry *e)
{
	const char *path = inner_path(e);
	IsoNode *old = NULL;
	enum nb_err err = nb_earlier_find(t->earlier, e->shared, path, &old);

	if (err)
		return err;
	if (!old || iso_node_get_type(old) != LIBISO_FILE)
		return nb_fail(NB_ECORRUPT, "/%s/%s: missing on the disc",
			       e->shared, path);
	return name_twice(t, old, parent, e);
}

static enum nb_err
add_special(IsoDir *parent, const char *name, const struct nb_entry *e)
{
	static const mode_t types[] = {
		[NB_ENTRY_FIFO] = S_IFIFO,
		[NB_ENTRY_CHAR] = S_IFCHR,
		[NB_ENTRY_BLOCK] = S_IFBLK,
		[NB_ENTRY_SOCKET] = S_IFSOCK,
	};
	IsoSpecial *node = NULL;
	enum nb_err err;

	err = check(iso_tree_add_new_special(parent, name,
					     e->mode | types[e->type], e->rdev,
					     &node),
		    e->path);
	return err ? err : nb_image_set_all((IsoNode *)node, e);
}

static enum nb_err
add_symlink(IsoDir *parent, const char *name, const struct nb_entry *e)
{
	IsoSymlink *node = NULL;
	enum nb_err err;

	err = check(iso_tree_add_new_symlink(parent, name, e->target, &node),
		    e->path);
	return err ? err : nb_image_set_all((IsoNode *)node, e);
}

static enum nb_err
add_entry(struct tree *t, size_t i)
{
	struct nb_entry *e = &t->image->entries->at[i];
	const char *slash = strrchr(e->path, '/');
	const char *name = slash ? slash + 1 : e->path;
	IsoDir *parent = NULL;
	IsoNode *old = NULL;
	enum nb_err err;

	if (e->off_disc)
		return NB_OK;
	if (e->type == NB_ENTRY_DIR)
		return find_dir(t, e->path, strlen(e->path), &parent);
	err = find_dir(t, e->path, slash ? (size_t)(slash - e->path) : 0,
		       &parent);
	if (!err && t->image->options.previous
	    && iso_dir_get_node(parent, name, &old) == 1)
		err = check(iso_node_remove(old), e->path);
	if (err)
		return err;
	if (e->content == NB_CONTENT_EARLIER)
		return add_earlier(t, parent, e);
	if (e->type == NB_ENTRY_FILE)
		return add_file(t, parent, name, i);
	if (e->type == NB_ENTRY_SYMLINK)
		return add_symlink(parent, name, e);
	return add_special(parent, name, e);
}

/* Zeros in a file that is in no directory. */
static enum nb_err
add_gap(struct nb_image *image)
{
	size_t size = (size_t)image->options.gap * NB_BLOCK;
	unsigned char *zeros = size ? calloc(1, size) : NULL;
	IsoStream *stream = NULL;
	IsoFile *file = NULL;
	enum nb_err err;

	if (!size)
		return NB_OK;
	if (!zeros)
		return nb_fail_memory();
	err = check(iso_memory_stream_new(zeros, size, &stream), "gap");
	if (err) {
		free(zeros);
		return err;
	}
	/* The stream owns ZEROS now, which the analyzer does not see. */
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
	err = check(iso_tree_add_new_file(iso_image_get_root(image->iso), "gap",
					  stream, &file),
		    "gap");
	if (err) {
		iso_stream_unref(stream);
		return err;
	}
	iso_node_set_sort_weight((IsoNode *)file, NB_GAP_WEIGHT);
	iso_node_set_hidden((IsoNode *)file,
			    LIBISO_HIDE_ON_RR | LIBISO_HIDE_ON_JOLIET
				    | LIBISO_HIDE_BUT_WRITE);
	return NB_OK;
}

/* Siblings are a sorted list in libisofs: the last name first is fast. */
enum nb_err
nb_image_fill(struct nb_image *image)
{
	IsoNode *root = (IsoNode *)iso_image_get_root(image->iso);
	struct nb_entry plain = { .mode = 0755, .mtime = image->options.date };
	struct tree t = { .image = image };
	enum nb_err err = nb_earlier_new(image->iso, &t.earlier);

	t.dirs = calloc(image->entries->count + 1, sizeof *t.dirs);
	if (!err && !t.dirs)
		err = nb_fail_memory();
	for (size_t i = image->entries->count; !err && i-- > 0;)
		err = add_entry(&t, i);
	nb_image_set_attributes(root, &plain);
	free(t.dirs);
	nb_earlier_free(t.earlier);
	return err ? err : add_gap(image);
}

static enum nb_err
move_one(struct tree *t, const struct nb_own_file *own, IsoDir *to)
{
	struct nb_image *image = t->image;
	const char *path = own->path;
	IsoNode *node = NULL;
	char *full;
	enum nb_err err;

	err = nb_str_format(&full, "/%s", path);
	if (err)
		return err;
	if (iso_tree_path_to_node(image->iso, full, &node) == 1) {
		if (own->of)
			err = get_or_make(t, to, "copy", &to);
		if (!err)
			err = move_node(node, to, path);
	}
	free(full);
	return err;
}

enum nb_err
nb_image_move_aside(struct nb_image *image, const char *id)
{
	struct tree t = { .image = image };
	IsoDir *own = NULL, *to = NULL;
	enum nb_err err;

	err = get_or_make(&t, iso_image_get_root(image->iso), "nightburn",
			  &own);
	if (!err)
		err = get_or_make(&t, own, id, &to);
	for (size_t i = 0; !err && i < NB_OWN_FILES; i++)
		if (nb_own_files[i].kept)
			err = move_one(&t, &nb_own_files[i], to);
	return err;
}
