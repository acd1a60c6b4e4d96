/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BLANK (MMC-5 6.2). */
#include "bench_drive.h"

#define WHOLE "a1 00 00 00 00 00 00 00 00 00 00 00"
#define FAST "a1 01 00 00 00 00 00 00 00 00 00 00"

static const struct {
	enum vd_type type;
	int32_t count, second;
} media[] = {
	{ VD_CD_RW, 300, 11702 },
	{ VD_DVD_RW, 304, 16688 },
};

/* Two sessions, the first of seed 1, the second of seed 2. */
static void
begin(int i)
{
	bench_insert(media[i].type, 60000);
	bench_session(0, media[i].count, 1);
	bench_session(media[i].second, media[i].count, 2);
}

static const struct vd_disc *
disc(void)
{
	return vd_drive_disc(bench.drive);
}

static void
assert_blank(void)
{
	struct bench_track t = bench_track(1);

	ck_assert_int_eq(disc()->track_count, 0);
	ck_assert_int_eq(disc()->sessions, 0);
	ck_assert_int_eq(t.next, 0);
	ck_assert_int_eq(t.free, 60000);
	ck_assert_uint_eq(t.flags, 0x41);
	assert_good(bench_run("51 00 00 00 00 00 00 00 22 00"));
	bench_bytes(2, "10 01 01 01 01");
	assert_sense(bench_read(0, 1), VD_OUT_OF_RANGE);
}

START_TEST(blank_6_2_type_0_of_the_whole_disc)
{
	begin(_i);
	assert_good(bench_run(WHOLE));
	assert_blank();
	ck_assert_uint_eq(disc()->cycles, 1);
	bench_session(0, media[_i].count, 3);
	ck_assert(bench_holds(0, 300, 3));
}
END_TEST

START_TEST(blank_6_2_type_0_leaves_no_data)
{
	char block[VD_BLOCK];

	begin(_i);
	assert_good(bench_run(WHOLE));
	ck_assert_int_eq(vd_disc_read((struct vd_disc *)disc(), 5, 1, block),
			 0);
	for (int i = 0; i < VD_BLOCK; i++)
		ck_assert_int_eq(block[i], 0);
}
END_TEST

START_TEST(blank_6_2_type_1_is_quick_and_the_disc_is_blank)
{
	begin(_i);
	assert_good(bench_run(FAST));
	assert_blank();
	ck_assert_int_eq(disc()->sequential_only, media[_i].type == VD_DVD_RW);
}
END_TEST

START_TEST(blank_6_2_of_a_finalised_disc_opens_it_again)
{
	bench_insert(media[_i].type, 60000);
	bench_last_session(0, media[_i].count, 1);
	assert_good(bench_run(WHOLE));
	assert_blank();
	ck_assert(!disc()->finalised);
}
END_TEST

START_TEST(blank_6_2_of_a_blank_disc_is_good)
{
	bench_insert(media[_i].type, 60000);
	assert_good(bench_run(WHOLE));
	assert_good(bench_run(WHOLE));
	assert_blank();
	ck_assert_uint_eq(disc()->cycles, 2);
}
END_TEST

START_TEST(blank_6_2_type_2_takes_the_open_track)
{
	int32_t third;

	begin(_i);
	third = bench_track(3).next;
	bench_fill(third, 32, 3);
	assert_good(bench_run("a1 02 00 00 ff 00 00 00 00 00 00 00"));
	ck_assert_int_eq(disc()->track_count, 2);
	ck_assert_int_eq(bench_track(3).next, third);
	ck_assert(bench_holds(0, 300, 1));
	bench_session(third, media[_i].count, 4);
}
END_TEST

START_TEST(blank_6_2_type_2_does_not_take_a_track_of_a_closed_session)
{
	begin(_i);
	assert_sense(bench_run("a1 02 00 00 00 00 00 00 00 00 00 00"),
		     VD_BAD_FIELD);
	ck_assert_int_eq(disc()->track_count, 2);
}
END_TEST

START_TEST(blank_6_2_type_3_gives_a_reserved_track_back)
{
	int32_t third;

	begin(_i);
	third = bench_track(3).next;
	assert_sense(bench_run("a1 03 00 00 00 00 00 00 00 00 00 00"),
		     VD_BAD_FIELD);
	assert_good(bench_run("53 00 00 00 00 00 00 00 40 00"));
	assert_good(bench_run("a1 03 00 00 00 00 00 00 00 00 00 00"));
	ck_assert_int_eq(disc()->track_count, 2);
	ck_assert_int_eq(bench_track(3).next, third);
}
END_TEST

START_TEST(blank_6_2_type_5_opens_the_last_session_again)
{
	begin(_i);
	assert_good(bench_run("a1 05 00 00 00 00 00 00 00 00 00 00"));
	ck_assert_int_eq(disc()->sessions, 1);
	ck_assert_int_eq(bench_track(3).session, 2);
	ck_assert(bench_holds(media[_i].second, 300, 2));
	assert_sense(bench_run("a1 05 00 00 00 00 00 00 00 00 00 00"),
		     VD_BAD_FIELD);
	assert_good(bench_close(2, 0));
	ck_assert_int_eq(disc()->sessions, 2);
}
END_TEST

START_TEST(blank_6_2_type_6_takes_the_last_session)
{
	begin(_i);
	assert_good(bench_run("a1 06 00 00 00 00 00 00 00 00 00 00"));
	ck_assert_int_eq(disc()->sessions, 1);
	ck_assert_int_eq(disc()->track_count, 1);
	ck_assert_int_eq(bench_track(2).next, media[_i].second);
	ck_assert(bench_holds(0, 300, 1));
	assert_good(bench_run("a1 06 00 00 00 00 00 00 00 00 00 00"));
	assert_blank();
	assert_sense(bench_run("a1 06 00 00 00 00 00 00 00 00 00 00"),
		     VD_BAD_FIELD);
}
END_TEST

START_TEST(blank_6_2_type_6_opens_a_finalised_disc)
{
	bench_insert(media[_i].type, 60000);
	bench_session(0, media[_i].count, 1);
	bench_last_session(media[_i].second, media[_i].count, 2);
	assert_good(bench_run("a1 06 00 00 00 00 00 00 00 00 00 00"));
	ck_assert(!disc()->finalised);
	bench_session(media[_i].second, media[_i].count, 3);
	ck_assert(bench_holds(media[_i].second, 300, 3));
}
END_TEST

static const char *const bad[] = {
	"a1 04 00 00 00 00 00 00 00 00 00 00",
	"a1 07 00 00 00 00 00 00 00 00 00 00",
};

START_TEST(blank_6_2_refuses_unknown_types)
{
	begin(0);
	assert_sense(bench_run(bad[_i]), VD_BAD_FIELD);
	ck_assert(bench_holds(media[0].second, 300, 2));
	ck_assert_uint_eq(disc()->cycles, 0);
}
END_TEST

static const enum vd_type others[] = { VD_CD_R,       VD_DVD_R,
				       VD_DVD_PLUS_R, VD_DVD_PLUS_RW,
				       VD_DVD_RAM,    VD_BD_R,
				       VD_BD_RE };

START_TEST(blank_6_2_is_for_cd_rw_and_dvd_rw_alone)
{
	bench_insert(others[_i], 60000);
	for (int type = 0; type < 8; type++) {
		char cdb[64];

		snprintf(cdb, sizeof cdb, "a1 %x 00 00 00 00 00 00 00 00 00 00",
			 type);
		assert_sense(bench_run(cdb), VD_CANNOT_WRITE);
	}
}
END_TEST

START_TEST(blank_6_2_of_write_once_media_leaves_their_data)
{
	bench_insert(VD_CD_R, 60000);
	bench_session(0, 300, 1);
	assert_sense(bench_run(WHOLE), VD_CANNOT_WRITE);
	ck_assert(bench_holds(0, 300, 1));
	ck_assert_int_eq(disc()->sessions, 1);
}
END_TEST

START_TEST(blank_6_2_of_a_formatted_dvd_rw_makes_it_sequential)
{
	bench_insert(VD_DVD_RW, 60000);
	assert_good(bench_send_hex("04 11 00 00 00 00",
				   "00 82 00 08 00 00 ea 60 00 00 00 10"));
	assert_good(bench_write(16, 16, 1));
	for (int type = 2; type < 7; type++) {
		char cdb[64];

		snprintf(cdb, sizeof cdb, "a1 %x 00 00 00 00 00 00 00 00 00 00",
			 type);
		assert_sense(bench_run(cdb), VD_BAD_FIELD);
	}
	assert_good(bench_run(WHOLE));
	assert_blank();
	ck_assert(!disc()->overwrite);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("blank");
	TCase *tc = bench_case("blank");

	bench_loop(blank_6_2_type_0_of_the_whole_disc, media);
	bench_loop(blank_6_2_type_0_leaves_no_data, media);
	bench_loop(blank_6_2_type_1_is_quick_and_the_disc_is_blank, media);
	bench_loop(blank_6_2_of_a_finalised_disc_opens_it_again, media);
	bench_loop(blank_6_2_of_a_blank_disc_is_good, media);
	bench_loop(blank_6_2_type_2_takes_the_open_track, media);
	bench_loop(blank_6_2_type_2_does_not_take_a_track_of_a_closed_session,
		   media);
	bench_loop(blank_6_2_type_3_gives_a_reserved_track_back, media);
	bench_loop(blank_6_2_type_5_opens_the_last_session_again, media);
	bench_loop(blank_6_2_type_6_takes_the_last_session, media);
	bench_loop(blank_6_2_type_6_opens_a_finalised_disc, media);
	bench_loop(blank_6_2_refuses_unknown_types, bad);
	bench_loop(blank_6_2_is_for_cd_rw_and_dvd_rw_alone, others);
	bench_test(blank_6_2_of_write_once_media_leaves_their_data);
	bench_test(blank_6_2_of_a_formatted_dvd_rw_makes_it_sequential);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
