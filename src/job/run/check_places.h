/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with the places that the configuration names: the directories
 * of nightburn, and its drives. */
#ifndef NB_JOB_CHECK_PLACES_H
#define NB_JOB_CHECK_PLACES_H

#include "model/config/config.h"

/* How many of them a night could not use; each is logged, and warnings of those
 * that it could. */
size_t nb_check_places(const struct nb_config *config);

#endif
