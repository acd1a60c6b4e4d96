/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "disc/read/span.h"
#include "model/decide/medium.h"
#include "support.h"

#define BLOCKS 64

static uint8_t disc[BLOCKS * NB_BLOCK];
static struct nb_span_pass pass;

static void
begin(void)
{
	for (size_t i = 0; i < sizeof disc; i++)
		disc[i] = (uint8_t)(i / NB_BLOCK * 7 + i % 251);
}

static void
end(void)
{
	nb_span_end(&pass);
}

/* What was read is given to the pass: COUNT blocks from AT. */
static void
see(uint32_t at, uint32_t count)
{
	nb_span_add(&pass, at, count, disc + (size_t)at * NB_BLOCK);
}

static void
assert_sum(const struct nb_span *span)
{
	uint8_t want[NB_CHECKSUM_SIZE];
	struct nb_checksum *sum;

	ck_assert(span->known);
	nb_assert_ok(nb_checksum_new(&sum));
	nb_checksum_add(sum, disc + (size_t)span->start * NB_BLOCK,
			(size_t)span->blocks * NB_BLOCK);
	nb_checksum_finish(sum, want);
	nb_checksum_free(sum);
	ck_assert_mem_eq(span->checksum, want, sizeof want);
}

START_TEST(each_span_has_the_checksum_of_its_blocks)
{
	struct nb_span spans[] = { { .start = 2, .blocks = 10 },
				   { .start = 12, .blocks = 1 },
				   { .start = 20, .blocks = 30 } };

	nb_assert_ok(nb_span_begin(&pass, spans, 3));
	/* Pieces of any length, which reach over the ends. */
	for (uint32_t at = 0; at < BLOCKS; at += (uint32_t)_i)
		see(at,
		    at + (uint32_t)_i < BLOCKS ? (uint32_t)_i : BLOCKS - at);
	for (size_t i = 0; i < 3; i++)
		assert_sum(&spans[i]);
}
END_TEST

START_TEST(a_span_with_a_gap_is_not_known_and_the_next_one_is)
{
	struct nb_span spans[] = { { .start = 0, .blocks = 10 },
				   { .start = 10, .blocks = 10 },
				   { .start = 20, .blocks = 10 } };
	uint64_t from, to;

	nb_assert_ok(nb_span_begin(&pass, spans, 3));
	see(0, 4);
	see(5, 5); /* without block 4 */
	ck_assert(nb_span_wants(&pass, 10, &from, &to));
	ck_assert_uint_eq(from, 10);
	ck_assert_uint_eq(to, 20);
	see(10, 10);
	see(21, 9); /* without the first */
	ck_assert(!spans[0].known);
	assert_sum(&spans[1]);
	ck_assert(!spans[2].known);
	ck_assert(!nb_span_wants(&pass, 30, &from, &to));
}
END_TEST

START_TEST(what_a_span_still_needs_is_told)
{
	struct nb_span spans[] = { { .start = 8, .blocks = 8 } };
	uint64_t from, to;

	nb_assert_ok(nb_span_begin(&pass, spans, 1));
	ck_assert(nb_span_wants(&pass, 0, &from, &to));
	ck_assert_uint_eq(from, 8);
	ck_assert_uint_eq(to, 16);
	see(8, 3);
	ck_assert(nb_span_wants(&pass, 11, &from, &to));
	ck_assert_uint_eq(from, 11);
	see(11, 5);
	ck_assert(!nb_span_wants(&pass, 16, &from, &to));
	assert_sum(&spans[0]);
}
END_TEST

START_TEST(without_spans_nothing_is_wanted)
{
	uint64_t from, to;

	nb_assert_ok(nb_span_begin(&pass, NULL, 0));
	see(0, BLOCKS);
	ck_assert(!nb_span_wants(&pass, 0, &from, &to));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("span");
	TCase *tc = nb_test_case("span", 20);

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(tc, each_span_has_the_checksum_of_its_blocks, 1,
			    BLOCKS + 1);
	tcase_add_test(tc, a_span_with_a_gap_is_not_known_and_the_next_one_is);
	tcase_add_test(tc, what_a_span_still_needs_is_told);
	tcase_add_test(tc, without_spans_nothing_is_wanted);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
