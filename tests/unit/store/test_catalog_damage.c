/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A damaged catalog is refused, or says what it said before, or is older than its
 * mark; it never says anything else.  A sample of the bits, all of them with
 * NB_TORTURE.
 */
#include "support.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "catalog_scene.h"

#define SAMPLES 400

static char *database, *wal, *mark;
static size_t database_size, wal_size, mark_size;
static char expected[256];
static struct {
	unsigned int refused, stale, same;
} seen;

static void
load(const char *name, char **text, size_t *n)
{
	nb_assert_ok(
		nb_fd_load(AT_FDCWD, nb_test_path(name), 1 << 24, text, n));
}

/* Not synchronised: there are many of them. */
static void
store(const char *name, const char *text, size_t n)
{
	int fd = open(nb_test_path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert(fd >= 0 && !nb_fd_write(fd, text, n));
	nb_fd_close(&fd);
}

/* Three nights, the last of them only in the write-ahead log, as a run that
 * died left it. */
static void
make(void)
{
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);

	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	nb_assert_ok(scene_commit(catalog, 'B', 2, true));
	nb_catalog_close(catalog);
	catalog = scene_open("now", NB_CATALOG_WORK);
	nb_assert_ok(scene_commit(catalog, 'A', 3, false));
	strcpy(expected, scene_view(catalog, NULL));
	load("now/catalog.db", &database, &database_size);
	load("now/catalog.db-wal", &wal, &wal_size);
	load("now/mark", &mark, &mark_size);
	nb_catalog_close(catalog);
	mkdir(nb_test_path("try"), 0700);
}

static void
unmake(void)
{
	free(database);
	free(wal);
	free(mark);
}

static enum nb_err
any(void *ctx, const struct nb_catalog_backup *row)
{
	*(size_t *)ctx += strlen(row->id) + strlen(row->job);
	return NB_OK;
}

/* A person who asks gets an answer, or none; nothing else happens. */
static void
ask(const char *path)
{
	struct nb_catalog *catalog = NULL;
	size_t n = 0;

	if (nb_catalog_open(path, NB_CATALOG_QUERY, &catalog) == NB_OK)
		nb_catalog_backups(catalog, NULL, any, &n);
	nb_catalog_close(catalog);
}

/* What stands in try/ now is opened, to be decided with. */
static void
judge(const char *what, size_t at)
{
	const char *path = nb_test_path("try/catalog.db");
	struct nb_catalog *catalog = NULL;
	bool stale = false;
	enum nb_err err;

	store("try/mark", mark, mark_size);
	nb_test_log_clear();
	err = nb_catalog_open(path, NB_CATALOG_PEEK, &catalog);
	if (err) {
		ck_assert_msg(err == NB_ECORRUPT || err == NB_EFAIL,
			      "%s %zu: %s", what, at, nb_test_log());
		ck_assert_ptr_nonnull(strstr(nb_test_log(), "hint: "));
		seen.refused++;
		ask(path);
		return;
	}
	if (strcmp(scene_view(catalog, &stale), expected)) {
		ck_assert_msg(stale, "%s %zu: %s", what, at,
			      scene_view(catalog, NULL));
		seen.stale++;
	} else {
		seen.same++;
	}
	nb_catalog_close(catalog);
}

static void
put(const char *db, size_t db_size, const char *log, size_t log_size)
{
	unlink(nb_test_path("try/catalog.db-shm"));
	store("try/catalog.db", db, db_size);
	store("try/catalog.db-wal", log, log_size);
}

static size_t
step(size_t bits)
{
	/* Under valgrind an eighth of them is enough. */
	size_t samples = nb_test_sample() > 1 ? SAMPLES / 8 : SAMPLES;

	return getenv("NB_TORTURE") ? 1 : bits / samples + 1;
}

START_TEST(a_flipped_bit_of_the_file_changes_nothing_unseen)
{
	struct nb_catalog *catalog;
	char *whole;
	size_t n;

	make();
	put(database, database_size, wal, wal_size);
	store("try/mark", mark, mark_size);
	catalog = scene_open("try", NB_CATALOG_WORK);
	nb_catalog_close(catalog);
	load("try/catalog.db", &whole, &n);
	for (size_t bit = 0; bit < 8 * n; bit += step(8 * n)) {
		whole[bit / 8] ^= (char)(1 << bit % 8);
		put(whole, n, "", 0);
		judge("bit", bit);
		whole[bit / 8] ^= (char)(1 << bit % 8);
	}
	printf("# %zu bytes: %u refused, %u stale, %u the same\n", n,
	       seen.refused, seen.stale, seen.same);
	ck_assert_uint_gt(seen.refused, 0);
	free(whole);
	unmake();
}
END_TEST

START_TEST(a_flipped_bit_of_the_log_changes_nothing_unseen)
{
	make();
	for (size_t bit = 0; bit < 8 * wal_size; bit += step(8 * wal_size)) {
		wal[bit / 8] ^= (char)(1 << bit % 8);
		put(database, database_size, wal, wal_size);
		judge("bit of the log", bit);
		wal[bit / 8] ^= (char)(1 << bit % 8);
	}
	printf("# %zu bytes of log: %u refused, %u stale, %u the same\n",
	       wal_size, seen.refused, seen.stale, seen.same);
	ck_assert_uint_gt(seen.stale, 0);
	unmake();
}
END_TEST

START_TEST(a_file_cut_short_is_seen)
{
	size_t few = nb_test_sample() > 1;

	make();
	for (size_t n = 0; n < database_size;
	     n += n % 4096 ? 3585 : 511 + 4096 * few) {
		put(database, n, "", 0);
		judge("database cut at", n);
	}
	for (size_t n = 0; n <= wal_size; n += 509 * (1 + 8 * few)) {
		put(database, database_size, wal, n);
		judge("log cut at", n);
	}
	ck_assert_uint_gt(seen.refused, 0);
	ck_assert_uint_gt(seen.stale, 0);
	unmake();
}
END_TEST

/* By another program, with everything that SQLite checks in order. */
static void
tamper(const char *statement)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(nb_test_path("now/catalog.db"), &db),
			 SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, statement, NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(db);
}

static const struct {
	const char *statement, *says;
} changes[] = {
	{ "update discs set verified = 9999999999",
	  "its content is not what was last written" },
	{ "update backups set generation = 7 where generation = 1",
	  "its content is not what was last written" },
	{ "delete from seal", "its content is not what was last written" },
	{ "delete from sessions where number = 1",
	  "a row of parts refers to nothing" },
	{ "drop table sources", "its tables do not match its version" },
	{ "alter table seal drop column version",
	  "its tables do not match its version" },
	{ "pragma user_version = 1", "its tables do not match its version" },
	{ "pragma user_version = -5", "its tables do not match its version" },
	{ "pragma user_version = 0", "its tables do not match its version" },
};

START_TEST(what_another_program_changed_is_seen)
{
	struct nb_catalog *catalog = NULL;

	make();
	tamper(changes[_i].statement);
	nb_test_log_clear();
	ck_assert_int_eq(nb_catalog_open(nb_test_path("now/catalog.db"),
					 NB_CATALOG_WORK, &catalog),
			 NB_ECORRUPT);
	ck_assert_msg(strstr(nb_test_log(), changes[_i].says) != NULL, "%s",
		      nb_test_log());
	ck_assert_ptr_nonnull(strstr(nb_test_log(),
				     "now/catalog.db: the "
				     "catalog is damaged: "));
	ck_assert_ptr_nonnull(strstr(
		nb_test_log(),
		"\nhint: run nightburn catalog rebuild with each disc of the "
		"pool; until then nothing is written to a disc\n"));
	unmake();
}
END_TEST

START_TEST(a_catalog_of_a_newer_program_is_left_alone)
{
	struct nb_catalog *catalog = NULL;

	make();
	tamper("pragma user_version = 99");
	ck_assert_int_eq(nb_catalog_open(nb_test_path("now/catalog.db"),
					 NB_CATALOG_WORK, &catalog),
			 NB_EFAIL);
	ck_assert_ptr_nonnull(
		strstr(nb_test_log(),
		       "schema 99, this program supports "
		       "8\nhint: use the version of nightburn that "
		       "wrote it"));
	unmake();
}
END_TEST

START_TEST(a_catalog_of_the_first_schema_is_brought_forward)
{
	struct nb_catalog *catalog;
	bool stale;

	make();
	tamper("drop table remarks; drop table shrinks; drop table holdings;"
	       "drop table checks; drop table drills; drop table clones;"
	       "drop table pools;"
	       "drop table seal;"
	       "pragma user_version = 1");
	unlink(nb_test_path("now/mark"));
	catalog = scene_open("now", NB_CATALOG_WORK);
	ck_assert_str_eq(scene_view(catalog, &stale), expected);
	ck_assert(!stale);
	nb_catalog_close(catalog);
	ck_assert_int_eq(access(nb_test_path("now/mark"), F_OK), 0);
	unmake();
}
END_TEST

START_TEST(a_damaged_catalog_is_set_aside_whole)
{
	const char *path = nb_test_path("try/catalog.db");

	make();
	for (int i = 0; i < 2; i++) {
		put("junk", 4, "log", 3);
		nb_assert_ok(nb_catalog_set_aside(path));
	}
	ck_assert_int_ne(access(path, F_OK), 0);
	ck_assert_int_ne(access(nb_test_path("try/catalog.db-wal"), F_OK), 0);
	ck_assert_int_eq(access(nb_test_path("try/catalog.db.damaged-1"), F_OK),
			 0);
	ck_assert_int_eq(
		access(nb_test_path("try/catalog.db.damaged-2-wal"), F_OK), 0);
	unmake();
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int
main(void)
{
	Suite *suite = suite_create("catalog_damage");
	TCase *tc = nb_test_case("catalog_damage",
				 getenv("NB_TORTURE") ? 10000 : 60);

	tcase_add_test(tc, a_flipped_bit_of_the_file_changes_nothing_unseen);
	tcase_add_test(tc, a_flipped_bit_of_the_log_changes_nothing_unseen);
	tcase_add_test(tc, a_file_cut_short_is_seen);
	tcase_add_loop_test(tc, what_another_program_changed_is_seen, 0,
			    COUNT(changes));
	tcase_add_test(tc, a_catalog_of_a_newer_program_is_left_alone);
	tcase_add_test(tc, a_catalog_of_the_first_schema_is_brought_forward);
	tcase_add_test(tc, a_damaged_catalog_is_set_aside_whole);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
