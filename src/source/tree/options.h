/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of a block tree, and the rules by which any directory is read. */
#ifndef NB_SOURCE_TREE_OPTIONS_H
#define NB_SOURCE_TREE_OPTIONS_H

#include "model/source_kind.h"
#include "source/source.h"
#include "source/ssh/options.h"

enum nb_pack { NB_PACK_NONE, NB_PACK_TAR_ZST };

/* What is read of a directory, whichever source provides it. */
struct nb_tree_rules {
	char *only;              /* only this file in it, named by the user;
				    NULL: all */
	struct nb_names exclude; /* patterns (model/ignore.h) */
	bool one_file_system;
	uint64_t max_file_size;     /* larger files are excluded; 0: no limit */
	struct nb_names copy_first; /* patterns of files that are copied into
				       staging before they are burned */
	int64_t copy_newer;         /* ... and those changed in the last
				       seconds; 0: none */
	bool fail_on_change;        /* on_change = report | fail */
	bool skip_unreadable;       /* on_unreadable = fail | report */
	bool fixed;                 /* they are no options of the user */
	enum nb_pack pack;
	int64_t io_timeout;    /* seconds for a call into the file system; 0: no
				limit */
	struct nb_least least; /* min_ratio, min_kept, min_unchanged */
};

#define NB_TREE_LEAST ((struct nb_least){ 0.5, 0.5, 0.1 })
#define NB_TREE_IO_TIMEOUT 60

struct nb_tree_options {
	char *path;
	struct nb_tree_rules rules;
	enum nb_reread checksum; /* how often unchanged files are read */
	struct nb_ssh_options remote;
};

static inline const struct nb_tree_options *
nb_tree_options(const struct nb_config_source *source)
{
	return source->options;
}

extern const struct nb_field nb_tree_fields[];
void nb_tree_options_begin(void *options);
enum nb_err nb_tree_options_end(const char *file,
				struct nb_config_source *source);
void nb_tree_options_clear(void *options);

#endif
