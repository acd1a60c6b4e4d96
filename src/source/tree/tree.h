/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists directories, for every source that provides one.  Private to source/.
 */
#ifndef NB_SOURCE_TREE_TREE_H
#define NB_SOURCE_TREE_TREE_H

#include "source/tree/options.h"

/*
 * Lists everything beneath the open directory ROOT, by RULES, as
 * "<kind>/<name>/...".  Takes ownership of ROOT: it becomes one of OUT->roots,
 * or is closed.  NB_ESOURCE
 */
enum nb_err nb_tree_collect(const struct nb_config_source *source,
			    const struct nb_tree_rules *rules,
			    const struct nb_source_context *context, int root,
			    struct nb_source_output *out);

#endif
