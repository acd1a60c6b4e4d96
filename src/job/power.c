/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/power.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/proc.h"
#include "model/decide/power.h"

#define ASK_MS 5000 /* timeout of one query */
#define POLL_S 2    /* between queries, as for drivers of NUT */

struct nb_power_watch {
	const struct nb_config_power *limits;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	bool ending;
	bool logged; /* it was logged that the UPS is on battery */
	bool ended;  /* the work was stopped, and this was logged */
	struct nb_power now;
	enum nb_work work; /* what is in progress */
	char name[32];     /* of its part */
	int64_t begun;     /* when its first byte was processed */
};

/* The current state of the UPS; unknown if it does not respond. */
static void
ask(const struct nb_config_power *limits, struct nb_power *out)
{
	const char *const argv[] = { limits->upsc, limits->ups, NULL };
	struct nb_proc_result result = { .output = NULL };

	*out = (struct nb_power){ .runtime = -1 };
	if (!nb_proc_run(&(struct nb_proc){ .argv = argv,
					    .stdin_fd = -1,
					    .timeout_ms = ASK_MS },
			 &result)
	    && result.exit_code == 0 && result.output)
		nb_power_parse(result.output, out);
	nb_proc_result_free(&result);
}

static void *
watch(void *ctx)
{
	struct nb_power_watch *w = ctx;
	struct nb_power now;
	struct timespec until;

	pthread_mutex_lock(&w->mutex);
	while (!w->ending) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += POLL_S;
		if (pthread_cond_timedwait(&w->wake, &w->mutex, &until)
		    != ETIMEDOUT)
			continue;
		pthread_mutex_unlock(&w->mutex);
		ask(w->limits, &now);
		pthread_mutex_lock(&w->mutex);
		w->now = now;
	}
	pthread_mutex_unlock(&w->mutex);
	return NULL;
}

/* Signals are for the thread that runs the job. */
static int
start_thread(struct nb_power_watch *w)
{
	pthread_condattr_t attributes;
	sigset_t all, before;
	int failed;

	pthread_mutex_init(&w->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&w->thread, NULL, watch, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

static enum nb_err
start(struct nightburn *nb)
{
	struct nb_power_watch *w = calloc(1, sizeof *w);

	if (!w)
		return nb_fail_memory();
	w->limits = &nb->config->power;
	w->now.runtime = -1;
	errno = start_thread(w);
	if (errno) {
		free(w);
		return nb_fail_errno(NB_EFAIL, "%s: cannot be monitored",
				     nb->config->power.ups);
	}
	nb->power = w;
	return NB_OK;
}

void
nb_power_stop(struct nightburn *nb)
{
	struct nb_power_watch *w = nb->power;

	if (!w)
		return;
	pthread_mutex_lock(&w->mutex);
	w->ending = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->mutex);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->mutex);
	free(w);
	nb->power = NULL;
}

static struct nb_power
look(struct nb_power_watch *w)
{
	struct nb_power now;

	pthread_mutex_lock(&w->mutex);
	now = w->now;
	pthread_mutex_unlock(&w->mutex);
	return now;
}

static enum nb_err
refuse(const struct nb_config_power *limits, enum nb_power_answer answer,
       const struct nb_power *power, enum nb_work work)
{
	const char *what = nb_work_text(work);

	if (answer == NB_POWER_UNKNOWN)
		return nb_fail(NB_EFAIL,
			       "%s: the UPS does not respond; no %s is "
			       "started\nhint: run %s %s to see why; unknown = "
			       "go in the guard block ignores it",
			       limits->ups, what, limits->upsc, limits->ups);
	if (answer == NB_POWER_RUNTIME)
		return nb_fail(NB_EFAIL,
			       "%s: the battery lasts %lld s, min_runtime is "
			       "%lld s; no %s is started\n"
			       "hint: wait until the battery is charged",
			       limits->ups, (long long)power->runtime,
			       (long long)limits->min_runtime, what);
	if (answer == NB_POWER_NO_RUNTIME)
		return nb_fail(
			NB_EFAIL,
			"%s: the UPS does not tell its battery.runtime, "
			"min_runtime is %lld s; no %s is started\n"
			"hint: remove min_runtime from the guard block if "
			"this UPS cannot tell",
			limits->ups, (long long)limits->min_runtime, what);
	if (answer == NB_POWER_STATE)
		return nb_fail(NB_EFAIL,
			       "%s: the state of the UPS is \"%s\", neither OL "
			       "nor OB; no %s is started\n"
			       "hint: see the front of the UPS, and %s %s",
			       limits->ups, power->status, what, limits->upsc,
			       limits->ups);
	return nb_fail(NB_EFAIL,
		       "%s: %s; no %s is started\n"
		       "hint: run it again when the power is back",
		       limits->ups, nb_power_text(answer), what);
}

enum nb_err
nb_power_permit(struct nightburn *nb, enum nb_work work)
{
	const struct nb_config_power *limits = nb ? &nb->config->power : NULL;
	enum nb_power_answer answer;
	struct nb_power now;
	enum nb_err err;

	if (!limits || !limits->ups)
		return NB_OK;
	err = nb->power ? NB_OK : start(nb);
	if (err)
		return err;
	ask(limits, &now);
	answer = nb_power_may_begin(limits, &now);
	if (answer)
		return refuse(limits, answer, &now, work);
	if (!now.known)
		nb_log(NB_WARNING, "%s: the UPS does not respond", limits->ups);
	return NB_OK;
}

/* Logs once that the work continues. */
static void
log_change(struct nb_power_watch *w, const struct nb_power *now,
	   const char *what, int64_t remaining)
{
	if (w->logged == now->on_battery)
		return;
	w->logged = now->on_battery;
	if (!now->on_battery)
		nb_log(NB_WARNING, "%s: the power is back", w->limits->ups);
	else if (now->runtime >= 0 && remaining >= 0)
		nb_log(NB_WARNING,
		       "%s: the battery lasts %lld s, the %s needs %lld s; "
		       "continuing",
		       w->limits->ups, (long long)now->runtime, what,
		       (long long)remaining);
	else
		nb_log(NB_WARNING, "%s: on battery; continuing the %s",
		       w->limits->ups, what);
}

/* Milliseconds since the first byte of this part of WORK. */
static int64_t
elapsed(struct nb_power_watch *w, enum nb_work work, const char *name)
{
	int64_t now = nb_clock_ms();

	if (w->work != work || strncmp(w->name, name, sizeof w->name - 1)) {
		w->work = work;
		strncpy(w->name, name, sizeof w->name - 1);
		w->begun = now;
	}
	return now - w->begun;
}

enum nb_err
nb_power_check(struct nightburn *nb, enum nb_work work,
	       const struct nb_progress *now)
{
	struct nb_power_watch *w = nb->power;
	struct nb_power_work at = { .done = now->done,
				    .total = now->total,
				    .spoils = work == NB_WORK_BURN };
	enum nb_power_answer answer;
	struct nb_power power;

	/* Stopping would leave a half-blanked disc. */
	if (!w || work == NB_WORK_BLANK || work == NB_WORK_FORMAT)
		return NB_OK;
	if (w->ended)
		return NB_EFAIL;
	at.elapsed_ms = elapsed(w, work, now->what);
	power = look(w);
	answer = nb_power_may_go_on(&power, &at);
	if (!answer) {
		log_change(w, &power, now->what, nb_power_remaining(&at));
		return NB_OK;
	}
	w->ended = true;
	if (answer == NB_POWER_RUNTIME)
		return nb_fail(NB_EFAIL,
			       "%s: the battery lasts %lld s, the %s needs "
			       "%lld s; stopping",
			       w->limits->ups, (long long)power.runtime,
			       now->what, (long long)nb_power_remaining(&at));
	return nb_fail(NB_EFAIL, "%s: %s; stopping the %s", w->limits->ups,
		       nb_power_text(answer), now->what);
}
