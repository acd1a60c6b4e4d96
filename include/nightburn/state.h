/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The states that libnightburn reports, and their names.  Included by
 * <nightburn/nightburn.h>.
 *
 * Later versions add values at the end and change none: a program can still
 * print the name of a value that it does not know.  All texts are statically
 * allocated and never NULL, except for hints.
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
	NB_PLAN_FRESH,      /* blank disc: first session */
	NB_PLAN_APPEND,     /* one more session after the others */
	NB_PLAN_BLANK_FRESH /* blank (or overwrite) it, then write a first
			       session */
};

/* The reason.  Each refusal has its own. */
enum nb_plan_reason {
	/* accepted */
	NB_REASON_BLANK_DISC,  /* fresh on a blank disc */
	NB_REASON_OLDEST_DISC, /* the pool's oldest disc: blank, then fresh */
	NB_REASON_SAME_DISC,   /* yesterday's disc is still in the drive:
				  append */
	NB_REASON_ROOM_LEFT,   /* rotation append, or by hand: append */
	NB_REASON_DISC_FULL,   /* rotation append: the disc is full, is the
				  oldest, and may be blanked */
	/* refusals */
	NB_REASON_NO_DISC,
	NB_REASON_DAMAGED,
	NB_REASON_UNKNOWN_DATA, /* data or a file system without a label */
	NB_REASON_LABEL_UNREADABLE,
	NB_REASON_LAST_SESSION,     /* the newest session is damaged; an earlier
				       one belongs to a disc of this pool */
	NB_REASON_LAST_SESSION_OLD, /* the same; its contents are good, and are
				       not the newest of the pool */
	NB_REASON_OTHER_INSTALLATION, /* and the label is signed with another
					 key */
	NB_REASON_LABEL_FORGED,       /* the label names this installation but
					 is not signed with its key: forged, or
					 the key was lost */
	NB_REASON_OTHER_POOL,
	NB_REASON_NOT_IN_CATALOG,      /* our label, but the catalog has no such
					  disc id: the catalog was lost, or this
					  is a copy */
	NB_REASON_NAME_CONFLICT,       /* the name in the label differs from the
					  catalog's for this id, or is not in
					  the pool's list */
	NB_REASON_GENERATION_CONFLICT, /* the label is newer or older than the
					  catalog has for this disc, or names
					  another backup */
	NB_REASON_CATALOG_STALE, /* the catalog is an old copy, or a replacement
				    for a lost one */
	NB_REASON_SUSPECT,
	NB_REASON_RETIRED,
	NB_REASON_NO_DISC_NAME,      /* blank, but every name of the pool is in
					use: it could be any of the discs */
	NB_REASON_NOT_OLDEST,        /* in a pool of three or more: neither the
					newest nor the oldest */
	NB_REASON_SAME_DISC_REFUSED, /* on_same_disc = refuse */
	NB_REASON_LAST_GOOD,         /* would destroy the last good backup; or
					the disc is full and the only one */
	NB_REASON_OTHER_UNVERIFIED,  /* the newest backup on another disc was
					not verified within the age limit */
	NB_REASON_WRITE_ONCE,        /* needs blanking, but cannot be blanked */
	NB_REASON_CLOSED,            /* should be appended to, but is closed */
	NB_REASON_TOO_LARGE,         /* for the space that is free after the
					plan */
	NB_REASON_TOO_LARGE_FOR_DISC, /* even for the empty disc */
	NB_REASON_SHRUNK,    /* the backup lacks something of the one before it:
			       nothing is blanked for it; accepted if it is
			       appended */
	NB_REASON_ONLY_COPY, /* blanking it would destroy the only copy of a
				  source or database */
	NB_REASON_OPEN_SESSION,  /* should be appended to, but a burn that was
				  interrupted left a session open */
	NB_REASON_CATALOG_EMPTY, /* the catalog knows no disc of the pool, but
				    this one has its label */
	NB_REASON_OTHER_MACHINE, /* another installation with the same key
				    wrote it last */
	NB_REASON_TAKEN_OVER,    /* another installation took the pool over: no
				 disc of it is written to here */
	NB_REASON_REPLACED,   /* another disc of the catalog has its name, and
			       newer backups, or has its generations */
	NB_REASON_ALL_SHRUNK, /* each good disc of the pool has only backups
				 that lack something: the new one is appended,
				 or nothing is written */
	NB_REASON_NOT_REWRITABLE, /* blank, but cannot be blanked later, as the
				     rotation wants */
	NB_REASON_MOVED, /* the state directory is that of another machine, or a
			    copy of it: nothing is written here */
	NB_REASON_OTHER_UNREAD, /* the newest backup is on another disc, which
				  may be one that was in a drive since and
				  could not be read */
	NB_REASON_LOST /* our label, and somebody said that this disc is lost
			  (nb_disc_lost) */
};

/* The medium as the drive reports it. */
enum nb_medium_state {
	NB_MEDIUM_NONE,         /* no disc, or the tray is open */
	NB_MEDIUM_BLANK,        /* empty, checked by reading */
	NB_MEDIUM_APPENDABLE,   /* has sessions, and another one can be added */
	NB_MEDIUM_OVERWRITABLE, /* random access, with something other than an
				   ISO 9660 file system */
	NB_MEDIUM_CLOSED,       /* has sessions, and none can be added; with
				   random access: write-protected */
	NB_MEDIUM_DAMAGED       /* unreadable or unsupported */
};

/* The result of reading the label of a disc. */
enum nb_label_state {
	NB_LABEL_NONE, /* readable, but has no label */
	NB_LABEL_GOOD,
	NB_LABEL_UNREADABLE /* there is a label that cannot be trusted */
};

/* The state of a disc in the catalog. */
enum nb_disc_state {
	NB_DISC_UNUSED,  /* in the configuration, but never written */
	NB_DISC_GOOD,    /* its newest session is verified */
	NB_DISC_SUSPECT, /* a write, a verification or a drill failed; somebody
			    has to check it */
	NB_DISC_BLANKED, /* blanked by us and not written since */
	NB_DISC_RETIRED, /* not to be written any more */
	NB_DISC_REPLACED /* somebody gave its name to another disc (adopt), and
			    it was not read since: it counts as lost */
};

/* The state of a clone in the catalog. */
enum nb_clone_state {
	NB_CLONE_WRITING, /* being written, or a run died while it was */
	NB_CLONE_GOOD,
	NB_CLONE_INCOMPLETE /* the last run failed */
};

/* The last drill of a backup. */
enum nb_drill_state {
	NB_DRILL_NONE,    /* there was none */
	NB_DRILL_GOOD,    /* everything was restored as it was */
	NB_DRILL_PARTIAL, /* this machine could not restore all of it as it
			     was */
	NB_DRILL_FAILED
};

/* What was last found of a backup on a disc, when all of it was read: by the
 * run that burned it, by a verification, or by a drill. */
enum nb_check_state {
	NB_CHECK_NONE, /* it was not read since it is in the catalog */
	NB_CHECK_GOOD,
	NB_CHECK_DAMAGED /* files of it are missing, unreadable or different */
};

/* The type of the node at a path of a backup. */
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
 * "unreadable", "suspect", "incomplete", "symlink"; "unknown" for an invalid
 * value. */
NB_API const char *nb_plan_name(enum nb_plan plan);
NB_API const char *nb_plan_reason_code(enum nb_plan_reason reason);
NB_API const char *nb_medium_state_name(enum nb_medium_state state);
NB_API const char *nb_label_state_name(enum nb_label_state state);
NB_API const char *nb_disc_state_name(enum nb_disc_state state);
NB_API const char *nb_clone_state_name(enum nb_clone_state state);
NB_API const char *nb_drill_state_name(enum nb_drill_state state);
NB_API const char *nb_check_state_name(enum nb_check_state state);
NB_API const char *nb_entry_type_name(enum nb_entry_type type);

/* For people: a sentence about "the disc" without a full stop; and the remedy,
 * NULL if nothing is wrong. */
NB_API const char *nb_plan_reason_text(enum nb_plan_reason reason);
NB_API const char *nb_plan_reason_hint(enum nb_plan_reason reason);

#ifdef __cplusplus
}
#endif

#endif
