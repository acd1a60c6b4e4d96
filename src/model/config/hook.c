/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config/build.h"

#define TIMEOUT (10 * 60)

#define FIELD(option, value, field) \
	NB_FIELD(struct nb_config_hook, option, value, field)

const struct nb_field nb_config_hook_fields[] = {
	{ FIELD("run", TEXTS, run) },
	{ FIELD("shell", TEXT, shell) },
	{ FIELD("run_as", NAME, run_as) },
	{ FIELD("timeout", TIME, timeout) },
	{ .name = NULL },
};

const char *const nb_config_hook_names[NB_HOOKS] = {
	[NB_HOOK_BEFORE] = "before", [NB_HOOK_AFTER_READ] = "after_read",
	[NB_HOOK_AFTER] = "after",   [NB_HOOK_ON_FAILURE] = "on_failure",
	[NB_HOOK_ALWAYS] = "always",
};

void
nb_config_hook_begin(enum nb_hook when, struct nb_config_hook *hook)
{
	hook->when = when;
	hook->timeout = TIMEOUT;
}

enum nb_err
nb_config_hook_end(const char *file, const struct nb_config_hook *hook)
{
	const char *name = nb_config_hook_names[hook->when];

	if (!hook->run.count == !hook->shell)
		return nb_fail(NB_ECONFIG,
			       "%s:%d: %s has %s run %s shell; "
			       "expected one of them",
			       file, hook->line, name,
			       hook->shell ? "both" : "neither",
			       hook->shell ? "and" : "nor");
	if (!hook->timeout)
		return nb_fail(NB_ECONFIG,
			       "%s:%d: timeout of %s is 0; "
			       "expected a time such as 5m",
			       file, hook->line, name);
	return NB_OK;
}
