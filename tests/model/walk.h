/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NB_MODEL_WALK_H
#define NB_MODEL_WALK_H

#include "moves.h"

/* STEPS moves, chosen by SEED, without other trouble than that a run dies, one
 * line of JSON each to stdout; discs keep their numbers.  0, or 1 when the promise was broken. */
int walk(uint64_t seed, int steps);

#endif
