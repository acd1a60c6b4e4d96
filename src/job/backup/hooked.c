/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/hooked.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "job/hook.h"
#include "store/hook_record.h"

#define ERRORS_MAX 8192 /* bytes of messages; an environment has its limits */

struct nb_hooked {
	struct nb_hook_facts facts;
	pthread_mutex_t mutex;
	struct nb_str errors;          /* under MUTEX */
	bool owes;                     /* the hooks "always" are due */
	struct nb_hook_record *record; /* of that; NULL: there are none */
	bool read;                     /* "after_read" was started */
	struct nb_hook_thread *thread; /* which runs it */
	enum nb_err failed;            /* of starting it */
};

/* Without the hints. */
static void
listen(void *ctx, enum nb_level level, const char *message)
{
	struct nb_hooked *h = ctx;
	size_t length = strcspn(message, "\n");

	pthread_mutex_lock(&h->mutex);
	if (level == NB_ERROR && h->errors.length + length < ERRORS_MAX) {
		nb_str_add(&h->errors, h->errors.length ? "\n" : "");
		nb_str_add_bytes(&h->errors, message, length);
	}
	pthread_mutex_unlock(&h->mutex);
}

enum nb_err
nb_hooked_new(const struct nightburn *nb, const struct nb_run_options *options,
	      const struct nb_run_result *result, struct nb_hooked **out)
{
	struct nb_hooked *h;

	*out = NULL;
	if (options->dry_run || options->path_count)
		return NB_OK;
	h = calloc(1, sizeof *h);
	if (!h)
		return nb_fail_memory();
	h->facts = (struct nb_hook_facts){ .config = nb->config,
					   .result = result };
	pthread_mutex_init(&h->mutex, NULL);
	nb_log_also(listen, h);
	*out = h;
	return nb_config_job(nb->config, options->job, &h->facts.job);
}

static struct nb_hook_facts
running(const struct nb_hooked *h)
{
	struct nb_hook_facts facts = h->facts;

	facts.state = "running";
	return facts;
}

enum nb_err
nb_hooked_before(struct nb_hooked *h)
{
	struct nb_hook_facts facts;
	enum nb_err err = NB_OK;

	if (!h)
		return NB_OK;
	facts = running(h);
	if (nb_hook_has(facts.job, NB_HOOK_ALWAYS))
		err = nb_hook_record_begin(facts.config->state_dir,
					   facts.job->name, &h->record);
	if (err)
		return err;
	h->owes = true;
	return nb_hook_run(NB_HOOK_BEFORE, &facts);
}

void
nb_hooked_read(struct nb_hooked *h)
{
	struct nb_hook_facts facts;
	bool first;

	if (!h)
		return;
	pthread_mutex_lock(&h->mutex);
	first = h->owes && !h->read;
	h->read = true;
	pthread_mutex_unlock(&h->mutex);
	if (!first || !nb_hook_has(h->facts.job, NB_HOOK_AFTER_READ))
		return;
	facts = running(h);
	h->failed = nb_hook_start(NB_HOOK_AFTER_READ, &facts, &h->thread);
}

static void
clear(struct nb_hooked *h)
{
	nb_log_also(NULL, NULL);
	nb_hook_record_end(h->record, false);
	pthread_mutex_destroy(&h->mutex);
	nb_str_free(&h->errors);
	free(h);
}

static enum nb_err
first_of(enum nb_err a, enum nb_err b)
{
	return a ? a : b;
}

/* The hooks of an end with ERR; returns their own error. */
static enum nb_err
run_last(struct nb_hooked *h, enum nb_err err)
{
	enum nb_err failed = first_of(h->failed, nb_hook_wait(h->thread));
	enum nb_err one;

	nb_log_also(NULL, NULL);
	h->facts.err = err;
	h->facts.errors = h->errors.failed ? NULL : h->errors.text;
	one = nb_hook_run(err ? NB_HOOK_ON_FAILURE : NB_HOOK_AFTER, &h->facts);
	failed = first_of(failed, one);
	if (!h->owes)
		return failed;
	one = nb_hook_run(NB_HOOK_ALWAYS, &h->facts);
	if (!one)
		one = nb_hook_record_end(h->record, true);
	else
		nb_hook_record_end(h->record, false);
	h->record = NULL;
	return first_of(failed, one);
}

enum nb_err
nb_hooked_end(struct nb_hooked *h, enum nb_err err)
{
	const struct nb_run_result *result;
	enum nb_err failed = NB_OK;

	if (!h)
		return err;
	result = h->facts.result;
	if (h->facts.job)
		failed = run_last(h, err);
	if (failed && !err)
		nb_log(NB_NOTE, "%s: the backup is verified, generation %llu",
		       result->plan->disc,
		       (unsigned long long)result->generation);
	clear(h);
	return first_of(err, failed);
}
