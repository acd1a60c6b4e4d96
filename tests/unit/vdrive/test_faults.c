/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules for faults: their grammar, their conditions and what they do. */
#include "bench_drive.h"

#include <string.h>

static const struct {
	const char *text, *why;
} bad[] = {
	{ "if write then hang", "line 1: expected 'when' at 'if'" },
	{ "when", "line 1: expected a command at ''" },
	{ "when burn then hang", "line 1: expected a command at 'burn'" },
	{ "when 100 then hang", "line 1: expected a command at '100'" },
	{ "when 2g then hang", "line 1: expected a command at '2g'" },
	{ "\n# two\nwhen write",
	  "line 3: expected a condition or 'then' at ''" },
	{ "when write hang",
	  "line 1: expected a condition or 'then' at 'hang'" },
	{ "when write nth then hang",
	  "line 1: expected the rest of the condition at 'then'" },
	{ "when write nth 0 then hang",
	  "line 1: expected the rest of the condition at '0'" },
	{ "when write nth 2x then hang",
	  "line 1: expected the rest of the condition at '2x'" },
	{ "when write lba 200-100 then hang",
	  "line 1: expected the rest of the condition at '200-100'" },
	{ "when write lba 5- then hang",
	  "line 1: expected the rest of the condition at '5-'" },
	{ "when write lba -5 then hang",
	  "line 1: expected the rest of the condition at '-5'" },
	{ "when write after 10x bytes then hang",
	  "line 1: expected the rest of the condition at '10x'" },
	{ "when write after burning then hang",
	  "line 1: expected the rest of the condition at 'burning'" },
	{ "when write at -1 then hang",
	  "line 1: expected the rest of the condition at '-1'" },
	{ "when write at 1e30 then hang",
	  "line 1: expected the rest of the condition at '1e30'" },
	{ "when write at then hang",
	  "line 1: expected the rest of the condition at 'then'" },
	{ "when write then explode",
	  "line 1: expected an action at 'explode'" },
	{ "when write then flip a byte",
	  "line 1: expected an action at 'flip'" },
	{ "when write then sense 3/0c",
	  "line 1: expected an action at '3/0c'" },
	{ "when write then sense 0/0c/00",
	  "line 1: expected an action at '0/0c/00'" },
	{ "when write then sense 3/0c/00x",
	  "line 1: expected an action at '3/0c/00x'" },
	{ "when write then sense 2/04/07 progress 100%",
	  "line 1: expected an action at '100%'" },
	{ "when write then hang times 0",
	  "line 1: expected a number of times or 'forever' at '0'" },
	{ "when write then hang now",
	  "line 1: expected the end of the rule at 'now'" },
};

START_TEST(what_is_wrong_in_a_rule_is_told_with_its_line)
{
	struct vd_faults *faults = NULL;
	char why[VD_WHY_MAX] = "";

	ck_assert_int_eq(vd_faults_parse(bad[_i].text, &faults, why), -1);
	ck_assert_str_eq(why, bad[_i].why);
	ck_assert_ptr_null(faults);
}
END_TEST

/* Every name and every action is read. */
static const char *const good[] = {
	"",
	"# only a comment",
	"\n\n",
	"when any then hang",
	"when 2A then hang # upper case",
	"when\tbe\tthen\thang\r",
	"when read nth 1 then timeout without sense times 2",
	"when write lba 5 then drop silently times forever",
	"when sync after 0 bytes then detach",
	"when close at 0.5 then hang",
	"when blank then sense 3/73/03 progress 1%",
	"when format then short",
	"when reserve then kill client",
	"when cue then power loss",
	"when opc then cache only",
	"when inquiry then other serial",
	"when tray then swap disc",
	"when toc then eject disc",
	"when discinfo then damage track",
	"when configuration then hang",
	"when medium then hang",
	"when trackinfo then flip a bit",
	"when capacity then wrong address",
	"when modeselect then signal hup",
	"when ready then signal int",
	"when ready then signal term",
	"when ready after close then hang",
};

START_TEST(every_command_condition_and_action_is_read)
{
	vd_faults_free(bench_faults(good[_i]));
}
END_TEST

/* A BD-RE, formatted, with zeros, in a drive with RULES. */
static void
begin(const char *rules)
{
	struct vd_drive_options options = { .faults = bench_faults(rules) };

	bench_start(&options);
	bench_load(VD_BD_RE, 60000, false);
	assert_good(bench_send_hex("04 11 00 00 00 00",
				   "00 82 00 08 00 00 ea 60 c4 00 08 00"));
}

static const struct {
	const char *when;
	const char *fires;
} conditions[] = {
	{ "when write", "100000" },
	{ "when 2a", "100000" },
	{ "when any nth 4", "001000" }, /* FORMAT UNIT is the first */
	{ "when write nth 3", "001000" },
	{ "when write nth 9", "000000" },
	{ "when read", "000000" },
	{ "when write lba 96", "000100" },
	{ "when write lba 64-96", "001000" },
	{ "when write lba 31", "100000" },
	{ "when write lba 127", "000100" },
	{ "when write lba 500", "000000" },
	{ "when write after 0 bytes", "100000" },
	{ "when write after 65536 bytes", "010000" },
	{ "when write after 65537 bytes", "001000" },
	{ "when write after format", "100000" },
	{ "when write after write", "010000" },
	{ "when write after 35", "000000" },
	{ "when write at 0", "100000" },
	{ "when write at 2.5", "000100" },
};

/* Six writes of 32 blocks, one a second. */
START_TEST(a_rule_fires_when_its_condition_holds)
{
	char rule[128], fired[7] = "";

	snprintf(rule, sizeof rule, "%s then sense 3/0c/00",
		 conditions[_i].when);
	begin(rule);
	for (int i = 0; i < 6; i++) {
		uint32_t sense = bench_write(32 * i, 32, 1);

		fired[i] = sense == VD_WRITE_FAILED ? '1' : '0';
		bench.now += BENCH_SECOND;
	}
	ck_assert_str_eq(fired, conditions[_i].fires);
}
END_TEST

static const struct {
	const char *times, *fires;
} times[] = {
	{ "", "010000" },
	{ "times 1", "010000" },
	{ "times 2", "011000" },
	{ "times 4", "011110" },
	{ "times forever", "011111" },
};

START_TEST(a_rule_fires_as_often_as_it_says)
{
	char rule[128], fired[7] = "";

	snprintf(rule, sizeof rule, "when write nth 2 then sense 3/0c/00 %s",
		 times[_i].times);
	begin(rule);
	for (int i = 0; i < 6; i++)
		fired[i] = bench_write(0, 32, 1) ? '1' : '0';
	ck_assert_str_eq(fired, times[_i].fires);
}
END_TEST

START_TEST(the_first_rule_that_fires_decides_and_all_count)
{
	begin("when write nth 2 then sense 3/0c/00\n"
	      "when write nth 2 then sense 3/0c/09\n"
	      "when write nth 2 then sense 4/09/00\n");
	assert_good(bench_write(0, 32, 1));
	assert_sense(bench_write(0, 32, 1), 0x030c00);
	assert_sense(bench_write(0, 32, 1), 0x030c09);
	assert_sense(bench_write(0, 32, 1), 0x040900);
	assert_good(bench_write(0, 32, 1));
}
END_TEST

START_TEST(sense_answers_and_the_command_is_not_done)
{
	begin("when write then sense 3/0c/00\n"
	      "when 00 then sense 2/04/07 progress 1%");
	assert_sense(bench_write(0, 32, 1), VD_WRITE_FAILED);
	ck_assert_uint_eq(bench.got, 0);
	ck_assert(bench_is_zero(0, 32));
	assert_good(bench_write(0, 32, 1));
	assert_sense(bench_run("00 00 00 00 00 00"), VD_IN_PROGRESS);
	ck_assert_uint_eq(bench.answer.sense[15], 0x80);
	ck_assert_uint_eq(vd_get16(bench.answer.sense + 16), 655);
}
END_TEST

static const struct {
	const char *action;
	enum vd_end end;
} ends[] = {
	{ "hang", VD_HANGS },
	{ "timeout without sense", VD_TIMED_OUT },
	{ "detach", VD_DETACHED },
	{ "kill client", VD_KILLS },
	{ "power loss", VD_KILLS },
	{ "swap disc", VD_SWAPS },
	{ "signal term", VD_SIGNALS },
};

START_TEST(a_command_that_is_not_answered_is_not_done)
{
	char rule[128];

	snprintf(rule, sizeof rule, "when write then %s", ends[_i].action);
	begin(rule);
	bench_write(0, 32, 1);
	ck_assert_int_eq(bench.answer.end, ends[_i].end);
	ck_assert_uint_eq(bench.got, 0);
	if (ends[_i].end == VD_DETACHED) {
		bench_run("12 00 00 00 60 00");
		ck_assert_int_eq(bench.answer.end, VD_DETACHED);
		return;
	}
	if (!strcmp(ends[_i].action, "power loss"))
		assert_sense(bench_run("00 00 00 00 00 00"), VD_POWER_ON);
	ck_assert(bench_is_zero(0, 32));
	assert_good(bench_write(0, 32, 1));
	ck_assert_int_eq(bench.answer.end, VD_ANSWERED);
}
END_TEST

START_TEST(drop_silently_is_good_and_nothing_is_done)
{
	begin("when write then drop silently\nwhen 1b then drop silently");
	assert_good(bench_write(0, 32, 1));
	ck_assert_uint_eq(bench.got, 32 * VD_BLOCK);
	ck_assert(bench_is_zero(0, 32));
	assert_good(bench_run("1b 00 00 00 02 00"));
	ck_assert(!vd_drive_is_open(bench.drive));
}
END_TEST

START_TEST(drop_silently_of_a_cd_continues_after_the_dropped_blocks)
{
	struct vd_drive_options options = {
		.faults = bench_faults("when write nth 2 then drop silently")
	};

	bench_start(&options);
	bench_load(VD_CD_R, 60000, false);
	bench_fill(0, 960, 1);
	ck_assert(bench_holds(0, 320, 1));
	ck_assert(bench_is_zero(320, 320));
	ck_assert(bench_holds(640, 320, 1));
}
END_TEST

/* Bits in which what was read differs from what WRITE (.., 1) sent. */
static int
bits_wrong(int32_t lba, uint32_t count)
{
	static uint8_t read[64 * VD_BLOCK];
	int wrong = 0;

	assert_good(bench_read(lba, count));
	memcpy(read, bench.data, bench.got);
	for (uint32_t i = 0; i < count; i++) {
		uint8_t want[VD_BLOCK];

		memset(want, 1, sizeof want);
		vd_put32(want, (uint32_t)lba + i);
		vd_put32(want + VD_BLOCK - 4, ~((uint32_t)lba + i));
		for (int j = 0; j < VD_BLOCK; j++)
			wrong += __builtin_popcount(
				want[j] ^ read[i * VD_BLOCK + (uint32_t)j]);
	}
	return wrong;
}

START_TEST(flip_a_bit_changes_one_bit_on_the_disc)
{
	begin("when write then flip a bit");
	assert_good(bench_write(0, 32, 1));
	ck_assert_int_eq(bits_wrong(0, 32), 1);
	ck_assert_int_eq(bits_wrong(0, 32), 1);
}
END_TEST

START_TEST(flip_a_bit_changes_one_bit_of_what_is_read_once)
{
	begin("when read then flip a bit");
	assert_good(bench_write(0, 32, 1));
	ck_assert_int_eq(bits_wrong(0, 32), 1);
	ck_assert_int_eq(bits_wrong(0, 32), 0);
}
END_TEST

START_TEST(wrong_address_writes_and_reads_elsewhere)
{
	begin("when write then wrong address\n"
	      "when read nth 3 then wrong address");
	assert_good(bench_write(64, 32, 1));
	ck_assert(bench_is_zero(64, 32));
	assert_good(bench_read(96, 1));
	bench_bytes(0, "00 00 00 40 01");
	assert_good(bench_read(64, 1));
	bench_bytes(0, "00 00 00 40 01");
}
END_TEST

START_TEST(short_writes_and_reads_half)
{
	begin("when write then short\nwhen read nth 3 then short");
	assert_good(bench_write(0, 32, 1));
	ck_assert_uint_eq(bench.got, 16 * VD_BLOCK);
	ck_assert(bench_holds(0, 16, 1));
	ck_assert(bench_is_zero(16, 16));
	assert_good(bench_read(0, 16));
	ck_assert_uint_eq(bench.got, 8 * VD_BLOCK);
}
END_TEST

START_TEST(cache_only_is_read_until_the_tray_moves)
{
	begin("when write then cache only");
	assert_good(bench_write(0, 32, 1));
	assert_good(bench_sync());
	ck_assert(bench_holds(0, 32, 1));
	assert_good(bench_run("1b 00 00 00 02 00"));
	assert_good(bench_run("1b 00 00 00 03 00"));
	assert_sense(bench_run("00 00 00 00 00 00"), VD_MEDIUM_CHANGED);
	ck_assert(bench_is_zero(0, 32));
}
END_TEST

START_TEST(cache_only_is_overtaken_by_what_is_written_later)
{
	begin("when write then cache only times 2");
	assert_good(bench_write(0, 32, 1));
	assert_good(bench_write(0, 32, 2));
	ck_assert(bench_holds(0, 32, 2));
	assert_good(bench_write(16, 16, 3));
	assert_good(bench_sync());
	assert_good(bench_run("1b 00 00 00 02 00"));
	assert_good(bench_run("1b 00 00 00 03 00"));
	assert_sense(bench_run("00 00 00 00 00 00"), VD_MEDIUM_CHANGED);
	ck_assert(bench_is_zero(0, 16));
	ck_assert(bench_holds(16, 16, 3));
}
END_TEST

START_TEST(eject_disc_takes_it_away_before_the_command)
{
	begin("when write then eject disc");
	assert_sense(bench_write(0, 32, 1), VD_TRAY_OPEN);
	ck_assert(vd_drive_is_open(bench.drive));
}
END_TEST

START_TEST(damage_track_closes_it_for_writing)
{
	struct vd_drive_options options = {
		.faults = bench_faults("when write nth 2 then damage track")
	};

	bench_start(&options);
	bench_load(VD_DVD_R, 60000, false);
	assert_good(bench_mode(0x00, BENCH_MULTI));
	assert_good(bench_write(0, 32, 1));
	assert_sense(bench_write(32, 32, 1), VD_BAD_ADDRESS);
	ck_assert_uint_eq(bench_track(1).mode, 0x24);
	ck_assert_uint_eq(bench_track(1).valid, 2);
	ck_assert(bench_holds(0, 32, 1));
}
END_TEST

START_TEST(other_serial_is_told_from_then_on)
{
	begin("when inquiry nth 2 then other serial");
	assert_good(bench_run("12 01 80 00 ff 00"));
	ck_assert_mem_eq(bench.data + 4, "VDRIVE0000000000", 16);
	assert_good(bench_run("12 01 80 00 ff 00"));
	ck_assert_mem_eq(bench.data + 4, "OTHERE0000000000", 16);
	assert_good(bench_run("12 01 80 00 ff 00"));
	ck_assert_mem_eq(bench.data + 4, "OTHERE0000000000", 16);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("faults");
	TCase *tc = bench_case("faults");

	bench_loop(what_is_wrong_in_a_rule_is_told_with_its_line, bad);
	bench_loop(every_command_condition_and_action_is_read, good);
	bench_loop(a_rule_fires_when_its_condition_holds, conditions);
	bench_loop(a_rule_fires_as_often_as_it_says, times);
	bench_test(the_first_rule_that_fires_decides_and_all_count);
	bench_test(sense_answers_and_the_command_is_not_done);
	bench_loop(a_command_that_is_not_answered_is_not_done, ends);
	bench_test(drop_silently_is_good_and_nothing_is_done);
	bench_test(drop_silently_of_a_cd_continues_after_the_dropped_blocks);
	bench_test(flip_a_bit_changes_one_bit_on_the_disc);
	bench_test(flip_a_bit_changes_one_bit_of_what_is_read_once);
	bench_test(wrong_address_writes_and_reads_elsewhere);
	bench_test(short_writes_and_reads_half);
	bench_test(cache_only_is_read_until_the_tray_moves);
	bench_test(cache_only_is_overtaken_by_what_is_written_later);
	bench_test(eject_disc_takes_it_away_before_the_command);
	bench_test(damage_track_closes_it_for_writing);
	bench_test(other_serial_is_told_from_then_on);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
