/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of the reader that runs in the child process of the sandbox: it
 * reads with libisofs and sends records.
 */
#ifndef NB_DISC_READER_INSIDE_H
#define NB_DISC_READER_INSIDE_H

#include "disc/read/sandbox.h"

/* The file PATH of the session at START: its size as uint64_t, then its bytes.
 * NB_ENOTFOUND (not logged), NB_EFULL, NB_ECORRUPT, NB_EIO. */
enum nb_err nb_inside_file(struct nb_blocks *blocks, uint32_t start,
			   const char *path, size_t max,
			   struct nb_sandbox_out *out);

/* A node of the tree: this, its extents, its path, its target. */
struct nb_inside_node {
	uint32_t type, mode, uid, gid;
	int64_t mtime;
	uint64_t size, rdev;
	uint32_t extents;      /* struct nb_extent each */
	uint32_t path, target; /* bytes, without NUL */
};

/* Sends all nodes of the session at START.  OUT NULL: only tries to read them.
 * TOLERANT: damaged parts of the tree are left out. */
enum nb_err nb_inside_tree(struct nb_blocks *blocks, uint32_t start,
			   bool tolerant, struct nb_sandbox_out *out);

#endif
