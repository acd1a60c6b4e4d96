/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stage.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/inhibit.h"
#include "base/log.h"
#include "base/path.h"
#include "base/stop.h"
#include "base/str.h"
#include "disc/library.h"

struct stage stage;

/* ---- memory of one move ---- */

#define ARENA ((size_t)1 << 20)

static _Alignas(16) uint8_t arena[ARENA];
static size_t arena_used;

void
arena_leave(void *old)
{
	(void)old;
}

void
arena_reset(void)
{
	arena_used = 0;
}

void *
arena_get(size_t n)
{
	size_t whole = (n + 31) & ~(size_t)15;
	uint8_t *at = arena + arena_used;

	if (whole > ARENA - arena_used)
		errx(2, "too much memory for one move");
	arena_used += whole;
	memcpy(at, &n, sizeof n);
	return memset(at + 16, 0, n);
}

void *
arena_more(void *old, size_t n)
{
	void *at = arena_get(n);
	size_t had = 0;

	if (old) {
		memcpy(&had, (uint8_t *)old - 16, sizeof had);
		memcpy(at, old, had < n ? had : n);
	}
	return at;
}

char *
arena_text(const char *text)
{
	size_t n = strlen(text) + 1;

	return memcpy(arena_get(n), text, n);
}

/* ---- events ---- */

bool
stage_event(enum event event)
{
	if (stage.count < EVENTS)
		stage.event[stage.count] = (uint8_t)event;
	if (++stage.count != stage.at)
		return false;
	switch (stage.trouble) {
	case T_DIE:
		longjmp(stage.died, 1);
	case T_FAIL:
		return true;
	case T_LIE:
		stage.lied = true;
		return false;
	case T_SWAP:
		stage.world->in = stage.swap;
		return false;
	default:
		return false;
	}
}

struct medium *
stage_disc(void)
{
	struct medium *m;

	if (stage.world->in == NOBODY)
		return NULL;
	m = &stage.world->medium[stage.world->in];
	return m->kind == K_LOST ? NULL : m;
}

void
stage_id(uint8_t id, char text[NB_ID_HEX + 1])
{
	memset(text, '0', NB_ID_HEX);
	text[NB_ID_HEX] = '\0';
	text[0] = (char)('0' + id / 100);
	text[1] = (char)('0' + id / 10 % 10);
	text[2] = (char)('0' + id % 10);
}

void
stage_backup(uint8_t backup, char text[NB_BACKUP_ID_MAX + 1])
{
	memset(text, 0, NB_BACKUP_ID_MAX + 1);
	text[0] = (char)('0' + backup / 100);
	text[1] = (char)('0' + backup / 10 % 10);
	text[2] = (char)('0' + backup % 10);
}

/* The catalog, the mark, or the key: that is made by the first burn, and nobody
 * loses it. */
int
stage_access(const char *path)
{
	const struct world *w = stage.world;
	bool mark = w->mark.sequence || w->mark.generation;
	bool there = w->now.there;

	if (strstr(path, "mark"))
		there = mark;
	else if (strstr(path, "key"))
		there = there || mark || w->rolled_back;
	return there ? 0 : -1;
}

uint8_t
stage_number(const char *id)
{
	return (uint8_t)((id[0] - '0') * 100 + (id[1] - '0') * 10
			 + (id[2] - '0'));
}

uint8_t
stage_name(const char *name)
{
	return (uint8_t)(name[0] - 'A');
}

static uint8_t
most(uint8_t a, uint8_t b)
{
	return a > b && a < 0xf0 ? a : b;
}

static void
most_of_catalog(const struct catalog *c, uint8_t *id, uint8_t *backup)
{
	for (int i = 0; i < c->count; i++) {
		*id = most(c->row[i].id, *id);
		for (int k = 0; k < c->row[i].count; k++)
			*backup = most(c->row[i].session[k].backup, *backup);
	}
	for (int i = 0; i < c->old_count; i++)
		*backup = most(c->old[i].backup, *backup);
}

static void
find_most(uint8_t *id, uint8_t *backup)
{
	const struct world *w = stage.world;

	*id = w->dead.id;
	*backup = most(w->dead.backup, w->staged);
	for (int i = 0; i < setting.media; i++) {
		*id = most(w->medium[i].id, *id);
		for (int k = 0; k < w->medium[i].count; k++)
			*backup = most(w->medium[i].session[k].backup, *backup);
	}
	most_of_catalog(&w->now, id, backup);
	if (w->has_saved)
		most_of_catalog(&w->saved, id, backup);
}

uint8_t
stage_new_id(void)
{
	uint8_t id, backup;

	find_most(&id, &backup);
	return (uint8_t)(id + 1);
}

uint8_t
stage_new_backup(void)
{
	uint8_t id, backup;

	find_most(&id, &backup);
	return (uint8_t)(backup + 1);
}

/* ---- base/ and model/, as far as they are not played by themselves ---- */

enum nb_err
nb_fail(enum nb_err err, const char *fmt, ...)
{
	(void)fmt;
	return err;
}

enum nb_err
nb_fail_memory(void)
{
	return NB_ENOMEM;
}

void
nb_log(enum nb_level level, const char *fmt, ...)
{
	(void)level;
	(void)fmt;
}

enum nb_err
nb_array_grow(void *at, size_t count, size_t *capacity, size_t size)
{
	void **data = at;

	if (count == *capacity) {
		*capacity = count ? 2 * count : 4;
		*data = arena_more(*data, *capacity * size);
	}
	return NB_OK;
}

enum nb_err
nb_str_format(char **out, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	*out = arena_text(text);
	return NB_OK;
}

/* For a list of drives in a message. */
void
nb_str_addf(struct nb_str *s, const char *fmt, ...)
{
	(void)s;
	(void)fmt;
}

enum nb_err
nb_str_take(struct nb_str *s, char **out)
{
	(void)s;
	*out = arena_text("");
	return NB_OK;
}

enum nb_err
nb_path_join(const char *dir, const char *name, char **out)
{
	(void)dir;
	*out = arena_text(name);
	return NB_OK;
}

bool
nb_stop_asked(void)
{
	return false;
}

int
nb_inhibit(const char *why)
{
	(void)why;
	return -1;
}

void
nb_fd_close(int *fd)
{
	*fd = -1;
}

#define NOW 1000000

int64_t
nb_clock_date(void)
{
	return NOW;
}

int64_t
nb_clock_ms(void)
{
	return 0;
}

/* Nobody reads it. */
const char *
nb_clock_text(int64_t date, char buf[NB_CLOCK_TEXT])
{
	(void)date;
	buf[0] = '\0';
	return buf;
}

void
nb_key_clear(struct nb_key *key)
{
	(void)key;
}

/* The label's MAC is a word here. */
bool
nb_label_is_signed(const struct nb_label *label, const struct nb_key *key)
{
	return key && !strcmp(label->mac, "ours");
}
