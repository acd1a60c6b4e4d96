/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/hook.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/names.h"
#include "base/proc.h"
#include "base/str.h"
#include "model/config/build.h"
#include "store/hook_record.h"

static enum nb_err
describe(const char *hook, const struct nb_hook_facts *facts,
	 struct nb_names *list)
{
	const struct nb_run_result *r = facts->result;
	bool planned = r->plan->job[0]; /* otherwise it ended before there was a
					   plan */
	const struct {
		const char *name, *value;
	} texts[] = {
		{ "HOOK", hook },
		{ "CONFIG", facts->config->file },
		{ "JOB", facts->job->name },
		{ "POOL", facts->job->pool },
		{ "DEVICE", r->plan->device },
		{ "DISC", r->plan->disc },
		{ "WANTED", r->plan->wanted },
		{ "PLAN", planned ? nb_plan_name(r->plan->plan) : "" },
		{ "REASON",
		  planned ? nb_plan_reason_code(r->plan->reason) : "" },
		{ "BACKUP_ID", r->backup_id },
		{ "BURNED", r->burned ? "yes" : "no" },
		{ "VERIFIED", r->verified ? "yes" : "no" },
		{ "STAGED", r->staged ? "yes" : "no" },
		{ "RESULT",
		  facts->state ? facts->state : nb_err_name(facts->err) },
		{ "ERROR", facts->errors ? facts->errors : "" },
	};
	char status[16] = "";
	enum nb_err err = NB_OK;

	if (!facts->state)
		snprintf(status, sizeof status, "%d",
			 nb_exit_status(nb_run_verdict(facts->err, r)));
	for (size_t i = 0; !err && i < sizeof texts / sizeof *texts; i++)
		err = nb_names_add(list, "NIGHTBURN_%s=%s", texts[i].name,
				   texts[i].value);
	if (!err)
		err = nb_names_add(list, "NIGHTBURN_GENERATION=%llu",
				   (unsigned long long)r->generation);
	if (!err)
		err = nb_names_add(list, "NIGHTBURN_STATUS=%s", status);
	if (!err)
		err = nb_array_push(list, NULL);
	return err;
}

/* Adds NULL after the arguments. */
static enum nb_err
run_one(const struct nb_config_hook *hook, const char *name,
	const struct nb_names *variables)
{
	const char *shell[] = { "/bin/sh", "-c", hook->shell, NULL };
	const char **argv = NULL;
	struct nb_proc_result result = { .output = NULL };
	char *object = NULL;
	enum nb_err err;

	argv = calloc(hook->run.count + 1, sizeof *argv);
	if (!argv)
		return nb_fail_memory();
	for (size_t i = 0; i < hook->run.count; i++)
		argv[i] = hook->run.at[i];
	err = nb_str_format(&object, "hook %s: %s", name,
			    hook->shell ? hook->shell : argv[0]);
	if (err)
		goto out;
	nb_log(NB_DEBUG, "%s", object);
	err = nb_proc_run(
		&(struct nb_proc){ .argv = hook->shell ? shell : argv,
				   .name = object,
				   .environ_add =
					   (const char *const *)variables->at,
				   .run_as = hook->run_as,
				   .stdin_fd = -1,
				   .timeout_ms = hook->timeout * 1000,
				   .to_end = hook->when != NB_HOOK_BEFORE },
		&result);
	if (!err)
		err = nb_proc_check(object, &result, NB_EFAIL);
	if (result.output && result.output[0])
		nb_log(NB_DEBUG, "%s: %s", object, result.output);
	nb_proc_result_free(&result);
out:
	free(object);
	free(argv);
	return !err || err == NB_ECANCELED ? err : NB_EFAIL;
}

static enum nb_err
run_all(const struct nb_config_job *job, enum nb_hook when,
	const struct nb_names *variables)
{
	const struct nb_config_hooks *hooks = &job->hooks;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < hooks->count; i++)
		if (hooks->at[i].when == when)
			err = run_one(&hooks->at[i], nb_config_hook_names[when],
				      variables);
	return err;
}

enum nb_err
nb_hook_run(enum nb_hook when, const struct nb_hook_facts *facts)
{
	struct nb_names variables = NB_ARRAY_INIT;
	enum nb_err err =
		describe(nb_config_hook_names[when], facts, &variables);

	if (!err)
		err = run_all(facts->job, when, &variables);
	nb_names_free(&variables);
	return err;
}

bool
nb_hook_has(const struct nb_config_job *job, enum nb_hook when)
{
	for (size_t i = 0; i < job->hooks.count; i++)
		if (job->hooks.at[i].when == when)
			return true;
	return false;
}

/* ---- while the run goes on ---- */

struct nb_hook_thread {
	enum nb_hook when;
	const struct nb_config_job *job;
	struct nb_names variables;
	pthread_t thread;
	enum nb_err err;
};

static void *
run_thread(void *ctx)
{
	struct nb_hook_thread *t = ctx;

	t->err = run_all(t->job, t->when, &t->variables);
	return NULL;
}

/* Signals are for the thread that runs the job. */
static int
create(struct nb_hook_thread *t)
{
	sigset_t all, before;
	int failed;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&t->thread, NULL, run_thread, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

enum nb_err
nb_hook_start(enum nb_hook when, const struct nb_hook_facts *facts,
	      struct nb_hook_thread **out)
{
	struct nb_hook_thread *t = calloc(1, sizeof *t);
	enum nb_err err;

	if (!t)
		return nb_fail_memory();
	t->when = when;
	t->job = facts->job;
	err = describe(nb_config_hook_names[when], facts, &t->variables);
	if (!err) {
		errno = create(t);
		if (errno)
			err = nb_fail_errno(NB_EFAIL, "hook %s: cannot be run",
					    nb_config_hook_names[when]);
	}
	if (!err) {
		*out = t;
		return NB_OK;
	}
	nb_names_free(&t->variables);
	free(t);
	return err;
}

enum nb_err
nb_hook_wait(struct nb_hook_thread *t)
{
	enum nb_err err = NB_OK;

	if (t) {
		pthread_join(t->thread, NULL);
		err = t->err;
		nb_names_free(&t->variables);
	}
	free(t);
	return err;
}

/* ---- of a run that died ---- */

/* Nobody but a person knows what they would have done. */
static enum nb_err
tell_owed(const struct nb_config *config, const char *job, const char *why,
	  struct nb_hook_record *record)
{
	nb_log(NB_WARNING,
	       "job %s: a run died before its hooks \"always\" were run, and "
	       "%s "
	       "any more\n"
	       "hint: do what they would have done, then rm %s/hooks-%s",
	       job, why, config->state_dir, job);
	return nb_hook_record_end(record, false);
}

static enum nb_err
run_owed(const struct nb_config *config, const struct nb_config_job *job)
{
	struct nb_plan_info plan = { .job = "" };
	const struct nb_run_result nothing = { .plan = &plan };
	const struct nb_hook_facts facts = {
		.config = config,
		.job = job,
		.result = &nothing,
		.state = "died",
		.errors = "a run died",
	};
	struct nb_hook_record *record = NULL;
	enum nb_err err =
		nb_hook_record_find(config->state_dir, job->name, &record);

	if (err || !record)
		return err;
	if (!nb_hook_has(job, NB_HOOK_ALWAYS))
		return tell_owed(config, job->name, "it has none", record);
	nb_log(NB_WARNING,
	       "job %s: a run died before its hooks \"always\" were run; they "
	       "are run now",
	       job->name);
	return nb_hook_record_end(record, !nb_hook_run(NB_HOOK_ALWAYS, &facts));
}

static bool
is_configured(const struct nb_config *config, const char *job)
{
	for (size_t i = 0; i < config->jobs.count; i++)
		if (!strcmp(config->jobs.at[i].name, job))
			return true;
	return false;
}

/* Of jobs that were renamed or removed. */
static enum nb_err
tell_others(const struct nb_config *config)
{
	struct nb_names jobs = NB_ARRAY_INIT;
	enum nb_err err = nb_hook_record_jobs(config->state_dir, &jobs);

	for (size_t i = 0; !err && i < jobs.count; i++) {
		struct nb_hook_record *record = NULL;

		if (is_configured(config, jobs.at[i]))
			continue;
		err = nb_hook_record_find(config->state_dir, jobs.at[i],
					  &record);
		if (!err && record)
			err = tell_owed(config, jobs.at[i],
					"the configuration does not have it",
					record);
	}
	nb_names_free(&jobs);
	return err;
}

enum nb_err
nb_hook_owed(const struct nb_config *config)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < config->jobs.count; i++)
		err = run_owed(config, &config->jobs.at[i]);
	return err ? err : tell_others(config);
}
