/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading an ISO 9660 session back: single small files by path (the label), and
 * the whole tree with the extents of each file.
 *
 * Discs are hostile input.  libisofs reads them in a child process
 * (read/sandbox.h); names are checked (nb_path_is_safe), depth, sizes and the
 * resources of the child are limited.
 */
#ifndef NB_DISC_READER_H
#define NB_DISC_READER_H

#include "disc/blocks.h"
#include "model/record/entry.h"
#include "model/record/label.h"

/*
 * Reads the file PATH of the session that begins at START (0 on overwritable
 * media and image files) without loading the tree.  NB_ENOTFOUND (not logged):
 * no such file, or no ISO 9660 file system; NB_EFULL: larger than MAX; NB_EIO;
 * NB_ECORRUPT.  The caller frees *TEXT.
 */
enum nb_err nb_reader_file(struct nb_blocks *blocks, uint32_t start,
			   const char *path, size_t max, char **text,
			   size_t *length);

/* The maximum size of a label. */
#define NB_LABEL_MAX 65536

/* Reads and parses the label twice, or its copy if a block of it is unreadable:
 * anything but two equal, well-formed results is NB_LABEL_UNREADABLE; a session
 * without the file, or no file system at all, is NB_LABEL_NONE.  SHA256 (may be
 * NULL) gets the hash of the file. */
enum nb_label_state nb_reader_label(struct nb_blocks *blocks, uint32_t start,
				    struct nb_label *label,
				    uint8_t sha256[NB_SHA256_SIZE]);

/* The volume id of the session at START, "" if there is none. */
void nb_reader_volume_id(struct nb_blocks *blocks, uint32_t start,
			 char volume_id[33]);

/*
 * Do other systems see the tree of the session at START, which is the newest?
 * On a disc with random access they know only the volume descriptor at block
 * 16: it, and the first block of the root directory that it names, must be
 * readable, and that root must be the one of the session.
 */
bool nb_reader_is_mountable(struct nb_blocks *blocks, uint32_t start);

struct nb_extent {
	uint32_t lba;
	uint64_t bytes;
};

struct nb_node {
	struct nb_entry entry;     /* path, type, attributes, size */
	struct nb_extent *extents; /* of a file, in order */
	size_t extent_count;
};

struct nb_nodes NB_ARRAY(struct nb_node);

/* Every node of the session at START (the root itself left out), sorted by
 * path.  NB_ECORRUPT, NB_EIO.  Free with nb_nodes_free. */
enum nb_err nb_reader_tree(struct nb_blocks *blocks, uint32_t start,
			   struct nb_nodes *out);
void nb_nodes_free(struct nb_nodes *nodes);

/* The same for a tree with unreadable blocks: nodes that are in them are
 * missing. */
enum nb_err nb_reader_damaged_tree(struct nb_blocks *blocks, uint32_t start,
				   struct nb_nodes *out);

/* Tries in a child process whether the tree of the session at START can be
 * loaded without a crash.  Errors as nb_reader_tree. */
enum nb_err nb_reader_try(struct nb_blocks *blocks, uint32_t start);

const struct nb_node *nb_nodes_find(const struct nb_nodes *nodes,
				    const char *path);
/* The node at PATH beneath the directory ABOVE, or NULL. */
const struct nb_node *nb_nodes_find_beneath(const struct nb_nodes *nodes,
					    const char *above,
					    const char *path);

/* The bytes of the file NODE as text, which the caller frees.  NB_EFULL: more
 * than MAX; NB_ECORRUPT: no file; NB_EIO. */
enum nb_err nb_reader_text(struct nb_blocks *blocks, const struct nb_node *node,
			   size_t max, char **text, size_t *length);

/* Calls FN with the bytes of NODE in order, in pieces of up to 1 MiB. */
enum nb_err nb_reader_bytes(
	struct nb_blocks *blocks, const struct nb_node *node,
	enum nb_err (*fn)(void *ctx, const void *data, size_t n), void *ctx);

#endif
