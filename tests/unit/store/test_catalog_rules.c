/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold among the rows of a catalog, whatever engine keeps them:
 * somebody changes a row, with and without a seal that fits.
 */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "catalog_scene.h"
#include "store/catalog/private.h"

#define ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static const char *
path(void)
{
	return nb_test_path("now/catalog.db");
}

/* Generation 1 on A, 2 on B. */
static void
make(void)
{
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);

	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	nb_assert_ok(scene_commit(catalog, 'B', 2, true));
	nb_catalog_close(catalog);
}

static struct nb_disc_record
disc_row(const char *id, const char *name, const char *state)
{
	return (struct nb_disc_record){
		.id = id,
		.pool = "p",
		.name = name,
		.state = state,
		.profile = "CD-RW",
		.capacity = 1000,
		.verified = 5000,
		.cycles = 1,
		.named = 1,
	};
}

static void
put(struct nb_catalog *catalog, enum nb_table_id table, const void *row)
{
	nb_assert_ok(nb_catalog_put(catalog, table, row));
}

static void
later_date(struct nb_catalog *catalog)
{
	struct nb_disc_record row = disc_row(ID_A, "A", "good");

	row.verified = 9999999999;
	put(catalog, NB_TABLE_DISCS, &row);
}

static void
unknown_state(struct nb_catalog *catalog)
{
	struct nb_disc_record row = disc_row(ID_A, "A", "fine");

	put(catalog, NB_TABLE_DISCS, &row);
}

static void
unused_state(struct nb_catalog *catalog)
{
	struct nb_disc_record row = disc_row(ID_A, "A", "unused");

	put(catalog, NB_TABLE_DISCS, &row);
}

static void
blank_disc(struct nb_catalog *catalog)
{
	struct nb_disc_record row = disc_row(ID_B, "B", "blanked");

	put(catalog, NB_TABLE_DISCS, &row);
}

static void
session_gone(struct nb_catalog *catalog)
{
	uint8_t sum[NB_CHECKSUM_SIZE] = { 0 };
	struct nb_session_record row = {
		.id = 2,
		.disc_id = ID_B,
		.number = 1,
		.start = 32,
		.blocks = 100,
		.checksum = { sum, sizeof sum },
		.written = 1002,
		.gone = 1,
	};

	put(catalog, NB_TABLE_SESSIONS, &row);
}

static void
disc_of_another_pool(struct nb_catalog *catalog)
{
	struct nb_disc_record row = disc_row(ID_B, "B", "good");

	row.pool = "q";
	put(catalog, NB_TABLE_DISCS, &row);
}

static void
pool_too_old(struct nb_catalog *catalog)
{
	struct nb_pool_record row = { .name = "p", .generation = 1 };

	put(catalog, NB_TABLE_POOLS, &row);
}

static void
backup_of_no_pool(struct nb_catalog *catalog)
{
	struct nb_backup_record row = {
		.id = "b9",
		.pool = "z",
		.job = "j",
		.host = "h",
		.generation = 1,
	};

	put(catalog, NB_TABLE_BACKUPS, &row);
}

static void
damaged_on_a_good_disc(struct nb_catalog *catalog)
{
	struct nb_check_record row = {
		.backup_id = "b2",
		.disc_id = ID_B,
		.date = 20,
		.state = "damaged",
	};

	put(catalog, NB_TABLE_CHECKS, &row);
}

static void
seal_of_the_future(struct nb_catalog *catalog)
{
	struct nb_seal seal = { .version = 3 };

	nb_assert_ok(catalog->store->driver->save_seal(catalog->store, &seal));
}

#define UNSEALED "its content is not what was last written"

static const struct change {
	void (*make)(struct nb_catalog *catalog);
	bool seal;
	const char *says;
} changes[] = {
	{ later_date, false, UNSEALED },
	{ session_gone, false, UNSEALED },
	{ pool_too_old, false, UNSEALED },
	{ backup_of_no_pool, false, UNSEALED },
	{ seal_of_the_future, false, UNSEALED },
	{ unknown_state, true, "disc A: no such state" },
	{ unused_state, true, "disc A: no such state" },
	{ blank_disc, true, "disc B: blank, but something is recorded on it" },
	{ session_gone, true, "disc B: good, but nothing is recorded on it" },
	{ disc_of_another_pool, true, "backup b2: on a disc of another pool" },
	{ pool_too_old, true, "backup b2: newer than its pool" },
	{ backup_of_no_pool, true, "backup b9: newer than its pool" },
	{ damaged_on_a_good_disc, true,
	  "disc B: good, but a backup on it is damaged" },
};

/* As the engine has it, past all rules. */
static void
tamper(const struct change *change)
{
	const struct nb_catalog_driver *driver = scene_driver();
	struct nb_catalog catalog = { .current = true };

	nb_assert_ok(driver->open(path(), NB_CATALOG_WORK, &catalog.store));
	nb_assert_ok(driver->begin(catalog.store, true));
	change->make(&catalog);
	if (change->seal)
		nb_assert_ok(nb_catalog_seal(&catalog));
	nb_assert_ok(driver->commit(catalog.store));
	driver->close(catalog.store);
}

START_TEST(a_row_that_was_changed_is_seen)
{
	const struct change *change = &changes[_i];
	struct nb_catalog *catalog = NULL;
	char text[512];

	make();
	tamper(change);
	snprintf(text, sizeof text,
		 "error: %s: the catalog is damaged: %s\nhint: run nightburn "
		 "catalog rebuild with each disc of the pool; until then "
		 "nothing is written to a disc\n",
		 path(), change->says);
	nb_assert_fails(nb_catalog_open_with(scene_driver(), path(),
					     NB_CATALOG_WORK, &catalog),
			NB_ECORRUPT, text);
	nb_assert_fails(nb_catalog_open_with(scene_driver(), path(),
					     NB_CATALOG_LIST, &catalog),
			NB_OK, text);
	nb_catalog_close(catalog);
}
END_TEST

static enum nb_err
count(void *ctx, const struct nb_catalog_backup *row)
{
	(void)row;
	++*(int *)ctx;
	return NB_OK;
}

START_TEST(a_person_who_asks_is_told_what_can_be_read)
{
	struct nb_catalog *catalog = NULL;
	int rows = 0;

	make();
	tamper(&changes[0]);
	nb_assert_ok(nb_catalog_open_with(scene_driver(), path(),
					  NB_CATALOG_QUERY, &catalog));
	nb_assert_ok(nb_catalog_backups(catalog, "p", count, &rows));
	ck_assert_int_eq(rows, 2);
	nb_catalog_close(catalog);
}
END_TEST

START_TEST(what_fails_halfway_leaves_nothing)
{
	struct nb_catalog *catalog;
	struct nb_disc_record row = disc_row(ID_A, "A", "suspect");

	make();
	catalog = scene_open("now", NB_CATALOG_WORK);
	nb_assert_ok(nb_catalog_begin(catalog));
	put(catalog, NB_TABLE_DISCS, &row);
	ck_assert_int_eq(nb_catalog_end(catalog, NB_EIO), NB_EIO);
	ck_assert_str_eq(scene_view(catalog, NULL),
			 "A good 1 b1, B good 2 b2, newest 2");
	nb_catalog_close(catalog);
	catalog = scene_open("now", NB_CATALOG_WORK);
	ck_assert_str_eq(scene_view(catalog, NULL),
			 "A good 1 b1, B good 2 b2, newest 2");
	nb_catalog_close(catalog);
}
END_TEST

static enum nb_err
tell_clone(void *ctx, const struct nb_catalog_clone *row)
{
	size_t n = strlen(ctx);

	snprintf((char *)ctx + n, 256 - n, "%s %s %d %d, ", row->name,
		 nb_clone_state_name(row->state), (int)row->finished,
		 (int)row->checked);
	return NB_OK;
}

START_TEST(a_clone_keeps_the_dates_that_are_not_told_anew)
{
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);
	struct nb_catalog_clone clone = {
		.name = "web",
		.id = "id",
		.source = "/srv",
		.target = "/dev/sdb",
		.state = NB_CLONE_GOOD,
		.finished = 20,
		.checked = 30,
	};
	char text[256] = "";

	nb_assert_ok(nb_catalog_put_clone(catalog, &clone));
	clone.state = NB_CLONE_WRITING;
	clone.finished = 0;
	clone.checked = 40;
	nb_assert_ok(nb_catalog_put_clone(catalog, &clone));
	clone.name = "mail";
	nb_assert_ok(nb_catalog_put_clone(catalog, &clone));
	nb_assert_ok(nb_catalog_clones(catalog, tell_clone, text));
	ck_assert_str_eq(text, "mail writing 0 40, web writing 20 40, ");
	nb_catalog_close(catalog);
}
END_TEST

static enum nb_err
tell_backup(void *ctx, const struct nb_catalog_backup *row)
{
	size_t n = strlen(ctx);

	snprintf((char *)ctx + n, 256 - n, "%s %s %d, ", row->id,
		 row->disc ? row->disc : "-", row->session);
	return NB_OK;
}

START_TEST(backups_are_told_with_the_disc_that_holds_them_newest_first)
{
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);
	char text[256] = "";

	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	nb_assert_ok(scene_commit(catalog, 'B', 2, true));
	nb_assert_ok(scene_commit(catalog, 'B', 10, false));
	nb_assert_ok(
		nb_catalog_set_disc(catalog, ID_A, NB_DISC_BLANKED, "blanked"));
	nb_assert_ok(nb_catalog_backups(catalog, NULL, tell_backup, text));
	ck_assert_str_eq(text, "b10 B 1, b2 B 1, b1 - 0, ");
	nb_catalog_close(catalog);
}
END_TEST

static enum nb_err
tell_drills(void *ctx, const struct nb_catalog_backup *row)
{
	size_t n = strlen(ctx);

	snprintf((char *)ctx + n, 256 - n, "%s %s %d %s, ", row->id,
		 nb_drill_state_name(row->drill), (int)row->drilled,
		 nb_disc_state_name(row->disc_state));
	return NB_OK;
}

static const char *
told_drills(struct nb_catalog *catalog, char text[256])
{
	text[0] = '\0';
	nb_assert_ok(nb_catalog_backups(catalog, NULL, tell_drills, text));
	return text;
}

START_TEST(a_failed_drill_makes_a_disc_suspect_until_the_next_good_one)
{
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);
	struct nb_catalog_drill drill = {
		.backup_id = "b1",
		.disc_id = ID_A,
		.date = 20,
		.state = NB_DRILL_GOOD,
	};
	char text[256];

	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	ck_assert_str_eq(told_drills(catalog, text), "b1 none 0 good, ");
	nb_assert_ok(nb_catalog_put_drill(catalog, &drill));
	ck_assert_str_eq(told_drills(catalog, text), "b1 good 20 good, ");
	drill.state = NB_DRILL_FAILED;
	drill.date = 21;
	nb_assert_ok(nb_catalog_put_drill(catalog, &drill));
	ck_assert_str_eq(told_drills(catalog, text), "b1 failed 21 suspect, ");
	nb_assert_ok(nb_catalog_verified(catalog, ID_A, 22));
	ck_assert_str_eq(told_drills(catalog, text), "b1 failed 21 suspect, ");
	nb_assert_ok(
		nb_catalog_shortened(catalog, ID_A, 23, 0, NB_REMARK_REST));
	ck_assert_str_eq(told_drills(catalog, text), "b1 failed 21 suspect, ");
	drill.state = NB_DRILL_PARTIAL;
	nb_assert_ok(nb_catalog_put_drill(catalog, &drill));
	ck_assert_str_eq(told_drills(catalog, text), "b1 partial 21 suspect, ");
	drill.state = NB_DRILL_GOOD;
	nb_assert_ok(nb_catalog_put_drill(catalog, &drill));
	ck_assert_str_eq(told_drills(catalog, text), "b1 good 21 good, ");
	/* Suspect for another reason. */
	nb_assert_ok(nb_catalog_set_disc(catalog, ID_A, NB_DISC_SUSPECT,
					 "a verification failed"));
	nb_assert_ok(nb_catalog_put_drill(catalog, &drill));
	ck_assert_str_eq(told_drills(catalog, text), "b1 good 21 suspect, ");
	nb_catalog_close(catalog);
}
END_TEST

/* Of another backup on the disc, too. */
START_TEST(a_good_drill_does_not_make_up_for_the_damage_of_another_backup)
{
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);
	struct nb_catalog_drill drill = {
		.backup_id = "b2",
		.disc_id = ID_A,
		.date = 20,
		.state = NB_DRILL_FAILED,
	};
	char text[256];

	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	nb_assert_ok(scene_commit(catalog, 'A', 2, false));
	nb_assert_ok(nb_catalog_put_drill(catalog, &drill));
	drill.backup_id = "b1";
	drill.state = NB_DRILL_GOOD;
	nb_assert_ok(nb_catalog_put_drill(catalog, &drill));
	ck_assert_str_eq(told_drills(catalog, text),
			 "b2 failed 20 suspect, b1 good 20 suspect, ");
	drill.backup_id = "b2";
	nb_assert_ok(nb_catalog_put_drill(catalog, &drill));
	ck_assert_str_eq(told_drills(catalog, text),
			 "b2 good 20 good, b1 good 20 good, ");
	nb_catalog_close(catalog);
}
END_TEST

static enum nb_err
tell_checks(void *ctx, const struct nb_catalog_backup *row)
{
	size_t n = strlen(ctx);

	snprintf((char *)ctx + n, 256 - n, "%s %s %s %d %d, ", row->id,
		 row->disc ? row->disc : "-", nb_check_state_name(row->check),
		 (int)row->checked, (int)row->bad);
	return NB_OK;
}

static const char *
told_checks(struct nb_catalog *catalog, char text[256])
{
	text[0] = '\0';
	nb_assert_ok(nb_catalog_backups(catalog, NULL, tell_checks, text));
	return text;
}

/* Two backups on A; b9 is in no catalog, b3 on another disc. */
START_TEST(what_was_found_of_a_backup_is_told_until_something_else_is)
{
	struct nb_catalog_check found[] = {
		{ "b2", NB_CHECK_DAMAGED, 3 },
		{ "b9", NB_CHECK_DAMAGED, 1 },
		{ "b3", NB_CHECK_DAMAGED, 1 },
	};
	struct nb_catalog_checks checks = { .disc_id = ID_A,
					    .date = 20,
					    .list = { found, 3, 3 } };
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);
	char text[256];

	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	nb_assert_ok(scene_commit(catalog, 'A', 2, false));
	nb_assert_ok(scene_commit(catalog, 'B', 3, true));
	ck_assert_str_eq(told_checks(catalog, text),
			 "b3 B none 0 0, b2 A none 0 0, b1 A none 0 0, ");
	nb_assert_ok(nb_catalog_put_checks(catalog, &checks));
	ck_assert_str_eq(told_checks(catalog, text),
			 "b3 B none 0 0, b2 A damaged 20 3, b1 A none 0 0, ");
	found[0] = (struct nb_catalog_check){ "b2", NB_CHECK_NONE, 0 };
	checks.date = 21;
	checks.others_damaged = true;
	nb_assert_ok(nb_catalog_put_checks(catalog, &checks));
	ck_assert_str_eq(told_checks(catalog, text),
			 "b3 B none 0 0, b2 A damaged 20 3, "
			 "b1 A damaged 21 0, ");
	found[0].state = NB_CHECK_GOOD;
	found[1] = (struct nb_catalog_check){ "b1", NB_CHECK_GOOD, 0 };
	checks.date = 22;
	nb_assert_ok(nb_catalog_put_checks(catalog, &checks));
	ck_assert_str_eq(told_checks(catalog, text),
			 "b3 B none 0 0, b2 A good 22 0, b1 A good 22 0, ");
	nb_assert_ok(
		nb_catalog_set_disc(catalog, ID_A, NB_DISC_BLANKED, "blanked"));
	ck_assert_str_eq(told_checks(catalog, text),
			 "b3 B none 0 0, b2 - none 0 0, b1 - none 0 0, ");
	nb_catalog_close(catalog);
}
END_TEST

/* A disc with a damaged backup is suspect, whatever else is recorded of it;
 * afterwards the catalog opens. */
START_TEST(a_disc_with_a_damaged_backup_is_never_good)
{
	struct nb_catalog_check found[] = { { "b1", NB_CHECK_DAMAGED, 3 } };
	struct nb_catalog_checks checks = { .disc_id = ID_A,
					    .date = 20,
					    .list = { found, 1, 1 } };
	struct nb_catalog_drill drill = { .backup_id = "b2",
					  .disc_id = ID_A,
					  .state = NB_DRILL_FAILED };
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);

	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	nb_assert_ok(scene_commit(catalog, 'A', 2, false));
	nb_assert_ok(nb_catalog_put_checks(catalog, &checks));
	ck_assert_str_eq(scene_view(catalog, NULL),
			 "A suspect 2 b2, B unused 0 , newest 0");
	nb_assert_ok(nb_catalog_verified(catalog, ID_A, 30));
	nb_assert_ok(
		nb_catalog_shortened(catalog, ID_A, 30, 0, NB_REMARK_REST));
	nb_assert_ok(scene_commit(catalog, 'A', 3, false));
	nb_assert_ok(nb_catalog_put_drill(catalog, &drill));
	drill.state = NB_DRILL_GOOD;
	nb_assert_ok(nb_catalog_put_drill(catalog, &drill));
	ck_assert_str_eq(scene_view(catalog, NULL),
			 "A suspect 3 b3, B unused 0 , newest 0");
	nb_catalog_close(catalog);
	catalog = scene_open("now", NB_CATALOG_WORK);
	found[0].state = NB_CHECK_GOOD;
	nb_assert_ok(nb_catalog_put_checks(catalog, &checks));
	nb_assert_ok(nb_catalog_put_drill(catalog, &drill));
	ck_assert_str_eq(scene_view(catalog, NULL),
			 "A good 3 b3, B unused 0 , newest 3");
	nb_catalog_close(catalog);
}
END_TEST

/* A verification that fails does not hide that a drill did. */
START_TEST(a_failed_drill_is_not_forgotten)
{
	const struct nb_catalog_drill drill = { .backup_id = "b1",
						.disc_id = ID_A,
						.state = NB_DRILL_FAILED };
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);

	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	nb_assert_ok(nb_catalog_put_drill(catalog, &drill));
	nb_assert_ok(nb_catalog_set_disc(catalog, ID_A, NB_DISC_SUSPECT, "x"));
	nb_assert_ok(nb_catalog_verified(catalog, ID_A, 30));
	ck_assert_str_eq(scene_view(catalog, NULL),
			 "A suspect 1 b1, B unused 0 , newest 0");
	nb_catalog_close(catalog);
}
END_TEST

/* "b1" is a backup and the beginning of another; 2 is a generation. */
static const struct {
	const char *which, *told;
} asked[] = {
	{ "b1", "b1 A 1, " },
	{ "b10", "b10 B 1, " },
	{ "2", "b2 B 1, " },
	{ "b2", "b2 B 1, " },
};

START_TEST(a_backup_is_found_by_its_id_its_beginning_or_its_generation)
{
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);
	char text[256] = "";

	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	nb_assert_ok(scene_commit(catalog, 'B', 2, true));
	nb_assert_ok(scene_commit(catalog, 'B', 10, false));
	nb_assert_ok(
		nb_catalog_backup(catalog, asked[_i].which, tell_backup, text));
	ck_assert_str_eq(text, asked[_i].told);
	nb_assert_fails(nb_catalog_backup(catalog, "b", tell_backup, text),
			NB_ENOTFOUND,
			"error: b: more than one backup id begins like this\n"
			"hint: nightburn list shows the backups\n");
	nb_catalog_close(catalog);
}
END_TEST

static enum nb_err
tell_disc(void *ctx, const struct nb_catalog_disc *row)
{
	size_t n = strlen(ctx);

	snprintf((char *)ctx + n, 256 - n, "%s %s %d %d %d, ", row->name,
		 nb_disc_state_name(row->state), (int)row->generation,
		 row->sessions, row->cycles);
	return NB_OK;
}

START_TEST(discs_are_told_by_name_with_what_is_on_them)
{
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);
	char text[256] = "";

	nb_assert_ok(scene_commit(catalog, 'B', 1, true));
	nb_assert_ok(scene_commit(catalog, 'A', 2, true));
	nb_assert_ok(scene_commit(catalog, 'B', 3, false));
	nb_assert_ok(nb_catalog_discs(catalog, tell_disc, text));
	ck_assert_str_eq(text, "A good 2 1 1, B good 3 2 1, ");
	nb_catalog_close(catalog);
}
END_TEST

/* Until somebody has it in the drive again, it counts as lost. */
START_TEST(a_disc_whose_name_was_given_away_is_replaced_until_it_is_read)
{
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);
	struct nb_label label = scene_label('A', 1);
	char text[256] = "";

	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	nb_assert_ok(scene_commit(catalog, 'B', 2, true));
	nb_assert_ok(nb_catalog_release_name(catalog, "p", "A"));
	nb_assert_ok(nb_catalog_release_name(catalog, "p", "C"));
	nb_assert_ok(nb_catalog_discs(catalog, tell_disc, text));
	ck_assert_str_eq(text, "A replaced 1 1 1, B good 2 1 1, ");
	ck_assert_str_eq(scene_view(catalog, NULL),
			 "A unused 0 , B good 2 b2, newest 2");
	nb_assert_ok(nb_catalog_verified(catalog, label.disc_id, 5));
	*text = '\0';
	nb_assert_ok(nb_catalog_discs(catalog, tell_disc, text));
	ck_assert_str_eq(text, "A good 1 1 1, B good 2 1 1, ");
	ck_assert_str_eq(scene_view(catalog, NULL),
			 "A unused 0 , B good 2 b2, newest 2");
	nb_assert_ok(nb_catalog_set_disc(catalog, label.disc_id,
					 NB_DISC_BLANKED, "blanked"));
	*text = '\0';
	nb_assert_ok(nb_catalog_discs(catalog, tell_disc, text));
	ck_assert_str_eq(text, "B good 2 1 1, ");
	nb_catalog_close(catalog);
}
END_TEST

/* What a failed burn left on it is no reason to believe otherwise. */
START_TEST(a_suspect_disc_whose_name_was_given_away_stays_suspect)
{
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);
	struct nb_label label = scene_label('A', 1);
	char text[256] = "";

	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	nb_assert_ok(nb_catalog_suspect(catalog, &label, "a test"));
	nb_assert_ok(nb_catalog_release_name(catalog, "p", "A"));
	nb_assert_ok(nb_catalog_discs(catalog, tell_disc, text));
	ck_assert_str_eq(text, "A suspect 1 1 1, ");
	nb_catalog_close(catalog);
}
END_TEST

/* The name is free; the disc is no other one's copy as long as it is. */
START_TEST(a_disc_that_is_lost_has_no_name_until_it_is_recorded_again)
{
	struct nb_catalog *catalog = scene_open("now", NB_CATALOG_WORK);
	struct nb_label label = scene_label('B', 2);
	char text[256] = "";
	bool apart = true;

	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	nb_assert_ok(scene_commit(catalog, 'B', 2, true));
	nb_assert_ok(nb_catalog_suspect(catalog, &label, "a test"));
	nb_assert_ok(nb_catalog_lost(catalog, label.disc_id));
	nb_assert_ok(nb_catalog_lost(catalog, "of no disc"));
	nb_assert_ok(nb_catalog_discs(catalog, tell_disc, text));
	ck_assert_str_eq(text, "A good 1 1 1, B replaced 2 1 1, ");
	ck_assert_str_eq(scene_view(catalog, NULL),
			 "A good 1 b1, B unused 0 , newest 1");
	nb_assert_ok(nb_catalog_is_apart(catalog, label.disc_id, &apart));
	ck_assert(!apart);
	nb_catalog_close(catalog);
}
END_TEST

START_TEST(a_damaged_catalog_is_set_aside_and_the_next_one_is_new)
{
	struct nb_catalog *catalog;

	make();
	nb_assert_ok(scene_driver()->set_aside(path()));
	ck_assert_ptr_nonnull(strstr(nb_test_log(),
				     "now/catalog.db.damaged-1: the damaged "
				     "catalog\n"));
	catalog = scene_open("now", NB_CATALOG_WORK);
	ck_assert_str_eq(scene_view(catalog, NULL),
			 "A unused 0 , B unused 0 , newest 0");
	nb_catalog_close(catalog);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, a_row_that_was_changed_is_seen, 0,
			    COUNT(changes));
	tcase_add_test(tc, a_person_who_asks_is_told_what_can_be_read);
	tcase_add_test(tc, what_fails_halfway_leaves_nothing);
	tcase_add_test(tc, a_clone_keeps_the_dates_that_are_not_told_anew);
	tcase_add_test(
		tc,
		a_failed_drill_makes_a_disc_suspect_until_the_next_good_one);
	tcase_add_test(
		tc,
		a_good_drill_does_not_make_up_for_the_damage_of_another_backup);
	tcase_add_test(
		tc, what_was_found_of_a_backup_is_told_until_something_else_is);
	tcase_add_test(tc, a_disc_with_a_damaged_backup_is_never_good);
	tcase_add_test(tc, a_failed_drill_is_not_forgotten);
	tcase_add_test(
		tc,
		backups_are_told_with_the_disc_that_holds_them_newest_first);
	tcase_add_loop_test(
		tc, a_backup_is_found_by_its_id_its_beginning_or_its_generation,
		0, COUNT(asked));
	tcase_add_test(tc, discs_are_told_by_name_with_what_is_on_them);
	tcase_add_test(
		tc,
		a_disc_whose_name_was_given_away_is_replaced_until_it_is_read);
	tcase_add_test(tc,
		       a_suspect_disc_whose_name_was_given_away_stays_suspect);
	tcase_add_test(
		tc, a_disc_that_is_lost_has_no_name_until_it_is_recorded_again);
	tcase_add_test(tc,
		       a_damaged_catalog_is_set_aside_and_the_next_one_is_new);
}

int
main(void)
{
	Suite *suite = suite_create("catalog_rules");

	scene_add_cases(suite, 30, add);
	return nb_test_main(suite);
}
