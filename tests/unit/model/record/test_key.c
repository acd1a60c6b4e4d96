/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "model/record/key.h"

#define HEX                                \
	"000102030405060708090a0b0c0d0e0f" \
	"101112131415161718191a1b1c1d1e1f"
/* Checksum and name: BLAKE2b of 32 bytes with this key, of "check" and of
 * "name", as Python's hashlib makes them. */
#define TEXT "nightburn-key-1:" HEX ":ca36a070"
#define NAME "4b34bd4a4af963d5"

static struct nb_key
counting(void)
{
	struct nb_key key;

	for (int i = 0; i < NB_KEY_SIZE; i++)
		key.bytes[i] = (uint8_t)i;
	return key;
}

START_TEST(a_key_is_one_line_with_a_checksum)
{
	struct nb_key key = counting(), back = { { 0 } };
	char text[NB_KEY_TEXT + 1];

	nb_assert_ok(nb_key_render(&key, text));
	ck_assert_str_eq(text, TEXT);
	nb_assert_ok(nb_key_parse("key", text, &back));
	ck_assert(nb_key_same(&key, &back));
}
END_TEST

START_TEST(a_key_has_a_name_that_is_not_part_of_its_text)
{
	struct nb_key key = counting();
	char name[NB_KEY_NAME + 1];

	nb_assert_ok(nb_key_name(&key, name));
	ck_assert_str_eq(name, NAME);
	ck_assert_ptr_null(strstr(TEXT, name));
}
END_TEST

START_TEST(white_space_around_a_key_is_ignored)
{
	struct nb_key key = counting(), back = { { 0 } };

	nb_assert_ok(nb_key_parse("key", "\n \t" TEXT " \r\n\n", &back));
	ck_assert(nb_key_same(&key, &back));
}
END_TEST

#define NO_KEY                                                      \
	"error: f: not a nightburn key\nhint: nightburn key export" \
	" prints one\n"
#define MISTAKE                                                       \
	"error: f: the key has a typing error\nhint: copy the whole " \
	"line again\n"

static const struct {
	const char *text, *message;
} wrong[] = {
	{ "", NO_KEY },
	{ "\n", NO_KEY },
	{ HEX, NO_KEY },
	{ "nightburn-key-2:" HEX ":ca36a070", NO_KEY },
	{ "nightburn-key-1:" HEX, NO_KEY },
	{ "nightburn-key-1:" HEX ":", NO_KEY },
	{ "nightburn-key-1:" HEX "-ca36a070", NO_KEY },
	{ "nightburn-key-1:" HEX ":ca36a0700", NO_KEY },
	{ "nightburn-key-1:" HEX ":0ca36a070", NO_KEY },
	{ "nightburn-key-1:" HEX ":ca36a07x", NO_KEY },
	{ "nightburn-key-1:" HEX ":0000000g", NO_KEY },
	{ TEXT " " TEXT, NO_KEY },
	{ TEXT " x", NO_KEY },
	{ "x " TEXT, NO_KEY },
	{ "nightburn-key-1: " HEX ":ca36a070", NO_KEY },
	{ "nightburn-key-1:" HEX ":00000000", MISTAKE },
	{ "nightburn-key-1:100102030405060708090a0b0c0d0e0f"
	  "101112131415161718191a1b1c1d1e1f:ca36a070",
	  MISTAKE },
};

START_TEST(what_is_no_key_is_refused_and_not_repeated)
{
	struct nb_key key = counting(), back = key;

	nb_assert_fails(nb_key_parse("f", wrong[_i].text, &back), NB_ECORRUPT,
			wrong[_i].message);
	ck_assert(nb_key_same(&key, &back));
}
END_TEST

START_TEST(each_digit_of_a_key_counts)
{
	static const char line[] = TEXT;
	char text[sizeof line];
	struct nb_key back;

	for (size_t i = 0; i < strlen(line); i++) {
		strcpy(text, line);
		text[i] ^= 1;
		ck_assert_int_eq(nb_key_parse("f", text, &back), NB_ECORRUPT);
		strcpy(text, line);
		text[i] = '\0';
		ck_assert_int_eq(nb_key_parse("f", text, &back), NB_ECORRUPT);
	}
}
END_TEST

START_TEST(a_key_that_was_cleared_is_zeros)
{
	struct nb_key key = counting(), zeros = { { 0 } };

	ck_assert(!nb_key_same(&key, &zeros));
	nb_key_clear(&key);
	ck_assert(nb_key_same(&key, &zeros));
}
END_TEST

/* RFC 4231, test case 1, has a key of 20 bytes; HMAC pads keys with zeros. */
START_TEST(the_mac_is_hmac_sha_512_cut_to_32_bytes)
{
	static const uint8_t expected[NB_MAC_SIZE] = {
		0x87, 0xaa, 0x7c, 0xde, 0xa5, 0xef, 0x61, 0x9d,
		0x4f, 0xf0, 0xb4, 0x24, 0x1a, 0x1d, 0x6c, 0xb0,
		0x23, 0x79, 0xf4, 0xe2, 0xce, 0x4e, 0xc2, 0x78,
		0x7a, 0xd0, 0xb3, 0x05, 0x45, 0xe1, 0x7c, 0xde,
	};
	struct nb_key key = { { 0 } };
	uint8_t mac[NB_MAC_SIZE];

	memset(key.bytes, 0x0b, 20);
	nb_assert_ok(nb_key_mac(&key, "Hi There", 8, mac));
	ck_assert_mem_eq(mac, expected, sizeof mac);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("key");
	TCase *tc = nb_test_case("key", 10);

	tcase_add_test(tc, a_key_is_one_line_with_a_checksum);
	tcase_add_test(tc, a_key_has_a_name_that_is_not_part_of_its_text);
	tcase_add_test(tc, white_space_around_a_key_is_ignored);
	tcase_add_loop_test(tc, what_is_no_key_is_refused_and_not_repeated, 0,
			    (int)(sizeof wrong / sizeof *wrong));
	tcase_add_test(tc, each_digit_of_a_key_counts);
	tcase_add_test(tc, a_key_that_was_cleared_is_zeros);
	tcase_add_test(tc, the_mac_is_hmac_sha_512_cut_to_32_bytes);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
