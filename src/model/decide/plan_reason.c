/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/decide/plan.h"

static const struct {
	const char *code, *text, *hint;
} reasons[] = {
	[NB_REASON_BLANK_DISC] = { "blank-disc", "the disc is blank", NULL },
	[NB_REASON_OLDEST_DISC] = { "oldest-disc",
				    "the disc is the oldest of the pool",
				    NULL },
	[NB_REASON_SAME_DISC] = { "same-disc",
				  "the disc with the newest backup was left in "
				  "the drive",
				  "change the disc every day, so that two "
				  "discs hold a good backup" },
	[NB_REASON_ROOM_LEFT] = { "room-left",
				  "the disc has room for one more session",
				  NULL },
	[NB_REASON_DISC_FULL] = { "disc-full",
				  "the disc is full, and the oldest of the "
				  "pool",
				  NULL },
	[NB_REASON_NO_DISC] = { "no-disc", "no disc in the drive",
				"insert the disc whose turn it is" },
	[NB_REASON_DAMAGED] = { "damaged", "unreadable or unsupported medium",
				"clean the disc; if it is broken, run "
				"nightburn "
				"catalog lost NAME, and insert another one" },
	[NB_REASON_UNKNOWN_DATA] = { "unknown-data",
				     "the disc contains data, but no nightburn "
				     "label",
				     "if it is a disc of the pool, it is "
				     "broken: run nightburn catalog lost NAME "
				     "first; otherwise insert another disc, "
				     "or run nightburn adopt --as NAME" },
	[NB_REASON_LABEL_UNREADABLE] = { "label-unreadable",
					 "the label of the disc cannot be "
					 "trusted",
					 "clean the disc; if it is broken, run "
					 "nightburn catalog lost NAME first, "
					 "or nightburn adopt --as NAME" },
	[NB_REASON_LAST_SESSION] = { "last-session",
				     "the newest session of the disc is bad; "
				     "earlier ones hold backups",
				     "run nightburn verify to record what is "
				     "good on it, then insert the disc whose "
				     "turn it is" },
	[NB_REASON_LAST_SESSION_OLD] = { "last-session-old",
					 "the newest session of the disc is "
					 "bad; earlier ones hold older backups",
					 "run nightburn adopt --as NAME to use "
					 "it again" },
	[NB_REASON_OTHER_INSTALLATION] = { "other-installation",
					   "the disc belongs to another "
					   "installation of nightburn",
					   "insert a disc of this "
					   "installation, import the other key "
					   "with nightburn key import, or run "
					   "nightburn adopt --as NAME" },
	[NB_REASON_LABEL_FORGED] = { "label-forged",
				     "the label was not made with the key of "
				     "this installation",
				     "if the key was lost, restore it with "
				     "nightburn key import; otherwise insert "
				     "another disc, or run nightburn adopt "
				     "--as NAME" },
	[NB_REASON_OTHER_POOL] = { "other-pool",
				   "the disc belongs to another pool",
				   "insert a disc of this pool" },
	[NB_REASON_NOT_IN_CATALOG] = { "not-in-catalog",
				       "the disc is not in the catalog: it "
				       "is a copy, or the "
				       "catalog was lost",
				       "run nightburn catalog rebuild, or "
				       "nightburn adopt --as NAME" },
	[NB_REASON_NAME_CONFLICT] = { "name-conflict",
				      "the name of the disc does not match the "
				      "configuration and the catalog",
				      "insert another disc, or run nightburn "
				      "adopt --as NAME" },
	[NB_REASON_GENERATION_CONFLICT] = { "generation-conflict",
					    "the backup on the disc is not the "
					    "one in the catalog",
					    "run nightburn verify, or "
					    "nightburn adopt --as NAME" },
	[NB_REASON_CATALOG_STALE] = { "catalog-stale",
				      "the catalog is an old copy or was "
				      "lost: the discs hold newer backups",
				      "run nightburn catalog rebuild with "
				      "each disc of the pool, newest first; "
				      "then, if some are lost or were never "
				      "used, nightburn catalog rebuild "
				      "--finish" },
	[NB_REASON_SUSPECT] = { "suspect",
				"the disc is suspect: a burn, a verification "
				"or a drill failed",
				"run nightburn verify, or nightburn adopt --as "
				"NAME" },
	[NB_REASON_RETIRED] = { "retired", "the disc is retired",
				"insert another disc" },
	[NB_REASON_NO_DISC_NAME] = { "no-disc-name",
				     "the disc is blank, but all names of the "
				     "pool are in use",
				     "if it replaces a disc that is broken or "
				     "lost, run nightburn catalog lost NAME "
				     "with the name of that disc; otherwise "
				     "add a name to the pool, or run nightburn "
				     "adopt --as NAME with the name of a disc "
				     "that is no longer needed" },
	[NB_REASON_NOT_OLDEST] = { "not-oldest",
				   "the disc is neither the newest nor the "
				   "oldest of the pool",
				   "insert the disc whose turn it is" },
	[NB_REASON_SAME_DISC_REFUSED] = { "same-disc-refused",
					  "the disc with the newest backup was "
					  "left in the drive",
					  "insert the disc whose turn it is" },
	[NB_REASON_LAST_GOOD] = { "last-good",
				  "the disc holds the last good backup",
				  "insert another disc, or add a name to the "
				  "pool" },
	[NB_REASON_OTHER_UNVERIFIED] = { "other-unverified",
					 "the newest backup, on another disc, "
					 "has not been verified recently "
					 "enough",
					 "run nightburn verify with the other "
					 "disc first" },
	[NB_REASON_WRITE_ONCE] = { "write-once",
				   "the disc is not blank and must not be "
				   "blanked",
				   "insert a blank disc; if all names of the "
				   "pool are in use, add one to it" },
	[NB_REASON_CLOSED] = { "closed",
			       "the disc is closed; no session can be appended",
			       "insert the disc whose turn it is" },
	[NB_REASON_TOO_LARGE] = { "too-large",
				  "the backup does not fit into the free space "
				  "on the disc",
				  "insert the disc whose turn it is" },
	[NB_REASON_TOO_LARGE_FOR_DISC] = { "too-large-for-disc",
					   "the backup does not fit on a disc "
					   "of this kind",
					   "use larger discs, compress more, "
					   "or split the job" },
	[NB_REASON_SHRUNK] = { "shrunk",
			       "the backup lacks something of the one before "
			       "it, so nothing is blanked for it",
			       "if something was lost, restore it; if this is "
			       "intended, run nightburn run --accept-shrink" },
	[NB_REASON_ONLY_COPY] = { "only-copy",
				  "the disc alone holds something that no "
				  "newer backup has",
				  "restore it, nightburn restore BACKUP --to "
				  "DIR with that generation or id, or insert "
				  "another disc; if all of that is no longer "
				  "needed, run nightburn run "
				  "--accept-shrink" },
	[NB_REASON_OPEN_SESSION] = { "open-session",
				     "a burn that was interrupted left a "
				     "session open; nothing can be appended",
				     "insert the disc whose turn it is" },
	[NB_REASON_CATALOG_EMPTY] = { "catalog-empty",
				      "the catalog is new and knows no disc of "
				      "the pool, but this one has backups",
				      "run nightburn catalog rebuild with "
				      "each disc of the pool" },
	[NB_REASON_OTHER_MACHINE] = { "other-machine",
				      "another machine with the same key wrote "
				      "the disc",
				      "insert a disc of this machine; if the "
				      "other one burns no more, run nightburn "
				      "catalog rebuild with each disc of the "
				      "pool, then nightburn pool take-over" },
	[NB_REASON_TAKEN_OVER] = { "taken-over",
				   "another machine took the pool over",
				   "run nightburn there; if this machine is to "
				   "burn again, run nightburn catalog rebuild "
				   "with each disc of the pool, then nightburn "
				   "pool take-over" },
	[NB_REASON_REPLACED] = { "replaced",
				 "the disc is a copy, or was replaced: the "
				 "catalog has another one for it",
				 "insert the disc whose turn it is; to use "
				 "this one again, run nightburn adopt --as "
				 "NAME" },
	[NB_REASON_ALL_SHRUNK] = { "all-shrunk",
				   "no good disc of the pool has a backup that "
				   "lacks nothing, so none is blanked",
				   "insert another disc, or add a name to the "
				   "pool; if what these backups lack is no "
				   "longer needed, run nightburn run "
				   "--accept-shrink" },
	[NB_REASON_NOT_REWRITABLE] = { "not-rewritable",
				       "the disc can be written only once, but "
				       "rotation = alternate blanks its discs",
				       "use a rewritable disc, or set rotation "
				       "= append in the pool's section of the "
				       "configuration" },
	[NB_REASON_MOVED] = { "moved",
			      "the state directory is that of another machine, "
			      "or a copy of it",
			      "run nightburn there; if that one burns no more, "
			      "or is this one under an earlier name, run "
			      "nightburn pool take-over --from with its name" },
	[NB_REASON_LOST] = { "lost",
			     "the disc counts as lost, and is here again",
			     "run nightburn catalog rebuild to record it "
			     "again, or nightburn adopt --as NAME" },
	[NB_REASON_OTHER_UNREAD] = { "other-unread",
				     "a disc that could not be read may be "
				     "the one with the newest backup, so this "
				     "one is not blanked",
				     "run nightburn verify with the other "
				     "disc first; if that is the one that "
				     "cannot be read, nightburn catalog lost "
				     "NAME" },
};

/* The hint for a disc that cannot be blanked, if it is another. */
static const char *const for_good[NB_REASON_COUNT] = {
	[NB_REASON_UNKNOWN_DATA] = "insert another disc",
	[NB_REASON_LABEL_UNREADABLE] = "clean the disc, or insert another "
				       "disc",
	[NB_REASON_LAST_SESSION_OLD] = "insert the disc whose turn it is",
	[NB_REASON_OTHER_INSTALLATION] = "insert a disc of this "
					 "installation, or import the other "
					 "key with nightburn key import",
	[NB_REASON_LABEL_FORGED] = "if the key was lost, restore it with "
				   "nightburn key import; otherwise insert "
				   "another disc",
	[NB_REASON_NOT_IN_CATALOG] = "run nightburn catalog rebuild",
	[NB_REASON_LOST] = "run nightburn catalog rebuild to record it again",
	[NB_REASON_NAME_CONFLICT] = "insert another disc",
	[NB_REASON_GENERATION_CONFLICT] = "run nightburn verify",
	[NB_REASON_SUSPECT] = "run nightburn verify, or insert another "
			      "disc",
	[NB_REASON_REPLACED] = "insert the disc whose turn it is",
};

static bool
is_known(enum nb_plan_reason reason)
{
	return (size_t)reason < sizeof reasons / sizeof *reasons;
}

const char *
nb_plan_reason_code(enum nb_plan_reason reason)
{
	return is_known(reason) ? reasons[reason].code : "unknown";
}

const char *
nb_plan_reason_text(enum nb_plan_reason reason)
{
	return is_known(reason) ? reasons[reason].text : "unknown";
}

/* Somebody has verified it already. */
static const char *
hint_damaged(const struct nb_decision *d)
{
	if (d->may_be_newest || d->for_good)
		return "insert another disc for the next backup; if this one "
		       "is broken, nightburn catalog lost NAME gives its name "
		       "to another";
	return "run nightburn adopt --as NAME to use it again; if it is "
	       "broken, run nightburn catalog lost NAME and insert another "
	       "disc";
}

const char *
nb_plan_hint(const struct nb_decision *d)
{
	if (d->reason == NB_REASON_SUSPECT && d->damaged)
		return hint_damaged(d);
	if (d->may_be_newest
	    && (d->reason == NB_REASON_NOT_IN_CATALOG
		|| d->reason == NB_REASON_LOST))
		return for_good[d->reason];
	if (d->may_be_newest
	    && (d->reason == NB_REASON_SUSPECT
		|| d->reason == NB_REASON_GENERATION_CONFLICT))
		return "insert another disc for the next backup; nightburn "
		       "verify shows what is good on this one";
	/* Its blanking would be refused. */
	if (d->may_be_newest && d->reason == NB_REASON_REPLACED)
		return for_good[d->reason];
	if (d->cramped && d->reason == NB_REASON_TOO_LARGE_FOR_DISC)
		return "free some space on the file system of the disc, "
		       "compress more, or split the job";
	if (d->for_good && is_known(d->reason) && for_good[d->reason])
		return for_good[d->reason];
	return nb_plan_reason_hint(d->reason);
}

const char *
nb_plan_reason_hint(enum nb_plan_reason reason)
{
	return is_known(reason) ? reasons[reason].hint : NULL;
}
