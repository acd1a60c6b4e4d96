/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "model/record/own_files.h"
#include "support.h"

static struct nb_entries entries;
static struct nb_sums kept;
static struct nb_manifest manifest;
static struct nb_label label;
static const struct nb_manifest *all[] = { &manifest };
static const struct nb_source_kind *const no_kinds[] = { NULL };
static const struct nb_disc_readme_facts readme = {
	.kinds = no_kinds,
	.backups = all,
	.count = 1,
	.volume_id = "DB_A_20261122",
};
static struct nb_own_facts facts = {
	.readme = &readme,
	.manifest = &manifest,
	.entries = &entries,
	.kept = &kept,
};

static void
begin(void)
{
	memset(&manifest, 0, sizeof manifest);
	strcpy(manifest.backup_id, "20261122T020000Z-0011aabb");
	strcpy(manifest.job, "nightly");
	strcpy(manifest.pool, "db");
	manifest.created = 1795312800;
	memset(&label, 0, sizeof label);
	strcpy(label.disc, "DB-A");
	facts.label = &label;
	nb_assert_ok(nb_own_files_add(&facts, &entries));
	nb_assert_ok(nb_entries_sort(&entries));
}

static void
end(void)
{
	nb_entries_free(&entries);
	nb_sums_free(&kept);
}

START_TEST(every_file_of_the_table_is_added_with_its_mode)
{
	for (size_t i = 0; i < NB_OWN_FILES; i++) {
		const struct nb_own_file *own = &nb_own_files[i];
		const struct nb_entry *e = nb_entries_find(&entries, own->path);

		ck_assert_msg(e, "%s is missing", own->path);
		ck_assert_uint_eq(e->mode, own->mode);
		ck_assert_int_eq(e->content == NB_CONTENT_LATE, own->late);
		ck_assert_int_eq(e->mtime, manifest.created);
	}
	ck_assert_uint_eq(entries.count, NB_OWN_FILES + 2);
	ck_assert_int_eq(nb_entries_find(&entries, "nightburn")->type,
			 NB_ENTRY_DIR);
}
END_TEST

START_TEST(an_image_without_a_label_has_all_the_others)
{
	end();
	facts.label = NULL;
	nb_assert_ok(nb_own_files_add(&facts, &entries));
	nb_assert_ok(nb_entries_sort(&entries));
	ck_assert_ptr_null(nb_entries_find(&entries, NB_LABEL_PATH));
	ck_assert_ptr_null(nb_entries_find(&entries, NB_LABEL_COPY));
	ck_assert_uint_eq(entries.count, NB_OWN_FILES);
}
END_TEST

START_TEST(the_size_of_a_late_file_does_not_change_with_the_hashes)
{
	nb_assert_ok(nb_own_files_measure(&facts, &entries));
	for (size_t i = 0; i < entries.count; i++) {
		entries.at[i].hashed = true;
		memset(entries.at[i].sha256, 0xab, NB_SHA256_SIZE);
	}
	for (size_t i = 0; i < NB_OWN_FILES; i++) {
		const struct nb_own_file *own = &nb_own_files[i];
		size_t length;
		char *text;

		if (!own->late)
			continue;
		nb_assert_ok(own->render(&facts, &text, &length));
		ck_assert_uint_eq(length,
				  nb_entries_find(&entries, own->path)->size);
		ck_assert_uint_eq(length, strlen(text));
		free(text);
	}
}
END_TEST

START_TEST(sha256sums_stands_after_all_that_it_lists)
{
	const struct nb_own_file *sums = nb_own_file_find(NB_SUMS_PATH);
	const struct nb_own_file *own = nb_own_file_find(NB_MANIFEST_PATH);

	for (size_t i = 0; i < NB_OWN_FILES; i++)
		if (&nb_own_files[i] != sums && !nb_own_files[i].of)
			ck_assert_int_lt(sums->weight, nb_own_files[i].weight);
	ck_assert_int_lt(own->weight, 0);
}
END_TEST

START_TEST(a_copy_comes_after_the_gap_and_is_the_same)
{
	int copies = 0;

	nb_assert_ok(nb_own_files_measure(&facts, &entries));
	for (size_t i = 0; i < NB_OWN_FILES; i++) {
		const struct nb_own_file *own = &nb_own_files[i], *of;
		struct nb_entry *copy, *e;

		if (!own->of)
			continue;
		of = nb_own_file_find(own->of);
		copy = nb_entries_find(&entries, own->path);
		e = nb_entries_find(&entries, own->of);
		ck_assert_int_lt(own->weight, NB_GAP_WEIGHT);
		ck_assert_int_gt(of->weight, NB_GAP_WEIGHT);
		ck_assert_ptr_eq(own->render, of->render);
		ck_assert_uint_eq(copy->size, e->size);
		nb_own_files_share(&entries);
		ck_assert(!copy->hashed);
		e->hashed = true;
		memset(e->sha256, (int)i, sizeof e->sha256);
		nb_own_files_share(&entries);
		ck_assert(copy->hashed);
		ck_assert_mem_eq(copy->sha256, e->sha256, sizeof e->sha256);
		copies++;
	}
	ck_assert_int_eq(copies, 3);
}
END_TEST

static const struct {
	const char *path, *moved;
} moves[] = {
	{ "nightburn/copy/label.json", "nightburn/ID/copy/label.json" },
	{ "nightburn/copy/manifest.json", "nightburn/ID/copy/manifest.json" },
	{ "nightburn/copy/SHA256SUMS", NULL },
	{ "nightburn/label.json", "nightburn/ID/label.json" },
	{ "nightburn/manifest.json", "nightburn/ID/manifest.json" },
	{ "nightburn/OLD/manifest.json", NULL },
	{ "SHA256SUMS", NULL },
	{ "README.txt", NULL },
	{ "tree/label.json", NULL },
};

START_TEST(label_and_manifest_move_when_a_session_is_appended)
{
	char *moved;

	nb_assert_ok(nb_own_file_moved(moves[_i].path, "ID", &moved));
	if (moves[_i].moved)
		ck_assert_str_eq(moved, moves[_i].moved);
	else
		ck_assert_ptr_null(moved);
	free(moved);
}
END_TEST

START_TEST(a_backup_is_as_large_as_the_files_of_its_sources)
{
	struct nb_entries list = NB_ARRAY_INIT;
	uint64_t files, bytes;

	nb_assert_ok(nb_entries_add_dir(&list, "ID", 1));
	nb_assert_ok(nb_entries_add_dir(&list, "ID/tree", 1));
	nb_assert_ok(nb_entries_add_text(&list, "ID/tree/a", "abc", 3, 1));
	nb_assert_ok(
		nb_entries_add_text(&list, "ID/tree/nightburn/b", "de", 2, 1));
	nb_assert_ok(nb_entries_add_text(&list, "README.txt", "text", 4, 1));
	nb_assert_ok(nb_entries_add_text(&list, "nightburn/I/label.json",
					 "text", 4, 1));
	nb_own_files_rest(&list, &files, &bytes);
	ck_assert_uint_eq(files, 2);
	ck_assert_uint_eq(bytes, 5);
	nb_entries_free(&list);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("own_files");
	TCase *tc = nb_test_case("own_files", 20);

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, every_file_of_the_table_is_added_with_its_mode);
	tcase_add_test(tc, an_image_without_a_label_has_all_the_others);
	tcase_add_test(tc,
		       the_size_of_a_late_file_does_not_change_with_the_hashes);
	tcase_add_test(tc, sha256sums_stands_after_all_that_it_lists);
	tcase_add_test(tc, a_copy_comes_after_the_gap_and_is_the_same);
	tcase_add_test(tc, a_backup_is_as_large_as_the_files_of_its_sources);
	tcase_add_loop_test(tc,
			    label_and_manifest_move_when_a_session_is_appended,
			    0, (int)(sizeof moves / sizeof *moves));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
