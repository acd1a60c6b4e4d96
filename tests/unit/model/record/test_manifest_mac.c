/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "model/record/manifest.h"

static const struct nb_key key = { "the key of this installation" };
static const struct nb_key other = { "the key of that installation" };
static struct nb_manifest m;
static struct nb_entries entries;
static char *text;
static size_t length;

static void
set_up(void)
{
	memset(&m, 0, sizeof m);
	strcpy(m.backup_id, "20261121T013000Z-be88de43");
	strcpy(m.job, "nightly");
	entries = (struct nb_entries)NB_ARRAY_INIT;
	nb_assert_ok(nb_entries_add_text(&entries, "a/file", "x", 1, 7));
	nb_assert_ok(nb_manifest_render(&m, &entries, &text, &length));
}

static void
tear_down(void)
{
	nb_entries_free(&entries);
	free(text);
	text = NULL;
}

static void
add_mac(void)
{
	nb_assert_ok(nb_manifest_mac_add(&text, &length, &key));
}

START_TEST(a_sealed_manifest_is_good_and_can_be_parsed)
{
	struct nb_manifest parsed = { 0 };
	struct nb_entries list = NB_ARRAY_INIT;

	add_mac();
	ck_assert_uint_eq(length, strlen(text));
	ck_assert_int_eq(nb_manifest_mac_of(text, length, &key, true),
			 NB_MAC_GOOD);
	nb_assert_ok(nb_manifest_parse("m", text, length, &parsed, &list));
	ck_assert_str_eq(parsed.job, "nightly");
	ck_assert_uint_eq(list.count, 1);
	nb_manifest_clear(&parsed);
	nb_entries_free(&list);
}
END_TEST

START_TEST(each_changed_byte_is_seen)
{
	add_mac();
	for (size_t i = 0; i < length; i++) {
		text[i] ^= 1;
		ck_assert_msg(nb_manifest_mac_of(text, length, &key, true)
				      == NB_MAC_WRONG,
			      "byte %zu", i);
		text[i] ^= 1;
	}
	for (size_t n = 0; n < length; n++)
		ck_assert_int_eq(nb_manifest_mac_of(text, n, &key, true),
				 NB_MAC_WRONG);
}
END_TEST

START_TEST(another_key_is_wrong_and_none_is_none)
{
	add_mac();
	ck_assert_int_eq(nb_manifest_mac_of(text, length, &other, true),
			 NB_MAC_WRONG);
	ck_assert_int_eq(nb_manifest_mac_of(text, length, NULL, true),
			 NB_MAC_NO_KEY);
}
END_TEST

START_TEST(a_manifest_without_a_mac_is_wrong_only_where_one_was_promised)
{
	ck_assert_int_eq(nb_manifest_mac_of(text, length, &key, false),
			 NB_MAC_NONE);
	ck_assert_int_eq(nb_manifest_mac_of(text, length, &key, true),
			 NB_MAC_WRONG);
	ck_assert_int_eq(nb_manifest_mac_of("", 0, &key, false), NB_MAC_NONE);
}
END_TEST

START_TEST(the_length_is_known_before_the_hashes_are)
{
	size_t before;

	add_mac();
	before = length;
	free(text);
	entries.at[0].hashed = true;
	memset(entries.at[0].sha256, 0xab, NB_SHA256_SIZE);
	nb_assert_ok(nb_manifest_render(&m, &entries, &text, &length));
	add_mac();
	ck_assert_uint_eq(length, before);
}
END_TEST

START_TEST(what_is_no_manifest_is_not_sealed)
{
	free(text);
	text = strdup("nothing");
	length = 7;
	nb_assert_fails(nb_manifest_mac_add(&text, &length, &key), NB_EFAIL,
			"error: manifest: truncated\n");
	ck_assert_str_eq(text, "nothing");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("manifest_mac");
	TCase *tc = nb_test_case("manifest_mac", 20);

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_sealed_manifest_is_good_and_can_be_parsed);
	tcase_add_test(tc, each_changed_byte_is_seen);
	tcase_add_test(tc, another_key_is_wrong_and_none_is_none);
	tcase_add_test(
		tc,
		a_manifest_without_a_mac_is_wrong_only_where_one_was_promised);
	tcase_add_test(tc, the_length_is_known_before_the_hashes_are);
	tcase_add_test(tc, what_is_no_manifest_is_not_sealed);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
