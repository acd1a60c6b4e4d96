/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can come next in a world. */
#ifndef NB_MODEL_MOVES_H
#define NB_MODEL_MOVES_H

#include "stage.h"

enum action {
	/* a person, or nature */
	M_INSERT,
	M_REMOVE,
	M_LOSE,
	M_WIPE,
	M_SCRATCH,
	M_FOREIGN,
	M_CLONE,
	M_FORWARD,
	M_BACK,
	M_SAVE,
	M_RESTORE,
	M_FORGET,
	M_RESTORE_ALL,
	M_FORGET_ALL,
	/* commands of nightburn */
	M_RUN,
	M_RESUME,
	M_APPEND,
	M_BLANK,
	M_ADOPT,
	M_VERIFY,
	M_REBUILD,
	M_ROTATE,
	M_ACCEPT,
	M_FINISH,
	M_SHRUNK,  /* a run, and a source is empty */
	M_GIVE_UP, /* somebody says that a disc is lost, whether it is or not */
	M_COUNT
};

struct move {
	uint8_t action;
	uint8_t what; /* which disc, or which name */
	uint8_t trouble, at, swap;
};

/* What a command came to. */
struct outcome {
	bool died;
	enum nb_err err;
	char plan[24], reason[32]; /* "" where nothing was decided */
};

/* Carries it out; false when it is not possible here.  W is tidy before and
 * after.  OUT may be NULL. */
bool move_apply(struct world *w, const struct move *move, struct outcome *out);

/* Calls FN with each world that one move leads to, and with how the promise
 * was broken on the way, or NULL. */
typedef void move_fn(void *ctx, const struct move *move,
		     const struct world *next, const char *broken);
void move_each(const struct world *w, move_fn *fn, void *ctx);

void move_print(FILE *to, const struct move *move);
uint32_t move_pack(const struct move *move);
struct move move_unpack(uint32_t packed);

/* moves_person.c */
bool move_person(struct world *w, const struct move *move);

/* promise.c: what a command could know of an old catalog, from then on. */
void promise_learnt(const struct world *before, const struct move *move,
		    const struct outcome *out);

#endif
