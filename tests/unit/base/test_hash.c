/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "base/hash.h"

/* The examples of FIPS 180-4. */
static const struct {
	const char *text, *hex;
} vectors[] = {
	{ "",
	  "e3b0c44298fc1c149afbf4c8996fb924"
	  "27ae41e4649b934ca495991b7852b855" },
	{ "abc",
	  "ba7816bf8f01cfea414140de5dae2223"
	  "b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039"
	  "a33ce45964ff2167f6ecedd419db06c1" },
};

START_TEST(sha256_gives_the_published_digests_again_and_again)
{
	uint8_t digest[NB_SHA256_SIZE];
	char hex[NB_SHA256_HEX + 1];
	const char *text = vectors[_i].text;
	struct nb_sha256 *h = NULL;

	nb_assert_ok(nb_sha256_new(&h));
	for (int round = 0; round < 2; round++) {
		size_t n = strlen(text);

		nb_sha256_add(h, text, n / 2);
		nb_sha256_add(h, text + n / 2, n - n / 2);
		nb_sha256_finish(h, digest);
		ck_assert_str_eq(nb_hex(digest, sizeof digest, hex),
				 vectors[_i].hex);
	}
	nb_sha256_free(h);
	nb_sha256_free(NULL);
}
END_TEST

START_TEST(the_checksum_does_not_depend_on_the_pieces)
{
	uint8_t whole[NB_CHECKSUM_SIZE], pieces[NB_CHECKSUM_SIZE];
	char hex[NB_CHECKSUM_HEX + 1];
	struct nb_checksum *c = NULL;

	nb_assert_ok(nb_checksum_new(&c));
	nb_checksum_finish(c, whole);
	/* XXH3-128 of nothing, canonical, as xxhsum -H2 prints it. */
	ck_assert_str_eq(nb_hex(whole, sizeof whole, hex),
			 "99aa06d3014798d86001c324468d497f");
	nb_checksum_add(c, "nightburn", 9);
	nb_checksum_finish(c, whole);
	nb_checksum_add(c, "night", 5);
	nb_checksum_add(c, "burn", 4);
	nb_checksum_finish(c, pieces);
	ck_assert_mem_eq(whole, pieces, sizeof whole);
	nb_checksum_free(c);
	nb_checksum_free(NULL);
}
END_TEST

static const struct {
	const char *text;
	bool good;
} hexes[] = {
	{ "00ff", true },   { "00FF", true },  { "00f", false },
	{ "00fff", false }, { "00fg", false }, { "", false },
	{ " 0ff", false },  { "0x0f", false },
};

START_TEST(hex_is_read_strictly)
{
	uint8_t bytes[2] = { 7, 7 };

	ck_assert_int_eq(nb_unhex(hexes[_i].text, 2, bytes), hexes[_i].good);
	ck_assert_uint_eq(bytes[0], hexes[_i].good ? 0 : 7);
	ck_assert_uint_eq(bytes[1], hexes[_i].good ? 255 : 7);
}
END_TEST

START_TEST(random_bytes_differ)
{
	uint8_t a[16], b[16];

	nb_assert_ok(nb_random(a, sizeof a));
	nb_assert_ok(nb_random(b, sizeof b));
	ck_assert_mem_ne(a, b, sizeof a);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int
main(void)
{
	Suite *suite = suite_create("hash");
	TCase *tc = nb_test_case("hash", 10);

	tcase_add_loop_test(tc,
			    sha256_gives_the_published_digests_again_and_again,
			    0, COUNT(vectors));
	tcase_add_test(tc, the_checksum_does_not_depend_on_the_pieces);
	tcase_add_loop_test(tc, hex_is_read_strictly, 0, COUNT(hexes));
	tcase_add_test(tc, random_bytes_differ);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
