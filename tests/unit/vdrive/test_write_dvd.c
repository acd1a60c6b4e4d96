/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sequential writing on DVD-R, DVD-RW, DVD+R and BD-R. */
#include "bench_drive.h"

/* The write unit, and the blocks from a closed session to the next one. */
static const struct {
	enum vd_type type;
	int32_t unit, gap;
	uint8_t final; /* CLOSE function that ends the disc */
} media[] = {
	{ VD_DVD_R, 16, 16384, 2 },
	{ VD_DVD_RW, 16, 16384, 2 },
	{ VD_DVD_PLUS_R, 16, 4096, 6 },
	{ VD_BD_R, 32, 0, 6 },
};

static void
begin(int i)
{
	bench_insert(media[i].type, 64000);
	assert_good(bench_mode(0x00, BENCH_MULTI));
}

static bool
is_dash(int i)
{
	return media[i].type == VD_DVD_R || media[i].type == VD_DVD_RW;
}

START_TEST(write_6_44_sequential_records_what_is_read_at_its_address)
{
	begin(_i);
	bench_fill(0, 1000, 3);
	ck_assert(bench_holds(0, 320, 3));
	assert_good(bench_sync());
	assert_good(bench_close(1, 1));
	assert_good(bench_close(2, 0));
	ck_assert(bench_holds(680, 320, 3));
}
END_TEST

START_TEST(write_6_44_sequential_only_at_the_next_writable_address)
{
	begin(_i);
	assert_sense(bench_write(media[_i].unit, 1, 3), VD_BAD_ADDRESS);
	assert_good(bench_write(0, media[_i].unit, 3));
	assert_sense(bench_write(0, 1, 4), VD_BAD_ADDRESS);
	assert_sense(bench_write(2 * media[_i].unit, 1, 4), VD_BAD_ADDRESS);
	assert_sense(bench_write(64001, 1, 4), VD_OUT_OF_RANGE);
	ck_assert(bench_holds(0, media[_i].unit, 3));
}
END_TEST

START_TEST(synchronize_cache_6_41_pads_to_the_write_unit_with_zeros)
{
	int32_t unit = media[_i].unit;

	begin(_i);
	assert_good(bench_write(0, 5, 3));
	assert_good(bench_sync());
	ck_assert_int_eq(bench_track(1).next, unit);
	ck_assert_int_eq(bench_track(1).last, unit - 1);
	ck_assert(bench_holds(0, 5, 3));
	ck_assert(bench_is_zero(5, (uint32_t)unit - 5));
	assert_sense(bench_write(5, 1, 3), VD_BAD_ADDRESS);
	assert_good(bench_write(unit, 1, 3));
}
END_TEST

START_TEST(writing_continues_inside_a_write_unit_or_after_it)
{
	int32_t unit = media[_i].unit;

	begin(_i);
	assert_good(bench_write(0, 5, 3));
	ck_assert_int_eq(bench_track(1).next, unit);
	assert_good(bench_write(5, 2, 3));
	assert_good(bench_write(unit, 1, 3));
	ck_assert(bench_holds(0, 7, 3));
	ck_assert(bench_is_zero(7, (uint32_t)unit - 7));
	ck_assert(bench_holds(unit, 1, 3));
}
END_TEST

START_TEST(close_6_3_of_the_track_pads_and_a_second_one_follows_at_once)
{
	int32_t unit = media[_i].unit;

	begin(_i);
	assert_good(bench_write(0, unit + 1, 3));
	assert_good(bench_close(1, 1));
	ck_assert_int_eq(bench_track(1).size, 2 * unit);
	ck_assert_int_eq(bench_track(1).valid, 2);
	ck_assert_int_eq(bench_track(2).next, 2 * unit);
	ck_assert_int_eq(bench_track(2).session, 1);
	assert_good(bench_write(2 * unit, 1, 3));
	assert_good(bench_close(2, 0));
	ck_assert_int_eq(vd_drive_disc(bench.drive)->sessions, 1);
	ck_assert_int_eq(bench_track(3).next, 3 * unit + media[_i].gap);
}
END_TEST

START_TEST(close_6_3_of_a_session_that_is_not_the_last_keeps_the_disc_open)
{
	begin(_i);
	bench_session(0, 64, 1);
	ck_assert(!vd_drive_disc(bench.drive)->finalised);
	assert_good(bench_write(64 + media[_i].gap, 1, 2));
}
END_TEST

START_TEST(close_6_3_finalises_by_the_function_of_the_medium)
{
	begin(_i);
	assert_good(bench_mode(0x00, BENCH_SINGLE));
	assert_good(bench_write(0, 64, 1));
	assert_good(bench_close(media[_i].final, 0));
	ck_assert(vd_drive_disc(bench.drive)->finalised);
	assert_sense(bench_write(64 + media[_i].gap, 1, 2), VD_WRITE_PROTECTED);
	assert_good(bench_close(1, 1));
	assert_good(bench_close(2, 0));
	assert_sense(bench_close(6, 0), VD_WRITE_PROTECTED);
	ck_assert(bench_holds(0, 64, 1));
}
END_TEST

START_TEST(close_6_3_function_2_never_finalises_plus_r_and_bd_r)
{
	begin(_i);
	assert_good(bench_mode(0x00, BENCH_SINGLE));
	assert_good(bench_write(0, 64, 1));
	assert_good(bench_close(2, 0));
	ck_assert_int_eq(vd_drive_disc(bench.drive)->finalised, is_dash(_i));
}
END_TEST

START_TEST(close_6_3_refuses_functions_that_the_medium_has_not)
{
	begin(_i);
	assert_good(bench_write(0, 64, 1));
	assert_sense(bench_close(0, 0), VD_BAD_FIELD);
	assert_sense(bench_close(7, 0), VD_BAD_FIELD);
	assert_sense(bench_close(1, 2), VD_BAD_FIELD);
	assert_sense(bench_close(5, 0), is_dash(_i) ? VD_BAD_FIELD : VD_GOOD);
}
END_TEST

START_TEST(the_disc_is_written_to_its_last_block_and_no_further)
{
	bench_insert(media[_i].type, 640);
	assert_good(bench_mode(0x00, BENCH_MULTI));
	bench_fill(0, 630, 1);
	assert_sense(bench_write(630, 11, 1), VD_END_OF_AREA);
	assert_good(bench_write(630, 10, 1));
	assert_sense(bench_write(640, 1, 1), VD_END_OF_AREA);
	assert_good(bench_close(2, 0));
	ck_assert(bench_holds(320, 320, 1));
	ck_assert_int_eq(bench_track(2).free, 0);
	ck_assert_uint_eq(bench_track(2).valid, 0);
	assert_sense(bench_write(640, 1, 1), VD_END_OF_AREA);
}
END_TEST

START_TEST(reserve_track_6_31_takes_whole_units_and_limits_the_track)
{
	int32_t end = 2 * media[_i].unit;
	struct bench_track t;

	begin(_i);
	assert_good(bench_run(media[_i].unit == 16
				      ? "53 00 00 00 00 00 00 00 11 00"
				      : "53 00 00 00 00 00 00 00 21 00"));
	t = bench_track(1);
	ck_assert_int_eq(t.size, end);
	ck_assert_int_eq(t.free, end);
	ck_assert_uint_eq(t.flags, 0x81);
	ck_assert_uint_eq(t.valid, 1);
	ck_assert_int_eq(bench_track(2).start, end);
	if (is_dash(_i))
		assert_good(bench_mode(0x02, BENCH_MULTI));
	assert_sense(bench_write(0, end + 1, 1), VD_END_OF_AREA);
	assert_good(bench_write(0, end, 1));
	assert_sense(bench_write(end, 1, 1), VD_END_OF_AREA);
	ck_assert(bench_holds(0, end, 1));
}
END_TEST

START_TEST(reserve_track_6_31_refuses_nothing_too_much_and_a_second_one)
{
	begin(_i);
	assert_sense(bench_run("53 00 00 00 00 00 00 00 00 00"), VD_BAD_FIELD);
	assert_sense(bench_run("53 00 00 00 00 00 00 fa 01 00"), VD_BAD_FIELD);
	assert_good(bench_run("53 00 00 00 00 00 00 fa 00 00"));
	assert_sense(bench_run("53 00 00 00 00 00 00 00 20 00"),
		     VD_BAD_SEQUENCE);
}
END_TEST

START_TEST(close_6_3_a_reserved_track_is_padded_and_a_session_wants_it_full)
{
	begin(_i);
	assert_good(bench_run("53 00 00 00 00 00 00 00 40 00"));
	assert_sense(bench_close(2, 0), VD_INCOMPLETE_TRACK);
	assert_good(bench_close(1, 1));
	assert_good(bench_close(2, 0));
	ck_assert_int_eq(bench_track(1).size, 64);
	ck_assert_uint_eq(bench_track(1).flags, 0x01);
	ck_assert(bench_is_zero(0, 64));
}
END_TEST

START_TEST(disc_at_once_of_dvd_r_and_rw_ends_with_the_session)
{
	begin(_i);
	assert_good(bench_mode(0x02, BENCH_SINGLE));
	assert_sense(bench_write(0, 16, 1), VD_BAD_SEQUENCE);
	assert_good(bench_run("53 00 00 00 00 00 00 00 40 00"));
	bench_fill(0, 64, 1);
	assert_good(bench_sync());
	ck_assert(vd_drive_disc(bench.drive)->finalised);
	ck_assert(bench_holds(0, 64, 1));
}
END_TEST

START_TEST(write_7_5_4_track_at_once_is_no_mode_of_dvd_r)
{
	begin(_i);
	assert_good(bench_mode(0x01, BENCH_MULTI));
	assert_sense(bench_write(0, 16, 1),
		     is_dash(_i) ? VD_ILLEGAL_MODE : VD_GOOD);
}
END_TEST

START_TEST(a_test_write_7_5_4_of_a_dvd_leaves_it_as_it_was)
{
	begin(_i);
	assert_good(bench_mode(0x10, BENCH_MULTI));
	assert_good(bench_write(0, 64, 1));
	ck_assert_int_eq(bench_track(1).next, 64);
	assert_good(bench_sync());
	ck_assert_int_eq(vd_drive_disc(bench.drive)->track_count, 0);
	assert_good(bench_close(2, 0));
	assert_good(bench_mode(0x00, BENCH_MULTI));
	bench_session(0, 64, 2);
	ck_assert(bench_holds(0, 64, 2));
}
END_TEST

START_TEST(a_dvd_rw_blanked_fast_6_2_takes_one_disc_at_once_alone)
{
	bench_insert(VD_DVD_RW, 64000);
	assert_good(bench_run("a1 01 00 00 00 00 00 00 00 00 00 00"));
	assert_good(bench_mode(0x00, BENCH_MULTI));
	assert_sense(bench_write(0, 16, 1), VD_ILLEGAL_MODE);
	assert_good(bench_mode(0x02, BENCH_MULTI));
	assert_good(bench_run("53 00 00 00 00 00 00 00 40 00"));
	bench_fill(0, 64, 1);
	assert_good(bench_sync());
	ck_assert(vd_drive_disc(bench.drive)->finalised);
	ck_assert(bench_holds(0, 64, 1));
	assert_sense(bench_write(16448, 1, 1), VD_WRITE_PROTECTED);
}
END_TEST

START_TEST(a_dvd_plus_r_has_153_tracks_at_most)
{
	bench_insert(VD_DVD_PLUS_R, 64000);
	for (int32_t i = 0; i < 153; i++) {
		assert_good(bench_write(16 * i, 16, (uint8_t)i));
		assert_good(bench_close(1, (uint16_t)(i + 1)));
	}
	assert_sense(bench_write(16 * 153, 16, 0), VD_NO_TRACK_LEFT);
	ck_assert(bench_holds(16 * 152, 16, 152));
}
END_TEST

START_TEST(read_cd_6_20_is_for_cd_alone)
{
	begin(_i);
	bench_session(0, 64, 1);
	assert_sense(bench_run("be 00 00 00 00 00 00 00 01 10 00 00"),
		     VD_CANNOT_READ);
	assert_sense(bench_run("b9 00 00 00 02 00 00 02 01 10 00 00"),
		     VD_CANNOT_READ);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("write_dvd");
	TCase *tc = bench_case("write_dvd");

	bench_loop(write_6_44_sequential_records_what_is_read_at_its_address,
		   media);
	bench_loop(write_6_44_sequential_only_at_the_next_writable_address,
		   media);
	bench_loop(synchronize_cache_6_41_pads_to_the_write_unit_with_zeros,
		   media);
	bench_loop(writing_continues_inside_a_write_unit_or_after_it, media);
	bench_loop(close_6_3_of_the_track_pads_and_a_second_one_follows_at_once,
		   media);
	bench_loop(
		close_6_3_of_a_session_that_is_not_the_last_keeps_the_disc_open,
		media);
	bench_loop(close_6_3_finalises_by_the_function_of_the_medium, media);
	bench_loop(close_6_3_function_2_never_finalises_plus_r_and_bd_r, media);
	bench_loop(close_6_3_refuses_functions_that_the_medium_has_not, media);
	bench_loop(the_disc_is_written_to_its_last_block_and_no_further, media);
	bench_loop(reserve_track_6_31_takes_whole_units_and_limits_the_track,
		   media);
	bench_loop(reserve_track_6_31_refuses_nothing_too_much_and_a_second_one,
		   media);
	bench_loop(
		close_6_3_a_reserved_track_is_padded_and_a_session_wants_it_full,
		media);
	tcase_add_loop_test(
		tc, disc_at_once_of_dvd_r_and_rw_ends_with_the_session, 0, 2);
	bench_loop(write_7_5_4_track_at_once_is_no_mode_of_dvd_r, media);
	bench_loop(a_test_write_7_5_4_of_a_dvd_leaves_it_as_it_was, media);
	bench_test(a_dvd_rw_blanked_fast_6_2_takes_one_disc_at_once_alone);
	bench_test(a_dvd_plus_r_has_153_tracks_at_most);
	bench_loop(read_cd_6_20_is_for_cd_alone, media);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
