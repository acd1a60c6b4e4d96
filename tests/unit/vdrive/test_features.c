/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GET CONFIGURATION: profiles and features. */
#include "bench_drive.h"

static void
empty_drive(const char *serial)
{
	struct vd_drive_options options = { .serial = serial };

	bench_start(&options);
}

/* Profile, and features that are current with the medium and that are not. */
static const struct {
	enum vd_type type;
	uint16_t profile;
	uint16_t current[8], not_current[6];
} configurations[] = {
	{ VD_CD_R,
	  0x09,
	  { 0x10, 0x1e, 0x21, 0x2d, 0x2e, 0x107 },
	  { 0x1f, 0x20, 0x2f, 0x37, 0x40 } },
	{ VD_CD_RW,
	  0x0a,
	  { 0x10, 0x1e, 0x21, 0x2d, 0x2e, 0x37 },
	  { 0x1f, 0x20, 0x2f, 0x40 } },
	{ VD_DVD_R,
	  0x11,
	  { 0x10, 0x1f, 0x21, 0x2f },
	  { 0x1e, 0x20, 0x23, 0x2b, 0x2d } },
	{ VD_DVD_RW,
	  0x14,
	  { 0x10, 0x1f, 0x21, 0x23, 0x2f },
	  { 0x20, 0x26, 0x2c, 0x2d } },
	{ VD_DVD_PLUS_R,
	  0x1b,
	  { 0x10, 0x1f, 0x2b },
	  { 0x20, 0x23, 0x2a, 0x2f } },
	{ VD_DVD_PLUS_RW,
	  0x1a,
	  { 0x10, 0x1f, 0x20, 0x23, 0x2a },
	  { 0x26, 0x2b, 0x2f } },
	{ VD_DVD_RAM,
	  0x12,
	  { 0x10, 0x1f, 0x20, 0x23, 0x24 },
	  { 0x21, 0x2a, 0x2f } },
	{ VD_BD_R,
	  0x41,
	  { 0x10, 0x23, 0x40, 0x41 },
	  { 0x1f, 0x20, 0x2b, 0x2d } },
	{ VD_BD_RE,
	  0x43,
	  { 0x10, 0x20, 0x23, 0x40, 0x41 },
	  { 0x1f, 0x26, 0x2d } },
};

/* One feature by type 10b, and whether it is current. */
static bool
feature_is_current(uint16_t code)
{
	char cdb[64];

	snprintf(cdb, sizeof cdb, "46 02 %x %x 00 00 00 04 00 00", code >> 8,
		 code & 255);
	assert_good(bench_run(cdb));
	ck_assert_uint_gt(bench.got, 8);
	ck_assert_uint_eq(vd_get16(bench.data + 8), code);
	ck_assert_uint_eq(bench.got, 12u + bench.data[11]);
	return bench.data[10] & 1;
}

START_TEST(get_configuration_6_6_has_the_features_of_the_profile)
{
	bench_insert(configurations[_i].type, 60000);
	assert_good(bench_run("46 00 00 00 00 00 00 00 08 00"));
	ck_assert_uint_eq(bench.got, 8);
	ck_assert_uint_eq(vd_get16(bench.data + 6), configurations[_i].profile);
	for (int i = 0; i < 8 && configurations[_i].current[i]; i++)
		ck_assert_msg(feature_is_current(configurations[_i].current[i]),
			      "%x", configurations[_i].current[i]);
	for (int i = 0; i < 6 && configurations[_i].not_current[i]; i++)
		ck_assert_msg(
			!feature_is_current(configurations[_i].not_current[i]),
			"%x", configurations[_i].not_current[i]);
}
END_TEST

START_TEST(get_configuration_5_3_1_marks_one_profile_of_the_list)
{
	int marked = 0;

	bench_insert(configurations[_i].type, 60000);
	assert_good(bench_run("46 02 00 00 00 00 00 04 00 00"));
	for (size_t i = 12; i < bench.got; i += 4)
		if (bench.data[i + 2] & 1) {
			marked++;
			ck_assert_uint_eq(vd_get16(bench.data + i),
					  configurations[_i].profile);
		}
	ck_assert_int_eq(marked, 1);
}
END_TEST

START_TEST(get_configuration_6_6_lists_features_in_order)
{
	uint32_t before = 0, n = 0;

	bench_insert(configurations[_i].type, 60000);
	for (int type = 0; type < 2; type++) {
		assert_good(bench_run(type ? "46 01 00 00 00 00 00 10 00 00"
					   : "46 00 00 00 00 00 00 10 00 00"));
		ck_assert_uint_eq(vd_get32(bench.data), bench.got - 4);
		before = n = 0;
		for (size_t i = 8; i < bench.got; i += 4u + bench.data[i + 3]) {
			uint32_t code = vd_get16(bench.data + i);

			ck_assert(!n || code > before);
			ck_assert_uint_eq(bench.data[i + 3] % 4, 0);
			ck_assert(!type || bench.data[i + 2] & 1);
			before = code;
			n++;
		}
		ck_assert_uint_gt(n, 6);
	}
}
END_TEST

START_TEST(get_configuration_6_6_begins_with_the_feature_asked_for)
{
	bench_insert(VD_CD_RW, 60000);
	assert_good(bench_run("46 00 00 2e 00 00 00 10 00 00"));
	bench_bytes(8, "00 2e");
	assert_good(bench_run("46 02 0f ff 00 00 00 10 00 00"));
	ck_assert_uint_eq(bench.got, 8);
	assert_sense(bench_run("46 03 00 00 00 00 00 10 00 00"), VD_BAD_FIELD);
}
END_TEST

START_TEST(get_configuration_6_6_has_no_profile_without_a_disc)
{
	empty_drive(NULL);
	assert_good(bench_run("46 01 00 00 00 00 00 10 00 00"));
	bench_bytes(6, "00 00");
	bench_insert(VD_CD_RW, 60000);
	vd_drive_tray(bench.drive, true);
	assert_good(bench_run("46 01 00 00 00 00 00 10 00 00"));
	bench_bytes(6, "00 00");
}
END_TEST

START_TEST(get_configuration_5_3_of_dvd_rw_blanked_fast_is_dao_alone)
{
	bench_insert(VD_DVD_RW, 60000);
	ck_assert(feature_is_current(0x21));
	assert_good(bench_run("a1 01 00 00 00 00 00 00 00 00 00 00"));
	ck_assert(!feature_is_current(0x21));
	assert_good(bench_run("a1 00 00 00 00 00 00 00 00 00 00 00"));
	ck_assert(feature_is_current(0x21));
}
END_TEST

START_TEST(get_configuration_5_3_bd_read_and_write_have_their_classes)
{
	bench_insert(VD_BD_R, 60000);
	ck_assert(feature_is_current(0x40));
	bench_bytes(8,
		    "00 40 01 1c 00 00 00 00 00 06 00 06 00 00 00 00 "
		    "00 06 00 06 00 00 00 00 00 00 00 00 00 00 00 00");
	ck_assert(feature_is_current(0x41));
	bench_bytes(8,
		    "00 41 01 18 00 00 00 00 00 06 00 06 00 00 00 00 "
		    "00 06 00 06 00 00 00 00 00 00 00 00");
}
END_TEST

START_TEST(get_configuration_5_3_carries_the_serial_number)
{
	empty_drive("ABC");
	ck_assert(feature_is_current(0x108));
	ck_assert_mem_eq(bench.data + 12, "ABC             ", 16);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("features");
	TCase *tc = bench_case("features");

	bench_loop(get_configuration_6_6_has_the_features_of_the_profile,
		   configurations);
	bench_loop(get_configuration_5_3_1_marks_one_profile_of_the_list,
		   configurations);
	bench_loop(get_configuration_6_6_lists_features_in_order,
		   configurations);
	bench_test(get_configuration_6_6_begins_with_the_feature_asked_for);
	bench_test(get_configuration_6_6_has_no_profile_without_a_disc);
	bench_test(get_configuration_5_3_of_dvd_rw_blanked_fast_is_dao_alone);
	bench_test(get_configuration_5_3_bd_read_and_write_have_their_classes);
	bench_test(get_configuration_5_3_carries_the_serial_number);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
