/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "walk.h"

static uint64_t state;

/* splitmix64, so that a seed means the same walk everywhere. */
static uint32_t
chance(uint32_t n)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (uint32_t)((z ^ z >> 31) >> 33) % n;
}

/* What often happens stands here often. */
static const uint8_t often[] = {
	M_INSERT,  M_INSERT, M_INSERT,      M_INSERT,      M_INSERT,
	M_REMOVE,  M_LOSE,   M_WIPE,        M_SCRATCH,     M_FOREIGN,
	M_CLONE,   M_SAVE,   M_SAVE,        M_RESTORE,     M_RESTORE,
	M_FORGET,  M_FORGET, M_RESTORE_ALL, M_RESTORE_ALL, M_FORGET_ALL,
	M_ACCEPT,  M_RUN,    M_RUN,         M_RUN,         M_RUN,
	M_RUN,     M_RESUME, M_RESUME,      M_APPEND,      M_BLANK,
	M_BLANK,   M_ADOPT,  M_ADOPT,       M_VERIFY,      M_VERIFY,
	M_REBUILD, M_ROTATE
};

static void
print_rows(const struct world *w)
{
	const char *comma = "";

	for (int i = 0; i < w->now.count; i++) {
		const struct row *r = &w->now.row[i];
		int generation = 0;

		if (!r->named)
			continue;
		for (int k = 0; k < r->count; k++)
			if (r->session[k].generation > generation)
				generation = r->session[k].generation;
		printf("%s[\"%c\", \"%s\", %d, %d]", comma, 'A' + r->name,
		       nb_disc_state_name((enum nb_disc_state)r->state),
		       generation, r->count);
		comma = ", ";
	}
}

/* Once in a while a run dies when the blank begins, or what was burned is read.
 * "": it does not. */
static const char *
choose_death(const struct world *w, struct move *move)
{
	struct world tried = *w;
	bool blank = chance(2), burned = false;

	if ((move->action != M_RUN && move->action != M_RESUME) || chance(4)
	    || !move_apply(&tried, move, NULL))
		return "";
	for (int i = 0; i < stage.count; i++) {
		burned |= stage.event[i] == E_BURN;
		if (blank ? stage.event[i] != E_BLANK
			  : !burned || stage.event[i] != E_READ)
			continue;
		move->trouble = T_DIE;
		move->at = (uint8_t)(i + 1);
		return blank ? "blank" : "read";
	}
	return "";
}

static void
print_step(const struct move *move, const struct world *w,
	   const struct outcome *out, const char *dies)
{
	const struct medium *m = w->in == NOBODY ? NULL : &w->medium[w->in];

	printf("{\"action\": %d, \"what\": %d, \"good\": %s, \"plan\": \"%s\", "
	       "\"reason\": \"%s\", \"dies\": \"%s\", \"in\": %d, "
	       "\"staged\": %d, \"rows\": [",
	       move->action, move->what,
	       out->err || out->died ? "false" : "true", out->plan, out->reason,
	       dies, m ? w->in : -1, w->staged != 0);
	print_rows(w);
	printf("], \"mark\": [%d, %d], \"disc\": [%d, \"%s\", %d, %d], "
	       "\"words\": \"",
	       w->mark.sequence, w->mark.generation, m ? m->kind : -1,
	       m && m->count ? (const char[][2]){ "A", "B", "C", "D" }[m->name]
			     : "",
	       m ? m->count : 0,
	       m && m->count ? m->session[m->count - 1].generation : 0);
	move_print(stdout, move);
	puts("\"}");
}

int
walk(uint64_t seed, int steps)
{
	struct world w;

	state = seed;
	setting.untidy = true;
	world_begin(&w);
	for (int i = 0; i < steps;) {
		struct outcome out = { 0 };
		const char *dies;
		struct move move = { .action = often[chance(sizeof often)] };

		if (move.action == M_ADOPT)
			move.what = (uint8_t)chance((uint32_t)setting.discs);
		else if (move.action < M_FORWARD && move.action != M_REMOVE)
			move.what = (uint8_t)chance((uint32_t)setting.media);
		if (w.in == NOBODY && move.action >= M_RUN && chance(8))
			continue;
		dies = choose_death(&w, &move);
		if (!move_apply(&w, &move, &out))
			continue;
		print_step(&move, &w, &out, dies);
		i++;
		if (stage.broken)
			return 1;
	}
	return 0;
}
