/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/record/manifest.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)
#define SHA "abababababababababababababababababababababababababababababababab"
#define NONE NB_PLAIN_UNKNOWN

/* What is written of a file, and read again. */
static const struct {
	const char *filters, *text;
	uint64_t plain;
} recorded[] = {
	{ NULL, "\"sha256\":\"" SHA "\"}", 0 },
	{ "zstd", ",\"filters\":[\"zstd\"],\"plain_size\":12345}", 12345 },
	{ "zstd", ",\"filters\":[\"zstd\"],\"plain_size\":0}", 0 },
	{ "zstd", ",\"filters\":[\"zstd\"]}", NONE },
	{ "gzip,zstd,of-a-later-day2",
	  ",\"filters\":[\"gzip\",\"zstd\",\"of-a-later-day2\"]}", NONE },
};

START_TEST(what_a_file_passed_stands_in_the_manifest)
{
	struct nb_manifest m = { .backup_id = "b" }, found;
	struct nb_entries list = NB_ARRAY_INIT, back = NB_ARRAY_INIT;
	struct nb_entry e = { .type = NB_ENTRY_FILE, .hashed = true };
	char *text = NULL;
	size_t n = 0;

	memset(e.sha256, 0xab, sizeof e.sha256);
	e.path = strdup("b/x.zst");
	if (recorded[_i].filters)
		e.filters = strdup(recorded[_i].filters);
	e.plain = recorded[_i].plain;
	nb_assert_ok(nb_entries_add(&list, &e));
	nb_assert_ok(nb_manifest_render(&m, &list, &text, &n));
	ck_assert_ptr_nonnull(strstr(text, recorded[_i].text));
	nb_assert_ok(nb_manifest_parse("disc", text, n, &found, &back));
	ck_assert_uint_eq(back.count, 1);
	ck_assert_int_eq(!back.at[0].filters, !recorded[_i].filters);
	if (recorded[_i].filters)
		ck_assert_str_eq(back.at[0].filters, recorded[_i].filters);
	ck_assert_uint_eq(back.at[0].plain, recorded[_i].plain);
	nb_manifest_clear(&found);
	nb_entries_free(&list);
	nb_entries_free(&back);
	free(text);
}
END_TEST

#define DUMP(path)                                                  \
	"{\"kind\":\"postgres\",\"name\":\"n\",\"database\":\"d\"," \
	"\"path\":\"" path "\",\"bytes\":77,\"stored\":5}"
#define TREE(path, format)                                             \
	"{\"kind\":\"tree\",\"name\":\"n\"," format "\"path\":\"" path \
	"\",\"bytes\":77,\"stored\":5}"
#define BOOT                                                               \
	"{\"kind\":\"bootarea\",\"name\":\"n\",\"path\":\"b/bootarea/n\"," \
	"\"bytes\":77,\"stored\":5}"
#define TAR "\"format\":\"tar\","

/* Discs of versions that did not record it; and one that did. */
static const struct {
	const char *head, *source, *path, *filters;
	uint64_t plain;
} earlier[] = {
	{ "", DUMP("b/postgres/n.sql.zst"), "b/postgres/n.sql.zst", "zstd",
	  77 },
	{ "", DUMP("b/postgres/n.sql.gz"), "b/postgres/n.sql.gz", "gzip", 77 },
	{ "", DUMP("b/postgres/n.dump"), "b/postgres/n.dump", NULL, 0 },
	{ "", DUMP("b/postgres/n"), "b/postgres/n/1.dat.gz", NULL, 0 },
	{ "", TREE("b/tree/n.tar.zst", TAR), "b/tree/n.tar.zst", "zstd", NONE },
	{ "", TREE("b/tree/n", ""), "b/tree/n/x.zst", NULL, 0 },
	{ "", TREE("b/tree/x.zst", ""), "b/tree/x.zst", NULL, 0 },
	{ "", BOOT, "b/bootarea/n/start.img.zst", "zstd", NONE },
	{ "", BOOT, "b/bootarea/n/boot/start.img.zst", NULL, 0 },
	{ "", BOOT, "b/bootarea/n/boot/vmlinuz.gz", NULL, 0 },
	{ "\"filters\":true,", DUMP("b/postgres/n.sql.zst"),
	  "b/postgres/n.sql.zst", NULL, 0 },
	{ "\"filters\":true,", DUMP("b/postgres/n.sql.gz"),
	  "b/postgres/n.sql.gz", NULL, 0 },
};

START_TEST(of_an_earlier_version_the_ending_says_it)
{
	struct nb_entries back = NB_ARRAY_INIT;
	struct nb_manifest found;
	char *text = NULL;

	nb_assert_ok(nb_str_format(
		&text,
		"{\"nightburn_manifest\":1,%s\"backup_id\":\"b\","
		"\"generation\":1,\"created\":1,\"job\":\"j\","
		"\"pool\":\"p\",\"disc\":\"\",\"disc_id\":\"\","
		"\"host\":\"h\",\"sources\":[%s],\"files\":["
		"{\"path\":\"%s\",\"type\":\"file\",\"mode\":\"0644\","
		"\"uid\":1,\"gid\":1,\"mtime\":1,\"size\":5,"
		"\"sha256\":\"" SHA "\"}]}",
		earlier[_i].head, earlier[_i].source, earlier[_i].path));
	nb_assert_ok(
		nb_manifest_parse("disc", text, strlen(text), &found, &back));
	ck_assert_int_eq(!back.at[0].filters, !earlier[_i].filters);
	if (earlier[_i].filters)
		ck_assert_str_eq(back.at[0].filters, earlier[_i].filters);
	ck_assert_uint_eq(back.at[0].plain, earlier[_i].plain);
	nb_manifest_clear(&found);
	nb_entries_free(&back);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("manifest_filters");
	TCase *tc = nb_test_case("manifest_filters", 10);

	tcase_add_loop_test(tc, what_a_file_passed_stands_in_the_manifest, 0,
			    COUNT(recorded));
	tcase_add_loop_test(tc, of_an_earlier_version_the_ending_says_it, 0,
			    COUNT(earlier));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
