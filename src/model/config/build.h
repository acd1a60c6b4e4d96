/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the parsed file to the records of config.h: which options there are,
 * their defaults, and what must hold between them.
 */
#ifndef NB_MODEL_CONFIG_BUILD_H
#define NB_MODEL_CONFIG_BUILD_H

#include "model/config/config.h"
#include "model/config/syntax.h"

/* The grammar of nightburn.conf(5). */
extern const struct nb_section nb_config_grammar;

/* ---- the sources of a job (model/config/source.c) ---- */

/*
 * What may stand in a job block: section number K describes enum nb_source_kind
 * K, number NB_SOURCE_KINDS + H enum nb_hook H.  Ended by one without a name.
 */
extern const struct nb_section nb_config_job_blocks[];

/* The source's defaults, before its options are read. */
void nb_config_source_begin(enum nb_source_kind kind,
			    struct nb_config_source *source);

/* After they were read: what depends on other options.  NB_ECONFIG, logged
 * with FILE and the source's line. */
enum nb_err nb_config_source_end(const char *file,
				 struct nb_config_source *source);

/* What holds between the options of its host (model/config/remote.c).  As
 * nb_config_source_end, which calls it. */
enum nb_err nb_config_remote_end(const char *file,
				 struct nb_config_source *source);

/* ---- those of them that mount a volume first (model/config/volume.c) ---- */

extern const struct nb_field nb_config_lvm_fields[];
extern const struct nb_field nb_config_mirror_fields[];

void nb_config_volume_begin(struct nb_config_source *source);
enum nb_err nb_config_volume_end(const char *file,
				 struct nb_config_source *source);

/*
 * Fills CONFIG, which holds nothing but its file name, from CFG.  NB_ECONFIG,
 * logged with file and line; CONFIG then holds a part, and is the caller's to
 * free.
 */
enum nb_err nb_config_build(cfg_t *cfg, struct nb_config *config);

/* ---- clones (model/config/clone.c) ---- */

extern const struct nb_field nb_config_clone_fields[];
void nb_config_clone_begin(struct nb_config_clone *clone);
/* As nb_config_source_end. */
enum nb_err nb_config_clone_end(const char *file,
				struct nb_config_clone *clone);

/* ---- hooks (model/config/hook.c) ---- */

extern const struct nb_field nb_config_hook_fields[];
void nb_config_hook_begin(enum nb_hook when, struct nb_config_hook *hook);
/* NB_ECONFIG, logged with FILE and the hook's line. */
enum nb_err nb_config_hook_end(const char *file,
			       const struct nb_config_hook *hook);

#endif
