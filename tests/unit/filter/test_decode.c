/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes from a disc may be anything. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "stream.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

static const char *const filters[] = { "gzip", "zstd" };

#define MISSING "error: stream: cannot unpack: unexpected end\n"

/* The n-th allocation from now on fails, and all after it; 0: none. */
static int allocations_left;

#ifndef __has_feature
#define __has_feature(feature) 0 /* gcc has macros instead */
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) \
	|| __has_feature(address_sanitizer)
#define CANNOT_FAIL 1
#else
#define CANNOT_FAIL 0
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);

static bool
fails(void)
{
	if (allocations_left > 1)
		allocations_left--;
	return allocations_left == 1;
}

void *
malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t count, size_t n)
{
	return fails() ? NULL : __libc_calloc(count, n);
}
#endif

static struct stream
pack(const char *filter, const struct stream *plain)
{
	struct stream stored = { .at = NULL };

	nb_assert_ok(stream_write(filter, plain, 100000, &stored));
	return stored;
}

START_TEST(a_stream_that_is_cut_anywhere_is_damaged)
{
	struct stream plain = stream_make(STREAM_TEXT, 300);
	struct stream stored = pack(filters[_i], &plain), out = { .at = NULL };

	for (size_t n = 0; n < stored.count; n++) {
		struct stream cut = { .at = stored.at, .count = n };

		nb_assert_fails(stream_read(filters[_i], &cut, 7, NULL, &out),
				NB_ECORRUPT, MISSING);
	}
	stream_free(&plain);
	stream_free(&stored);
	stream_free(&out);
}
END_TEST

/* Whatever the decoder makes of it, the hash says what it is. */
START_TEST(a_bit_that_is_another_is_found_wherever_it_is)
{
	struct stream plain = stream_make(STREAM_TEXT, 300);
	struct stream stored = pack(filters[_i], &plain);
	struct nb_chain_expected expected = { stored.count, NULL, plain.count };
	uint8_t sum[NB_SHA256_SIZE];
	struct nb_sha256 *hash = NULL;

	nb_assert_ok(nb_sha256_new(&hash));
	nb_sha256_add(hash, stored.at, stored.count);
	nb_sha256_finish(hash, sum);
	nb_sha256_free(hash);
	expected.sha256 = sum;
	for (size_t bit = 0; bit < 8 * stored.count; bit++) {
		struct stream out = { .at = NULL };

		stored.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
		ck_assert_int_eq(
			stream_read(filters[_i], &stored, 50, &expected, &out),
			NB_ECORRUPT);
		ck_assert_uint_le(out.count, plain.count);
		stored.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
		stream_free(&out);
	}
	stream_free(&plain);
	stream_free(&stored);
}
END_TEST

static const struct {
	const char *filter, *message;
} trailing[] = {
	{ "gzip", "error: stream: cannot unpack: incorrect header check\n" },
	{ "zstd", "error: stream: cannot unpack: Unknown frame descriptor\n" },
};

START_TEST(nothing_but_more_of_the_same_may_follow)
{
	struct stream plain = stream_make(STREAM_TEXT, 5000);
	struct stream stored = pack(trailing[_i].filter, &plain);
	struct stream twice = { .at = NULL }, out = { .at = NULL };

	stream_put(&twice, stored.at, stored.count);
	stream_put(&twice, stored.at, stored.count);
	nb_assert_ok(stream_read(trailing[_i].filter, &twice, 99, NULL, &out));
	ck_assert_uint_eq(out.count, 2 * plain.count);
	ck_assert_mem_eq(out.at + plain.count, plain.at, plain.count);
	stream_put(&stored, "garbage", 7);
	nb_assert_fails(
		stream_read(trailing[_i].filter, &stored, 99, NULL, &out),
		NB_ECORRUPT, trailing[_i].message);
	stream_free(&plain);
	stream_free(&stored);
	stream_free(&twice);
	stream_free(&out);
}
END_TEST

START_TEST(no_more_comes_out_than_was_promised)
{
	struct stream plain = stream_make(STREAM_ZEROS, (size_t)64 << 20);
	struct stream stored = pack(filters[_i], &plain), out = { .at = NULL };
	const struct nb_chain_expected bomb = { NB_CHAIN_ANY, NULL, 1000000 };

	nb_assert_fails(
		stream_read(filters[_i], &stored, stored.count, &bomb, &out),
		NB_ECORRUPT, "error: stream: more than 1000000 bytes\n");
	ck_assert_uint_le(out.count, 1000000);
	stream_free(&plain);
	stream_free(&stored);
	stream_free(&out);
}
END_TEST

static const struct {
	struct nb_chain_expected expected;
	const char *message;
} promises[] = {
	{ { 99, NULL, NB_CHAIN_ANY }, "error: stream: more than 99 bytes\n" },
	{ { 101, NULL, NB_CHAIN_ANY },
	  "error: stream: 100 bytes instead of 101\n" },
	{ { 100, NULL, 99 }, "error: stream: more than 99 bytes\n" },
	{ { 100, NULL, 101 }, "error: stream: 100 bytes instead of 101\n" },
	{ { 100, (const uint8_t *)"0123456789abcdef0123456789abcdef", 100 },
	  "error: stream: SHA-256 differs\n" },
};

START_TEST(what_is_not_as_expected_is_damaged)
{
	struct stream plain = stream_make(STREAM_TEXT, 100);
	struct stream out = { .at = NULL };

	nb_assert_fails(
		stream_read(NULL, &plain, 30, &promises[_i].expected, &out),
		NB_ECORRUPT, promises[_i].message);
	stream_free(&plain);
	stream_free(&out);
}
END_TEST

/* RFC 8878, 3.1.1.1.2: a window of 2 GiB, and an empty last block. */
START_TEST(a_frame_that_wants_too_much_memory_is_refused)
{
	uint8_t frame[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 1, 0, 0 };
	struct stream stored = { .at = frame, .count = sizeof frame };
	struct stream out = { .at = NULL };

	nb_assert_fails(stream_read("zstd", &stored, 5, NULL, &out),
			NB_ECORRUPT,
			"error: stream: cannot unpack: Frame requires too much "
			"memory for decoding\n");
	/* 128 MiB is what zstd -19 --long may ask for. */
	frame[5] = 0x88;
	nb_assert_ok(stream_read("zstd", &stored, 5, NULL, &out));
}
END_TEST

/* Each allocation in its turn; there is no other error than that. */
START_TEST(memory_that_cannot_be_had_is_no_damage)
{
	struct stream plain = stream_make(STREAM_TEXT, 300000);
	struct stream stored = pack(filters[_i / 2], &plain);
	struct stream out = { .at = __builtin_malloc((size_t)1 << 20),
			      .capacity = (size_t)1 << 20 };
	enum nb_err err = NB_ENOMEM;
	int n = 1;

	for (; !CANNOT_FAIL && err == NB_ENOMEM; n++) {
		out.count = 0;
		allocations_left = n;
		err = _i % 2
			? stream_write(filters[_i / 2], &plain, 50000, &out)
			: stream_read(filters[_i / 2], &stored, 50000, NULL,
				      &out);
		allocations_left = 0;
		ck_assert(err == NB_ENOMEM || err == NB_OK);
	}
	ck_assert(CANNOT_FAIL || n > 4);
	stream_free(&plain);
	stream_free(&stored);
	stream_free(&out);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("decode");
	TCase *tc = nb_test_case("decode", 60);

	tcase_add_loop_test(tc, a_stream_that_is_cut_anywhere_is_damaged, 0,
			    COUNT(filters));
	tcase_add_loop_test(tc, a_bit_that_is_another_is_found_wherever_it_is,
			    0, COUNT(filters));
	tcase_add_loop_test(tc, nothing_but_more_of_the_same_may_follow, 0,
			    COUNT(trailing));
	tcase_add_loop_test(tc, no_more_comes_out_than_was_promised, 0,
			    COUNT(filters));
	tcase_add_loop_test(tc, what_is_not_as_expected_is_damaged, 0,
			    COUNT(promises));
	tcase_add_test(tc, a_frame_that_wants_too_much_memory_is_refused);
	tcase_add_loop_test(tc, memory_that_cannot_be_had_is_no_damage, 0,
			    2 * COUNT(filters));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
