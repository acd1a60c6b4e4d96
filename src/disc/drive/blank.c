/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/drive/private.h"

#include <stdlib.h>
#include <string.h>

#include "disc/library.h"
#include "model/record/disc_mark.h"

enum nb_err
nb_drive_put(struct nb_drive *drive, off_t at, const void *data, size_t n)
{
	enum nb_err err = nb_drive_grab(drive, false);
	int ret;

	if (err)
		return err;
	drive->writes = true;
	nb_drive_beat(drive);
	ret = burn_random_access_write(drive->burn, at, (char *)data, (off_t)n,
				       1);
	if (nb_library_drain() || ret != 1)
		return nb_fail(NB_EIO, "%s: cannot write block %llu",
			       drive->path, (unsigned long long)at / NB_BLOCK);
	return NB_OK;
}

/* Where volume descriptors, a first session header or a UDF anchor would be. */
static enum nb_err
zero_head(struct nb_drive *drive, const struct nb_profile *profile)
{
	size_t n = (size_t)NB_PROBE_BLOCKS * NB_BLOCK;
	char *zeros = calloc(1, n);
	enum nb_err err;

	if (!zeros)
		return nb_fail_memory();
	err = nb_drive_put(drive, (off_t)NB_PROBE_ANCHOR * NB_BLOCK, zeros,
			   (size_t)profile->unit * NB_BLOCK);
	memcpy(zeros, NB_BLANK_MARK, strlen(NB_BLANK_MARK));
	if (!err)
		err = nb_drive_put(drive, 0, zeros, n);
	free(zeros);
	return err;
}

static enum nb_err
erase(struct nb_drive *drive, bool fast)
{
	enum nb_err err = nb_drive_grab(drive, false);

	if (err)
		return err;
	drive->writes = true;
	nb_drive_beat(drive);
	/* As after a power failure during blanking. */
	if (burn_disc_get_status(drive->burn) == BURN_DISC_UNSUITABLE)
		burn_disc_pretend_full(drive->burn);
	burn_disc_erase(drive->burn, fast);
	/* Blanking, once begun, is never cancelled. */
	nb_drive_wait(drive, NB_WORK_BLANK, NULL, NULL);
	if (nb_library_drain() || burn_drive_wrote_well(drive->burn) <= 0)
		return nb_fail(NB_EIO, "%s: blanking failed", drive->path);
	return NB_OK;
}

static enum nb_err
blank_as(struct nb_drive *drive, const struct nb_profile *profile)
{
	if (profile->blank == NB_BLANK_HEAD)
		return zero_head(drive, profile);
	return erase(drive, profile->blank == NB_BLANK_FAST);
}

static enum nb_err
blank(struct nb_drive *drive, enum nb_guard answer)
{
	const struct nb_profile *profile;
	struct nb_medium before, after;
	enum nb_err err;

	if (answer != NB_GUARD_PERMIT)
		return nb_fail(NB_EWRONG, "%s: not blanked: %s", drive->path,
			       nb_guard_text(answer));
	err = nb_drive_inspect(drive, &before);
	if (!err)
		err = nb_drive_check_mount(drive);
	if (err)
		return err;
	if (before.state == NB_MEDIUM_NONE)
		return nb_fail(NB_ENOMEDIUM, "%s: no disc", drive->path);
	profile = nb_profile_of(before.profile);
	if (profile->blank == NB_BLANK_NEVER)
		return nb_fail(NB_EWRONG, "%s: a %s cannot be blanked",
			       drive->path, profile->name);
	nb_library_drain();
	err = blank_as(drive, profile);
	if (!err)
		err = nb_drive_again(drive);
	if (!err)
		err = nb_drive_inspect(drive, &after);
	if (!err && after.state != NB_MEDIUM_BLANK)
		err = nb_fail(NB_EIO, "%s: %s after blanking", drive->path,
			      nb_medium_state_name(after.state));
	return err ? NB_ESUSPECT : NB_OK;
}

enum nb_err
nb_drive_blank(struct nb_drive *drive, enum nb_guard answer)
{
	nb_drive_enter(drive);
	return nb_drive_leave(drive, blank(drive, answer));
}

/* libburn formats a DVD-RW that was formatted quickly only if it must, to its
 * full size (bits 4 and 2). */
static int
format_flags(struct nb_drive *drive)
{
	char name[80];
	int profile = 0;

	burn_disc_get_profile(drive->burn, &profile, name);
	return nb_profile_of(profile)->quick_format ? 1 << 4 | 1 << 2 : 0;
}

static enum nb_err
format(struct nb_drive *drive, enum nb_guard answer)
{
	enum nb_err err = nb_drive_grab(drive, false);

	if (!err)
		err = nb_drive_check_mount(drive);
	if (err)
		return err;
	if (answer == NB_GUARD_PERMIT && !nb_recorder_is_unformatted(drive))
		answer = NB_GUARD_NOT_BLANK;
	if (answer != NB_GUARD_PERMIT)
		return nb_fail(NB_EWRONG, "%s: not formatted: %s", drive->path,
			       nb_guard_text(answer));
	nb_library_drain();
	burn_disc_format(drive->burn, 0, format_flags(drive));
	nb_drive_wait(drive, NB_WORK_FORMAT, NULL, NULL);
	if (nb_library_drain())
		return NB_ESUSPECT;
	return nb_drive_again(drive);
}

enum nb_err
nb_drive_format(struct nb_drive *drive, enum nb_guard answer)
{
	nb_drive_enter(drive);
	return nb_drive_leave(drive, format(drive, answer));
}
