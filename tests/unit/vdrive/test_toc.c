/* SPDX-License-Identifier: GPL-2.0-or-later */
/* READ TOC/PMA/ATIP, the formats 0, 1, 2 and 4. */
#include "bench_drive.h"

static void
two_cd_sessions(void)
{
	bench_insert(VD_CD_RW, 60000);
	bench_session(0, 300, 1);     /* to 302 */
	bench_session(11702, 300, 2); /* to 12004 */
}

/* On a CD with two sessions. */
static const struct {
	const char *cdb, *answer;
} tocs[] = {
	/* Format 0: tracks from the one asked for, and the lead-out. */
	{ "43 00 00 00 00 00 00 04 00 00",
	  "00 1a 01 02 00 14 01 00 00 00 00 00 00 14 02 00 00 00 2d b6 "
	  "00 14 aa 00 00 00 2e e4" },
	{ "43 00 00 00 00 00 01 04 00 00",
	  "00 1a 01 02 00 14 01 00 00 00 00 00 00 14 02 00 00 00 2d b6 "
	  "00 14 aa 00 00 00 2e e4" },
	{ "43 00 00 00 00 00 02 04 00 00",
	  "00 12 01 02 00 14 02 00 00 00 2d b6 00 14 aa 00 00 00 2e e4" },
	{ "43 00 00 00 00 00 aa 04 00 00",
	  "00 0a 01 02 00 14 aa 00 00 00 2e e4" },
	/* In minutes, seconds, frames, which count from -150. */
	{ "43 02 00 00 00 00 00 04 00 00",
	  "00 1a 01 02 00 14 01 00 00 00 02 00 00 14 02 00 00 02 26 02 "
	  "00 14 aa 00 00 02 2a 04" },
	/* Format 1: the first track of the last session. */
	{ "43 00 01 00 00 00 00 04 00 00",
	  "00 0a 01 02 00 14 02 00 00 00 2d b6" },
	{ "43 00 00 00 00 00 00 04 00 40", /* as SFF-8020i asked for it */
	  "00 0a 01 02 00 14 02 00 00 00 2d b6" },
	/* Format 2 of session 2: A0, A1, A2, the track, B0. */
	{ "43 02 02 00 00 00 02 04 00 00",
	  "00 39 01 02 "
	  "02 14 00 a0 00 00 00 00 02 00 00 "
	  "02 14 00 a1 00 00 00 00 02 00 00 "
	  "02 14 00 a2 00 00 00 00 02 2a 04 "
	  "02 14 00 02 00 00 00 00 02 26 02 "
	  "02 54 00 b0 04 0c 04 00 0d 16 00" },
};

START_TEST(read_toc_6_26_of_two_sessions)
{
	two_cd_sessions();
	assert_good(bench_run(tocs[_i].cdb));
	ck_assert_uint_eq(bench.got, vd_get16(bench.data) + 2);
	bench_bytes(0, tocs[_i].answer);
}
END_TEST

START_TEST(read_toc_6_26_format_2_has_all_sessions_and_the_first_lead_in)
{
	two_cd_sessions();
	assert_good(bench_run("43 02 02 00 00 00 00 04 00 00"));
	ck_assert_uint_eq(bench.got, 4 + 11 * (6 + 5));
	bench_bytes(0, "00 7b 01 02");
	bench_bytes(4 + 11 * 4,
		    "01 54 00 b0 02 24 02 00 0d 16 00 "
		    "01 54 00 c0 00 00 00 00 61 22 17 02 14 00 a0");
}
END_TEST

START_TEST(read_toc_6_26_format_2_of_a_finalised_disc_has_no_next_session)
{
	bench_insert(VD_CD_RW, 60000);
	bench_last_session(0, 300, 1);
	assert_good(bench_run("43 02 02 00 00 00 00 04 00 00"));
	ck_assert_uint_eq(bench.got, 4 + 11 * 4);
	bench_bytes(0, "00 2e 01 01");
}
END_TEST

START_TEST(read_toc_6_26_gives_no_more_than_the_allocation_length)
{
	two_cd_sessions();
	assert_good(bench_run("43 00 00 00 00 00 00 00 04 00"));
	ck_assert_uint_eq(bench.got, 4);
	bench_bytes(0, "00 1a 01 02");
}
END_TEST

static const char *const bad[] = {
	"43 00 00 00 00 00 03 04 00 00", /* no such track */
	"43 00 02 00 00 00 03 04 00 00", /* no such session */
	"43 00 03 00 00 00 00 04 00 00", /* PMA: not told */
	"43 00 05 00 00 00 00 04 00 00", /* CD-TEXT: there is none */
	"43 00 0f 00 00 00 00 04 00 00",
};

START_TEST(read_toc_6_26_refuses_what_is_not_there)
{
	two_cd_sessions();
	assert_sense(bench_run(bad[_i]), VD_BAD_FIELD);
}
END_TEST

START_TEST(read_toc_6_26_does_not_report_a_session_that_is_open)
{
	bench_insert(VD_CD_RW, 60000);
	bench_session(0, 300, 1);
	bench_fill(11702, 300, 2);
	assert_good(bench_run("43 00 00 00 00 00 00 04 00 00"));
	bench_bytes(0,
		    "00 12 01 01 00 14 01 00 00 00 00 00 "
		    "00 14 aa 00 00 00 01 2e");
	assert_good(bench_sync());
	assert_good(bench_run("43 00 01 00 00 00 00 04 00 00"));
	bench_bytes(0, "00 0a 01 01 00 14 01 00 00 00 00 00");
}
END_TEST

/* A DVD or BD is told as a CD would be: the lead-out of 100 blocks. */
static const struct {
	enum vd_type type;
	const char *two, *last;
} others[] = {
	{ VD_DVD_R, "00 14 02 00 00 00 40 70 00 14 aa 00 00 00 40 e0",
	  "00 14 02 00 00 00 40 70" },
	{ VD_DVD_RW, "00 14 02 00 00 00 40 70 00 14 aa 00 00 00 40 e0",
	  "00 14 02 00 00 00 40 70" },
	{ VD_DVD_PLUS_R, "00 14 02 00 00 00 10 70 00 14 aa 00 00 00 10 e0",
	  "00 14 02 00 00 00 10 70" },
	{ VD_BD_R, "00 14 02 00 00 00 00 80 00 14 aa 00 00 00 01 00",
	  "00 14 02 00 00 00 00 80" },
};

START_TEST(read_toc_6_26_of_two_sessions_on_dvd_and_bd)
{
	static const int32_t second[] = { 16496, 16496, 4208, 128 };

	bench_insert(others[_i].type, 60000);
	bench_session(0, 100, 1);
	bench_session(second[_i], 100, 2);
	assert_good(bench_run("43 00 00 00 00 00 00 04 00 00"));
	bench_bytes(0, "00 1a 01 02 00 14 01 00 00 00 00 00");
	bench_bytes(12, others[_i].two);
	assert_good(bench_run("43 00 01 00 00 00 00 04 00 00"));
	bench_bytes(0, "00 0a 01 02");
	bench_bytes(4, others[_i].last);
	assert_sense(bench_run("43 00 02 00 00 00 00 04 00 00"), VD_BAD_FIELD);
	assert_sense(bench_run("43 00 04 00 00 00 00 04 00 00"), VD_BAD_FIELD);
}
END_TEST

static const struct {
	enum vd_type type;
	const char *format;
} overwritables[] = {
	{ VD_DVD_RAM, NULL },
	{ VD_DVD_PLUS_RW, "00 82 00 08 ff ff ff ff 98 00 00 00" },
	{ VD_BD_RE, "00 82 00 08 00 00 ea 60 c4 00 00 00" },
	{ VD_DVD_RW, "00 82 00 08 00 00 ea 60 00 00 00 10" },
};

START_TEST(read_toc_6_26_of_overwritable_media_is_one_track)
{
	bench_insert(overwritables[_i].type, 60000);
	if (overwritables[_i].format)
		assert_good(bench_send_hex("04 11 00 00 00 00",
					   overwritables[_i].format));
	assert_good(bench_run("43 00 00 00 00 00 00 04 00 00"));
	bench_bytes(0,
		    "00 12 01 01 00 14 01 00 00 00 00 00 "
		    "00 14 aa 00 00 00 ea 60");
	assert_good(bench_run("43 00 01 00 00 00 00 04 00 00"));
	bench_bytes(0, "00 0a 01 01 00 14 01 00 00 00 00 00");
}
END_TEST

START_TEST(read_toc_6_26_of_a_blank_disc_is_a_lead_out_at_0)
{
	bench_insert(VD_CD_RW, 60000);
	assert_good(bench_run("43 00 00 00 00 00 00 04 00 00"));
	bench_bytes(0, "00 0a 01 01 00 14 aa 00 00 00 00 00");
	assert_good(bench_run("43 00 01 00 00 00 00 04 00 00"));
	bench_bytes(0, "00 0a 01 01 00 14 01 00 00 00 00 00");
	assert_sense(bench_run("43 00 02 00 00 00 00 04 00 00"), VD_BAD_FIELD);
}
END_TEST

START_TEST(a_drive_of_2003_refuses_read_toc_of_a_blank_disc)
{
	struct vd_drive_options options = { .personality = VD_OLD };

	bench_start(&options);
	bench_load(VD_CD_RW, 60000, false);
	assert_sense(bench_run("43 00 00 00 00 00 00 04 00 00"), VD_BAD_FIELD);
	assert_sense(bench_run("43 00 01 00 00 00 00 04 00 00"), VD_BAD_FIELD);
	assert_good(bench_run("43 00 04 00 00 00 00 04 00 00"));
	bench_session(0, 300, 1);
	assert_good(bench_run("43 00 01 00 00 00 00 04 00 00"));
}
END_TEST

/* 13:22:00 is where the lead-out may start at last. */
static const struct {
	enum vd_type type;
	const char *answer;
} atips[] = {
	{ VD_CD_R,
	  "00 1a 00 00 d0 40 80 00 61 22 17 00 0d 16 00 00 "
	  "00 00 00 00 00 00 00 00 00 00 00 00" },
	{ VD_CD_RW,
	  "00 1a 00 00 d3 40 c4 00 61 22 17 00 0d 16 00 00 "
	  "24 1a 58 00 00 00 00 00 00 00 00 00" },
};

START_TEST(read_toc_6_26_3_6_atip)
{
	bench_insert(atips[_i].type, 60000);
	assert_good(bench_run("43 02 04 00 00 00 00 04 00 00"));
	ck_assert_uint_eq(bench.got, 28);
	bench_bytes(0, atips[_i].answer);
}
END_TEST

START_TEST(a_bridge_drops_atip)
{
	struct vd_drive_options options = { .personality = VD_USB_BRIDGE };

	bench_start(&options);
	bench_load(VD_CD_RW, 60000, false);
	assert_sense(bench_run("43 02 04 00 00 00 00 04 00 00"), VD_BAD_FIELD);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("toc");
	TCase *tc = bench_case("toc");

	bench_loop(read_toc_6_26_of_two_sessions, tocs);
	bench_test(
		read_toc_6_26_format_2_has_all_sessions_and_the_first_lead_in);
	bench_test(
		read_toc_6_26_format_2_of_a_finalised_disc_has_no_next_session);
	bench_test(read_toc_6_26_gives_no_more_than_the_allocation_length);
	bench_loop(read_toc_6_26_refuses_what_is_not_there, bad);
	bench_test(read_toc_6_26_does_not_report_a_session_that_is_open);
	bench_loop(read_toc_6_26_of_two_sessions_on_dvd_and_bd, others);
	bench_loop(read_toc_6_26_of_overwritable_media_is_one_track,
		   overwritables);
	bench_test(read_toc_6_26_of_a_blank_disc_is_a_lead_out_at_0);
	bench_test(a_drive_of_2003_refuses_read_toc_of_a_blank_disc);
	bench_loop(read_toc_6_26_3_6_atip, atips);
	bench_test(a_bridge_drops_atip);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
