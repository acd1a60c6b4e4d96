/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time.  Deadlines use the monotonic clock; dates are for people and never
 * decide an order; generations do.
 */
#ifndef NB_BASE_CLOCK_H
#define NB_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds of a clock that never goes back. */
int64_t nb_clock_ms(void);

/*
 * The date for something created now, in seconds since 1970 UTC:
 * SOURCE_DATE_EPOCH from the environment if it is a number, else the real
 * clock.
 */
int64_t nb_clock_date(void);

/*
 * Is what was done at LAST to be done again at NOW, after PERIOD seconds?  A
 * LAST in the future was written by a clock that was wrong, and must not put it
 * off until then.
 */
bool nb_clock_is_due(int64_t last, int64_t now, int64_t period);

#define NB_CLOCK_TEXT 32

/* "2026-11-21T01:15:00Z" into BUF; returns BUF. */
const char *nb_clock_text(int64_t date, char buf[NB_CLOCK_TEXT]);

/* "20261121T011500Z" into BUF; returns BUF. */
const char *nb_clock_compact(int64_t date, char buf[NB_CLOCK_TEXT]);

#endif
