/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/drive/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disc/library.h"

/* burn_disc_next_track_is_damaged: bit 0.  Bit 1 alone, no valid next address,
 * means that there is no room for another session. */
#define TRACK_DAMAGED 1

/* Drives pad their serial number with blanks (MMC-5 5.3.38). */
static size_t
without_blanks(const char *text, int length)
{
	size_t n = length > 0 ? (size_t)length : 0;

	while (n && text[n - 1] == ' ')
		n--;
	return n;
}

static void
read_identity(struct nb_drive *drive, struct nb_medium *m)
{
	char *serial = NULL;
	int length = 0;

	if (burn_drive_get_serial_no(drive->burn, &serial, &length) > 0)
		snprintf(m->drive_serial, sizeof m->drive_serial, "%.*s",
			 (int)without_blanks(serial, length), serial);
	free(serial);
	if (burn_disc_get_profile(drive->burn, &m->profile, m->profile_name)
	    <= 0) {
		m->profile = 0;
		m->profile_name[0] = '\0';
	}
}

static int
count_sessions(struct nb_drive *drive)
{
	struct burn_disc *disc = burn_drive_get_disc(drive->burn);
	int count = 0;

	if (disc) {
		burn_disc_get_sessions(disc, &count);
		burn_disc_free(disc);
	}
	return count;
}

/* Blocks of the largest format that the drive offers for the disc, or 0. */
static uint64_t
largest_format(struct nb_drive *drive)
{
	int status = 0, formats = 0, type = 0;
	unsigned int spare = 0, parameter = 0;
	off_t size = 0, largest = 0;

	if (burn_disc_get_formats(drive->burn, &status, &largest, &spare,
				  &formats)
	    != 1)
		return 0;
	for (int i = 0; i < formats; i++)
		if (burn_disc_get_format_descr(drive->burn, i, &type, &size,
					       &parameter)
			    == 1
		    && size > largest)
			largest = size;
	return (uint64_t)largest / NB_BLOCK;
}

/* Capacity of the disc in blocks; for a CD from its ATIP. */
static uint64_t
whole_capacity(struct nb_drive *drive, const struct nb_medium *m)
{
	int start = 0, end = 0;

	if (m->state != NB_MEDIUM_CLOSED && m->free)
		return m->next_writable + m->free;
	if (nb_profile_of(m->profile)->atip
	    && burn_disc_read_atip(drive->burn) == 1
	    && burn_drive_get_start_end_lba(drive->burn, &start, &end, 0) == 1
	    && end > 0)
		return (uint64_t)end;
	return largest_format(drive);
}

static void
bound_capacity(struct nb_drive *drive, struct nb_medium *m)
{
	uint64_t bound = drive->capacity / NB_BLOCK;

	if (!drive->capacity || bound >= m->capacity)
		return;
	m->capacity = bound;
	if (m->next_writable + m->free > bound)
		m->free =
			bound > m->next_writable ? bound - m->next_writable : 0;
}

/*
 * After good sessions, an interrupted burn left a track to which the drive
 * cannot append: the disc counts as closed.  libburn may detect this only when
 * asked for addresses.
 */
static void
judge_track(struct nb_drive *drive, struct nb_medium *m)
{
	if (!(burn_disc_next_track_is_damaged(drive->burn, 0) & TRACK_DAMAGED))
		return;
	m->state = m->sessions ? NB_MEDIUM_CLOSED : NB_MEDIUM_DAMAGED;
	m->next_writable = 0;
	m->free = 0;
}

/* READ TRACK INFORMATION (MMC-5 6.27.3), as libburn keeps bytes 5 to 7: the
 * track is reserved; nothing was written to it. */
#define TRACK_RESERVED (1 << 15)
#define TRACK_BLANK (1 << 14)

/* Was anything but the track to come begun after the complete sessions?  For a
 * CD libburn does not list what there is of an open session. */
static bool
has_begun(struct burn_session *session)
{
	struct burn_toc_entry entry = { 0 };
	int count = 0;
	struct burn_track **tracks = burn_session_get_tracks(session, &count);

	if (count != 1)
		return count > 1;
	burn_track_get_entry(tracks[0], &entry);
	if (!(entry.extensions_valid & 4))
		return false;
	return !(entry.track_status_bits & TRACK_BLANK)
		|| (entry.track_status_bits & TRACK_RESERVED);
}

/* Counts the tracks of the complete sessions.  *BEGUN: a session after them has
 * data. */
static int
count_tracks(struct nb_drive *drive, bool *begun)
{
	struct burn_disc *disc = burn_drive_get_disc(drive->burn);
	struct burn_session **sessions;
	int tracks = 0, count = 0, open;

	*begun = false;
	if (!disc)
		return 0;
	sessions = burn_disc_get_sessions(disc, &count);
	open = burn_disc_get_incomplete_sessions(disc);
	for (int i = 0; i < count + open; i++) {
		int n = 0;

		if (i < count && burn_session_get_tracks(sessions[i], &n))
			tracks += n;
		else if (i >= count && has_begun(sessions[i]))
			*begun = true;
	}
	if (count && burn_session_get_start_tno(sessions[0], 0) > 1)
		tracks += burn_session_get_start_tno(sessions[0], 0) - 1;
	burn_disc_free(disc);
	return tracks;
}

/*
 * A burn that failed or died may leave its session open (MMC-5 6.22.3.1.3, last
 * session incomplete).  The drive then names an address inside of it: what is
 * burned there continues the rest of another image, and closing the session
 * first makes that rest the newest one, which is what plain readers show.  So
 * the disc counts as closed.  The track to come then either has data, which
 * puts the next writable address behind its start, or is not the first one
 * after the complete sessions.
 */
static bool
is_session_open(struct nb_drive *drive)
{
	int start = 0, next = 0, first = 0, unused = 0, tracks;
	bool begun;

	tracks = count_tracks(drive, &begun);
	if (begun)
		return true;
	if (burn_disc_track_lba_nwa(drive->burn, NULL, 0, &start, &next) <= 0)
		return false;
	if (next > start)
		return true;
	burn_disc_track_lba_nwa(drive->burn, NULL, tracks + 1, &first, &unused);
	return tracks && first > 0 && first < start;
}

static void
judge_session(struct nb_drive *drive, struct nb_medium *m)
{
	if (m->state != NB_MEDIUM_APPENDABLE || !m->sessions
	    || !is_session_open(drive))
		return;
	m->open_session = true;
	m->state = NB_MEDIUM_CLOSED;
	m->next_writable = 0;
	m->free = 0;
}

static void
inspect_sequential(struct nb_drive *drive, enum burn_disc_status status,
		   struct nb_medium *m)
{
	int start = 0, track = 0, next = 0;
	off_t space;

	m->state = status == BURN_DISC_BLANK     ? NB_MEDIUM_BLANK
		: status == BURN_DISC_APPENDABLE ? NB_MEDIUM_APPENDABLE
						 : NB_MEDIUM_CLOSED;
	m->erasable = burn_disc_erasable(drive->burn) > 0;
	if (m->state != NB_MEDIUM_BLANK) {
		m->sessions = count_sessions(drive);
		if (burn_disc_get_msc1(drive->burn, &start) > 0)
			m->last_start = (uint32_t)start;
	}
	if (m->state == NB_MEDIUM_APPENDABLE
	    && burn_disc_track_lba_nwa(drive->burn, NULL, 0, &track, &next) > 0)
		m->next_writable = (uint32_t)next;
	if (m->state != NB_MEDIUM_CLOSED) {
		space = burn_disc_available_space(drive->burn, NULL);
		m->free = space > 0 ? (uint64_t)space / NB_BLOCK : 0;
	}
	judge_track(drive, m);
	judge_session(drive, m);
	m->capacity = whole_capacity(drive, m);
}

bool
nb_recorder_is_unformatted(struct nb_drive *drive)
{
	int status = 0, formats = 0, profile = 0;
	unsigned int spare = 0;
	char name[80];
	off_t size = 0;

	return burn_disc_get_profile(drive->burn, &profile, name) > 0
		&& nb_profile_of(profile)->needs_format
		&& burn_disc_get_formats(drive->burn, &status, &size, &spare,
					 &formats)
		== 1
		&& status == BURN_FORMAT_IS_UNFORMATTED;
}

/* After a quick format a DVD-RW has no block that could be read until the first
 * is written; READ CAPACITY cannot say less than one (MMC-5 6.25.3). */
static bool
is_without_data(const struct nb_medium *m, struct nb_blocks *blocks)
{
	uint8_t block[NB_BLOCK];

	return nb_profile_of(m->profile)->quick_format && m->unformatted
		&& blocks->count == 1 && blocks->get(blocks, 0, 1, block) != 1
		&& blocks->get(blocks, NB_OVERWRITE_START, 1, block) != 1;
}

/* A formatted disc has room for volume descriptors.  If the drive does not say
 * how many blocks it has (READ CAPACITY, MMC-5 6.25), nothing of it was read,
 * and there may be data on it. */
static bool
is_unknown(const struct nb_medium *m, const struct nb_blocks *blocks)
{
	return !m->unformatted && blocks->count < NB_PROBE_BLOCKS;
}

static enum nb_err
inspect_random(struct nb_drive *drive, const struct nb_profile *profile,
	       struct nb_medium *m)
{
	struct nb_blocks *blocks = NULL;
	struct nb_probe probe = { 0 };
	enum nb_err err;
	bool unknown;
	off_t space;

	m->random_access = profile->random_access;
	m->erasable = profile->blank != NB_BLANK_NEVER;
	m->unformatted = nb_recorder_is_unformatted(drive);
	space = burn_disc_available_space(drive->burn, NULL);
	m->capacity = space > 0 ? (uint64_t)space / NB_BLOCK : 0;
	err = nb_drive_blocks(drive, &blocks);
	if (err)
		return err;
	unknown = is_unknown(m, blocks);
	if (!unknown)
		err = nb_probe_run(blocks, &probe);
	if (!err && !probe.blank && is_without_data(m, blocks))
		probe = (struct nb_probe){ .blank = true,
					   .next = NB_OVERWRITE_START };
	nb_blocks_free(blocks);
	if (unknown)
		m->state = NB_MEDIUM_DAMAGED;
	else if (!err)
		nb_medium_judge(m, &probe);
	return err;
}

enum nb_err
nb_recorder_inspect(struct nb_drive *drive, struct nb_medium *m)
{
	const struct nb_profile *profile;
	enum burn_disc_status status;
	enum nb_err err;

	err = nb_drive_grab(drive, true);
	if (err)
		return err;
	status = burn_disc_get_status(drive->burn);
	read_identity(drive, m);
	profile = nb_profile_of(m->profile);
	if (status == BURN_DISC_EMPTY) {
		m->state = NB_MEDIUM_NONE;
		return NB_OK;
	}
	if (status == BURN_DISC_UNREADY || status == BURN_DISC_UNSUITABLE) {
		m->state = NB_MEDIUM_DAMAGED;
		m->erasable = burn_disc_erasable(drive->burn) > 0;
		return NB_OK;
	}
	if (profile->random_access)
		err = inspect_random(drive, profile, m);
	else
		inspect_sequential(drive, status, m);
	if (!err)
		bound_capacity(drive, m);
	nb_library_drain();
	return err;
}
