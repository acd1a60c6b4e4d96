/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/record/label.h"

#define ID_1 "00112233445566778899aabbccddeeff"
#define ID_2 "ffeeddccbbaa99887766554433221100"
#define HASH ID_1 ID_2
/* Made with openssl dgst -sha512 -mac HMAC, of the text without this member. */
#define MAC                                \
	"f60c9ee1c4730e7833502370c66087cd" \
	"c94669d3f0767ecbb98c8977112a34b7"

static const struct nb_label whole = {
	.installation = ID_1,
	.disc_id = ID_2,
	.pool = "db",
	.disc = "DB-A",
	.generation = 42,
	.backup_id = "20260101T013000Z-1a2b",
	.previous = HASH,
	.created = 1767231000,
	.mac = MAC,
};
static const struct nb_key key = { "0123456789abcdef0123456789abcde" };

static const char text_of_whole[] =
	"{\n"
	"  \"nightburn_label\": 1,\n"
	"  \"installation\": \"" ID_1 "\",\n"
	"  \"disc_id\": \"" ID_2 "\",\n"
	"  \"pool\": \"db\",\n"
	"  \"disc\": \"DB-A\",\n"
	"  \"generation\": 42,\n"
	"  \"backup_id\": \"20260101T013000Z-1a2b\",\n"
	"  \"previous\": \"" HASH "\",\n"
	"  \"created\": 1767231000,\n"
	"  \"mac\": \"" MAC "\"\n"
	"}\n";

static void
assert_same(const struct nb_label *a, const struct nb_label *b)
{
	ck_assert_str_eq(a->installation, b->installation);
	ck_assert_str_eq(a->disc_id, b->disc_id);
	ck_assert_str_eq(a->pool, b->pool);
	ck_assert_str_eq(a->disc, b->disc);
	ck_assert_uint_eq(a->generation, b->generation);
	ck_assert_str_eq(a->backup_id, b->backup_id);
	ck_assert_str_eq(a->previous, b->previous);
	ck_assert_int_eq(a->created, b->created);
	ck_assert_str_eq(a->mac, b->mac);
}

START_TEST(a_label_is_rendered_with_its_members_in_order)
{
	char *text = NULL;

	nb_assert_ok(nb_label_render(&whole, &text));
	ck_assert_str_eq(text, text_of_whole);
	free(text);
}
END_TEST

static const struct {
	const char *pool, *disc, *previous;
	uint64_t generation;
	int64_t created;
} odd[] = {
	{ "db", "DB-A", "", 1, 0 },
	{ "a \"quoted\" \\ pool", "日本の円盤", HASH, INT64_MAX, INT64_MAX },
	{ "x", "y", "", 0, -86400 },
	{ "0123456789012345678901234567890123456789012345678901234567890123",
	  "0123456789012345678901234567890123456789012345678901234567890123",
	  HASH, 7, 7 },
};

START_TEST(a_label_comes_back_exactly)
{
	struct nb_label label = whole, back;
	char *text = NULL;

	strcpy(label.pool, odd[_i].pool);
	strcpy(label.disc, odd[_i].disc);
	strcpy(label.previous, odd[_i].previous);
	label.generation = odd[_i].generation;
	label.created = odd[_i].created;
	nb_assert_ok(nb_label_sign(&label, &key));
	nb_assert_ok(nb_label_render(&label, &text));
	nb_assert_ok(nb_label_parse("disc", text, strlen(text), &back));
	assert_same(&back, &label);
	ck_assert(nb_label_is_signed(&back, &key));
	free(text);
}
END_TEST

START_TEST(a_label_without_a_mac_has_no_such_member)
{
	struct nb_label label = whole, back;
	char *text = NULL;

	label.mac[0] = '\0';
	nb_assert_ok(nb_label_render(&label, &text));
	ck_assert_ptr_null(strstr(text, "mac"));
	nb_assert_ok(nb_label_parse("disc", text, strlen(text), &back));
	assert_same(&back, &label);
	ck_assert(!nb_label_is_signed(&back, &key));
	free(text);
}
END_TEST

START_TEST(a_label_reports_that_its_backup_was_appended_by_hand)
{
	struct nb_label label = whole, back;
	char *text = NULL;

	label.has_manifest_mac = label.by_hand = true;
	nb_assert_ok(nb_label_sign(&label, &key));
	nb_assert_ok(nb_label_render(&label, &text));
	ck_assert_ptr_nonnull(strstr(text,
				     "  \"created\": 1767231000,\n"
				     "  \"manifest_mac\": true,\n"
				     "  \"by_hand\": true,\n"
				     "  \"mac\": "));
	nb_assert_ok(nb_label_parse("disc", text, strlen(text), &back));
	ck_assert(back.by_hand && nb_label_is_signed(&back, &key));
	back.by_hand = false;
	ck_assert(!nb_label_is_signed(&back, &key));
	free(text);
}
END_TEST

START_TEST(the_mac_is_that_of_another_program)
{
	struct nb_label label = whole;

	strcpy(label.mac, "whatever was here before");
	nb_assert_ok(nb_label_sign(&label, &key));
	ck_assert_str_eq(label.mac, MAC);
	ck_assert(nb_label_is_signed(&label, &key));
}
END_TEST

/* Each digit of ids, hashes and MAC, each character and number. */
static void
forge(struct nb_label *l, int what)
{
	switch (what) {
	case 0:
		l->installation[31] ^= 1;
		break;
	case 1:
		l->disc_id[0] ^= 1;
		break;
	case 2:
		l->pool[1] ^= 1;
		break;
	case 3:
		l->disc[3] ^= 1;
		break;
	case 4:
		l->generation++;
		break;
	case 5:
		l->backup_id[0] ^= 1;
		break;
	case 6:
		l->previous[63] ^= 1;
		break;
	case 7:
		l->previous[0] = '\0';
		break;
	case 8:
		l->created--;
		break;
	case 9:
		l->mac[0] ^= 1;
		break;
	case 10:
		l->mac[63] ^= 1;
		break;
	case 11:
		l->mac[63] = '\0';
		break;
	case 12:
		l->mac[0] = '\0';
		break;
	}
}
#define FORGERIES 13

START_TEST(a_label_changed_in_any_member_does_not_bear_the_key)
{
	struct nb_label label = whole;

	ck_assert(nb_label_is_signed(&label, &key));
	forge(&label, _i);
	ck_assert(!nb_label_is_signed(&label, &key));
}
END_TEST

START_TEST(another_key_or_none_does_not_do)
{
	struct nb_key other = key;

	other.bytes[31] = 1;
	ck_assert(!nb_label_is_signed(&whole, &other));
	ck_assert(!nb_label_is_signed(&whole, NULL));
}
END_TEST

START_TEST(unknown_members_are_ignored)
{
	struct nb_label back;
	char *text;

	nb_assert_ok(nb_str_format(&text, "{\"later\": [1, {\"a\": null}],%s",
				   text_of_whole + 1));
	nb_assert_ok(nb_label_parse("disc", text, strlen(text), &back));
	assert_same(&back, &whole);
	free(text);
}
END_TEST

/* The text of the whole label with one member replaced, or left out. */
static const struct {
	const char *member, *instead;
} broken[] = {
	{ "\"nightburn_label\": 1,", "" },
	{ "\"nightburn_label\": 1", "\"nightburn_label\": 2" },
	{ "\"nightburn_label\": 1", "\"nightburn_label\": \"1\"" },
	{ "\"installation\": \"" ID_1 "\",", "" },
	{ "\"" ID_1 "\"", "\"00112233445566778899aabbccddeef\"" },
	{ "\"" ID_1 "\"", "\"00112233445566778899aabbccddeefff\"" },
	{ "\"" ID_1 "\"", "\"00112233445566778899aabbccddeefg\"" },
	{ "\"" ID_1 "\"", "\"00112233445566778899AABBCCDDEEFF\"" },
	{ "\"" ID_1 "\"", "1" },
	{ "\"disc_id\": \"" ID_2 "\",", "" },
	{ "\"" ID_2 "\"", "\"\"" },
	{ "\"pool\": \"db\",", "" },
	{ "\"db\"", "\"\"" },
	{ "\"db\"", "null" },
	{ "\"db\"", "\".db\"" },
	{ "\"db\"", "\"a/b\"" },
	{ "\"db\"", "\"a\\nb\"" },
	{ "\"db\"", "\"a\\u007fb\"" },
	{ "\"db\"",
	  "\"0123456789012345678901234567890123456789012345678901"
	  "2345678901234\"" },
	{ "\"disc\": \"DB-A\",", "" },
	{ "\"DB-A\"", "\"..\"" },
	{ "\"DB-A\"", "[\"DB-A\"]" },
	{ "\"generation\": 42,", "" },
	{ "42", "-1" },
	{ "42", "42.0" },
	{ "42", "\"42\"" },
	{ "\"backup_id\": \"20260101T013000Z-1a2b\",", "" },
	{ "\"20260101T013000Z-1a2b\"", "\"../etc\"" },
	{ "\"20260101T013000Z-1a2b\"", "\"\"" },
	{ "\"20260101T013000Z-1a2b\"",
	  "\"01234567890123456789012345678901234567890\"" },
	{ "\"previous\": \"" HASH "\",", "" },
	{ "\"" HASH "\"", "\"" ID_1 "\"" },
	{ "\"" HASH "\"", "null" },
	{ "\"created\": 1767231000,", "" },
	{ "\"" MAC "\"", "\"" ID_1 "\"" },
	{ "\"" MAC "\"", "\"\"" },
	{ "\"" MAC "\"", "null" },
	{ "1767231000", "true" },
};

static char *
replaced(const char *member, const char *instead)
{
	const char *at = strstr(text_of_whole, member);
	char *text;

	ck_assert_ptr_nonnull(at);
	nb_assert_ok(nb_str_format(&text, "%.*s%s%s", (int)(at - text_of_whole),
				   text_of_whole, instead,
				   at + strlen(member)));
	return text;
}

START_TEST(a_label_with_one_fault_is_refused_and_nothing_is_filled_in)
{
	char *text = replaced(broken[_i].member, broken[_i].instead);
	struct nb_label back = whole;

	back.generation = 99;
	nb_assert_fails(nb_label_parse("/dev/sr0", text, strlen(text), &back),
			NB_ECORRUPT,
			"warning: /dev/sr0: not a nightburn label\n");
	ck_assert_uint_eq(back.generation, 99);
	free(text);
}
END_TEST

#define OF(literal) literal, sizeof literal - 1

static const struct {
	const char *text;
	size_t length;
} unreadable[] = {
	{ OF("") },
	{ OF("[1]") },
	{ OF("{\n\"a\":\n") },
	{ OF("{}{}") },
	{ OF("{\"a\":1,\"a\":2}") },
	{ OF("{\"a\":\"\xff\"}") },
	{ OF("{\"a\":\"\\u0000\"}") },
	{ OF("{\"generation\": 18446744073709551615}") },
};

/* What jansson says of it is for -v alone. */
START_TEST(what_is_no_json_object_is_no_label)
{
	struct nb_label back;

	nb_assert_fails(nb_label_parse("disc", unreadable[_i].text,
				       unreadable[_i].length, &back),
			NB_ECORRUPT, "warning: disc: not a nightburn label\n");
}
END_TEST

START_TEST(a_label_cut_short_anywhere_is_refused)
{
	struct nb_label back;

	/* The last newline is not needed. */
	for (size_t n = 0; n < strlen(text_of_whole) - 1; n++)
		ck_assert_int_eq(
			nb_label_parse("disc", text_of_whole, n, &back),
			NB_ECORRUPT);
	nb_assert_ok(nb_label_parse("disc", text_of_whole,
				    strlen(text_of_whole) - 1, &back));
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int
main(void)
{
	Suite *suite = suite_create("label");
	TCase *tc = nb_test_case("label", 10);

	tcase_add_test(tc, a_label_is_rendered_with_its_members_in_order);
	tcase_add_loop_test(tc, a_label_comes_back_exactly, 0, COUNT(odd));
	tcase_add_test(tc, a_label_without_a_mac_has_no_such_member);
	tcase_add_test(tc,
		       a_label_reports_that_its_backup_was_appended_by_hand);
	tcase_add_test(tc, the_mac_is_that_of_another_program);
	tcase_add_loop_test(tc,
			    a_label_changed_in_any_member_does_not_bear_the_key,
			    0, FORGERIES);
	tcase_add_test(tc, another_key_or_none_does_not_do);
	tcase_add_test(tc, unknown_members_are_ignored);
	tcase_add_loop_test(
		tc, a_label_with_one_fault_is_refused_and_nothing_is_filled_in,
		0, COUNT(broken));
	tcase_add_loop_test(tc, what_is_no_json_object_is_no_label, 0,
			    COUNT(unreadable));
	tcase_add_test(tc, a_label_cut_short_anywhere_is_refused);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
