/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan_scene.h"

#include <stdio.h>
#include <string.h>

#define OURS "0000000000000000000000000000000a"
#define THEIRS "0000000000000000000000000000000b"

const struct nb_key scene_key = { "the key of the installation" };

static void
fill_id(char *id, int c)
{
	memset(id, c, NB_ID_HEX);
	id[NB_ID_HEX] = '\0';
}

uint64_t
scene_generation(const struct situation *s, int i)
{
	if (!strchr("gsr", s->discs[i]))
		return 0;
	return (uint64_t)(s->generations ? s->generations[i] - '0' : i + 1);
}

uint64_t
scene_complete(const struct situation *s, int i)
{
	uint64_t generation = scene_generation(s, i);

	return generation && s->complete ? (uint64_t)(s->complete[i] - '0')
					 : generation;
}

static void
set_disc(struct scene *scene, const struct situation *s, int i)
{
	static const char letters[] = "ugsbr"; /* as enum nb_disc_state */
	struct nb_pool_disc *d = &scene->discs[i];

	memset(d, 0, sizeof *d);
	snprintf(d->name, sizeof d->name, "DB-%c", 'A' + i);
	d->state = (enum nb_disc_state)(strchr(letters, s->discs[i]) - letters);
	if (d->state != NB_DISC_UNUSED)
		fill_id(d->disc_id, 'a' + i);
	d->generation = scene_generation(s, i);
	if (d->generation) {
		snprintf(d->backup_id, sizeof d->backup_id, "backup-%d",
			 (int)d->generation);
		d->verified = SCENE_NOW - s->verified_ago;
	}
	d->complete = scene_complete(s, i);
	d->write_once = s->once_known;
	d->unread = s->unread;
	if (s->alone && d->generation)
		strcpy(d->alone, "tree www (generation 1)");
	if (d->state == NB_DISC_GOOD && d->generation > scene->pool.generation)
		scene->pool.generation = d->generation;
	if (d->state == NB_DISC_GOOD && d->complete > scene->pool.complete)
		scene->pool.complete = d->complete;
}

static int
name_letter(const struct situation *s)
{
	int n = (int)strlen(s->discs);

	if (s->twist == UNKNOWN_NAME || (s->twist == NAME_OF_ANOTHER && n < 2))
		return 'X';
	return 'A' + (s->twist == NAME_OF_ANOTHER ? (s->in + 1) % n : s->in);
}

static bool
is_unknown(enum twist twist)
{
	return twist == UNKNOWN_ID || twist == OLD_COPY || twist == APART
		|| twist == UNKNOWN_STALE || twist == LOST;
}

static void
set_label(struct nb_label *label, const struct situation *s)
{
	uint64_t generation = scene_generation(s, s->in);

	memset(label, 0, sizeof *label);
	strcpy(label->installation,
	       s->twist == FOREIGN || s->twist == OTHER_HOST
			       || s->twist == TAKEN_OVER
		       ? THEIRS
		       : OURS);
	strcpy(label->pool, s->twist == OTHER_POOL ? "web" : "db");
	fill_id(label->disc_id, is_unknown(s->twist) ? 'f' : 'a' + s->in);
	snprintf(label->disc, sizeof label->disc, "DB-%c", name_letter(s));
	label->generation = generation + (s->twist == NEWER)
		- (s->twist == OLDER || s->twist == OLD_COPY);
	snprintf(label->backup_id, sizeof label->backup_id, "backup-%s%d",
		 s->twist == OTHER_BACKUP ? "x" : "", (int)generation);
}

void
scene_set(struct scene *scene, const struct situation *s)
{
	memset(&scene->pool, 0, sizeof scene->pool);
	strcpy(scene->pool.name, "db");
	strcpy(scene->pool.installation, OURS);
	scene->pool.stale =
		s->twist == CATALOG_STALE || s->twist == UNKNOWN_STALE;
	for (int i = 0; s->discs[i]; i++)
		set_disc(scene, s, i);
	strcpy(scene->taken.installation, THEIRS);
	scene->pool.owner.taken.at = &scene->taken;
	scene->pool.owner.taken.count = s->twist == TAKEN_OVER;
	scene->pool.owner.take_overs = s->twist == TAKEN_OVER;
	scene->pool.owner.fenced = s->twist == FENCED;
	strcpy(scene->pool.owner.moved_from, s->twist == MOVED ? "old" : "");
	scene->pool.discs.at = scene->discs;
	scene->pool.discs.count = strlen(s->discs);
	set_label(&scene->label, s);
	memset(&scene->medium, 0, sizeof scene->medium);
	scene->medium.state = s->state;
	scene->medium.random_access = s->kind == RANDOM_ACCESS;
	scene->medium.erasable = s->kind == REWRITABLE;
	scene->medium.capacity = SCENE_CAPACITY;
	scene->medium.free = s->free;
	scene->medium.open_session = s->open_session;
	scene->facts = (struct nb_plan_facts){
		.intent = s->intent,
		.medium = &scene->medium,
		.label_state = s->label,
		.label = s->label == NB_LABEL_GOOD ? &scene->label : NULL,
		.label_signed = s->label == NB_LABEL_GOOD && s->twist != FOREIGN
			&& s->twist != FORGED,
		.earlier =
			s->earlier && s->twist != FOREIGN && s->twist != FORGED
			? &scene->label
			: NULL,
		.pool = &scene->pool,
		.rotation = s->rotation,
		.append_on_same_disc = !s->refuse_same,
		.max_verify_age = s->limit,
		.now = SCENE_NOW,
		.need_fresh = s->need_fresh,
		.need_append = s->need_append,
		.shrunk = s->shrunk,
		.apart = s->twist == APART,
		.lost = s->twist == LOST,
	};
}
