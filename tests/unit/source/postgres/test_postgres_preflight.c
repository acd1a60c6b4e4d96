/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told before the night's work begins. */
#include "source/postgres/pg_fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define OBJECT "error: postgres testdb: "

static enum nb_err
preflight(const struct nb_config_source *source)
{
	return nb_source_postgres.preflight(source);
}

START_TEST(a_pg_dump_older_than_the_server_is_refused)
{
	struct nb_config_source source = pg_source();
	char program[256], text[512], version[32];

	snprintf(version, sizeof version, "%s",
		 pg_sql("postgres", "SELECT split_part(version(), ' ', 2)"));
	version[strcspn(version, "\n")] = '\0';
	nb_test_write("old", "#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n",
		      0755);
	snprintf(program, sizeof program, "%s", nb_test_path("old"));
	pg_options.pg_dump = program;
	snprintf(text, sizeof text,
		 OBJECT
		 "pg_dump 9.6.24 is older than the "
		 "server, %s\nhint: install the client programs of PostgreSQL "
		 "%s, or set pg_dump\n",
		 version, version);
	nb_assert_fails(preflight(&source), NB_ESOURCE, text);
}
END_TEST

START_TEST(a_pg_dump_that_is_none_is_refused)
{
	struct nb_config_source source = pg_source();
	char program[256];

	nb_test_write("none", "#!/bin/sh\necho hello\n", 0755);
	snprintf(program, sizeof program, "%s", nb_test_path("none"));
	pg_options.pg_dump = program;
	nb_assert_fails(preflight(&source), NB_ESOURCE,
			OBJECT "none: cannot determine its version from "
			       "\"hello\"\n");
}
END_TEST

START_TEST(what_cannot_work_is_told_before_the_night)
{
	struct nb_config_source source = pg_source();
	char nobody[] = "nb-nobody", wrong[] = "no such database";
	char odd[] = "host", conninfo[] = "host=/nowhere";

	pg_options.run_as = nobody;
	nb_assert_fails(preflight(&source), NB_ENOTFOUND,
			"error: postgres testdb: run_as: no user nb-nobody\n");
	source = pg_source();
	pg_options.conninfo = odd;
	nb_assert_fails(preflight(&source), NB_ECONFIG,
			OBJECT "conninfo: missing \"=\" after \"host\" in "
			       "connection info string\n");
	pg_options.conninfo = conninfo;
	nb_test_log_clear();
	ck_assert_int_eq(preflight(&source), NB_ESOURCE);
	/* The rest depends on the sockets of this host. */
	ck_assert_ptr_nonnull(
		strstr(nb_test_log(),
		       OBJECT "connection to server on socket "
			      "\"/nowhere/.s.PGSQL.5432\" failed: No such file "
			      "or directory; Is the server running locally and "
			      "accepting connections on that socket?\n"
			      "hint: start the server there"));
	source = pg_source();
	pg_options.database = wrong;
	nb_test_log_clear();
	ck_assert_int_eq(preflight(&source), NB_ESOURCE);
	ck_assert_ptr_nonnull(strstr(nb_test_log(),
				     "FATAL:  database \"no "
				     "such database\" does not exist\nhint"));
}
END_TEST

START_TEST(run_as_decides_whom_the_server_sees)
{
	struct nb_config_source source = pg_source();
	char nobody[] = "nobody";

	nb_assert_ok(preflight(&source));
	pg_options.run_as = nobody;
	nb_test_log_clear();
	ck_assert_int_eq(preflight(&source), NB_ESOURCE);
	ck_assert_ptr_nonnull(strstr(nb_test_log(),
				     "FATAL:  role \"nobody\" does not exist"));
	pg_options.run_as = NULL;
	nb_test_log_clear();
	ck_assert_int_eq(preflight(&source), NB_ESOURCE);
	ck_assert_ptr_nonnull(
		strstr(nb_test_log(), "FATAL:  role \"root\" does not exist"));
}
END_TEST

START_TEST(a_password_file_that_libpq_ignores_is_told)
{
	struct nb_config_source source = pg_source();
	char conninfo[256], text[1024];

	nb_test_write("pgpass", "*:*:*:*:secret\n", 0644);
	snprintf(conninfo, sizeof conninfo, "passfile=%s",
		 nb_test_path("pgpass"));
	pg_options.conninfo = conninfo;
	nb_test_log_clear();
	nb_assert_ok(preflight(&source));
	snprintf(text, sizeof text,
		 "warning: %s: accessible by others "
		 "(mode 0644), so libpq ignores it\nhint: chmod 0600 "
		 "%s\n",
		 nb_test_path("pgpass"), nb_test_path("pgpass"));
	ck_assert_str_eq(nb_test_log(), text);
	ck_assert_int_eq(chmod(nb_test_path("pgpass"), 0600), 0);
	nb_test_log_clear();
	nb_assert_ok(preflight(&source));
	ck_assert_str_eq(nb_test_log(), "");
}
END_TEST

START_TEST(zstd_in_directory_format_needs_a_pg_dump_that_has_it)
{
	struct nb_config_source source = pg_source();
	char program[256];

	pg_options.format = NB_FORMAT_DIRECTORY;
	pg_options.compress.method = NB_COMPRESSION_ZSTD;
	nb_test_write("pg15", "#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.1'\n",
		      0755);
	snprintf(program, sizeof program, "%s", nb_test_path("pg15"));
	pg_options.pg_dump = program;
	nb_assert_fails(preflight(&source), NB_ECONFIG,
			OBJECT "pg_dump 15.1 does not support zstd with "
			       "format = directory"
			       "\nhint: compress = gzip, or format = custom\n");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("postgres_preflight");
	TCase *tc = nb_test_case("preflight", 60);

	tcase_add_test(tc, a_pg_dump_older_than_the_server_is_refused);
	tcase_add_test(tc, a_pg_dump_that_is_none_is_refused);
	tcase_add_test(tc, what_cannot_work_is_told_before_the_night);
	tcase_add_test(tc, run_as_decides_whom_the_server_sees);
	tcase_add_test(tc, a_password_file_that_libpq_ignores_is_told);
	tcase_add_test(tc,
		       zstd_in_directory_format_needs_a_pg_dump_that_has_it);
	suite_add_tcase(suite, tc);
	return pg_main(suite);
}
