/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dumps of each form into a database, from a stream and from a directory. */
#include "source/postgres/pg_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "filter/chain.h"
#include "source/postgres/restore/restore.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)
#define ROWS "SELECT count(*), md5(string_agg(word, ',' ORDER BY id)) FROM t"

static const struct {
	enum nb_format format;
	enum nb_compression compression;
	const char *path;
} forms[] = {
	{ NB_FORMAT_CUSTOM, NB_COMPRESSION_DEFAULT, "postgres/testdb.dump" },
	{ NB_FORMAT_CUSTOM, NB_COMPRESSION_ZSTD, "postgres/testdb.dump.zst" },
	{ NB_FORMAT_PLAIN, NB_COMPRESSION_DEFAULT, "postgres/testdb.sql" },
	{ NB_FORMAT_PLAIN, NB_COMPRESSION_GZIP, "postgres/testdb.sql.gz" },
	{ NB_FORMAT_PLAIN, NB_COMPRESSION_ZSTD, "postgres/testdb.sql.zst" },
	{ NB_FORMAT_DIRECTORY, NB_COMPRESSION_NONE, "postgres/testdb" },
};

/* A dump in staging, read as one on a disc; CUT: so many bytes of it. */
struct staged {
	const char *path;
	size_t cut, done;
	nb_filter_sink *put;
	void *put_ctx;
};

static enum nb_err
pass_on(void *ctx, const void *data, size_t n)
{
	struct staged *s = ctx;

	s->done += n;
	if (s->cut && s->done > s->cut)
		return NB_ECORRUPT;
	return s->put(s->put_ctx, data, n);
}

static enum nb_err
read_staged(void *ctx, nb_filter_sink *put, void *put_ctx)
{
	struct staged *s = ctx;
	const struct nb_chain_spec spec = { .object = s->path,
					    .filters =
						    pg_entry(s->path)->filters,
					    .put = pass_on,
					    .ctx = s };
	struct nb_chain *chain = NULL;
	int fd = open(pg_staged(s->path), O_RDONLY);
	enum nb_err err = nb_chain_read(&spec, &chain);

	s->put = put;
	s->put_ctx = put_ctx;
	if (!err)
		err = nb_chain_pump(chain, fd);
	nb_chain_free(chain);
	nb_fd_close(&fd);
	return err;
}

static const struct nb_restore_options everything = { .jobs = 0 };

static enum nb_err
restore_staged(const struct nb_config_source *source, struct staged *staged)
{
	const struct nb_manifest_source *record = &pg_output.sources->at[0];

	return nb_pg_restore(
		&(struct nb_source_restore){ .record = record,
					     .load = &everything,
					     .source = source,
					     .path = pg_staged(staged->path),
					     .into = "restored",
					     .run_as = "postgres",
					     .read = read_staged,
					     .read_ctx = staged });
}

START_TEST(a_dump_in_each_form_comes_back_through_our_restore)
{
	struct nb_config_source source = pg_source();
	struct staged staged = { .path = forms[_i].path };
	char rows[256];

	snprintf(rows, sizeof rows, "%s", pg_sql("testdb", ROWS));
	pg_options.format = forms[_i].format;
	pg_options.compress.method = forms[_i].compression;
	nb_assert_ok(pg_collect(&source));
	nb_assert_ok(restore_staged(&source, &staged));
	ck_assert_str_eq(pg_sql("restored", ROWS), rows);
	pg_sql("postgres", "DROP DATABASE restored");
	pg_free();
}
END_TEST

/* The end of the pipe would be a good end of a script: it does not come. */
START_TEST(a_dump_that_cannot_be_read_to_its_end_is_not_restored)
{
	struct nb_config_source source = pg_source();
	struct staged staged = { .path = "postgres/testdb.sql", .cut = 20000 };

	pg_options.format = NB_FORMAT_PLAIN;
	nb_assert_ok(pg_collect(&source));
	nb_assert_fails(restore_staged(&source, &staged), NB_ECORRUPT,
			"error: restored: the dump could not be read to its "
			"end\nnote: restored: the database that was created "
			"for this restore is removed again; --keep leaves "
			"it\n");
	ck_assert_str_eq(pg_sql("postgres",
				"SELECT count(*) FROM pg_database WHERE "
				"datname = 'restored'"),
			 "0\n");
	pg_free();
}
END_TEST

static enum nb_err
restore_testdb(const struct nb_config_source *source)
{
	struct staged staged = { .path = "postgres/testdb.dump" };

	return restore_staged(source, &staged);
}

START_TEST(restore_uses_the_programs_that_run_uses)
{
	struct nb_config_source source = pg_source();
	char program[256], rows[256], *path = strdup(getenv("PATH"));
	char *used = NULL;
	size_t length;

	snprintf(rows, sizeof rows, "%s", pg_sql("testdb", ROWS));
	nb_assert_ok(pg_collect(&source));
	nb_test_write("log", "", 0666);
	/* As cron has it: none of the programs is on PATH. */
	setenv("PATH", nb_test_dir(), 1);
	nb_assert_ok(restore_testdb(&source));
	setenv("PATH", path, 1);
	ck_assert_str_eq(pg_sql("restored", ROWS), rows);
	pg_sql("postgres", "DROP DATABASE restored");
	/* Configured: it, and the psql beside it. */
	snprintf(program, sizeof program, "%s",
		 pg_fake("pg_restore",
			 "echo pg_restore >>\"${0%/*}/log\"\n"
			 "exec pg_restore \"$@\""));
	pg_fake("psql", "echo psql >>\"${0%/*}/log\"\nexec psql \"$@\"");
	pg_options.pg_restore = program;
	nb_assert_ok(restore_testdb(&source));
	pg_sql("postgres", "DROP DATABASE restored");
	nb_assert_ok(nb_fd_load(AT_FDCWD, nb_test_path("log"), 1 << 10, &used,
				&length));
	ck_assert_ptr_nonnull(strstr(used, "psql\npg_restore\npsql\n"));
	free(used);
	free(path);
	pg_free();
}
END_TEST

/* How each kind of object is made, and what is said of it. */
static const struct {
	const char *sql, *what;
} objects[] = {
	{ "CREATE TABLE o (i int PRIMARY KEY)", "table o" },
	{ "CREATE VIEW o AS SELECT 1 AS i", "view o" },
	{ "CREATE SEQUENCE o", "sequence o" },
	{ "CREATE FUNCTION o() RETURNS int LANGUAGE sql AS 'SELECT 1'",
	  "function o()" },
	{ "CREATE TYPE o AS ENUM ('a')", "type o" },
	{ "CREATE TYPE o AS (i int)", "type o" },
	{ "CREATE DOMAIN o AS int", "type o" },
	{ "CREATE SCHEMA o", "schema o" },
	{ "CREATE OPERATOR ### (FUNCTION = int4pl, LEFTARG = int, RIGHTARG = "
	  "int)",
	  "operator ###(integer,integer)" },
	{ "CREATE OPERATOR FAMILY o USING btree",
	  "operator family o for access method btree" },
	{ "CREATE COLLATION o FROM \"C\"", "collation o" },
	{ "CREATE CAST (bigint AS point) WITH INOUT",
	  "cast from bigint to point" },
	{ "SELECT lo_create(47110)", "large object 47110" },
	{ "CREATE EXTENSION hstore", "extension hstore" },
	{ "CREATE FOREIGN DATA WRAPPER o", "foreign-data wrapper o" },
	{ "CREATE PUBLICATION o", "publication o" },
	{ "CREATE SUBSCRIPTION o CONNECTION 'host=none' PUBLICATION p WITH "
	  "(connect = false, slot_name = NONE)",
	  "subscription o" },
	{ "CREATE TEXT SEARCH CONFIGURATION o (COPY = simple)",
	  "text search configuration o" },
	{ "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
	  "default privileges on new relations belonging to role postgres" },
};

START_TEST(a_database_with_an_object_of_any_kind_is_not_empty)
{
	struct nb_config_source source = pg_source();
	char message[512];

	nb_assert_ok(pg_collect(&source));
	pg_sql("postgres", "CREATE DATABASE restored");
	pg_sql("restored", objects[_i].sql);
	snprintf(message, sizeof message,
		 "error: restored: the database is not empty: it has %s\nhint: "
		 "drop it, restore into another database, or use --replace\n",
		 objects[_i].what);
	nb_assert_fails(restore_testdb(&source), NB_EWRONG, message);
	if (strstr(objects[_i].sql, "SUBSCRIPTION"))
		pg_sql("restored", "DROP SUBSCRIPTION o");
	pg_sql("postgres", "DROP DATABASE restored");
	pg_free();
}
END_TEST

/* What the template has is in every new database. */
START_TEST(what_an_extension_of_the_template_brought_does_not_count)
{
	struct nb_config_source source = pg_source();

	nb_assert_ok(pg_collect(&source));
	pg_sql("template1", "CREATE EXTENSION hstore; CREATE EXTENSION citext");
	pg_sql("postgres", "CREATE DATABASE restored");
	nb_assert_ok(restore_testdb(&source));
	nb_assert_fails(restore_testdb(&source), NB_EWRONG,
			"error: restored: the database is not empty: it has "
			"table t\nhint: drop it, restore into another "
			"database, or use --replace\n");
	pg_sql("restored", "CREATE TABLE u (); CREATE TABLE s ()");
	nb_assert_fails(restore_testdb(&source), NB_EWRONG,
			"error: restored: the database is not empty: it has "
			"table s and 2 more\nhint: drop it, restore into "
			"another database, or use --replace\n");
	pg_sql("postgres", "DROP DATABASE restored");
	pg_sql("template1", "DROP EXTENSION hstore; DROP EXTENSION citext");
	pg_free();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("restore");
	TCase *tc = nb_test_case("restore", 60);

	tcase_add_loop_test(tc,
			    a_dump_in_each_form_comes_back_through_our_restore,
			    0, COUNT(forms));
	tcase_add_test(tc,
		       a_dump_that_cannot_be_read_to_its_end_is_not_restored);
	tcase_add_test(tc, restore_uses_the_programs_that_run_uses);
	tcase_add_loop_test(tc,
			    a_database_with_an_object_of_any_kind_is_not_empty,
			    0, COUNT(objects));
	tcase_add_test(
		tc, what_an_extension_of_the_template_brought_does_not_count);
	suite_add_tcase(suite, tc);
	return pg_main(suite);
}
