/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/drive/private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/str.h"
#include "disc/library.h"

#define STDIO_PREFIX "stdio:"
/* Linux: block devices of SCSI CD-ROM, character devices of SCSI generic. */
#define MAJOR_SR 11
#define MAJOR_SG 21
#define POLL_MS 100
#define SPAWN_MS 2000 /* a thread must start within this time */
#define TIMEOUT 600   /* seconds */
/* Blanking and formatting may report no progress: their time limit is this many
 * times that of a single command. */
#define LONG_WORK 18
/* nightburn(1): failed; written but not verified. */
#define STATUS_FAILED 1
#define STATUS_SUSPECT 4

void
nb_drive_beat(struct nb_drive *drive)
{
	nb_watchdog_beat(drive->watchdog,
			 drive->writes ? STATUS_SUSPECT : STATUS_FAILED);
}

void
nb_drive_enter(struct nb_drive *drive)
{
	drive->calls++;
	nb_drive_beat(drive);
}

enum nb_err
nb_drive_leave(struct nb_drive *drive, enum nb_err err)
{
	if (!--drive->calls)
		nb_watchdog_rest(drive->watchdog);
	return err;
}

enum nb_err
nb_drive_report_progress(struct nb_drive *drive, enum nb_work work,
			 uint64_t done, uint64_t total)
{
	return drive->progress ? drive->progress(drive->ctx, work, done, total)
			       : NB_OK;
}

enum nb_err
nb_drive_grab(struct nb_drive *drive, bool load)
{
	enum nb_err err = NB_OK;

	if (drive->grabbed)
		return NB_OK;
	nb_drive_beat(drive);
	/* A file used as a disc may have been replaced. */
	if (drive->stdio) {
		free(drive->address);
		drive->address = NULL;
	}
	if (!drive->address)
		err = nb_str_format(&drive->address, "%s%s",
				    drive->stdio ? STDIO_PREFIX : "",
				    drive->path);
	if (!err)
		err = nb_drive_claim(drive, drive->address, load);
	if (err)
		return err;
	drive->burn = drive->infos[0].drive;
	drive->grabbed = true;
	nb_drive_beat(drive);
	return NB_OK;
}

/* Returns the drive to libburn; EJECT opens the tray. */
static void
release(struct nb_drive *drive, bool eject)
{
	if (!drive->grabbed)
		return;
	if (eject)
		burn_drive_release(drive->burn, 1);
	else
		burn_drive_release(drive->burn, 0);
	burn_drive_info_free(drive->infos);
	drive->infos = NULL;
	drive->burn = NULL;
	drive->grabbed = false;
}

/* A path without "stdio:" must be that of a recorder. */
static enum nb_err
check_recorder(const char *path)
{
	struct stat st;

	if (stat(path, &st) && errno == ENOENT)
		return nb_fail(NB_ENOTFOUND,
			       "%s: no such device\n"
			       "hint: nightburn drives lists the recorders",
			       path);
	if (stat(path, &st))
		return nb_fail_errno(NB_EIO, "%s: cannot be examined", path);
	if (S_ISBLK(st.st_mode) && major(st.st_rdev) == MAJOR_SR)
		return NB_OK;
	if (S_ISCHR(st.st_mode) && major(st.st_rdev) == MAJOR_SG)
		return NB_OK;
	if (S_ISREG(st.st_mode))
		return nb_fail(NB_EUSAGE,
			       "%s: a file, not a recorder\n"
			       "hint: write stdio:%s to use the file as a disc",
			       path, path);
	return nb_fail(NB_EUSAGE, "%s: not an optical recorder", path);
}

static enum nb_err
open_device(struct nb_drive *drive, const char *device)
{
	enum nb_err err;

	drive->stdio = !strncmp(device, STDIO_PREFIX, strlen(STDIO_PREFIX));
	if (drive->stdio)
		device += strlen(STDIO_PREFIX);
	if (!device[0])
		return nb_fail(NB_EUSAGE, "stdio: the path is missing");
	err = nb_str_dup(device, &drive->configured);
	if (!err)
		err = nb_str_dup(device, &drive->path);
	if (err)
		return err;
	if (drive->stdio)
		return nb_drive_stdio_open(drive);
	err = check_recorder(device);
	if (!err)
		err = nb_watchdog_begin(device, drive->timeout,
					&drive->watchdog);
	if (err)
		return err;
	nb_drive_enter(drive);
	return nb_drive_leave(drive, nb_drive_grab(drive, true));
}

enum nb_err
nb_drive_open(const struct nb_drive_options *options,
	      nb_drive_progress *progress, void *ctx, struct nb_drive **out)
{
	struct nb_drive *drive = calloc(1, sizeof *drive);
	enum nb_err err;

	if (!drive)
		return nb_fail_memory();
	drive->fd = -1;
	drive->speed = options->speed;
	drive->capacity = options->capacity;
	drive->keep_tray_shut = options->keep_tray_shut;
	drive->timeout = options->timeout ? options->timeout : TIMEOUT;
	drive->progress = progress;
	drive->ctx = ctx;
	err = nb_library_begin();
	if (err) {
		free(drive);
		return err;
	}
	burn_preset_device_open(1, 0, 0);
	err = open_device(drive, options->device);
	if (err)
		nb_drive_close(drive);
	else
		*out = drive;
	return err;
}

void
nb_drive_close(struct nb_drive *drive)
{
	if (!drive)
		return;
	nb_drive_enter(drive);
	release(drive, false);
	nb_watchdog_end(drive->watchdog);
	nb_fd_close(&drive->fd);
	nb_library_end();
	free(drive->address);
	free(drive->path);
	free(drive->configured);
	free(drive);
}

static enum nb_err
inspect_stdio(struct nb_drive *drive, struct nb_medium *m)
{
	const struct nb_profile *profile = nb_profile_of(NB_PROFILE_STDIO);
	struct nb_blocks *blocks = NULL;
	struct nb_probe probe = { 0 };
	enum nb_err err;

	m->profile = NB_PROFILE_STDIO;
	strcpy(m->profile_name, profile->name);
	m->random_access = profile->random_access;
	m->erasable = profile->blank != NB_BLANK_NEVER;
	if (drive->fd < 0)
		return NB_OK;
	err = nb_drive_stdio_capacity(drive, m);
	if (!err)
		err = nb_drive_blocks(drive, &blocks);
	if (!err)
		err = nb_probe_run(blocks, &probe);
	nb_blocks_free(blocks);
	if (!err)
		err = nb_drive_stdio_judge(drive, &probe);
	if (!err)
		nb_medium_judge(m, &probe);
	if (!err && drive->read_only && m->state != NB_MEDIUM_NONE)
		m->state = NB_MEDIUM_CLOSED;
	return err;
}

enum nb_err
nb_drive_inspect(struct nb_drive *drive, struct nb_medium *out)
{
	struct nb_medium m = { .state = NB_MEDIUM_NONE };
	enum nb_err err;

	snprintf(m.address, sizeof m.address, "%s", drive->path);
	nb_drive_enter(drive);
	err = drive->stdio ? inspect_stdio(drive, &m)
			   : nb_recorder_inspect(drive, &m);
	nb_drive_leave(drive, err);
	if (!err)
		*out = m;
	return err;
}

/* If libburn cannot start a thread, it reports nothing and waits for ever:
 * there is no beat then, so the watchdog ends the run.  *BEGUN is 0 once this
 * was logged. */
static void
log_stuck(const struct nb_drive *drive, enum nb_work work, int64_t *begun)
{
	if (!*begun || nb_clock_ms() < *begun + SPAWN_MS)
		return;
	nb_fail(NB_EFAIL,
		"%s: %s: cannot start a thread\nhint: raise the memory or "
		"process limit (ulimit -v, ulimit -u)",
		drive->path, nb_work_text(work));
	*begun = 0;
}

enum nb_err
nb_drive_wait(struct nb_drive *drive, enum nb_work work,
	      enum nb_err (*stop)(void *ctx, enum nb_err asked), void *ctx)
{
	struct burn_progress p = { 0 };
	enum burn_drive_status status;
	enum nb_err err = NB_OK, now = NB_OK;
	bool streams = stop != NULL;
	uint64_t before = UINT64_MAX;
	int64_t begun = nb_clock_ms();
	int64_t end = begun + (int64_t)drive->timeout * LONG_WORK * 1000;

	while ((status = burn_drive_get_status(drive->burn, &p))
	       != BURN_DRIVE_IDLE) {
		uint64_t done = p.sector > 0 ? (uint64_t)p.sector : 0;

		if (status == BURN_DRIVE_SPAWNING)
			log_stuck(drive, work, &begun);
		else if (streams ? done != before : !now && nb_clock_ms() < end)
			nb_drive_beat(drive);
		before = done;
		now = nb_drive_report_progress(
			drive, work, done,
			p.sectors > 0 ? (uint64_t)p.sectors : 0);
		if (stop && !err) {
			err = stop(ctx, now);
			if (err)
				burn_drive_cancel(drive->burn);
		}
		poll(NULL, 0, POLL_MS);
	}
	return err;
}

static enum nb_err
again_stdio(struct nb_drive *drive)
{
	if (drive->fd < 0)
		return nb_fail(NB_ENOMEDIUM, "%s: no disc", drive->path);
	release(drive, false);
	if (fsync(drive->fd))
		return nb_fail_errno(NB_EIO, "%s: cannot sync", drive->path);
	posix_fadvise(drive->fd, 0, 0, POSIX_FADV_DONTNEED);
	return NB_OK;
}

enum nb_err
nb_drive_again(struct nb_drive *drive)
{
	nb_library_drain();
	if (drive->stdio)
		return again_stdio(drive);
	release(drive, false);
	return nb_drive_grab(drive, true);
}

/* Does the kernel know that the tray is closed? */
static bool
is_tray_closed(const struct nb_drive *drive)
{
	int fd = open(drive->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int status = fd < 0 ? -1 : ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT);

	nb_fd_close(&fd);
	return status == CDS_NO_DISC || status == CDS_DISC_OK;
}

static enum nb_err
reload(struct nb_drive *drive)
{
	enum nb_err err;

	nb_library_drain();
	release(drive, true);
	err = nb_drive_grab(drive, true);
	if (err || burn_disc_get_status(drive->burn) != BURN_DISC_EMPTY)
		return err;
	if (is_tray_closed(drive))
		return nb_fail(NB_ENOMEDIUM,
			       "%s: the tray was opened and closed, and there "
			       "is no disc any more\nhint: insert the disc "
			       "again, then run nightburn verify",
			       drive->path);
	return nb_fail(NB_ENOMEDIUM,
		       "%s: the tray was opened, but the drive cannot close "
		       "it\nhint: set keep_tray_shut = true in the drive block "
		       "of the configuration",
		       drive->path);
}

enum nb_err
nb_drive_reload(struct nb_drive *drive)
{
	bool stays = drive->stdio || drive->keep_tray_shut;

	nb_drive_enter(drive);
	return nb_drive_leave(drive,
			      stays ? nb_drive_again(drive) : reload(drive));
}

enum nb_err
nb_drive_eject(struct nb_drive *drive)
{
	nb_drive_enter(drive);
	if (!drive->stdio)
		release(drive, true);
	return nb_drive_leave(drive, NB_OK);
}
