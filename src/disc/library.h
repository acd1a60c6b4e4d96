/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libburn, libisofs and libisoburn: started once, their messages drained into
 * ours, their returns turned into enum nb_err.  No other file judges a return
 * value of theirs by "<= 0".
 */
#ifndef NB_DISC_LIBRARY_H
#define NB_DISC_LIBRARY_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Starts the libraries; counted, so that each begin has its end.  They start
 * threads: fork and exec other programs before, or after the last end.
 * Installs no signal handler that exits.  NB_EFAIL.
 */
enum nb_err nb_library_begin(void);
void nb_library_end(void);

/*
 * Passes what the libraries have queued to nb_log: their SORRY and worse as
 * warnings, the rest as NB_DEBUG, each with its origin.  Returns true when one
 * of severity SORRY or worse was among them (or since the last call).
 */
bool nb_library_drain(void);

/*
 * Turns the return value RET of a libisofs or libburn call that says success
 * with a positive number into ours: NB_OK; NB_ENOMEM; NB_ECANCELED; else
 * nb_fail(ERR, "WHAT: <the library's own words>").
 */
enum nb_err nb_library_check(int ret, enum nb_err err, const char *what);

/* The same of what reads a disc, with NB_ECORRUPT: libisofs gives up with
 * ISO_CANCELED there, for a reason that it has said before. */
enum nb_err nb_library_check_read(int ret, const char *what);

#endif
