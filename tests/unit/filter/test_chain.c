/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "stream.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)
#define MEBIBYTE ((size_t)1 << 20)

/* A filter as somebody would add it: each byte is followed by its opposite. */
static enum nb_err
toy_write(void *state, const void *data, size_t n,
	  const struct nb_filter_out *out)
{
	const uint8_t *bytes = data;
	enum nb_err err = NB_OK;

	(void)state;
	for (size_t i = 0; !err && i < n; i++) {
		uint8_t two[2] = { bytes[i], (uint8_t)~bytes[i] };

		err = out->put(out->ctx, two, sizeof two);
	}
	return err;
}

struct toy {
	bool half;
	uint8_t first;
};

static struct toy toy_state;

static enum nb_err
toy_begin(const struct nb_filter_spec *spec, void **state)
{
	(void)spec;
	toy_state.half = false;
	*state = &toy_state;
	return NB_OK;
}

static enum nb_err
toy_read(void *state, const void *data, size_t n,
	 const struct nb_filter_out *out)
{
	const uint8_t *bytes = data;
	struct toy *toy = state;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < n; i++) {
		if (!toy->half)
			toy->first = bytes[i];
		else if ((bytes[i] ^ toy->first) != 0xff)
			err = nb_fail(NB_ECORRUPT, "toy: damaged");
		else
			err = out->put(out->ctx, &toy->first, 1);
		toy->half = !toy->half;
	}
	return err;
}

static enum nb_err
toy_finish(void *state, const struct nb_filter_out *out)
{
	struct toy *toy = state;

	(void)out;
	return toy->half ? nb_fail(NB_ECORRUPT, "toy: unexpected end") : NB_OK;
}

static const struct nb_filter_type toy = {
	.name = "toy",
	.ending = "",
	.write = { .take = toy_write },
	.read = { .begin = toy_begin, .take = toy_read, .finish = toy_finish },
};

static const struct nb_filter_type *const types[] = {
	&nb_filter_gzip,
	&nb_filter_zstd,
	&toy,
	NULL,
};

static const char *const chains[] = {
	NULL,        "",          "zstd",     "gzip",          "toy",
	"gzip,zstd", "zstd,gzip", "zstd,toy", "toy,zstd,gzip",
};

/* Around the buffers of the filters: 128 KiB, 256 KiB, 1 MiB. */
static const size_t sizes[] = {
	0,      1,      2,      1023,    131071,  131072,
	131073, 262144, 262145, 1048576, 1048577, 4 * 1048576 + 1,
};

static void
assert_round_trip(const char *filters, const struct stream *plain,
		  size_t largest)
{
	struct stream stored = { .at = NULL }, back = { .at = NULL };

	nb_assert_ok(stream_write(filters, plain, largest, &stored));
	nb_assert_ok(
		stream_read(filters, &stored, largest / 3 + 1, NULL, &back));
	ck_assert_uint_eq(back.count, plain->count);
	ck_assert(!back.count || !memcmp(back.at, plain->at, back.count));
	stream_free(&stored);
	stream_free(&back);
}

START_TEST(reading_a_chain_backwards_gives_what_was_written)
{
	const char *filters = chains[_i / COUNT(sizes)];
	size_t size = sizes[_i % COUNT(sizes)];

	if (nb_test_sample() > 1 && size > 262145)
		return;
	stream_types = types;
	for (int kind = STREAM_ZEROS; kind <= STREAM_NOISE; kind++) {
		struct stream plain = stream_make((enum stream_kind)kind, size);

		assert_round_trip(filters, &plain, size < 4096 ? 3 : MEBIBYTE);
		assert_round_trip(filters, &plain, size < 4096 ? size : 70000);
		stream_free(&plain);
	}
}
END_TEST

START_TEST(filters_are_written_in_their_order)
{
	struct stream plain = stream_make(STREAM_TEXT, 10000);
	struct stream one = { .at = NULL }, two = { .at = NULL };

	stream_types = types;
	nb_assert_ok(stream_write("zstd,toy", &plain, 100, &one));
	/* The last one's output is what is stored. */
	for (size_t i = 0; i < one.count; i += 2)
		ck_assert_uint_eq(one.at[i], (uint8_t)~one.at[i + 1]);
	nb_assert_ok(stream_read("toy", &one, 100, NULL, &two));
	ck_assert_mem_eq(two.at, "\x28\xb5\x2f\xfd", 4);
	stream_free(&plain);
	stream_free(&one);
	stream_free(&two);
}
END_TEST

START_TEST(both_ends_are_counted_and_the_stored_one_is_hashed)
{
	static const uint8_t abc[NB_SHA256_SIZE] =
		"\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22"
		"\x23\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00"
		"\x15\xad";
	struct stream out = { .at = NULL };
	struct nb_chain *chain = NULL;
	struct nb_chain_spec spec = { .object = "abc",
				      .put = stream_put,
				      .ctx = &out };

	nb_assert_ok(nb_chain_write(&spec, &chain));
	nb_assert_ok(nb_chain_put(chain, "ab", 2));
	nb_assert_ok(nb_chain_put(chain, "c", 1));
	nb_assert_ok(nb_chain_finish(chain));
	ck_assert_uint_eq(nb_chain_plain(chain), 3);
	ck_assert_uint_eq(nb_chain_stored(chain), 3);
	ck_assert_mem_eq(nb_chain_sha256(chain), abc, sizeof abc);
	nb_chain_free(chain);
	stream_free(&out);
	spec.filters = "toy";
	spec.types = types;
	nb_assert_ok(nb_chain_write(&spec, &chain));
	nb_assert_ok(nb_chain_put(chain, "abc", 3));
	nb_assert_ok(nb_chain_finish(chain));
	ck_assert_uint_eq(nb_chain_plain(chain), 3);
	ck_assert_uint_eq(nb_chain_stored(chain), 6);
	nb_chain_free(chain);
	nb_chain_free(NULL);
	stream_free(&out);
}
END_TEST

START_TEST(what_the_sink_says_ends_the_stream)
{
	struct stream plain = stream_make(STREAM_NOISE, 1000000);
	struct stream out = { .most = 1000 };

	stream_types = types;
	for (int i = 0; i < COUNT(chains); i++)
		ck_assert_int_eq(stream_write(chains[i], &plain, 50000, &out),
				 NB_ECANCELED);
	stream_free(&plain);
	stream_free(&out);
}
END_TEST

#define UNKNOWN(name)                                                          \
	"error: stream: written with the filter \"" name                       \
	"\", which this version does not support\nhint: read it with a newer " \
	"nightburn\n"

static const struct {
	const char *filters;
	enum nb_err err;
	const char *message;
} refused[] = {
	{ "age", NB_EWRONG, UNKNOWN("age") },
	{ "zstd,age", NB_EWRONG, UNKNOWN("age") },
	{ "zst", NB_EWRONG, UNKNOWN("zst") },
	{ "zstd2", NB_EWRONG, UNKNOWN("zstd2") },
	{ "zstd,,gzip", NB_EWRONG, UNKNOWN("") },
	{ "zstd,zstd,zstd,zstd,zstd,zstd,zstd,zstd,zstd,zstd,zstd,zstd,zstd,"
	  "zstd,zstd,zstd,zstd",
	  NB_ECORRUPT, "error: stream: more than 16 filters\n" },
};

START_TEST(a_filter_that_is_not_known_is_named)
{
	struct stream none = { .at = NULL }, out = { .at = NULL };

	stream_types = NULL;
	nb_assert_fails(stream_read(refused[_i].filters, &none, 1, NULL, &out),
			refused[_i].err, refused[_i].message);
	nb_assert_fails(stream_write(refused[_i].filters, &none, 1, &out),
			refused[_i].err, refused[_i].message);
	if (refused[_i].err == NB_EWRONG)
		nb_assert_fails(nb_filters_check("stream", refused[_i].filters),
				NB_EWRONG, refused[_i].message);
	nb_assert_ok(nb_filters_check("stream", "zstd,gzip"));
	nb_assert_ok(nb_filters_check("stream", NULL));
}
END_TEST

static const struct {
	const char *path, *filters, *hidden;
} names[] = {
	{ "x/a.sql", NULL, "" },
	{ "x/a.sql.zst", "", "" },
	{ "x/a.sql.zst", "zstd", "" },
	{ "x/a.sql", "zstd", "zstd" },
	{ "x/a.zst.txt", "zstd", "zstd" },
	{ "zst", "zstd", "zstd" },
	{ "x/a.sql.zst", "zstd,age", "age" },
	{ "x/a.sql.zst", "age,zstd", "age,zstd" },
	{ "x/a.gz.zst", "gzip,zstd", "" },
	{ "x/a.gz", "gzip,zstd", "zstd" },
	{ "x/a.zst", "gzip,zstd", "gzip,zstd" },
};

START_TEST(a_name_shows_the_filters_whose_endings_it_has)
{
	ck_assert_str_eq(nb_filters_hidden(names[_i].path, names[_i].filters),
			 names[_i].hidden);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("chain");
	TCase *tc = nb_test_case("chain", 60);

	tcase_add_loop_test(tc,
			    reading_a_chain_backwards_gives_what_was_written, 0,
			    COUNT(chains) * COUNT(sizes));
	tcase_add_test(tc, filters_are_written_in_their_order);
	tcase_add_test(tc, both_ends_are_counted_and_the_stored_one_is_hashed);
	tcase_add_test(tc, what_the_sink_says_ends_the_stream);
	tcase_add_loop_test(tc, a_filter_that_is_not_known_is_named, 0,
			    COUNT(refused));
	tcase_add_loop_test(tc, a_name_shows_the_filters_whose_endings_it_has,
			    0, COUNT(names));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
