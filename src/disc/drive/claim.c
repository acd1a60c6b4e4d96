/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/drive/private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/holder.h"
#include "disc/drive/sense.h"
#include "disc/library.h"

/* udev probes a new disc exclusively for a short time: wait 15 seconds. */
#define CLAIM_ROUNDS 75
#define CLAIM_MS 200
/* How often to try a drive that seems to be free but cannot be opened. */
#define REFUSED_ROUNDS 3
/* How long to try a drive that is not ready; its time limit may be shorter. */
#define READY_S 30

/* Does another process have it open with O_EXCL, as burning programs and mounts
 * do? */
static bool
is_busy(const struct nb_drive *drive)
{
	int fd = drive->stdio
		? -1
		: open(drive->path, O_RDONLY | O_NONBLOCK | O_EXCL | O_CLOEXEC);
	bool busy = !drive->stdio && fd < 0 && errno == EBUSY;

	if (fd >= 0)
		close(fd);
	return busy;
}

enum nb_err
nb_drive_check_mount(const struct nb_drive *drive)
{
	char *where = NULL;
	enum nb_err err;

	if (drive->stdio)
		return NB_OK;
	err = nb_holder_mount(drive->path, &where);
	if (!err && where)
		err = nb_fail(NB_ELOCKED,
			      "%s: the disc is mounted at %s\n"
			      "hint: umount %s",
			      drive->path, where, where);
	free(where);
	return err;
}

static enum nb_err
fail_in_use(const struct nb_drive *drive)
{
	char *who = NULL;
	enum nb_err err = nb_holder_processes(drive->path, &who);

	if (!err && who)
		err = nb_fail(
			NB_ELOCKED,
			"%s: in use by %s\nhint: wait until it has finished",
			drive->path, who);
	else if (!err)
		err = nb_fail(NB_ELOCKED,
			      "%s: in use by another program\n"
			      "hint: the disc may be mounted elsewhere; as "
			      "root, run fuser -v %s",
			      drive->path, drive->path);
	free(who);
	return err;
}

static int64_t
ready_ms(const struct nb_drive *drive)
{
	bool shorter = drive->timeout && drive->timeout < READY_S;

	return (int64_t)(shorter ? drive->timeout : READY_S) * 1000;
}

/* Why libburn could not open a drive that no program uses. */
struct refusal {
	struct nb_sense sense;
	bool sensed;                  /* SENSE is the drive's reason */
	int rounds;                   /* without a reason that may pass */
	char words[NB_LIBRARY_WORDS]; /* of libburn, in the first of them */
	int64_t deadline;
};

static enum nb_err
fail_refused(const struct nb_drive *drive, const struct refusal *r)
{
	if (!r->sensed)
		return nb_fail(NB_ELOCKED,
			       "%s: cannot open the drive%s%s\nhint: it may be "
			       "disconnected, or in use by another program",
			       drive->path, r->words[0] ? ": " : "", r->words);
	return nb_fail(NB_EIO,
		       "%s: the drive is not ready (sense %x/%02x/%02x)\n"
		       "hint: take the disc out and insert it again; if that "
		       "does not help, switch the drive off and on",
		       drive->path, r->sense.key, r->sense.asc, r->sense.ascq);
}

/* Whether to give up a drive that could not be opened, although no program uses
 * it. */
static bool
is_refused(struct refusal *r, const char *words)
{
	r->sensed = nb_sense_find(words, &r->sense);
	if (r->sensed && nb_sense_passes(&r->sense))
		return nb_clock_ms() >= r->deadline;
	/* The first time it tells most. */
	if (!r->rounds)
		snprintf(r->words, sizeof r->words, "%s", words);
	return ++r->rounds >= REFUSED_ROUNDS;
}

enum nb_err
nb_drive_claim(struct nb_drive *drive, char *address, bool load)
{
	enum nb_err err = nb_drive_check_mount(drive);
	struct refusal refusal = { .deadline =
					   nb_clock_ms() + ready_ms(drive) };
	char words[NB_LIBRARY_WORDS];

	for (int i = 0; !err; i++) {
		bool busy = is_busy(drive);

		if (!busy
		    && burn_drive_scan_and_grab(&drive->infos, address, load)
			    > 0)
			return NB_OK;
		drive->infos = NULL;
		nb_library_drain_quietly(words, sizeof words);
		if (drive->stdio || (!busy && is_refused(&refusal, words)))
			return fail_refused(drive, &refusal);
		if (busy && i >= CLAIM_ROUNDS)
			return fail_in_use(drive);
		err = nb_drive_check_mount(drive);
		if (!err)
			err = nb_drive_report_progress(drive, NB_WORK_CLAIM, 0,
						       0);
		nb_drive_beat(drive);
		poll(NULL, 0, CLAIM_MS);
	}
	return err;
}
