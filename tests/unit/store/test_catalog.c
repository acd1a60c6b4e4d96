/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "catalog_scene.h"

#define ID(digit) \
#digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit #digit

static struct nb_catalog *catalog;
static char *name_list[] = { (char *)"A", (char *)"B" };
static const struct nb_names names = { name_list, 2, 2 };

static void
open_catalog(void)
{
	nb_assert_ok(nb_catalog_open_with(scene_driver(),
					  nb_test_path("catalog.db"),
					  NB_CATALOG_WORK, &catalog));
}

static void
close_catalog(void)
{
	nb_catalog_close(catalog);
	catalog = NULL;
}

/* The same, at this date of verification. */
static void
commit_verified(const char *name, const char *disc_id, uint64_t generation,
		const char *backup_id, bool first, int64_t verified)
{
	struct nb_manifest_source source = {
		.kind = (char *)"postgres",
		.name = (char *)"db",
		.stored = generation * 100,
	};
	struct nb_manifest m = {
		.generation = generation,
		.job = "j",
		.pool = "p",
		.host = "h",
		.created = 1000 + (int64_t)generation,
		.sources = { &source, 1, 1 },
	};
	struct nb_label label = {
		.pool = "p",
		.generation = generation,
		.created = m.created,
	};
	struct nb_entries entries = NB_ARRAY_INIT;
	struct nb_catalog_session session = {
		.label = &label,
		.manifest = &m,
		.entries = &entries,
		.number = 1,
		.start = 32,
		.blocks = 100,
		.profile = "CD-RW",
		.capacity = 1000,
		.first = first,
		.verified = verified,
	};

	strcpy(m.backup_id, backup_id);
	strcpy(label.backup_id, backup_id);
	strcpy(label.disc, name);
	strcpy(label.disc_id, disc_id);
	nb_assert_ok(
		nb_entries_add_text(&entries, "id/tree/\xff odd", "x", 1, 7));
	nb_assert_ok(nb_catalog_commit(catalog, &session));
	nb_entries_free(&entries);
}

/* Commits a backup of one file to the disc NAME with the id of DISC_ID. */
static void
commit(const char *name, const char *disc_id, uint64_t generation,
       const char *backup_id, bool first)
{
	commit_verified(name, disc_id, generation, backup_id, first,
			5000 + (int64_t)generation);
}

static void
expect_disc(const char *name, enum nb_disc_state state, uint64_t generation)
{
	struct nb_pool_view view;
	const struct nb_pool_disc *d;

	nb_assert_ok(nb_catalog_pool(catalog, "p", &names, &view));
	d = nb_pool_by_name(&view, name);
	ck_assert_ptr_nonnull(d);
	ck_assert_int_eq(d->state, state);
	ck_assert_uint_eq(d->generation, generation);
	nb_pool_view_clear(&view);
}

START_TEST(discs_that_were_never_written_are_unused)
{
	open_catalog();
	expect_disc("A", NB_DISC_UNUSED, 0);
	expect_disc("B", NB_DISC_UNUSED, 0);
	close_catalog();
}
END_TEST

START_TEST(a_commit_makes_a_good_disc_with_its_generation)
{
	struct nb_pool_view view;

	open_catalog();
	commit("A", ID(1), 1, "b1", true);
	commit("B", ID(2), 2, "b2", true);
	expect_disc("A", NB_DISC_GOOD, 1);
	nb_assert_ok(nb_catalog_pool(catalog, "p", &names, &view));
	ck_assert_uint_eq(view.generation, 2);
	ck_assert_int_eq(view.discs.at[1].verified, 5002);
	ck_assert_str_eq(view.discs.at[1].backup_id, "b2");
	nb_pool_view_clear(&view);
	close_catalog();
}
END_TEST

START_TEST(a_blanked_disc_holds_nothing_and_its_generation_is_not_used_again)
{
	uint64_t next;
	bool holds;

	open_catalog();
	commit("A", ID(1), 1, "b1", true);
	commit("B", ID(2), 2, "b2", true);
	nb_assert_ok(nb_catalog_set_disc(catalog, ID(2), NB_DISC_BLANKED,
					 "blanked"));
	expect_disc("B", NB_DISC_BLANKED, 0);
	nb_assert_ok(nb_catalog_next_generation(catalog, "p", &next));
	ck_assert_uint_eq(next, 3);
	nb_assert_ok(nb_catalog_holds(catalog, "b2", NULL, &holds));
	ck_assert(!holds);
	nb_assert_ok(nb_catalog_holds(catalog, "b1", NULL, &holds));
	ck_assert(holds);
	nb_assert_ok(nb_catalog_holds(catalog, "b1", ID(1), &holds));
	ck_assert(holds);
	nb_assert_ok(nb_catalog_holds(catalog, "b1", ID(2), &holds));
	ck_assert(!holds);
	close_catalog();
}
END_TEST

START_TEST(a_disc_written_afresh_takes_the_name_of_the_one_before)
{
	open_catalog();
	commit("A", ID(1), 1, "b1", true);
	commit("A", ID(3), 3, "b3", true);
	expect_disc("A", NB_DISC_GOOD, 3);
	close_catalog();
}
END_TEST

/* Records a backup whose label has this SHA-256, or none. */
static void
commit_label(const char *pool, const char *backup_id, int hash)
{
	struct nb_manifest m = { .job = "j", .host = "h" };
	struct nb_label label = { .disc = "A", .disc_id = ID(4) };
	struct nb_entries entries = NB_ARRAY_INIT;
	struct nb_catalog_session session = {
		.label = &label,
		.manifest = &m,
		.entries = &entries,
		.number = 1,
		.profile = "CD-RW",
	};

	strcpy(m.backup_id, backup_id);
	strcpy(m.pool, pool);
	strcpy(label.pool, pool);
	nb_assert_ok(nb_entries_add_text(&entries, NB_LABEL_PATH, "x", 1, 7));
	entries.at[0].hashed = hash >= 0;
	memset(entries.at[0].sha256, hash, NB_SHA256_SIZE);
	nb_assert_ok(nb_catalog_commit(catalog, &session));
	nb_entries_free(&entries);
}

static void
expect_label(const char *pool, const char *hash)
{
	char hex[NB_SHA256_HEX + 1] = "before";

	nb_assert_ok(nb_catalog_last_hash(catalog, pool, NB_LABEL_PATH, hex));
	ck_assert_str_eq(hex, hash);
}

START_TEST(the_last_label_of_a_pool_is_that_of_the_backup_recorded_last)
{
	open_catalog();
	expect_label("p", "");
	commit("A", ID(1), 9, "b1", true);
	expect_label("p", "");
	commit_label("p", "b9", 0xaa);
	expect_label("p", ID(a) ID(a));
	commit_label("q", "b7", 0xcc);
	commit_label("p", "b8", 0xbb);
	expect_label("p", ID(b) ID(b));
	commit_label("p", "b3", -1);
	expect_label("p", ID(b) ID(b));
	expect_label("q", ID(c) ID(c));
	close_catalog();
}
END_TEST

START_TEST(a_suspect_disc_is_good_again_when_it_is_verified)
{
	struct nb_label label = { .pool = "p", .disc = "A", .disc_id = ID(1) };

	open_catalog();
	commit("A", ID(1), 1, "b1", true);
	nb_assert_ok(nb_catalog_suspect(catalog, &label, "the burn failed"));
	expect_disc("A", NB_DISC_SUSPECT, 1);
	nb_assert_ok(nb_catalog_verified(catalog, ID(1), 9000));
	expect_disc("A", NB_DISC_GOOD, 1);
	close_catalog();
}
END_TEST

START_TEST(a_session_without_a_date_leaves_that_of_its_disc)
{
	struct nb_pool_view view;

	open_catalog();
	commit("A", ID(1), 1, "20261121T000000Z-00000001", true);
	commit_verified("A", ID(1), 1, "20261122T000000Z-00000002", false, 0);
	nb_assert_ok(nb_catalog_pool(catalog, "p", &names, &view));
	ck_assert_int_eq(view.discs.at[0].verified, 5001);
	nb_pool_view_clear(&view);
	close_catalog();
}
END_TEST

START_TEST(the_last_size_of_a_source_is_that_of_the_newest_backup)
{
	uint64_t stored;

	open_catalog();
	nb_assert_ok(
		nb_catalog_last_size(catalog, "j", "postgres", "db", &stored));
	ck_assert_uint_eq(stored, 0);
	commit("A", ID(1), 1, "b1", true);
	commit("B", ID(2), 2, "b2", true);
	nb_assert_ok(
		nb_catalog_last_size(catalog, "j", "postgres", "db", &stored));
	ck_assert_uint_eq(stored, 200);
	close_catalog();
}
END_TEST

static enum nb_err
count_file(void *ctx, const struct nb_catalog_file *row)
{
	ck_assert_str_eq(row->entry->path, "id/tree/\xff odd");
	++*(int *)ctx;
	return NB_OK;
}

static const struct {
	const char *pattern;
	int found;
} patterns[] = {
	{ "odd", 1 },       { "\xff odd", 1 }, { "* odd", 1 },
	{ "id/tree/*", 1 }, { "tree", 0 },     { "even", 0 },
	{ "tree/\xff", 1 },
};

START_TEST(files_are_found_by_their_exact_bytes)
{
	int found = 0;

	open_catalog();
	commit("A", ID(1), 1, "b1", true);
	nb_assert_ok(nb_catalog_find(catalog, patterns[_i].pattern, count_file,
				     &found));
	ck_assert_int_eq(found, patterns[_i].found);
	close_catalog();
}
END_TEST

static enum nb_err
no_row(void *ctx, const struct nb_catalog_backup *row)
{
	(void)row;
	++*(int *)ctx;
	return NB_OK;
}

START_TEST(a_backup_that_does_not_exist_is_named)
{
	int rows = 0;

	open_catalog();
	nb_assert_fails(nb_catalog_backup(catalog, "zzz", no_row, &rows),
			NB_ENOTFOUND,
			"error: zzz: no such backup\n"
			"hint: nightburn list shows the backups\n");
	ck_assert_int_eq(rows, 0);
	close_catalog();
}
END_TEST

static char *
load(size_t *length)
{
	char *text;

	nb_assert_ok(nb_fd_load(-1, nb_test_path("catalog.db"), 1 << 24, &text,
				length));
	return text;
}

START_TEST(opening_and_reading_leaves_the_file_byte_for_byte)
{
	size_t before_length, after_length;
	char *before, *after;

	open_catalog();
	commit("A", ID(1), 1, "b1", true);
	close_catalog();
	before = load(&before_length);
	open_catalog();
	expect_disc("A", NB_DISC_GOOD, 1);
	close_catalog();
	after = load(&after_length);
	ck_assert_uint_eq(before_length, after_length);
	ck_assert_mem_eq(before, after, before_length);
	ck_assert_int_ne(access(nb_test_path("catalog.db-wal"), F_OK), 0);
	free(before);
	free(after);
}
END_TEST

START_TEST(a_file_that_is_no_catalog_is_refused_with_a_remedy)
{
	nb_test_write("catalog.db",
		      "this is not a database at all, and it is "
		      "longer than the head of one: 0123456789012345678901234"
		      "567890123456789",
		      0600);
	ck_assert_int_eq(nb_catalog_open(nb_test_path("catalog.db"),
					 NB_CATALOG_WORK, &catalog),
			 NB_ECORRUPT);
	ck_assert_ptr_nonnull(
		strstr(nb_test_log(),
		       "the catalog is damaged: "
		       "file is not a database\nhint: run nightburn "
		       "catalog rebuild"));
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

static void
add(TCase *tc)
{
	tcase_add_test(tc, discs_that_were_never_written_are_unused);
	tcase_add_test(tc, a_commit_makes_a_good_disc_with_its_generation);
	tcase_add_test(
		tc,
		a_blanked_disc_holds_nothing_and_its_generation_is_not_used_again);
	tcase_add_test(tc,
		       a_disc_written_afresh_takes_the_name_of_the_one_before);
	tcase_add_test(
		tc,
		the_last_label_of_a_pool_is_that_of_the_backup_recorded_last);
	tcase_add_test(tc, a_suspect_disc_is_good_again_when_it_is_verified);
	tcase_add_test(tc, a_session_without_a_date_leaves_that_of_its_disc);
	tcase_add_test(tc,
		       the_last_size_of_a_source_is_that_of_the_newest_backup);
	tcase_add_loop_test(tc, files_are_found_by_their_exact_bytes, 0,
			    COUNT(patterns));
	tcase_add_test(tc, a_backup_that_does_not_exist_is_named);
}

int
main(void)
{
	Suite *suite = suite_create("catalog");
	TCase *tc = nb_test_case("file", 20);

	scene_add_cases(suite, 20, add);
	tcase_add_test(tc, opening_and_reading_leaves_the_file_byte_for_byte);
	tcase_add_test(tc, a_file_that_is_no_catalog_is_refused_with_a_remedy);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
