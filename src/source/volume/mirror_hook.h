/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hooks of a split: quiesce before, resume after it.  Private to source/.
 */
#ifndef NB_SOURCE_MIRROR_HOOK_H
#define NB_SOURCE_MIRROR_HOOK_H

#include "source/volume/options.h"

/* Runs WORDS, a program and its arguments, for the mirror SOURCE; does nothing
 * without words.  Its environment describes the mirror.  NB_ESOURCE and errors
 * of nb_proc_run. */
enum nb_err nb_mirror_hook(const struct nb_config_source *source,
			   const struct nb_names *words);

#endif
