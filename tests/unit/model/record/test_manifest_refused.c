/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/record/manifest.h"

static struct nb_entries entries;

static void
set_up(void)
{
	entries = (struct nb_entries)NB_ARRAY_INIT;
}

static void
tear_down(void)
{
	nb_entries_free(&entries);
}

#define AB8 "abababababababab"
#define AB AB8 AB8 AB8 AB8
#define HEAD_OF(sources)                                                  \
	"{\"nightburn_manifest\":1,\"backup_id\":\"b\",\"generation\":1," \
	"\"created\":1,\"job\":\"j\",\"pool\":\"p\",\"disc\":\"\","       \
	"\"disc_id\":\"\",\"host\":\"h\",\"sources\":[" sources           \
	"],\"files\":["
#define HEAD HEAD_OF("")
#define REST "\"mode\":\"0644\",\"uid\":1,\"gid\":1,\"mtime\":1"
#define DIR_OF(path) "{\"path\":\"" path "\",\"type\":\"dir\"," REST "}"
#define UNSOUND "error: disc: file 1: invalid entry\n"
#define UNSOUND_A "error: disc: file 1: a: invalid entry\n"
#define FILE_A(size, sha)                                           \
	"{\"path\":\"a\",\"type\":\"file\"," REST ",\"size\":" size \
	",\"sha256\":\"" sha "\"}"

static const struct {
	const char *files, *message;
} broken[] = {
	{ "1", UNSOUND },
	{ "{\"type\":\"dir\"," REST "}", UNSOUND },
	{ "{\"path\":\"a\"," REST "}", UNSOUND },
	{ "{\"path\":\"a\",\"type\":\"door\"," REST "}", UNSOUND },
	{ DIR_OF(""), "error: disc: file 1: : invalid entry\n" },
	{ DIR_OF("/a"), "error: disc: file 1: /a: invalid entry\n" },
	{ DIR_OF("a/../b"), "error: disc: file 1: a/../b: invalid entry\n" },
	{ DIR_OF("a//b"), "error: disc: file 1: a//b: invalid entry\n" },
	{ DIR_OF(".."), "error: disc: file 1: ..: invalid entry\n" },
	{ DIR_OF("a") "," DIR_OF("b") "," DIR_OF("a"),
	  "error: disc: a is given twice\n" },
	{ "{\"path_hex\":\"6\",\"type\":\"dir\"," REST "}", UNSOUND },
	{ "{\"path_hex\":\"6x\",\"type\":\"dir\"," REST "}", UNSOUND },
	{ "{\"path_hex\":\"610062\",\"type\":\"dir\"," REST "}", UNSOUND },
	{ "{\"path_hex\":\"2e2e\",\"type\":\"dir\"," REST "}",
	  "error: disc: file 1: ..: invalid entry\n" },
	{ "{\"path\":\"a\",\"type\":\"dir\",\"mode\":\"10000\",\"uid\":1,"
	  "\"gid\":1,\"mtime\":1}",
	  UNSOUND_A },
	{ "{\"path\":\"a\",\"type\":\"dir\",\"mode\":\"888\",\"uid\":1,"
	  "\"gid\":1,\"mtime\":1}",
	  UNSOUND_A },
	{ "{\"path\":\"a\",\"type\":\"dir\",\"mode\":\"\",\"uid\":1,"
	  "\"gid\":1,\"mtime\":1}",
	  UNSOUND_A },
	{ "{\"path\":\"a\",\"type\":\"dir\",\"mode\":420,\"uid\":1,"
	  "\"gid\":1,\"mtime\":1}",
	  UNSOUND_A },
	{ "{\"path\":\"a\",\"type\":\"dir\",\"mode\":\"0644\",\"uid\":-1,"
	  "\"gid\":1,\"mtime\":1}",
	  UNSOUND_A },
	{ "{\"path\":\"a\",\"type\":\"dir\",\"mode\":\"0644\",\"uid\":1,"
	  "\"gid\":4294967296,\"mtime\":1}",
	  UNSOUND_A },
	{ "{\"path\":\"a\",\"type\":\"dir\",\"mode\":\"0644\",\"uid\":1,"
	  "\"gid\":1,\"mtime\":1.5}",
	  UNSOUND_A },
	{ FILE_A("-1", AB), UNSOUND_A },
	{ FILE_A("\"1\"", AB), UNSOUND_A },
	{ FILE_A("1.0", AB), UNSOUND_A },
	{ FILE_A("1", AB "ab"), UNSOUND_A },
	{ FILE_A("1", "abab"), UNSOUND_A },
	{ "{\"path\":\"a\",\"type\":\"file\"," REST ",\"size\":1}", UNSOUND_A },
	{ FILE_A("1", AB "\",\"filters\":\"zstd"), UNSOUND_A },
	{ FILE_A("1", AB "\",\"filters\":[1],\"x\":\""), UNSOUND_A },
	{ FILE_A("1", AB "\",\"filters\":[\"\"],\"x\":\""), UNSOUND_A },
	{ FILE_A("1", AB "\",\"filters\":[\"Zstd\"],\"x\":\""), UNSOUND_A },
	{ FILE_A("1", AB "\",\"filters\":[\"a,b\"],\"x\":\""), UNSOUND_A },
	{ FILE_A("1", AB "\",\"filters\":[\"a\",\"\"],\"x\":\""), UNSOUND_A },
	{ FILE_A("1",
		 AB "\",\"filters\":[\"12345678901234567890123456789012\"],"
		    "\"x\":\""),
	  UNSOUND_A },
	{ FILE_A("1",
		 AB "\",\"filters\":[\"a\",\"a\",\"a\",\"a\",\"a\","
		    "\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\","
		    "\"a\",\"a\",\"a\",\"a\"],\"x\":\""),
	  UNSOUND_A },
	{ FILE_A("1",
		 AB "\",\"filters\":[\"a\"],\"plain_size\":-1,"
		    "\"x\":\""),
	  UNSOUND_A },
	{ "{\"path\":\"a\",\"type\":\"dir\"," REST ",\"filters\":[\"zstd\"]}",
	  UNSOUND_A },
	{ "{\"path\":\"a\",\"type\":\"symlink\"," REST "}", UNSOUND_A },
	{ "{\"path\":\"a\",\"type\":\"char\"," REST ",\"major\":1}",
	  UNSOUND_A },
	{ "{\"path\":\"a\",\"type\":\"dir\"," REST ",\"ino\":5}", UNSOUND },
	{ "{\"path\":\"a\",\"type\":\"dir\"," REST ",\"ino\":-5,\"dev\":1}",
	  UNSOUND },
	{ "{\"path\":\"a\",\"type\":\"dir\"," REST ",\"ino\":\"5\","
	  "\"dev\":1}",
	  UNSOUND },
	{ "{\"path\":\"a\",\"type\":\"dir\"," REST
	  ",\"ino\":\"18446744073709551616\",\"dev\":1}",
	  UNSOUND },
	{ "{\"path\":\"a\",\"type\":\"dir\"," REST ",\"ino\":\"-1\",\"dev\":1}",
	  UNSOUND },
	{ "{\"path\":\"a\",\"type\":\"dir\"," REST ",\"ino\":\"\",\"dev\":1}",
	  UNSOUND },
};

static void
assert_refused(const char *text, const char *message)
{
	struct nb_manifest found = { .generation = 99 };

	nb_assert_ok(nb_entries_add_dir(&entries, "kept", 1));
	nb_assert_fails(
		nb_manifest_parse("disc", text, strlen(text), &found, &entries),
		NB_ECORRUPT, message);
	ck_assert_uint_eq(found.generation, 99);
	ck_assert_uint_eq(entries.count, 1);
}

START_TEST(an_unsound_entry_is_refused_and_nothing_is_filled_in)
{
	char *text = NULL;

	nb_assert_ok(nb_str_format(&text, HEAD "%s]}", broken[_i].files));
	assert_refused(text, broken[_i].message);
	free(text);
}
END_TEST

static const struct {
	const char *member, *instead;
} heads[] = {
	{ "\"nightburn_manifest\":1,", "" },
	{ "\"nightburn_manifest\":1", "\"nightburn_manifest\":2" },
	{ "\"backup_id\":\"b\",", "" },
	{ "\"b\"", "\"\"" },
	{ "\"b\"", "\"..\"" },
	{ "\"b\"", "\"a/b\"" },
	{ "\"b\"", "\"01234567890123456789012345678901234567890\"" },
	{ "\"generation\":1", "\"generation\":-1" },
	{ "\"created\":1", "\"created\":null" },
	{ "\"job\":\"j\",", "" },
	{ "\"pool\":\"p\"", "\"pool\":1" },
	{ "\"disc\":\"\",", "" },
	{ "\"disc_id\":\"\",", "" },
	{ "\"host\":\"h\",", "" },
	{ "\"sources\":[],", "" },
	{ "[]", "{}" },
	{ "[]", "[1]" },
	{ "[]", "[{\"kind\":\"tree\",\"bytes\":1,\"stored\":1}]" },
	{ "[]", "[{\"name\":\"x\",\"bytes\":1,\"stored\":1}]" },
	{ "[]", "[{\"kind\":\"tree\",\"name\":\"x\",\"stored\":1}]" },
	{ "[]",
	  "[{\"kind\":\"tree\",\"name\":\"x\",\"bytes\":1,"
	  "\"stored\":1,\"format\":5}]" },
	{ "[]",
	  "[{\"kind\":\"tree\",\"name\":\"x\",\"bytes\":1,"
	  "\"stored\":1,\"path\":5}]" },
};

START_TEST(a_head_with_one_fault_is_refused)
{
	const char *whole = HEAD "]}";
	const char *at = strstr(whole, heads[_i].member);
	char *text = NULL;

	ck_assert_ptr_nonnull(at);
	nb_assert_ok(nb_str_format(&text, "%.*s%s%s", (int)(at - whole), whole,
				   heads[_i].instead,
				   at + strlen(heads[_i].member)));
	assert_refused(text, "error: disc: not a nightburn manifest\n");
	free(text);
}
END_TEST

START_TEST(a_manifest_without_files_is_told_from_an_empty_one)
{
	assert_refused("{\"nightburn_manifest\":1,\"backup_id\":\"b\","
		       "\"generation\":1,\"created\":1,\"job\":\"j\","
		       "\"pool\":\"p\",\"disc\":\"\",\"disc_id\":\"\","
		       "\"host\":\"h\",\"sources\":[]}",
		       "error: disc: the list of files is missing\n");
}
END_TEST

/* A restore takes members from their archive, and archives from the list. */
START_TEST(members_of_a_file_that_is_not_listed_are_refused)
{
	assert_refused(HEAD_OF("{\"kind\":\"tree\",\"name\":\"t\","
			       "\"format\":\"tar\",\"path\":\"b/t.tar\","
			       "\"bytes\":1,\"stored\":1}")
			       DIR_OF("b/u.tar") ",{\"archive\":\"b/t.tar\","
						 "\"path\":\"x\",\"type\":"
						 "\"dir\"," REST "}]}",
		       "error: disc: b/t.tar has members, but is not "
		       "listed\n");
}
END_TEST

START_TEST(a_manifest_cut_short_is_refused)
{
	struct nb_entries none = NB_ARRAY_INIT;
	struct nb_manifest found, m = { .backup_id = "b" };
	char *text = NULL;
	size_t n;

	nb_assert_ok(nb_entries_add_text(&entries, "a", "", 0, 1));
	nb_assert_ok(nb_manifest_render(&m, &entries, &text, &n));
	for (size_t i = 0; i < n - 1; i++)
		ck_assert_int_eq(
			nb_manifest_parse("disc", text, i, &found, &none),
			NB_ECORRUPT);
	ck_assert_uint_eq(none.count, 0);
	free(text);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int
main(void)
{
	Suite *suite = suite_create("manifest_refused");
	TCase *tc = nb_test_case("manifest_refused", 10);

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(
		tc, an_unsound_entry_is_refused_and_nothing_is_filled_in, 0,
		COUNT(broken));
	tcase_add_loop_test(tc, a_head_with_one_fault_is_refused, 0,
			    COUNT(heads));
	tcase_add_test(tc, a_manifest_without_files_is_told_from_an_empty_one);
	tcase_add_test(tc, members_of_a_file_that_is_not_listed_are_refused);
	tcase_add_test(tc, a_manifest_cut_short_is_refused);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
