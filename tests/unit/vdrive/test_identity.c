/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who the drive is, its tray, its events, its speed. */
#include "bench_drive.h"

#include <string.h>

static void
empty_drive(enum vd_personality personality, const char *serial)
{
	struct vd_drive_options options = { .personality = personality,
					    .serial = serial };

	bench_start(&options);
}

START_TEST(inquiry_spc3_6_4_names_a_removable_multimedia_drive)
{
	empty_drive(VD_NEW, NULL);
	assert_good(bench_run("12 00 00 00 60 00"));
	ck_assert_uint_eq(bench.got, 96);
	bench_bytes(0, "05 80 05 02 5b 00 00 00");
	ck_assert_mem_eq(bench.data + 8, "VDRIVE  ", 8);
	ck_assert_mem_eq(bench.data + 16, "BD-RE RECORDER  ", 16);
	ck_assert_mem_eq(bench.data + 32, "1.00", 4);
	bench_bytes(58, "03 00 04 30");
}
END_TEST

START_TEST(inquiry_spc3_6_4_gives_no_more_than_the_allocation_length)
{
	empty_drive(VD_NEW, NULL);
	assert_good(bench_run("12 00 00 00 24 00"));
	ck_assert_uint_eq(bench.got, 36);
	ck_assert_uint_eq(bench.data[36], 0xee);
	assert_good(bench_run("12 00 00 00 00 00"));
	ck_assert_uint_eq(bench.got, 0);
}
END_TEST

START_TEST(inquiry_spc3_7_6_gives_the_pages_and_the_serial_number)
{
	empty_drive(VD_NEW, "0123456789");
	assert_good(bench_run("12 01 00 00 ff 00"));
	ck_assert_uint_eq(bench.got, 6);
	bench_bytes(0, "05 00 00 02 00 80");
	assert_good(bench_run("12 01 80 00 ff 00"));
	ck_assert_uint_eq(bench.got, 20);
	ck_assert_mem_eq(bench.data + 4, "0123456789      ", 16);
}
END_TEST

START_TEST(inquiry_spc3_6_4_refuses_unknown_pages)
{
	empty_drive(VD_NEW, NULL);
	assert_sense(bench_run("12 01 83 00 ff 00"), VD_BAD_FIELD);
	assert_sense(bench_run("12 00 80 00 ff 00"), VD_BAD_FIELD);
}
END_TEST

START_TEST(a_serial_number_too_long_is_cut_to_its_field)
{
	empty_drive(VD_NEW, "0123456789abcdefghij");
	assert_good(bench_run("12 01 80 00 ff 00"));
	ck_assert_uint_eq(bench.got, 20);
	ck_assert_mem_eq(bench.data + 4, "0123456789abcdef", 16);
}
END_TEST

START_TEST(test_unit_ready_spc3_6_33_reports_tray_and_missing_disc)
{
	empty_drive(VD_NEW, NULL);
	assert_sense(bench_run("00 00 00 00 00 00"), VD_NO_DISC);
	vd_drive_tray(bench.drive, true);
	assert_sense(bench_run("00 00 00 00 00 00"), VD_TRAY_OPEN);
	vd_drive_tray(bench.drive, false);
	assert_sense(bench_run("00 00 00 00 00 00"), VD_NO_DISC);
	bench_load(VD_CD_RW, 60000, false);
	assert_good(bench_run("00 00 00 00 00 00"));
}
END_TEST

START_TEST(a_new_disc_is_unit_attention_once_and_not_for_inquiry)
{
	empty_drive(VD_NEW, NULL);
	bench_load(VD_CD_RW, 60000, true);
	assert_good(bench_run("12 00 00 00 60 00"));
	assert_good(bench_run("03 00 00 00 12 00"));
	assert_good(bench_run("46 00 00 00 00 00 00 00 08 00"));
	assert_good(bench_run("4a 01 00 00 10 00 00 00 08 00"));
	assert_sense(bench_run("00 00 00 00 00 00"), VD_MEDIUM_CHANGED);
	assert_good(bench_run("00 00 00 00 00 00"));
}
END_TEST

START_TEST(a_bridge_swallows_unit_attention)
{
	empty_drive(VD_USB_BRIDGE, NULL);
	bench_load(VD_CD_RW, 60000, true);
	assert_good(bench_run("00 00 00 00 00 00"));
}
END_TEST

START_TEST(request_sense_spc3_6_27_has_nothing_to_say_of_an_idle_drive)
{
	empty_drive(VD_NEW, NULL);
	assert_good(bench_run("03 00 00 00 12 00"));
	ck_assert_uint_eq(bench.got, 18);
	bench_bytes(0, "70 00 00 00 00 00 00 0a 00 00 00 00 00 00 00 00");
	assert_good(bench_run("03 00 00 00 04 00"));
	ck_assert_uint_eq(bench.got, 4);
}
END_TEST

static const char *const events = "4a 01 00 00 10 00 00 00 08 00";

START_TEST(get_event_6_7_reports_a_new_disc_once_and_its_removal)
{
	empty_drive(VD_NEW, NULL);
	bench_load(VD_CD_RW, 60000, true);
	assert_good(bench_run(events));
	ck_assert_uint_eq(bench.got, 8);
	bench_bytes(0, "00 06 04 10 02 02 00 00");
	assert_good(bench_run(events));
	bench_bytes(4, "00 02");
	vd_drive_tray(bench.drive, true);
	assert_good(bench_run(events));
	bench_bytes(4, "03 01");
	vd_drive_tray(bench.drive, false);
	assert_good(bench_run(events));
	bench_bytes(4, "02 02");
	vd_drive_insert(bench.drive, NULL, false);
	assert_good(bench_run(events));
	bench_bytes(4, "03 00");
}
END_TEST

START_TEST(get_event_6_7_is_polled_and_knows_the_media_class_alone)
{
	empty_drive(VD_NEW, NULL);
	assert_sense(bench_run("4a 00 00 00 10 00 00 00 08 00"), VD_BAD_FIELD);
	assert_good(bench_run("4a 01 00 00 02 00 00 00 08 00"));
	ck_assert_uint_eq(bench.got, 4);
	bench_bytes(0, "00 02 80 10");
}
END_TEST

START_TEST(start_stop_6_40_moves_the_tray_unless_removal_is_prevented)
{
	bench_insert(VD_CD_RW, 60000);
	assert_good(bench_run("1e 00 00 00 01 00"));
	assert_sense(bench_run("1b 00 00 00 02 00"), VD_REMOVAL_PREVENTED);
	ck_assert(!vd_drive_is_open(bench.drive));
	assert_good(bench_run("1e 00 00 00 00 00"));
	assert_good(bench_run("1b 00 00 00 02 00"));
	ck_assert(vd_drive_is_open(bench.drive));
	assert_good(bench_run("bd 00 00 00 00 00 00 00 00 08 00 00"));
	bench_bytes(0, "00 10 00 00 00 00 00 00");
	assert_good(bench_run("1b 00 00 00 03 00"));
	ck_assert(!vd_drive_is_open(bench.drive));
	assert_good(bench_run("bd 00 00 00 00 00 00 00 00 08 00 00"));
	bench_bytes(0, "00 00");
	assert_sense(bench_run("00 00 00 00 00 00"), VD_MEDIUM_CHANGED);
	assert_good(bench_run("1b 00 00 00 01 00"));
	assert_good(bench_run("1b 00 00 00 00 00"));
	ck_assert(!vd_drive_is_open(bench.drive));
}
END_TEST

/* Kilobytes: of a CD as of blocks of 2,352 bytes, at 10x. */
static const struct {
	enum vd_type type;
	uint32_t speed;
} speeds[] = {
	{ VD_CD_R, 1764 },    { VD_CD_RW, 1764 },      { VD_DVD_R, 5540 },
	{ VD_DVD_RW, 5540 },  { VD_DVD_PLUS_R, 5540 }, { VD_DVD_PLUS_RW, 5540 },
	{ VD_DVD_RAM, 4155 }, { VD_BD_R, 8990 },       { VD_BD_RE, 8990 },
};

START_TEST(get_performance_6_8_reports_the_speed_of_the_medium)
{
	bench_insert(speeds[_i].type, 60000);
	assert_good(bench_run("ac 00 00 00 00 00 00 00 00 01 03 00"));
	ck_assert_uint_eq(bench.got, 24);
	bench_bytes(0, "00 00 00 14 00 00 00 00");
	ck_assert_uint_eq(vd_get32(bench.data + 12), 59999);
	ck_assert_uint_eq(vd_get32(bench.data + 16), speeds[_i].speed);
	ck_assert_uint_eq(vd_get32(bench.data + 20), speeds[_i].speed);
	assert_good(bench_run("ac 14 00 00 00 00 00 00 00 01 00 00"));
	bench_bytes(0, "00 00 00 14 02");
	ck_assert_uint_eq(vd_get32(bench.data + 12), speeds[_i].speed);
	ck_assert_uint_eq(vd_get32(bench.data + 16), 59999);
	assert_good(bench_run("ac 00 00 00 00 00 00 00 00 00 03 00"));
	ck_assert_uint_eq(bench.got, 8);
	assert_sense(bench_run("ac 00 00 00 00 00 00 00 00 01 09 00"),
		     VD_BAD_FIELD);
}
END_TEST

START_TEST(set_speed_6_37_and_set_streaming_6_39_are_heard)
{
	uint8_t descriptor[28] = { 0 };

	bench_insert(VD_CD_RW, 60000);
	assert_good(bench_run("bb 00 ff ff 06 e4 00 00 00 00 00 00"));
	assert_good(bench_send("b6 00 00 00 00 00 00 00 00 00 1c 00",
			       descriptor, sizeof descriptor));
	assert_sense(bench_send("b6 00 00 00 00 00 00 00 00 00 1c 00",
				descriptor, 8),
		     VD_BAD_FIELD);
}
END_TEST

START_TEST(read_buffer_capacity_6_18_counts_bytes_or_blocks)
{
	bench_insert(VD_CD_RW, 60000);
	assert_good(bench_run("5c 00 00 00 00 00 00 00 0c 00"));
	bench_bytes(0, "00 0a 00 00 00 20 00 00 00 20 00 00");
	assert_good(bench_run("5c 01 00 00 00 00 00 00 0c 00"));
	bench_bytes(0, "00 0a 00 01 00 00 04 00 00 00 04 00");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("identity");
	TCase *tc = bench_case("identity");

	bench_test(inquiry_spc3_6_4_names_a_removable_multimedia_drive);
	bench_test(inquiry_spc3_6_4_gives_no_more_than_the_allocation_length);
	bench_test(inquiry_spc3_7_6_gives_the_pages_and_the_serial_number);
	bench_test(inquiry_spc3_6_4_refuses_unknown_pages);
	bench_test(a_serial_number_too_long_is_cut_to_its_field);
	bench_test(test_unit_ready_spc3_6_33_reports_tray_and_missing_disc);
	bench_test(a_new_disc_is_unit_attention_once_and_not_for_inquiry);
	bench_test(a_bridge_swallows_unit_attention);
	bench_test(request_sense_spc3_6_27_has_nothing_to_say_of_an_idle_drive);
	bench_test(get_event_6_7_reports_a_new_disc_once_and_its_removal);
	bench_test(get_event_6_7_is_polled_and_knows_the_media_class_alone);
	bench_test(start_stop_6_40_moves_the_tray_unless_removal_is_prevented);
	bench_loop(get_performance_6_8_reports_the_speed_of_the_medium, speeds);
	bench_test(set_speed_6_37_and_set_streaming_6_39_are_heard);
	bench_test(read_buffer_capacity_6_18_counts_bytes_or_blocks);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
