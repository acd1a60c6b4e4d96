/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/station/station.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vdrive/engine/drive.h"

/* A client that waits in the kernel ends when its command does, not before. */
#define KILLED_MS 1000
#define RULES_MAX (1024 * 1024) /* bytes of a rule file */

struct vf_station {
	struct vf_station_options options;
	struct vd_drive *drive;
	pthread_mutex_t lock;
	size_t next; /* index in the stack */
	int trace;
};

static int
complain(const char *what, const char *why)
{
	fprintf(stderr, "vdrive: %s: %s\n", what, why);
	return -1;
}

/* One write per line: several drives append to one file. */
static void
write_trace(void *context, const char *line)
{
	const struct vf_station *station = context;
	char whole[512];
	int n = snprintf(whole, sizeof whole, "%s\n", line);

	if (write(station->trace, whole, (size_t)n) != n)
		complain(station->options.trace, strerror(errno));
}

static int
load_faults(const char *path, struct vd_faults **out)
{
	char *text = calloc(1, RULES_MAX + 1), why[VD_WHY_MAX];
	FILE *file = fopen(path, "re");
	size_t n;
	int result = -1;

	if (!text || !file) {
		complain(path, strerror(errno));
	} else {
		n = fread(text, 1, RULES_MAX + 1, file);
		if (ferror(file) || n > RULES_MAX || strlen(text) != n)
			complain(path, "not a rules file");
		else if (vd_faults_parse(text, out, why))
			complain(path, why);
		else
			result = 0;
	}
	if (file)
		fclose(file);
	free(text);
	return result;
}

static int
parse_timing(const char *text, double *out)
{
	char *end;

	if (!text || !strcmp(text, "instant")) {
		*out = 0;
		return 0;
	}
	if (!strcmp(text, "real")) {
		*out = 1;
		return 0;
	}
	*out = strtod(text, &end);
	if (end == text || *end || !isfinite(*out) || *out <= 0)
		return complain(text, "--timing is instant, real or a number");
	return 0;
}

static int
parse_personality(const char *text, enum vd_personality *out)
{
	static const char *const names[] = { [VD_NEW] = "new",
					     [VD_OLD] = "old",
					     [VD_USB_BRIDGE] = "usb-bridge" };

	if (!text)
		text = "new";
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(text, names[i])) {
			*out = (enum vd_personality)i;
			return 0;
		}
	return complain(text, "--drive is new, old or usb-bridge");
}

/* The previous disc is removed first: it may be the same one. */
static int
insert(struct vf_station *station, const char *path, bool attention,
       char why[VD_WHY_MAX])
{
	struct vd_disc *disc = NULL;

	if (vd_drive_insert(station->drive, NULL, attention)) {
		snprintf(why, VD_WHY_MAX, "cannot save the previous disc: %s",
			 strerror(errno));
		return -1;
	}
	if (!path)
		return 0;
	if (vd_disc_open(path, false, &disc, why))
		return -1;
	if (vd_drive_insert(station->drive, disc, attention)) {
		snprintf(why, VD_WHY_MAX, "%s", strerror(errno));
		return -1;
	}
	return 0;
}

static int
begin(struct vf_station *station)
{
	const struct vf_station_options *options = &station->options;
	char serial[32], why[VD_WHY_MAX];
	struct vd_drive_options drive = { .power_loss = options->power_loss,
					  .serial = serial,
					  .context = station };
	const char *name = strrchr(options->device, '/');

	snprintf(serial, sizeof serial, "VDRIVE-%.9s", name ? name + 1 : "");
	if (parse_timing(options->timing, &drive.speed)
	    || parse_personality(options->personality, &drive.personality)
	    || (options->faults && load_faults(options->faults, &drive.faults)))
		return -1;
	if (options->trace) {
		station->trace =
			open(options->trace,
			     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
		drive.trace = write_trace;
	}
	if (options->trace && station->trace < 0) {
		vd_faults_free(drive.faults);
		return complain(options->trace, strerror(errno));
	}
	if (vd_drive_new(&drive, &station->drive)) {
		vd_faults_free(drive.faults);
		return complain(options->device, strerror(ENOMEM));
	}
	if (options->disc_count
	    && insert(station, options->discs[0], false, why))
		return complain("--disc", why);
	station->next = 1;
	if (options->open)
		vd_drive_tray(station->drive, true);
	return 0;
}

int
vf_station_open(const struct vf_station_options *options,
		struct vf_station **out)
{
	struct vf_station *station = calloc(1, sizeof *station);

	if (!station)
		return complain(options->device, strerror(ENOMEM));
	station->options = *options;
	station->trace = -1;
	pthread_mutex_init(&station->lock, NULL);
	if (begin(station)) {
		station->options.power_loss = false;
		vf_station_close(station);
		return -1;
	}
	*out = station;
	return 0;
}

int
vf_station_close(struct vf_station *station)
{
	int result;

	if (!station)
		return 0;
	if (station->options.power_loss)
		vd_drive_power_loss(station->drive);
	result = vd_drive_free(station->drive);
	if (result)
		complain(station->options.device, strerror(errno));
	if (station->trace >= 0)
		close(station->trace);
	pthread_mutex_destroy(&station->lock);
	free(station);
	return result;
}

static int64_t
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits until the client is gone, at most this long; 0: without limit. */
static void
wait_for_client(int fd, int64_t limit)
{
	struct pollfd end = { .fd = fd, .events = POLLRDHUP };
	int64_t until = milliseconds() + limit;

	for (;;) {
		int64_t left = limit ? until - milliseconds() : 60000;

		if (left <= 0)
			return;
		if (left > 60000)
			left = 60000;
		if (poll(&end, 1, (int)left) > 0)
			return;
	}
}

/* Short delays are exact, because a second of writing has many of them. */
static void
keep_waiting(int fd, uint64_t delay)
{
	struct timespec t = { .tv_sec = (time_t)(delay / 1000000000),
			      .tv_nsec = (long)(delay % 1000000000) };

	if (delay < 100000000)
		nanosleep(&t, NULL);
	else
		wait_for_client(fd, (int64_t)(delay / 1000000));
}

static int
take_next(struct vf_station *station, char why[VD_WHY_MAX])
{
	const struct vf_station_options *options = &station->options;

	if (!options->disc_count) {
		snprintf(why, VD_WHY_MAX, "the drive has no other disc");
		return -1;
	}
	if (station->next >= options->disc_count)
		station->next = 0;
	return insert(station, options->discs[station->next++], true, why);
}

static void
run_command(struct vf_station *station, const struct vf_request *request,
	    void *data, pid_t client, struct vd_answer *answer)
{
	struct vd_command command = {
		.cdb = request->cdb,
		.cdb_length = request->cdb_length,
		.data = data,
		.length = request->direction == VF_NONE ? 0 : request->length,
		.to_drive = request->direction == VF_TO_DRIVE
	};
	char why[VD_WHY_MAX];

	pthread_mutex_lock(&station->lock);
	vd_drive_execute(station->drive, &command, answer);
	if (answer->end == VD_SWAPS) {
		if (take_next(station, why))
			complain(station->options.device, why);
		command.again = true;
	} else if (answer->end == VD_SIGNALS) {
		if (client > 1)
			kill(client, answer->signal);
		command.again = true;
	}
	if (command.again)
		vd_drive_execute(station->drive, &command, answer);
	pthread_mutex_unlock(&station->lock);
}

static void
answer_command(struct vf_station *station, const struct vf_request *request,
	       void *data, int fd, pid_t client, struct vf_reply *reply)
{
	struct vd_answer answer;
	int64_t limit = request->timeout_ms;

	if (limit && getenv(VF_ENV_HURRY))
		limit = limit / atoi(VF_HURRY) + 1;
	run_command(station, request, data, client, &answer);
	switch (answer.end) {
	case VD_HANGS:
		wait_for_client(fd, limit);
		reply->host = VF_HOST_TIME_OUT;
		return;
	case VD_TIMED_OUT:
		reply->host = VF_HOST_TIME_OUT;
		return;
	case VD_DETACHED:
		reply->host = VF_HOST_NO_CONNECT;
		return;
	case VD_KILLS:
		if (client > 1)
			kill(client, SIGKILL);
		wait_for_client(fd, KILLED_MS);
		reply->host = VF_HOST_TIME_OUT;
		return;
	default:
		break;
	}
	if (limit && answer.delay / 1000000 > (uint64_t)limit) {
		wait_for_client(fd, limit);
		reply->host = VF_HOST_TIME_OUT;
		return;
	}
	if (answer.delay)
		keep_waiting(fd, answer.delay);
	reply->status = answer.status;
	reply->transferred = (uint32_t)answer.transferred;
	reply->sense_length = (uint32_t)answer.sense_length;
	memcpy(reply->sense, answer.sense, answer.sense_length);
}

static void
answer_swap(struct vf_station *station, const struct vf_request *request,
	    struct vf_reply *reply)
{
	const char *text = request->text;
	const struct vd_disc *disc;
	char why[VD_WHY_MAX], before[sizeof disc->path] = "", rest[VD_WHY_MAX];
	int result = 0;

	pthread_mutex_lock(&station->lock);
	disc = vd_drive_disc(station->drive);
	if (disc)
		snprintf(before, sizeof before, "%s", disc->path);
	if (!strcmp(text, VF_SWAP_OPEN) || !strcmp(text, VF_SWAP_CLOSE))
		vd_drive_tray(station->drive, !strcmp(text, VF_SWAP_OPEN));
	else if (!strcmp(text, VF_SWAP_NEXT))
		result = take_next(station, why);
	else
		result = insert(station, *text ? text : NULL, true, why);
	if (result && *before)
		insert(station, before, true, rest);
	pthread_mutex_unlock(&station->lock);
	if (result) {
		reply->error = EINVAL;
		snprintf(reply->text, sizeof reply->text, "%s", why);
	}
}

void
vf_station_answer(struct vf_station *station, const struct vf_request *request,
		  void *data, int fd, pid_t client, struct vf_reply *reply)
{
	switch (request->op) {
	case VF_COMMAND:
		answer_command(station, request, data, fd, client, reply);
		break;
	case VF_SWAP:
		answer_swap(station, request, reply);
		break;
	default:
		reply->error = EINVAL;
		break;
	}
}
