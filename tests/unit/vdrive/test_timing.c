/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What takes time, on a clock that the test sets. */
#include "bench_drive.h"

#define READY "00 00 00 00 00 00"
#define SENSE "03 00 00 00 12 00"
#define MILLISECOND (BENCH_SECOND / 1000)

static void
begin_as(enum vd_type type, double speed, enum vd_personality personality)
{
	struct vd_drive_options options = { .speed = speed,
					    .personality = personality };

	bench.now = 1000 * BENCH_SECOND;
	bench_start(&options);
	bench_load(type, 60000, false);
}

static void
begin(enum vd_type type, double speed)
{
	begin_as(type, speed, VD_NEW);
}

static void
wait_for(uint64_t milliseconds)
{
	bench.now += milliseconds * MILLISECOND;
}

/* A command, how long it takes in milliseconds at real speed, and what others
 * hear meanwhile. */
static const struct {
	enum vd_type type;
	const char *immediate, *waiting, *list, *waiting_list;
	uint32_t sense;
	uint64_t time;
} long_ones[] = {
	/* 60,000 blocks at 750 a second. */
	{ VD_CD_RW, "a1 10 00 00 00 00 00 00 00 00 00 00",
	  "a1 00 00 00 00 00 00 00 00 00 00 00", NULL, NULL, VD_IN_PROGRESS,
	  80000 },
	{ VD_CD_RW, "a1 11 00 00 00 00 00 00 00 00 00 00",
	  "a1 01 00 00 00 00 00 00 00 00 00 00", NULL, NULL, VD_IN_PROGRESS,
	  45000 },
	{ VD_DVD_RW, "a1 11 00 00 00 00 00 00 00 00 00 00",
	  "a1 01 00 00 00 00 00 00 00 00 00 00", NULL, NULL, VD_IN_PROGRESS,
	  60000 },
	{ VD_BD_RE, "04 11 00 00 00 00", "04 11 00 00 00 00",
	  "00 02 00 08 00 00 ea 60 c4 00 08 00",
	  "00 00 00 08 00 00 ea 60 c4 00 08 00", VD_FORMATTING, 40000 },
	{ VD_DVD_RW, "04 11 00 00 00 00", "04 11 00 00 00 00",
	  "00 02 00 08 00 00 ea 60 54 00 00 10",
	  "00 00 00 08 00 00 ea 60 54 00 00 10", VD_FORMATTING, 60000 },
	{ VD_CD_R, "5b 01 02 00 00 00 00 00 00 00",
	  "5b 00 02 00 00 00 00 00 00 00", NULL, NULL, VD_IN_PROGRESS, 28000 },
	{ VD_DVD_PLUS_R, "5b 01 02 00 00 00 00 00 00 00",
	  "5b 00 02 00 00 00 00 00 00 00", NULL, NULL, VD_IN_PROGRESS, 30000 },
	{ VD_BD_R, "5b 01 02 00 00 00 00 00 00 00",
	  "5b 00 02 00 00 00 00 00 00 00", NULL, NULL, VD_IN_PROGRESS, 10000 },
};

static void
run(const char *cdb, const char *list)
{
	if (list)
		assert_good(bench_send_hex(cdb, list));
	else
		assert_good(bench_run(cdb));
}

START_TEST(an_immediate_command_continues_after_its_answer)
{
	begin(long_ones[_i].type, 1);
	run(long_ones[_i].immediate, long_ones[_i].list);
	ck_assert_uint_eq(bench.answer.delay, 0);
	assert_sense(bench_run(READY), long_ones[_i].sense);
	assert_sense(bench_write(0, 1, 1), long_ones[_i].sense);
	assert_good(bench_run("12 00 00 00 60 00"));
	wait_for(long_ones[_i].time - 1);
	assert_sense(bench_run(READY), long_ones[_i].sense);
	wait_for(1);
	assert_good(bench_run(READY));
}
END_TEST

START_TEST(progress_is_told_in_sense_bytes_15_to_17_spc3_4_5_3)
{
	static const unsigned int quarters[] = { 0, 16383, 32767, 49151 };

	begin(long_ones[_i].type, 1);
	run(long_ones[_i].immediate, long_ones[_i].list);
	for (int i = 0; i < 4; i++) {
		assert_sense(bench_run(READY), long_ones[_i].sense);
		ck_assert_uint_eq(bench.answer.sense[15], 0x80);
		ck_assert_uint_eq(vd_get16(bench.answer.sense + 16),
				  quarters[i]);
		assert_good(bench_run(SENSE));
		ck_assert_uint_eq(bench.got, 18);
		bench_bytes(0, "70 00");
		ck_assert_uint_eq((uint32_t)bench.data[2] << 16
					  | vd_get16(bench.data + 12),
				  long_ones[_i].sense);
		ck_assert_uint_eq(bench.data[15], 0x80);
		ck_assert_uint_eq(vd_get16(bench.data + 16), quarters[i]);
		wait_for(long_ones[_i].time / 4);
	}
	assert_good(bench_run(SENSE));
	bench_bytes(2, "00");
	bench_bytes(12, "00 00 00 00 00 00");
}
END_TEST

START_TEST(a_command_that_is_not_immediate_keeps_the_host_waiting)
{
	begin(long_ones[_i].type, 1);
	run(long_ones[_i].waiting, long_ones[_i].waiting_list);
	ck_assert_uint_eq(bench.answer.delay, long_ones[_i].time * MILLISECOND);
	assert_sense(bench_run(READY), long_ones[_i].sense);
	wait_for(long_ones[_i].time);
	assert_good(bench_run(READY));
}
END_TEST

START_TEST(ten_times_faster_takes_a_tenth)
{
	begin(long_ones[_i].type, 10);
	run(long_ones[_i].waiting, long_ones[_i].waiting_list);
	ck_assert_uint_eq(bench.answer.delay,
			  long_ones[_i].time * MILLISECOND / 10);
}
END_TEST

START_TEST(an_instant_drive_never_is_busy)
{
	begin(long_ones[_i].type, 0);
	run(long_ones[_i].immediate, long_ones[_i].list);
	assert_good(bench_run(READY));
	run(long_ones[_i].waiting, long_ones[_i].waiting_list);
	ck_assert_uint_eq(bench.answer.delay, 0);
}
END_TEST

START_TEST(a_bridge_drops_the_progress)
{
	begin_as(VD_CD_RW, 1, VD_USB_BRIDGE);
	assert_good(bench_run("a1 11 00 00 00 00 00 00 00 00 00 00"));
	wait_for(20000);
	assert_sense(bench_run(READY), VD_IN_PROGRESS);
	ck_assert_uint_eq(bench.answer.sense[15], 0);
	assert_good(bench_run(SENSE));
	bench_bytes(12, "04 07 00 00 00 00");
}
END_TEST

START_TEST(a_new_disc_is_becoming_ready_for_six_seconds)
{
	struct vd_drive_options options = { .speed = 1 };

	bench_start(&options);
	bench_load(VD_CD_RW, 60000, true);
	assert_sense(bench_run(READY), VD_MEDIUM_CHANGED);
	assert_sense(bench_run(READY), VD_BECOMING_READY);
	wait_for(3000);
	assert_sense(bench_run(READY), VD_BECOMING_READY);
	ck_assert_uint_eq(vd_get16(bench.answer.sense + 16), 32767);
	wait_for(3000);
	assert_good(bench_run(READY));
}
END_TEST

START_TEST(an_ejected_disc_is_loaded_in_six_seconds)
{
	begin(VD_CD_RW, 1);
	assert_good(bench_run("1b 00 00 00 02 00"));
	assert_sense(bench_run(READY), VD_TRAY_OPEN);
	assert_good(bench_run("1b 00 00 00 03 00"));
	assert_sense(bench_run(READY), VD_MEDIUM_CHANGED);
	assert_sense(bench_run(READY), VD_BECOMING_READY);
	wait_for(6000);
	assert_good(bench_run(READY));
}
END_TEST

/* Blocks that the buffer has room for, to the nearest one. */
static uint32_t
room(void)
{
	assert_good(bench_run("5c 00 00 00 00 00 00 00 0c 00"));
	return (vd_get32(bench.data + 8) + VD_BLOCK / 2) / VD_BLOCK;
}

START_TEST(a_full_buffer_is_long_write_in_progress)
{
	begin(VD_CD_RW, 1);
	assert_good(bench_mode(0x01, BENCH_MULTI));
	bench_fill(0, 960, 1);
	ck_assert_uint_eq(bench.answer.delay, 0);
	ck_assert_uint_eq(room(), 64);
	assert_sense(bench_write(960, 320, 1), VD_LONG_WRITE);
	wait_for(500); /* 375 blocks */
	ck_assert_uint_eq(room(), 64 + 375);
	assert_good(bench_write(960, 320, 1));
	ck_assert(bench_holds(960, 320, 1));
	wait_for(10000);
	ck_assert_uint_eq(room(), 1024);
}
END_TEST

START_TEST(synchronize_cache_6_41_waits_until_the_buffer_is_written)
{
	begin(VD_CD_RW, 1);
	assert_good(bench_mode(0x01, BENCH_MULTI));
	bench_fill(0, 750, 1);
	wait_for(400);
	assert_good(bench_run("35 02 00 00 00 00 00 00 00 00"));
	ck_assert_uint_eq(bench.answer.delay, 0);
	assert_sense(bench_run(READY), VD_LONG_WRITE);
	wait_for(599);
	assert_sense(bench_run(READY), VD_LONG_WRITE);
	wait_for(1);
	assert_good(bench_run(READY));
	bench_fill(902, 750, 1);
	assert_good(bench_sync());
	ck_assert_uint_ge(bench.answer.delay, 999 * MILLISECOND);
	ck_assert_uint_le(bench.answer.delay, 1001 * MILLISECOND);
}
END_TEST

START_TEST(reading_takes_time_and_seeking_more)
{
	begin(VD_CD_RW, 1);
	assert_good(bench_mode(0x01, BENCH_MULTI));
	bench_fill(0, 675, 1);
	wait_for(10000);
	assert_good(bench_read(0, 225)); /* three times as fast as writing */
	ck_assert_uint_eq(bench.answer.delay, 100 * MILLISECOND);
	assert_good(bench_read(225, 225));
	ck_assert_uint_eq(bench.answer.delay, 100 * MILLISECOND);
	assert_good(bench_read(0, 225));
	ck_assert_uint_eq(bench.answer.delay, 225 * MILLISECOND);
}
END_TEST

static uint8_t
background(void)
{
	assert_good(bench_run("51 00 00 00 00 00 00 00 22 00"));
	return bench.data[7] & 3;
}

START_TEST(a_dvd_plus_rw_6_22_3_1_13_is_formatted_in_the_background)
{
	begin(VD_DVD_PLUS_RW, 1);
	ck_assert_uint_eq(background(), 0);
	assert_good(bench_send_hex("04 11 00 00 00 00",
				   "00 02 00 08 ff ff ff ff 98 00 00 00"));
	assert_sense(bench_run(READY), VD_FORMATTING);
	wait_for(40000);
	assert_good(bench_run(READY));
	ck_assert_uint_eq(background(), 2);
	assert_good(bench_write(30000, 32, 1));
	ck_assert(bench_holds(30000, 32, 1));
	wait_for(22000); /* 60,000 blocks at 5.54 MB a second: 22.18 */
	ck_assert_uint_eq(background(), 2);
	wait_for(181);
	ck_assert_uint_eq(background(), 3);
}
END_TEST

START_TEST(close_6_3_stops_a_background_format_and_format_goes_on)
{
	begin(VD_DVD_PLUS_RW, 1);
	assert_good(bench_send_hex("04 11 00 00 00 00",
				   "00 02 00 08 ff ff ff ff 98 00 00 00"));
	wait_for(40000);
	assert_good(bench_write(0, 32, 1));
	assert_good(bench_close(2, 0));
	wait_for(20000);
	ck_assert_uint_eq(background(), 1);
	assert_good(bench_send_hex("04 11 00 00 00 00",
				   "00 02 00 08 ff ff ff ff 98 00 00 01"));
	wait_for(40000);
	ck_assert_uint_eq(background(), 2);
	ck_assert(bench_holds(0, 32, 1));
	wait_for(23000);
	ck_assert_uint_eq(background(), 3);
}
END_TEST

START_TEST(what_goes_on_is_finished_when_the_client_is_gone)
{
	struct vd_drive_options options = { .speed = 1 };
	struct vd_disc *disc;
	const char *path;

	bench_start(&options);
	path = bench_load(VD_CD_RW, 60000, false);
	assert_good(bench_mode(0x01, BENCH_MULTI));
	assert_good(bench_write(0, 300, 1));
	assert_good(bench_run("a1 11 00 00 00 00 00 00 00 00 00 00"));
	wait_for(1000);
	bench_start(&options);
	disc = bench_look(path);
	ck_assert_int_eq(disc->pending, VD_NO_PENDING);
	ck_assert_int_eq(disc->track_count, 0);
	ck_assert_int_eq(vd_disc_close(disc), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("timing");
	TCase *tc = bench_case("timing");

	bench_loop(an_immediate_command_continues_after_its_answer, long_ones);
	bench_loop(progress_is_told_in_sense_bytes_15_to_17_spc3_4_5_3,
		   long_ones);
	bench_loop(a_command_that_is_not_immediate_keeps_the_host_waiting,
		   long_ones);
	bench_loop(ten_times_faster_takes_a_tenth, long_ones);
	bench_loop(an_instant_drive_never_is_busy, long_ones);
	bench_test(a_bridge_drops_the_progress);
	bench_test(a_new_disc_is_becoming_ready_for_six_seconds);
	bench_test(an_ejected_disc_is_loaded_in_six_seconds);
	bench_test(a_full_buffer_is_long_write_in_progress);
	bench_test(synchronize_cache_6_41_waits_until_the_buffer_is_written);
	bench_test(reading_takes_time_and_seeking_more);
	bench_test(a_dvd_plus_rw_6_22_3_1_13_is_formatted_in_the_background);
	bench_test(close_6_3_stops_a_background_format_and_format_goes_on);
	bench_test(what_goes_on_is_finished_when_the_client_is_gone);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
