/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The choice of what to do with the disc in the drive: one pure function from
 * (medium, label, catalog's view, size, policy) to (plan, reason).
 */
#ifndef NB_MODEL_PLAN_H
#define NB_MODEL_PLAN_H

#include "model/config/config.h"
#include "model/record/label.h"
#include "model/decide/medium.h"
#include "model/decide/pool.h"

enum nb_plan {
	NB_PLAN_REFUSE,
	NB_PLAN_FRESH,      /* the disc is blank: first session */
	NB_PLAN_APPEND,     /* one more session behind the others */
	NB_PLAN_BLANK_FRESH /* blank (or overwrite) it, then first session */
};

/* Why.  Each refusal has its own; nb_plan_reason_text and nb_plan_reason_hint
 * say it. */
enum nb_plan_reason {
	/* good */
	NB_REASON_BLANK_DISC,  /* fresh on a blank disc */
	NB_REASON_OLDEST_DISC, /* the pool's oldest: blank, then fresh */
	NB_REASON_SAME_DISC,   /* yesterday's disc left in: append */
	NB_REASON_ROOM_LEFT,   /* rotation append, or by hand: append */
	NB_REASON_DISC_FULL,   /* rotation append: full, it is the oldest
					and may be blanked */
	/* refusals */
	NB_REASON_NO_DISC,
	NB_REASON_DAMAGED,
	NB_REASON_UNKNOWN_DATA, /* data or a file system without a label */
	NB_REASON_LABEL_UNREADABLE,
	NB_REASON_LAST_SESSION,     /* the newest session is bad, one before it
					is of a disc of this pool */
	NB_REASON_LAST_SESSION_OLD, /* the same; what it holds is good, and
					not the newest of the pool */
	NB_REASON_OTHER_INSTALLATION, /* and the label bears another key */
	NB_REASON_LABEL_FORGED,       /* label that says it is ours, without
					our key: forged, or the key was lost */
	NB_REASON_OTHER_POOL,
	NB_REASON_NOT_IN_CATALOG,      /* our label, but the catalog has no such
					disc id: lost catalog or a copy */
	NB_REASON_NAME_CONFLICT,       /* label's disc name differs from the
					catalog's for this id, or is not in the
					pool's list */
	NB_REASON_GENERATION_CONFLICT, /* label newer or older than the catalog
					says for this disc, or of another
					backup */
	NB_REASON_CATALOG_BEHIND, /* the catalog is an old copy, or in place
					of one that was lost */
	NB_REASON_SUSPECT,
	NB_REASON_RETIRED,
	NB_REASON_NO_DISC_NAME,      /* blank, but every name of the pool is in
					use: nothing says which disc it is */
	NB_REASON_NOT_OLDEST,        /* of a pool of three or more: neither the
					newest nor the oldest */
	NB_REASON_SAME_DISC_REFUSED, /* on_same_disc = refuse */
	NB_REASON_LAST_GOOD,         /* would destroy the last good backup, or
					it is full and the only one */
	NB_REASON_OTHER_UNVERIFIED,  /* newest elsewhere not verified within the
					age limit */
	NB_REASON_WRITE_ONCE,        /* needs blanking, and cannot be blanked */
	NB_REASON_CLOSED,            /* append wanted, disc closed */
	NB_REASON_TOO_LARGE,         /* for what is free after the plan */
	NB_REASON_TOO_LARGE_FOR_DISC, /* for the empty disc too */
	NB_REASON_COUNT
};

/* What is asked for. */
enum nb_intent {
	NB_INTENT_RUN,    /* the nightly job: as the rotation says */
	NB_INTENT_APPEND, /* by hand: append or fresh, never blank */
	NB_INTENT_BLANK   /* by hand: make it blank */
};

struct nb_plan_facts {
	enum nb_intent intent;
	const struct nb_medium *medium;
	enum nb_label_state label_state;
	const struct nb_label *label;   /* when NB_LABEL_GOOD */
	bool label_signed;              /* it bears our key: see
						  nb_label_is_signed */
	const struct nb_label *earlier; /* when not NB_LABEL_GOOD: that
						  of a session before, bearing
						  our key; NULL: none */
	const struct nb_pool_view *pool;
	enum nb_rotation rotation;
	bool append_on_same_disc;
	int64_t max_verify_age; /* seconds; 0: any */
	int64_t now;
	uint64_t need_fresh;  /* blocks of a first session; 0: not known yet */
	uint64_t need_append; /* blocks of an appended one; 0: not known yet */
};

struct nb_decision {
	enum nb_plan plan;
	enum nb_plan_reason reason;
	enum nb_err err;              /* NB_OK, or what a refusal returns:
				       NB_ENOMEDIUM, NB_EFOREIGN, NB_EWRONG,
				       NB_EFULL */
	char disc[NB_NAME_MAX + 1];   /* name of the disc that it will be or is;
				       "" when not known, or not ours */
	char wanted[NB_NAME_MAX + 1]; /* on a refusal: the disc that a person
				       should insert; "" when none is clear */
	uint64_t need;                /* blocks, for TOO_LARGE */
	uint64_t available;
};

/*
 * The first of these that holds is the answer, so that the most specific
 * reason wins:
 *
 * 1. the drive: NO_DISC, DAMAGED.
 * 2. a blank disc: LABEL_UNREADABLE (a label was seen all the same);
 *    intent blank: FRESH, nothing is to be done and DISC is "";
 *    CATALOG_BEHIND, NO_DISC_NAME, TOO_LARGE_FOR_DISC; else FRESH, under the
 *    first name of the pool that is unused or blanked.
 * 3. whose it is: LAST_SESSION or LAST_SESSION_OLD (a label before says that
 *    it is a disc of the catalog), UNKNOWN_DATA, LABEL_UNREADABLE; without our
 *    key OTHER_INSTALLATION or LABEL_FORGED; OTHER_POOL, NAME_CONFLICT (no such
 *    name), NOT_IN_CATALOG, NAME_CONFLICT (the name of another disc).  With
 *    our key a label is ours, whichever host wrote it.
 * 4. CATALOG_BEHIND; and whether it is in order: SUSPECT, RETIRED,
 *    GENERATION_CONFLICT (generation or backup id differ, or the catalog
 *    believes it to be empty).
 * 5. the way to go:
 *    - intent append: append.  - intent blank: blanking.
 *    - alternate: newest disc: SAME_DISC_REFUSED, else append; any other:
 *      blanking.
 *    - append: append; where that is refused, and the disc is not the newest:
 *      blanking.
 *    - fresh: SAME_DISC_REFUSED on the newest disc, else WRITE_ONCE.
 *    Append asks: CLOSED, TOO_LARGE.  In a night where no other disc has a
 *    turn, LAST_GOOD stands for both: the disc is full, and nothing else may
 *    be written.
 *    Blanking asks: LAST_GOOD, NOT_OLDEST, WRITE_ONCE, OTHER_UNVERIFIED,
 *    TOO_LARGE_FOR_DISC.
 *
 * So a disc is blanked only when label and catalog agree on it, it is the
 * oldest good disc of the pool, and another one holds the newest generation,
 * verified within MAX_VERIFY_AGE.  A date of verification that lies in the
 * future, or 0, is no date: with an age limit it refuses.
 *
 * Refusals: WANTED is never the disc in the drive.  It is the disc of
 * nb_rotation_next; for OTHER_UNVERIFIED the disc to verify; in rotation
 * append the newest disc, which is being filled; in rotation fresh an unused
 * or blanked one only; none for TOO_LARGE_FOR_DISC.
 */
struct nb_decision nb_plan_decide(const struct nb_plan_facts *facts);

/*
 * The disc whose turn it is next: an unused or blanked one first, else the one
 * with the lowest generation that is not the pool's newest; NULL when there is
 * none.  Suspect and retired discs have no turn.
 */
const struct nb_pool_disc *nb_rotation_next(const struct nb_pool_view *pool);

/* "fresh", "append", "blank-then-fresh", "refuse". */
const char *nb_plan_name(enum nb_plan plan);
/* A code such as "not-oldest" for JSON and tests. */
const char *nb_plan_reason_code(enum nb_plan_reason reason);
/* A sentence without full stop, about "the disc". */
const char *nb_plan_reason_text(enum nb_plan_reason reason);
/* The remedy, or NULL where nothing is wrong. */
const char *nb_plan_reason_hint(enum nb_plan_reason reason);

#endif
