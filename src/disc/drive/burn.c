/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/drive/private.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "disc/library.h"

/* nightburn(1): written but not verified. */
#define STATUS_SUSPECT 4
#define BATCH ((size_t)256 * 1024)
/* How long the writer's thread may take to end: 10 seconds. */
#define SETTLE_ROUNDS 1000
#define SETTLE_MS 10

/* Passes the image's bytes to libburn; the only place that does. */
struct feed {
	struct nb_image *image;
	uint8_t *batch;
	size_t at, filled;
	uint64_t size;           /* of the image in bytes */
	bool finish;             /* as in struct nb_burn */
	struct burn_drive *burn; /* libburn's drive */
	bool pads;               /* a CD: libburn fills a track up to 300
				    blocks, even if it is cancelled */
	int64_t start;          /* the only block at which it may begin; -1: the
				    first one of a blank disc */
	_Atomic uint64_t given; /* bytes handed to libburn */
	_Atomic enum nb_err err; /* of the image; libburn only sees the end */
};

/* As the watchdog does: the journal has what was begun. */
static void
end_process(void)
{
	sigqueue(getpid(), SIGALRM,
		 (union sigval){ .sival_int = STATUS_SUSPECT });
	for (;;)
		pause();
}

/*
 * libburn asks the drive once more where to write, and uses block 0 if there is
 * no answer.  It asks for the first data only after that: where it is not the
 * block for which the image was made, it gets none, and sends no WRITE.
 */
static bool
begins_elsewhere(struct feed *f)
{
	struct burn_progress p = { 0 };

	if (f->given || f->start < 0)
		return false;
	burn_drive_get_status(f->burn, &p);
	if (p.start_sector == f->start)
		return false;
	f->err = nb_fail(NB_ESUSPECT,
			 "the drive does not name block %lld as the next one "
			 "to be written: nothing is written",
			 (long long)f->start);
	burn_drive_cancel(f->burn);
	if (f->pads)
		end_process();
	return true;
}

static int
feed_read(struct burn_source *source, unsigned char *buf, int size)
{
	struct feed *f = source->data;
	size_t want = (size_t)size;

	if (begins_elsewhere(f))
		return -1;
	if (f->at == f->filled) {
		size_t got = 0;
		enum nb_err err =
			nb_image_read(f->image, f->batch, BATCH, &got);

		if (err) {
			f->err = err;
			return -1;
		}
		f->at = 0;
		f->filled = got;
	}
	if (want > f->filled - f->at)
		want = f->filled - f->at;
	memcpy(buf, f->batch + f->at, want);
	f->at += want;
	f->given += want;
	return (int)want;
}

static off_t
feed_size(struct burn_source *source)
{
	return (off_t)((struct feed *)source->data)->size;
}

static int
feed_set_size(struct burn_source *source, off_t size)
{
	(void)source;
	(void)size;
	return 1;
}

static void
feed_free(struct burn_source *source)
{
	(void)source;
}

/* A burn that has all its bytes, or must not be truncated, is finished even if
 * a stop is requested. */
static enum nb_err
feed_stop(void *ctx, enum nb_err asked)
{
	struct feed *f = ctx;

	if (f->err)
		return f->err;
	if (asked == NB_ECANCELED && (f->finish || f->given >= f->size))
		return NB_OK;
	return asked;
}

/* libburn frees the source with free(3) when its last reference goes. */
static struct burn_source *
feed_source(struct feed *f)
{
	struct burn_source *source = calloc(1, sizeof *source);

	if (!source)
		return NULL;
	source->refcount = 1;
	source->read = feed_read;
	source->get_size = feed_size;
	source->set_size = feed_set_size;
	source->free_data = feed_free;
	source->data = f;
	return source;
}

/* The parameters of libburn for a session with one track. */
struct job {
	struct burn_write_opts *opts;
	struct burn_disc *disc;
	struct burn_session *session;
	struct burn_track *track;
};

static void
job_clear(struct job *job)
{
	burn_write_opts_free(job->opts);
	if (job->track)
		burn_track_free(job->track);
	if (job->session)
		burn_session_free(job->session);
	if (job->disc)
		burn_disc_free(job->disc);
}

static enum nb_err
fill_job(struct nb_drive *drive, const struct nb_burn *burn, struct feed *f,
	 struct job *job)
{
	struct burn_source *source = feed_source(f);
	enum burn_source_status status;

	job->disc = burn_disc_create();
	job->session = burn_session_create();
	job->track = burn_track_create();
	job->opts = burn_write_opts_new(drive->burn);
	if (!source || !job->disc || !job->session || !job->track
	    || !job->opts) {
		free(source);
		return nb_fail_memory();
	}
	burn_disc_add_session(job->disc, job->session, BURN_POS_END);
	burn_track_define_data(job->track, 0, 0, 1, BURN_MODE1);
	status = burn_track_set_source(job->track, source);
	burn_source_free(source);
	if (status != BURN_SOURCE_OK)
		return nb_fail(NB_EFAIL, "%s: libburn rejected the image",
			       drive->path);
	burn_session_add_track(job->session, job->track, BURN_POS_END);
	burn_track_set_size(job->track, feed_size(source));
	(void)burn;
	return NB_OK;
}

/* Not for a DVD-RW that was blanked fast: its only session is written at
 * once. */
static bool
takes_more_sessions(struct nb_drive *drive, const struct nb_profile *profile)
{
	struct burn_multi_caps *caps = NULL;
	bool more = profile->multi_session;

	if (burn_disc_get_multi_caps(drive->burn, BURN_WRITE_NONE, &caps, 0)
	    > 0) {
		more = more && caps->multi_session;
		burn_disc_free_multi_caps(&caps);
	}
	if (!more)
		nb_log(NB_WARNING, "%s: this disc can hold only one session",
		       drive->path);
	return more;
}

static enum nb_err
set_options(struct nb_drive *drive, const struct nb_burn *burn,
	    const struct nb_medium *medium, struct job *job)
{
	const struct nb_profile *profile = nb_profile_of(medium->profile);
	char reasons[BURN_REASONS_LEN] = "";

	burn_write_opts_set_multi(
		job->opts,
		!burn->close && !profile->random_access
			&& takes_more_sessions(drive, profile));
	burn_write_opts_set_underrun_proof(job->opts, 1);
	burn_write_opts_set_perform_opc(job->opts, 0);
	burn_write_opts_set_stdio_fsync(job->opts, 1);
	if (drive->speed)
		burn_drive_set_speed(drive->burn, 0,
				     drive->speed * profile->speed_unit);
	if (medium->random_access)
		burn_write_opts_set_start_byte(
			job->opts,
			(off_t)nb_image_start(burn->image) * NB_BLOCK);
	if (burn_write_opts_auto_write_type(job->opts, job->disc, reasons, 0)
	    == BURN_WRITE_NONE)
		return nb_fail(NB_EFAIL, "%s: cannot be written: %s",
			       drive->path, reasons);
	return NB_OK;
}

/* The number of threads of this process. */
static int
count_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	int count = 0;

	while (tasks && readdir(tasks))
		count++;
	if (tasks)
		closedir(tasks);
	return count;
}

/*
 * libburn reports a drive as idle while its writer thread still uses it.  If
 * the drive is gone, that thread ends late, and the drive must not be freed
 * before.  BEFORE is the number of other threads.
 */
static void
wait_for_writer(int before)
{
	for (int i = 0; i < SETTLE_ROUNDS && count_threads() > before; i++)
		poll(NULL, 0, SETTLE_MS);
}

/* Streams the image; afterwards the drive is idle and the result is known. */
static enum nb_err
run_job(struct nb_drive *drive, struct job *job, struct feed *f)
{
	int threads = count_threads();
	enum nb_err err;
	bool bad;

	nb_library_drain();
	err = nb_drive_report_progress(drive, NB_WORK_BURN, 0,
				       f->size / NB_BLOCK);
	if (err)
		return err;
	drive->writes = true;
	nb_drive_beat(drive);
	burn_disc_write(job->opts, job->disc);
	err = nb_drive_wait(drive, NB_WORK_BURN, feed_stop, f);
	bad = burn_drive_wrote_well(drive->burn) <= 0;
	bad = nb_library_drain() || bad;
	if (bad || err || f->err)
		nb_image_cancel(f->image); /* ends libisofs' thread */
	wait_for_writer(threads);
	if (!f->given && f->err)
		return f->err;
	if (err == NB_ECANCELED)
		nb_log(NB_NOTE, "%s: the burn is stopped", drive->path);
	if (f->err || err)
		return NB_ESUSPECT;
	if (bad) {
		nb_log(NB_ERROR, "%s: the burn failed", drive->path);
		return NB_ESUSPECT;
	}
	return NB_OK;
}

static enum nb_err
burn_session(struct nb_drive *drive, const struct nb_burn *burn,
	     const struct nb_medium *medium, uint8_t checksum[NB_CHECKSUM_SIZE])
{
	struct feed f = {
		.image = burn->image,
		.finish = burn->finish,
		.burn = drive->burn,
		.pads = nb_profile_of(medium->profile)->atip,
		.start = medium->state == NB_MEDIUM_BLANK
				&& !medium->random_access
			? -1
			: (int64_t)nb_image_start(burn->image),
	};
	struct job job = { 0 };
	uint64_t blocks = 0;
	enum nb_err err;

	err = nb_image_size(burn->image, &blocks);
	if (err)
		return err;
	f.size = blocks * NB_BLOCK;
	f.batch = aligned_alloc(4096, BATCH);
	if (!f.batch)
		return nb_fail_memory();
	err = fill_job(drive, burn, &f, &job);
	if (!err)
		err = set_options(drive, burn, medium, &job);
	if (!err)
		err = run_job(drive, &job, &f);
	if (!err && nb_image_finish(burn->image, checksum))
		err = NB_ESUSPECT;
	job_clear(&job);
	free(f.batch);
	return err;
}

/* Is it still the disc that the image was made for? */
static enum nb_err
check_medium(const struct nb_drive *drive, const struct nb_burn *burn,
	     const struct nb_medium *medium)
{
	uint32_t start = nb_image_start(burn->image);
	bool first = start == (medium->random_access ? NB_OVERWRITE_START : 0);

	if (medium->state == NB_MEDIUM_NONE)
		return nb_fail(NB_ENOMEDIUM, "%s: no disc", drive->path);
	if (first ? medium->state == NB_MEDIUM_BLANK
		  : medium->state == NB_MEDIUM_APPENDABLE
			    && medium->next_writable == start)
		return NB_OK;
	return nb_fail(NB_EWRONG,
		       "%s: the disc was changed after it was inspected\n"
		       "hint: leave the disc in the drive until the run ends",
		       drive->path);
}

static enum nb_err
burn_image(struct nb_drive *drive, const struct nb_burn *burn,
	   uint8_t checksum[NB_CHECKSUM_SIZE])
{
	struct nb_medium medium;
	enum nb_err err;

	err = nb_drive_inspect(drive, &medium);
	if (!err)
		err = check_medium(drive, burn, &medium);
	if (!err)
		err = nb_drive_grab(drive, false);
	if (!err)
		err = nb_drive_check_mount(drive);
	if (!err)
		err = burn_session(drive, burn, &medium, checksum);
	if (!err && medium.random_access)
		err = nb_drive_put(drive, 0, nb_image_head(burn->image),
				   (size_t)NB_OVERWRITE_START * NB_BLOCK)
			? NB_ESUSPECT
			: NB_OK;
	return err;
}

enum nb_err
nb_drive_burn(struct nb_drive *drive, const struct nb_burn *burn,
	      uint8_t checksum[NB_CHECKSUM_SIZE])
{
	nb_drive_enter(drive);
	return nb_drive_leave(drive, burn_image(drive, burn, checksum));
}
