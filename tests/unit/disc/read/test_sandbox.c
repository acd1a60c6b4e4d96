/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "disc/read/sandbox.h"

static uint32_t
get_nothing(struct nb_blocks *blocks, uint32_t lba, uint32_t count, void *buf)
{
	(void)blocks;
	(void)lba;
	memset(buf, 0, (size_t)count * NB_BLOCK);
	return count;
}

/* The first two children that come here stand still: one before its first word,
 * one after it and in the middle of its work. */
static enum nb_err
stand_still_twice(void *ctx, struct nb_blocks *blocks,
		  struct nb_sandbox_out *out)
{
	const char *const *paths = ctx;
	uint8_t block[NB_BLOCK];
	int first = open(paths[0], O_CREAT | O_EXCL | O_WRONLY, 0600), second;
	enum nb_err err;

	while (first >= 0)
		pause();
	second = open(paths[1], O_CREAT | O_EXCL | O_WRONLY, 0600);
	err = nb_blocks_read(blocks, 7, 1, block);
	if (!err)
		err = nb_sandbox_put(out, "one", 3);
	if (!err)
		err = nb_blocks_read(blocks, 8, 1, block);
	while (second >= 0)
		pause();
	return err ? err : nb_sandbox_put(out, "two", 3);
}

static char words[64];

static enum nb_err
add_word(void *ctx, const void *record, size_t n)
{
	size_t length = strlen(words);

	(void)ctx;
	ck_assert_uint_lt(length + n, sizeof words);
	memcpy(words + length, record, n);
	words[length + n] = '\0';
	return NB_OK;
}

static void
forget_words(void *ctx)
{
	(void)ctx;
	strcat(words, "-");
}

START_TEST(a_child_that_stands_still_is_made_anew)
{
	struct nb_blocks blocks = { .get = get_nothing,
				    .count = 100,
				    .name = "disc" };
	const char *const paths[] = { nb_test_path("first"),
				      nb_test_path("second") };
	const struct nb_sandbox spec = {
		.blocks = &blocks,
		.max_blocks = 2,
		.inside = stand_still_twice,
		.take = add_word,
		.forget = forget_words,
		.ctx = (void *)(uintptr_t)paths,
	};

	nb_assert_ok(nb_sandbox_run(&spec));
	ck_assert_int_eq(access(paths[0], F_OK), 0);
	ck_assert_int_eq(access(paths[1], F_OK), 0);
	ck_assert_str_eq(words, "-one-onetwo");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *tc = nb_test_case("sandbox", 60);

	tcase_add_test(tc, a_child_that_stands_still_is_made_anew);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
