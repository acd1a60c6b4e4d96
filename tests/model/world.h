/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The world of the rotation model: discs, the drive, what nightburn remembers,
 * and what only the model knows.  A world is small and has no pointers, so
 * that millions can be told apart.  Ids of discs and backups are numbers from
 * 1 whose value means nothing; generations are numbers from 1.
 */
#ifndef NB_MODEL_WORLD_H
#define NB_MODEL_WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "model/config/config.h"
#include "model/decide/pool.h"
#include "store/journal.h"

enum {
	NAMES = 4,
	MEDIA = 6,
	SESSIONS = 2,
	KEPT = 4,
	ROWS = 16,
	OLD = 32,
	TAKEN = 8
};
#define NOBODY 0xff
#define FAR 16 /* more changes than a search makes */

enum kind {
	K_LOST, /* there is no such disc (any more) */
	K_BLANK,
	K_HALF,      /* the drive cannot read it */
	K_DATA,      /* without a label */
	K_OTHER,     /* with a label of another installation */
	K_BAD_LABEL, /* ours, the newest label cannot be read */
	K_OURS
};

enum {
	WHOLE = 1,   /* every byte can be read and is right */
	PROVEN = 2,  /* nightburn read it last and found it good */
	BY_HAND = 4, /* what a person appended */
	SHRUNK = 8,  /* it lacks something of the one before it */
};

struct session {
	uint8_t generation, backup, flags;
};

struct medium {
	uint8_t kind, id, name, count;
	uint8_t open; /* a burn left one more session open */
	struct session session[SESSIONS];
};

enum { V_NEVER, V_FUTURE, V_FRESH, V_OLD }; /* age of a verification */

struct row {
	uint8_t id, name, named, state, verified;
	uint8_t proven; /* when its newest backup of the
					       job was really read last */
	uint8_t count;
	struct session session[KEPT]; /* those that are not gone */
};

struct catalog {
	uint8_t there;    /* the file is there */
	uint8_t newest;   /* generation ever recorded */
	uint8_t sequence; /* changes */
	uint8_t count, old_count;
	struct row row[ROWS];
	struct session old[OLD]; /* backups that are on no disc any more */
};

/* What stands in the journal. */
struct dead {
	uint8_t id, name, generation, backup;
};

/* The mark beside a catalog: how far that had come.  Zeros: there is none. */
struct level {
	uint8_t sequence, generation;
};

/* What a person knows of a catalog that was put back, or lost. */
enum { OLD_NO, OLD_HIDDEN, OLD_PLAIN }; /* nightburn cannot, can know it */

struct world {
	struct medium medium[MEDIA];
	uint8_t in;      /* the disc in the drive, or NOBODY */
	uint8_t journal; /* 0: none, else enum nb_step + 1 */
	struct dead dead;
	uint8_t staged; /* the backup that waits, or 0 */
	uint8_t staged_shrunk;
	uint8_t has_saved;   /* a copy of catalog and mark */
	uint8_t rolled_back; /* the catalog is older than the discs, or
				     was lost */
	uint8_t is_old;      /* and still is: OLD_ */
	uint8_t odd;         /* there were two discs of one id, or one that
				     the catalog knew a part of */
	struct level mark, saved_mark;
	uint8_t taken_count; /* discs whose good copy nature or a person
				     took, or found bad */
	uint8_t taken[TAKEN];
	struct catalog now, saved;
};

/* What is the same in all worlds of a search. */
struct setting {
	int discs; /* of the pool */
	int media; /* with a foreign one, and one for a clone */
	enum nb_rotation rotation;
	bool refuse_same;
	bool limit;    /* max_verify_age is set */
	bool harmless; /* nobody but nightburn destroys anything */
	bool rollback; /* catalogs are saved, put back and lost */
	bool untidy;   /* discs keep their numbers: walks */
	bool faults;   /* runs meet faults, ends and swaps */
	bool shrink;   /* sources shrink */
	bool give_up;  /* discs are said to be lost */
	bool open;     /* an append that is interrupted leaves its session
			  open, instead of a bad one */
};
extern struct setting setting;

void world_begin(struct world *w);
/* Renames ids, sorts what has no order, forgets what nobody can see. */
void world_tidy(struct world *w);
/* The world in as few bytes as it needs; their number. */
size_t world_pack(const struct world *w, uint8_t *to);
void world_unpack(struct world *w, const uint8_t *from, size_t n);
void world_print(FILE *to, const struct world *w);

bool medium_is_good(const struct medium *m);
bool medium_holds(const struct medium *m, uint8_t backup);
int world_good(const struct world *w);
bool world_is_taken(const struct world *w, uint8_t id);
void world_take(struct world *w, const struct medium *m);
struct row *catalog_row(struct catalog *c, uint8_t id);

#endif
