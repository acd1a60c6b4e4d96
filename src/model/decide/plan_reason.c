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
				  "change discs each day, so that two of them "
				  "are good" },
	[NB_REASON_ROOM_LEFT] = { "room-left",
				  "the disc has room for one more session",
				  NULL },
	[NB_REASON_DISC_FULL] = { "disc-full",
				  "the disc is full, and the oldest of the "
				  "pool",
				  NULL },
	[NB_REASON_NO_DISC] = { "no-disc", "no disc in the drive",
				"insert the disc whose turn it is" },
	[NB_REASON_DAMAGED] = { "damaged",
				"the drive cannot make sense of the disc",
				"clean the disc, or replace it" },
	[NB_REASON_UNKNOWN_DATA] = { "unknown-data",
				     "the disc holds data, and no label of "
				     "nightburn",
				     "insert another disc, or nightburn adopt "
				     "it" },
	[NB_REASON_LABEL_UNREADABLE] = { "label-unreadable",
					 "the label of the disc cannot be "
					 "trusted",
					 "clean the disc, or nightburn adopt "
					 "it" },
	[NB_REASON_LAST_SESSION] = { "last-session",
				     "the newest session of the disc is bad, "
				     "those before it hold "
				     "backups",
				     "nightburn verify records what is good on "
				     "it; insert the disc "
				     "whose turn it is" },
	[NB_REASON_LAST_SESSION_OLD] = { "last-session-old",
					 "the newest session of the disc is "
					 "bad, those before it hold "
					 "older backups",
					 "nightburn adopt makes it usable "
					 "again" },
	[NB_REASON_OTHER_INSTALLATION] = { "other-installation",
					   "the disc belongs to another "
					   "installation of nightburn",
					   "insert a disc of this one, bring "
					   "the other's key with "
					   "nightburn key import, or nightburn "
					   "adopt the disc" },
	[NB_REASON_LABEL_FORGED] = { "label-forged",
				     "the label does not bear the key of this "
				     "installation",
				     "where the key was lost, nightburn key "
				     "import brings it back; "
				     "else insert another disc, or nightburn "
				     "adopt it" },
	[NB_REASON_OTHER_POOL] = { "other-pool",
				   "the disc belongs to another pool",
				   "insert a disc of this pool" },
	[NB_REASON_NOT_IN_CATALOG] = { "not-in-catalog",
				       "the catalog does not know the disc: it "
				       "is a copy, or the "
				       "catalog was lost",
				       "nightburn catalog rebuild, or adopt "
				       "the disc" },
	[NB_REASON_NAME_CONFLICT] = { "name-conflict",
				      "the disc has another name than "
				      "configuration and catalog say",
				      "insert another disc, or nightburn adopt "
				      "it" },
	[NB_REASON_GENERATION_CONFLICT] = { "generation-conflict",
					    "the disc holds another backup "
					    "than the catalog says",
					    "nightburn verify the disc, or "
					    "adopt it" },
	[NB_REASON_CATALOG_BEHIND] = { "catalog-behind",
				       "the catalog is an old copy, or was "
				       "lost: the discs hold more "
				       "than it knows",
				       "nightburn catalog rebuild, with each "
				       "disc of the pool, the "
				       "newest first" },
	[NB_REASON_SUSPECT] = { "suspect",
				"the disc is suspect: a burn or a verification "
				"failed",
				"nightburn verify the disc, or adopt it" },
	[NB_REASON_RETIRED] = { "retired", "the disc is retired",
				"insert another disc" },
	[NB_REASON_NO_DISC_NAME] = { "no-disc-name",
				     "the disc is blank, and every name of the "
				     "pool is in use",
				     "name another disc in the pool, or "
				     "nightburn adopt this one "
				     "--as the disc that it replaces" },
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
				  "insert another disc, or name one more in "
				  "the pool" },
	[NB_REASON_OTHER_UNVERIFIED] = { "other-unverified",
					 "the newest backup, on another disc, "
					 "was not verified for "
					 "too long",
					 "nightburn verify the other disc "
					 "first" },
	[NB_REASON_WRITE_ONCE] = { "write-once",
				   "the disc is written and is not to be made "
				   "blank",
				   "insert a blank disc" },
	[NB_REASON_CLOSED] = { "closed",
			       "the disc is closed, no session can be added",
			       "insert the disc whose turn it is" },
	[NB_REASON_TOO_LARGE] = { "too-large",
				  "the backup does not fit behind what is on "
				  "the disc",
				  "insert the disc whose turn it is" },
	[NB_REASON_TOO_LARGE_FOR_DISC] = { "too-large-for-disc",
					   "the backup does not fit on a disc "
					   "of this kind",
					   "use larger discs, compress more, "
					   "or divide the job" },
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

const char *
nb_plan_reason_hint(enum nb_plan_reason reason)
{
	return is_known(reason) ? reasons[reason].hint : NULL;
}
