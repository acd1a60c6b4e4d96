/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/drive/private.h"

#include <libburn/libburn.h>

/* ECMA-119 6.2.1: the volume descriptors begin at this block of a session. */
#define DESCRIPTORS 16
/* ECMA-119 8.1.1: descriptor types. */
#define PRIMARY 1
#define SUPPLEMENTARY 2
/* No medium has room for more sessions. */
#define SESSIONS_MAX 65536

uint64_t
nb_chain_align(uint64_t block)
{
	return (block + NB_OVERWRITE_START - 1) / NB_OVERWRITE_START
		* NB_OVERWRITE_START;
}

/* The size in the volume descriptor of the session at START; 0: it has none, or
 * it cannot be read. */
static uint32_t
read_size(struct nb_blocks *blocks, uint64_t start)
{
	uint8_t block[NB_BLOCK];
	uint32_t at = (uint32_t)start + DESCRIPTORS;

	if (blocks->get(blocks, at, 1, block) == 1)
		return nb_volume_size(block);
	/* The Joliet descriptor follows, after a boot record if there is
	 * one. */
	for (uint32_t i = 1; i <= 2; i++) {
		if (blocks->get(blocks, at + i, 1, block) != 1
		    || block[0] != SUPPLEMENTARY)
			continue;
		block[0] = PRIMARY;
		return nb_volume_size(block);
	}
	return 0;
}

enum nb_err
nb_chain_load(struct nb_blocks *blocks, uint64_t end,
	      struct nb_disc_sessions *out)
{
	uint64_t at = NB_OVERWRITE_START;
	enum nb_err err = NB_OK;
	uint32_t size = 1;

	while (!err && size && at + DESCRIPTORS < end
	       && at + DESCRIPTORS < blocks->count
	       && out->count < SESSIONS_MAX) {
		struct nb_disc_session s = { .start = (uint32_t)at };

		size = read_size(blocks, at);
		if (size) {
			s.blocks = size;
			err = nb_array_push(out, s);
			at = nb_chain_align(at + size);
		}
	}
	return err;
}

static enum nb_err
load_random(struct nb_blocks *blocks, struct nb_disc_sessions *out)
{
	struct nb_probe probe;
	enum nb_err err = nb_probe_run(blocks, &probe);

	return err || probe.blank
		? err
		: nb_chain_load(blocks,
				probe.iso ? probe.volume : blocks->count, out);
}

/* First block of the first track; MMC-5 6.26.3.2. */
static uint32_t
start_of(struct burn_session *session)
{
	struct burn_toc_entry entry = { 0 };
	int count = 0;
	struct burn_track **tracks = burn_session_get_tracks(session, &count);

	if (!count)
		return 0;
	burn_track_get_entry(tracks[0], &entry);
	return entry.extensions_valid & 1
		? (uint32_t)entry.start_lba
		: (uint32_t)burn_msf_to_lba(entry.pmin, entry.psec,
					    entry.pframe);
}

/* An appended session's volume reaches from block 0 to its end (image.c). */
static enum nb_err
load_sequential(struct nb_drive *drive, struct nb_blocks *blocks,
		struct nb_disc_sessions *out)
{
	struct burn_disc *disc = burn_drive_get_disc(drive->burn);
	struct burn_session **sessions;
	enum nb_err err = NB_OK;
	int count = 0;

	if (!disc)
		return NB_OK;
	sessions = burn_disc_get_sessions(disc, &count);
	for (int i = 0; !err && i < count; i++) {
		struct nb_disc_session s = { .start = start_of(sessions[i]) };
		uint32_t size = read_size(blocks, s.start);

		s.blocks = size > s.start ? size - s.start : 0;
		err = nb_array_push(out, s);
	}
	burn_disc_free(disc);
	return err;
}

enum nb_err
nb_drive_sessions(struct nb_drive *drive, struct nb_blocks *blocks,
		  struct nb_disc_sessions *out)
{
	struct nb_medium medium;
	enum nb_err err;

	nb_drive_enter(drive);
	err = nb_drive_inspect(drive, &medium);
	if (!err)
		err = medium.random_access
			? load_random(blocks, out)
			: load_sequential(drive, blocks, out);
	return nb_drive_leave(drive, err);
}
