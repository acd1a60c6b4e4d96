/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration, summed up and checked.  Included by <nightburn/nightburn.h>.
 */
#ifndef NIGHTBURN_CHECK_H
#define NIGHTBURN_CHECK_H

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

/* Checks what nb_open does not, because it is not in the file: whether the
 * power supply answers and lets a run start.  All that is wrong is logged.
 * NB_EFAIL */
NB_API enum nb_err nb_check_config(struct nightburn *nb);

#ifdef __cplusplus
}
#endif

#endif
