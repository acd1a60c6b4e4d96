/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A situation for the plan in few words, and the facts that it makes.
 */
#ifndef NB_TEST_PLAN_SCENE_H
#define NB_TEST_PLAN_SCENE_H

#include "model/decide/plan.h"

#define SCENE_DISCS 4
#define SCENE_CAPACITY 1000
#define SCENE_NOW 1000000

enum kind { REWRITABLE, RANDOM_ACCESS, ONCE };

/* What is odd about the label of the disc in the drive.  Those of FOREIGN and
 * FORGED do not bear our key; that of OTHER_HOST does, and that of TAKEN_OVER,
 * whose pool is ours now.  CATALOG_STALE is not about it:
 * the catalog is an old copy. */
enum twist {
	AS_IT_SHOULD,
	FOREIGN,
	FORGED,
	OTHER_HOST,
	TAKEN_OVER,
	FENCED, /* another installation took our pool over */
	MOVED,  /* the state directory is that of another machine */
	OTHER_POOL,
	UNKNOWN_ID,
	OLD_COPY,      /* id unknown, older than the disc of its name */
	APART,         /* id unknown to the pool, but not to the catalog */
	LOST,          /* the same, but to the catalog it is lost */
	UNKNOWN_STALE, /* id unknown, and the catalog is an old copy */
	UNKNOWN_NAME,
	NAME_OF_ANOTHER,
	OLDER,
	NEWER,
	OTHER_BACKUP,
	CATALOG_STALE,
	TWISTS
};

struct situation {
	enum nb_intent intent;
	enum nb_rotation rotation;
	/* One letter a disc, DB-A first: g good, u unused, b blanked,
	 * s suspect, r retired; good, suspect and retired discs have the
	 * generations 1, 2, ... in this order, unless GENERATIONS has other
	 * digits. */
	const char *discs, *generations;
	/* The digits of the newest complete generations, if they differ. */
	const char *complete;
	int in; /* whose label is in the drive */
	enum nb_medium_state state;
	enum kind kind;
	enum nb_label_state label;
	enum twist twist;
	bool earlier;         /* the label is good in a session before */
	bool refuse_same;     /* on_same_disc = refuse */
	int64_t limit;        /* max_verify_age */
	int64_t verified_ago; /* all discs; negative: in the future */
	uint64_t need_fresh, need_append, free;
	bool shrunk;       /* the new backup */
	bool once_known;   /* no disc of the pool can be blanked */
	bool open_session; /* of the disc in the drive, which is closed */
	bool alone;        /* each disc has what no other one has */
	bool unread;       /* each disc may be one that could not be read */
};

struct scene {
	struct nb_plan_facts facts;
	struct nb_medium medium;
	struct nb_label label;
	struct nb_pool_view pool;
	struct nb_pool_disc discs[SCENE_DISCS];
	struct nb_taken taken;
};

void scene_set(struct scene *scene, const struct situation *s);

/* The key of the installation. */
extern const struct nb_key scene_key;

/* The complete generation of the disc at I, 0 where there is none. */
uint64_t scene_complete(const struct situation *s, int i);

/* The generation that the letter at I stands for, 0 where there is none. */
uint64_t scene_generation(const struct situation *s, int i);

#endif
