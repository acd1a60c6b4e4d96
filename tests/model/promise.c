/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The promise, judged by what is on the discs. */
#include <string.h>

#include "moves.h"

void
promise_broken(const char *how)
{
	if (!stage.broken)
		stage.broken = how;
}

/* The newest session that the catalog believes to be on the disc. */
static const struct session *
newest_of(const struct row *r)
{
	const struct session *newest = NULL;

	for (int i = 0; i < r->count; i++)
		if (!newest || r->session[i].generation >= newest->generation)
			newest = &r->session[i];
	return newest;
}

/* The same without what a person appended and what shrank: the backup that
 * counts. */
static const struct session *
job_newest_of(const struct row *r)
{
	const struct session *newest = NULL;

	for (int i = 0; i < r->count; i++)
		if (!(r->session[i].flags & (BY_HAND | SHRUNK))
		    && (!newest
			|| r->session[i].generation >= newest->generation))
			newest = &r->session[i];
	return newest;
}

/* The newest that lacks nothing of the one before it; 0: none. */
static uint8_t
complete_of(const struct row *r)
{
	uint8_t newest = 0;

	for (int i = 0; i < r->count; i++)
		if (!(r->session[i].flags & (BY_HAND | SHRUNK))
		    && r->session[i].generation > newest)
			newest = r->session[i].generation;
	return newest;
}

static uint8_t
pool_newest(const struct catalog *c)
{
	uint8_t newest = 0;

	for (int i = 0; i < c->count; i++)
		if (c->row[i].named && c->row[i].state == NB_DISC_GOOD
		    && complete_of(&c->row[i]) > newest)
			newest = complete_of(&c->row[i]);
	return newest;
}

static bool
says_newest(const struct catalog *c, const struct row *r)
{
	uint8_t complete = complete_of(r);

	return complete && r->named && r->state == NB_DISC_GOOD
		&& complete == pool_newest(c);
}

/* What nightburn found when it read a disc changes nothing on it; and that one of
 * two copies is damaged, or that a session after the same ones was left open, is
 * not what tells discs apart. */
static bool
is_same_disc(const struct medium *a, const struct medium *b)
{
	struct medium x = *a, y = *b;

	x.open = y.open = 0;
	for (size_t i = 0; i < sizeof x.session / sizeof *x.session; i++) {
		x.session[i].flags &= (uint8_t) ~(PROVEN | WHOLE);
		y.session[i].flags &= (uint8_t) ~(PROVEN | WHOLE);
	}
	return !memcmp(&x, &y, sizeof x);
}

/* Nothing but blank discs, and discs that label and catalog agree on. */
void
promise_touch(const struct medium *m)
{
	const struct session *known, *top;
	const struct row *r;

	if (stage.adopting && !is_same_disc(m, &stage.shown))
		promise_broken("a disc other than the one shown is adopted");
	if (stage.adopting || m->kind == K_BLANK)
		return;
	r = m->kind == K_OURS ? catalog_row(&stage.world->now, m->id) : NULL;
	known = r && r->named && r->name == m->name ? newest_of(r) : NULL;
	top = &m->session[m->count - 1];
	if (!known || known->generation != top->generation
	    || known->backup != top->backup)
		promise_broken("a disc that nightburn does not know is "
			       "written to");
	else if (r->state != NB_DISC_GOOD)
		promise_broken("a disc that is not good is written to");
}

/* Does the catalog rely on a disc that somebody else has taken since? */
static bool
is_deceived(const struct world *w, const struct medium *m)
{
	for (int i = 0; i < w->now.count; i++) {
		const struct row *r = &w->now.row[i];

		if (r->id != m->id && says_newest(&w->now, r)
		    && world_is_taken(w, r->id))
			return true;
	}
	return false;
}

/* Was the newest backup read on another disc, not too long ago?  A clock that
 * went back since makes that a date in the future. */
static bool
is_proven_elsewhere(const struct world *w, const struct medium *m)
{
	for (int i = 0; i < w->now.count; i++) {
		const struct row *r = &w->now.row[i];

		if (r->id != m->id && says_newest(&w->now, r) && r->proven
		    && r->proven != V_OLD)
			return true;
	}
	return false;
}

void
promise_destroyed(const struct medium *m)
{
	struct world *w = stage.world;
	const struct row *r = catalog_row(&w->now, m->id);

	if (stage.adopting) {
		if (m->kind == K_OURS && r && says_newest(&w->now, r))
			promise_broken("the newest good backup is adopted");
		world_take(w, m);
		return;
	}
	if (!is_proven_elsewhere(w, m))
		promise_broken("blanked, although no other disc was read "
			       "within the limit");
	if (medium_is_good(m) && !world_good(w) && !is_deceived(w, m))
		promise_broken("the last good backup is destroyed");
}

static void
give_back(struct world *w, uint8_t id)
{
	for (int i = 0; i < w->taken_count; i++)
		if (w->taken[i] == id)
			w->taken[i] = w->taken[--w->taken_count];
}

/* What the catalog calls the newest good backup is whole on a disc. */
static void
check_belief(struct world *w, const struct row *r)
{
	const struct session *newest = job_newest_of(r);

	for (int i = 0; newest && i < setting.media; i++) {
		const struct medium *m = &w->medium[i];

		if (m->id == r->id && medium_holds(m, newest->backup)) {
			give_back(w, r->id);
			return;
		}
	}
	if (!world_is_taken(w, r->id) && !w->rolled_back)
		promise_broken("the backup that the catalog calls the newest "
			       "good one is on no disc");
}

static bool
is_stale(const struct world *w)
{
	bool unread = w->rolled_back && !w->now.there && !w->mark.sequence
		&& !w->mark.generation;

	return unread || w->now.sequence < w->mark.sequence
		|| w->now.newest < w->mark.generation;
}

/* Is that known to be wrong, from the mark or from a disc that was seen? */
void
promise_believed(void)
{
	if (stage.world->is_old == OLD_PLAIN)
		promise_broken("a disc is written to by a catalog that is an "
			       "old copy, or was lost");
}

/* A disc beyond all that the catalog knows, and not one that it doubts. */
static bool
is_witness(const struct world *w, const struct medium *m)
{
	const struct row *r = NULL;

	if (!m || m->kind != K_OURS || (w->journal && w->dead.id == m->id))
		return false;
	for (int i = 0; i < w->now.count; i++)
		if (w->now.row[i].id == m->id)
			r = &w->now.row[i];
	return m->session[m->count - 1].generation > w->now.newest
		&& (!r || r->state == NB_DISC_GOOD);
}

/* The newest generation that was ever seen was read, and all of it is good. */
static bool
has_newest(const struct world *before, const struct medium *m)
{
	if (!m || m->kind != K_OURS)
		return false;
	for (int i = 0; i < m->count; i++)
		if (!(m->session[i].flags & WHOLE))
			return false;
	return m->session[m->count - 1].generation >= before->mark.generation;
}

/* The newest backup of the job on M, which may be on another disc, too; 0: there
 * is none. */
static uint8_t
job_newest_on(const struct medium *m)
{
	uint8_t backup = 0;

	for (int i = 0; m->kind == K_OURS && i < m->count; i++)
		if (!(m->session[i].flags & BY_HAND))
			backup = m->session[i].backup;
	return backup;
}

/* No disc has a backup of the job that the catalog lacks; a disc with one that
 * was appended by hand is not written to before it was read. */
static bool
knows_all(const struct world *w)
{
	for (int i = 0; i < setting.media; i++) {
		uint8_t backup = job_newest_on(&w->medium[i]);
		const struct row *r = NULL;
		bool known = !backup;

		for (int k = 0; k < w->now.count; k++)
			if (w->now.row[k].id == w->medium[i].id)
				r = &w->now.row[k];
		for (int k = 0; r && k < r->count; k++)
			known = known || r->session[k].backup == backup;
		if (!known)
			return false;
	}
	return true;
}

/* A rebuild records the newest generation that was ever seen, be it damaged: the
 * disc is suspect then, and every other one is unknown. */
static bool
is_rebuilt(const struct world *before, const struct move *move,
	   const struct medium *m)
{
	return move->action == M_REBUILD && m && m->kind == K_OURS
		&& (m->session[m->count - 1].generation
			    >= before->mark.generation
		    || knows_all(stage.world));
}

/* Nothing was begun, and the journal says so. */
static void
check_intent(const struct world *before, const struct move *move,
	     const struct outcome *out)
{
	int at = move->at - 1;

	if (before->journal || out->died
	    || stage.world->journal != NB_STEP_BLANK + 1
	    || (move->trouble == T_FAIL && stage.event[at] == E_STORE)
	    || memchr(stage.event, E_BLANK, (size_t)stage.count))
		return;
	promise_broken("an intent remains although nothing was blanked");
}

void
promise_learnt(const struct world *before, const struct move *move,
	       const struct outcome *out)
{
	const struct medium *m =
		before->in == NOBODY ? NULL : &before->medium[before->in];
	struct world *w = stage.world;
	bool asks = move->action == M_VERIFY || move->action == M_REBUILD;
	bool looked = memchr(stage.event, E_LOOK, (size_t)stage.count);

	check_intent(before, move, out);
	/* Also when it died, or failed, after that. */
	if (w->is_old == OLD_PLAIN && !is_stale(w)
	    && (move->action == M_ACCEPT || move->action == M_FINISH
		|| (asks && stage.read_all
		    && (has_newest(before, m) || knows_all(w)))
		|| is_rebuilt(before, move, m)))
		w->is_old = OLD_NO;
	if (w->is_old == OLD_PLAIN && !is_stale(w))
		promise_broken("an old catalog is trusted again, although "
			       "nobody accepted it");
	if (w->is_old == OLD_HIDDEN && looked && !asks
	    && move->action != M_ROTATE && move->action != M_ACCEPT
	    && move->action != M_FINISH && !out->died && !move->trouble
	    && is_witness(before, m))
		w->is_old = OLD_PLAIN;
}

/* Is the disc in the drive one whose later sessions were not recorded, since a
 * rebuild died in between?  Such a disc tells, and another rebuild heals it. */
static bool
is_half_learnt(const struct world *w)
{
	const struct medium *m = w->in == NOBODY ? NULL : &w->medium[w->in];

	if (!m || m->kind != K_OURS)
		return false;
	for (int i = 0; i < w->now.count; i++)
		if (w->now.row[i].id == m->id && w->now.row[i].count < m->count
		    && w->now.row[i].state == NB_DISC_GOOD)
			return true;
	return false;
}

void
promise_check(void)
{
	struct world *w = stage.world;

	if (is_half_learnt(w))
		w->odd = 1;
	if (!w->rolled_back && !w->odd && is_stale(w))
		promise_broken("a catalog that was never rolled back is taken "
			       "for an old copy");

	for (int i = 0; i < w->now.count; i++) {
		const struct row *r = &w->now.row[i];

		if (says_newest(&w->now, r))
			check_belief(w, r);
		if (r->state == NB_DISC_GOOD && !r->count)
			promise_broken("a disc is called good, although "
				       "nothing is on it");
	}
	if (setting.harmless && stage.ever_good && !world_good(w)
	    && !w->taken_count)
		promise_broken("no disc has a good backup any more");
}
