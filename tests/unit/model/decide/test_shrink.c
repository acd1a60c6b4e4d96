/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "base/str.h"
#include "model/decide/shrink.h"

#define MIB ((uint64_t)1 << 20)
#define NONE NB_NOT_COUNTED

static char kind[] = "tree", name[] = "www";

/* A tree, or with FORM a dump. */
struct amount {
	const char *form, *mount;
	uint64_t bytes;
	int64_t files, tables, rows;
};

static const struct {
	const char *what;
	struct amount was, now;
	double ratio;
	const char *text; /* NULL: it did not shrink */
} cases[] = {
	{ "nothing changed",
	  { NULL, "/srv", 9 * MIB, 100, NONE, NONE },
	  { NULL, "/srv", 9 * MIB, 100, NONE, NONE },
	  0.5,
	  NULL },
	{ "half of the files is enough",
	  { NULL, "/srv", 9 * MIB, 100, NONE, NONE },
	  { NULL, "/srv", 9 * MIB, 50, NONE, NONE },
	  0.5,
	  NULL },
	{ "less is not",
	  { NULL, "/srv", 9 * MIB, 100, NONE, NONE },
	  { NULL, "/srv", 9 * MIB, 49, NONE, NONE },
	  0.5,
	  "tree www: 49 files; the last good backup has 100" },
	{ "bytes",
	  { NULL, NULL, 9 * MIB, 100, NONE, NONE },
	  { NULL, NULL, 4 * MIB, 100, NONE, NONE },
	  0.5,
	  "tree www: 4.2 MB; the last good backup has 9.4 MB" },
	{ "an empty directory",
	  { NULL, NULL, 5, 1, NONE, NONE },
	  { NULL, NULL, 0, 0, NONE, NONE },
	  0.5,
	  "tree www: 0 files; the last good backup has 1" },
	{ "few files come and go",
	  { NULL, NULL, 9000, 2, NONE, NONE },
	  { NULL, NULL, 1, 1, NONE, NONE },
	  0.6,
	  NULL },
	{ "a ring of keys",
	  { NULL, NULL, 900, 9, NONE, NONE },
	  { NULL, NULL, 100, 1, NONE, NONE },
	  0.5,
	  "tree www: 1 file; the last good backup has 9" },
	{ "one database in one file",
	  { NULL, NULL, 300000, 2, NONE, NONE },
	  { NULL, NULL, 40, 2, NONE, NONE },
	  0.5,
	  "tree www: 40 B; the last good backup has 300.0 kB" },
	{ "all files are empty",
	  { NULL, NULL, 9, 9, NONE, NONE },
	  { NULL, NULL, 0, 9, NONE, NONE },
	  0.5,
	  "tree www: 0 B; the last good backup has 9 B" },
	{ "not mounted",
	  { NULL, "/srv", 9 * MIB, 100, NONE, NONE },
	  { NULL, "/", 9 * MIB, 100, NONE, NONE },
	  0.5,
	  "tree www: no file system is mounted on /srv any more" },
	{ "an old catalog knows no mount point",
	  { NULL, NULL, 9 * MIB, NONE, NONE, NONE },
	  { NULL, "/", 9 * MIB, 100, NONE, NONE },
	  0.5,
	  NULL },
	{ "a smaller dump",
	  { "custom none", NULL, 100, NONE, 5, 90 },
	  { "custom none", NULL, 49, NONE, 5, 90 },
	  0.5,
	  "tree www: 49 B; the last good backup has 100 B" },
	{ "a dump of another form",
	  { "plain none", NULL, 100, NONE, 5, 90 },
	  { "custom zstd", NULL, 10, NONE, 5, 90 },
	  0.5,
	  NULL },
	{ "no tables any more",
	  { "custom none", NULL, 100, NONE, 5, 90 },
	  { "custom none", NULL, 90, NONE, 0, 0 },
	  0.5,
	  "tree www: 0 tables; the last good backup has 5" },
	{ "tables without rows",
	  { "custom none", NULL, 100, NONE, 5, 90 },
	  { "custom none", NULL, 90, NONE, 5, 0 },
	  0.5,
	  "tree www: 0 rows; the last good backup has 90" },
	{ "not counted this time",
	  { "custom none", NULL, 100, NONE, 5, 90 },
	  { "custom none", NULL, 90, NONE, NONE, NONE },
	  0.5,
	  NULL },
	{ "no ratio, no comparison",
	  { NULL, "/srv", 9 * MIB, 100, NONE, NONE },
	  { NULL, "/", 0, 0, NONE, NONE },
	  0,
	  NULL },
	{ "nothing may become less",
	  { NULL, NULL, 9 * MIB, 100, NONE, NONE },
	  { NULL, NULL, 9 * MIB, 99, NONE, NONE },
	  1,
	  "tree www: 99 files; the last good backup has 100" },
};

static struct nb_holding
holding_of(const struct amount *amount)
{
	return (struct nb_holding){
		.kind = kind,
		.name = name,
		.form = (char *)(uintptr_t)amount->form,
		.mount = (char *)(uintptr_t)amount->mount,
		.bytes = amount->bytes,
		.files = amount->files,
		.tables = amount->tables,
		.rows = amount->rows,
	};
}

START_TEST(much_less_than_before_is_told_with_both_numbers)
{
	struct nb_holding was = holding_of(&cases[_i].was);
	struct nb_holding now = holding_of(&cases[_i].now);
	char text[NB_SHRINK_TEXT];
	struct nb_shrink shrink;
	bool shrank = nb_shrink_of(&was, &now, cases[_i].ratio, &shrink);

	ck_assert_msg(shrank == (cases[_i].text != NULL), "%s", cases[_i].what);
	if (shrank)
		ck_assert_str_eq(nb_shrink_text(&shrink, text), cases[_i].text);
}
END_TEST

/* What is known of a tree: its mount point, its path, and file systems. */
struct known {
	const char *mount;
	struct {
		const char *what, *name, *value;
	} identity[3];
};

#define PATH NB_IDENTITY_PATH
#define ON NB_IDENTITY_FILE_SYSTEM

static const struct {
	const char *what;
	struct known was, now;
	const char *text;
} identities[] = {
	{ "the same",
	  { "/", { { PATH, "", "/srv" }, { ON, "/", "UUID 1" } } },
	  { "/", { { PATH, "", "/srv" }, { ON, "/", "UUID 1" } } },
	  NULL },
	{ "another path",
	  { "/", { { PATH, "", "/a" } } },
	  { "/b", { { PATH, "", "/b" } } },
	  "tree www: another path: /b; the last good backup has /a" },
	{ "an old catalog knows no path",
	  { "/", { { NULL, NULL, NULL } } },
	  { "/", { { PATH, "", "/b" }, { ON, "/", "UUID 1" } } },
	  NULL },
	{ "it is not known now",
	  { "/", { { PATH, "", "/a" }, { ON, "/", "UUID 1" } } },
	  { "/", { { PATH, "", "/a" } } },
	  NULL },
	{ "another file system",
	  { "/srv", { { PATH, "", "/srv/a" }, { ON, "/srv", "UUID 1" } } },
	  { "/srv", { { PATH, "", "/srv/a" }, { ON, "/srv", "UUID 2" } } },
	  "tree www: another file system on /srv: UUID 2; the last good backup "
	  "has UUID 1" },
	{ "another one below it",
	  { "/", { { ON, "/", "UUID 1" }, { ON, "d", "db:/a" } } },
	  { "/", { { ON, "/", "UUID 1" }, { ON, "d", "db:/b" } } },
	  "tree www: another file system on d: db:/b; the last good backup has "
	  "db:/a" },
	{ "it got its own file system",
	  { "/", { { PATH, "", "/srv" }, { ON, "/", "UUID 1" } } },
	  { "/srv", { { PATH, "", "/srv" }, { ON, "/srv", "UUID 2" } } },
	  NULL },
	{ "which is not there any more",
	  { "/srv", { { PATH, "", "/srv" }, { ON, "/srv", "UUID 2" } } },
	  { "/", { { PATH, "", "/srv" }, { ON, "/", "UUID 1" } } },
	  "tree www: no file system is mounted on /srv any more" },
	{ "nor what was mounted below another one",
	  { "/a/b", { { PATH, "", "/a/b" }, { ON, "/a/b", "UUID 2" } } },
	  { "/a", { { PATH, "", "/a/b" }, { ON, "/a", "UUID 3" } } },
	  "tree www: no file system is mounted on /a/b any more" },
	{ "the same file system, mounted higher",
	  { "/a/b", { { PATH, "", "/a/b" }, { ON, "/a/b", "UUID 2" } } },
	  { "/a", { { PATH, "", "/a/b" }, { ON, "/a", "UUID 2" } } },
	  NULL },
	{ "a name that begins alike is not above",
	  { "/a", { { NULL, NULL, NULL } } },
	  { "/ab", { { NULL, NULL, NULL } } },
	  "tree www: no file system is mounted on /a any more" },
};

static struct nb_holding
known_holding(const struct known *known)
{
	struct nb_holding h = { .kind = kind,
				.name = name,
				.mount = (char *)(uintptr_t)known->mount,
				.files = 100 };

	for (size_t i = 0; i < 3 && known->identity[i].what; i++)
		nb_assert_ok(nb_identity_add(
			&h.identity, known->identity[i].what,
			known->identity[i].name, known->identity[i].value));
	return h;
}

START_TEST(another_source_of_the_same_name_is_told)
{
	struct nb_holding was = known_holding(&identities[_i].was);
	struct nb_holding now = known_holding(&identities[_i].now);
	const char *wanted = identities[_i].text;
	char text[NB_SHRINK_TEXT];
	struct nb_shrink shrink;
	bool shrank = nb_shrink_of(&was, &now, 0.5, &shrink);

	ck_assert_msg(shrank == (wanted != NULL), "%s", identities[_i].what);
	if (shrank)
		ck_assert_str_eq(nb_shrink_text(&shrink, text), wanted);
	ck_assert(!nb_shrink_of(&was, &now, 0, &shrink));
	nb_properties_clear(&was.identity);
	nb_properties_clear(&now.identity);
}
END_TEST

START_TEST(what_does_not_fit_on_a_line_is_unknown)
{
	struct nb_properties list = NB_ARRAY_INIT;

	nb_assert_ok(nb_identity_add(&list, PATH, "", "/a\nb"));
	nb_assert_ok(nb_identity_add(&list, ON, "a\tb", "UUID 1"));
	nb_assert_ok(nb_identity_add(&list, PATH, "", NULL));
	ck_assert_uint_eq(list.count, 0);
}
END_TEST

static const struct {
	const char *was[2], *now[2]; /* tables, and their rows */
	const char *text;
} tables[] = {
	{ { "public.a", "100" }, { "public.a", "50" }, NULL },
	{ { "public.a", "99" }, { "public.a", "1" }, NULL },
	{ { "public.a", "100" },
	  { "public.a", "49" },
	  "tree www: table public.a has 49 rows; it had 100" },
	{ { "public.a", "2000" },
	  { "public.a", "1" },
	  "tree www: table public.a has 1 row; it had 2000" },
	{ { "public.a", "99" }, { "public.b", "5" }, NULL },
	{ { "public.a", "100" },
	  { "public.b", "5" },
	  "tree www: table public.a has no rows or is gone; it had 100" },
};

START_TEST(a_table_with_few_or_no_rows_is_told)
{
	struct nb_holding was = { .kind = kind, .name = name };
	struct nb_holding now = was;
	char text[NB_SHRINK_TEXT];
	struct nb_shrink shrink;

	was.files = now.files = NB_NOT_COUNTED;
	was.tables = now.tables = 2;
	was.rows = now.rows = 1000;
	nb_assert_ok(nb_identity_add(&was.filled, "", tables[_i].was[0],
				     tables[_i].was[1]));
	nb_assert_ok(nb_identity_add(&now.filled, "", tables[_i].now[0],
				     tables[_i].now[1]));
	ck_assert_int_eq(nb_shrink_of(&was, &now, 0.5, &shrink),
			 tables[_i].text != NULL);
	if (tables[_i].text)
		ck_assert_str_eq(nb_shrink_text(&shrink, text),
				 tables[_i].text);
	now.rows = NB_NOT_COUNTED;
	ck_assert(!nb_shrink_of(&was, &now, 0.5, &shrink));
	nb_properties_clear(&was.filled);
	nb_properties_clear(&now.filled);
}
END_TEST

START_TEST(several_such_tables_are_counted)
{
	static char table[] = "public.a";
	struct nb_shrink shrink = { .kind = kind,
				    .name = name,
				    .what = NB_SHRINK_EMPTIED,
				    .mount = table,
				    .before = 200,
				    .now = 3 };
	char text[NB_SHRINK_TEXT];

	ck_assert_str_eq(nb_shrink_text(&shrink, text),
			 "tree www: table public.a has no rows or is gone; it "
			 "had 200, and 2 more such tables");
}
END_TEST

START_TEST(parts_of_a_tree_are_told_by_their_paths)
{
	static char path[] = "home/anna";
	struct nb_shrink shrink = { .kind = kind,
				    .name = name,
				    .what = NB_SHRINK_INNER,
				    .mount = path,
				    .before = 30,
				    .now = 1 };
	char text[NB_SHRINK_TEXT];

	ck_assert_str_eq(nb_shrink_text(&shrink, text),
			 "tree www: 1 file on home/anna; the last good backup "
			 "has 30 there");
	shrink.what = NB_SHRINK_LINK;
	ck_assert_str_eq(nb_shrink_text(&shrink, text),
			 "tree www: home/anna is a symbolic link now; the last "
			 "good backup has 30 files there");
}
END_TEST

START_TEST(other_contents_are_told_with_both_numbers)
{
	struct nb_shrink shrink = { .kind = kind,
				    .name = name,
				    .what = NB_SHRINK_REWRITTEN,
				    .before = 412,
				    .now = 400 };
	char text[NB_SHRINK_TEXT];

	ck_assert_str_eq(nb_shrink_text(&shrink, text),
			 "tree www: 400 of 412 files have other contents than "
			 "in the last good backup");
	shrink.now = 412;
	ck_assert_str_eq(nb_shrink_text(&shrink, text),
			 "tree www: all 412 files have other contents than in "
			 "the last good backup");
}
END_TEST

START_TEST(changed_content_is_told_with_the_number_of_files)
{
	struct nb_shrink shrink = {
		.kind = kind, .name = name, .what = NB_SHRINK_CONTENT, .now = 1
	};
	char text[NB_SHRINK_TEXT];

	ck_assert_str_eq(nb_shrink_text(&shrink, text),
			 "tree www: 1 file changed without a sign of it; the "
			 "last good backup has the earlier content");
	shrink.now = 12;
	ck_assert_str_eq(nb_shrink_text(&shrink, text),
			 "tree www: 12 files changed without a sign of it; "
			 "the last good backup has the earlier content");
}
END_TEST

START_TEST(lost_files_are_told_with_their_number)
{
	struct nb_shrink shrink = {
		.kind = kind, .name = name, .what = NB_SHRINK_LOST, .now = 1
	};
	char text[NB_SHRINK_TEXT];

	ck_assert_str_eq(nb_shrink_text(&shrink, text),
			 "tree www: 1 file not read whole when it was burned");
	shrink.now = 12;
	ck_assert_str_eq(
		nb_shrink_text(&shrink, text),
		"tree www: 12 files not read whole when they were burned");
}
END_TEST

START_TEST(a_part_that_was_left_out_is_told_by_name)
{
	static char path[] = "home/anna";
	struct nb_shrink shrink = { .kind = kind,
				    .name = name,
				    .what = NB_SHRINK_PART,
				    .mount = path,
				    .before = 1,
				    .now = 1 };
	char text[NB_SHRINK_TEXT];

	ck_assert_str_eq(nb_shrink_text(&shrink, text),
			 "tree www: home/anna cannot be read; the last good "
			 "backup has 1 file there");
	shrink.before = 45;
	shrink.now = 3;
	ck_assert_str_eq(nb_shrink_text(&shrink, text),
			 "tree www: home/anna and 2 more cannot be read; the "
			 "last good backup has 45 files there");
}
END_TEST

START_TEST(every_way_to_shrink_has_a_name)
{
	enum nb_shrink_what what;

	for (int i = NB_SHRINK_GONE; i <= NB_SHRINK_LOST; i++) {
		const char *one = nb_shrink_name((enum nb_shrink_what)i);

		ck_assert(nb_shrink_parse(one, &what));
		ck_assert_int_eq((int)what, i);
	}
	ck_assert(!nb_shrink_parse("size", &what));
}
END_TEST

START_TEST(holdings_count_what_is_beneath_a_source)
{
	static char tree[] = "tree", path[] = "tree/www", other[] = "www2",
		    other_path[] = "tree/www2", db[] = "shop",
		    postgres[] = "postgres", format[] = "custom",
		    rows[] = "rows", size[] = "size", ten[] = "10", two[] = "2",
		    empty[] = "", a[] = "a", b[] = "b";
	static const struct {
		const char *path;
		enum nb_entry_type type;
	} files[] = {
		{ "tree/www", NB_ENTRY_DIR },
		{ "tree/www/a", NB_ENTRY_FILE },
		{ "tree/www/d", NB_ENTRY_DIR },
		{ "tree/www/d/l", NB_ENTRY_SYMLINK },
		{ "tree/www2/b", NB_ENTRY_FILE },
		{ "tree/www/e", NB_ENTRY_FILE },
	};
	struct nb_property counts[] = { { rows, a, a, ten, empty },
					{ rows, a, b, two, empty },
					{ size, empty, empty, ten, empty } };
	struct nb_manifest_source sources[] = {
		{ .kind = tree, .name = name, .path = path, .bytes = 7 },
		{ .kind = tree, .name = other, .path = other_path },
		{ .kind = postgres,
		  .name = db,
		  .database = db,
		  .format = format,
		  .counts = { counts, 3, 0 } },
	};
	struct nb_manifest m = { .sources = { sources, 3, 0 } };
	struct nb_entries entries = NB_ARRAY_INIT;
	struct nb_holdings list = NB_ARRAY_INIT;
	const struct nb_holding *h;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct nb_entry e = { .type = files[i].type };

		nb_assert_ok(nb_str_dup(files[i].path, &e.path));
		e.lost = e.path[strlen(e.path) - 1] == 'e';
		e.size = e.lost ? 3 : 0;
		nb_assert_ok(nb_entries_add(&entries, &e));
	}
	nb_assert_ok(nb_holdings_take(&m, &entries, &list));
	h = nb_holdings_find(&list, "tree", "www", false);
	ck_assert_int_eq(h->files, 2);
	ck_assert_uint_eq(h->bytes, 4);
	ck_assert_uint_eq(h->lost, 1);
	ck_assert_uint_eq(h->lost_bytes, 3);
	ck_assert_int_eq(h->rows, NB_NOT_COUNTED);
	ck_assert_int_eq(nb_holdings_find(&list, "tree", "www2", false)->files,
			 1);
	h = nb_holdings_find(&list, "postgres", "shop", true);
	ck_assert(h->database);
	ck_assert_str_eq(h->form, "custom none");
	ck_assert_int_eq(h->files, NB_NOT_COUNTED);
	ck_assert_int_eq(h->tables, 2);
	ck_assert_int_eq(h->rows, 12);
	ck_assert_ptr_null(nb_holdings_find(&list, "tree", "shop", false));
	nb_holdings_free(&list);
	nb_entries_free(&entries);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("shrink");
	TCase *tc = nb_test_case("shrink", 10);

	tcase_add_loop_test(tc, much_less_than_before_is_told_with_both_numbers,
			    0, (int)(sizeof cases / sizeof *cases));
	tcase_add_loop_test(tc, another_source_of_the_same_name_is_told, 0,
			    (int)(sizeof identities / sizeof *identities));
	tcase_add_test(tc, what_does_not_fit_on_a_line_is_unknown);
	tcase_add_loop_test(tc, a_table_with_few_or_no_rows_is_told, 0,
			    (int)(sizeof tables / sizeof *tables));
	tcase_add_test(tc, several_such_tables_are_counted);
	tcase_add_test(tc, parts_of_a_tree_are_told_by_their_paths);
	tcase_add_test(tc, other_contents_are_told_with_both_numbers);
	tcase_add_test(tc, changed_content_is_told_with_the_number_of_files);
	tcase_add_test(tc, lost_files_are_told_with_their_number);
	tcase_add_test(tc, a_part_that_was_left_out_is_told_by_name);
	tcase_add_test(tc, every_way_to_shrink_has_a_name);
	tcase_add_test(tc, holdings_count_what_is_beneath_a_source);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
