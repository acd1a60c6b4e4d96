/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serving a source to another host.  Included by <nightburn/nightburn.h>.
 */
#ifndef NIGHTBURN_REMOTE_H
#define NIGHTBURN_REMOTE_H

#include <stddef.h>

#include <nightburn/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reads one request from IN, carries it out and answers to OUT, which also gets
 * all messages.  ALLOWED: kinds of sources that may be read wherever they are,
 * and absolute paths beneath which trees may be read; empty: no limit.  CONFIG:
 * the configuration of this host, whose state, staging and disc files are in no
 * tree; it need not exist.  SIGPIPE is ignored from then on.  NB_EUSAGE:
 * ALLOWED has another word; NB_ECANCELED: the other end has closed the
 * connection. */
NB_API enum nb_err nb_remote_serve(const char *config, int in, int out,
				   const char *const *allowed, size_t count);

#ifdef __cplusplus
}
#endif

#endif
