/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

START_TEST(an_empty_string_is_taken_as_empty_text)
{
	struct nb_str s = NB_STR_INIT;
	char *text = NULL;

	nb_assert_ok(nb_str_take(&s, &text));
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

START_TEST(formatted_text_of_any_length_is_appended)
{
	struct nb_str s = NB_STR_INIT;
	char *text = NULL;

	for (int i = 0; i < 1000; i++)
		nb_str_addf(&s, "%03d,", i);
	nb_assert_ok(nb_str_take(&s, &text));
	ck_assert_uint_eq(strlen(text), 4000);
	ck_assert_str_eq(text + 3992, "998,999,");
	free(text);
}
END_TEST

static const struct {
	const char *text, *json, *shell;
} quoted[] = {
	{ "plain", "\"plain\"", "'plain'" },
	{ "a\"b\\c", "\"a\\\"b\\\\c\"", "'a\"b\\c'" },
	{ "line\nend\t\x01", "\"line\\nend\\t\\u0001\"", "'line\nend\t\x01'" },
	{ "it's", "\"it's\"", "'it'\\''s'" },
	{ "日本", "\"日本\"", "'日本'" },
};

START_TEST(text_is_quoted_for_json_and_for_the_shell)
{
	struct nb_str s = NB_STR_INIT;

	nb_str_add_json(&s, quoted[_i].text);
	ck_assert_str_eq(s.text, quoted[_i].json);
	nb_str_free(&s);
	nb_str_add_shell(&s, quoted[_i].text);
	ck_assert_str_eq(s.text, quoted[_i].shell);
	nb_str_free(&s);
}
END_TEST

START_TEST(text_is_quoted_for_sql)
{
	struct nb_str s = NB_STR_INIT;

	nb_str_add_sql(&s, "o'dd \"na\\me\"", '"');
	nb_str_add_sql(&s, "o'dd \"na\\me\"", '\'');
	nb_str_add_sql(&s, "", '\'');
	ck_assert_str_eq(s.text,
			 "\"o'dd \"\"na\\me\"\"\""
			 "'o''dd \"na\\me\"'"
			 "''");
	nb_str_free(&s);
}
END_TEST

static const struct {
	const char *text;
	bool valid;
} utf8[] = {
	{ "", true },
	{ "ascii", true },
	{ "\xc3\xa9", true },
	{ "\xe6\x97\xa5", true },
	{ "\xf0\x9f\x92\xbf", true },
	{ "\xff", false },
	{ "\xc3", false },
	{ "\xc0\xaf", false },
	{ "\xe0\x80\xaf", false },
	{ "\xed\xa0\x80", false },
	{ "\xf4\x90\x80\x80", false },
	{ "a\x80", false },
};

START_TEST(utf8_is_told_from_other_bytes)
{
	ck_assert_int_eq(nb_str_is_utf8(utf8[_i].text, strlen(utf8[_i].text)),
			 utf8[_i].valid);
}
END_TEST

static const struct {
	uint64_t bytes;
	const char *text;
} sizes[] = {
	{ 0, "0 B" },
	{ 999, "999 B" },
	{ 1000, "1.0 kB" },
	{ 999949, "999.9 kB" },
	{ 999950, "1.0 MB" },
	{ 737280000, "737.3 MB" },
	{ 4700372992, "4.7 GB" },
};

START_TEST(sizes_are_written_as_disc_makers_count)
{
	char buf[16];

	ck_assert_str_eq(nb_str_size(sizes[_i].bytes, buf), sizes[_i].text);
}
END_TEST

static const struct {
	const char *text, *wrapped;
	size_t column, indent, end;
} wraps[] = {
	{ "", "", 3, 2, 3 },
	{ "a short text", "a short text", 68, 2, 80 },
	{ "a short text", "a short\n  text", 69, 2, 6 },
	{ "a  b", "a\nb", 79, 0, 1 },
	{ "\xc3\xa9\xc3\xa9 b", "\xc3\xa9\xc3\xa9 b", 76, 0, 80 },
	{ "http://a/word/that/is/longer/than/a/line/of/eighty/columns/can/ever"
	  "/be/by/far/indeed then",
	  "http://a/word/that/is/longer/than/a/line/of/eighty/columns/can/ever"
	  "/be/by/far/indeed\n then",
	  0, 1, 5 },
};

START_TEST(text_is_wrapped_at_80_columns_between_words)
{
	struct nb_str s = NB_STR_INIT;
	char *text;

	ck_assert_uint_eq(nb_str_add_wrapped(&s, wraps[_i].text,
					     wraps[_i].column,
					     wraps[_i].indent),
			  wraps[_i].end);
	nb_assert_ok(nb_str_take(&s, &text));
	ck_assert_str_eq(text, wraps[_i].wrapped);
	free(text);
}
END_TEST

static const struct {
	const char *message;
	int width;
	const char *text;
} messages[] = {
	{ "app: no such table", 80, "app: no such table\n" },
	{ "app: no such table", 12, "app: no such\n    table\n" },
	{ "app: no such table", 0, "app: no such table\n" },
	{ "\xc3\xa4\xc3\xa4 b c", 4, "\xc3\xa4\xc3\xa4 b\n    c\n" },
	{ "a\nhint: drop it; restore it again", 14,
	  "a\nhint: drop it;\n    restore it again\n" },
	{ "a\nhint: drop the database and restore it", 20,
	  "a\nhint: drop the database and restore it\n" },
	{ "a\nhint: in app: ALTER SUBSCRIPTION s ENABLE", 20,
	  "a\nhint: in app:\n    ALTER SUBSCRIPTION s ENABLE\n" },
};

START_TEST(a_message_is_broken_where_what_is_typed_remains_whole)
{
	struct nb_str s = NB_STR_INIT;
	char *text;

	nb_str_add_message(&s, messages[_i].message, messages[_i].width);
	nb_assert_ok(nb_str_take(&s, &text));
	ck_assert_str_eq(text, messages[_i].text);
	free(text);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int
main(void)
{
	Suite *suite = suite_create("str");
	TCase *tc = nb_test_case("str", 10);

	tcase_add_test(tc, an_empty_string_is_taken_as_empty_text);
	tcase_add_test(tc, formatted_text_of_any_length_is_appended);
	tcase_add_loop_test(tc, text_is_quoted_for_json_and_for_the_shell, 0,
			    COUNT(quoted));
	tcase_add_test(tc, text_is_quoted_for_sql);
	tcase_add_loop_test(tc, utf8_is_told_from_other_bytes, 0, COUNT(utf8));
	tcase_add_loop_test(tc, sizes_are_written_as_disc_makers_count, 0,
			    COUNT(sizes));
	tcase_add_loop_test(tc, text_is_wrapped_at_80_columns_between_words, 0,
			    COUNT(wraps));
	tcase_add_loop_test(
		tc, a_message_is_broken_where_what_is_typed_remains_whole, 0,
		COUNT(messages));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
