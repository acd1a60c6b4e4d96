/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "disc/sandbox.h"

static uint32_t
get_nothing(struct nb_blocks *blocks, uint32_t lba, uint32_t count, void *buf)
{
	(void)blocks;
	(void)lba;
	memset(buf, 0, (size_t)count * NB_BLOCK);
	return count;
}

/* The first child that comes here stands still, the others go on. */
static enum nb_err
stand_still_once(void *ctx, struct nb_blocks *blocks,
		 struct nb_sandbox_out *out)
{
	int fd = open(ctx, O_CREAT | O_EXCL | O_WRONLY, 0600);

	(void)blocks;
	while (fd >= 0)
		pause();
	return nb_sandbox_put(out, "word", 4);
}

static int words;

static enum nb_err
count_words(void *ctx, const void *record, size_t n)
{
	(void)ctx;
	words += n == 4 && !memcmp(record, "word", 4);
	return NB_OK;
}

START_TEST(a_child_that_stands_still_before_its_first_word_is_made_anew)
{
	struct nb_blocks blocks = { .get = get_nothing, .count = 100,
				    .name = "disc" };
	char *path = (char *)(uintptr_t)nb_test_path("stood");
	const struct nb_sandbox spec = {
		.blocks = &blocks, .max_blocks = 100,
		.inside = stand_still_once, .take = count_words, .ctx = path,
	};

	nb_assert_ok(nb_sandbox_run(&spec));
	ck_assert_int_eq(access(path, F_OK), 0);
	ck_assert_int_eq(words, 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *tc = nb_test_case("sandbox", 60);

	tcase_add_test(tc,
		a_child_that_stands_still_before_its_first_word_is_made_anew);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
