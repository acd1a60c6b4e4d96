/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prepares the text of a configuration for libconfuse.  Libconfuse counts a
 * line twice if it ends with a comment, drops an asterisk outside of quotes,
 * replaces ${NAME} from the environment, and accepts a comment or string that
 * is not terminated: an administrator must not see any of this.
 */
#ifndef NB_MODEL_CONFIG_SCAN_H
#define NB_MODEL_CONFIG_SCAN_H

#include "base/err.h"

/* Replaces a dollar in the scanned text; no control character but newline and
 * tab passes the scan, so it is unambiguous. */
#define NB_SCAN_DOLLAR '\001'

/*
 * Copies TEXT to *OUT, which the caller frees, with comments replaced by spaces
 * and dollars by NB_SCAN_DOLLAR; every line keeps its length.  NB_ECONFIG,
 * logged with FILE and line: bytes that are not text, an unterminated string or
 * comment, a "#" or "*" that needs quotes.  NB_ENOMEM.
 */
enum nb_err nb_scan(const char *file, const char *text, char **out);

/* Turns NB_SCAN_DOLLAR back into dollars. */
void nb_scan_restore(char *text);

#endif
