/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens to a configuration before libconfuse reads it.  Libconfuse
 * counts a line twice when it ends with a comment, drops an asterisk that
 * stands outside quotes, replaces ${NAME} from the environment, and takes the
 * end of the file for the end of a comment or string: none of that must reach
 * an administrator.
 */
#ifndef NB_MODEL_CONFIG_SCAN_H
#define NB_MODEL_CONFIG_SCAN_H

#include "base/err.h"

/* Stands for a dollar in the scanned text; no control character but newline
 * and tab passes the scan, so it cannot be meant as itself. */
#define NB_SCAN_DOLLAR '\001'

/*
 * TEXT with comments as spaces and dollars as NB_SCAN_DOLLAR, line by line as
 * long as it was, in *OUT, which the caller frees.  NB_ECONFIG, logged with
 * FILE and line: bytes that are not text, a string or comment without end, a
 * "#" or "*" that needs quotes.  NB_ENOMEM.
 */
enum nb_err nb_scan(const char *file, const char *text, char **out);

/* Makes dollars of what stands for them. */
void nb_scan_restore(char *text);

#endif
