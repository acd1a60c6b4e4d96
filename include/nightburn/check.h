/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration, summed up and checked.  Included by <nightburn/nightburn.h>.
 */
#ifndef NIGHTBURN_CHECK_H
#define NIGHTBURN_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include <nightburn/error.h>
#include <nightburn/size.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nightburn;

/* Describes the configuration for people: one line for each job, source and
 * drive. */
struct nb_config_summary {
	NB_SIZE(nb_config_summary);
	size_t jobs, pools, drives, sources;
};
NB_API void nb_config_summary(const struct nightburn *nb,
			      struct nb_config_summary *out);

/*
 * Checks what nb_open does not, because it is not in the file: what a night
 * would find.  Drives, pools, programs and users of hooks, each source, the
 * room in the staging directory, and what of nightburn itself is in a tree.
 * CONNECT: servers, other hosts and the power supply are asked, too; what they
 * would be asked for is not checked otherwise.
 *
 * All that is wrong is logged; what does not prevent a backup as a warning.
 * NB_ECONFIG; NB_EFAIL: only the power supply would not let a run start.
 */
NB_API enum nb_err nb_check_config(struct nightburn *nb, bool connect);

#ifdef __cplusplus
}
#endif

#endif
