/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the parsed file to the records of config.h: which options there are,
 * their defaults, and what must hold between them.
 */
#ifndef NB_MODEL_CONFIG_BUILD_H
#define NB_MODEL_CONFIG_BUILD_H

#include "model/config/config.h"
#include "model/config/syntax.h"
#include "model/source_kind.h"

#define NB_ROOT_BLOCKS 6

/* The grammar of nightburn.conf(5); not to be copied. */
struct nb_grammar {
	const struct nb_source_kind *const *kinds;
	struct nb_section root;
	struct nb_section blocks[NB_ROOT_BLOCKS]; /* in root */
	/* In a job: the kinds, the hooks, and an end marker. */
	struct nb_section job[NB_SOURCE_KINDS_MAX + NB_HOOKS + 1];
};

void nb_grammar_make(const struct nb_source_kind *const *kinds,
		     struct nb_grammar *grammar);

/* ---- the sources of a job (model/config/source.c) ---- */

/* A source with the defaults of KIND, before its options are read.  Clear it in
 * every case.  NB_ENOMEM */
enum nb_err nb_config_source_begin(const struct nb_source_kind *kind,
				   struct nb_config_source *source);

/* After its options were read: checks and defaults that depend on several
 * options.  NB_ECONFIG, logged with FILE and the source's line. */
enum nb_err nb_config_source_end(const char *file,
				 struct nb_config_source *source);

/* Checks the source number I for conflicts with those before it: second ones,
 * and names that a disc cannot hold together.  NB_ECONFIG, logged. */
enum nb_err nb_config_source_unique(const char *file,
				    const struct nb_config_sources *sources,
				    size_t i);

/*
 * Fills CONFIG, which has only its file name, from CFG.  NB_ECONFIG, logged
 * with file and line; CONFIG is then incomplete, and the caller frees it.
 */
enum nb_err nb_config_build(cfg_t *cfg, const struct nb_grammar *grammar,
			    struct nb_config *config);

/* ---- clones (model/config/clone.c) ---- */

extern const struct nb_field nb_config_clone_fields[];
void nb_config_clone_begin(struct nb_config_clone *clone);
/* As nb_config_source_end. */
enum nb_err nb_config_clone_end(const char *file,
				struct nb_config_clone *clone);

/* ---- pools (model/config/disc_names.c) ---- */

/* As nb_config_source_end; LINE is that of the block. */
enum nb_err nb_config_pool_end(const char *file, int line,
			       struct nb_config_pool *pool);

/* ---- hooks (model/config/hook.c) ---- */

extern const char *const nb_config_hook_names[NB_HOOKS];
extern const struct nb_field nb_config_hook_fields[];
void nb_config_hook_begin(enum nb_hook when, struct nb_config_hook *hook);
/* NB_ECONFIG, logged with FILE and the hook's line. */
enum nb_err nb_config_hook_end(const char *file,
			       const struct nb_config_hook *hook);

#endif
