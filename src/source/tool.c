/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/tool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/str.h"

/* The PATH of cron does not contain sbin. */
static const char *const elsewhere[] = { "/usr/sbin", "/sbin", NULL };

static enum nb_err
find_in(const char *directory, size_t n, const char *program, char **out)
{
	char *path = NULL;
	enum nb_err err =
		nb_str_format(&path, "%.*s/%s", (int)n, directory, program);

	if (!err && n && !access(path, X_OK)) {
		*out = path;
		return NB_OK;
	}
	free(path);
	return err;
}

/* OUT stays NULL if there is none. */
static enum nb_err
find(const char *program, char **out)
{
	const char *path = getenv("PATH");
	enum nb_err err = NB_OK;

	*out = NULL;
	while (path && !err && !*out) {
		size_t n = strcspn(path, ":");

		err = find_in(path, n, program, out);
		path = path[n] ? path + n + 1 : NULL;
	}
	for (size_t i = 0; !err && !*out && elsewhere[i]; i++)
		err = find_in(elsewhere[i], strlen(elsewhere[i]), program, out);
	return err;
}

enum nb_err
nb_tool_check(const char *object, const char *program, const char *package)
{
	char *path;
	enum nb_err err = find(program, &path);

	if (!err && !path)
		err = nb_fail(NB_ESOURCE,
			      "%s: program not found: %s\n"
			      "hint: install the package %s",
			      object, program, package);
	free(path);
	return err;
}

static enum nb_err
run_found(const char *object, const char *program, const char *const *argv,
	  char **out)
{
	struct nb_proc_result result = { 0 };
	const char *args[32] = { program };
	struct nb_proc spec = { .argv = args,
				.stdin_fd = -1,
				.timeout_ms = NB_TOOL_TIMEOUT_MS,
				.to_end = true };
	char *name = NULL;
	enum nb_err err = nb_str_format(&name, "%s: %s", object, argv[0]);

	for (size_t i = 1; argv[i] && i + 1 < sizeof args / sizeof *args; i++)
		args[i] = argv[i];
	spec.name = name;
	if (!err)
		err = nb_proc_run(&spec, &result);
	if (!err)
		err = nb_proc_check(name, &result, NB_ESOURCE);
	if (!err && out) {
		*out = result.output;
		result.output = NULL;
	}
	nb_proc_result_free(&result);
	free(name);
	return !err || err == NB_ENOMEM ? err : NB_ESOURCE;
}

enum nb_err
nb_tool_run(const char *object, const char *const *argv, char **out)
{
	char *program;
	enum nb_err err = find(argv[0], &program);

	if (!err && !program)
		err = nb_fail(NB_ESOURCE, "%s: program not found: %s", object,
			      argv[0]);
	if (!err)
		err = run_found(object, program, argv, out);
	free(program);
	return err;
}
