/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/fallback_session.h"

#include <string.h>

#include "base/log.h"

bool
nb_fallback_may_help(enum nb_err err)
{
	return err == NB_ECORRUPT || err == NB_EIO || err == NB_EFULL;
}

/* Sessions from this block on are not earlier than LOOK's.  The descriptors at
 * the start of random-access media are those of the newest session, which has a
 * header too. */
static uint64_t
end_of(const struct nb_inspection *look)
{
	return look->session || !look->medium.random_access
		? nb_inspect_start(look)
		: UINT64_MAX;
}

/* Which disc is it?  Without descriptors at the start, random-access media may
 * show sessions of earlier contents; the first session belongs to the current
 * ones. */
static void
find_owner(const struct nb_inspection *look, struct nb_blocks *blocks,
	   const struct nb_disc_sessions *sessions, char id[NB_ID_HEX + 1])
{
	struct nb_label label;

	id[0] = '\0';
	if (look->label_state == NB_LABEL_GOOD)
		memcpy(id, look->label.disc_id, NB_ID_HEX + 1);
	else if (look->medium.random_access && sessions->count
		 && nb_reader_label(blocks, sessions->at[0].start, &label, NULL)
			 == NB_LABEL_GOOD)
		memcpy(id, label.disc_id, NB_ID_HEX + 1);
}

/* The newest of SESSIONS with a good label before LOOK's. */
static enum nb_err
search(struct nb_inspection *look, struct nb_blocks *blocks,
       const struct nb_disc_sessions *sessions)
{
	uint64_t end = end_of(look);
	char owner[NB_ID_HEX + 1];
	struct nb_label label;
	uint8_t sha256[NB_SHA256_SIZE];

	find_owner(look, blocks, sessions, owner);
	for (size_t i = sessions->count; i-- > 0;) {
		const struct nb_disc_session *s = &sessions->at[i];

		if (s->start >= end || !s->blocks
		    || nb_reader_label(blocks, s->start, &label, sha256)
			    != NB_LABEL_GOOD
		    || (owner[0] && strcmp(owner, label.disc_id)))
			continue;
		look->label_state = NB_LABEL_GOOD;
		look->label = label;
		memcpy(look->label_sha256, sha256, sizeof sha256);
		look->session = (int)i + 1;
		look->start = s->start;
		return NB_OK;
	}
	return NB_ENOTFOUND;
}

static enum nb_err
go_back(struct nb_inspection *look)
{
	struct nb_disc_sessions sessions = NB_ARRAY_INIT;
	struct nb_blocks *blocks = NULL;
	enum nb_err err;

	if (look->medium.state == NB_MEDIUM_NONE
	    || look->medium.state == NB_MEDIUM_BLANK
	    || look->medium.state == NB_MEDIUM_DAMAGED)
		return NB_ENOTFOUND;
	err = nb_drive_blocks(look->drive, &blocks);
	if (!err)
		err = nb_drive_sessions(look->drive, blocks, &sessions);
	if (!err)
		err = search(look, blocks, &sessions);
	nb_array_free(&sessions);
	nb_blocks_free(blocks);
	return err == NB_ECANCELED || err == NB_ENOMEM ? err
		: err                                  ? NB_ENOTFOUND
						       : NB_OK;
}

/* Is AT the newest session by its own descriptors, which LOOK is at by those at
 * the start of the disc? */
static bool
is_same_session(const struct nb_inspection *look,
		const struct nb_inspection *at)
{
	return !look->session && look->label_state == NB_LABEL_GOOD
		&& !strcmp(look->label.backup_id, at->label.backup_id);
}

/* LOOK is now at an earlier session than BAD or, if SAME, at that itself. */
static void
warn(const struct nb_inspection *look, int bad, bool headless, bool same,
     bool files)
{
	unsigned long long generation = look->label.generation;
	const char *what = files ? "has bad files" : "is unusable";
	const char *instead = files ? "as well" : "instead";

	if (headless && bad == look->session)
		nb_log(NB_WARNING,
		       "%s: the volume descriptors at its start are "
		       "unreadable; reading session %d of %s by its own, "
		       "generation %llu",
		       look->device, look->session, look->label.disc,
		       generation);
	else if (same)
		nb_log(NB_WARNING,
		       "%s: what its start says of the newest session is "
		       "unusable; reading session %d of %s by its own, "
		       "generation %llu",
		       look->device, look->session, look->label.disc,
		       generation);
	else if (bad > look->session)
		nb_log(NB_WARNING,
		       "%s: session %d %s; reading session %d of %s %s, "
		       "generation %llu",
		       look->device, bad, what, look->session, look->label.disc,
		       instead, generation);
	else
		nb_log(NB_WARNING,
		       "%s: the newest session %s; reading session %d of %s "
		       "%s, generation %llu",
		       look->device, what, look->session, look->label.disc,
		       instead, generation);
}

/* AGAIN: also the newest session itself, by its own descriptors. */
static enum nb_err
fall_back(struct nb_inspection *look, bool again)
{
	int bad = look->session ? look->session : look->medium.sessions;
	bool headless = look->medium.headless && !look->session;
	struct nb_inspection at = *look;
	enum nb_err err = go_back(&at);
	bool same;

	if (!err && !again && is_same_session(look, &at))
		err = go_back(&at);
	if (err)
		return err;
	same = is_same_session(look, &at);
	*look = at;
	warn(look, bad, headless, same, !again);
	return NB_OK;
}

enum nb_err
nb_fallback_session(struct nb_inspection *look)
{
	return fall_back(look, true);
}

enum nb_err
nb_fallback_earlier(struct nb_inspection *look)
{
	return fall_back(look, false);
}

enum nb_err
nb_fallback_label(struct nb_inspection *look)
{
	struct nb_inspection earlier = *look;
	struct nb_blocks *blocks = NULL;
	enum nb_err err = go_back(&earlier);

	if (err)
		return err == NB_ENOTFOUND ? NB_OK : err;
	look->has_earlier = true;
	look->earlier = earlier.label;
	if (look->volume_id[0])
		return NB_OK;
	err = nb_drive_blocks(look->drive, &blocks);
	if (!err)
		nb_reader_volume_id(blocks, earlier.start, look->volume_id);
	nb_blocks_free(blocks);
	return err;
}
