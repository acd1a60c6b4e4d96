/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "source/volume/mirror_array.h"
#include "source/tool.h"

#define SECTOR 512
#define LOOK_MS 200
#define ASK_MS 5000
#define REMOVE_MS 30000 /* from failed to no longer in use */

bool
nb_mirror_progress(const char *text, uint64_t *done, uint64_t *total)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	*done = strtoull(text, &end, 10);
	if (strncmp(end, " / ", 3) || end[3] < '0' || end[3] > '9')
		return false;
	*total = strtoull(end + 3, &end, 10);
	return !*end;
}

static enum nb_err
manage(const struct nb_mirror *m, const char *what)
{
	const char *const argv[] = { "mdadm", "--manage", m->array,
				     what,    m->half,    NULL };

	return nb_tool_run(m->object, argv, NULL);
}

enum nb_err
nb_mirror_add(const struct nb_mirror *m)
{
	return manage(m, "--add");
}

/* Sectors that are done; 0 if sync_completed does not have a number. */
static void
read_progress(const struct nb_mirror *m, uint64_t *done, uint64_t *total)
{
	int fd = openat(m->md, "sync_completed", O_RDONLY | O_CLOEXEC);
	char text[NB_MIRROR_WORD];
	ssize_t n = fd < 0 ? -1 : nb_fd_read(fd, text, sizeof text - 1);

	text[n < 0 ? 0 : n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	*done = *total = 0;
	if (!nb_mirror_progress(text, done, total))
		*done = *total = 0;
	nb_fd_close(&fd);
}

static enum nb_err
fail_stalled(const struct nb_mirror *m, int64_t stall, uint64_t done,
	     uint64_t total)
{
	return nb_fail(NB_ESOURCE,
		       "%s: the resync of %s has made no progress for %lld s "
		       "(%d%% done)\nhint: check for other disk activity, and "
		       "speed_limit_max",
		       m->object, m->array, (long long)stall,
		       total ? (int)(done * 100 / total) : 0);
}

/* If it was refused, the next check shows that. */
static void
act(const struct nb_mirror *m, const char *action)
{
	int fd = openat(m->md, "sync_action", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || nb_fd_write(fd, action, strlen(action)))
		nb_log(NB_DEBUG, "%s: %s does not perform \"%s\"", m->object,
		       m->array, action);
	nb_fd_close(&fd);
}

/* Requests a resync that does not begin by itself: an mdadm that was killed may
 * have left the array in an intermediate state. */
static void
ask_for_resync(const struct nb_mirror *m, const struct nb_mirror_state *state)
{
	if (state->half == NB_MIRROR_SYNCING
	    && (!strcmp(state->action, "idle")
		|| !strcmp(state->action, "frozen")))
		act(m, "recover");
}

void
nb_mirror_thaw(const struct nb_mirror *m)
{
	struct nb_mirror_state state;

	if (!nb_mirror_inspect(m, &state) && !strcmp(state.action, "frozen"))
		act(m, "idle");
}

enum nb_err
nb_mirror_wait(const struct nb_mirror *m, int64_t stall,
	       const struct nb_source_context *context)
{
	uint64_t done = 0, total = 0, last = 0;
	int64_t since = nb_clock_ms(), reported = 0, now, asked = since;
	struct nb_mirror_state state;
	enum nb_err err;

	for (;;) {
		err = nb_mirror_inspect(m, &state);
		if (err
		    || (state.half == NB_MIRROR_WORKING
			&& !strcmp(state.action, "idle")))
			return err;
		if (state.half != NB_MIRROR_SYNCING
		    && state.half != NB_MIRROR_WORKING)
			return nb_fail(NB_ESOURCE,
				       "%s: %s failed in the "
				       "resync of %s",
				       m->object, m->half, m->array);
		read_progress(m, &done, &total);
		now = nb_clock_ms();
		if (done != last)
			since = now;
		last = done;
		if (now - since >= stall * 1000)
			return fail_stalled(m, stall, done, total);
		if (now >= asked + ASK_MS) {
			asked = now;
			ask_for_resync(m, &state);
		}
		if (context->progress && now >= reported + 1000) {
			reported = now;
			err = context->progress(context->ctx, m->object,
						done * SECTOR, total * SECTOR);
			if (err)
				return err;
		}
		poll(NULL, 0, LOOK_MS);
	}
}

/* A member is removed only when md no longer uses it: its slot is "none"
 * then. */
static enum nb_err
wait_until_free(const struct nb_mirror *m)
{
	char file[NB_MIRROR_WORD + 8], text[NB_MIRROR_WORD];
	int64_t end = nb_clock_ms() + REMOVE_MS;

	snprintf(file, sizeof file, "%s/slot", m->member);
	while (nb_clock_ms() < end) {
		int fd = openat(m->md, file, O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? -1 : nb_fd_read(fd, text, sizeof text);

		nb_fd_close(&fd);
		if (n < 0 || (n >= 4 && !strncmp(text, "none", 4)))
			return NB_OK;
		poll(NULL, 0, LOOK_MS / 10);
	}
	return nb_fail(NB_ESOURCE, "%s: %s does not release %s", m->object,
		       m->array, m->half);
}

enum nb_err
nb_mirror_split(const struct nb_mirror *m)
{
	struct nb_mirror_state state;
	enum nb_err err = nb_mirror_inspect(m, &state);

	if (err || state.half == NB_MIRROR_DETACHED)
		return err;
	if (state.half != NB_MIRROR_FAULTY)
		err = manage(m, "--fail");
	if (!err)
		err = wait_until_free(m);
	return err ? err : manage(m, "--remove");
}
