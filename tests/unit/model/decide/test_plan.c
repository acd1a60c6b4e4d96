/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "plan_scene.h"

/* What stands in most cases: yesterday's or an older disc of ours, with room,
 * within no age limit. */
#define OPEN .state = NB_MEDIUM_APPENDABLE
#define IN(disc) .label = NB_LABEL_GOOD, .free = 500, .in = (disc)
#define A IN(0), OPEN
#define B IN(1), OPEN
#define BLANK .state = NB_MEDIUM_BLANK
#define CLOSED .state = NB_MEDIUM_CLOSED
#define FILLING .rotation = NB_ROTATION_APPEND
#define FRESH .rotation = NB_ROTATION_FRESH
#define BY_HAND .intent = NB_INTENT_APPEND
#define TO_BLANK .intent = NB_INTENT_BLANK
#define FULL .need_append = 501, .need_fresh = 480

#define TAKES(way, why, name)                                          \
	.plan = NB_PLAN_##way, .reason = NB_REASON_##why,                  \
	.err = NB_OK, .disc = name, .wanted = ""
#define REFUSES(why, code, name, other)                                    \
	.plan = NB_PLAN_REFUSE, .reason = NB_REASON_##why,                 \
	.err = code, .disc = name, .wanted = other

static const struct plan_case {
	const char *name;
	struct situation s;
	enum nb_plan plan;
	enum nb_reason reason;
	enum nb_err err;
	const char *disc, *wanted;
	uint64_t need, available;
} cases[] = {
	/* the newest session is bad */
	{ "newest disc, last session bad",
	  { .discs = "gs", OPEN, .in = 1, .earlier = true },
	  REFUSES(LAST_SESSION, NB_EWRONG, "DB-B", "") },
	{ "the same with a label that cannot be read",
	  { .discs = "gs", OPEN, .in = 1, .earlier = true,
	    .label = NB_LABEL_UNREADABLE },
	  REFUSES(LAST_SESSION, NB_EWRONG, "DB-B", "") },
	{ "read since and good, and it would be its turn",
	  { .discs = "gg", OPEN, .in = 0, .earlier = true },
	  REFUSES(LAST_SESSION_OLD, NB_EWRONG, "DB-A", "") },
	{ "read since and good, the newest, by hand",
	  { .discs = "gg", OPEN, .in = 1, .earlier = true, TO_BLANK },
	  REFUSES(LAST_SESSION, NB_EWRONG, "DB-B", "DB-A") },
	{ "last session bad, of another pool",
	  { .discs = "gg", OPEN, .in = 1, .earlier = true,
	    .twist = OTHER_POOL },
	  REFUSES(UNKNOWN_DATA, NB_EFOREIGN, "", "DB-A") },
	{ "last session bad, the disc not in the catalog",
	  { .discs = "gg", OPEN, .in = 1, .earlier = true,
	    .label = NB_LABEL_UNREADABLE, .twist = UNKNOWN_ID },
	  REFUSES(LABEL_UNREADABLE, NB_EFOREIGN, "", "DB-A") },
	/* alternate */
	{ "first night, blank disc", { .discs = "uu", BLANK },
	  TAKES(FRESH, BLANK_DISC, "DB-A"), .need = 0,
	  .available = 1000 },
	{ "second night, blank disc", { .discs = "gu", BLANK },
	  TAKES(FRESH, BLANK_DISC, "DB-B"), .need = 0,
	  .available = 1000 },
	{ "a name blanked comes before one behind it",
	  { .discs = "gbu", BLANK }, TAKES(FRESH, BLANK_DISC, "DB-B"),
	  .need = 0, .available = 1000 },
	{ "blank disc, it just fits",
	  { .discs = "uu", BLANK, .need_fresh = 1000 },
	  TAKES(FRESH, BLANK_DISC, "DB-A"), .need = 1000,
	  .available = 1000 },
	{ "blank disc, a block too small",
	  { .discs = "uu", BLANK, .need_fresh = 1001 },
	  REFUSES(TOO_LARGE_FOR_DISC, NB_EFULL, "", ""), .need = 1001,
	  .available = 1000 },
	{ "blank disc, every name in use", { .discs = "gg", BLANK },
	  REFUSES(NO_DISC_NAME, NB_EWRONG, "", "DB-A") },
	{ "blank disc, every name in use, too large as well",
	  { .discs = "gg", BLANK, .need_fresh = 1001 },
	  REFUSES(NO_DISC_NAME, NB_EWRONG, "", "DB-A") },
	{ "blank disc, the other names suspect and retired",
	  { .discs = "sgr", BLANK },
	  REFUSES(NO_DISC_NAME, NB_EWRONG, "", "") },
	{ "the drive says blank, a label is there all the same",
	  { .discs = "gu", .label = NB_LABEL_GOOD, BLANK },
	  REFUSES(LABEL_UNREADABLE, NB_EFOREIGN, "DB-A", "DB-B") },
	{ "the drive says blank, something unreadable is there",
	  { .discs = "uu", .label = NB_LABEL_UNREADABLE, BLANK },
	  REFUSES(LABEL_UNREADABLE, NB_EFOREIGN, "", "DB-A") },
	{ "the oldest of two", { .discs = "gg", A },
	  TAKES(BLANK_FRESH, OLDEST_DISC, "DB-A"), .need = 0,
	  .available = 1000 },
	{ "the oldest of two is the second", { .discs = "gg",
	  .generations = "54", B },
	  TAKES(BLANK_FRESH, OLDEST_DISC, "DB-B"), .need = 0,
	  .available = 1000 },
	{ "the oldest, closed and erasable",
	  { .discs = "gg", IN(0), CLOSED },
	  TAKES(BLANK_FRESH, OLDEST_DISC, "DB-A"), .need = 0,
	  .available = 1000 },
	{ "the oldest, of random access and not erasable",
	  { .discs = "gg", A, .kind = RANDOM_ACCESS },
	  TAKES(BLANK_FRESH, OLDEST_DISC, "DB-A"), .need = 0,
	  .available = 1000 },
	{ "the oldest, of random access and write-protected",
	  { .discs = "gg", IN(0), .kind = RANDOM_ACCESS, CLOSED },
	  REFUSES(WRITE_ONCE, NB_EWRONG, "DB-A", "") },
	{ "the oldest, write-once", { .discs = "gg", A, .kind = ONCE },
	  REFUSES(WRITE_ONCE, NB_EWRONG, "DB-A", "") },
	{ "the oldest, write-once, and the other unverified",
	  { .discs = "gg", A, .kind = ONCE, .limit = 10,
	    .verified_ago = 11 },
	  REFUSES(WRITE_ONCE, NB_EWRONG, "DB-A", "") },
	{ "the oldest, too small even when empty",
	  { .discs = "gg", A, .need_fresh = 1001 },
	  REFUSES(TOO_LARGE_FOR_DISC, NB_EFULL, "DB-A", ""), .need = 1001,
	  .available = 1000 },
	{ "the oldest of three", { .discs = "ggg", A },
	  TAKES(BLANK_FRESH, OLDEST_DISC, "DB-A"), .need = 0,
	  .available = 1000 },
	{ "the oldest good, where an older one is suspect",
	  { .discs = "sgg", B },
	  TAKES(BLANK_FRESH, OLDEST_DISC, "DB-B"), .need = 0,
	  .available = 1000 },
	{ "the middle of three", { .discs = "ggg", B },
	  REFUSES(NOT_OLDEST, NB_EWRONG, "DB-B", "DB-A") },
	{ "the middle of three, while a name is unused",
	  { .discs = "gggu", B },
	  REFUSES(NOT_OLDEST, NB_EWRONG, "DB-B", "DB-D") },
	{ "the oldest two are of one generation",
	  { .discs = "ggg", .generations = "112", B },
	  TAKES(BLANK_FRESH, OLDEST_DISC, "DB-B"), .need = 0,
	  .available = 1000 },
	{ "two discs hold the newest generation",
	  { .discs = "gg", .generations = "22", A },
	  TAKES(APPEND, SAME_DISC, "DB-A"), .need = 0,
	  .available = 500 },
	{ "verified at the limit",
	  { .discs = "gg", A, .limit = 10, .verified_ago = 10 },
	  TAKES(BLANK_FRESH, OLDEST_DISC, "DB-A"), .need = 0,
	  .available = 1000 },
	{ "verified this very second",
	  { .discs = "gg", A, .limit = 10 },
	  TAKES(BLANK_FRESH, OLDEST_DISC, "DB-A"), .need = 0,
	  .available = 1000 },
	{ "verified a second over the limit",
	  { .discs = "gg", A, .limit = 10, .verified_ago = 11 },
	  REFUSES(OTHER_UNVERIFIED, NB_EWRONG, "DB-A", "DB-B") },
	{ "verified in the future",
	  { .discs = "gg", A, .limit = 10, .verified_ago = -1 },
	  REFUSES(OTHER_UNVERIFIED, NB_EWRONG, "DB-A", "DB-B") },
	{ "never verified", { .discs = "gg", A, .limit = 2 * SCENE_NOW,
	    .verified_ago = SCENE_NOW },
	  REFUSES(OTHER_UNVERIFIED, NB_EWRONG, "DB-A", "DB-B") },
	{ "no limit, verified in the future",
	  { .discs = "gg", A, .verified_ago = -1 },
	  TAKES(BLANK_FRESH, OLDEST_DISC, "DB-A"), .need = 0,
	  .available = 1000 },
	{ "the only good one of two, the other suspect",
	  { .discs = "gs", A }, TAKES(APPEND, SAME_DISC, "DB-A"), .need = 0,
	  .available = 500 },
	{ "yesterday's disc", { .discs = "gg", B, .need_append = 500 },
	  TAKES(APPEND, SAME_DISC, "DB-B"), .need = 500,
	  .available = 500 },
	{ "yesterday's disc, a block too small",
	  { .discs = "gg", B, .need_append = 501 },
	  REFUSES(TOO_LARGE, NB_EFULL, "DB-B", "DB-A"), .need = 501,
	  .available = 500 },
	{ "yesterday's disc, closed", { .discs = "gg", IN(1), CLOSED },
	  REFUSES(CLOSED, NB_EWRONG, "DB-B", "DB-A") },
	{ "yesterday's disc, overwritten by something",
	  { .discs = "gg", IN(1), .state = NB_MEDIUM_OVERWRITABLE,
	    .kind = RANDOM_ACCESS },
	  REFUSES(CLOSED, NB_EWRONG, "DB-B", "DB-A") },
	{ "yesterday's disc, to be refused",
	  { .discs = "gg", B, .refuse_same = true },
	  REFUSES(SAME_DISC_REFUSED, NB_EWRONG, "DB-B", "DB-A") },
	{ "a pool of one", { .discs = "g", A },
	  TAKES(APPEND, SAME_DISC, "DB-A"), .need = 0,
	  .available = 500 },
	{ "a pool of one, full", { .discs = "g", A, FULL },
	  REFUSES(LAST_GOOD, NB_EWRONG, "DB-A", ""), .need = 501,
	  .available = 500 },
	{ "a pool of one, closed", { .discs = "g", IN(0), CLOSED },
	  REFUSES(LAST_GOOD, NB_EWRONG, "DB-A", "") },
	{ "full, and the other disc retired", { .discs = "gr", A, FULL },
	  REFUSES(LAST_GOOD, NB_EWRONG, "DB-A", ""), .need = 501,
	  .available = 500 },
	/* append */
	{ "filling: room left", { FILLING, .discs = "gu", A,
	    .need_append = 500 },
	  TAKES(APPEND, ROOM_LEFT, "DB-A"), .need = 500,
	  .available = 500 },
	{ "filling: full, the next is unused", { FILLING, .discs = "gu", A,
	    FULL }, REFUSES(TOO_LARGE, NB_EFULL, "DB-A", "DB-B"), .need = 501,
	  .available = 500 },
	{ "filling: the next, full, is the oldest",
	  { FILLING, .discs = "gg", A, FULL },
	  TAKES(BLANK_FRESH, DISC_FULL, "DB-A"), .need = 480,
	  .available = 1000 },
	{ "filling: the oldest, closed", { FILLING, .discs = "gg", IN(0),
	    CLOSED }, TAKES(BLANK_FRESH, DISC_FULL, "DB-A"), .need = 0,
	  .available = 1000 },
	{ "filling: a full one in the middle",
	  { FILLING, .discs = "ggg", B, FULL },
	  REFUSES(NOT_OLDEST, NB_EWRONG, "DB-B", "DB-C") },
	{ "filling: a pool of one, full", { FILLING, .discs = "g", A, FULL },
	  REFUSES(LAST_GOOD, NB_EWRONG, "DB-A", ""), .need = 501,
	  .available = 500 },
	{ "filling: no disc", { FILLING, .discs = "gu" },
	  REFUSES(NO_DISC, NB_ENOMEDIUM, "", "DB-A") },
	{ "filling: write-once, full, the oldest",
	  { FILLING, .discs = "gg", A, FULL, .kind = ONCE },
	  REFUSES(WRITE_ONCE, NB_EWRONG, "DB-A", "DB-B") },
	/* fresh */
	{ "one a disc: blank disc", { FRESH, .discs = "gu", BLANK },
	  TAKES(FRESH, BLANK_DISC, "DB-B"), .need = 0,
	  .available = 1000 },
	{ "one a disc: yesterday's", { FRESH, .discs = "gu", A },
	  REFUSES(SAME_DISC_REFUSED, NB_EWRONG, "DB-A", "DB-B") },
	{ "one a disc: an older one", { FRESH, .discs = "gg", A },
	  REFUSES(WRITE_ONCE, NB_EWRONG, "DB-A", "") },
	{ "one a disc: the names are used up", { FRESH, .discs = "gg",
	    BLANK }, REFUSES(NO_DISC_NAME, NB_EWRONG, "", "") },
	/* by hand */
	{ "by hand: the oldest takes a session",
	  { BY_HAND, .discs = "gg", A }, TAKES(APPEND, ROOM_LEFT, "DB-A"),
	  .need = 0, .available = 500 },
	{ "by hand: too large, and not blanked",
	  { BY_HAND, .discs = "gg", A, FULL },
	  REFUSES(TOO_LARGE, NB_EFULL, "DB-A", ""), .need = 501,
	  .available = 500 },
	{ "by hand: on_same_disc does not count",
	  { BY_HAND, .discs = "gg", B, .refuse_same = true },
	  TAKES(APPEND, ROOM_LEFT, "DB-B"), .need = 0,
	  .available = 500 },
	{ "by hand: closed", { BY_HAND, FRESH, .discs = "gu", IN(0), CLOSED },
	  REFUSES(CLOSED, NB_EWRONG, "DB-A", "DB-B") },
	{ "by hand: blank disc", { BY_HAND, .discs = "gu", BLANK },
	  TAKES(FRESH, BLANK_DISC, "DB-B"), .need = 0,
	  .available = 1000 },
	{ "by hand: room in rotation fresh", { BY_HAND, FRESH, .discs = "g",
	    A }, TAKES(APPEND, ROOM_LEFT, "DB-A"), .need = 0,
	  .available = 500 },
	{ "to blank: the oldest", { TO_BLANK, FRESH, .discs = "gg", A },
	  TAKES(BLANK_FRESH, OLDEST_DISC, "DB-A"), .need = 0,
	  .available = 1000 },
	{ "to blank: the newest", { TO_BLANK, .discs = "gg", B },
	  REFUSES(LAST_GOOD, NB_EWRONG, "DB-B", "DB-A") },
	{ "to blank: the only one", { TO_BLANK, .discs = "g", A },
	  REFUSES(LAST_GOOD, NB_EWRONG, "DB-A", "") },
	{ "to blank: the middle", { TO_BLANK, .discs = "ggg", B },
	  REFUSES(NOT_OLDEST, NB_EWRONG, "DB-B", "DB-A") },
	{ "to blank: blank already, and no name free",
	  { TO_BLANK, .discs = "gg", BLANK },
	  TAKES(FRESH, BLANK_DISC, ""), .need = 0,
	  .available = 1000 },
	/* whose disc, and in which state */
	{ "no disc", { .discs = "gg" },
	  REFUSES(NO_DISC, NB_ENOMEDIUM, "", "DB-A") },
	{ "damaged", { .discs = "gg", .state = NB_MEDIUM_DAMAGED },
	  REFUSES(DAMAGED, NB_EWRONG, "", "DB-A") },
	{ "data without a label", { .discs = "gg",
	    .state = NB_MEDIUM_OVERWRITABLE, .kind = RANDOM_ACCESS },
	  REFUSES(UNKNOWN_DATA, NB_EFOREIGN, "", "DB-A") },
	{ "a film", { .discs = "uu", CLOSED },
	  REFUSES(UNKNOWN_DATA, NB_EFOREIGN, "", "DB-A") },
	{ "label unreadable", { .discs = "gg", OPEN,
	    .label = NB_LABEL_UNREADABLE },
	  REFUSES(LABEL_UNREADABLE, NB_EFOREIGN, "", "DB-A") },
	{ "another installation, whose disc has the wanted name",
	  { .discs = "gg", A, .twist = FOREIGN },
	  REFUSES(OTHER_INSTALLATION, NB_EFOREIGN, "", "DB-A") },
	{ "our label, and not our key",
	  { .discs = "gg", A, .twist = FORGED },
	  REFUSES(LABEL_FORGED, NB_EFOREIGN, "", "DB-A") },
	{ "the newest, and not our key",
	  { .discs = "gg", B, .twist = FORGED },
	  REFUSES(LABEL_FORGED, NB_EFOREIGN, "", "DB-A") },
	{ "filling, and not our key",
	  { FILLING, .discs = "g", A, .twist = FORGED },
	  REFUSES(LABEL_FORGED, NB_EFOREIGN, "", "DB-A") },
	{ "by hand, and not our key",
	  { BY_HAND, .discs = "gg", A, .twist = FORGED },
	  REFUSES(LABEL_FORGED, NB_EFOREIGN, "", "DB-A") },
	{ "to blank, and not our key",
	  { TO_BLANK, .discs = "gg", A, .twist = FORGED },
	  REFUSES(LABEL_FORGED, NB_EFOREIGN, "", "DB-A") },
	{ "written by another host that has our key",
	  { .discs = "gg", A, .twist = OTHER_HOST },
	  TAKES(BLANK_FRESH, OLDEST_DISC, "DB-A"), .need = 0,
	  .available = 1000 },
	{ "the newest, by another host that has our key",
	  { .discs = "gg", B, .twist = OTHER_HOST },
	  TAKES(APPEND, SAME_DISC, "DB-B"), .need = 0,
	  .available = 500 },
	{ "another pool", { .discs = "gg", A, .twist = OTHER_POOL },
	  REFUSES(OTHER_POOL, NB_EFOREIGN, "", "DB-A") },
	{ "not in the catalog", { .discs = "gg", A, .twist = UNKNOWN_ID },
	  REFUSES(NOT_IN_CATALOG, NB_EFOREIGN, "", "DB-A") },
	{ "catalog lost", { .discs = "uu", A },
	  REFUSES(NOT_IN_CATALOG, NB_EFOREIGN, "", "DB-A") },
	{ "no such name in the pool",
	  { .discs = "gg", A, .twist = UNKNOWN_NAME },
	  REFUSES(NAME_CONFLICT, NB_EFOREIGN, "", "DB-A") },
	{ "the name of another disc",
	  { .discs = "gg", A, .twist = NAME_OF_ANOTHER },
	  REFUSES(NAME_CONFLICT, NB_EFOREIGN, "", "DB-A") },
	{ "label newer than the catalog", { .discs = "gg", A,
	    .twist = NEWER },
	  REFUSES(GENERATION_CONFLICT, NB_EWRONG, "DB-A", "") },
	{ "label older than the catalog", { .discs = "gg", B,
	    .twist = OLDER },
	  REFUSES(GENERATION_CONFLICT, NB_EWRONG, "DB-B", "DB-A") },
	{ "a copy of the newest, made before a session was added",
	  { .discs = "gg", B, .twist = OLDER },
	  REFUSES(GENERATION_CONFLICT, NB_EWRONG, "DB-B", "DB-A") },
	{ "a copy of what the disc held before it was blanked",
	  { .discs = "ug", A },
	  REFUSES(NOT_IN_CATALOG, NB_EFOREIGN, "", "DB-A") },
	{ "same generation, another backup", { .discs = "gg", A,
	    .twist = OTHER_BACKUP },
	  REFUSES(GENERATION_CONFLICT, NB_EWRONG, "DB-A", "") },
	{ "blanked in the catalog, labelled in truth",
	  { .discs = "bg", A },
	  REFUSES(GENERATION_CONFLICT, NB_EWRONG, "DB-A", "") },
	{ "catalog behind", { .discs = "gg", A, .twist = CATALOG_BEHIND },
	  REFUSES(CATALOG_BEHIND, NB_EWRONG, "DB-A", "") },
	{ "catalog behind, blank disc", { .discs = "gu", BLANK,
	    .twist = CATALOG_BEHIND },
	  REFUSES(CATALOG_BEHIND, NB_EWRONG, "", "") },
	{ "suspect", { .discs = "sg", A },
	  REFUSES(SUSPECT, NB_EWRONG, "DB-A", "") },
	{ "suspect, and newer than the catalog says",
	  { .discs = "sgg", A, .twist = NEWER },
	  REFUSES(SUSPECT, NB_EWRONG, "DB-A", "DB-B") },
	{ "retired", { .discs = "rgg", A },
	  REFUSES(RETIRED, NB_EWRONG, "DB-A", "DB-B") },
};

#define COUNT(table) (int)(sizeof table / sizeof *table)

START_TEST(each_case_has_its_plan_and_its_reason)
{
	const struct plan_case *c = &cases[_i];
	struct nb_decision d;
	struct scene scene;

	scene_set(&scene, &c->s);
	d = nb_plan_decide(&scene.facts);
	ck_assert_msg(d.plan == c->plan && d.reason == c->reason,
		      "%s: %s, %s", c->name, nb_plan_name(d.plan),
		      nb_reason_code(d.reason));
	ck_assert_msg(d.err == c->err, "%s: %s", c->name, nb_err_name(d.err));
	ck_assert_msg(!strcmp(d.disc, c->disc), "%s: disc %s", c->name,
		      d.disc);
	ck_assert_msg(!strcmp(d.wanted, c->wanted), "%s: wanted %s", c->name,
		      d.wanted);
	ck_assert_msg(d.need == c->need && d.available == c->available,
		      "%s: %u of %u", c->name, (unsigned int)d.need,
		      (unsigned int)d.available);
}
END_TEST

START_TEST(every_reason_is_given_by_some_case)
{
	bool given[NB_REASON_COUNT] = { false };

	for (int i = 0; i < COUNT(cases); i++)
		given[cases[i].reason] = true;
	for (int i = 0; i < NB_REASON_COUNT; i++)
		ck_assert_msg(given[i], "no case for %s",
			      nb_reason_code((enum nb_reason)i));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("plan");
	TCase *tc = nb_test_case("plan", 10);

	tcase_add_loop_test(tc, each_case_has_its_plan_and_its_reason, 0,
			    COUNT(cases));
	tcase_add_test(tc, every_reason_is_given_by_some_case);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
