/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/record/backup_path.h"

static void
add(struct nb_entries *entries, const char *path)
{
	struct nb_entry e = { .type = NB_ENTRY_FILE };

	nb_assert_ok(nb_str_dup(path, &e.path));
	nb_assert_ok(nb_entries_add(entries, &e));
}

START_TEST(the_id_is_put_in_front_of_all_but_members)
{
	struct nb_entries entries = NB_ARRAY_INIT;
	struct nb_manifest m = { .backup_id = "b1" };
	struct nb_manifest_source source = { .path = NULL };

	add(&entries, "postgres");
	add(&entries, "postgres/testdb.dump");
	nb_assert_ok(nb_array_push(&m.sources, source));
	nb_assert_ok(nb_str_dup("tree/php.tar.zst", &source.path));
	add(&source.members, "php/index.php");
	nb_assert_ok(nb_array_push(&m.sources, source));
	nb_assert_ok(nb_backup_path_put("b1", &entries, &m.sources));
	ck_assert_str_eq(entries.at[0].path, "b1/postgres");
	ck_assert_str_eq(entries.at[1].path, "b1/postgres/testdb.dump");
	ck_assert_ptr_null(m.sources.at[0].path);
	ck_assert_str_eq(m.sources.at[1].path, "b1/tree/php.tar.zst");
	ck_assert_str_eq(m.sources.at[1].members.at[0].path, "php/index.php");
	nb_entries_free(&entries);
	nb_manifest_clear(&m);
}
END_TEST

static const struct {
	const char *path, *taken;
} paths[] = {
	{ "b1/tree/php", "tree/php" },
	{ "b1/b1/tree", "b1/tree" },
	{ "b1/a", "a" },
	{ "b1", "b1" },
	{ "b1/", "b1/" },
	{ "b12/tree", "b12/tree" },
	{ "tree/b1/a", "tree/b1/a" },
	{ "README.txt", "README.txt" },
	{ "", "" },
};

START_TEST(the_id_is_taken_off_once_and_where_it_is)
{
	const char *within = nb_backup_path_within("b1", paths[_i].path);
	bool changes = strcmp(paths[_i].path, paths[_i].taken) != 0;
	char *path;

	ck_assert_int_eq(within != NULL, changes);
	if (within)
		ck_assert_str_eq(within, paths[_i].taken);
	nb_assert_ok(nb_str_dup(paths[_i].path, &path));
	nb_backup_path_take("b1", path);
	ck_assert_str_eq(path, paths[_i].taken);
	free(path);
}
END_TEST

START_TEST(what_is_elsewhere_on_the_disc_is_set_apart_as_it_is)
{
	static const char *const disc[] = {
		"README.txt",  "b1",          "b1/tree",
		"b1/tree/php", "b2/tree/php", "nightburn/label.json"
	};
	static const size_t elsewhere[] = { 0, 1, 4, 5 };
	struct nb_entries entries = NB_ARRAY_INIT, others = NB_ARRAY_INIT;
	struct nb_manifest m = { .backup_id = "b1" };
	struct nb_manifest_source source = { .path = NULL };

	for (size_t i = 0; i < sizeof disc / sizeof *disc; i++)
		add(&entries, disc[i]);
	nb_assert_ok(nb_array_push(&m.sources, source));
	for (size_t i = 3; i < 5; i++) {
		nb_assert_ok(nb_str_dup(disc[i], &source.path));
		nb_assert_ok(nb_array_push(&m.sources, source));
	}
	nb_assert_ok(
		nb_backup_path_take_all("b1", &entries, &m.sources, &others));
	ck_assert_uint_eq(entries.count, 2);
	ck_assert_str_eq(entries.at[0].path, "tree");
	ck_assert_str_eq(entries.at[1].path, "tree/php");
	ck_assert_ptr_null(m.sources.at[0].path);
	ck_assert_str_eq(m.sources.at[1].path, "tree/php");
	ck_assert_str_eq(m.sources.at[2].path, "");
	ck_assert_uint_eq(others.count, 4);
	for (size_t i = 0; i < others.count; i++)
		ck_assert_str_eq(others.at[i].path, disc[elsewhere[i]]);
	nb_entries_free(&entries);
	nb_entries_free(&others);
	nb_manifest_clear(&m);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("backup_path");
	TCase *tc = nb_test_case("backup_path", 20);

	tcase_add_test(tc, the_id_is_put_in_front_of_all_but_members);
	tcase_add_loop_test(tc, the_id_is_taken_off_once_and_where_it_is, 0,
			    sizeof paths / sizeof *paths);
	tcase_add_test(tc, what_is_elsewhere_on_the_disc_is_set_apart_as_it_is);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
