/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an uninterruptible power supply says, in the words of Network UPS Tools
 * (upsc), and whether a night's work may begin or go on with it.
 */
#ifndef NB_MODEL_POWER_H
#define NB_MODEL_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/config/config.h"

struct nb_power {
	bool known;      /* the UPS answered, and had a ups.status */
	bool on_battery; /* OB: there is no power from the line */
	bool low;        /* LB: it will end soon */
	bool ending;     /* FSD: the shutdown has been ordered */
	int64_t runtime; /* seconds of battery (battery.runtime); -1: not
				said */
};

/* Reads the output of "upsc NAME", lines of "key: value". */
void nb_power_parse(const char *text, struct nb_power *out);

enum nb_power_answer {
	NB_POWER_GOOD,
	NB_POWER_BATTERY, /* on battery */
	NB_POWER_LOW,     /* low battery */
	NB_POWER_ENDING,  /* the shutdown has been ordered */
	NB_POWER_RUNTIME, /* the battery is not charged enough */
	NB_POWER_UNKNOWN  /* the UPS does not answer */
};

/* May something be begun: a dump, a blank, a burn? */
enum nb_power_answer nb_power_may_begin(const struct nb_config_power *limits,
					const struct nb_power *power);

/* What is under way. */
struct nb_power_work {
	int64_t elapsed_ms;   /* since its first byte */
	uint64_t done, total; /* bytes; total 0: not known */
	bool spoils;          /* ending it in the middle spoils a session */
};

/* The time after the last byte until a session is closed, in seconds: longest
 * for the lead-out of a CD at 1x (ECMA-394: 90 s), doubled. */
#define NB_POWER_CLOSE_S 180

/*
 * May WORK go on?  On battery a burn does when the battery lasts for the time
 * that it still needs at the speed it had so far, as far as both are known;
 * with a low battery nothing goes on.  A UPS that stopped answering ends
 * nothing.
 */
enum nb_power_answer nb_power_may_go_on(const struct nb_power *power,
					const struct nb_power_work *work);

/* Seconds that WORK still needs, closing included; -1: not known. */
int64_t nb_power_remaining(const struct nb_power_work *work);

/* "on battery"; static. */
const char *nb_power_text(enum nb_power_answer answer);

#endif
