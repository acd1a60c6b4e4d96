/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What disc/ is to the jobs: a drive with a disc of the world in it. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "disc/library.h"
#include "disc/read/readback.h"
#include "job/disc/fallback_session.h"
#include "job/disc/choose_drive.h"
#include "job/disc/fingerprint.h"
#include "stage.h"

#define SESSION_BLOCKS 100 /* more than NB_SESSION_MIN */
#define OURS "00000000000000000000000000000001"

struct nb_drive {
	int unused;
};

static struct nb_drive the_drive;

enum nb_err
nb_library_begin(void)
{
	return NB_OK;
}

void
nb_library_end(void)
{
}

enum nb_err
nb_drive_open(const struct nb_drive_options *options,
	      nb_drive_progress *progress, void *ctx, struct nb_drive **out)
{
	(void)options;
	(void)progress;
	(void)ctx;
	*out = &the_drive;
	return NB_OK;
}

void
nb_drive_close(struct nb_drive *drive)
{
	(void)drive;
}

enum nb_err
nb_drive_reload(struct nb_drive *drive)
{
	(void)drive;
	return NB_OK;
}

enum nb_err
nb_drive_eject(struct nb_drive *drive)
{
	(void)drive;
	stage.world->in = NOBODY;
	return NB_OK;
}

enum nb_err
nb_drive_inspect(struct nb_drive *drive, struct nb_medium *out)
{
	const struct medium *m;

	(void)drive;
	if (stage_event(E_LOOK))
		return NB_EIO;
	m = stage_disc();
	memset(out, 0, sizeof *out);
	out->erasable = true;
	strcpy(out->address, "d");
	out->capacity = SESSIONS * SESSION_BLOCKS;
	if (!m) {
		out->state = NB_MEDIUM_NONE;
		return NB_OK;
	}
	out->sessions = m->count;
	out->free = (uint64_t)(SESSIONS - m->count) * SESSION_BLOCKS;
	out->next_writable = m->count * SESSION_BLOCKS;
	out->unformatted = m->kind == K_BLANK;
	out->state = m->kind == K_BLANK ? NB_MEDIUM_BLANK
		: m->kind == K_HALF     ? NB_MEDIUM_DAMAGED
		: m->open               ? NB_MEDIUM_CLOSED
					: NB_MEDIUM_APPENDABLE;
	out->open_session = m->open;
	return NB_OK;
}

static void
blocks_free(struct nb_blocks *blocks)
{
	(void)blocks;
}

enum nb_err
nb_drive_blocks(struct nb_drive *drive, struct nb_blocks **out)
{
	static struct nb_blocks blocks = { .free = blocks_free };

	(void)drive;
	if (!stage_disc())
		return NB_ENOMEDIUM;
	*out = &blocks;
	return NB_OK;
}

void
stage_label(const struct medium *m, int i, struct nb_label *label)
{
	memset(label, 0, sizeof *label);
	strcpy(label->installation, OURS);
	strcpy(label->mac, "ours");
	strcpy(label->pool, "p");
	label->disc[0] = (char)('A' + m->name);
	stage_id(m->id, label->disc_id);
	label->generation = m->session[i].generation;
	stage_backup(m->session[i].backup, label->backup_id);
	label->created = m->session[i].backup;
}

/* What can be read at all can be mounted. */
bool
nb_reader_is_mountable(struct nb_blocks *blocks, uint32_t start)
{
	(void)blocks;
	(void)start;
	return true;
}

enum nb_err
nb_reader_damaged_tree(struct nb_blocks *blocks, uint32_t start,
		       struct nb_nodes *out)
{
	return nb_reader_tree(blocks, start, out);
}

enum nb_label_state
nb_reader_label(struct nb_blocks *blocks, uint32_t start,
		struct nb_label *label, uint8_t sha256[NB_SHA256_SIZE])
{
	const struct medium *m = stage_disc();

	(void)blocks;
	(void)start;
	/* Two labels are equal if they are of one backup on one disc. */
	if (sha256) {
		memset(sha256, 0, NB_SHA256_SIZE);
		sha256[0] = m ? m->id : 0;
		sha256[1] = m && m->count ? m->session[m->count - 1].backup : 0;
	}
	if (!m || m->kind == K_DATA || m->kind == K_BLANK)
		return NB_LABEL_NONE;
	if (m->kind == K_BAD_LABEL || m->kind == K_HALF)
		return NB_LABEL_UNREADABLE;
	if (m->kind == K_OURS) {
		stage_label(m, m->count - 1, label);
		return NB_LABEL_GOOD;
	}
	/* The same in all but the key: another installation, same names; in
	 * walks not the same disc, since no other program can make that. */
	memset(label, 0, sizeof *label);
	strcpy(label->installation, "00000000000000000000000000000002");
	strcpy(label->mac, "theirs");
	strcpy(label->pool, "p");
	strcpy(label->disc, "A");
	stage_id(setting.untidy ? 250 : 1, label->disc_id);
	label->generation = 1;
	stage_backup(1, label->backup_id);
	return NB_LABEL_GOOD;
}

/* What a person reads on the disc, and types. */
void
nb_reader_volume_id(struct nb_blocks *blocks, uint32_t start,
		    char volume_id[33])
{
	const struct medium *m = stage_disc();

	(void)blocks;
	(void)start;
	volume_id[0] = '\0';
	if (m && m->kind != K_BLANK && m->kind != K_HALF)
		snprintf(volume_id, 33, "V%d",
			 m->kind == K_OURS ? 10 + m->name : m->kind);
}

/* Equal discs are the same to whoever looks at them: blank ones, and copies. */
enum nb_err
nb_fingerprint(const struct nb_inspection *look, char out[NB_FINGERPRINT_SIZE])
{
	const struct medium *m = stage_disc();

	(void)look;
	out[0] = '\0';
	if (m && m->kind == K_OURS)
		stage_id(m->id, out);
	else if (m && m->kind != K_BLANK)
		snprintf(out, NB_FINGERPRINT_SIZE, "%d", stage.world->in);
	return NB_OK;
}

/* A faithful copy is proven with the disc that it is a copy of. */
static void
prove(const struct medium *m, int which)
{
	const struct session proven = m->session[which];

	for (int i = 0; i < setting.media; i++) {
		struct medium *same = &stage.world->medium[i];

		for (int k = 0; same->id == m->id && k < same->count; k++)
			if (same->session[k].backup == proven.backup
			    && (same->session[k].flags & WHOLE))
				same->session[k].flags |= PROVEN;
	}
}

/* Every file, the label among them, is compared with what was streamed. */
static bool
is_expected(const struct medium *m, const struct nb_readback *spec)
{
	const struct nb_session *s;

	if (!spec->expected)
		return true;
	s = (const struct nb_session *)((const char *)spec->expected
					- offsetof(struct nb_session, entries));
	return m->id == stage_number(s->label.disc_id)
		&& m->session[m->count - 1].backup
		== stage_number(s->label.backup_id);
}

enum nb_err
nb_readback_run(const struct nb_readback *spec,
		struct nb_readback_result *result)
{
	struct medium *m = stage_disc();
	int first = spec->expected && m ? m->count - 1 : 0;
	bool failed = stage_event(E_READ);

	result->files = 1;
	if (m && m->kind == K_OTHER && !spec->expected)
		return failed ? NB_ECORRUPT : NB_OK;
	if (!m || !m->count)
		return NB_EIO;
	for (int i = 0; failed && i < m->count; i++)
		m->session[i].flags &= (uint8_t)~PROVEN;
	if (failed)
		world_take(stage.world, m);
	failed |= !is_expected(m, spec);
	for (int i = first; i < m->count; i++)
		failed |= !(m->session[i].flags & WHOLE);
	for (int i = first; !failed && i < m->count; i++)
		prove(m, i);
	stage.read_all = !failed && !spec->expected;
	return failed ? NB_ECORRUPT : NB_OK;
}

/* A blank that was begun leaves a disc that no drive makes sense of. */
enum nb_err
nb_drive_blank(struct nb_drive *drive, enum nb_guard answer)
{
	struct medium *m = stage_disc(), was;

	(void)drive;
	if (answer != NB_GUARD_PERMIT)
		promise_broken("blanked without a permit");
	if (!m)
		return NB_ENOMEDIUM;
	if (stage_event(E_BLANK))
		return NB_ESUSPECT;
	promise_believed();
	promise_touch(m);
	was = *m;
	m->kind = K_HALF;
	m->count = m->open = 0;
	promise_destroyed(&was);
	if (stage_event(E_BLANK))
		return NB_ESUSPECT;
	m->kind = K_BLANK;
	return NB_OK;
}

enum nb_err
nb_drive_format(struct nb_drive *drive, enum nb_guard answer)
{
	const struct medium *m = stage_disc();

	(void)drive;
	if (answer != NB_GUARD_PERMIT || !m || m->kind != K_BLANK)
		promise_broken("formats what is not blank");
	return NB_OK;
}

static void
add_session(struct medium *m, const struct nb_session *s, int flags)
{
	struct session *last = &m->session[m->count++];

	m->id = stage_number(s->label.disc_id);
	m->name = stage_name(s->label.disc);
	last->generation = (uint8_t)s->label.generation;
	last->backup = stage_number(s->label.backup_id);
	last->flags = (uint8_t)flags;
	last->flags |= strcmp(s->manifest.job, NB_JOB_BY_HAND) ? 0 : BY_HAND;
	last->flags |= s->manifest.shrinks.count ? SHRUNK : 0;
}

/* Until it is closed, a reader sees nothing of it. */
static enum nb_err
append_session(struct medium *m, const struct nb_session *s)
{
	if (stage_event(E_BURN))
		return NB_ESUSPECT;
	if (stage.lied)
		return NB_OK;
	m->open = 1;
	if (stage_event(E_BURN))
		return NB_ESUSPECT;
	if (stage.lied)
		return NB_OK;
	m->open = 0;
	add_session(m, s, WHOLE);
	return stage_event(E_BURN) ? NB_ESUSPECT : NB_OK;
}

/* The session comes to the disc in steps: its blocks, its label, all of it.
 * Earlier sessions stay what they are. */
static enum nb_err
put_session(struct medium *m, const struct nb_session *s)
{
	struct session *last = &m->session[m->count];

	if (stage_event(E_BURN))
		return NB_ESUSPECT;
	if (stage.lied)
		return NB_OK;
	m->kind = K_BAD_LABEL;
	add_session(m, s, 0);
	if (stage_event(E_BURN))
		return NB_ESUSPECT;
	if (stage.lied)
		return NB_OK;
	m->kind = K_OURS;
	if (stage_event(E_BURN))
		return NB_ESUSPECT;
	if (stage.lied)
		return NB_OK;
	last->flags |= WHOLE;
	return stage_event(E_BURN) ? NB_ESUSPECT : NB_OK;
}

enum nb_err
nb_drive_burn(struct nb_drive *drive, const struct nb_burn *burn,
	      uint8_t checksum[NB_CHECKSUM_SIZE])
{
	const struct nb_session *s = (const struct nb_session *)burn->image;
	struct medium *m = stage_disc();

	(void)drive;
	memset(checksum, 0, NB_CHECKSUM_SIZE);
	if (!m)
		return NB_ENOMEDIUM;
	promise_believed();
	if (m->kind != K_BLANK) {
		promise_touch(m);
		if (m->open)
			promise_broken("a session that was left open is "
				       "continued");
		if (!s->previous || m->id != stage_number(s->label.disc_id)
		    || m->count != s->earlier.count)
			promise_broken(
				"writes to a disc other than the intended one");
	}
	if (stage.broken || m->count == SESSIONS)
		return NB_ESUSPECT;
	return setting.open && m->count ? append_session(m, s)
					: put_session(m, s);
}

/* The discs of the play have no sessions that are bad. */
enum nb_err
nb_fallback_session(struct nb_inspection *look)
{
	(void)look;
	return NB_ENOTFOUND;
}

enum nb_err
nb_fallback_earlier(struct nb_inspection *look)
{
	return nb_fallback_session(look);
}

enum nb_err
nb_fallback_label(struct nb_inspection *look)
{
	(void)look;
	return NB_OK;
}

bool
nb_fallback_may_help(enum nb_err err)
{
	(void)err;
	return false;
}

/* With one drive there is nothing to choose. */
static enum nb_err
take_it(struct nightburn *nb, struct nb_inspection *look)
{
	const struct nb_search any = { .purpose = NB_CHOOSE_ANY };

	return nb_choose_drive(nb, NULL, &any, look);
}

enum nb_err
nb_choose_to_verify(struct nightburn *nb, const struct nb_drive_choice *choice,
		    struct nb_inspection *look)
{
	(void)choice;
	return take_it(nb, look);
}

enum nb_err
nb_choose_to_rebuild(struct nightburn *nb, const struct nb_drive_choice *choice,
		     struct nb_inspection *look)
{
	(void)choice;
	return take_it(nb, look);
}

/* Never called, without a look back. */
enum nb_err
nb_catalog_shortened(struct nb_catalog *catalog, const char *disc_id,
		     int64_t date, uint64_t seen, enum nb_disc_remark remark)
{
	(void)catalog;
	(void)disc_id;
	(void)date;
	(void)seen;
	(void)remark;
	return NB_EFAIL;
}
