/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The states that libnightburn tells of, and their names.  Included by
 * <nightburn/nightburn.h>.
 *
 * Later versions add values at the end, and change none: a program that does
 * not know a value can still print its name.  All texts are statically
 * allocated and never NULL, but for a hint.
 */
#ifndef NIGHTBURN_STATE_H
#define NIGHTBURN_STATE_H

#include <nightburn/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is done with the disc in the drive. */
enum nb_plan {
	NB_PLAN_REFUSE,
	NB_PLAN_FRESH,      /* the disc is blank: first session */
	NB_PLAN_APPEND,     /* one more session after the others */
	NB_PLAN_BLANK_FRESH /* blank (or overwrite) it, then first session */
};

/* Why.  Each refusal has its own. */
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
	NB_REASON_CATALOG_STALE, /* the catalog is an old copy, or in place
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
	NB_REASON_TOO_LARGE_FOR_DISC /* for the empty disc too */
};

/* What the drive says of the disc in it. */
enum nb_medium_state {
	NB_MEDIUM_NONE,         /* no disc, or tray open */
	NB_MEDIUM_BLANK,        /* nothing on it, checked by reading */
	NB_MEDIUM_APPENDABLE,   /* sessions on it, another one possible */
	NB_MEDIUM_OVERWRITABLE, /* random access, something other than an
				    ISO 9660 file system is on it */
	NB_MEDIUM_CLOSED,       /* sessions on it, none can follow; with
				    random access: write-protected */
	NB_MEDIUM_DAMAGED       /* unreadable or unsupported */
};

/* What reading the label of a disc came to. */
enum nb_label_state {
	NB_LABEL_NONE, /* readable, and there is none */
	NB_LABEL_GOOD,
	NB_LABEL_UNREADABLE /* there is something that cannot be trusted */
};

/* What the catalog knows of a disc. */
enum nb_disc_state {
	NB_DISC_UNUSED,  /* named in the configuration, never written */
	NB_DISC_GOOD,    /* its newest session is verified */
	NB_DISC_SUSPECT, /* a write or verification failed; a person looks */
	NB_DISC_BLANKED, /* blanked by us, nothing written since */
	NB_DISC_RETIRED  /* not to be written again */
};

/* What the catalog knows of a clone. */
enum nb_clone_state {
	NB_CLONE_WRITING, /* being written; else a run that died */
	NB_CLONE_GOOD,
	NB_CLONE_INCOMPLETE /* the last run failed */
};

/* What stands at a path of a backup. */
enum nb_entry_type {
	NB_ENTRY_FILE,
	NB_ENTRY_DIR,
	NB_ENTRY_SYMLINK,
	NB_ENTRY_FIFO,
	NB_ENTRY_CHAR,
	NB_ENTRY_BLOCK,
	NB_ENTRY_SOCKET
};

/* Words for scripts: "blank-then-fresh", "not-oldest", "appendable",
 * "unreadable", "suspect", "incomplete", "symlink"; "unknown" for a value that
 * there is not. */
NB_API const char *nb_plan_name(enum nb_plan plan);
NB_API const char *nb_plan_reason_code(enum nb_plan_reason reason);
NB_API const char *nb_medium_state_name(enum nb_medium_state state);
NB_API const char *nb_label_state_name(enum nb_label_state state);
NB_API const char *nb_disc_state_name(enum nb_disc_state state);
NB_API const char *nb_clone_state_name(enum nb_clone_state state);
NB_API const char *nb_entry_type_name(enum nb_entry_type type);

/* For people: a sentence without full stop about "the disc", and the remedy,
 * which is NULL where nothing is wrong. */
NB_API const char *nb_plan_reason_text(enum nb_plan_reason reason);
NB_API const char *nb_plan_reason_hint(enum nb_plan_reason reason);

#ifdef __cplusplus
}
#endif

#endif
