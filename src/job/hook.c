/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/hook.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/names.h"
#include "base/proc.h"
#include "base/str.h"

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
		{ "RESULT", nb_err_name(facts->err) },
	};
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < sizeof texts / sizeof *texts; i++)
		err = nb_names_add(list, "NIGHTBURN_%s=%s", texts[i].name,
				   texts[i].value);
	if (!err)
		err = nb_names_add(list, "NIGHTBURN_GENERATION=%llu",
				   (unsigned long long)r->generation);
	if (!err)
		err = nb_names_add(
			list, "NIGHTBURN_STATUS=%d",
			nb_exit_status(nb_run_verdict(facts->err, r)));
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

enum nb_err
nb_hook_run(enum nb_hook when, const struct nb_hook_facts *facts)
{
	static const char *const names[NB_HOOKS] = {
		[NB_HOOK_BEFORE] = "before",
		[NB_HOOK_AFTER] = "after",
		[NB_HOOK_ON_FAILURE] = "on_failure",
	};
	const struct nb_config_hooks *hooks = &facts->job->hooks;
	struct nb_names variables = NB_ARRAY_INIT;
	enum nb_err err = describe(names[when], facts, &variables);

	for (size_t i = 0; !err && i < hooks->count; i++)
		if (hooks->at[i].when == when)
			err = run_one(&hooks->at[i], names[when], &variables);
	nb_names_free(&variables);
	return err;
}
