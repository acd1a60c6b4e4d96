/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs that are told of a split: quiesce before, resume after it.  Private
 * to source/.
 */
#ifndef NB_SOURCE_MIRROR_HOOK_H
#define NB_SOURCE_MIRROR_HOOK_H

#include "source/volume/options.h"

/* Runs WORDS, a program and its arguments, for the mirror SOURCE; none is fine.
 * What it is about stands in its environment.  NB_ESOURCE and what nb_proc_run
 * says. */
enum nb_err nb_mirror_hook(const struct nb_config_source *source,
			   const struct nb_names *words);

#endif
