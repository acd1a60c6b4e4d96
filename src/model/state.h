/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The states of <nightburn/state.h>, and their names parsed: catalog and
 * manifest store words.
 */
#ifndef NB_MODEL_STATE_H
#define NB_MODEL_STATE_H

#include <stdbool.h>

#include <nightburn/state.h>

/* False, *OUT untouched: unknown NAME. */
bool nb_disc_state_parse(const char *name, enum nb_disc_state *out);
bool nb_clone_state_parse(const char *name, enum nb_clone_state *out);
bool nb_drill_state_parse(const char *name, enum nb_drill_state *out);
bool nb_check_state_parse(const char *name, enum nb_check_state *out);
bool nb_entry_type_parse(const char *name, enum nb_entry_type *out);

#endif
