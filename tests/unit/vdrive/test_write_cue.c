/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session at once on CD: SEND CUE SHEET and what is written by it. */
#include "bench_drive.h"

#include <string.h>

static const enum vd_type cds[] = { VD_CD_R, VD_CD_RW };

#define SEND "5d 00 00 00 00 00 00 00 "
#define LEAD_IN "41 00 00 14 00 00 00 00 "
/* One data track of 300 blocks with its pre-gap. */
#define ONE_TRACK                          \
	LEAD_IN "41 01 00 10 00 00 00 00 " \
		"41 01 01 10 00 00 02 00 41 aa 01 14 00 00 06 00"

static void
begin(enum vd_type type, uint8_t write_type, uint8_t track_mode)
{
	bench_insert(type, 60000);
	assert_good(bench_mode(write_type, track_mode));
}

static void
send_one_track(void)
{
	assert_good(bench_send_hex(SEND "20 00", ONE_TRACK));
	ck_assert_uint_eq(bench.got, 32);
}

START_TEST(send_cue_sheet_6_33_a_session_begins_with_its_pregap_at_150)
{
	struct bench_track t;

	begin(cds[_i], 0x02, BENCH_MULTI);
	ck_assert_int_eq(bench_track(1).next, -150);
	send_one_track();
	bench_fill(-150, 150, 0);
	bench_fill(0, 300, 4);
	assert_good(bench_sync());
	ck_assert_int_eq(vd_drive_disc(bench.drive)->sessions, 1);
	t = bench_track(1);
	ck_assert_int_eq(t.start, 0);
	ck_assert_int_eq(t.size, 300);
	ck_assert_int_eq(t.last, 299);
	ck_assert_int_eq(bench_track(2).next, 300 + 11400);
	ck_assert(bench_holds(0, 300, 4));
	assert_sense(bench_read(300, 1), VD_OUT_OF_RANGE);
}
END_TEST

START_TEST(send_cue_sheet_6_33_without_more_sessions_finalises)
{
	begin(cds[_i], 0x02, BENCH_SINGLE);
	send_one_track();
	bench_fill(-150, 450, 4);
	assert_good(bench_sync());
	ck_assert(vd_drive_disc(bench.drive)->finalised);
	ck_assert(bench_holds(0, 300, 4));
}
END_TEST

START_TEST(send_cue_sheet_6_33_of_the_second_session)
{
	begin(cds[_i], 0x01, BENCH_MULTI);
	bench_session(0, 300, 1);
	assert_good(bench_mode(0x02, BENCH_MULTI));
	ck_assert_int_eq(bench_track(2).next, 11702);
	assert_good(bench_send_hex(SEND "20 00",
				   LEAD_IN "41 02 00 10 00 02 24 02 "
					   "41 02 01 10 00 02 26 02 "
					   "41 aa 01 14 00 02 2a 02"));
	assert_sense(bench_write(11702, 1, 2), VD_BAD_ADDRESS);
	bench_fill(11552, 450, 2);
	assert_good(bench_sync());
	ck_assert_int_eq(vd_drive_disc(bench.drive)->sessions, 2);
	ck_assert_int_eq(bench_track(2).start, 11702);
	ck_assert(bench_holds(11702, 300, 2));
	ck_assert(bench_holds(0, 300, 1));
}
END_TEST

START_TEST(write_6_44_by_a_cue_sheet_goes_on_where_it_was_and_ends)
{
	begin(cds[_i], 0x02, BENCH_MULTI);
	send_one_track();
	assert_sense(bench_write(0, 1, 4), VD_BAD_ADDRESS);
	bench_fill(-150, 150, 0);
	assert_sense(bench_write(1, 1, 4), VD_BAD_ADDRESS);
	ck_assert_int_eq(bench_track(1).next, 0);
	bench_fill(0, 300, 4);
	assert_sense(bench_write(300, 1, 4), VD_END_OF_AREA);
}
END_TEST

START_TEST(a_session_that_is_not_written_wholly_is_not_closed)
{
	begin(cds[_i], 0x02, BENCH_MULTI);
	send_one_track();
	bench_fill(-150, 250, 4);
	assert_good(bench_sync());
	ck_assert_int_eq(vd_drive_disc(bench.drive)->sessions, 0);
	assert_sense(bench_close(2, 0), VD_INCOMPLETE_TRACK);
	bench_fill(100, 200, 4);
	assert_good(bench_sync());
	ck_assert_int_eq(vd_drive_disc(bench.drive)->sessions, 1);
}
END_TEST

START_TEST(a_test_write_7_5_4_of_a_session_leaves_the_disc_blank)
{
	begin(cds[_i], 0x12, BENCH_MULTI);
	send_one_track();
	bench_fill(-150, 450, 4);
	assert_good(bench_sync());
	ck_assert_int_eq(vd_drive_disc(bench.drive)->track_count, 0);
	assert_sense(bench_read(0, 1), VD_OUT_OF_RANGE);
	assert_good(bench_mode(0x01, BENCH_MULTI));
	bench_session(0, 300, 5);
	ck_assert(bench_holds(0, 300, 5));
}
END_TEST

/* Two audio tracks; the second has a pre-gap of its own of two seconds. */
START_TEST(send_cue_sheet_6_33_of_two_audio_tracks)
{
	begin(cds[_i], 0x02, 0x00);
	assert_good(bench_send_hex(SEND "30 00",
				   "01 00 00 01 00 00 00 00 "
				   "01 01 00 00 00 00 00 00 "
				   "01 01 01 00 00 00 02 00 "
				   "01 02 00 00 00 00 06 00 "
				   "01 02 01 00 00 00 08 00 "
				   "01 aa 01 01 00 00 0c 00"));
	for (int32_t lba = -150; lba < 750; lba += 300)
		assert_good(bench_write_audio(lba, 300, 6));
	assert_good(bench_sync());
	ck_assert(vd_drive_disc(bench.drive)->finalised);
	ck_assert_int_eq(bench_track(1).size, 300);
	ck_assert_int_eq(bench_track(2).start, 450);
	ck_assert_int_eq(bench_track(2).size, 300);
	assert_good(bench_run("be 04 00 00 01 c2 00 00 01 10 00 00"));
	bench_bytes(0, "00 00 01 c2 06 06");
	assert_good(bench_run("43 00 00 00 00 00 00 04 00 00"));
	bench_bytes(0,
		    "00 1a 01 02 00 10 01 00 00 00 00 00 "
		    "00 10 02 00 00 00 01 c2 00 10 aa 00 00 00 02 ee");
}
END_TEST

START_TEST(send_cue_sheet_6_33_data_form_11_is_sent_with_its_header)
{
	uint8_t raw[VD_AUDIO_BLOCK];

	begin(cds[_i], 0x02, BENCH_MULTI);
	assert_good(bench_send_hex(SEND "20 00",
				   LEAD_IN "41 01 00 11 00 00 00 00 "
					   "41 01 01 11 00 00 02 00 "
					   "41 aa 01 14 00 00 06 00"));
	assert_good(bench_write_audio(-150, 150, 0));
	memset(raw, 0xdd, sizeof raw);
	memset(raw + 16, 0x66, VD_BLOCK);
	assert_good(
		bench_send("2a 00 00 00 00 00 00 00 01 00", raw, sizeof raw));
	assert_good(bench_read(0, 1));
	for (int i = 0; i < VD_BLOCK; i++)
		ck_assert_uint_eq(bench.data[i], 0x66);
}
END_TEST

START_TEST(send_cue_sheet_6_33_data_form_14_is_made_by_the_drive)
{
	begin(cds[_i], 0x02, BENCH_MULTI);
	assert_good(bench_send_hex(SEND "20 00",
				   LEAD_IN "41 01 00 14 00 00 00 00 "
					   "41 01 01 10 00 00 02 00 "
					   "41 aa 01 14 00 00 06 00"));
	assert_sense(bench_write(-150, 1, 4), VD_BAD_ADDRESS);
	bench_fill(0, 300, 4);
	assert_good(bench_sync());
	ck_assert_int_eq(vd_drive_disc(bench.drive)->sessions, 1);
	ck_assert_int_eq(bench_track(1).size, 300);
	ck_assert(bench_holds(0, 300, 4));
}
END_TEST

START_TEST(read_track_information_6_27_counts_in_the_pregap_too)
{
	begin(cds[_i], 0x02, BENCH_MULTI);
	send_one_track();
	bench_fill(-150, 50, 0);
	ck_assert_int_eq(bench_track(1).next, -100);
	ck_assert_int_eq(bench_track(1).start, 0);
	ck_assert_uint_eq(bench_track(1).valid, 1);
	assert_sense(bench_close(1, 1), VD_INCOMPLETE_TRACK);
	bench_fill(-100, 400, 4);
	assert_good(bench_sync());
	ck_assert(bench_holds(0, 300, 4));
}
END_TEST

static const struct {
	const char *cdb, *sheet;
	uint32_t sense;
} bad[] = {
	{ SEND "00 00", "", VD_BAD_FIELD },
	{ SEND "1f 00", ONE_TRACK, VD_BAD_FIELD },
	{ SEND "28 00", ONE_TRACK, VD_BAD_FIELD }, /* less than it says */
	{ SEND "18 00",
	  LEAD_IN "41 01 00 10 00 00 00 00 " /* no lead-out */
		  "41 01 01 10 00 00 02 00",
	  VD_BAD_PARAMETER },
	{ SEND "10 00", LEAD_IN "41 aa 01 14 00 00 06 00", VD_BAD_PARAMETER },
	{ SEND "20 00",
	  LEAD_IN "41 01 00 10 00 00 01 00 " /* elsewhere */
		  "41 01 01 10 00 00 02 00 41 aa 01 14 00 00 06 00",
	  VD_BAD_PARAMETER },
	{ SEND "20 00",
	  LEAD_IN "41 01 00 10 00 00 00 00 " /* backwards */
		  "41 01 01 10 00 00 02 00 41 aa 01 14 00 00 01 00",
	  VD_BAD_PARAMETER },
	{ SEND "20 00",
	  LEAD_IN "41 01 00 3f 00 00 00 00 " /* no such form */
		  "41 01 01 3f 00 00 02 00 41 aa 01 14 00 00 06 00",
	  VD_BAD_PARAMETER },
	{ SEND "20 00",
	  LEAD_IN "41 01 00 10 00 00 00 00 " /* too long */
		  "41 01 01 10 00 00 02 00 41 aa 01 14 00 0d 16 01",
	  VD_BAD_PARAMETER },
};

START_TEST(send_cue_sheet_6_33_refuses_sheets_that_cannot_be_written)
{
	begin(VD_CD_RW, 0x02, BENCH_MULTI);
	assert_sense(bench_send_hex(bad[_i].cdb, bad[_i].sheet), bad[_i].sense);
	assert_sense(bench_write(-150, 1, 0), VD_BAD_SEQUENCE);
	send_one_track();
}
END_TEST

START_TEST(send_cue_sheet_6_33_needs_session_at_once_and_no_open_track)
{
	begin(VD_CD_RW, 0x01, BENCH_MULTI);
	assert_sense(bench_send_hex(SEND "20 00", ONE_TRACK), VD_BAD_SEQUENCE);
	assert_good(bench_write(0, 300, 1));
	assert_good(bench_mode(0x02, BENCH_MULTI));
	assert_sense(bench_send_hex(SEND "20 00", ONE_TRACK),
		     VD_WRITE_PROTECTED);
}
END_TEST

static const enum vd_type others[] = { VD_DVD_R,      VD_DVD_RW,
				       VD_DVD_PLUS_R, VD_DVD_PLUS_RW,
				       VD_DVD_RAM,    VD_BD_R,
				       VD_BD_RE };

START_TEST(send_cue_sheet_6_33_is_for_cd_alone)
{
	begin(others[_i], 0x02, BENCH_MULTI);
	assert_sense(bench_send_hex(SEND "20 00", ONE_TRACK), VD_CANNOT_WRITE);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("write_cue");
	TCase *tc = bench_case("write_cue");

	bench_loop(send_cue_sheet_6_33_a_session_begins_with_its_pregap_at_150,
		   cds);
	bench_loop(send_cue_sheet_6_33_without_more_sessions_finalises, cds);
	bench_loop(send_cue_sheet_6_33_of_the_second_session, cds);
	bench_loop(write_6_44_by_a_cue_sheet_goes_on_where_it_was_and_ends,
		   cds);
	bench_loop(a_session_that_is_not_written_wholly_is_not_closed, cds);
	bench_loop(a_test_write_7_5_4_of_a_session_leaves_the_disc_blank, cds);
	bench_loop(send_cue_sheet_6_33_of_two_audio_tracks, cds);
	bench_loop(send_cue_sheet_6_33_data_form_11_is_sent_with_its_header,
		   cds);
	bench_loop(send_cue_sheet_6_33_data_form_14_is_made_by_the_drive, cds);
	bench_loop(read_track_information_6_27_counts_in_the_pregap_too, cds);
	bench_loop(send_cue_sheet_6_33_refuses_sheets_that_cannot_be_written,
		   bad);
	bench_test(send_cue_sheet_6_33_needs_session_at_once_and_no_open_track);
	bench_loop(send_cue_sheet_6_33_is_for_cd_alone, others);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
