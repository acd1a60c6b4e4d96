/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Simulates the time that a drive takes. */
#include <time.h>

#include "vdrive/engine/drive_private.h"

#define BUFFER (2 * 1024 * 1024) /* bytes */
#define SEEK (VD_SECOND / 8)
#define READ_FACTOR 3 /* reading is faster than writing */

static uint64_t
system_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * VD_SECOND + (uint64_t)t.tv_nsec;
}

uint64_t
vd_now(const struct vd_drive *drive)
{
	const struct vd_drive_options *options = &drive->options;

	return options->now ? options->now(options->context) : system_clock();
}

/* By this drive's clock; 0 if everything is instant. */
static uint64_t
scale(const struct vd_drive *drive, uint64_t duration)
{
	return drive->options.speed > 0
		? (uint64_t)((double)duration / drive->options.speed)
		: 0;
}

void
vd_begin(struct vd_drive *drive, struct vd_io *io, bool immediate,
	 uint64_t duration, uint32_t sense,
	 void (*finish)(struct vd_drive *drive))
{
	duration = scale(drive, duration);
	if (io && io->interrupted)
		return;
	if (!duration) {
		if (finish)
			finish(drive);
		return;
	}
	drive->busy.since = vd_now(drive);
	drive->busy.until = drive->busy.since + duration;
	drive->busy.sense = sense;
	drive->busy.finish = finish;
	if (!immediate)
		io->delay = duration;
}

void
vd_finish(struct vd_drive *drive)
{
	void (*finish)(struct vd_drive *) = drive->busy.finish;

	drive->busy = (struct vd_busy){ 0 };
	if (finish)
		finish(drive);
}

void
vd_settle(struct vd_drive *drive)
{
	if (drive->busy.until && vd_now(drive) >= drive->busy.until)
		vd_finish(drive);
	if (drive->disc && drive->disc->background == VD_BACKGROUND_RUNNING
	    && vd_now(drive) >= drive->background_until)
		drive->disc->background = VD_BACKGROUND_DONE;
}

unsigned int
vd_progress(const struct vd_drive *drive)
{
	const struct vd_busy *busy = &drive->busy;
	uint64_t passed = vd_now(drive) - busy->since;
	uint64_t whole = busy->until - busy->since;

	if (!whole || passed >= whole)
		return 65535;
	return (unsigned int)((double)passed * 65535 / (double)whole);
}

uint64_t
vd_write_time(const struct vd_drive *drive, int32_t blocks)
{
	return (uint64_t)((double)blocks * VD_BLOCK * (double)VD_SECOND
			  / drive->disc->medium->speed);
}

uint64_t
vd_drain_time(const struct vd_drive *drive)
{
	uint64_t now;

	if (drive->options.speed <= 0)
		return 0;
	now = vd_now(drive);
	return drive->drained > now ? (uint64_t)((double)(drive->drained - now)
						 * drive->options.speed)
				    : 0;
}

uint32_t
vd_buffer_size(void)
{
	return BUFFER;
}

uint32_t
vd_buffer_free_bytes(const struct vd_drive *drive)
{
	double used = drive->disc ? (double)vd_drain_time(drive)
			* drive->disc->medium->speed / (double)VD_SECOND
				  : 0;

	return used >= BUFFER ? 0 : BUFFER - (uint32_t)used;
}

bool
vd_fill_buffer(struct vd_drive *drive, size_t n)
{
	uint64_t now;

	if (drive->options.speed <= 0)
		return true;
	if (vd_buffer_free_bytes(drive) < n)
		return false;
	now = vd_now(drive);
	if (drive->drained < now)
		drive->drained = now;
	drive->drained +=
		scale(drive, vd_write_time(drive, (int32_t)(n / VD_BLOCK)));
	return true;
}

void
vd_read_time(struct vd_drive *drive, struct vd_io *io, int32_t lba,
	     uint32_t count)
{
	uint64_t time;

	if (drive->options.speed <= 0)
		return;
	time = vd_write_time(drive, (int32_t)count) / READ_FACTOR;
	if (lba != drive->read_next)
		time += SEEK;
	drive->read_next = lba + (int32_t)count;
	io->delay = scale(drive, time);
}
