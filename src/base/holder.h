/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is using a device, as far as /proc shows it to this process: for
 * messages, and for the last check before a disc is written.
 */
#ifndef NB_BASE_HOLDER_H
#define NB_BASE_HOLDER_H

#include "base/err.h"

/* Where DEVICE, or what its path leads to, is mounted: the first such place, or
 * NULL.  The caller frees *WHERE.  NB_ENOMEM. */
enum nb_err nb_holder_mount(const char *device, char **where);

/* Other processes that have PATH open: "process 12 (wodim), process 14 (cat)",
 * three at most, or NULL if there is none.  The caller frees *WHO.
 * NB_ENOMEM. */
enum nb_err nb_holder_processes(const char *path, char **who);

#endif
