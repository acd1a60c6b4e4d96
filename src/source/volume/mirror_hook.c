/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/volume/mirror_hook.h"

#include <stdlib.h>

#include "base/proc.h"
#include "base/str.h"

enum nb_err
nb_mirror_hook(const struct nb_config_source *source,
	       const struct nb_names *words)
{
	const struct nb_mirror_options *config = nb_mirror_options(source);
	struct nb_proc_result result = { 0 };
	char *variables[4] = { NULL };
	const char **argv;
	struct nb_proc spec = { .stdin_fd = -1,
				.environ_add = (const char *const *)variables,
				.timeout_ms = config->hook_timeout * 1000,
				.to_end = true };
	enum nb_err err;

	if (!words->count)
		return NB_OK;
	argv = calloc(words->count + 1, sizeof *argv);
	if (!argv)
		return nb_fail_memory();
	for (size_t i = 0; i < words->count; i++)
		argv[i] = words->at[i];
	spec.argv = argv;
	err = nb_str_format(&variables[0], "NIGHTBURN_SOURCE=%s", source->name);
	if (!err)
		err = nb_str_format(&variables[1], "NIGHTBURN_ARRAY=%s",
				    config->array);
	if (!err)
		err = nb_str_format(&variables[2], "NIGHTBURN_HALF=%s",
				    config->half);
	if (!err)
		err = nb_proc_run(&spec, &result);
	if (!err)
		err = nb_proc_check(argv[0], &result, NB_ESOURCE);
	nb_proc_result_free(&result);
	for (size_t i = 0; i < 3; i++)
		free(variables[i]);
	free(argv);
	return err;
}
