/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libburn, libisofs and libisoburn: starts them once, passes their messages to
 * the log, and turns their return values into enum nb_err.  No other file tests
 * a return value of theirs by "<= 0".
 */
#ifndef NB_DISC_LIBRARY_H
#define NB_DISC_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * Starts the libraries; each begin needs an end.  They start threads: fork and
 * run other programs before, or after the last end.  Installs no signal handler
 * that exits.  NB_EFAIL.
 */
enum nb_err nb_library_begin(void);
void nb_library_end(void);

/*
 * Passes the messages that the libraries have queued to nb_log: SORRY and worse
 * as warnings, the rest as NB_DEBUG, each with its origin.  Returns true if one
 * of severity SORRY or worse was among them (or came since the last call).
 */
bool nb_library_drain(void);

#define NB_LIBRARY_WORDS 1024

/* The same for what will be tried again: everything is NB_DEBUG, and the first
 * bad message is copied to WORDS (N bytes, not 0), which is "" if there is
 * none. */
void nb_library_drain_quietly(char *words, size_t n);

/*
 * Turns the return value RET of a libisofs or libburn call that is positive on
 * success into NB_OK, NB_ENOMEM, NB_ECANCELED, or else nb_fail(ERR, "WHAT: <the
 * library's message>").
 */
enum nb_err nb_library_check(int ret, enum nb_err err, const char *what);

/* The same for reading a disc, with NB_ECORRUPT: libisofs returns ISO_CANCELED
 * there, after a message with the reason. */
enum nb_err nb_library_check_read(int ret, const char *what);

#endif
