/* SPDX-License-Identifier: GPL-2.0-or-later */
/* READ DISC INFORMATION, READ TRACK INFORMATION and READ CAPACITY. */
#include "bench_drive.h"

#define DISC_INFO "51 00 00 00 00 00 00 00 22 00"

/* Of a new disc of 60,000 blocks: byte 2 is erasable, state of the last
 * session, disc status. */
static const struct {
	enum vd_type type;
	uint8_t byte2, disc_type;
	int32_t free, size, unit;
	uint8_t flags, valid;
} blanks[] = {
	{ VD_CD_R, 0x00, 0xff, 60000, 60000, 0, 0x41, 1 },
	{ VD_CD_RW, 0x10, 0xff, 60000, 60000, 0, 0x41, 1 },
	{ VD_DVD_R, 0x00, 0xff, 60000, 60000, 16, 0x41, 1 },
	{ VD_DVD_RW, 0x10, 0xff, 60000, 60000, 16, 0x41, 1 },
	{ VD_DVD_PLUS_R, 0x00, 0xff, 60000, 60000, 16, 0x41, 1 },
	{ VD_DVD_PLUS_RW, 0x10, 0xff, 60000, 0, 16, 0x41, 0 },
	{ VD_DVD_RAM, 0x1f, 0x00, 0, 60000, 16, 0x01, 2 },
	{ VD_BD_R, 0x00, 0xff, 60000, 60000, 32, 0x41, 1 },
	{ VD_BD_RE, 0x10, 0xff, 60000, 0, 32, 0x41, 0 },
};

START_TEST(read_disc_information_6_22_of_a_new_disc)
{
	bool cd = blanks[_i].type <= VD_CD_RW;

	bench_insert(blanks[_i].type, 60000);
	assert_good(bench_run(DISC_INFO));
	ck_assert_uint_eq(bench.got, 34);
	bench_bytes(0, "00 20");
	ck_assert_uint_eq(bench.data[2], blanks[_i].byte2);
	bench_bytes(3, "01 01 01 01 20");
	ck_assert_uint_eq(bench.data[8], blanks[_i].disc_type);
	bench_bytes(9, "00 00 00 00 00 00 00");
	/* 97:34:23 by the ATIP, and 60,150 frames. */
	bench_bytes(16,
		    cd ? "00 61 22 17 00 0d 16 00" : "00 00 00 00 00 00 00 00");
}
END_TEST

START_TEST(read_track_information_6_27_of_a_new_disc)
{
	struct bench_track t;

	bench_insert(blanks[_i].type, 60000);
	t = bench_track(1);
	bench_bytes(0, "00 2e");
	ck_assert_int_eq(t.number, 1);
	ck_assert_int_eq(t.session, 1);
	ck_assert_int_eq(t.start, 0);
	ck_assert_int_eq(t.next, 0);
	ck_assert_int_eq(t.free, blanks[_i].free);
	ck_assert_int_eq(t.size, blanks[_i].size);
	ck_assert_int_eq(t.unit, blanks[_i].unit);
	ck_assert_uint_eq(t.mode, 4);
	ck_assert_uint_eq(t.flags, blanks[_i].flags);
	ck_assert_uint_eq(t.valid, blanks[_i].valid);
	ck_assert_int_eq(t.last, blanks[_i].valid & 2 ? 59999 : 0);
}
END_TEST

START_TEST(read_capacity_6_19_of_a_new_disc)
{
	bench_insert(blanks[_i].type, 60000);
	assert_good(bench_run("25 00 00 00 00 00 00 00 00 00"));
	ck_assert_uint_eq(bench.got, 8);
	bench_bytes(0,
		    blanks[_i].type == VD_DVD_RAM ? "00 00 ea 5f 00 00 08 00"
						  : "00 00 00 00 00 00 08 00");
}
END_TEST

/* A session of 100 blocks (300 on CD): its end with run-out or padding, and
 * where the second and the third session begin. */
static const struct {
	enum vd_type type;
	int32_t count, end, second, third;
} sessions[] = {
	{ VD_CD_R, 300, 302, 11702, 18904 },
	{ VD_CD_RW, 300, 302, 11702, 18904 },
	{ VD_DVD_R, 100, 112, 16496, 19680 },
	{ VD_DVD_RW, 100, 112, 16496, 19680 },
	{ VD_DVD_PLUS_R, 100, 112, 4208, 8416 },
	{ VD_BD_R, 100, 128, 128, 256 },
};

START_TEST(read_disc_information_6_22_after_a_session_that_was_closed)
{
	bench_insert(sessions[_i].type, 60000);
	bench_session(0, sessions[_i].count, 1);
	assert_good(bench_run(DISC_INFO));
	/* Incomplete disc, empty session 2 with track 2 alone. */
	ck_assert_uint_eq(bench.data[2] & 0x0f, 0x01);
	bench_bytes(3, "01 02 02 02 20 00");
	if (sessions[_i].type <= VD_CD_RW) /* lead-in at 7,052 */
		bench_bytes(16, "00 01 24 02 00 0d 16 00");
}
END_TEST

START_TEST(read_disc_information_6_22_while_a_track_is_open)
{
	bool cd = sessions[_i].type <= VD_CD_RW;

	bench_insert(sessions[_i].type, 60000);
	assert_good(bench_mode(cd ? 1 : 0, BENCH_MULTI));
	assert_good(bench_write(0, 32, 1));
	assert_good(bench_run(DISC_INFO));
	ck_assert_uint_eq(bench.data[2] & 0x0f, 0x05);
	bench_bytes(3, "01 01 01 01");
}
END_TEST

START_TEST(read_disc_information_6_22_of_a_finalised_disc)
{
	bench_insert(sessions[_i].type, 60000);
	bench_session(0, sessions[_i].count, 1);
	bench_last_session(sessions[_i].second, sessions[_i].count, 2);
	assert_good(bench_run(DISC_INFO));
	ck_assert_uint_eq(bench.data[2] & 0x0f, 0x0e);
	bench_bytes(3, "01 02 02 02 20 00");
	bench_bytes(16,
		    sessions[_i].type <= VD_CD_RW ? "ff ff ff ff ff ff ff ff"
						  : "00 00 00 00 00 00 00 00");
}
END_TEST

START_TEST(read_disc_information_6_22_knows_the_standard_type_alone)
{
	bench_insert(VD_CD_RW, 60000);
	assert_sense(bench_run("51 01 00 00 00 00 00 00 22 00"), VD_BAD_FIELD);
	assert_good(bench_run("51 00 00 00 00 00 00 00 04 00"));
	ck_assert_uint_eq(bench.got, 4);
}
END_TEST

START_TEST(read_track_information_6_27_invisible_track_follows_the_gap)
{
	struct bench_track t;

	bench_insert(sessions[_i].type, 60000);
	bench_session(0, sessions[_i].count, 1);
	t = bench_track(2);
	ck_assert_int_eq(t.session, 2);
	ck_assert_int_eq(t.start, sessions[_i].second);
	ck_assert_int_eq(t.next, sessions[_i].second);
	ck_assert_int_eq(t.free, 60000 - sessions[_i].second);
	ck_assert_int_eq(t.size, 60000 - sessions[_i].second);
	ck_assert_uint_eq(t.flags, 0x41);
	ck_assert_uint_eq(t.valid, 1);
	bench_session(sessions[_i].second, sessions[_i].count, 2);
	t = bench_track(3);
	ck_assert_int_eq(t.start, sessions[_i].third);
	ck_assert_int_eq(t.session, 3);
}
END_TEST

START_TEST(read_track_information_6_27_of_a_closed_track)
{
	struct bench_track t;

	bench_insert(sessions[_i].type, 60000);
	bench_session(0, sessions[_i].count, 1);
	t = bench_track(1);
	ck_assert_int_eq(t.start, 0);
	ck_assert_int_eq(t.size, sessions[_i].end);
	ck_assert_int_eq(t.free, 0);
	ck_assert_int_eq(t.last,
			 sessions[_i].type <= VD_CD_RW ? sessions[_i].count - 1
						       : sessions[_i].end - 1);
	ck_assert_uint_eq(t.flags, 0x01);
	ck_assert_uint_eq(t.valid, 2);
}
END_TEST

START_TEST(read_track_information_6_27_of_an_open_track)
{
	bool cd = sessions[_i].type <= VD_CD_RW;
	struct bench_track t;

	bench_insert(sessions[_i].type, 60000);
	assert_good(bench_mode(cd ? 1 : 0, BENCH_MULTI));
	assert_good(bench_write(0, 64, 1));
	t = bench_track(0xff);
	ck_assert_int_eq(t.number, 1);
	ck_assert_int_eq(t.next, 64);
	ck_assert_int_eq(t.free, 60000 - 64);
	ck_assert_int_eq(t.last, 63);
	ck_assert_uint_eq(t.flags, 0x01);
	ck_assert_uint_eq(t.valid, 3);
}
END_TEST

START_TEST(read_track_information_6_27_ff_is_none_on_a_finalised_disc)
{
	bench_insert(sessions[_i].type, 60000);
	bench_last_session(0, sessions[_i].count, 1);
	assert_sense(bench_run("52 01 00 00 00 ff 00 00 30 00"), VD_BAD_FIELD);
	assert_sense(bench_run("52 01 00 00 00 02 00 00 30 00"), VD_BAD_FIELD);
	ck_assert_int_eq(bench_track(1).valid, 2);
}
END_TEST

/* Two closed sessions with a track each, and the invisible track 3 at 18904. */
static const struct {
	const char *cdb;
	uint32_t sense;
	uint8_t track;
} addresses[] = {
	{ "52 00 00 00 00 00 00 00 30 00", VD_GOOD, 1 },
	{ "52 00 00 00 01 2b 00 00 30 00", VD_GOOD, 1 }, /* 299 */
	{ "52 00 00 00 2d b6 00 00 30 00", VD_GOOD, 2 }, /* 11702 */
	{ "52 00 00 00 49 d8 00 00 30 00", VD_GOOD, 3 }, /* 18904 */
	{ "52 01 00 00 00 02 00 00 30 00", VD_GOOD, 2 },
	{ "52 01 00 00 00 03 00 00 30 00", VD_GOOD, 3 },
	{ "52 01 00 00 00 ff 00 00 30 00", VD_GOOD, 3 },
	{ "52 01 00 00 00 04 00 00 30 00", VD_BAD_FIELD, 0 },
	{ "52 01 00 00 00 00 00 00 30 00", VD_BAD_FIELD, 0 },
	{ "52 02 00 00 00 01 00 00 30 00", VD_GOOD, 1 },
	{ "52 02 00 00 00 02 00 00 30 00", VD_GOOD, 2 },
	{ "52 02 00 00 00 03 00 00 30 00", VD_GOOD, 3 },
	{ "52 02 00 00 00 00 00 00 30 00", VD_BAD_FIELD, 0 },
	{ "52 02 00 00 00 04 00 00 30 00", VD_BAD_FIELD, 0 },
	{ "52 03 00 00 00 01 00 00 30 00", VD_BAD_FIELD, 0 },
};

START_TEST(read_track_information_6_27_by_block_track_and_session)
{
	bench_insert(VD_CD_RW, 60000);
	bench_session(0, 300, 1);
	bench_session(11702, 300, 2);
	assert_sense(bench_run(addresses[_i].cdb), addresses[_i].sense);
	if (!addresses[_i].sense)
		ck_assert_uint_eq(bench.data[2], addresses[_i].track);
}
END_TEST

START_TEST(read_track_information_6_27_follows_the_write_type_on_cd_alone)
{
	struct bench_track t;

	bench_insert(blanks[_i].type, 60000);
	assert_good(bench_mode(2, BENCH_MULTI));
	t = bench_track(1);
	ck_assert_int_eq(t.start, 0);
	ck_assert_int_eq(t.next, blanks[_i].type <= VD_CD_RW ? -150 : 0);
}
END_TEST

START_TEST(read_capacity_6_19_ends_with_the_last_session)
{
	bench_insert(sessions[_i].type, 60000);
	bench_session(0, sessions[_i].count, 1);
	assert_good(bench_run("25 00 00 00 00 00 00 00 00 00"));
	ck_assert_int_eq((int32_t)vd_get32(bench.data), sessions[_i].end - 1);
	bench_session(sessions[_i].second, sessions[_i].count, 1);
	assert_good(bench_run("25 00 00 00 00 00 00 00 00 00"));
	ck_assert_int_eq((int32_t)vd_get32(bench.data),
			 sessions[_i].second + sessions[_i].end - 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("info");
	TCase *tc = bench_case("info");

	bench_loop(read_disc_information_6_22_of_a_new_disc, blanks);
	bench_loop(read_track_information_6_27_of_a_new_disc, blanks);
	bench_loop(read_capacity_6_19_of_a_new_disc, blanks);
	bench_loop(read_disc_information_6_22_after_a_session_that_was_closed,
		   sessions);
	bench_loop(read_disc_information_6_22_while_a_track_is_open, sessions);
	bench_loop(read_disc_information_6_22_of_a_finalised_disc, sessions);
	bench_test(read_disc_information_6_22_knows_the_standard_type_alone);
	bench_loop(read_track_information_6_27_invisible_track_follows_the_gap,
		   sessions);
	bench_loop(read_track_information_6_27_of_a_closed_track, sessions);
	bench_loop(read_track_information_6_27_of_an_open_track, sessions);
	bench_loop(read_track_information_6_27_ff_is_none_on_a_finalised_disc,
		   sessions);
	bench_loop(read_track_information_6_27_by_block_track_and_session,
		   addresses);
	bench_loop(
		read_track_information_6_27_follows_the_write_type_on_cd_alone,
		blanks);
	bench_loop(read_capacity_6_19_ends_with_the_last_session, sessions);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
