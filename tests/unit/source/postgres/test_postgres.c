/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/pg_fixture.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"

#define ROWS "SELECT count(*), md5(string_agg(word, ',' ORDER BY id)) FROM t"

/* The recorded hash and size are those of the file in staging. */
static void
assert_hashed(const char *path)
{
	const struct nb_entry *e = pg_entry(path);
	uint8_t digest[NB_SHA256_SIZE];
	struct nb_sha256 *hash;
	char *text = NULL;
	size_t length = 0;

	nb_assert_ok(
		nb_fd_load(AT_FDCWD, pg_staged(path), 1 << 26, &text, &length));
	nb_assert_ok(nb_sha256_new(&hash));
	nb_sha256_add(hash, text, length);
	nb_sha256_finish(hash, digest);
	nb_sha256_free(hash);
	free(text);
	ck_assert_int_eq(e->type, NB_ENTRY_FILE);
	ck_assert_int_eq(e->content, NB_CONTENT_ROOT);
	ck_assert_str_eq(e->root_path, path);
	ck_assert_uint_eq(e->size, length);
	ck_assert(e->hashed);
	ck_assert_mem_eq(e->sha256, digest, sizeof digest);
}

/* "UNPACK staging/PATH | RESTORE" brings back the rows of testdb. */
static void
assert_restores(const char *path, const char *unpack, const char *restore)
{
	char command[8192], rows[256];

	snprintf(rows, sizeof rows, "%s", pg_sql("testdb", ROWS));
	pg_sql("postgres", "CREATE DATABASE restored");
	snprintf(command, sizeof command, "chmod -R a+rX %s",
		 nb_test_path("staging"));
	ck_assert_int_eq(system(command), 0);
	snprintf(command, sizeof command, "%s %s | %s", unpack, pg_staged(path),
		 restore);
	pg_shell(command);
	ck_assert_str_eq(pg_sql("restored", ROWS), rows);
	pg_sql("postgres", "DROP DATABASE restored");
}

#define PSQL "psql -qX -v ON_ERROR_STOP=1 restored"
#define PG_RESTORE "pg_restore -e -d restored"

static const struct {
	enum nb_format format;
	enum nb_compression compression;
	int level;
	const char *path, *unpack, *restore, *record;
	bool smaller;
} forms[] = {
	{ NB_FORMAT_CUSTOM, NB_COMPRESSION_DEFAULT, -1, "postgres/testdb.dump",
	  "cat", PG_RESTORE, "none", false },
	{ NB_FORMAT_CUSTOM, NB_COMPRESSION_NONE, -1, "postgres/testdb.dump",
	  "cat", PG_RESTORE, "none", false },
	{ NB_FORMAT_CUSTOM, NB_COMPRESSION_GZIP, 1, "postgres/testdb.dump",
	  "cat", PG_RESTORE, "none", false },
	{ NB_FORMAT_CUSTOM, NB_COMPRESSION_ZSTD, 5, "postgres/testdb.dump.zst",
	  "zstd -dc", PG_RESTORE, "zstd", true },
	{ NB_FORMAT_PLAIN, NB_COMPRESSION_DEFAULT, -1, "postgres/testdb.sql",
	  "cat", PSQL, "none", false },
	{ NB_FORMAT_PLAIN, NB_COMPRESSION_NONE, -1, "postgres/testdb.sql",
	  "cat", PSQL, "none", false },
	{ NB_FORMAT_PLAIN, NB_COMPRESSION_GZIP, -1, "postgres/testdb.sql.gz",
	  "gzip -dc", PSQL, "gzip", true },
	{ NB_FORMAT_PLAIN, NB_COMPRESSION_ZSTD, -1, "postgres/testdb.sql.zst",
	  "zstd -dc", PSQL, "zstd", true },
};

START_TEST(a_dump_in_each_form_is_hashed_and_restores)
{
	struct nb_config_source source = pg_source();
	const struct nb_manifest_source *record;
	struct passwd *pw = getpwnam("postgres");
	const struct nb_entry *e;

	pg_options.format = forms[_i].format;
	pg_options.compress.method = forms[_i].compression;
	pg_options.compress.level = forms[_i].level;
	nb_assert_ok(pg_collect(&source));
	ck_assert_str_eq(nb_test_log(), "");
	assert_hashed(forms[_i].path);
	ck_assert_uint_eq(pg_output.sources->count, 1);
	record = &pg_output.sources->at[0];
	e = pg_entry(forms[_i].path);
	ck_assert_str_eq(record->kind, "postgres");
	ck_assert_str_eq(record->database, "testdb");
	ck_assert_str_eq(record->compression, forms[_i].record);
	ck_assert_str_eq(record->path, e->path);
	ck_assert_uint_eq(record->stored, e->size);
	ck_assert_int_eq(record->bytes > record->stored, forms[_i].smaller);
	ck_assert_int_eq(strncmp(record->server_version, "1", 1), 0);
	ck_assert_uint_eq(e->mode, 0400);
	ck_assert_uint_eq(e->uid, pw->pw_uid);
	ck_assert_int_eq(e->mtime, 1795223700);
	assert_restores(forms[_i].path, forms[_i].unpack, forms[_i].restore);
	pg_free();
}
END_TEST

START_TEST(a_dump_in_directory_format_is_hashed_file_by_file)
{
	struct nb_config_source source = pg_source();
	const struct nb_manifest_source *record;
	struct nb_entries *list = pg_output.entries;
	size_t files = 0;
	uint64_t bytes = 0;

	pg_options.format = NB_FORMAT_DIRECTORY;
	pg_options.jobs = 2;
	nb_assert_ok(pg_collect(&source));
	ck_assert_int_eq(pg_entry("postgres/testdb")->type, NB_ENTRY_DIR);
	assert_hashed("postgres/testdb/toc.dat");
	for (size_t i = 0; i < list->count; i++)
		if (list->at[i].type == NB_ENTRY_FILE) {
			assert_hashed(list->at[i].root_path);
			if (strchr(list->at[i].path, '+'))
				continue;
			bytes += list->at[i].size;
			files++;
		}
	ck_assert_uint_ge(files, 2);
	record = &pg_output.sources->at[0];
	ck_assert_str_eq(record->format, "directory");
	ck_assert_uint_eq(record->stored, bytes);
	assert_restores("postgres/testdb", "pg_restore -e -d restored", "cat");
	pg_free();
}
END_TEST

START_TEST(globals_hold_the_roles)
{
	struct nb_config_source source = pg_source();
	char *text = NULL;
	size_t length;

	pg_options.globals_only = true;
	nb_assert_ok(pg_collect(&source));
	assert_hashed("postgres/globals.sql");
	nb_assert_ok(nb_fd_load(AT_FDCWD, pg_staged("postgres/globals.sql"),
				1 << 20, &text, &length));
	ck_assert_ptr_nonnull(strstr(text, "CREATE ROLE nb_reader"));
	ck_assert_ptr_nonnull(strstr(text, "PASSWORD 'SCRAM"));
	free(text);
	ck_assert_str_eq(pg_output.sources->at[0].format, "globals");
	ck_assert_ptr_null(pg_output.sources->at[0].database);
	/* A second one has its own name. */
	nb_assert_ok(pg_collect(&source));
	assert_hashed("postgres/testdb.sql");
	pg_free();
}
END_TEST

/* A managed server lets nobody read the passwords. */
START_TEST(globals_without_passwords_need_no_superuser)
{
	struct nb_config_source source = pg_source();
	static char conninfo[] = "dbname=postgres options='-c role=nb_reader'";
	char *text = NULL;
	size_t length;

	pg_options.globals_only = true;
	pg_options.conninfo = conninfo;
	pg_options.role_passwords = false;
	nb_assert_ok(pg_collect(&source));
	nb_assert_ok(nb_fd_load(AT_FDCWD, pg_staged("postgres/globals.sql"),
				1 << 20, &text, &length));
	ck_assert_ptr_nonnull(strstr(text, "CREATE ROLE nb_reader"));
	ck_assert_ptr_null(strstr(text, "PASSWORD"));
	free(text);
	pg_options.role_passwords = true;
	ck_assert_int_eq(pg_collect(&source), NB_ESOURCE);
	pg_free();
}
END_TEST

START_TEST(all_databases_are_listed_and_dumped_by_name)
{
	struct nb_config_source source = pg_source();
	const struct nb_manifest_sources *found = pg_output.sources;

	pg_sql("postgres", "CREATE DATABASE \"a'b \\=x\"");
	pg_sql("postgres", "CREATE DATABASE closed ALLOW_CONNECTIONS false");
	pg_sql("postgres", "CREATE DATABASE form IS_TEMPLATE true");
	pg_options.all = true;
	nb_assert_ok(pg_collect(&source));
	pg_sql("postgres", "ALTER DATABASE form IS_TEMPLATE false");
	pg_sql("postgres", "DROP DATABASE form");
	pg_sql("postgres", "DROP DATABASE \"a'b \\=x\"");
	pg_sql("postgres", "DROP DATABASE closed");
	ck_assert_uint_eq(found->count, 4);
	ck_assert_str_eq(found->at[0].name, "a'b \\=x");
	ck_assert_str_eq(found->at[1].name, "form");
	ck_assert_str_eq(found->at[2].name, "postgres");
	ck_assert_str_eq(found->at[3].name, "testdb");
	ck_assert_str_eq(nb_test_log(),
			 "warning: postgres testdb: database closed is left "
			 "out: it allows no connections\n");
	ck_assert_uint_eq(found->at[0].notes.count, 1);
	ck_assert_int_eq(found->at[0].notes.at[0].what, NB_NOTE_LEFT_OUT);
	ck_assert_str_eq(found->at[0].notes.at[0].path, "closed");
	assert_hashed("postgres/a%27b%20%5C%3Dx.dump");
	assert_hashed("postgres/testdb.dump");
	pg_free();
}
END_TEST

static const struct nb_property properties[] = {
#define P(...)                     \
	{                          \
		__VA_ARGS__, S("") \
	}
#define S(text) (char *)(uintptr_t)text
	P(S("encoding"), S(""), S(""), S("UTF8")),
	P(S("provider"), S(""), S(""), S("libc")),
	P(S("collate"), S(""), S(""), S("C")),
	P(S("ctype"), S(""), S(""), S("C")),
	P(S("tablespace"), S(""), S(""), S("pg_default")),
	P(S("owner"), S(""), S(""), S("nb_reader")),
	P(S("connection_limit"), S(""), S(""), S("5")),
	P(S("template"), S(""), S(""), S("false")),
	P(S("comment"), S(""), S(""), S("two\nlines")),
	P(S("owner_grant"), S(""), S("CONNECT"), S("")),
	P(S("owner_grant"), S(""), S("CREATE"), S("")),
	P(S("owner_grant"), S(""), S("TEMPORARY"), S("")),
	P(S("grant"), S(""), S("TEMPORARY"), S("")),
	P(S("grant"), S("postgres"), S("CONNECT"), S("with grant option")),
	P(S("setting"), S(""), S("my.own"), S("a=b")),
	P(S("setting"), S("nb_reader"), S("work_mem"), S("5MB")),
};

START_TEST(what_a_database_is_is_recorded_beside_its_dump)
{
	struct nb_config_source source = pg_source();
	const struct nb_properties *list;

	pg_sql("postgres",
	       "CREATE DATABASE kept OWNER nb_reader CONNECTION LIMIT 5;"
	       "REVOKE CONNECT ON DATABASE kept FROM PUBLIC;"
	       "GRANT CONNECT ON DATABASE kept TO postgres WITH GRANT OPTION;"
	       "ALTER DATABASE kept SET my.own TO 'a=b';"
	       "ALTER ROLE nb_reader IN DATABASE kept SET work_mem TO '5MB';"
	       "COMMENT ON DATABASE kept IS E'two\\nlines'");
	pg_options.database = S("kept");
	nb_assert_ok(pg_collect(&source));
	pg_sql("postgres", "DROP DATABASE kept");
	assert_hashed("postgres/testdb.dump+create.sql");
	assert_hashed("postgres/testdb.dump+settings.sql");
	list = &pg_output.sources->at[0].identity;
	ck_assert_uint_eq(list->count, 2);
	ck_assert_str_eq(nb_properties_get(list, "database"), "kept");
	ck_assert_ptr_nonnull(strstr(nb_properties_get(list, "cluster"),
				     "system identifier "));
	list = &pg_output.sources->at[0].properties;
	ck_assert_uint_eq(list->count, sizeof properties / sizeof *properties);
	for (size_t i = 0; i < list->count; i++) {
		ck_assert_str_eq(list->at[i].what, properties[i].what);
		ck_assert_str_eq(list->at[i].role, properties[i].role);
		ck_assert_str_eq(list->at[i].name, properties[i].name);
		ck_assert_str_eq(list->at[i].value, properties[i].value);
		ck_assert_str_eq(list->at[i].grantor, properties[i].grantor);
	}
	pg_free();
}
END_TEST

START_TEST(the_directory_above_the_dumps_stands_in_the_list_once)
{
	struct nb_config_source source = pg_source();
	int directories = 0;

	pg_options.all = true;
	nb_assert_ok(pg_collect(&source));
	for (size_t i = 0; i < pg_output.entries->count; i++)
		directories += pg_output.entries->at[i].type == NB_ENTRY_DIR;
	ck_assert_int_eq(directories, 1);
	ck_assert_uint_eq(pg_entry("postgres")->mode, 0755);
	nb_assert_ok(nb_entries_sort(pg_output.entries));
	pg_free();
}
END_TEST

START_TEST(two_sources_of_one_name_are_refused)
{
	struct nb_config_source source = pg_source();

	nb_assert_ok(pg_collect(&source));
	nb_assert_fails(pg_collect(&source), NB_ECONFIG,
			"error: postgres/testdb.dump: already exists\n"
			"hint: two sources of the job use the same name\n");
	pg_free();
}
END_TEST

START_TEST(preflight_and_estimate_ask_the_server)
{
	struct nb_config_source source = pg_source();
	const struct nb_source_ops *ops = &nb_source_postgres;
	uint64_t bytes = 0;

	nb_assert_ok(ops->preflight(&source));
	ck_assert_str_eq(nb_test_log(), "");
	nb_assert_ok(ops->estimate(&source, &bytes));
	ck_assert_uint_gt(bytes, 6000000);
	ck_assert(ops->is_staged(&source));
}
END_TEST

START_TEST(a_conninfo_of_either_form_is_used)
{
	static const char *const forms_of_it[] = {
		"user=postgres dbname=nowhere host=%s",
		"postgresql://postgres@/nowhere?host=%s",
	};
	struct nb_config_source source = pg_source();
	char text[256], host[128];

	snprintf(host, sizeof host, "%s", getenv("PGHOST"));
	snprintf(text, sizeof text, forms_of_it[_i], host);
	setenv("PGHOST", "/nowhere", 1);
	pg_options.conninfo = text;
	nb_assert_ok(nb_source_postgres.preflight(&source));
	nb_assert_ok(pg_collect(&source));
	setenv("PGHOST", host, 1);
	assert_hashed("postgres/testdb.dump");
	pg_free();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("postgres");
	TCase *tc = nb_test_case("postgres", 60);

	tcase_add_loop_test(tc, a_dump_in_each_form_is_hashed_and_restores, 0,
			    (int)(sizeof forms / sizeof *forms));
	tcase_add_test(tc, a_dump_in_directory_format_is_hashed_file_by_file);
	tcase_add_test(tc, globals_hold_the_roles);
	tcase_add_test(tc, globals_without_passwords_need_no_superuser);
	tcase_add_test(tc, all_databases_are_listed_and_dumped_by_name);
	tcase_add_test(tc, what_a_database_is_is_recorded_beside_its_dump);
	tcase_add_test(tc,
		       the_directory_above_the_dumps_stands_in_the_list_once);
	tcase_add_test(tc, two_sources_of_one_name_are_refused);
	tcase_add_test(tc, preflight_and_estimate_ask_the_server);
	tcase_add_loop_test(tc, a_conninfo_of_either_form_is_used, 0, 2);
	suite_add_tcase(suite, tc);
	return pg_main(suite);
}
