/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "model/decide/guard.h"

#define OURS "0000000000000000000000000000000a"
#define ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ID_C "cccccccccccccccccccccccccccccccc"
#define NOW 1000000
#define LIMIT 5000

/* A is the oldest and in the drive, B holds the newest backup, C too is good:
 * everything is as it must be. */
struct scene {
	struct nb_guard_facts facts;
	struct nb_key key;
	struct nb_label first, second;
	struct nb_pool_view pool;
	struct nb_taken taken[2];
	struct nb_pool_disc discs[3];
	struct nb_medium media[2];
};

static void
set_up(struct scene *s)
{
	struct nb_label label = {
		.installation = OURS,
		.disc_id = ID_A,
		.pool = "db",
		.disc = "DB-A",
		.generation = 7,
		.backup_id = "backup-7",
		.previous = "",
		.created = 700,
	};

	memset(s, 0, sizeof *s);
	memset(&s->key, 'k', sizeof s->key);
	nb_assert_ok(nb_label_sign(&label, &s->key));
	s->first = s->second = label;
	s->discs[0] = (struct nb_pool_disc){
		"DB-A", ID_A,  NB_DISC_GOOD, 7,  "backup-7", 7,     NOW - 90000,
		1,      false, "",           "", false,      false, false
	};
	s->discs[1] = (struct nb_pool_disc){
		"DB-B", ID_B,  NB_DISC_GOOD, 9,  "backup-9", 9,     NOW - 100,
		1,      false, "",           "", false,      false, false
	};
	s->discs[2] = (struct nb_pool_disc){
		"DB-C",       "cccccccccccccccccccccccccccccccc",
		NB_DISC_GOOD, 8,
		"backup-8",   8,
		NOW - 50,     1,
		false,        "",
		"",           false,
		false,        false
	};
	strcpy(s->pool.name, "db");
	strcpy(s->pool.installation, OURS);
	s->pool.generation = s->pool.complete = 9;
	s->pool.discs.at = s->discs;
	s->pool.discs.count = 3;
	strcpy(s->taken[0].installation, ID_A);
	strcpy(s->taken[1].installation, ID_C);
	s->facts = (struct nb_guard_facts){
		.lock_held = true,
		.first_state = NB_LABEL_GOOD,
		.second_state = NB_LABEL_GOOD,
		.first = &s->first,
		.second = &s->second,
		.key = &s->key,
		.first_drive = "/dev/sr0 K1",
		.second_drive = "/dev/sr0 K1",
		.pool = &s->pool,
		.max_verify_age = LIMIT,
		.now = NOW,
		.image_complete = true,
		.image_blocks = 1000,
		.disc_blocks = 1000,
		.intent_stored = true,
	};
}

/* The same, for a disc without a label whose volume id a person typed. */
static void
set_up_typed(struct scene *s)
{
	set_up(s);
	s->facts.first_state = s->facts.second_state = NB_LABEL_NONE;
	s->facts.typed = s->facts.first_volume = s->facts.second_volume =
		"HOLIDAYS";
	s->facts.first_disc = s->facts.second_disc = "CD-RW 5f01";
	s->facts.blank_only = true;
	s->facts.image_complete = false;
	s->facts.image_blocks = s->facts.disc_blocks = 0;
}

/* A disc that was never formatted, before the first write. */
static void
set_up_untouched(struct scene *s)
{
	set_up(s);
	s->facts.first_state = s->facts.second_state = NB_LABEL_NONE;
	s->media[0] = s->media[1] = (struct nb_medium){
		.state = NB_MEDIUM_BLANK,
		.profile = 0x1a,
		.capacity = 1000,
		.unformatted = true,
	};
	s->facts.first_medium = &s->media[0];
	s->facts.second_medium = &s->media[1];
}

/* Both labels anew, as whoever has the key would write them. */
static void
sign(struct scene *s)
{
	nb_assert_ok(nb_label_sign(&s->second, &s->key));
	s->first = s->second;
}

#define CHANGE(name, ...)                 \
	static void name(struct scene *s) \
	{                                 \
		__VA_ARGS__;              \
	}

CHANGE(nothing, (void)s)
CHANGE(no_lock, s->facts.lock_held = false)
CHANGE(other_drive, s->facts.second_drive = "/dev/sr0 K2")
CHANGE(stale, s->pool.stale = true)
CHANGE(first_unlabelled, s->facts.first_state = NB_LABEL_NONE)
CHANGE(first_unreadable, s->facts.first_state = NB_LABEL_UNREADABLE)
CHANGE(second_unlabelled, s->facts.second_state = NB_LABEL_NONE)
CHANGE(second_unreadable, s->facts.second_state = NB_LABEL_UNREADABLE)
CHANGE(installation_changed, strcpy(s->first.installation, ID_B))
CHANGE(disc_id_changed, strcpy(s->first.disc_id, ID_B))
CHANGE(pool_changed, strcpy(s->first.pool, "web"))
CHANGE(disc_changed, strcpy(s->first.disc, "DB-B"))
CHANGE(generation_changed, s->first.generation = 6)
CHANGE(backup_changed, strcpy(s->first.backup_id, "backup-6"))
CHANGE(previous_changed, strcpy(s->first.previous, ID_A ID_A))
CHANGE(date_changed, s->first.created++)
CHANGE(has_mac_changed, s->first.has_manifest_mac = true)
CHANGE(take_overs_changed, s->first.take_overs = 1)
CHANGE(by_hand_changed, s->first.by_hand = true)
CHANGE(mac_changed, s->first.mac[0] = 'x')
CHANGE(no_key, s->facts.key = NULL)
CHANGE(other_key, s->key.bytes[31] = 'x')
CHANGE(no_mac, s->first.mac[0] = s->second.mac[0] = '\0')
CHANGE(wrong_mac, s->second.mac[63] = 'x'; s->first = s->second)
CHANGE(changed_after_signing, s->second.generation = 6; s->first = s->second;
       s->discs[0].generation = 6)
CHANGE(other_installation, strcpy(s->pool.installation, ID_B); other_key(s))
CHANGE(other_host, strcpy(s->second.installation, ID_C); sign(s))
CHANGE(taken_over, other_host(s); s->pool.owner.taken.at = s->taken;
       s->pool.owner.taken.count = 2; s->pool.owner.take_overs = 1)
CHANGE(taken_back, s->second.take_overs = 1; taken_over(s))
CHANGE(fenced, s->pool.owner.fenced = 2; s->pool.owner.take_overs = 1)
CHANGE(moved, strcpy(s->pool.owner.moved_from, "old"))
CHANGE(fenced_before, s->pool.owner.fenced = 2; s->pool.owner.take_overs = 3)
CHANGE(fenced_alike, s->pool.owner.fenced = s->pool.owner.take_overs = 2)
CHANGE(other_pool, strcpy(s->pool.name, "web"))
CHANGE(id_unknown, strcpy(s->discs[0].disc_id, OURS))
CHANGE(id_lost, s->discs[0].disc_id[0] = '\0')
CHANGE(suspect, s->discs[0].state = NB_DISC_SUSPECT)
CHANGE(retired, s->discs[0].state = NB_DISC_RETIRED)
CHANGE(unused, s->discs[0].state = NB_DISC_UNUSED)
CHANGE(blanked, s->discs[0].state = NB_DISC_BLANKED)
CHANGE(no_generation, s->discs[0].generation = 0; s->second.generation = 0;
       sign(s))
CHANGE(name_differs, strcpy(s->discs[0].name, "DB-X"))
CHANGE(label_newer, s->discs[0].generation = 6)
CHANGE(label_older, s->discs[0].generation = 8)
CHANGE(backup_differs, strcpy(s->discs[0].backup_id, "backup-x"))
CHANGE(is_newest, s->pool.complete = 7; s->discs[1].complete = 6;
       s->discs[2].complete = 5)
CHANGE(both_newest, s->pool.complete = 7; s->discs[1].complete = 7)
CHANGE(newest_nowhere, s->pool.complete = 10)
CHANGE(newest_suspect, s->discs[1].state = NB_DISC_SUSPECT)
CHANGE(newest_retired, s->discs[1].state = NB_DISC_RETIRED)
CHANGE(newest_blanked, s->discs[1].state = NB_DISC_BLANKED)
CHANGE(no_others, s->pool.discs.count = 1)
CHANGE(nothing_ever, s->pool.complete = 0; s->discs[1].complete = 0)
CHANGE(at_the_limit, s->discs[1].verified = NOW - LIMIT)
CHANGE(over_the_limit, s->discs[1].verified = NOW - LIMIT - 1)
CHANGE(verified_now, s->discs[1].verified = NOW)
CHANGE(in_the_future, s->discs[1].verified = NOW + 1)
CHANGE(far_future, s->discs[1].verified = INT64_MAX)
CHANGE(never_verified, s->facts.now = LIMIT - 1; s->discs[1].verified = 0)
CHANGE(before_1970, s->discs[1].verified = INT64_MIN)
CHANGE(no_limit, s->facts.max_verify_age = 0; s->discs[1].verified = 1)
CHANGE(no_limit_future, s->facts.max_verify_age = 0;
       s->discs[1].verified = NOW + 1)
CHANGE(no_limit_no_newest, s->facts.max_verify_age = 0;
       s->discs[1].state = NB_DISC_SUSPECT)
CHANGE(second_copy_old, s->discs[2].complete = 9; s->discs[2].verified = 1)
/* A later one that shrank is no reason to blank this disc. */
CHANGE(newest_shrunk, s->pool.generation = 10; s->discs[1].generation = 10;
       s->discs[1].complete = 6; s->pool.complete = 8)
CHANGE(complete_here, s->pool.generation = 10; s->discs[1].generation = 10;
       s->discs[1].complete = 6; s->discs[2].complete = 5; s->pool.complete = 7)
CHANGE(newest_here_shrunk, s->discs[0].generation = s->pool.generation = 11;
       s->second.generation = 11; sign(s))
CHANGE(only_copy, strcpy(s->discs[0].alone, "tree www (generation 7)"))
CHANGE(only_copy_elsewhere, strcpy(s->discs[2].alone, "tree www"))
CHANGE(only_copy_too_old, only_copy(s); over_the_limit(s))
CHANGE(unread, s->discs[1].unread = true)
CHANGE(unread_no_limit, unread(s); no_limit(s))
CHANGE(unread_here, s->discs[0].unread = s->discs[2].unread = true)
CHANGE(unread_second_copy, unread(s); s->discs[2].complete = 9)
CHANGE(unread_first_copy, s->discs[2].unread = true; s->discs[2].complete = 9)
CHANGE(image_shrunk, s->facts.image_shrunk = true)
CHANGE(only_second_copy_in_time, s->discs[2].complete = 9;
       s->discs[1].verified = 1)
CHANGE(incomplete, s->facts.image_complete = false)
CHANGE(size_unknown, s->facts.image_blocks = 0)
CHANGE(one_block_too_large, s->facts.image_blocks = 1001)
CHANGE(disc_of_no_size, s->facts.disc_blocks = 0)
CHANGE(no_intent, s->facts.intent_stored = false)
CHANGE(blank_only, s->facts.blank_only = true; s->facts.image_complete = false;
       s->facts.image_blocks = 5000)
CHANGE(blank_only_newest, s->facts.blank_only = true; is_newest(s))
CHANGE(blank_only_no_intent, s->facts.blank_only = true; no_intent(s))

static const struct row {
	const char *what;
	void (*change)(struct scene *s);
	enum nb_guard answer;
} rows[] = {
	{ "all is well", nothing, NB_GUARD_PERMIT },
	{ "no lock", no_lock, NB_GUARD_NO_LOCK },
	{ "other drive", other_drive, NB_GUARD_DRIVE_CHANGED },
	{ "an old catalog", stale, NB_GUARD_CATALOG_STALE },
	{ "first: no label", first_unlabelled, NB_GUARD_NO_LABEL },
	{ "first: unreadable", first_unreadable, NB_GUARD_NO_LABEL },
	{ "second: no label", second_unlabelled, NB_GUARD_NO_LABEL },
	{ "second: unreadable", second_unreadable, NB_GUARD_NO_LABEL },
	{ "installation", installation_changed, NB_GUARD_LABEL_CHANGED },
	{ "disc id", disc_id_changed, NB_GUARD_LABEL_CHANGED },
	{ "pool", pool_changed, NB_GUARD_LABEL_CHANGED },
	{ "disc", disc_changed, NB_GUARD_LABEL_CHANGED },
	{ "generation", generation_changed, NB_GUARD_LABEL_CHANGED },
	{ "backup id", backup_changed, NB_GUARD_LABEL_CHANGED },
	{ "previous", previous_changed, NB_GUARD_LABEL_CHANGED },
	{ "date", date_changed, NB_GUARD_LABEL_CHANGED },
	{ "manifest_mac", has_mac_changed, NB_GUARD_LABEL_CHANGED },
	{ "by_hand", by_hand_changed, NB_GUARD_LABEL_CHANGED },
	{ "take_overs", take_overs_changed, NB_GUARD_LABEL_CHANGED },
	{ "MAC", mac_changed, NB_GUARD_LABEL_CHANGED },
	{ "no key here", no_key, NB_GUARD_FORGED },
	{ "another key", other_key, NB_GUARD_FORGED },
	{ "label without a MAC", no_mac, NB_GUARD_FORGED },
	{ "label with a wrong MAC", wrong_mac, NB_GUARD_FORGED },
	{ "label changed after it was signed", changed_after_signing,
	  NB_GUARD_FORGED },
	{ "installation of another", other_installation,
	  NB_GUARD_OTHER_INSTALLATION },
	{ "another host that has the key", other_host, NB_GUARD_OTHER_MACHINE },
	{ "the same, and the pool was taken over from it", taken_over,
	  NB_GUARD_PERMIT },
	{ "the same, which took it back", taken_back, NB_GUARD_OTHER_MACHINE },
	{ "another machine took the pool over", fenced, NB_GUARD_TAKEN_OVER },
	{ "both took it over from a third one", fenced_alike,
	  NB_GUARD_TAKEN_OVER },
	{ "the state directory of another machine", moved, NB_GUARD_MOVED },
	{ "another had it, and it was taken back", fenced_before,
	  NB_GUARD_PERMIT },
	{ "pool of another", other_pool, NB_GUARD_OTHER_POOL },
	{ "id not in catalog", id_unknown, NB_GUARD_NOT_IN_CATALOG },
	{ "no id in catalog", id_lost, NB_GUARD_NOT_IN_CATALOG },
	{ "suspect", suspect, NB_GUARD_SUSPECT },
	{ "retired", retired, NB_GUARD_SUSPECT },
	{ "unused in catalog", unused, NB_GUARD_CATALOG_DISAGREES },
	{ "blank in catalog", blanked, NB_GUARD_CATALOG_DISAGREES },
	{ "good without backup", no_generation, NB_GUARD_CATALOG_DISAGREES },
	{ "name differs", name_differs, NB_GUARD_CATALOG_DISAGREES },
	{ "label newer", label_newer, NB_GUARD_CATALOG_DISAGREES },
	{ "label older", label_older, NB_GUARD_CATALOG_DISAGREES },
	{ "backup differs", backup_differs, NB_GUARD_CATALOG_DISAGREES },
	{ "the newest itself", is_newest, NB_GUARD_LAST_GOOD },
	{ "the newest, and a second", both_newest, NB_GUARD_LAST_GOOD },
	{ "newest nowhere", newest_nowhere, NB_GUARD_LAST_GOOD },
	{ "newest suspect", newest_suspect, NB_GUARD_LAST_GOOD },
	{ "newest retired", newest_retired, NB_GUARD_LAST_GOOD },
	{ "newest blanked", newest_blanked, NB_GUARD_LAST_GOOD },
	{ "pool of one", no_others, NB_GUARD_LAST_GOOD },
	{ "nothing ever verified", nothing_ever, NB_GUARD_LAST_GOOD },
	{ "at the age limit", at_the_limit, NB_GUARD_PERMIT },
	{ "a second over the limit", over_the_limit, NB_GUARD_TOO_OLD },
	{ "verified now", verified_now, NB_GUARD_PERMIT },
	{ "verified in the future", in_the_future, NB_GUARD_TOO_OLD },
	{ "verified at the end of time", far_future, NB_GUARD_TOO_OLD },
	{ "never verified", never_verified, NB_GUARD_TOO_OLD },
	{ "verified before 1970", before_1970, NB_GUARD_TOO_OLD },
	{ "no limit, long ago", no_limit, NB_GUARD_PERMIT },
	{ "no limit, future", no_limit_future, NB_GUARD_PERMIT },
	{ "no limit, no newest", no_limit_no_newest, NB_GUARD_LAST_GOOD },
	{ "second copy old", second_copy_old, NB_GUARD_PERMIT },
	{ "second copy in time", only_second_copy_in_time, NB_GUARD_PERMIT },
	{ "newest may be the one that was not read", unread, NB_GUARD_UNREAD },
	{ "the same, and no limit", unread_no_limit, NB_GUARD_UNREAD },
	{ "another may be that one", unread_here, NB_GUARD_PERMIT },
	{ "the first copy may be that one", unread_second_copy,
	  NB_GUARD_PERMIT },
	{ "the second copy may be that one", unread_first_copy,
	  NB_GUARD_PERMIT },
	{ "newest shrank, another is complete", newest_shrunk,
	  NB_GUARD_PERMIT },
	{ "the newest complete one itself", complete_here, NB_GUARD_LAST_GOOD },
	{ "the newest, but it shrank", newest_here_shrunk, NB_GUARD_PERMIT },
	{ "the only copy of something", only_copy, NB_GUARD_ONLY_COPY },
	{ "the only copy, and another one too old", only_copy_too_old,
	  NB_GUARD_TOO_OLD },
	{ "another has an only copy", only_copy_elsewhere, NB_GUARD_PERMIT },
	{ "the new backup shrank", image_shrunk, NB_GUARD_SHRUNK },
	{ "image incomplete", incomplete, NB_GUARD_IMAGE_INCOMPLETE },
	{ "image of unknown size", size_unknown, NB_GUARD_IMAGE_INCOMPLETE },
	{ "a block too large", one_block_too_large, NB_GUARD_DOES_NOT_FIT },
	{ "disc of no size", disc_of_no_size, NB_GUARD_DOES_NOT_FIT },
	{ "no intent", no_intent, NB_GUARD_NO_INTENT },
	{ "blank only: no image", blank_only, NB_GUARD_PERMIT },
	{ "blank only: newest", blank_only_newest, NB_GUARD_LAST_GOOD },
	{ "blank only: no intent", blank_only_no_intent, NB_GUARD_NO_INTENT },
};

CHANGE(first_volume, s->facts.first_volume = "PARTY")
CHANGE(second_volume, s->facts.second_volume = "PARTY")
CHANGE(nameless,
       s->facts.typed = s->facts.first_volume = s->facts.second_volume = "")
CHANGE(other_disc, s->facts.second_disc = "CD-RW 5f02")
CHANGE(other_nameless_disc, nameless(s); other_disc(s))
CHANGE(other_case, s->facts.typed = "holidays")
CHANGE(no_volume_typed, s->facts.typed = "")
CHANGE(label_good, s->facts.first_state = s->facts.second_state = NB_LABEL_GOOD)
CHANGE(label_unreadable,
       s->facts.first_state = s->facts.second_state = NB_LABEL_UNREADABLE)
CHANGE(unreadable_newest, label_unreadable(s); is_newest(s))
CHANGE(unlabelled_newest, is_newest(s))
CHANGE(newer_than_others, s->facts.holds_newer = true)
CHANGE(newest_of_another_pool, s->facts.newest_of = true)
CHANGE(only_copy_apart, s->facts.alone = "tree uniq (generation 1)")
CHANGE(nothing_alone, s->facts.alone = "")
CHANGE(label_appeared, s->facts.second_state = NB_LABEL_GOOD)
CHANGE(label_went, s->facts.first_state = NB_LABEL_GOOD)
CHANGE(good_but_changed, label_good(s); date_changed(s))
CHANGE(good_newest, label_good(s); is_newest(s))
CHANGE(good_newest_other_name, label_good(s); is_newest(s); name_differs(s))
CHANGE(good_unknown, label_good(s); id_unknown(s))
CHANGE(good_forged, label_good(s); other_key(s))
CHANGE(good_forged_newest, label_good(s); other_key(s); is_newest(s))
CHANGE(good_suspect, label_good(s); suspect(s))
CHANGE(good_other_installation, label_good(s); other_installation(s))
CHANGE(good_shrunk_newest, label_good(s); s->pool.generation = 7)
CHANGE(good_of_no_generation, label_good(s); s->pool.generation = 0;
       s->discs[0].generation = s->discs[0].complete = 0)
CHANGE(good_only_copy, label_good(s); only_copy(s))
CHANGE(good_other_host, label_good(s); other_host(s))
CHANGE(good_moved, label_good(s); moved(s))
CHANGE(good_fenced, label_good(s); fenced(s))
CHANGE(good_taken_over, label_good(s); taken_over(s))
CHANGE(good_unread, label_good(s); unread(s))
CHANGE(good_unread_suspect, good_suspect(s); unread(s))
CHANGE(good_unread_unknown, good_unknown(s); unread(s))
CHANGE(good_unread_only_copy, good_only_copy(s); unread(s))
CHANGE(unlabelled_unread, unread(s))
CHANGE(with_image, s->facts.blank_only = false; s->facts.image_complete = true;
       s->facts.image_blocks = 5; s->facts.disc_blocks = 5)
CHANGE(with_large_image, with_image(s); s->facts.disc_blocks = 4)
CHANGE(without_image, s->facts.blank_only = false)

static const struct row typed_rows[] = {
	{ "unknown disc, typed", nothing, NB_GUARD_PERMIT },
	{ "no lock", no_lock, NB_GUARD_NO_LOCK },
	{ "other drive", other_drive, NB_GUARD_DRIVE_CHANGED },
	{ "an old catalog", stale, NB_GUARD_CATALOG_STALE },
	{ "first volume differs", first_volume, NB_GUARD_NOT_TYPED },
	{ "second volume differs", second_volume, NB_GUARD_NOT_TYPED },
	{ "another disc of this volume id", other_disc, NB_GUARD_DISC_CHANGED },
	{ "another disc without one", other_nameless_disc,
	  NB_GUARD_DISC_CHANGED },
	{ "typed in other case", other_case, NB_GUARD_NOT_TYPED },
	{ "typed nothing", no_volume_typed, NB_GUARD_NOT_TYPED },
	{ "disc without volume id", nameless, NB_GUARD_PERMIT },
	{ "a newer backup in a session before", newer_than_others,
	  NB_GUARD_LAST_GOOD },
	{ "the newest of a pool that is not configured", newest_of_another_pool,
	  NB_GUARD_LAST_GOOD },
	{ "the only copy, on a disc that is none of the pool's",
	  only_copy_apart, NB_GUARD_ONLY_COPY },
	{ "a disc of which there are other copies", nothing_alone,
	  NB_GUARD_PERMIT },
	{ "label unreadable", label_unreadable, NB_GUARD_PERMIT },
	{ "unreadable, and in memory that of the newest", unreadable_newest,
	  NB_GUARD_PERMIT },
	{ "none, and in memory that of the newest", unlabelled_newest,
	  NB_GUARD_PERMIT },
	{ "label good, oldest", label_good, NB_GUARD_PERMIT },
	{ "label good, the newest, but it shrank", good_shrunk_newest,
	  NB_GUARD_LAST_GOOD },
	{ "label good, nothing was ever verified", good_of_no_generation,
	  NB_GUARD_PERMIT },
	{ "label good, the only copy of something", good_only_copy,
	  NB_GUARD_ONLY_COPY },
	{ "label good, and the newest was not read", good_unread,
	  NB_GUARD_UNREAD },
	{ "suspect, and the newest was not read", good_unread_suspect,
	  NB_GUARD_PERMIT },
	{ "not in the catalog, and the newest was not read",
	  good_unread_unknown, NB_GUARD_PERMIT },
	{ "the only copy, and the newest was not read", good_unread_only_copy,
	  NB_GUARD_UNREAD },
	{ "no label, and the newest was not read", unlabelled_unread,
	  NB_GUARD_PERMIT },
	{ "label only the second time", label_appeared,
	  NB_GUARD_LABEL_CHANGED },
	{ "label only the first time", label_went, NB_GUARD_LABEL_CHANGED },
	{ "labels differ", good_but_changed, NB_GUARD_LABEL_CHANGED },
	{ "newest good backup", good_newest, NB_GUARD_LAST_GOOD },
	{ "newest, other name", good_newest_other_name, NB_GUARD_LAST_GOOD },
	{ "not in the catalog", good_unknown, NB_GUARD_PERMIT },
	{ "suspect", good_suspect, NB_GUARD_PERMIT },
	{ "of another installation", good_other_installation, NB_GUARD_PERMIT },
	{ "of another host that has the key", good_other_host,
	  NB_GUARD_OTHER_MACHINE },
	{ "another machine took the pool over", good_fenced,
	  NB_GUARD_TAKEN_OVER },
	{ "the state directory of another machine", good_moved,
	  NB_GUARD_MOVED },
	{ "of one whose pool was taken over", good_taken_over,
	  NB_GUARD_PERMIT },
	{ "forged", good_forged, NB_GUARD_PERMIT },
	{ "forged, or the newest without its key", good_forged_newest,
	  NB_GUARD_LAST_GOOD },
	{ "no intent", no_intent, NB_GUARD_NO_INTENT },
	{ "with an image", with_image, NB_GUARD_PERMIT },
	{ "with too large an image", with_large_image, NB_GUARD_DOES_NOT_FIT },
	{ "without the image", without_image, NB_GUARD_IMAGE_INCOMPLETE },
};

CHANGE(first_written, s->media[0].state = NB_MEDIUM_OVERWRITABLE)
CHANGE(second_written, s->media[1].state = NB_MEDIUM_OVERWRITABLE)
CHANGE(taken_out, s->media[1].state = NB_MEDIUM_NONE)
CHANGE(first_formatted, s->media[0].unformatted = false)
CHANGE(second_formatted, s->media[1].unformatted = false)
CHANGE(other_profile, s->media[1].profile = 0x43)
CHANGE(other_capacity, s->media[1].capacity = 2000)

static const struct row untouched_rows[] = {
	{ "nothing to lose", nothing, NB_GUARD_PERMIT },
	{ "no lock", no_lock, NB_GUARD_NO_LOCK },
	{ "other drive", other_drive, NB_GUARD_DRIVE_CHANGED },
	{ "an old catalog: nothing to lose", stale, NB_GUARD_PERMIT },
	{ "first: written to", first_written, NB_GUARD_NOT_BLANK },
	{ "second: written to", second_written, NB_GUARD_NOT_BLANK },
	{ "second: none", taken_out, NB_GUARD_NOT_BLANK },
	{ "first: formatted", first_formatted, NB_GUARD_NOT_BLANK },
	{ "second: formatted", second_formatted, NB_GUARD_NOT_BLANK },
	{ "the new backup shrank: nothing to lose", image_shrunk,
	  NB_GUARD_PERMIT },
	{ "another kind of disc", other_profile, NB_GUARD_MEDIUM_CHANGED },
	{ "another size", other_capacity, NB_GUARD_MEDIUM_CHANGED },
	{ "image incomplete", incomplete, NB_GUARD_IMAGE_INCOMPLETE },
	{ "a block too large", one_block_too_large, NB_GUARD_DOES_NOT_FIT },
	{ "no intent", no_intent, NB_GUARD_NO_INTENT },
};

#define COUNT(table) (int)(sizeof table / sizeof *table)

static void
check_row(struct scene *s, const struct row *row)
{
	enum nb_guard answer;

	row->change(s);
	answer = nb_guard_check(&s->facts);
	ck_assert_msg(answer == row->answer, "%s: \"%s\", not \"%s\"",
		      row->what, nb_guard_text(answer),
		      nb_guard_text(row->answer));
}

START_TEST(each_condition_that_does_not_hold_has_its_own_answer)
{
	struct scene s;

	set_up(&s);
	check_row(&s, &rows[_i]);
}
END_TEST

START_TEST(what_a_person_typed_stands_for_the_label_alone)
{
	struct scene s;

	set_up_typed(&s);
	check_row(&s, &typed_rows[_i]);
}
END_TEST

START_TEST(only_a_disc_without_any_data_is_formatted)
{
	struct scene s;

	set_up_untouched(&s);
	check_row(&s, &untouched_rows[_i]);
}
END_TEST

/* Two faults at once: no second fault makes the first one acceptable. */
START_TEST(no_fault_makes_up_for_another)
{
	const struct row *a = &rows[_i];

	for (int i = 0; i < COUNT(rows); i++) {
		struct scene s;

		if (a->answer == NB_GUARD_PERMIT
		    || rows[i].answer == NB_GUARD_PERMIT)
			continue;
		set_up(&s);
		a->change(&s);
		rows[i].change(&s);
		ck_assert_msg(nb_guard_check(&s.facts) != NB_GUARD_PERMIT,
			      "%s and %s", a->what, rows[i].what);
	}
}
END_TEST

START_TEST(every_answer_is_given_and_has_words_of_its_own)
{
	bool given[NB_GUARD_COUNT] = { false };

	for (int i = 0; i < COUNT(rows); i++)
		given[rows[i].answer] = true;
	for (int i = 0; i < COUNT(typed_rows); i++)
		given[typed_rows[i].answer] = true;
	for (int i = 0; i < COUNT(untouched_rows); i++)
		given[untouched_rows[i].answer] = true;
	for (int i = 0; i < NB_GUARD_COUNT; i++) {
		const char *text = nb_guard_text((enum nb_guard)i);

		ck_assert_msg(given[i], "no case for \"%s\"", text);
		ck_assert_uint_gt(strlen(text), 5);
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(text, nb_guard_text((enum nb_guard)k));
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("guard");
	TCase *tc = nb_test_case("guard", 10);

	tcase_add_loop_test(
		tc, each_condition_that_does_not_hold_has_its_own_answer, 0,
		COUNT(rows));
	tcase_add_loop_test(tc, what_a_person_typed_stands_for_the_label_alone,
			    0, COUNT(typed_rows));
	tcase_add_loop_test(tc, only_a_disc_without_any_data_is_formatted, 0,
			    COUNT(untouched_rows));
	tcase_add_loop_test(tc, no_fault_makes_up_for_another, 0, COUNT(rows));
	tcase_add_test(tc, every_answer_is_given_and_has_words_of_its_own);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
