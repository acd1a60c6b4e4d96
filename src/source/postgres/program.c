/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/str.h"
#include "source/postgres/postgres.h"

#define VERSION_MS 30000

static const char *const names[] = {
	[NB_PG_DUMP] = "pg_dump",       [NB_PG_DUMPALL] = "pg_dumpall",
	[NB_PG_RESTORE] = "pg_restore", [NB_PG_PSQL] = "psql",
	[NB_PG_INITDB] = "initdb",
};

const char *
nb_pg_program_name(enum nb_pg_program program)
{
	return names[program];
}

static const char *
configured(const struct nb_config_source *source, enum nb_pg_program program)
{
	const char *const chosen[] = {
		[NB_PG_DUMP] = nb_pg_options(source)->pg_dump,
		[NB_PG_DUMPALL] = nb_pg_options(source)->pg_dumpall,
		[NB_PG_RESTORE] = nb_pg_options(source)->pg_restore,
		[NB_PG_PSQL] = NULL,
		[NB_PG_INITDB] = NULL,
	};

	return chosen[program];
}

/* The configured program; others of its version are in the same directory. */
static const char *
neighbour(const struct nb_config_source *source, enum nb_pg_program program)
{
	const char *restore = nb_pg_options(source)->pg_restore;

	if (program == NB_PG_DUMP || program == NB_PG_DUMPALL)
		return NULL;
	return program != NB_PG_RESTORE && restore && strchr(restore, '/')
		? restore
		: nb_pg_options(source)->pg_dump;
}

/* PATH stays NULL if DIRECTORY (N bytes) has no such program. */
static enum nb_err
look_in(const char *directory, size_t n, const char *name, char **path)
{
	char *candidate = NULL;
	enum nb_err err = nb_str_format(&candidate, "%.*s%s%s", (int)n,
					directory, n ? "/" : "./", name);

	if (!err && !access(candidate, X_OK)) {
		*path = candidate;
		return NB_OK;
	}
	free(candidate);
	return err;
}

static enum nb_err
look_in_path(const char *name, char **path)
{
	const char *p = getenv("PATH");
	enum nb_err err = NB_OK;

	while (p && !err && !*path) {
		size_t n = strcspn(p, ":");

		err = look_in(p, n, name, path);
		p = p[n] ? p + n + 1 : NULL;
	}
	return err;
}

/* The newest one of "/usr/lib/postgresql/<version>/bin", as in Debian. */
static enum nb_err
look_in_versions(const char *name, char **path)
{
	static const char base[] = "/usr/lib/postgresql/";
	const char *newest = NULL;
	double best = 0;
	enum nb_err err = NB_OK;
	glob_t found;

	if (glob("/usr/lib/postgresql/*/bin", 0, NULL, &found))
		return NB_OK;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		double version = atof(found.gl_pathv[i] + sizeof base - 1);

		if (version > best) {
			best = version;
			newest = found.gl_pathv[i];
		}
	}
	if (newest)
		err = look_in(newest, strlen(newest), name, path);
	globfree(&found);
	return err;
}

enum nb_err
nb_pg_program_find(const struct nb_config_source *source,
		   enum nb_pg_program program, char **path)
{
	const char *name = names[program],
		   *chosen = configured(source, program);
	const char *beside = chosen ? NULL : neighbour(source, program);
	const char *slash = beside ? strrchr(beside, '/') : NULL;
	char *found = NULL;
	enum nb_err err = NB_OK;

	if (chosen && strchr(chosen, '/'))
		return nb_str_dup(chosen, path);
	if (chosen)
		name = chosen;
	if (slash)
		err = look_in(beside, (size_t)(slash - beside), name, &found);
	/* For a server, preferably the newest. */
	if (!err && !found && program == NB_PG_INITDB)
		err = look_in_versions(name, &found);
	if (!err && !found)
		err = look_in_path(name, &found);
	if (!err && !found)
		err = look_in_versions(name, &found);
	if (err)
		return err;
	if (!found && program == NB_PG_INITDB)
		return nb_fail(NB_ESOURCE,
			       "postgres %s: program not found: %s\n"
			       "hint: install the server of PostgreSQL on this "
			       "host",
			       source->name, name);
	if (!found)
		return nb_fail(NB_ESOURCE,
			       "postgres %s: program not found: %s\n"
			       "hint: install the client programs of "
			       "PostgreSQL, or set %s",
			       source->name, name,
			       program == NB_PG_PSQL ? names[NB_PG_RESTORE]
						     : names[program]);
	*path = found;
	return NB_OK;
}

/* "pg_dump (PostgreSQL) 15.20 (Debian ...)" */
static enum nb_err
parse_version(const char *output, int *number, char **text)
{
	const char *p = strchr(output, ')');
	int major = 0, minor = 0, length = 0;

	if (!p || sscanf(p + 1, " %d%n.%d", &major, &length, &minor) < 1
	    || major < 1 || major > 1000)
		return NB_ENOTFOUND;
	*number = major >= 10 ? major * 10000 : major * 10000 + minor * 100;
	p += 1 + strspn(p + 1, " ");
	return nb_str_format(text, "%.*s", (int)strcspn(p, " \n"), p);
}

enum nb_err
nb_pg_program_version(const struct nb_config_source *source, const char *path,
		      int *number, char **text)
{
	const char *const argv[] = { path, "--version", NULL };
	const char *slash = strrchr(path, '/');
	struct nb_proc_result result = { .output = NULL };
	char *object = NULL;
	enum nb_err err;

	err = nb_str_format(&object, "postgres %s: %s", source->name,
			    slash ? slash + 1 : path);
	if (err)
		return err;
	err = nb_proc_run(
		&(struct nb_proc){ .argv = argv,
				   .name = object,
				   .run_as = nb_pg_options(source)->run_as,
				   .stdin_fd = -1,
				   .timeout_ms = VERSION_MS },
		&result);
	if (!err)
		err = nb_pg_status(object, &result);
	if (!err) {
		err = parse_version(result.output, number, text);
		if (err == NB_ENOTFOUND)
			nb_fail(err,
				"%s: cannot determine its version from "
				"\"%.*s\"",
				object, (int)strcspn(result.output, "\n"),
				result.output);
	}
	if (err == NB_EFAIL || err == NB_ENOTFOUND)
		err = NB_ESOURCE;
	nb_proc_result_free(&result);
	free(object);
	return err;
}
