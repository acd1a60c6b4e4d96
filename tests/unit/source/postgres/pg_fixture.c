/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/pg_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/str.h"

static char base[] = "/tmp/nbpg.XXXXXX";
static char output[65536];
static struct nb_entries entries;
static struct nb_manifest_sources sources;
static struct nb_roots roots;

struct nb_source_context pg_context;
struct nb_source_output pg_output = { &entries, &sources, &roots };

/* 0, or the status; what it printed is in output. */
static int
run(const char *const *argv, const char *user, const char *input)
{
	const char *const add[] = { "PG_CLUSTER_AUTH=peer", NULL };
	struct nb_proc_result result;
	int ends[2], status = -1;

	output[0] = '\0';
	if (pipe(ends))
		return -1;
	if (write(ends[1], input, strlen(input)) < 0)
		return -1;
	close(ends[1]);
	if (!nb_proc_run(&(struct nb_proc){ .argv = argv,
					    .run_as = user,
					    .environ_add = add,
					    .stdin_fd = ends[0],
					    .timeout_ms = 60000 },
			 &result)) {
		status = result.exit_code;
		snprintf(output, sizeof output, "%s",
			 status ? result.errors : result.output);
	}
	nb_proc_result_free(&result);
	close(ends[0]);
	return status;
}

static int
cluster(const char *verb)
{
	char script[4096], directory[64];
	const char *top = getenv("NB_TOP_SRCDIR");
	const char *const argv[] = { "bash", script, verb, directory, NULL };

	snprintf(script, sizeof script, "%s/tests/pg_cluster.sh",
		 top ? top : ".");
	snprintf(directory, sizeof directory, "%s/cluster", base);
	return run(argv, NULL, "");
}

static int
prepare(void)
{
	static const char sql[] =
		"CREATE DATABASE testdb;\n\\c testdb\n"
		"CREATE TABLE t (id int PRIMARY KEY, word text);\n"
		"INSERT INTO t SELECT i, md5(i::text) "
		"FROM generate_series(1, 5000) i;\n"
		"CREATE ROLE nb_reader LOGIN PASSWORD 'secret';\n";
	const char *const argv[] = {
		"psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", "postgres", NULL
	};
	char host[64];

	snprintf(host, sizeof host, "%s/cluster/socket", base);
	setenv("PGHOST", host, 1);
	return run(argv, "postgres", sql);
}

int
pg_main(Suite *suite)
{
	int status = 1;

	unsetenv("PGUSER");
	unsetenv("PGDATABASE");
	unsetenv("PGPASSFILE");
	if (!mkdtemp(base) || chmod(base, 0755))
		return 1;
	if (!cluster("start") && !prepare())
		status = nb_test_main(suite);
	else
		printf("Bail out! no cluster: %s\n", output);
	cluster("stop");
	rmdir(base);
	return status;
}

const char *
pg_sql(const char *database, const char *sql)
{
	const char *const argv[] = { "psql", "-AtqX",  "-v", "ON_ERROR_STOP=1",
				     "-d",   database, NULL };

	ck_assert_msg(!run(argv, "postgres", sql), "%s", output);
	return output;
}

const char *
pg_shell(const char *command)
{
	const char *const argv[] = { "sh", "-c", command, NULL };

	ck_assert_msg(!run(argv, "postgres", ""), "%s", output);
	return output;
}

int
pg_lock(void)
{
	int64_t deadline = nb_clock_ms() + 10000;
	int pid = fork();

	if (!pid) {
		/* Its end is loud. */
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 2);
		execlp("runuser", "runuser", "-u", "postgres", "--", "psql",
		       "-qX", "testdb", "-c",
		       "BEGIN; LOCK TABLE t; "
		       "SELECT pg_sleep(60)",
		       NULL);
		_exit(127);
	}
	while (strcmp(pg_sql("testdb",
			     "SELECT count(*) FROM pg_locks WHERE "
			     "relation = 't'::regclass AND granted"),
		      "1\n"))
		ck_assert_int_lt(nb_clock_ms(), deadline);
	return pid;
}

void
pg_unlock(int pid)
{
	pg_sql("postgres",
	       "SELECT pg_terminate_backend(pid) FROM "
	       "pg_stat_activity WHERE query LIKE '%LOCK TABLE t;%' "
	       "AND pid <> pg_backend_pid()");
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

struct nb_pg_options pg_options;

struct nb_config_source
pg_source(void)
{
	static char name[] = "testdb", user[] = "postgres";

	pg_options = (struct nb_pg_options){
		.database = name,
		.run_as = user,
		.compress.level = -1,
		.timeout = 60,
		.lock_timeout = 30,
		.full_check = true,
		.role_passwords = true,
		.jobs = 1,
	};
	return (struct nb_config_source){ .kind = &nb_source_postgres.kind,
					  .name = name,
					  .options = &pg_options };
}

void
pg_free(void)
{
	nb_entries_free(&entries);
	for (size_t i = 0; i < sources.count; i++)
		nb_manifest_source_clear(&sources.at[i]);
	nb_array_free(&sources);
	for (size_t i = 0; i < roots.count; i++)
		close(roots.at[i]);
	nb_array_free(&roots);
	memset(&pg_context, 0, sizeof pg_context);
}

enum nb_err
pg_collect(const struct nb_config_source *source)
{
	const char *staging = nb_test_path("staging");

	if (!roots.count) {
		ck_assert_int_eq(mkdir(staging, 0711), 0);
		ck_assert_int_eq(chmod(staging, 0711), 0);
		nb_assert_ok(nb_array_push(
			&roots,
			open(staging, O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
	}
	pg_context.job = "nightly";
	pg_context.staging_path = staging;
	pg_context.staging = roots.at[0];
	pg_context.date = 1795223700;
	return nb_source_postgres.collect(source, &pg_context, NULL,
					  &pg_output);
}

const struct nb_entry *
pg_entry(const char *path)
{
	for (size_t i = 0; i < entries.count; i++)
		if (!strcmp(entries.at[i].path, path))
			return &entries.at[i];
	ck_abort_msg("no entry %s", path);
	return NULL;
}

const char *
pg_staged(const char *path)
{
	char name[4096];

	snprintf(name, sizeof name, "staging/%s", path);
	return nb_test_path(name);
}

const char *
pg_fake(const char *name, const char *body)
{
	char text[8192];

	snprintf(text, sizeof text,
		 "#!/bin/bash\n"
		 "[ \"$1\" = --version ] && exec pg_dump --version\n%s\n",
		 body);
	nb_test_write(name, text, 0755);
	return nb_test_path(name);
}
