/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "filter/pipe.h"

#define LONG ((size_t)1 << 20) /* more than a pipe holds */

struct story {
	size_t bytes; /* to put */
	enum nb_err err;
};

static enum nb_err
tell(void *ctx, nb_filter_sink *put, void *put_ctx)
{
	const struct story *story = ctx;
	enum nb_err err = NB_OK;
	char piece[1000];

	memset(piece, 'x', sizeof piece);
	for (size_t at = 0; !err && at < story->bytes; at += sizeof piece)
		err = put(put_ctx, piece, sizeof piece);
	return err ? err : story->err;
}

static struct nb_pipe *
begin(struct story *story, bool hold, int *fd)
{
	struct nb_pipe *pipe = NULL;

	nb_assert_ok(nb_pipe_begin(&(struct nb_pipe_spec){ .object = "story",
							   .produce = tell,
							   .ctx = story,
							   .hold = hold },
				   fd, &pipe));
	return pipe;
}

/* Reads to the end, which comes. */
static size_t
drain(int fd)
{
	char buffer[4096];
	size_t bytes = 0;
	ssize_t n;

	while ((n = nb_fd_read(fd, buffer, sizeof buffer)) > 0)
		bytes += (size_t)n;
	ck_assert_int_eq(n, 0);
	return bytes;
}

START_TEST(all_of_it_comes_out)
{
	struct story story = { .bytes = LONG / 1000 * 1000 };
	int fd = -1;
	struct nb_pipe *pipe = begin(&story, _i, &fd);

	ck_assert_uint_eq(drain(fd), story.bytes);
	ck_assert(!nb_pipe_failed(pipe));
	nb_assert_ok(nb_pipe_end(pipe, &fd));
	ck_assert_int_eq(fd, -1);
}
END_TEST

START_TEST(a_reader_may_stop_early)
{
	struct story story = { .bytes = LONG };
	int fd = -1;
	struct nb_pipe *pipe = begin(&story, _i, &fd);
	char one;

	ck_assert_int_eq(nb_fd_read(fd, &one, 1), 1);
	nb_assert_ok(nb_pipe_end(pipe, &fd));
}
END_TEST

START_TEST(a_failure_is_an_end_and_is_told)
{
	struct story story = { .bytes = 5000, .err = NB_ECORRUPT };
	int fd = -1;
	struct nb_pipe *pipe = begin(&story, false, &fd);

	ck_assert_uint_eq(drain(fd), 5000);
	ck_assert_int_eq(nb_pipe_end(pipe, &fd), NB_ECORRUPT);
}
END_TEST

START_TEST(a_failure_that_is_held_back_is_no_end)
{
	struct story story = { .bytes = 5000, .err = NB_ECORRUPT };
	int fd = -1;
	struct nb_pipe *pipe = begin(&story, true, &fd);
	struct pollfd more = { .events = POLLIN };
	char buffer[5000];

	more.fd = fd;
	ck_assert_int_eq(nb_fd_read(fd, buffer, sizeof buffer), 5000);
	while (!nb_pipe_failed(pipe))
		ck_assert_int_eq(poll(&more, 1, 1), 0);
	ck_assert_int_eq(poll(&more, 1, 0), 0);
	ck_assert_int_eq(nb_pipe_end(pipe, &fd), NB_ECORRUPT);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("pipe");
	TCase *tc = nb_test_case("pipe", 20);

	tcase_add_loop_test(tc, all_of_it_comes_out, 0, 2);
	tcase_add_loop_test(tc, a_reader_may_stop_early, 0, 2);
	tcase_add_test(tc, a_failure_is_an_end_and_is_told);
	tcase_add_test(tc, a_failure_that_is_held_back_is_no_end);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
