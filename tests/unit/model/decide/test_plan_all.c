/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan in every combination of what it decides upon, held against what
 * must be true of any plan.
 */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "model/decide/guard.h"
#include "plan_scene.h"

#define MANY 1000000 /* combinations that must have been tried */

static struct {
	unsigned long policies, tried, plans[NB_PLAN_BLANK_FRESH + 1];
	bool reasons[NB_REASON_COUNT];
	char fault[320]; /* the first rule that did not hold */
} seen;

/* What the disc in the drive is to the pool, told from the situation. */
struct standing {
	bool ours;           /* label and catalog agree */
	bool newest, oldest; /* among the good ones */
	bool other_newest;   /* another good disc is newer than all */
	bool none;           /* no good disc has a complete backup */
	bool in_time;        /* verified within the limit */
};

static struct standing
look_at(const struct situation *s)
{
	uint64_t mine = scene_complete(s, s->in), highest = 0;
	struct standing st = { .oldest = true };

	for (int i = 0; s->discs[i]; i++) {
		uint64_t g = scene_complete(s, i);

		if (s->discs[i] != 'g' || i == s->in)
			continue;
		st.oldest = st.oldest && g >= mine;
		highest = g > highest ? g : highest;
	}
	st.ours = s->label == NB_LABEL_GOOD
		&& (s->twist == AS_IT_SHOULD || s->twist == TAKEN_OVER)
		&& s->discs[s->in] == 'g';
	st.newest = mine >= highest;
	st.none = !highest && (s->discs[s->in] != 'g' || !mine);
	st.other_newest = highest > mine;
	st.in_time = s->limit == 0
		|| (s->verified_ago >= 0 && s->verified_ago <= s->limit);
	return st;
}

static bool
has_free_name(const struct situation *s)
{
	return strchr(s->discs, 'u') || strchr(s->discs, 'b');
}

/* Discs that can be written once are of no use to rotation alternate. */
static bool
is_suited(const struct situation *s)
{
	return s->kind != ONCE || s->rotation != NB_ROTATION_ALTERNATE;
}

static bool
may_blank(const struct situation *s, const struct standing *st)
{
	bool erasable = s->kind == REWRITABLE
		|| (s->kind == RANDOM_ACCESS && s->state != NB_MEDIUM_CLOSED);

	return st->ours && st->oldest && !st->newest && st->other_newest
		&& st->in_time && erasable && s->need_fresh <= SCENE_CAPACITY
		&& !s->shrunk && !s->alone && !s->unread;
}

static bool
has_sessions(const struct situation *s)
{
	return s->state == NB_MEDIUM_APPENDABLE || s->state == NB_MEDIUM_CLOSED
		|| s->state == NB_MEDIUM_OVERWRITABLE;
}

#define RULE(condition)                    \
	do {                               \
		if (!(condition))          \
			return #condition; \
	} while (0)

/* The guard, asked with the same facts, permits what the plan wants. */
static bool
guard_permits(const struct scene *scene)
{
	struct nb_label label = scene->label;
	struct nb_guard_facts facts = {
		.key = &scene_key,
		.lock_held = true,
		.first_state = scene->facts.label_state,
		.second_state = scene->facts.label_state,
		.first = &label,
		.second = &label,
		.first_drive = "",
		.second_drive = "",
		.pool = &scene->pool,
		.max_verify_age = scene->facts.max_verify_age,
		.now = SCENE_NOW,
		.image_complete = true,
		.image_shrunk = scene->facts.shrunk,
		.image_blocks = 1,
		.disc_blocks = SCENE_CAPACITY,
		.intent_stored = true,
	};

	return (!scene->facts.label_signed
		|| !nb_label_sign(&label, &scene_key))
		&& nb_guard_check(&facts) == NB_GUARD_PERMIT;
}

static const char *
check_blanking(const struct situation *s, const struct standing *st,
	       const struct scene *scene)
{
	RULE(has_sessions(s));
	RULE(may_blank(s, st));
	RULE(s->intent != NB_INTENT_APPEND);
	RULE(s->intent == NB_INTENT_BLANK || s->rotation != NB_ROTATION_FRESH);
	RULE(guard_permits(scene));
	return NULL;
}

static const char *
check_accepted(const struct situation *s, const struct standing *st,
	       const struct scene *scene, const struct nb_decision *d)
{
	RULE(d->err == NB_OK && !d->wanted[0] && s->twist != FENCED
	     && s->twist != MOVED);
	RULE(d->reason < NB_REASON_NO_DISC || d->reason == NB_REASON_SHRUNK
	     || d->reason == NB_REASON_ALL_SHRUNK);
	RULE(d->reason != NB_REASON_SHRUNK
	     || (s->shrunk && d->plan == NB_PLAN_APPEND));
	RULE(d->reason != NB_REASON_ALL_SHRUNK
	     || (!scene->pool.complete && d->plan == NB_PLAN_APPEND));
	if (d->plan == NB_PLAN_FRESH) {
		RULE(s->state == NB_MEDIUM_BLANK && s->label == NB_LABEL_NONE);
		RULE(d->reason == NB_REASON_BLANK_DISC);
		RULE(s->intent == NB_INTENT_BLANK || !scene->pool.stale);
		RULE(s->intent == NB_INTENT_BLANK
		     || strchr("ub", s->discs[d->disc[3] - 'A']));
		RULE(s->intent == NB_INTENT_BLANK
		     || s->need_fresh <= SCENE_CAPACITY);
		RULE(s->intent == NB_INTENT_BLANK || is_suited(s));
		return NULL;
	}
	RULE(!strcmp(d->disc, scene->discs[s->in].name));
	if (d->plan == NB_PLAN_BLANK_FRESH)
		return check_blanking(s, st, scene);
	RULE(d->plan == NB_PLAN_APPEND);
	RULE(s->state == NB_MEDIUM_APPENDABLE && st->ours);
	RULE(s->need_append <= s->free);
	RULE(s->intent != NB_INTENT_BLANK);
	RULE(s->intent == NB_INTENT_APPEND || s->rotation == NB_ROTATION_APPEND
	     || (s->rotation == NB_ROTATION_ALTERNATE
		 && (s->shrunk || st->none
		     || (st->newest && !s->refuse_same))));
	return NULL;
}

static enum nb_err
error_of(enum nb_plan_reason reason)
{
	switch (reason) {
	case NB_REASON_NO_DISC:
		return NB_ENOMEDIUM;
	case NB_REASON_TOO_LARGE:
	case NB_REASON_TOO_LARGE_FOR_DISC:
		return NB_EFULL;
	case NB_REASON_UNKNOWN_DATA:
	case NB_REASON_LABEL_UNREADABLE:
	case NB_REASON_OTHER_INSTALLATION:
	case NB_REASON_LABEL_FORGED:
	case NB_REASON_OTHER_POOL:
	case NB_REASON_NOT_IN_CATALOG:
	case NB_REASON_CATALOG_EMPTY:
	case NB_REASON_REPLACED:
	case NB_REASON_LOST:
	case NB_REASON_OTHER_MACHINE:
	case NB_REASON_TAKEN_OVER:
	case NB_REASON_MOVED:
	case NB_REASON_NAME_CONFLICT:
		return NB_EFOREIGN;
	default:
		return NB_EWRONG;
	}
}

static const char *
check_refused(const struct situation *s, const struct nb_decision *d)
{
	RULE(d->plan == NB_PLAN_REFUSE);
	RULE(d->reason >= NB_REASON_NO_DISC && d->reason < NB_REASON_COUNT);
	RULE(d->err == error_of(d->reason));
	RULE(nb_plan_reason_text(d->reason)[0]);
	RULE(nb_plan_reason_hint(d->reason)
	     && nb_plan_reason_hint(d->reason)[0]);
	if (d->reason == NB_REASON_SUSPECT && d->may_be_newest)
		RULE(!strstr(nb_plan_hint(d), "adopt"));
	if (d->for_good
	    || (d->reason == NB_REASON_REPLACED && d->may_be_newest))
		RULE(!strstr(nb_plan_hint(d), "adopt"));
	RULE(!d->wanted[0] || strcmp(d->wanted, d->disc));
	RULE(!d->wanted[0] || !strchr("sr", s->discs[d->wanted[3] - 'A']));
	if (d->err == NB_EFULL)
		RULE(d->need > d->available);
	if (!s->need_fresh && !s->need_append && s->free >= NB_SESSION_MIN)
		RULE(d->err != NB_EFULL);
	if (d->reason == NB_REASON_LAST_SESSION
	    || d->reason == NB_REASON_LAST_SESSION_OLD)
		RULE(s->earlier && s->label != NB_LABEL_GOOD);
	if (d->reason == NB_REASON_LAST_SESSION_OLD)
		RULE(s->discs[s->in] == 'g');
	RULE((s->state == NB_MEDIUM_NONE) == (d->reason == NB_REASON_NO_DISC));
	RULE((s->twist == FENCED && s->state != NB_MEDIUM_NONE)
	     == (d->reason == NB_REASON_TAKEN_OVER));
	RULE(d->reason != NB_REASON_TAKEN_OVER || !d->wanted[0]);
	RULE((s->twist == MOVED && s->state != NB_MEDIUM_NONE)
	     == (d->reason == NB_REASON_MOVED));
	RULE(d->reason != NB_REASON_MOVED || !d->wanted[0]);
	RULE((s->state == NB_MEDIUM_DAMAGED && s->twist != FENCED
	      && s->twist != MOVED)
	     == (d->reason == NB_REASON_DAMAGED));
	return NULL;
}

/* A disc that may be used is used: nobody gets up at night for nothing. */
static const char *
check_not_too_careful(const struct situation *s, const struct standing *st,
		      const struct nb_decision *d)
{
	bool room = s->state == NB_MEDIUM_APPENDABLE && st->ours
		&& s->need_append <= s->free && s->free >= NB_SESSION_MIN;
	bool night = s->intent == NB_INTENT_RUN;

	if (s->state == NB_MEDIUM_BLANK && s->label == NB_LABEL_NONE
	    && has_free_name(s) && is_suited(s)
	    && s->need_fresh <= SCENE_CAPACITY && s->twist != CATALOG_STALE
	    && s->twist != UNKNOWN_STALE && s->twist != FENCED
	    && s->twist != MOVED)
		RULE(d->plan == NB_PLAN_FRESH);
	if (room
	    && (s->intent == NB_INTENT_APPEND
		|| (night && s->rotation == NB_ROTATION_APPEND)))
		RULE(d->plan == NB_PLAN_APPEND);
	if (room && night && s->rotation == NB_ROTATION_ALTERNATE
	    && (s->shrunk || st->none || (st->newest && !s->refuse_same)))
		RULE(d->plan == NB_PLAN_APPEND);
	if (has_sessions(s) && may_blank(s, st)
	    && (s->intent == NB_INTENT_BLANK
		|| (night && s->rotation == NB_ROTATION_ALTERNATE)))
		RULE(d->plan == NB_PLAN_BLANK_FRESH);
	return NULL;
}

static bool
is_same(const struct nb_decision *a, const struct nb_decision *b)
{
	return a->plan == b->plan && a->reason == b->reason && a->err == b->err
		&& !strcmp(a->disc, b->disc) && !strcmp(a->wanted, b->wanted)
		&& a->need == b->need && a->available == b->available;
}

static const char *
check_all(const struct situation *s, struct scene *scene,
	  const struct nb_decision *d)
{
	struct nb_decision again = nb_plan_decide(&scene->facts);
	struct standing st = look_at(s);
	const char *fault;

	RULE(is_same(d, &again));
	fault = d->plan == NB_PLAN_REFUSE ? check_refused(s, d)
					  : check_accepted(s, &st, scene, d);
	if (!fault)
		fault = check_not_too_careful(s, &st, d);
	if (!fault && d->plan == NB_PLAN_APPEND) {
		scene->medium.free++;
		again = nb_plan_decide(&scene->facts);
		scene->medium.free--;
		RULE(again.plan == NB_PLAN_APPEND);
	}
	return fault;
}

static void
try_one(const struct situation *s, struct scene *scene)
{
	struct nb_decision d = nb_plan_decide(&scene->facts);
	const char *fault = check_all(s, scene, &d);

	seen.tried++;
	seen.plans[d.plan]++;
	seen.reasons[d.reason] = true;
	if (!fault || seen.fault[0])
		return;
	snprintf(seen.fault, sizeof seen.fault,
		 "%s: %s (%s); intent %d "
		 "rotation %d discs %s in %d state %d kind %d label %d twist "
		 "%d same %d shrunk %d alone %d unread %d limit %d ago %d need "
		 "%d %d "
		 "free %d",
		 fault, nb_plan_name(d.plan), nb_plan_reason_code(d.reason),
		 s->intent, s->rotation, s->discs, s->in, s->state, s->kind,
		 s->label, s->twist, s->refuse_same, s->shrunk, s->alone,
		 s->unread, (int)s->limit, (int)s->verified_ago,
		 (int)s->need_fresh, (int)s->need_append, (int)s->free);
}

static void
try_policies(struct situation *s)
{
	/* What shrank, is nowhere else or was not read matters only to a disc
	 * that could be blanked. */
	int policies = s->label == NB_LABEL_GOOD ? 72 : 36;
	struct scene scene;

	if (++seen.policies % nb_test_sample() != 0)
		return;
	for (int policy = 0; policy < policies; policy++) {
		s->earlier = s->label != NB_LABEL_GOOD && policy >= 18;
		s->shrunk = s->label == NB_LABEL_GOOD && policy / 18 == 1;
		s->alone = s->label == NB_LABEL_GOOD && policy / 18 == 2;
		s->unread = s->label == NB_LABEL_GOOD && policy / 18 == 3;
		if (policy % 18 == 0)
			scene_set(&scene, s);
		s->intent = (enum nb_intent)(policy % 3);
		s->rotation = (enum nb_rotation)(policy / 3 % 3);
		s->refuse_same = policy / 9 % 2 == 1;
		scene.facts.intent = s->intent;
		scene.facts.rotation = s->rotation;
		scene.facts.append_on_same_disc = !s->refuse_same;
		try_one(s, &scene);
	}
}

static void
try_sizes_and_ages(struct situation *s)
{
	static const struct {
		uint64_t fresh, append, free;
	} sizes[] = {
		{ 0, 0, 0 },       { 0, 0, 500 },       { 400, 410, 410 },
		{ 400, 410, 409 }, { 1000, 1010, 500 }, { 1001, 1011, 500 },
	};
	static const struct {
		int64_t limit, ago;
	} ages[] = {
		{ 0, 5 },
		{ 5, 5 },
		{ 5, 6 },
		{ 5, -1 },
	};

	for (int i = 0; i < 6 * 4; i++) {
		s->need_fresh = sizes[i / 4].fresh;
		s->need_append = sizes[i / 4].append;
		s->free = sizes[i / 4].free;
		s->limit = ages[i % 4].limit;
		s->verified_ago = ages[i % 4].ago;
		s->open_session = s->state == NB_MEDIUM_CLOSED && s->free == 0;
		try_policies(s);
	}
}

static void
try_discs(struct situation *s)
{
	static const struct {
		const char *discs, *complete;
	} pools[] = {
		{ "g", NULL },    { "gg", NULL },  { "ggg", NULL },
		{ "gggg", NULL }, { "gu", NULL },  { "gsg", NULL },
		{ "gbg", NULL },  { "rgg", NULL }, { "su", NULL },
		{ "gg", "00" },
	};
	static const char states[] = "gusbr";
	char discs[SCENE_DISCS + 1];

	for (size_t p = 0; p < sizeof pools / sizeof *pools; p++) {
		s->complete = pools[p].complete;
		for (s->in = 0; pools[p].discs[s->in]; s->in++) {
			strcpy(discs, pools[p].discs);
			s->discs = discs;
			for (int i = 0; states[i]; i++) {
				discs[s->in] = states[i];
				try_sizes_and_ages(s);
			}
		}
	}
}

/* All media in one state: NB_MEDIUM_NONE, ... */
START_TEST(each_combination_keeps_the_rules)
{
	static const enum nb_label_state others[] = { NB_LABEL_NONE,
						      NB_LABEL_UNREADABLE };
	struct situation s = { .state = (enum nb_medium_state)_i };

	for (int kind = REWRITABLE; kind <= ONCE; kind++) {
		s.kind = (enum kind)kind;
		s.label = NB_LABEL_GOOD;
		for (int twist = 0; twist < TWISTS; twist++) {
			s.twist = (enum twist)twist;
			try_discs(&s);
		}
		s.twist = AS_IT_SHOULD;
		for (int i = 0; i < 2; i++) {
			s.label = others[i];
			try_discs(&s);
		}
	}
	ck_assert_str_eq(seen.fault, "");
	ck_assert_uint_ge(seen.tried, MANY / nb_test_sample());
}
END_TEST

static void
try_states(int from, int to)
{
	struct situation s = { .kind = REWRITABLE };

	for (int state = from; state <= to; state++) {
		s.state = (enum nb_medium_state)state;
		for (int i = 0; i < 3 * TWISTS; i++) {
			s.label = (enum nb_label_state)(i / TWISTS);
			s.twist = (enum twist)(i % TWISTS);
			try_discs(&s);
		}
	}
}

START_TEST(every_plan_and_every_reason_is_among_them)
{
	struct situation once = { .kind = ONCE,
				  .label = NB_LABEL_GOOD,
				  .state = NB_MEDIUM_CLOSED };

	try_states(NB_MEDIUM_NONE, NB_MEDIUM_DAMAGED);
	try_discs(&once);
	once.label = NB_LABEL_NONE;
	once.state = NB_MEDIUM_BLANK;
	try_discs(&once);
	ck_assert_str_eq(seen.fault, "");
	for (int i = 0; i <= NB_PLAN_BLANK_FRESH; i++)
		ck_assert_uint_gt(seen.plans[i], 0);
	for (int i = 0; i < NB_REASON_COUNT; i++)
		ck_assert_msg(seen.reasons[i], "%s",
			      nb_plan_reason_code((enum nb_plan_reason)i));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("plan_all");
	TCase *tc = nb_test_case("plan_all", 60);

	tcase_add_loop_test(tc, each_combination_keeps_the_rules,
			    NB_MEDIUM_NONE, NB_MEDIUM_DAMAGED + 1);
	tcase_add_test(tc, every_plan_and_every_reason_is_among_them);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
