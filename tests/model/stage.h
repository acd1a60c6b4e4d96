/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stage on which nightburn's own jobs play: a drive, a catalog and a
 * journal that live in a world.  What is beneath the jobs tells of each event
 * before it comes, so that the model can end the program there, let it fail,
 * or change the disc.
 */
#ifndef NB_MODEL_STAGE_H
#define NB_MODEL_STAGE_H

#include <setjmp.h>

#include "job/backup/session.h"
#include "world.h"

enum event {
	E_STORE, /* catalog, journal or staging is about to be written */
	E_MARK,  /* the mark is */
	E_DUMP,
	E_LOOK, /* the program looks at the disc */
	E_BLANK,
	E_BURN,
	E_READ /* a session is read and compared */
};

enum trouble {
	T_NONE,
	T_DIE,  /* the program ends before the event */
	T_FAIL, /* the event fails */
	T_LIE,  /* it does not happen, and the drive says that it did */
	T_SWAP  /* another disc is in the drive */
};

enum { EVENTS = 64 };

struct stage {
	struct world *world;
	enum trouble trouble;
	int at;       /* the event, from 1, that meets it */
	uint8_t swap; /* the other disc */
	int count;    /* events up to now */
	uint8_t event[EVENTS];
	jmp_buf died;
	bool adopting;       /* a person typed the volume id */
	struct medium shown; /* of this disc */
	bool lied;
	bool read_all;      /* all that is on the disc, and it was good */
	bool ever_good;     /* before this move */
	bool shrunk;        /* what is dumped */
	const char *broken; /* how the promise was broken; NULL: it was not */
};
extern struct stage stage;

/* The event is about to come.  True: it fails. */
bool stage_event(enum event event);

/* The label of session I of the disc, as nightburn writes it. */
void stage_label(const struct medium *m, int i, struct nb_label *label);
struct medium *stage_disc(void);      /* in the drive; NULL: none */
uint8_t stage_number(const char *id); /* of a disc id or backup id */
uint8_t stage_name(const char *name); /* of a disc of the pool */
uint8_t stage_new_id(void);           /* that nothing has yet */
uint8_t stage_new_backup(void);
void stage_id(uint8_t id, char text[NB_ID_HEX + 1]);
void stage_backup(uint8_t backup, char text[NB_BACKUP_ID_MAX + 1]);

/* The catalog against its mark (stage_mark.c): after a change, before it. */
uint8_t stage_higher(uint8_t a, uint8_t b);
enum nb_err stage_put_mark(void);
bool stage_is_stale(void);
void stage_advance(uint8_t generation);
uint8_t stage_known(void); /* the highest generation */

/* ---- the promise ---- */

void promise_broken(const char *how);
/* The disc is about to be blanked or written to. */
void promise_touch(const struct medium *m);
/* Something on it has just been destroyed. */
void promise_destroyed(const struct medium *m);
/* The catalog decides about a disc that is about to be written. */
void promise_believed(void);
/* Now, with the program ended or dead. */
void promise_check(void);

#endif
