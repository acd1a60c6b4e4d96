/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The power check: the state of an uninterruptible power supply, as reported by
 * Network UPS Tools (upsc), and whether a night's work may begin or continue.
 */
#ifndef NB_MODEL_POWER_H
#define NB_MODEL_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/config/config.h"

struct nb_power {
	bool known;      /* it is on line (OL) or on battery (OB), or one of
			    the next */
	bool on_battery; /* OB: no mains power */
	bool low;        /* LB: the battery is low */
	bool ending;     /* FSD: the shutdown has been ordered */
	int64_t runtime; /* seconds of battery (battery.runtime); -1: unknown */
	char status[32]; /* its ups.status, cut off; "": it did not respond */
};

/* Reads the output of "upsc NAME", lines of "key: value". */
void nb_power_parse(const char *text, struct nb_power *out);

enum nb_power_answer {
	NB_POWER_GOOD,
	NB_POWER_BATTERY,    /* on battery */
	NB_POWER_LOW,        /* low battery */
	NB_POWER_ENDING,     /* the shutdown has been ordered */
	NB_POWER_RUNTIME,    /* the battery is not charged enough */
	NB_POWER_NO_RUNTIME, /* min_runtime is set, and the UPS does not tell */
	NB_POWER_STATE,      /* neither on line nor on battery */
	NB_POWER_UNKNOWN     /* the UPS does not respond */
};

/* May a dump, a blank or a burn begin? */
enum nb_power_answer nb_power_may_begin(const struct nb_config_power *limits,
					const struct nb_power *power);

/* What is in progress. */
struct nb_power_work {
	int64_t elapsed_ms;   /* since its first byte */
	uint64_t done, total; /* bytes; total 0: not known */
	bool spoils;          /* stopping it spoils a session */
};

/* Seconds to close a session after its last byte: twice the longest, which is
 * the lead-out of a CD at 1x (ECMA-394: 90 s). */
#define NB_POWER_CLOSE_S 180

/*
 * May WORK continue?  On battery, a burn continues if the battery lasts for the
 * remaining time at the average speed so far, if both are known; on low battery
 * nothing continues.  A UPS that no longer responds stops nothing.
 */
enum nb_power_answer nb_power_may_go_on(const struct nb_power *power,
					const struct nb_power_work *work);

/* Seconds that WORK still needs, including closing; -1: unknown. */
int64_t nb_power_remaining(const struct nb_power_work *work);

/* "on battery"; statically allocated. */
const char *nb_power_text(enum nb_power_answer answer);

#endif
