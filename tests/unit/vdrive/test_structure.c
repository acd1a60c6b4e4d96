/* SPDX-License-Identifier: GPL-2.0-or-later */
/* READ FORMAT CAPACITIES, READ DISC STRUCTURE and the mode pages. */
#include "bench_drive.h"

#include <string.h>

#define CAPACITIES "23 00 00 00 00 00 00 04 00 00"

/* Of a new disc of 60,000 blocks: the current capacity, then the formats; one
 * of 32 blocks of a BD is spare, which leaves 58,112 in whole clusters. */
static const struct {
	enum vd_type type;
	const char *answer;
} formats[] = {
	{ VD_CD_R, "00 00 00 08 00 00 ea 60 01 00 08 00" },
	{ VD_CD_RW, "00 00 00 08 00 00 ea 60 01 00 08 00" },
	{ VD_DVD_R, "00 00 00 08 00 00 ea 60 01 00 08 00" },
	{ VD_DVD_RW,
	  "00 00 00 20 00 00 ea 60 01 00 08 00 "
	  "00 00 ea 60 00 00 00 10 00 00 ea 60 40 00 00 10 "
	  "00 00 ea 60 54 00 00 10" },
	{ VD_DVD_PLUS_R, "00 00 00 08 00 00 ea 60 01 00 08 00" },
	{ VD_DVD_PLUS_RW,
	  "00 00 00 10 00 00 ea 60 01 00 08 00 "
	  "00 00 ea 60 98 00 00 00" },
	{ VD_DVD_RAM,
	  "00 00 00 20 00 00 ea 60 02 00 08 00 "
	  "00 00 ea 60 00 00 08 00 00 00 e3 00 00 00 08 00 "
	  "00 00 ea 60 04 00 08 00" },
	{ VD_BD_R,
	  "00 00 00 20 00 00 ea 60 01 00 08 00 "
	  "00 00 e3 00 00 00 08 00 00 00 e3 00 c8 00 08 00 "
	  "00 00 ea 60 c8 00 08 00" },
	{ VD_BD_RE,
	  "00 00 00 20 00 00 ea 60 01 00 08 00 "
	  "00 00 e3 00 00 00 08 00 00 00 e3 00 c0 00 08 00 "
	  "00 00 ea 60 c4 00 08 00" },
};

START_TEST(read_format_capacities_6_24_of_a_new_disc)
{
	bench_insert(formats[_i].type, 60000);
	assert_good(bench_run(CAPACITIES));
	ck_assert_uint_eq(bench.got, 4u + bench.data[3]);
	bench_bytes(0, formats[_i].answer);
	assert_good(bench_run("23 00 00 00 00 00 00 00 0c 00"));
	ck_assert_uint_eq(bench.got, 12);
}
END_TEST

START_TEST(read_format_capacities_6_24_without_a_disc_says_so)
{
	struct vd_drive_options options = { .speed = 0 };

	bench_start(&options);
	assert_good(bench_run(CAPACITIES));
	ck_assert_uint_eq(bench.got, 12);
	bench_bytes(0, "00 00 00 08 00 00 00 00 03 00 08 00");
	bench_load(VD_BD_RE, 60000, false);
	vd_drive_tray(bench.drive, true);
	assert_good(bench_run(CAPACITIES));
	bench_bytes(0, "00 00 00 08 00 00 00 00 03 00 08 00");
}
END_TEST

START_TEST(read_format_capacities_6_24_reports_the_formatted_size)
{
	bench_insert(VD_CD_RW, 60000);
	bench_session(0, 300, 1);
	assert_good(bench_run(CAPACITIES));
	bench_bytes(4, "00 00 01 2e 02 00 08 00");
	bench_insert(VD_BD_RE, 60000);
	assert_good(bench_send_hex("04 11 00 00 00 00",
				   "00 82 00 08 00 00 e3 00 c0 00 00 00"));
	assert_good(bench_run(CAPACITIES));
	bench_bytes(4, "00 00 e3 00 02 00 08 00");
}
END_TEST

/* Format codes that the medium has, the answer's length, and some of it. */
static const struct {
	enum vd_type type;
	uint8_t kind, format;
	size_t length, at;
	const char *bytes;
} structures[] = {
	/* Physical format: book, size; first and last physical address. */
	{ VD_DVD_R, 0, 0x00, 2052, 4, "25 0f 02 00 00 03 00 00 00 03 ea 5f" },
	{ VD_DVD_RW, 0, 0x00, 2052, 4, "32 0f 02 00 00 03 00 00 00 03 ea 5f" },
	{ VD_DVD_PLUS_R, 0, 0x00, 2052, 4, "a1 0f 02 00 00 03 00 00 00 03" },
	{ VD_DVD_PLUS_RW, 0, 0x00, 2052, 4, "92 0f 02 00 00 03 00 00 00 03" },
	{ VD_DVD_RAM, 0, 0x00, 2052, 4, "16 0f 02 00 00 03 00 00 00 03" },
	{ VD_DVD_R, 0, 0x01, 8, 0, "00 06 00 00 00 00 00 00" },
	{ VD_DVD_PLUS_R, 0, 0x04, 2052, 0, "08 02 00 00 00" },
	{ VD_DVD_RAM, 0, 0x0a, 16, 0, "00 0e 00 00 00 00 00 00" },
	{ VD_DVD_R, 0, 0x0e, 44, 4, "03 00 00 03 ea 60" },
	{ VD_DVD_RW, 0, 0x0e, 44, 20, "03 56 44 52 49 56 45 00 04 56 30 31" },
	{ VD_DVD_PLUS_R, 0, 0x11, 260, 23, "56 44 52 49 56 45 00 00 56 30" },
	{ VD_DVD_PLUS_RW, 0, 0x11, 260, 4, "92 0f 02" },
	{ VD_BD_R, 1, 0x00, 4100, 0, "10 02 00 00 44 49 01 01" },
	{ VD_BD_R, 1, 0x00, 4100, 12, "42 44 52 01 11" },
	{ VD_BD_RE, 1, 0x00, 4100, 12, "42 44 57 01 11" },
	{ VD_BD_RE, 1, 0x0a, 16, 0, "00 0e 00 00" },
};

static uint32_t
read_structure(uint8_t kind, uint8_t format)
{
	char cdb[64];

	snprintf(cdb, sizeof cdb, "ad %x 00 00 00 00 00 %x 20 00 00 00", kind,
		 format);
	return bench_run(cdb);
}

START_TEST(read_disc_structure_6_23_of_dvd_and_bd)
{
	bench_insert(structures[_i].type, 60000);
	assert_good(read_structure(structures[_i].kind, structures[_i].format));
	ck_assert_uint_eq(bench.got, structures[_i].length);
	ck_assert_uint_eq(vd_get16(bench.data), bench.got - 2);
	bench_bytes(structures[_i].at, structures[_i].bytes);
}
END_TEST

static const struct {
	enum vd_type type;
	uint8_t kind, format;
	uint32_t sense;
} no_structures[] = {
	{ VD_CD_R, 0, 0x00, VD_CANNOT_READ },
	{ VD_CD_RW, 1, 0x00, VD_CANNOT_READ },
	{ VD_DVD_R, 1, 0x00, VD_BAD_FIELD },
	{ VD_DVD_R, 0, 0x11, VD_BAD_FIELD },
	{ VD_DVD_PLUS_R, 0, 0x0e, VD_BAD_FIELD },
	{ VD_DVD_PLUS_RW, 0, 0x0a, VD_BAD_FIELD },
	{ VD_DVD_RAM, 0, 0x77, VD_BAD_FIELD },
	{ VD_BD_R, 0, 0x00, VD_BAD_FIELD },
	{ VD_BD_RE, 1, 0x04, VD_BAD_FIELD },
};

START_TEST(read_disc_structure_6_23_refuses_what_the_medium_has_not)
{
	bench_insert(no_structures[_i].type, 60000);
	assert_sense(read_structure(no_structures[_i].kind,
				    no_structures[_i].format),
		     no_structures[_i].sense);
}
END_TEST

START_TEST(read_disc_structure_6_23_has_one_layer)
{
	bench_insert(VD_DVD_R, 60000);
	assert_sense(bench_run("ad 00 00 00 00 00 01 00 08 00 00 00"),
		     VD_BAD_FIELD);
	assert_good(bench_run("ad 00 00 00 00 00 00 00 00 04 00 00"));
	ck_assert_uint_eq(bench.got, 4);
}
END_TEST

START_TEST(read_disc_structure_6_23_reports_the_recorded_end_of_a_dvd_r)
{
	bench_insert(VD_DVD_R, 60000);
	bench_session(0, 100, 1);
	assert_good(read_structure(0, 0));
	bench_bytes(4 + 9, "03 00 6f");
}
END_TEST

START_TEST(read_disc_structure_6_23_counts_the_spares_of_a_bd)
{
	bench_insert(VD_BD_RE, 60000);
	assert_good(bench_send_hex("04 11 00 00 00 00",
				   "00 82 00 08 00 00 e3 00 c0 00 00 00"));
	assert_good(read_structure(1, 0x0a));
	bench_bytes(8, "00 00 07 60 00 00 07 60");
}
END_TEST

START_TEST(mode_sense_7_gives_the_pages_01_05_and_2a)
{
	bench_insert(VD_CD_RW, 60000);
	assert_good(bench_run("5a 00 01 00 00 00 00 00 ff 00"));
	ck_assert_uint_eq(bench.got, 8 + 12);
	bench_bytes(0, "00 12 00 00 00 00 00 00 01 0a 00 20");
	assert_good(bench_run("5a 00 05 00 00 00 00 00 ff 00"));
	ck_assert_uint_eq(bench.got, 8 + 52);
	bench_bytes(8, "05 32 41 04 08 00 00 00 00 00 00 00 00 10 00 96");
	assert_good(bench_run("5a 00 2a 00 00 00 00 00 ff 00"));
	ck_assert_uint_eq(bench.got, 8 + 36);
	bench_bytes(8, "2a 22 3f 37");
	assert_good(bench_run("5a 00 3f 00 00 00 00 00 ff 00"));
	ck_assert_uint_eq(bench.got, 8 + 12 + 52 + 36);
	ck_assert_uint_eq(vd_get16(bench.data), bench.got - 2);
	assert_good(bench_run("5a 00 3f 00 00 00 00 00 08 00"));
	ck_assert_uint_eq(bench.got, 8);
}
END_TEST

START_TEST(mode_sense_7_page_2a_reports_the_lock)
{
	bench_insert(VD_CD_RW, 60000);
	assert_good(bench_run("5a 00 2a 00 00 00 00 00 ff 00"));
	ck_assert_uint_eq(bench.data[8 + 6], 0x29);
	assert_good(bench_run("1e 00 00 00 01 00"));
	assert_good(bench_run("5a 00 2a 00 00 00 00 00 ff 00"));
	ck_assert_uint_eq(bench.data[8 + 6], 0x2b);
}
END_TEST

START_TEST(mode_select_6_12_changes_and_mode_sense_6_13_reports_all_three)
{
	bench_insert(VD_CD_RW, 60000);
	assert_good(bench_mode(0x02, BENCH_MULTI));
	assert_good(bench_run("5a 00 05 00 00 00 00 00 ff 00"));
	bench_bytes(8, "05 32 02 c4 08");
	assert_good(bench_run("5a 00 85 00 00 00 00 00 ff 00"));
	bench_bytes(8, "05 32 41 04 08");
	assert_good(bench_run("5a 00 45 00 00 00 00 00 ff 00"));
	bench_bytes(8, "05 32 7f ff 0f");
	assert_good(bench_send_hex("55 10 00 00 00 00 00 00 14 00",
				   "00 00 00 00 00 00 00 00 "
				   "01 0a 20 05 00 00 00 00 00 00 00 00"));
	assert_good(bench_run("5a 00 01 00 00 00 00 00 ff 00"));
	bench_bytes(8, "01 0a 20 05");
	assert_good(bench_send_hex("55 10 00 00 00 00 00 00 00 00", ""));
}
END_TEST

START_TEST(mode_pages_are_the_defaults_again_with_a_new_disc)
{
	bench_insert(VD_CD_RW, 60000);
	assert_good(bench_mode(0x02, BENCH_MULTI));
	bench_load(VD_CD_RW, 60000, false);
	assert_good(bench_run("5a 00 05 00 00 00 00 00 ff 00"));
	bench_bytes(8, "05 32 41 04 08");
}
END_TEST

static const struct {
	const char *cdb;
	uint32_t sense;
} bad_sense[] = {
	{ "5a 00 c5 00 00 00 00 00 ff 00", 0x053900 },
	{ "5a 00 0e 00 00 00 00 00 ff 00", VD_BAD_FIELD },
	{ "5a 00 05 01 00 00 00 00 ff 00", VD_BAD_FIELD },
};

START_TEST(mode_sense_6_13_refuses_saved_and_unknown_pages)
{
	bench_insert(VD_CD_RW, 60000);
	assert_sense(bench_run(bad_sense[_i].cdb), bad_sense[_i].sense);
}
END_TEST

/* What is wrong with page 05h: a byte of the list, and its value. */
static const struct {
	uint8_t at, value;
	uint32_t sense;
} bad_page[] = {
	{ 8, 0x0e, VD_BAD_PARAMETER },  /* a page that cannot be changed */
	{ 9, 48, VD_BAD_PARAMETER },    /* its length */
	{ 10, 0x03, VD_BAD_PARAMETER }, /* raw */
	{ 12, 1, VD_BAD_PARAMETER },    /* blocks of 2,368 bytes */
	{ 16, 0x30, VD_BAD_PARAMETER }, /* a session format of nothing */
	{ 7, 60, 0x051a00 },            /* block descriptors, no page */
	{ 7, 8, VD_BAD_PARAMETER },     /* then no whole page is left */
};

START_TEST(mode_select_7_5_4_refuses_what_no_drive_takes)
{
	uint8_t list[60] = { [8] = 5, [9] = 50, [10] = 1, [11] = 4, [12] = 8 };

	bench_insert(VD_CD_RW, 60000);
	assert_good(bench_send("55 10 00 00 00 00 00 00 3c 00", list, 60));
	list[bad_page[_i].at] = bad_page[_i].value;
	assert_sense(bench_send("55 10 00 00 00 00 00 00 3c 00", list, 60),
		     bad_page[_i].sense);
	assert_good(bench_run("5a 00 05 00 00 00 00 00 ff 00"));
	bench_bytes(8, "05 32 01 04 08");
}
END_TEST

START_TEST(mode_select_6_12_wants_the_page_format_and_all_its_bytes)
{
	uint8_t list[60] = { [8] = 5, [9] = 50, [10] = 1, [11] = 4, [12] = 8 };

	bench_insert(VD_CD_RW, 60000);
	assert_sense(bench_send("55 00 00 00 00 00 00 00 3c 00", list, 60),
		     VD_BAD_FIELD);
	assert_sense(bench_send("55 10 00 00 00 00 00 00 3c 00", list, 59),
		     VD_BAD_FIELD);
	assert_sense(bench_send("55 10 00 00 00 00 00 00 04 00", list, 60),
		     0x051a00);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("structure");
	TCase *tc = bench_case("structure");

	bench_loop(read_format_capacities_6_24_of_a_new_disc, formats);
	bench_test(read_format_capacities_6_24_without_a_disc_says_so);
	bench_test(read_format_capacities_6_24_reports_the_formatted_size);
	bench_loop(read_disc_structure_6_23_of_dvd_and_bd, structures);
	bench_loop(read_disc_structure_6_23_refuses_what_the_medium_has_not,
		   no_structures);
	bench_test(read_disc_structure_6_23_has_one_layer);
	bench_test(
		read_disc_structure_6_23_reports_the_recorded_end_of_a_dvd_r);
	bench_test(read_disc_structure_6_23_counts_the_spares_of_a_bd);
	bench_test(mode_sense_7_gives_the_pages_01_05_and_2a);
	bench_test(mode_sense_7_page_2a_reports_the_lock);
	bench_test(
		mode_select_6_12_changes_and_mode_sense_6_13_reports_all_three);
	bench_test(mode_pages_are_the_defaults_again_with_a_new_disc);
	bench_loop(mode_sense_6_13_refuses_saved_and_unknown_pages, bad_sense);
	bench_loop(mode_select_7_5_4_refuses_what_no_drive_takes, bad_page);
	bench_test(mode_select_6_12_wants_the_page_format_and_all_its_bytes);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
