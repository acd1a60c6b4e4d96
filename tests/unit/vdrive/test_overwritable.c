/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FORMAT UNIT, and media that are written like a disk. */
#include "bench_drive.h"

#define FORMAT "04 11 00 00 00 00"
#define DISC_INFO "51 00 00 00 00 00 00 00 22 00"

/* How each is formatted wholly: 60,000 blocks. */
static const struct {
	enum vd_type type;
	const char *list;
	uint16_t profile;
	int32_t formatted;
	int32_t unit; /* that writes have to keep to */
} media[] = {
	{ VD_DVD_PLUS_RW, "00 82 00 08 ff ff ff ff 98 00 00 00", 0x1a, 60000,
	  1 },
	{ VD_DVD_RAM, "00 82 00 08 00 00 ea 60 00 00 08 00", 0x12, 60000, 1 },
	{ VD_BD_RE, "00 82 00 08 00 00 ea 60 c4 00 08 00", 0x43, 60000, 1 },
	{ VD_DVD_RW, "00 82 00 08 00 00 ea 60 00 00 00 10", 0x13, 60000, 16 },
};

static void
begin(int i)
{
	bench_insert(media[i].type, 60000);
	assert_good(bench_send_hex(FORMAT, media[i].list));
}

START_TEST(format_unit_6_5_makes_one_track_of_the_disc)
{
	struct bench_track t;

	begin(_i);
	t = bench_track(1);
	ck_assert_int_eq(t.start, 0);
	ck_assert_int_eq(t.size, 60000);
	ck_assert_int_eq(t.free, 0);
	ck_assert_int_eq(t.last, 59999);
	ck_assert_uint_eq(t.valid, 2);
	ck_assert_uint_eq(t.flags, media[_i].type == VD_DVD_RW ? 0x31 : 0x01);
	assert_sense(bench_run("52 01 00 00 00 02 00 00 30 00"), VD_BAD_FIELD);
	assert_good(bench_run("46 00 00 00 00 00 00 00 08 00"));
	ck_assert_uint_eq(vd_get16(bench.data + 6), media[_i].profile);
	assert_good(bench_run("25 00 00 00 00 00 00 00 00 00"));
	bench_bytes(0, "00 00 ea 5f 00 00 08 00");
}
END_TEST

START_TEST(read_disc_information_6_22_of_a_formatted_disc_is_complete)
{
	begin(_i);
	assert_good(bench_run(DISC_INFO));
	/* DVD-RAM: "others" is the disc's status. */
	ck_assert_uint_eq(bench.data[2],
			  media[_i].type == VD_DVD_RAM ? 0x1f : 0x1e);
	bench_bytes(3, "01 01 01 01");
	ck_assert_uint_eq(bench.data[7],
			  media[_i].type == VD_DVD_PLUS_RW ? 0x23 : 0x20);
}
END_TEST

START_TEST(write_6_44_anywhere_and_again)
{
	begin(_i);
	assert_good(bench_write(32000, 32, 1));
	assert_good(bench_write(0, 32, 2));
	assert_good(bench_write(32016, 16, 3));
	ck_assert(bench_holds(32000, 16, 1));
	ck_assert(bench_holds(32016, 16, 3));
	ck_assert(bench_holds(0, 32, 2));
	ck_assert(bench_is_zero(32, 32));
	assert_good(bench_sync());
	assert_good(bench_write(59984, 16, 4));
	ck_assert(bench_holds(59984, 16, 4));
}
END_TEST

START_TEST(write_6_44_beyond_the_formatted_end_is_out_of_range)
{
	begin(_i);
	assert_sense(bench_write(59984, 32, 1), VD_OUT_OF_RANGE);
	assert_sense(bench_write(60000, 16, 1), VD_OUT_OF_RANGE);
	assert_sense(bench_write(-16, 16, 1), VD_OUT_OF_RANGE);
	assert_sense(bench_read(59999, 2), VD_OUT_OF_RANGE);
	assert_sense(bench_read(-1, 1), VD_OUT_OF_RANGE);
	ck_assert(bench_is_zero(59984, 16));
}
END_TEST

START_TEST(write_6_44_restricted_overwrite_keeps_to_units_of_16_blocks)
{
	uint32_t sense = media[_i].unit == 16 ? VD_BAD_ADDRESS : VD_GOOD;

	begin(_i);
	assert_sense(bench_write(8, 16, 1), sense);
	assert_sense(bench_write(16, 8, 1), sense);
	assert_good(bench_write(16, 16, 2));
}
END_TEST

START_TEST(write_and_verify_6_46_writes)
{
	uint8_t data[16 * VD_BLOCK] = { 0x77 };

	begin(_i);
	assert_good(
		bench_send("2e 00 00 00 00 20 00 00 10 00", data, sizeof data));
	assert_good(bench_read(32, 1));
	bench_bytes(0, "77 00 00 00");
}
END_TEST

START_TEST(close_6_3_and_sync_6_41_change_nothing_and_stay_good)
{
	begin(_i);
	assert_good(bench_write(0, 16, 1));
	assert_good(bench_sync());
	assert_good(bench_close(1, 1));
	assert_good(bench_close(2, 0));
	assert_good(bench_close(3, 0));
	assert_good(bench_close(6, 0));
	assert_sense(bench_close(4, 0), VD_BAD_FIELD);
	assert_good(bench_write(0, 16, 2));
	ck_assert(bench_holds(0, 16, 2));
	assert_sense(bench_run("53 00 00 00 00 00 00 00 10 00"),
		     VD_CANNOT_WRITE);
}
END_TEST

static const enum vd_type unformatted[] = { VD_DVD_PLUS_RW, VD_BD_RE };

START_TEST(a_disc_without_a_format_is_neither_read_nor_written)
{
	bench_insert(unformatted[_i], 60000);
	assert_sense(bench_write(0, 32, 1), VD_NOT_FORMATTED);
	assert_sense(bench_read(0, 1), VD_NOT_FORMATTED);
}
END_TEST

START_TEST(format_unit_6_5_with_certification_erases)
{
	bench_insert(VD_DVD_RAM, 60000);
	assert_good(bench_write(100, 32, 1));
	assert_good(
		bench_send_hex(FORMAT, "00 82 00 08 00 00 ea 60 00 00 08 00"));
	ck_assert(bench_is_zero(100, 32));
}
END_TEST

/* Type, blocks as asked, and what becomes of them. */
static const struct {
	enum vd_type type;
	const char *list;
	int32_t formatted, spare;
} sizes[] = {
	{ VD_DVD_PLUS_RW, "00 02 00 08 00 00 00 00 98 00 00 00", 60000, 0 },
	{ VD_DVD_PLUS_RW, "00 02 00 08 00 00 10 00 98 00 00 00", 60000, 0 },
	{ VD_DVD_RAM, "00 02 00 08 00 00 e3 00 00 00 08 00", 58112, 0 },
	{ VD_DVD_RAM, "00 02 00 08 00 00 e3 00 04 00 08 00", 58112, 0 },
	{ VD_BD_RE, "00 02 00 08 00 00 e3 00 00 00 08 00", 58112, 1888 },
	{ VD_BD_RE, "00 02 00 08 ff ff ff ff c0 00 08 00", 58112, 1888 },
	{ VD_BD_RE, "00 02 00 08 00 00 c0 00 c0 00 08 00", 49152, 10848 },
	{ VD_BD_RE, "00 02 00 08 00 00 00 00 c4 00 08 00", 60000, 0 },
	{ VD_DVD_RW, "00 02 00 08 00 00 ea 60 40 00 00 10", 60000, 0 },
	{ VD_DVD_RW, "00 02 00 08 00 00 ea 60 54 00 00 10", 0, 0 },
};

START_TEST(format_unit_6_5_4_2_of_every_type_and_size)
{
	const struct vd_disc *disc;

	bench_insert(sizes[_i].type, 60000);
	assert_good(bench_send_hex(FORMAT, sizes[_i].list));
	disc = vd_drive_disc(bench.drive);
	ck_assert_int_eq(disc->formatted, sizes[_i].formatted);
	ck_assert_int_eq(disc->spare, sizes[_i].spare);
	ck_assert_int_eq(disc->pending, VD_NO_PENDING);
	ck_assert_uint_eq(disc->cycles, 1);
	assert_good(bench_write(0, 32, 5));
	ck_assert(bench_holds(0, 32, 5));
}
END_TEST

static const struct {
	enum vd_type type;
	const char *cdb, *list;
	uint32_t sense;
} bad[] = {
	{ VD_BD_RE, "04 11 00 00 00 00", /* too large */
	  "00 02 00 08 00 00 ea 61 c4 00 08 00", VD_BAD_PARAMETER },
	{ VD_BD_RE, "04 11 00 00 00 00", /* of another medium */
	  "00 02 00 08 00 00 ea 60 98 00 08 00", VD_BAD_PARAMETER },
	{ VD_DVD_PLUS_RW, "04 11 00 00 00 00",
	  "00 02 00 08 00 00 ea 60 00 00 00 10", VD_BAD_PARAMETER },
	{ VD_DVD_RW, "04 11 00 00 00 00", /* to grow needs a format */
	  "00 02 00 08 00 00 ea 60 4c 00 00 10", VD_BAD_PARAMETER },
	{ VD_BD_RE, "04 11 00 00 00 00", /* length of the descriptor */
	  "00 02 00 10 00 00 ea 60 c4 00 08 00", VD_BAD_PARAMETER },
	{ VD_BD_RE, "04 11 00 00 00 00", "00 02 00 08 00 00 ea 60 c4 00 08",
	  VD_BAD_FIELD },
	{ VD_BD_RE, "04 00 00 00 00 00", /* no format data */
	  "00 02 00 08 00 00 ea 60 c4 00 08 00", VD_BAD_FIELD },
	{ VD_CD_R, "04 11 00 00 00 00", "00 02 00 08 00 00 ea 60 00 00 08 00",
	  VD_CANNOT_WRITE },
	{ VD_CD_RW, "04 11 00 00 00 00", "00 02 00 08 00 00 ea 60 00 00 08 00",
	  VD_CANNOT_WRITE },
	{ VD_DVD_R, "04 11 00 00 00 00", "00 02 00 08 00 00 ea 60 00 00 08 00",
	  VD_CANNOT_WRITE },
	{ VD_DVD_PLUS_R, "04 11 00 00 00 00",
	  "00 02 00 08 00 00 ea 60 00 00 08 00", VD_CANNOT_WRITE },
};

START_TEST(format_unit_6_5_refuses_what_is_not_listed)
{
	bench_insert(bad[_i].type, 60000);
	assert_sense(bench_send_hex(bad[_i].cdb, bad[_i].list), bad[_i].sense);
	ck_assert_uint_eq(vd_drive_disc(bench.drive)->cycles, 0);
	ck_assert_int_eq(vd_drive_disc(bench.drive)->pending, VD_NO_PENDING);
}
END_TEST

START_TEST(a_quick_format_of_dvd_rw_grows_as_it_is_written)
{
	struct bench_track t;

	bench_insert(VD_DVD_RW, 60000);
	assert_good(
		bench_send_hex(FORMAT, "00 02 00 08 00 00 ea 60 54 00 00 10"));
	t = bench_track(1);
	ck_assert_uint_eq(t.valid, 1);
	ck_assert_int_eq(t.next, 0);
	ck_assert_int_eq(t.free, 60000);
	assert_sense(bench_write(16, 16, 1), VD_BAD_ADDRESS);
	assert_good(bench_write(0, 32, 1));
	assert_good(bench_write(0, 16, 2));
	assert_good(bench_write(16, 32, 3));
	t = bench_track(1);
	ck_assert_int_eq(t.next, 48);
	ck_assert_int_eq(t.size, 48);
	ck_assert_uint_eq(t.valid, 3);
	assert_sense(bench_read(48, 1), VD_OUT_OF_RANGE);
	ck_assert(bench_holds(16, 32, 3));
}
END_TEST

START_TEST(format_unit_6_5_4_2_13h_grows_what_was_written)
{
	bench_insert(VD_DVD_RW, 60000);
	assert_good(
		bench_send_hex(FORMAT, "00 02 00 08 00 00 ea 60 54 00 00 10"));
	assert_good(bench_write(0, 32, 1));
	assert_good(bench_run("23 00 00 00 00 00 00 04 00 00"));
	bench_bytes(4 + 4 * 8, "00 00 ea 40 4c 00 00 10");
	assert_good(
		bench_send_hex(FORMAT, "00 02 00 08 00 00 ea 40 4c 00 00 10"));
	ck_assert_int_eq(vd_drive_disc(bench.drive)->formatted, 60000);
	ck_assert(bench_holds(0, 32, 1));
	assert_good(bench_write(59984, 16, 2));
}
END_TEST

START_TEST(a_dvd_rw_that_was_sequential_forgets_its_sessions_by_format)
{
	bench_insert(VD_DVD_RW, 60000);
	bench_last_session(0, 64, 1);
	begin(BENCH_COUNT(media) - 1);
	ck_assert_int_eq(vd_drive_disc(bench.drive)->track_count, 0);
	assert_good(bench_write(32, 16, 1));
	assert_good(bench_run("a1 00 00 00 00 00 00 00 00 00 00 00"));
	assert_good(bench_run("46 00 00 00 00 00 00 00 08 00"));
	ck_assert_uint_eq(vd_get16(bench.data + 6), 0x14);
	bench_session(0, 64, 2);
}
END_TEST

START_TEST(a_bd_r_is_formatted_once_and_then_has_spares)
{
	bench_insert(VD_BD_R, 60000);
	assert_good(
		bench_send_hex(FORMAT, "00 02 00 08 00 00 e3 00 c8 00 08 00"));
	ck_assert_int_eq(vd_drive_disc(bench.drive)->spare, 1888);
	ck_assert_int_eq(bench_track(1).free, 58112);
	assert_good(bench_run("23 00 00 00 00 00 00 04 00 00"));
	bench_bytes(0, "00 00 00 08 00 00 e3 00 02 00 08 00");
	assert_sense(
		bench_send_hex(FORMAT, "00 02 00 08 00 00 d0 00 c8 00 08 00"),
		VD_CANNOT_WRITE);
	bench_session(0, 64, 1);
	ck_assert(bench_holds(0, 64, 1));
}
END_TEST

START_TEST(a_bd_r_with_a_session_is_not_formatted)
{
	bench_insert(VD_BD_R, 60000);
	bench_session(0, 64, 1);
	assert_sense(
		bench_send_hex(FORMAT, "00 02 00 08 00 00 e3 00 c8 00 08 00"),
		VD_CANNOT_WRITE);
	ck_assert(bench_holds(0, 64, 1));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("overwritable");
	TCase *tc = bench_case("overwritable");

	bench_loop(format_unit_6_5_makes_one_track_of_the_disc, media);
	bench_loop(read_disc_information_6_22_of_a_formatted_disc_is_complete,
		   media);
	bench_loop(write_6_44_anywhere_and_again, media);
	bench_loop(write_6_44_beyond_the_formatted_end_is_out_of_range, media);
	bench_loop(write_6_44_restricted_overwrite_keeps_to_units_of_16_blocks,
		   media);
	bench_loop(write_and_verify_6_46_writes, media);
	bench_loop(close_6_3_and_sync_6_41_change_nothing_and_stay_good, media);
	bench_loop(a_disc_without_a_format_is_neither_read_nor_written,
		   unformatted);
	bench_test(format_unit_6_5_with_certification_erases);
	bench_loop(format_unit_6_5_4_2_of_every_type_and_size, sizes);
	bench_loop(format_unit_6_5_refuses_what_is_not_listed, bad);
	bench_test(a_quick_format_of_dvd_rw_grows_as_it_is_written);
	bench_test(format_unit_6_5_4_2_13h_grows_what_was_written);
	bench_test(a_dvd_rw_that_was_sequential_forgets_its_sessions_by_format);
	bench_test(a_bd_r_is_formatted_once_and_then_has_spares);
	bench_test(a_bd_r_with_a_session_is_not_formatted);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
