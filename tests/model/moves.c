/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "moves.h"

#include <err.h>
#include <string.h>

#include "base/str.h"
#include "job/jobs.h"

static char job_name[] = "j", pool_name[] = "p", drive_name[] = "d";
static char a_place[] = "s";
static struct nb_config_job job = { .name = job_name, .pool = pool_name };
static struct nb_config_drive drive = { .name = drive_name,
					.device = drive_name };
/* Only its name is asked for here: see nb_config_pool. */
static struct nb_config_pool pool = { .name = pool_name };
static struct nb_config config = {
	.state_dir = a_place,
	.staging_dir = a_place,
	.drives = { .at = &drive, .count = 1 },
	.jobs = { .at = &job, .count = 1 },
	.pools = { .at = &pool, .count = 1 },
};
static struct nightburn nightburn = { .config = &config };

static void
tell_plan(const struct nb_plan_info *plan, struct outcome *out)
{
	if (!plan->job[0])
		return;
	snprintf(out->plan, sizeof out->plan, "%s", nb_plan_name(plan->plan));
	snprintf(out->reason, sizeof out->reason, "%s",
		 nb_plan_reason_code(plan->reason));
}

static enum nb_err
do_run(const struct move *move, struct outcome *out)
{
	static const char *const paths[] = { "/x" };
	struct nb_run_options options = { .resume = move->action == M_RESUME };
	struct nb_plan_info plan = { .generation = 0 };
	struct nb_run_result result = { .plan = &plan };
	enum nb_err err;

	if (move->action == M_APPEND) {
		options.paths = paths;
		options.path_count = 1;
	}
	err = move->action == M_APPEND
		? nb_job_append(&nightburn, &options, &result)
		: nb_job_run(&nightburn, &options, NULL, &result);
	tell_plan(&plan, out);
	return err;
}

static enum nb_err
do_medium(const struct move *move, struct outcome *out)
{
	struct nb_media_options options = { 0 };
	struct nb_plan_info plan;
	enum nb_err err = move->action == M_BLANK
		? nb_job_blank(&nightburn, &options, &plan)
		: nb_job_rotate(&nightburn, &options, &plan);

	tell_plan(&plan, out);
	return err;
}

/* A person reads what is on the disc that is shown, and types it. */
static const char *
confirm(void *ctx, const struct nb_disc_info *info)
{
	char *volume = ctx;

	(void)info;
	nb_reader_volume_id(NULL, 0, volume);
	stage.shown = *stage_disc();
	return volume;
}

static const char *const names[] = { "A", "B", "C", "D" };

static enum nb_err
do_adopt(const struct move *move)
{
	char volume[33];
	struct nb_media_options options = { .confirm = confirm, .ctx = volume };
	struct nb_disc_info info;

	options.as = names[move->what];
	stage.adopting = true;
	return nb_job_adopt(&nightburn, &options, &info);
}

static enum nb_err
do_give_up(const struct move *move)
{
	struct nb_lost_result result = { .changed = false };

	return nb_job_lost(&nightburn, NULL, names[move->what], &result);
}

static enum nb_err
do_command(const struct move *move, struct outcome *out)
{
	struct nb_verify_result result;
	bool changed;

	switch ((enum action)move->action) {
	case M_RUN:
	case M_SHRUNK:
	case M_RESUME:
	case M_APPEND:
		return do_run(move, out);
	case M_BLANK:
	case M_ROTATE:
		return do_medium(move, out);
	case M_ADOPT:
		return do_adopt(move);
	case M_VERIFY:
		return nb_job_verify(&nightburn, NULL, &result);
	case M_ACCEPT:
		return nb_accept(&nightburn, NULL, &changed);
	case M_GIVE_UP:
		return do_give_up(move);
	case M_FINISH:
		return nb_rebuild_finish(&nightburn, NULL, &changed);
	default:
		return nb_job_rebuild(&nightburn, NULL, &result);
	}
}

static void
play(const struct move *move, struct outcome *out)
{
	memset(out, 0, sizeof *out);
	if (setjmp(stage.died))
		out->died = true;
	else
		out->err = do_command(move, out);
	arena_reset();
}

/* Is it a command that takes the name of a disc? */
static bool
has_name(const struct move *move)
{
	return move->action == M_ADOPT || move->action == M_GIVE_UP;
}

bool
move_apply(struct world *w, const struct move *move, struct outcome *out)
{
	struct outcome unused;
	struct world before;

	memset(&stage, 0, offsetof(struct stage, event));
	stage.adopting = stage.lied = stage.read_all = false;
	stage.broken = NULL;
	stage.world = w;
	stage.trouble = (enum trouble)move->trouble;
	stage.at = move->at;
	stage.swap = move->swap;
	stage.ever_good = world_good(w) > 0;
	stage.shrunk = move->action == M_SHRUNK;
	if ((stage.shrunk && !setting.shrink)
	    || (move->action == M_GIVE_UP && !setting.give_up))
		return false;
	if (move->action < M_RUN) {
		if (!move_person(w, move))
			return false;
	} else {
		if (move->what >= (has_name(move) ? setting.discs : 1))
			return false;
		before = *w;
		if (!out)
			out = &unused;
		play(move, out);
		promise_learnt(&before, move, out);
	}
	promise_check();
	if (!setting.untidy)
		world_tidy(w);
	return true;
}

/* ---- all of them ---- */

struct each {
	const struct world *from;
	move_fn *fn;
	void *ctx;
};

static bool
try(const struct each *e, const struct move *move)
{
	struct world next = *e->from;

	if (!move_apply(&next, move, NULL))
		return false;
	e->fn(e->ctx, move, &next, stage.broken);
	return true;
}

/* An end that leaves nothing else than the end after it is left out. */
static bool
is_trouble(enum event event, enum trouble trouble, int at)
{
	switch (event) {
	case E_LOOK:
		return trouble == T_FAIL || (trouble == T_SWAP && at > 1);
	case E_STORE: /* it takes its time, after a look */
		return trouble != T_LIE;
	case E_DUMP:
		return trouble == T_FAIL;
	case E_BURN:
		return trouble != T_SWAP;
	default:
		return trouble == T_DIE || trouble == T_FAIL;
	}
}

static void
try_swaps(const struct each *e, struct move move)
{
	for (int i = 0; i < setting.media; i++) {
		move.swap = (uint8_t)i;
		if (e->from->medium[i].kind != K_LOST && i != e->from->in)
			try(e, &move);
	}
	move.swap = NOBODY;
	try(e, &move);
}

static void
try_troubles(const struct each *e, struct move move)
{
	uint8_t event[EVENTS];
	int count = stage.count;

	if (count > EVENTS)
		errx(2, "more events than there is room for");
	memcpy(event, stage.event, sizeof event);
	for (int at = 1; at <= count; at++) {
		for (int t = T_DIE; t <= T_SWAP; t++) {
			if (!is_trouble(event[at - 1], t, at))
				continue;
			move.trouble = (uint8_t)t;
			move.at = (uint8_t)at;
			move.swap = 0;
			if (t == T_SWAP)
				try_swaps(e, move);
			else
				try(e, &move);
		}
	}
}

void
move_each(const struct world *w, move_fn *fn, void *ctx)
{
	struct each e = { w, fn, ctx };

	for (int action = 0; action < M_COUNT; action++) {
		int many = action < M_RUN ? setting.media : setting.discs;

		for (int what = 0; what < many; what++) {
			struct move move = { .action = (uint8_t)action,
					     .what = (uint8_t)what };
			bool one = action == M_REMOVE
				|| (action > M_CLONE && !has_name(&move));

			if ((what && one) || !try(&e, &move))
				continue;
			if (action >= M_RUN && setting.faults)
				try_troubles(&e, move);
		}
	}
}

uint32_t
move_pack(const struct move *m)
{
	return m->action | (uint32_t)m->what << 8 | (uint32_t)m->trouble << 12
		| (uint32_t)m->at << 16 | (uint32_t)m->swap << 24;
}

struct move
move_unpack(uint32_t n)
{
	return (struct move){ (uint8_t)n, n >> 8 & 15, n >> 12 & 15,
			      (uint8_t)(n >> 16), (uint8_t)(n >> 24) };
}

void
move_print(FILE *to, const struct move *move)
{
	static const char *const actions[] = {
		"insert disc",
		"remove the disc",
		"lose disc",
		"wipe elsewhere disc",
		"scratch disc",
		"write with another installation disc",
		"clone disc",
		"the clock goes forward",
		"the clock goes back",
		"copy the catalog",
		"put the copy of the catalog back",
		"lose the catalog",
		"put the state directory back",
		"lose the state directory",
		"nightburn run",
		"nightburn run --resume",
		"nightburn append PATH",
		"nightburn blank",
		"nightburn adopt --as",
		"nightburn verify",
		"nightburn catalog rebuild",
		"nightburn rotate",
		"nightburn catalog accept",
		"nightburn catalog rebuild --finish",
		"nightburn run, and a source is empty",
		"nightburn catalog lost"
	};
	static const char *const troubles[] = {
		"", "dies before", "fails", "is not done, and is said to be",
		"comes after a change of discs"
	};
	static const char *const events[] = { "store", "mark", "dump", "look",
					      "blank", "burn", "read" };

	fputs(actions[move->action], to);
	if (has_name(move))
		fprintf(to, " %c", 'A' + move->what);
	else if (move->action == M_INSERT
		 || (move->action > M_REMOVE && move->action <= M_CLONE))
		fprintf(to, " %d", move->what);
	if (move->trouble)
		fprintf(to, ": event %d (%s) %s", move->at,
			stage.world && move->at <= stage.count
				? events[stage.event[move->at - 1]]
				: "?",
			troubles[move->trouble]);
	if (move->trouble == T_SWAP && move->swap != NOBODY)
		fprintf(to, " (disc %d)", move->swap);
}
