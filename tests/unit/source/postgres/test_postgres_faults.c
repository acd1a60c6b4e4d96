/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pg_dump that goes wrong in every known way, beside a server that is real.
 */
#include "source/postgres/pg_fixture.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

#define OBJECT "error: postgres testdb: "
#define TRAILER "-- PostgreSQL database dump complete"

static const struct fault {
	const char *name;
	enum nb_format format;
	enum nb_compression compression;
	const char *body; /* of the fake; "$@" are pg_dump's arguments */
	const char *message;
} faults[] = {
	{ "exit 1 half-way", NB_FORMAT_PLAIN, NB_COMPRESSION_NONE,
	  "pg_dump \"$@\" | head -c 2000; echo 'pg_dump: error: lost' >&2; "
	  "exit 1",
	  OBJECT "pg_dump: exit status 1: pg_dump: error: lost\n" },
	{ "exit 3 without a word", NB_FORMAT_CUSTOM, NB_COMPRESSION_DEFAULT,
	  "exit 3", OBJECT "pg_dump: exit status 3\n" },
	{ "killed", NB_FORMAT_CUSTOM, NB_COMPRESSION_DEFAULT,
	  "pg_dump \"$@\" | head -c 2000; kill -9 $$",
	  OBJECT "pg_dump: killed by signal 9 (Killed)\n" },
	{ "empty", NB_FORMAT_CUSTOM, NB_COMPRESSION_DEFAULT, "exit 0",
	  OBJECT "pg_dump: exit status 0, but no output\n" },
	{ "empty, packed", NB_FORMAT_PLAIN, NB_COMPRESSION_ZSTD, "exit 0",
	  OBJECT "pg_dump: exit status 0, but no output\n" },
	{ "endless", NB_FORMAT_PLAIN, NB_COMPRESSION_NONE, "exec cat /dev/zero",
	  OBJECT "pg_dump: more than 1.0 MB of output\n" },
	{ "endless directory", NB_FORMAT_DIRECTORY, NB_COMPRESSION_NONE,
	  "while [ \"$1\" != -f ]; do shift; done; "
	  "head -c 1000001 /dev/zero >\"$2/1.dat\"; exec sleep 100",
	  OBJECT "pg_dump: more than 1.0 MB of output\n" },
	{ "empty directory", NB_FORMAT_DIRECTORY, NB_COMPRESSION_NONE, "exit 0",
	  OBJECT "pg_dump: exit status 0, but no output\n" },
	{ "hangs", NB_FORMAT_CUSTOM, NB_COMPRESSION_DEFAULT,
	  "echo start; sleep 100", OBJECT "pg_dump: timed out after 2 s\n" },
	{ "cut plain", NB_FORMAT_PLAIN, NB_COMPRESSION_NONE,
	  "pg_dump \"$@\" | head -c 30000",
	  OBJECT "the dump is truncated: its last line \"" TRAILER
		 "\" is missing\n" },
	{ "cut plain, packed by us", NB_FORMAT_PLAIN, NB_COMPRESSION_ZSTD,
	  "pg_dump \"$@\" | head -c 30000",
	  OBJECT "the dump is truncated: its last line \"" TRAILER
		 "\" is missing\n" },
	{ "rows after the trailer", NB_FORMAT_PLAIN, NB_COMPRESSION_NONE,
	  "pg_dump \"$@\"; echo '1\t2'",
	  OBJECT "the dump is truncated: its last line \"" TRAILER
		 "\" is missing\n" },
	{ "cut gzip", NB_FORMAT_PLAIN, NB_COMPRESSION_GZIP,
	  "pg_dump \"$@\" | head -c 30000",
	  OBJECT "cannot unpack: unexpected end\n" },
	{ "gzip of a cut dump", NB_FORMAT_PLAIN, NB_COMPRESSION_GZIP,
	  "pg_dump \"$@\" | gzip -dc | head -c 30000 | gzip",
	  OBJECT "the dump is truncated: its last line \"" TRAILER
		 "\" is missing\n" },
	{ "cut archive", NB_FORMAT_CUSTOM, NB_COMPRESSION_DEFAULT,
	  "pg_dump \"$@\" | head -c 20000",
	  OBJECT "pg_restore: exit status 1: pg_restore: error: could not "
		 "read from input file: end of file\n" },
	{ "archive cut in its head", NB_FORMAT_CUSTOM, NB_COMPRESSION_DEFAULT,
	  "pg_dump \"$@\" | head -c 500",
	  OBJECT "pg_restore --list: exit status 1: pg_restore: error: could "
		 "not read from input file: end of file\n" },
	{ "cut archive, packed by us", NB_FORMAT_CUSTOM, NB_COMPRESSION_ZSTD,
	  "pg_dump \"$@\" | head -c 40000",
	  OBJECT "pg_restore: exit status 1: pg_restore: error: could not "
		 "read from input file: end of file\n" },
	{ "no archive at all", NB_FORMAT_CUSTOM, NB_COMPRESSION_DEFAULT,
	  "echo hello world",
	  OBJECT "pg_restore --list: exit status 1: pg_restore: error: input "
		 "file does not appear to be a valid archive (too short?)\n" },
};

START_TEST(a_bad_dump_does_not_count)
{
	const struct fault *fault = &faults[_i];
	struct nb_config_source source = pg_source();
	char *program = (char *)(uintptr_t)pg_fake("pg_dump", fault->body);

	pg_options.pg_dump = program;
	pg_options.format = fault->format;
	pg_options.compress.method = fault->compression;
	pg_options.max_size = 1000000;
	pg_options.timeout = strcmp(fault->name, "hangs") ? 60 : 2;
	nb_test_log_clear();
	ck_assert_msg(pg_collect(&source) == NB_ESOURCE, "%s: %s", fault->name,
		      nb_test_log());
	ck_assert_msg(!strcmp(nb_test_log(), fault->message), "%s: %s",
		      fault->name, nb_test_log());
	ck_assert_uint_eq(pg_output.sources->count, 0);
	pg_free();
}
END_TEST

START_TEST(without_the_full_check_only_the_head_is_read)
{
	struct nb_config_source source = pg_source();
	char *program = (char *)(uintptr_t)pg_fake("pg_dump",
						   "pg_dump \"$@\" "
						   "| head -c 20000");

	pg_options.pg_dump = program;
	pg_options.full_check = false;
	nb_assert_ok(pg_collect(&source));
	pg_free();
}
END_TEST

START_TEST(nothing_can_be_asked_at_a_prompt)
{
	struct nb_config_source source = pg_source();
	char *program = (char *)(uintptr_t)pg_fake(
		"pg_dump",
		"[ \"$1\" = -w ] || exit 4; "
		"read -p 'Password: ' x </dev/tty && exit 5; "
		"read -p 'Password: ' x && exit 6; "
		"echo 'pg_dump: error: no password' >&2; exit 1");

	pg_options.pg_dump = program;
	nb_assert_fails(pg_collect(&source), NB_ESOURCE,
			OBJECT "pg_dump: exit status 1: pg_dump: error: no "
			       "password\n");
	pg_free();
}
END_TEST

static void
assert_gone(const char *file)
{
	FILE *f = fopen(file, "r");
	int pid = 0;
	int64_t deadline = nb_clock_ms() + 5000;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%d", &pid), 1);
	fclose(f);
	while (!kill(pid, 0) && nb_clock_ms() < deadline)
		usleep(10000);
	ck_assert_int_eq(kill(pid, 0), -1);
	ck_assert_int_eq(errno, ESRCH);
}

START_TEST(a_grandchild_that_holds_the_pipe_is_ended)
{
	struct nb_config_source source = pg_source();
	char body[4096], *program;
	const char *file = nb_test_path("kid");

	nb_test_write("kid", "", 0666);
	snprintf(body, sizeof body,
		 "pg_dump \"$@\"; sleep 100 & "
		 "echo $! >%s; exit 0",
		 file);
	program = (char *)(uintptr_t)pg_fake("pg_dump", body);
	pg_options.pg_dump = program;
	nb_assert_fails(pg_collect(&source), NB_ESOURCE,
			OBJECT "pg_dump: exited, but a child process "
			       "keeps its output open\n");
	assert_gone(file);
	pg_free();
}
END_TEST

START_TEST(a_locked_table_ends_the_dump_and_not_the_night)
{
	struct nb_config_source source = pg_source();
	int64_t start = nb_clock_ms();
	int pid = pg_lock();

	pg_options.lock_timeout = 1;
	nb_test_log_clear();
	ck_assert_int_eq(pg_collect(&source), NB_ESOURCE);
	ck_assert_int_lt(nb_clock_ms() - start, 20000);
	ck_assert_ptr_nonnull(strstr(
		nb_test_log(),
		OBJECT
		"pg_dump: exit "
		"status 1: pg_dump: error: query failed: ERROR:  canceling "
		"statement due to "));
	ck_assert_ptr_nonnull(strstr(
		nb_test_log(),
		"\nhint: another session "
		"held a lock on a table for longer than lock_timeout\n"));
	pg_unlock(pid);
	pg_free();
}
END_TEST

#define CONFLICT                                                       \
	"pg_dump: error: Dumping the contents of table \"t\" failed: " \
	"PQgetResult() failed."
#define CONFLICT_DETAIL                                                  \
	"pg_dump: detail: Error message from server: ERROR:  canceling " \
	"statement due to conflict with recovery"
#define AGAIN                                                              \
	"warning: postgres testdb: pg_dump: cancelled by a conflict with " \
	"recovery; try "

static const struct {
	enum nb_format format;
	enum nb_compression compression;
	int fails, retries;
	const char *told;
} conflicts[] = {
	{ NB_FORMAT_CUSTOM, NB_COMPRESSION_DEFAULT, 2, 2,
	  AGAIN "2 of 3\n" AGAIN "3 of 3\n" },
	{ NB_FORMAT_PLAIN, NB_COMPRESSION_ZSTD, 1, 1, AGAIN "2 of 2\n" },
	{ NB_FORMAT_DIRECTORY, NB_COMPRESSION_DEFAULT, 2, 2,
	  AGAIN "2 of 3\n" AGAIN "3 of 3\n" },
	{ NB_FORMAT_CUSTOM, NB_COMPRESSION_DEFAULT, 2, 1,
	  AGAIN "2 of 2\n" OBJECT "pg_dump: exit status 1: " CONFLICT
		"; " CONFLICT_DETAIL "\nhint: set hot_standby_feedback = on or "
		"a longer max_standby_streaming_delay on the standby, or dump "
		"the primary\n" },
};

START_TEST(a_dump_that_recovery_cancelled_is_tried_again)
{
	struct nb_config_source source = pg_source();
	char body[1024], *program;

	nb_test_write("left", "", 0666);
	ck_assert_int_eq(truncate(nb_test_path("left"), conflicts[_i].fails),
			 0);
	/* Each failure takes a byte of the file. */
	snprintf(
		body, sizeof body,
		"if [ -s %1$s ]; then printf %%s \"$(tail -c +2 %1$s | tr "
		"'\\0' "
		"x)\" >%1$s; case \"$*\" in *-Fd*) pg_dump \"$@\";; *) pg_dump "
		"\"$@\" | head -c 20000;; esac; echo '" CONFLICT
		"\n" CONFLICT_DETAIL "' >&2; exit 1; fi; exec pg_dump \"$@\"",
		nb_test_path("left"));
	program = (char *)(uintptr_t)pg_fake("pg_dump", body);
	pg_options.pg_dump = program;
	pg_options.format = conflicts[_i].format;
	pg_options.compress.method = conflicts[_i].compression;
	pg_options.retries = conflicts[_i].retries;
	nb_test_log_clear();
	ck_assert_int_eq(pg_collect(&source),
			 conflicts[_i].fails > conflicts[_i].retries
				 ? NB_ESOURCE
				 : NB_OK);
	ck_assert_str_eq(nb_test_log(), conflicts[_i].told);
	pg_free();
}
END_TEST

START_TEST(a_database_dropped_meanwhile_fails_all)
{
	struct nb_config_source source = pg_source();
	char *program = (char *)(uintptr_t)pg_fake(
		"pg_dump",
		"case \"$*\" in *postgres*) psql -qXd postgres -c "
		"'DROP DATABASE zzz';; esac; exec pg_dump \"$@\"");

	pg_sql("postgres", "CREATE DATABASE zzz");
	pg_options.all = true;
	pg_options.pg_dump = program;
	nb_test_log_clear();
	ck_assert_int_eq(pg_collect(&source), NB_ESOURCE);
	ck_assert_ptr_nonnull(
		strstr(nb_test_log(),
		       "error: postgres zzz: "
		       "pg_dump: exit status 1: pg_dump: error: "));
	ck_assert_ptr_nonnull(
		strstr(nb_test_log(), "database \"zzz\" does not exist\n"));
	pg_free();
}
END_TEST

START_TEST(a_password_is_no_argument)
{
	struct nb_config_source source = pg_source();
	char conninfo[] = "password=s3cr3t application_name='a\\'b'";
	char *program = (char *)(uintptr_t)pg_fake(
		"pg_dump",
		"case \"$*\" in *s3cr3t*) exit 9;; esac; "
		"[ \"$PGPASSWORD\" = s3cr3t ] || exit 8; "
		"case \"$*\" in *\"application_name='a\\'b'\"*) ;; "
		"*) exit 7;; esac; exec pg_dump \"$@\"");

	pg_options.pg_dump = program;
	pg_options.conninfo = conninfo;
	nb_assert_ok(pg_collect(&source));
	pg_free();
}
END_TEST

START_TEST(warnings_of_a_good_dump_are_passed_on)
{
	struct nb_config_source source = pg_source();
	char *program = (char *)(uintptr_t)pg_fake(
		"pg_dump",
		"echo 'pg_dump: warning: circular' >&2; exec pg_dump \"$@\"");

	pg_options.pg_dump = program;
	nb_test_log_clear();
	nb_assert_ok(pg_collect(&source));
	ck_assert_str_eq(nb_test_log(),
			 "warning: postgres testdb: pg_dump: "
			 "pg_dump: warning: circular\n");
	pg_free();
}
END_TEST

static enum nb_err
stop(void *ctx, const char *what, uint64_t done, uint64_t total)
{
	(void)ctx;
	ck_assert_str_eq(what, "postgres testdb");
	ck_assert_uint_eq(done, 6);
	ck_assert_uint_eq(total, 0);
	return NB_ECANCELED;
}

START_TEST(a_dump_can_be_cancelled)
{
	struct nb_config_source source = pg_source();
	char *program = (char *)(uintptr_t)pg_fake(
		"pg_dump", "echo start; exec sleep 100");

	pg_options.pg_dump = program;
	pg_context.progress = stop;
	nb_assert_fails(pg_collect(&source), NB_ECANCELED, "");
	pg_free();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("postgres_faults");
	TCase *tc = nb_test_case("faults", 60);

	tcase_add_loop_test(tc, a_bad_dump_does_not_count, 0,
			    (int)(sizeof faults / sizeof *faults));
	tcase_add_test(tc, without_the_full_check_only_the_head_is_read);
	tcase_add_test(tc, nothing_can_be_asked_at_a_prompt);
	tcase_add_test(tc, a_grandchild_that_holds_the_pipe_is_ended);
	tcase_add_test(tc, a_locked_table_ends_the_dump_and_not_the_night);
	tcase_add_loop_test(tc, a_dump_that_recovery_cancelled_is_tried_again,
			    0, sizeof conflicts / sizeof *conflicts);
	tcase_add_test(tc, a_database_dropped_meanwhile_fails_all);
	tcase_add_test(tc, a_password_is_no_argument);
	tcase_add_test(tc, warnings_of_a_good_dump_are_passed_on);
	tcase_add_test(tc, a_dump_can_be_cancelled);
	suite_add_tcase(suite, tc);
	return pg_main(suite);
}
