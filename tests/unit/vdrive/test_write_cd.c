/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Track at once on CD-R and CD-RW: WRITE, SYNCHRONIZE CACHE, CLOSE. */
#include "bench_drive.h"

#include <string.h>

static const enum vd_type cds[] = { VD_CD_R, VD_CD_RW };

static void
begin(int i)
{
	bench_insert(cds[i], 60000);
	assert_good(bench_mode(0x01, BENCH_MULTI));
}

START_TEST(write_6_44_tao_records_what_is_read_at_its_address)
{
	begin(_i);
	bench_fill(0, 1000, 7);
	ck_assert(bench_holds(0, 300, 7));
	ck_assert(bench_holds(700, 300, 7));
	assert_good(bench_sync());
	assert_good(bench_close(2, 0));
	ck_assert(bench_holds(0, 300, 7));
	ck_assert(!bench_holds(0, 300, 8));
}
END_TEST

START_TEST(write_6_44_tao_only_at_the_next_writable_address)
{
	begin(_i);
	assert_sense(bench_write(1, 1, 7), VD_BAD_ADDRESS);
	assert_sense(bench_write(-150, 1, 7), VD_BAD_ADDRESS);
	assert_sense(bench_write(60001, 1, 7), VD_OUT_OF_RANGE);
	ck_assert_int_eq(vd_drive_disc(bench.drive)->track_count, 0);
	assert_good(bench_write(0, 10, 7));
	assert_sense(bench_write(0, 10, 8), VD_BAD_ADDRESS);
	assert_sense(bench_write(11, 1, 8), VD_BAD_ADDRESS);
	assert_good(bench_write(10, 1, 7));
	ck_assert(bench_holds(0, 11, 7));
}
END_TEST

START_TEST(write_12_6_45_writes_as_write_10_does)
{
	uint8_t data[2 * VD_BLOCK];

	begin(_i);
	memset(data, 0x5a, sizeof data);
	assert_good(bench_send("aa 00 00 00 00 00 00 00 00 02 00 00", data,
			       sizeof data));
	ck_assert_uint_eq(bench.got, sizeof data);
	assert_good(bench_run("a8 00 00 00 00 00 00 00 00 02 00 00"));
	ck_assert_uint_eq(bench.got, sizeof data);
	ck_assert_mem_eq(bench.data, data, sizeof data);
}
END_TEST

START_TEST(write_6_44_of_no_blocks_and_of_too_few_bytes)
{
	begin(_i);
	assert_good(bench_send("2a 00 00 00 00 00 00 00 00 00", "", 0));
	ck_assert_int_eq(vd_drive_disc(bench.drive)->track_count, 0);
	assert_sense(bench_send("2a 00 00 00 00 00 00 00 02 00", bench.data,
				2 * VD_BLOCK - 1),
		     VD_BAD_FIELD);
	assert_sense(bench_run("2a 00 00 00 00 00 00 00 02 00"), VD_BAD_FIELD);
}
END_TEST

START_TEST(read_6_15_of_the_two_run_out_blocks_is_illegal_mode)
{
	begin(_i);
	bench_session(0, 400, 1);
	assert_good(bench_run("25 00 00 00 00 00 00 00 00 00"));
	ck_assert_uint_eq(vd_get32(bench.data), 401);
	assert_good(bench_read(399, 1));
	assert_sense(bench_read(400, 1), VD_ILLEGAL_MODE);
	assert_sense(bench_read(401, 1), VD_ILLEGAL_MODE);
	assert_sense(bench_read(402, 1), VD_OUT_OF_RANGE);
	assert_sense(bench_read(-1, 1), VD_OUT_OF_RANGE);
}
END_TEST

START_TEST(read_6_15_gives_the_blocks_before_the_bad_one_and_names_it)
{
	begin(_i);
	bench_session(0, 400, 1);
	assert_sense(bench_read(396, 6), VD_ILLEGAL_MODE);
	ck_assert_uint_eq(bench.got, 4 * VD_BLOCK);
	ck_assert_uint_eq(bench.answer.sense[0], 0xf0);
	ck_assert_uint_eq(vd_get32(bench.answer.sense + 3), 400);
}
END_TEST

START_TEST(read_6_15_of_a_blank_disc_and_of_a_gap_fails)
{
	begin(_i);
	assert_sense(bench_read(0, 1), VD_OUT_OF_RANGE);
	bench_session(0, 300, 1);
	bench_session(11702, 300, 2);
	assert_sense(bench_read(302, 1), VD_ILLEGAL_MODE);
	assert_sense(bench_read(11701, 1), VD_ILLEGAL_MODE);
	ck_assert(bench_holds(11702, 300, 2));
}
END_TEST

START_TEST(a_track_4_2_3_5_2_has_300_blocks_at_least)
{
	begin(_i);
	assert_good(bench_write(0, 10, 1));
	assert_good(bench_sync());
	ck_assert_int_eq(bench_track(1).size, 302);
	ck_assert(bench_holds(0, 10, 1));
	ck_assert(bench_is_zero(10, 290));
	assert_sense(bench_read(300, 1), VD_ILLEGAL_MODE);
}
END_TEST

START_TEST(a_second_track_of_a_session_begins_150_blocks_later)
{
	begin(_i);
	bench_fill(0, 300, 1);
	assert_good(bench_sync());
	ck_assert_int_eq(bench_track(2).next, 302 + 150);
	ck_assert_int_eq(bench_track(2).session, 1);
	bench_fill(452, 300, 2);
	assert_good(bench_sync());
	assert_good(bench_close(2, 0));
	ck_assert_int_eq(vd_drive_disc(bench.drive)->sessions, 1);
	ck_assert_int_eq(bench_track(3).next, 754 + 11400);
}
END_TEST

START_TEST(a_session_that_ends_at_12073_gives_23473)
{
	begin(_i);
	bench_session(0, 12071, 1);
	ck_assert_int_eq(bench_track(2).next, 23473);
	bench_session(23473, 300, 2);
	ck_assert_int_eq(bench_track(3).next, 23473 + 302 + 6900);
}
END_TEST

START_TEST(close_6_3_of_track_then_session_as_synchronize_does)
{
	begin(_i);
	bench_fill(0, 300, 1);
	assert_good(bench_close(1, 1));
	ck_assert_int_eq(bench_track(1).size, 302);
	ck_assert_int_eq(vd_drive_disc(bench.drive)->sessions, 0);
	assert_good(bench_close(2, 0));
	ck_assert_int_eq(vd_drive_disc(bench.drive)->sessions, 1);
	assert_good(bench_close(2, 0));
	ck_assert_int_eq(vd_drive_disc(bench.drive)->sessions, 1);
}
END_TEST

START_TEST(close_6_3_refuses_functions_and_tracks_that_are_not)
{
	begin(_i);
	bench_fill(0, 300, 1);
	assert_sense(bench_close(0, 0), VD_BAD_FIELD);
	assert_sense(bench_close(5, 0), VD_BAD_FIELD);
	assert_sense(bench_close(6, 0), VD_BAD_FIELD);
	assert_sense(bench_close(1, 0), VD_BAD_FIELD);
	assert_sense(bench_close(1, 2), VD_BAD_FIELD);
}
END_TEST

START_TEST(a_finalised_disc_is_write_protected)
{
	begin(_i);
	bench_last_session(0, 300, 1);
	ck_assert(vd_drive_disc(bench.drive)->finalised);
	assert_sense(bench_write(11702, 1, 2), VD_WRITE_PROTECTED);
	assert_sense(bench_send_hex("5d 00 00 00 00 00 00 00 08 00",
				    "01 00 00 00 00 00 00 00"),
		     VD_WRITE_PROTECTED);
	assert_sense(bench_run("53 00 00 00 00 00 00 01 00 00"),
		     VD_WRITE_PROTECTED);
	assert_good(bench_close(2, 0));
	ck_assert(bench_holds(0, 300, 1));
	assert_sense(bench_run("54 01 00 00 00 00 00 00 00 00"),
		     cds[_i] == VD_CD_R ? VD_WRITE_PROTECTED : VD_GOOD);
}
END_TEST

START_TEST(the_disc_ends_two_blocks_before_its_capacity)
{
	bench_insert(cds[_i], 1000);
	assert_good(bench_mode(0x01, BENCH_MULTI));
	bench_fill(0, 990, 1);
	assert_sense(bench_write(990, 9, 1), VD_END_OF_AREA);
	assert_good(bench_write(990, 8, 1));
	assert_sense(bench_write(998, 1, 1), VD_END_OF_AREA);
	assert_good(bench_sync());
	assert_good(bench_close(2, 0));
	ck_assert_int_eq(bench_track(2).valid & 1, 0);
	ck_assert_int_eq(bench_track(2).free, 0);
	ck_assert(bench_holds(990, 8, 1));
}
END_TEST

START_TEST(a_short_track_at_the_end_of_the_disc_ends_with_it)
{
	bench_insert(cds[_i], 500);
	assert_good(bench_mode(0x01, BENCH_MULTI));
	bench_fill(0, 300, 1);
	assert_good(bench_sync());
	assert_good(bench_write(452, 10, 2));
	assert_good(bench_sync());
	ck_assert_int_eq(bench_track(2).size, 48);
	assert_good(bench_close(2, 0));
	ck_assert(bench_holds(452, 10, 2));
}
END_TEST

START_TEST(a_disc_without_room_for_a_session_takes_none)
{
	struct bench_track t;

	bench_insert(cds[_i], 10000);
	bench_session(0, 300, 1);
	t = bench_track(2);
	ck_assert_uint_eq(t.valid, 0);
	ck_assert_int_eq(t.free, 0);
	assert_sense(bench_write(302, 1, 2), VD_END_OF_AREA);
}
END_TEST

START_TEST(write_7_5_4_needs_a_write_type_that_suits)
{
	begin(_i);
	assert_good(bench_mode(0x00, BENCH_MULTI)); /* packets */
	assert_sense(bench_write(0, 1, 1), VD_ILLEGAL_MODE);
	assert_good(bench_mode(0x02, BENCH_MULTI)); /* no cue sheet */
	assert_sense(bench_write(-150, 1, 1), VD_BAD_SEQUENCE);
	assert_good(bench_mode(0x01, BENCH_MULTI));
	assert_good(bench_write(0, 1, 1));
}
END_TEST

START_TEST(a_test_write_7_5_4_leaves_the_disc_as_it_was)
{
	begin(_i);
	bench_session(0, 300, 1);
	assert_good(bench_mode(0x11, BENCH_MULTI));
	bench_fill(11702, 400, 2);
	ck_assert_int_eq(bench_track(2).next, 12102);
	assert_good(bench_sync());
	assert_good(bench_close(1, 2));
	assert_good(bench_close(2, 0));
	ck_assert_int_eq(vd_drive_disc(bench.drive)->sessions, 1);
	ck_assert_int_eq(bench_track(2).next, 11702);
	ck_assert_int_eq(bench_track(2).flags, 0x41);
	bench_session(11702, 300, 3);
	ck_assert(bench_holds(11702, 300, 3));
	ck_assert(bench_holds(0, 300, 1));
}
END_TEST

START_TEST(an_audio_track_4_2_1_is_read_by_read_cd_6_20_alone)
{
	bench_insert(cds[_i], 60000);
	assert_good(bench_mode(0x01, 0xc0));
	assert_good(bench_write_audio(0, 300, 9));
	assert_good(bench_sync());
	ck_assert_uint_eq(bench_track(1).mode, 0);
	assert_good(bench_close(2, 0));
	assert_sense(bench_read(0, 1), VD_ILLEGAL_MODE);
	assert_good(bench_run("be 04 00 00 00 05 00 00 02 10 00 00"));
	ck_assert_uint_eq(bench.got, 2 * VD_AUDIO_BLOCK);
	bench_bytes(0, "00 00 00 05 09 09");
	bench_bytes(VD_AUDIO_BLOCK - 4, "ff ff ff fa 00 00 00 06 09");
	/* 00:02:05 to 00:02:07 are the same blocks. */
	assert_good(bench_run("b9 00 00 00 02 05 00 02 07 10 00 00"));
	ck_assert_uint_eq(bench.got, 2 * VD_AUDIO_BLOCK);
	bench_bytes(0, "00 00 00 05 09 09");
	assert_sense(bench_run("be 08 00 00 00 05 00 00 02 10 00 00"),
		     VD_ILLEGAL_MODE);
	assert_good(bench_run("43 00 00 00 00 00 00 04 00 00"));
	bench_bytes(4, "00 10 01 00");
}
END_TEST

START_TEST(a_first_write_6_44_that_is_refused_opens_no_track)
{
	bench_insert(cds[_i], 60000);
	assert_good(bench_mode(0x01, 0xc0));
	/* 2,048 bytes are too few for a block of audio. */
	assert_sense(bench_write(0, 16, 9), VD_BAD_FIELD);
	assert_good(bench_run("51 00 00 00 00 00 00 00 22 00"));
	ck_assert_uint_eq(bench.data[2] & 3, 0);
}
END_TEST

START_TEST(read_cd_6_20_gives_user_data_of_data_tracks)
{
	begin(_i);
	bench_session(0, 300, 1);
	assert_good(bench_run("be 00 00 00 00 07 00 00 02 10 00 00"));
	ck_assert_uint_eq(bench.got, 2 * VD_BLOCK);
	bench_bytes(0, "00 00 00 07 01 01");
	assert_good(bench_run("be 00 00 00 00 07 00 00 02 00 00 00"));
	ck_assert_uint_eq(bench.got, 0);
	assert_sense(bench_run("be 04 00 00 00 07 00 00 02 10 00 00"),
		     VD_ILLEGAL_MODE);
	assert_sense(bench_run("be 00 00 00 00 07 00 00 02 f8 00 00"),
		     VD_BAD_FIELD);
	assert_sense(bench_run("be 00 00 00 00 07 00 00 02 10 01 00"),
		     VD_BAD_FIELD);
	assert_sense(bench_run("be 18 00 00 00 07 00 00 02 10 00 00"),
		     VD_BAD_FIELD);
}
END_TEST

START_TEST(a_cd_has_99_tracks_at_most)
{
	int32_t lba = 0;

	begin(_i);
	for (int i = 1; i <= 99; i++) {
		assert_good(bench_write(lba, 1, (uint8_t)i));
		assert_good(bench_sync());
		lba += 302 + 150;
	}
	assert_sense(bench_write(lba, 1, 100), VD_NO_TRACK_LEFT);
	ck_assert_int_eq(vd_drive_disc(bench.drive)->track_count, 99);
	ck_assert(bench_holds(98 * 452, 1, 99));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("write_cd");
	TCase *tc = bench_case("write_cd");

	bench_loop(write_6_44_tao_records_what_is_read_at_its_address, cds);
	bench_loop(write_6_44_tao_only_at_the_next_writable_address, cds);
	bench_loop(write_12_6_45_writes_as_write_10_does, cds);
	bench_loop(write_6_44_of_no_blocks_and_of_too_few_bytes, cds);
	bench_loop(read_6_15_of_the_two_run_out_blocks_is_illegal_mode, cds);
	bench_loop(read_6_15_gives_the_blocks_before_the_bad_one_and_names_it,
		   cds);
	bench_loop(read_6_15_of_a_blank_disc_and_of_a_gap_fails, cds);
	bench_loop(a_track_4_2_3_5_2_has_300_blocks_at_least, cds);
	bench_loop(a_second_track_of_a_session_begins_150_blocks_later, cds);
	bench_loop(a_session_that_ends_at_12073_gives_23473, cds);
	bench_loop(close_6_3_of_track_then_session_as_synchronize_does, cds);
	bench_loop(close_6_3_refuses_functions_and_tracks_that_are_not, cds);
	bench_loop(a_finalised_disc_is_write_protected, cds);
	bench_loop(the_disc_ends_two_blocks_before_its_capacity, cds);
	bench_loop(a_short_track_at_the_end_of_the_disc_ends_with_it, cds);
	bench_loop(a_disc_without_room_for_a_session_takes_none, cds);
	bench_loop(write_7_5_4_needs_a_write_type_that_suits, cds);
	bench_loop(a_test_write_7_5_4_leaves_the_disc_as_it_was, cds);
	bench_loop(an_audio_track_4_2_1_is_read_by_read_cd_6_20_alone, cds);
	bench_loop(a_first_write_6_44_that_is_refused_opens_no_track, cds);
	bench_loop(read_cd_6_20_gives_user_data_of_data_tracks, cds);
	bench_loop(a_cd_has_99_tracks_at_most, cds);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
