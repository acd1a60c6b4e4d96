/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far the catalog is: its mark, its witnesses, and what a person accepts. */
#include <string.h>

#include "stage.h"
#include "store/catalog.h"
#include "store/mark.h"

static struct catalog *
now(void)
{
	return &stage.world->now;
}

static struct level level; /* as it was read, and raised since */
static bool working;

uint8_t
stage_higher(uint8_t a, uint8_t b)
{
	return a > b ? a : b;
}

static enum nb_err
save_mark(struct level raised)
{
	if (!memcmp(&raised, &level, sizeof level))
		return NB_OK;
	level = raised;
	if (!working)
		return NB_OK;
	if (stage_event(E_MARK))
		return NB_EIO;
	stage.world->mark = level;
	return NB_OK;
}

/* After a change of the catalog that is complete, and when it is opened. */
enum nb_err
stage_put_mark(void)
{
	return save_mark((struct level){
		stage_higher(level.sequence, now()->sequence),
		stage_higher(level.generation, now()->newest) });
}

bool
stage_is_stale(void)
{
	return now()->sequence < level.sequence
		|| now()->newest < level.generation;
}

void
stage_advance(uint8_t generation)
{
	now()->sequence = (uint8_t)(now()->sequence + !stage_is_stale());
	now()->newest = stage_higher(now()->newest, generation);
}

enum nb_err
nb_marks_load(const char *dir, struct nb_marks *marks)
{
	struct nb_mark mark = { "p", 1, 1 };

	(void)dir;
	if (!stage.world->mark.sequence && !stage.world->mark.generation)
		return NB_ENOTFOUND;
	return nb_array_push(marks, mark);
}

/* One pool, whose marks nb_catalog_expect begins. */
enum nb_err
nb_marks_raise(struct nb_marks *marks, const struct nb_mark *to, bool *raised)
{
	*raised = true;
	return nb_array_push(marks, *to);
}

enum nb_err
nb_marks_save(const char *dir, const struct nb_marks *marks)
{
	(void)dir;
	if (stage_event(E_MARK))
		return NB_EIO;
	stage.world->mark = (struct level){ (uint8_t)marks->at[0].sequence,
					    (uint8_t)marks->at[0].generation };
	return NB_OK;
}

struct nb_mark *
nb_marks_find(const struct nb_marks *marks, const char *pool)
{
	(void)pool;
	return marks->count ? &marks->at[0] : NULL;
}

enum nb_err
nb_catalog_reach(struct nb_catalog *catalog, const char *pool,
		 struct nb_reach *reach)
{
	(void)catalog;
	(void)pool;
	*reach = (struct nb_reach){ stage_is_stale(), now()->newest,
				    level.generation };
	return NB_OK;
}

enum nb_err
nb_catalog_witness(struct nb_catalog *catalog, const struct nb_label *label,
		   bool *stale)
{
	const struct row *row =
		catalog_row(now(), stage_number(label->disc_id));
	uint8_t generation = (uint8_t)label->generation;

	(void)catalog;
	*stale = generation > now()->newest
		&& (!row || row->state == NB_DISC_GOOD);
	return !*stale ? NB_OK
		       : save_mark((struct level){
			       stage_higher(level.sequence,
					    (uint8_t)(now()->sequence + 1)),
			       stage_higher(level.generation, generation) });
}

enum nb_err
nb_catalog_begin_rebuild(struct nb_catalog *catalog, const char *pool)
{
	(void)catalog;
	(void)pool;
	if (now()->sequence || now()->newest || level.sequence
	    || level.generation)
		return NB_OK;
	return save_mark((struct level){ 1, 0 });
}

enum nb_err
nb_catalog_accept(struct nb_catalog *catalog, const char *pool)
{
	(void)catalog;
	(void)pool;
	if (stage_event(E_STORE))
		return NB_EIO;
	now()->newest = stage_higher(now()->newest, level.generation);
	now()->sequence =
		(uint8_t)(1 + stage_higher(now()->sequence, level.sequence));
	return stage_put_mark();
}

/* None is damaged here. */
enum nb_err
nb_catalog_set_aside(const char *path)
{
	(void)path;
	return NB_EFAIL;
}

enum nb_err
nb_catalog_open(const char *path, enum nb_catalog_mode mode,
		struct nb_catalog **out)
{
	(void)path;
	working = mode == NB_CATALOG_WORK;
	level = stage.world->mark;
	now()->there = 1;
	*out = (struct nb_catalog *)now();
	return working ? stage_put_mark() : NB_OK;
}

void
nb_catalog_close(struct nb_catalog *catalog)
{
	(void)catalog;
}

uint8_t
stage_known(void)
{
	return stage_higher(now()->newest, level.generation);
}
