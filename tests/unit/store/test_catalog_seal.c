/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seal: the same on every machine, and of everything that decides.  Those
 * of older programs, which were made of lengths in the order of the machine's
 * bytes, are believed once.
 */
#include "support.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "catalog_scene.h"
#include "memory_driver.h"
#include "store/catalog/private.h"

#define ID_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define OLD_VIEW "A good 3 b3, B suspect 2 b2, newest 3"

static const char *
path(void)
{
	return nb_test_path("now/catalog.db");
}

static struct nb_catalog *
make(void)
{
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);

	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	nb_assert_ok(scene_commit(catalog, 'B', 2, true));
	nb_assert_ok(
		nb_catalog_set_disc(catalog, ID_B, NB_DISC_SUSPECT, "rotten"));
	return catalog;
}

static struct nb_seal
seal_of(struct nb_catalog *catalog)
{
	struct nb_seal seal;

	nb_assert_ok(catalog->store->driver->load_seal(catalog->store, &seal));
	return seal;
}

/* By tests/e2e/catalog_seal.py, from the same rows; those of SQLite with the
 * texts of its tables. */
#define GOLDEN_SQLITE \
	"7b2aca41e3eaf8145d17eb337f91e16fc4765ca096e1c8ca94388ff30fea1025"
#define GOLDEN_MEMORY \
	"f272c1fba294bddb8cd4cbd5059866567e5a0020cb361979a854e589e09a632e"

START_TEST(a_seal_is_the_same_on_every_machine)
{
	bool memory = scene_driver() == &memory_driver;
	struct nb_catalog *catalog = make();
	struct nb_seal seal = seal_of(catalog);
	char hex[NB_SHA256_HEX + 1];

	ck_assert_int_eq(seal.version, NB_SEAL_PORTABLE);
	ck_assert_str_eq(nb_hex(seal.sum, sizeof seal.sum, hex),
			 memory ? GOLDEN_MEMORY : GOLDEN_SQLITE);
	nb_catalog_close(catalog);
}
END_TEST

/* A row of each table that decides. */
static const struct nb_pool_record a_pool = { .name = "q" };
static const struct nb_disc_record a_disc = {
	.id = "i",
	.pool = "q",
	.name = "n",
	.state = "good",
};
static const struct nb_session_record a_session = {
	.id = 7,
	.disc_id = "i",
	.checksum = { "sum", 3 },
};
static const struct nb_backup_record a_backup = {
	.id = "b",
	.pool = "q",
	.job = "j",
	.host = "h",
};
static const struct nb_part_record a_part = { .backup_id = "b" };
static const struct nb_source_record a_source = {
	.backup_id = "b",
	.kind = "tree",
	.name = "t",
};

static const struct nb_check_record a_check = {
	.backup_id = "b",
	.disc_id = "i",
	.state = "damaged",
};

static const struct nb_holding_record a_holding = {
	.backup_id = "b",
	.form = "custom none",
	.mount = "/",
};

static const struct nb_shrink_record a_shrink = {
	.backup_id = "b",
	.kind = "tree",
	.name = "www",
	.what = "files",
	.mount = "/",
};

static const struct nb_remark_record a_remark = {
	.disc_id = "i",
	.remark = "drill",
};

static const struct {
	enum nb_table_id table;
	const void *row;
} sealed[] = {
	{ NB_TABLE_POOLS, &a_pool },       { NB_TABLE_DISCS, &a_disc },
	{ NB_TABLE_SESSIONS, &a_session }, { NB_TABLE_BACKUPS, &a_backup },
	{ NB_TABLE_PARTS, &a_part },       { NB_TABLE_SOURCES, &a_source },
	{ NB_TABLE_CHECKS, &a_check },     { NB_TABLE_HOLDINGS, &a_holding },
	{ NB_TABLE_SHRINKS, &a_shrink },   { NB_TABLE_REMARKS, &a_remark },
};

/* Another value in COLUMN, of the same kind. */
static void
change(const struct nb_column *column, void *row)
{
	char *field = (char *)row + column->offset;
	int64_t number = 1 + nb_column_number(column, row);
	const char *text = "other";
	struct nb_bytes bytes = { "sums", 4 };

	if (column->kind == NB_COLUMN_NUMBER)
		memcpy(field, &number, sizeof number);
	else if (column->kind == NB_COLUMN_TEXT)
		memcpy(field, &text, sizeof text);
	else
		memcpy(field, &bytes, sizeof bytes);
}

/* The seal when there is this row, too. */
static struct nb_seal
seal_with(struct nb_catalog *catalog, enum nb_table_id table, const void *row)
{
	const struct nb_catalog_driver *driver = catalog->store->driver;
	struct nb_seal seal;

	nb_assert_ok(driver->begin(catalog->store, true));
	nb_assert_ok(nb_catalog_put(catalog, table, row));
	nb_assert_ok(nb_catalog_seal(catalog));
	seal = seal_of(catalog);
	driver->rollback(catalog->store);
	return seal;
}

/* In memory, where a row may refer to nothing. */
START_TEST(each_column_of_each_table_that_decides_is_sealed)
{
	const struct nb_table *table = &nb_catalog_tables[sealed[_i].table];
	struct nb_catalog *catalog = NULL;
	struct nb_seal before;
	union {
		struct nb_pool_record pool;
		struct nb_disc_record disc;
		struct nb_session_record session;
		struct nb_backup_record backup;
		struct nb_part_record part;
		struct nb_source_record source;
		struct nb_check_record check;
		struct nb_remark_record remark;
	} row;

	nb_assert_ok(nb_catalog_open_with(&memory_driver, path(),
					  NB_CATALOG_WORK, &catalog));
	before = seal_with(catalog, sealed[_i].table, sealed[_i].row);
	for (int i = 0; i < table->count; i++) {
		struct nb_seal after;

		memcpy(&row, sealed[_i].row, table->size);
		change(&table->columns[i], &row);
		after = seal_with(catalog, sealed[_i].table, &row);
		ck_assert_msg(memcmp(&before.sum, &after.sum, sizeof before.sum)
				      != 0,
			      "%s.%s", table->name, table->columns[i].name);
	}
	nb_catalog_close(catalog);
}
END_TEST

static void
run_sql(const char *text)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path(), &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* A catalog as it was written before seals had a version, or before there were
 * checks or remarks. */
static void
make_old(int schema)
{
	char name[4096], *text;
	size_t n;

	snprintf(name, sizeof name, "%s/tests/unit/store/schema_%d.sql",
		 getenv("NB_TOP_SRCDIR"), schema);
	nb_assert_ok(nb_fd_load(AT_FDCWD, name, 1 << 20, &text, &n));
	mkdir(nb_test_path("now"), 0700);
	run_sql("pragma journal_mode = wal");
	run_sql(text);
	free(text);
}

static const struct {
	int schema;
	enum nb_catalog_mode mode;
} olds[] = {
	{ 3, NB_CATALOG_WORK },  { 5, NB_CATALOG_WORK },
	{ 6, NB_CATALOG_WORK },  { 3, NB_CATALOG_PEEK },
	{ 5, NB_CATALOG_PEEK },  { 6, NB_CATALOG_PEEK },
	{ 3, NB_CATALOG_QUERY }, { 5, NB_CATALOG_QUERY },
	{ 6, NB_CATALOG_QUERY }, { 3, NB_CATALOG_LIST },
	{ 5, NB_CATALOG_LIST },  { 6, NB_CATALOG_LIST },
};

/* Different schemas, at the begin of olds. */
#define OLDS 3

static enum nb_err
tell(void *ctx, const struct nb_catalog_backup *row)
{
	size_t n = strlen(ctx);

	snprintf((char *)ctx + n, 256 - n, "%s %s %s %d, ", row->id,
		 nb_drill_state_name(row->drill),
		 nb_check_state_name(row->check), (int)row->checked);
	return NB_OK;
}

/* The backups, with their drills and checks. */
static const char *
told(struct nb_catalog *catalog)
{
	static char text[256];

	text[0] = '\0';
	nb_assert_ok(nb_catalog_backups(catalog, NULL, tell, text));
	return text;
}

START_TEST(an_old_seal_is_believed_and_stays_while_nothing_is_written)
{
	struct nb_catalog *catalog;
	char *before, *after;
	size_t m, n;

	make_old(olds[_i].schema);
	nb_assert_ok(nb_fd_load(AT_FDCWD, path(), 1 << 20, &before, &m));
	catalog = scene_open("now", olds[_i].mode);
	ck_assert_str_eq(scene_view(catalog, NULL), OLD_VIEW);
	ck_assert_int_eq(seal_of(catalog).version,
			 olds[_i].schema < 4 ? NB_SEAL_NATIVE
					     : NB_SEAL_PORTABLE);
	ck_assert_str_eq(told(catalog),
			 olds[_i].schema < 5
				 ? "b3 none none 0, b2 none none 0, "
				   "b1 none none 0, "
				 : "b3 good none 0, b2 none none 0, "
				   "b1 none none 0, ");
	nb_catalog_close(catalog);
	ck_assert_str_eq(nb_test_log(), "");
	nb_assert_ok(nb_fd_load(AT_FDCWD, path(), 1 << 20, &after, &n));
	ck_assert_uint_eq(m, n);
	ck_assert_mem_eq(before, after, n);
	free(before);
	free(after);
}
END_TEST

START_TEST(the_next_change_seals_an_old_catalog_anew)
{
	struct nb_catalog_checks checks = { .disc_id = ID_B,
					    .date = 9000,
					    .others_damaged = true };
	struct nb_catalog *catalog;

	make_old(olds[_i].schema);
	catalog = scene_open("now", NB_CATALOG_WORK);
	nb_assert_ok(nb_catalog_verified(catalog, ID_B, 9000));
	nb_assert_ok(nb_catalog_put_checks(catalog, &checks));
	nb_catalog_close(catalog);
	for (size_t i = 0; i < sizeof olds / sizeof *olds; i++) {
		catalog = scene_open("now", olds[i].mode);
		ck_assert_ptr_nonnull(
			strstr(told(catalog), "b2 none damaged 9000, "));
		ck_assert_str_eq(scene_view(catalog, NULL),
				 "A good 3 b3, B suspect 2 b2, newest 3");
		ck_assert_int_eq(seal_of(catalog).version, NB_SEAL_PORTABLE);
		nb_catalog_close(catalog);
	}
	ck_assert_str_eq(nb_test_log(), "");
}
END_TEST

static enum nb_err
tell_remark(void *ctx, const struct nb_catalog_disc *row)
{
	size_t n = strlen(ctx);

	snprintf((char *)ctx + n, 256 - n, "%s %s %s, ", row->name,
		 nb_disc_state_name(row->state), nb_remark_name(row->remark));
	return NB_OK;
}

/* The next change of a catalog in which notes told it. */
START_TEST(what_the_note_of_a_disc_told_is_a_remark)
{
	struct nb_catalog *catalog;
	char text[256] = "";

	make_old(6);
	catalog = scene_open("now", NB_CATALOG_WORK);
	nb_assert_ok(nb_catalog_verified(catalog, ID_B, 9000));
	nb_assert_ok(nb_catalog_discs(catalog, tell_remark, text));
	ck_assert_str_eq(text, "A good lost, B suspect drill, ");
	nb_catalog_close(catalog);
}
END_TEST

static const char *const damages[] = {
	"update discs set verified = 9999999999",
	"update discs set state = 'good'",
	"update backups set generation = 1",
	"update sources set stored = 1 where backup_id = 'b3'",
	"update pools set sequence = 9",
	"update seal set sum = zeroblob(32)",
	"update seal set sum = x'00'",
	"delete from seal",
	"drop index part_sessions",
};

START_TEST(an_old_seal_that_does_not_fit_is_refused)
{
	struct nb_catalog *catalog = NULL;
	char text[512];

	make_old(olds[_i % OLDS].schema);
	run_sql(damages[_i / OLDS]);
	snprintf(text, sizeof text,
		 "error: %s: the catalog is damaged: its content is not what "
		 "was last written\nhint: run nightburn catalog rebuild with "
		 "each disc of the pool; until then nothing is written to a "
		 "disc\n",
		 path());
	nb_assert_fails(nb_catalog_open(path(), NB_CATALOG_WORK, &catalog),
			NB_ECORRUPT, text);
}
END_TEST

/* What would be sealed anew is what was sealed before. */
START_TEST(an_old_catalog_that_changed_since_it_was_opened_is_not_sealed)
{
	struct nb_seal before, after;
	struct nb_catalog *catalog;

	make_old(olds[_i % OLDS].schema);
	catalog = scene_open("now", NB_CATALOG_WORK);
	run_sql(damages[_i / OLDS]);
	before = seal_of(catalog);
	ck_assert_int_eq(nb_catalog_verified(catalog, ID_B, 9000), NB_ECORRUPT);
	after = seal_of(catalog);
	ck_assert_int_eq(after.version, before.version);
	if (before.version != NB_SEAL_NONE)
		ck_assert_mem_eq(after.sum, before.sum, sizeof after.sum);
	nb_catalog_close(catalog);
	ck_assert_int_eq(nb_catalog_open(path(), NB_CATALOG_WORK, &catalog),
			 NB_ECORRUPT);
}
END_TEST

/* An older program says "schema 8, this program supports 3" with a hint: it looks
 * at the number first. */
START_TEST(a_catalog_with_the_new_seal_has_a_number_of_its_own)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;

	nb_catalog_close(make());
	ck_assert_int_eq(sqlite3_open(path(), &db), SQLITE_OK);
	ck_assert_int_eq(
		sqlite3_prepare_v2(db, "pragma user_version", -1, &stmt, NULL),
		SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
	ck_assert_int_eq(sqlite3_column_int(stmt, 0), 8);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

static void
add(TCase *tc)
{
	tcase_add_test(tc, a_seal_is_the_same_on_every_machine);
}

int
main(void)
{
	Suite *suite = suite_create("catalog_seal");
	TCase *tc = nb_test_case("old", 30);

	scene_add_cases(suite, 30, add);
	tcase_add_loop_test(tc,
			    each_column_of_each_table_that_decides_is_sealed, 0,
			    COUNT(sealed));
	tcase_add_loop_test(
		tc, an_old_seal_is_believed_and_stays_while_nothing_is_written,
		0, COUNT(olds));
	tcase_add_loop_test(tc, the_next_change_seals_an_old_catalog_anew, 0,
			    OLDS);
	tcase_add_test(tc, what_the_note_of_a_disc_told_is_a_remark);
	tcase_add_loop_test(tc, an_old_seal_that_does_not_fit_is_refused, 0,
			    OLDS * COUNT(damages));
	tcase_add_loop_test(
		tc,
		an_old_catalog_that_changed_since_it_was_opened_is_not_sealed,
		0, OLDS * COUNT(damages));
	tcase_add_test(tc, a_catalog_with_the_new_seal_has_a_number_of_its_own);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
