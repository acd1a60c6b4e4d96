/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the disc is after the power failed, or only the client died. */
#include "bench_drive.h"

#define BUFFER 1024 /* blocks that the drive has in its buffer */
#define READY "00 00 00 00 00 00"

static const char *
begin(enum vd_type type, double speed)
{
	struct vd_drive_options options = { .power_loss = true,
					    .speed = speed };
	const char *path;

	bench_start(&options);
	path = bench_load(type, 60000, false);
	if (type <= VD_BD_R)
		assert_good(bench_mode(type <= VD_CD_RW ? 1 : 0, BENCH_MULTI));
	return path;
}

static void
lose_power(void)
{
	vd_drive_power_loss(bench.drive);
	assert_sense(bench_run(READY), VD_POWER_ON);
	assert_good(bench_run(READY));
}

static const enum vd_type sequential[] = { VD_CD_R,   VD_CD_RW,      VD_DVD_R,
					   VD_DVD_RW, VD_DVD_PLUS_R, VD_BD_R };

START_TEST(what_was_not_synchronized_is_lost_and_the_track_damaged)
{
	struct bench_track t;

	begin(sequential[_i], 0);
	bench_fill(0, 3200, 1);
	ck_assert(bench_holds(2880, 320, 1));
	lose_power();
	t = bench_track(1);
	ck_assert_uint_eq(t.mode, 0x24);
	ck_assert_int_eq(t.last, 3200 - BUFFER - 1);
	ck_assert_uint_eq(t.valid, 2);
	ck_assert(bench_holds(3200 - BUFFER - 320, 320, 1));
	ck_assert(!bench_holds(3200 - BUFFER, 1, 1));
	assert_good(
		bench_mode(sequential[_i] <= VD_CD_RW ? 1 : 0, BENCH_MULTI));
	assert_sense(bench_write(3200 - BUFFER, 32, 1), VD_BAD_ADDRESS);
}
END_TEST

START_TEST(a_track_of_which_nothing_reached_the_disc_never_was)
{
	begin(sequential[_i], 0);
	bench_fill(0, 960, 1);
	lose_power();
	ck_assert_int_eq(vd_drive_disc(bench.drive)->track_count, 0);
	ck_assert_int_eq(bench_track(1).next, 0);
	assert_sense(bench_read(0, 1), VD_OUT_OF_RANGE);
}
END_TEST

START_TEST(a_closed_session_survives)
{
	int32_t second;

	begin(sequential[_i], 0);
	bench_session(0, 960, 1);
	second = bench_track(2).next;
	bench_fill(second, 320, 2);
	lose_power();
	ck_assert_int_eq(vd_drive_disc(bench.drive)->sessions, 1);
	ck_assert_int_eq(bench_track(2).next, second);
	ck_assert(bench_holds(0, 320, 1));
	ck_assert(bench_holds(640, 320, 1));
}
END_TEST

START_TEST(what_is_padded_by_synchronize_cache_6_41_is_on_the_disc)
{
	begin(sequential[_i], 0);
	assert_good(bench_write(0, 5, 1));
	assert_good(bench_sync());
	ck_assert(bench_holds(0, 5, 1));
	lose_power();
	ck_assert(bench_holds(0, 5, 1));
}
END_TEST

START_TEST(what_was_synchronized_survives_in_a_damaged_track)
{
	begin(VD_DVD_R, 0);
	assert_good(bench_write(0, 64, 1));
	assert_good(bench_sync());
	lose_power();
	ck_assert_uint_eq(bench_track(1).mode, 0x04);
	assert_good(bench_mode(0, BENCH_MULTI));
	assert_good(bench_write(64, 64, 1));
	lose_power();
	ck_assert_uint_eq(bench_track(1).mode, 0x24);
	ck_assert_int_eq(bench_track(1).last, 63);
	ck_assert(bench_holds(0, 64, 1));
	assert_good(bench_close(1, 1));
	ck_assert_uint_eq(bench_track(1).mode, 0x04);
	ck_assert_int_eq(bench_track(1).size, 64);
}
END_TEST

START_TEST(an_overwritable_disc_has_the_old_blocks_again)
{
	begin(VD_DVD_RAM, 0);
	assert_good(bench_write(0, 32, 1));
	assert_good(bench_sync());
	assert_good(bench_write(16, 32, 2));
	ck_assert(bench_holds(16, 32, 2));
	lose_power();
	ck_assert(bench_holds(0, 32, 1));
	ck_assert(bench_is_zero(32, 16));
}
END_TEST

START_TEST(all_is_kept_when_only_the_client_died)
{
	const char *path = begin(sequential[_i], 0);
	struct vd_drive_options options = { .speed = 0 };
	struct vd_disc *disc;
	char why[VD_WHY_MAX];

	bench_fill(0, 960, 1);
	bench_start(&options);
	ck_assert_msg(!vd_disc_open(path, false, &disc, why), "%s", why);
	ck_assert_int_eq(vd_drive_insert(bench.drive, disc, false), 0);
	ck_assert_int_eq(bench_track(1).next, 960);
	ck_assert_uint_eq(bench_track(1).mode, 0x04);
	ck_assert(bench_holds(640, 320, 1));
	assert_good(
		bench_mode(sequential[_i] <= VD_CD_RW ? 1 : 0, BENCH_MULTI));
	assert_good(bench_write(960, 32, 1));
}
END_TEST

/* Type, and the command that is interrupted. */
static const struct {
	enum vd_type type;
	const char *cdb, *list;
} halves[] = {
	{ VD_CD_RW, "a1 10 00 00 00 00 00 00 00 00 00 00", NULL },
	{ VD_CD_RW, "a1 11 00 00 00 00 00 00 00 00 00 00", NULL },
	{ VD_DVD_RW, "a1 11 00 00 00 00 00 00 00 00 00 00", NULL },
	{ VD_DVD_RW, "04 11 00 00 00 00",
	  "00 02 00 08 00 00 ea 60 00 00 00 10" },
};

static void
interrupt(int i)
{
	begin(halves[i].type, 1);
	bench_session(0, 320, 1);
	bench.now += 100 * BENCH_SECOND;
	if (halves[i].list)
		assert_good(bench_send_hex(halves[i].cdb, halves[i].list));
	else
		assert_good(bench_run(halves[i].cdb));
	bench.now += BENCH_SECOND;
	lose_power();
}

START_TEST(a_disc_half_blanked_6_22_3_1_3_has_a_damaged_session)
{
	interrupt(_i);
	assert_good(bench_run("51 00 00 00 00 00 00 00 22 00"));
	ck_assert_uint_eq(bench.data[2], 0x19);
	ck_assert_uint_eq(bench_track(1).mode, 0x24);
	ck_assert_uint_eq(bench_track(1).valid & 1, 0);
	assert_sense(bench_read(0, 1), VD_UNREADABLE);
	assert_sense(bench_run("43 00 00 00 00 00 00 04 00 00"),
		     VD_CANNOT_READ);
	assert_sense(bench_write(0, 16, 1), VD_CANNOT_WRITE);
	assert_sense(bench_run("a1 06 00 00 00 00 00 00 00 00 00 00"),
		     VD_BAD_FIELD);
}
END_TEST

START_TEST(a_disc_half_blanked_is_blanked_again_and_good)
{
	interrupt(_i);
	assert_good(bench_run("a1 10 00 00 00 00 00 00 00 00 00 00"));
	bench.now += 100 * BENCH_SECOND;
	assert_good(bench_run(READY));
	assert_good(bench_run("51 00 00 00 00 00 00 00 22 00"));
	ck_assert_uint_eq(bench.data[2], 0x10);
	bench_session(0, 320, 2);
	bench.now += 100 * BENCH_SECOND;
	ck_assert(bench_holds(0, 320, 2));
}
END_TEST

START_TEST(a_disc_half_formatted_is_formatted_again_and_good)
{
	static const char *const list = "00 02 00 08 00 00 ea 60 c4 00 08 00";

	begin(VD_BD_RE, 1);
	assert_good(bench_send_hex("04 11 00 00 00 00", list));
	bench.now += BENCH_SECOND;
	lose_power();
	assert_sense(bench_read(0, 1), VD_UNREADABLE);
	assert_sense(bench_write(0, 32, 1), VD_NOT_FORMATTED);
	assert_good(bench_send_hex("04 11 00 00 00 00", list));
	bench.now += 100 * BENCH_SECOND;
	assert_good(bench_write(0, 32, 1));
	ck_assert(bench_holds(0, 32, 1));
}
END_TEST

START_TEST(power_loss_unlocks_the_tray_and_forgets_the_mode_pages)
{
	begin(VD_CD_RW, 0);
	assert_good(bench_mode(0x02, BENCH_MULTI));
	assert_good(bench_run("1e 00 00 00 01 00"));
	lose_power();
	assert_good(bench_run("5a 00 05 00 00 00 00 00 ff 00"));
	bench_bytes(8, "05 32 41 04 08");
	assert_good(bench_run("1b 00 00 00 02 00"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("power_loss");
	TCase *tc = bench_case("power_loss");

	bench_loop(what_was_not_synchronized_is_lost_and_the_track_damaged,
		   sequential);
	bench_loop(a_track_of_which_nothing_reached_the_disc_never_was,
		   sequential);
	bench_loop(a_closed_session_survives, sequential);
	bench_loop(what_is_padded_by_synchronize_cache_6_41_is_on_the_disc,
		   sequential);
	bench_test(what_was_synchronized_survives_in_a_damaged_track);
	bench_test(an_overwritable_disc_has_the_old_blocks_again);
	bench_loop(all_is_kept_when_only_the_client_died, sequential);
	bench_loop(a_disc_half_blanked_6_22_3_1_3_has_a_damaged_session,
		   halves);
	bench_loop(a_disc_half_blanked_is_blanked_again_and_good, halves);
	bench_test(a_disc_half_formatted_is_formatted_again_and_good);
	bench_test(power_loss_unlocks_the_tray_and_forgets_the_mode_pages);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
