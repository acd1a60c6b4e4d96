/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is refused before a command is looked at, and bounds of data. */
#include "bench_drive.h"

#include <string.h>

/* The commands there are, the bytes of each, and whether it wants a disc. */
static const struct {
	uint8_t op, length;
	char wants;
} commands[] = {
	{ 0x00, 6, 'd' },  { 0x03, 6, ' ' },  { 0x04, 6, 'd' },
	{ 0x12, 6, ' ' },  { 0x1b, 6, ' ' },  { 0x1e, 6, ' ' },
	{ 0x23, 10, ' ' }, { 0x25, 10, 'd' }, { 0x28, 10, 'd' },
	{ 0x2a, 10, 'd' }, { 0x2e, 10, 'd' }, { 0x35, 10, 'd' },
	{ 0x43, 10, 'd' }, { 0x46, 10, ' ' }, { 0x4a, 10, ' ' },
	{ 0x51, 10, 'd' }, { 0x52, 10, 'd' }, { 0x53, 10, 'd' },
	{ 0x54, 10, 'd' }, { 0x55, 10, ' ' }, { 0x5a, 10, ' ' },
	{ 0x5b, 10, 'd' }, { 0x5c, 10, 'd' }, { 0x5d, 10, 'd' },
	{ 0xa1, 12, 'd' }, { 0xa8, 12, 'd' }, { 0xaa, 12, 'd' },
	{ 0xac, 12, ' ' }, { 0xad, 12, 'd' }, { 0xb6, 12, ' ' },
	{ 0xb9, 12, 'd' }, { 0xbb, 12, ' ' }, { 0xbd, 12, ' ' },
	{ 0xbe, 12, 'd' },
};

/* OP followed by zeros, LENGTH bytes in all. */
static const char *
zeros(unsigned int op, size_t length)
{
	static char cdb[64];
	int n = snprintf(cdb, sizeof cdb, "%x", op);

	for (size_t i = 1; i < length; i++)
		n += snprintf(cdb + n, sizeof cdb - (size_t)n, " 0");
	return cdb;
}

static bool
is_known(unsigned int op)
{
	for (int i = 0; i < BENCH_COUNT(commands); i++)
		if (commands[i].op == op)
			return true;
	return false;
}

START_TEST(every_operation_code_not_in_the_table_is_refused)
{
	bench_insert(VD_CD_RW, 60000);
	for (unsigned int op = 0; op < 256; op++) {
		uint32_t sense = bench_run(zeros(op, 16));

		ck_assert_msg((sense == VD_BAD_OPCODE) == !is_known(op),
			      "%02x: %06x", op, sense);
	}
}
END_TEST

START_TEST(a_command_that_is_too_short_is_refused)
{
	bench_insert(VD_CD_RW, 60000);
	for (size_t n = 1; n < commands[_i].length; n++)
		assert_sense(bench_run(zeros(commands[_i].op, n)),
			     VD_BAD_FIELD);
	assert_sense(bench_run(""), VD_BAD_FIELD);
}
END_TEST

START_TEST(commands_about_a_disc_say_that_there_is_none)
{
	struct vd_drive_options options = { .speed = 0 };
	const char *cdb = zeros(commands[_i].op, commands[_i].length);
	bool wants = commands[_i].wants == 'd';
	uint32_t sense;

	bench_start(&options);
	sense = bench_run(cdb);
	ck_assert_msg(wants == (sense == VD_NO_DISC), "%06x", sense);
	bench_load(VD_CD_RW, 60000, false);
	vd_drive_tray(bench.drive, true);
	sense = bench_run(cdb);
	ck_assert_msg(wants == (sense == VD_TRAY_OPEN), "%06x", sense);
}
END_TEST

static const uint8_t dropped[] = { 0x5c, 0xac, 0xad, 0xb6 };

START_TEST(a_bridge_drops_some_commands)
{
	struct vd_drive_options options = { .personality = VD_USB_BRIDGE };

	bench_start(&options);
	bench_load(VD_DVD_R, 60000, false);
	assert_sense(bench_run(zeros(dropped[_i], 12)), VD_BAD_OPCODE);
	bench_insert(VD_DVD_R, 60000);
	ck_assert_uint_ne(bench_run(zeros(dropped[_i], 12)), VD_BAD_OPCODE);
}
END_TEST

/* A disc of each kind, recorded or formatted, of 60,000 blocks. */
static void
recorded(enum vd_type type)
{
	bench_insert(type, 60000);
	if (type == VD_DVD_PLUS_RW)
		assert_good(
			bench_send_hex("04 11 00 00 00 00",
				       "00 82 00 08 ff ff ff ff 98 00 00 00"));
	else if (type == VD_BD_RE)
		assert_good(
			bench_send_hex("04 11 00 00 00 00",
				       "00 82 00 08 00 00 ea 60 c4 00 08 00"));
	if (type == VD_DVD_PLUS_RW || type == VD_BD_RE || type == VD_DVD_RAM)
		assert_good(bench_write(0, 320, 1));
	else
		bench_session(0, 320, 1);
}

START_TEST(read_6_15_beyond_the_end_is_out_of_range)
{
	recorded((enum vd_type)_i);
	assert_good(bench_run("25 00 00 00 00 00 00 00 00 00"));
	assert_sense(bench_read((int32_t)vd_get32(bench.data) + 1, 1),
		     VD_OUT_OF_RANGE);
	ck_assert_uint_eq(bench.got, 0);
	assert_sense(bench_read(0x7fffffff, 1), VD_OUT_OF_RANGE);
	assert_sense(bench_read(-2, 1), VD_OUT_OF_RANGE);
	ck_assert(bench_holds(0, 320, 1));
}
END_TEST

START_TEST(read_6_15_and_6_16_need_room_for_what_they_ask)
{
	recorded((enum vd_type)_i);
	assert_good(bench_run("28 00 00 00 00 00 00 00 00 00"));
	ck_assert_uint_eq(bench.got, 0);
	/* 65,535 blocks are more than the bench has room for. */
	assert_sense(bench_run("28 00 00 00 00 00 00 ff ff 00"), VD_BAD_FIELD);
	assert_sense(bench_run("a8 00 00 00 00 00 ff ff ff ff 00 00"),
		     VD_BAD_FIELD);
	assert_sense(bench_send("28 00 00 00 00 00 00 00 01 00", bench.data,
				VD_BLOCK),
		     VD_BAD_FIELD);
	assert_good(bench_run("a8 00 00 00 00 00 00 00 00 02 00 00"));
	ck_assert_uint_eq(bench.got, 2 * VD_BLOCK);
	bench_bytes(0, "00 00 00 00 01");
	bench_bytes(VD_BLOCK, "00 00 00 01 01");
}
END_TEST

START_TEST(write_6_44_beyond_the_disc_or_with_too_little_is_refused)
{
	static uint8_t data[VD_BLOCK];

	recorded((enum vd_type)_i);
	assert_sense(bench_write(60001, 1, 2), VD_OUT_OF_RANGE);
	assert_sense(bench_write(0x7fffffff, 1, 2), VD_OUT_OF_RANGE);
	assert_sense(bench_send("aa 00 00 00 00 00 ff ff ff ff 00 00", data,
				sizeof data),
		     VD_BAD_FIELD);
	assert_sense(
		bench_send("2a 00 00 00 00 00 00 00 02 00", data, sizeof data),
		VD_BAD_FIELD);
	assert_sense(
		bench_send("2e 00 00 00 00 00 00 00 02 00", data, sizeof data),
		VD_BAD_FIELD);
	ck_assert(bench_holds(0, 320, 1));
}
END_TEST

static const enum vd_type sequential[] = { VD_CD_R,   VD_CD_RW,      VD_DVD_R,
					   VD_DVD_RW, VD_DVD_PLUS_R, VD_BD_R };

START_TEST(write_6_44_of_a_recorded_session_leaves_it)
{
	recorded(sequential[_i]);
	assert_sense(bench_write(0, 32, 2), VD_BAD_ADDRESS);
	ck_assert(bench_holds(0, 320, 1));
}
END_TEST

START_TEST(send_opc_6_36_takes_its_table_or_none)
{
	uint8_t table[8] = { 0 };

	bench_insert((enum vd_type)_i, 60000);
	assert_good(bench_run("54 01 00 00 00 00 00 00 00 00"));
	assert_good(bench_send("54 00 00 00 00 00 00 00 08 00", table, 8));
	assert_sense(bench_send("54 00 00 00 00 00 00 00 08 00", table, 7),
		     VD_BAD_FIELD);
}
END_TEST

struct lines {
	int count;
	char last[256];
};

static void
keep(void *context, const char *line)
{
	struct lines *lines = context;

	lines->count++;
	snprintf(lines->last, sizeof lines->last, "%s", line);
}

static const struct {
	const char *cdb, *line;
} traces[] = {
	{ "12 00 00 00 60 00",
	  "{\"t\":0.000000,\"op\":\"12\","
	  "\"cdb\":\"120000006000\",\"status\":0,\"len\":96}" },
	{ "00 00 00 00 00 00",
	  "{\"t\":0.000000,\"op\":\"00\","
	  "\"cdb\":\"000000000000\",\"status\":2,\"key\":2,\"asc\":58,"
	  "\"ascq\":1,\"len\":0}" },
	{ "ff",
	  "{\"t\":0.000000,\"op\":\"ff\",\"cdb\":\"ff\",\"status\":2,"
	  "\"key\":5,\"asc\":32,\"ascq\":0,\"len\":0}" },
};

START_TEST(a_trace_has_a_line_of_json_for_each_command)
{
	struct lines lines = { 0 };
	struct vd_drive_options options = { .trace = keep, .context = &lines };

	bench_start(&options);
	bench_run(traces[_i].cdb);
	ck_assert_int_eq(lines.count, 1);
	ck_assert_str_eq(lines.last, traces[_i].line);
}
END_TEST

START_TEST(a_trace_reports_what_became_of_a_command_without_an_answer)
{
	struct lines lines = { 0 };
	struct vd_drive_options options = { .trace = keep,
					    .context = &lines,
					    .faults = bench_faults(
						    "when inquiry then hang") };

	bench_start(&options);
	bench_run("12 00 00 00 60 00");
	ck_assert_str_eq(lines.last,
			 "{\"t\":0.000000,\"op\":\"12\","
			 "\"cdb\":\"120000006000\",\"status\":0,"
			 "\"end\":\"hang\",\"len\":0}");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("refusals");
	TCase *tc = bench_case("refusals");

	bench_test(every_operation_code_not_in_the_table_is_refused);
	bench_loop(a_command_that_is_too_short_is_refused, commands);
	bench_loop(commands_about_a_disc_say_that_there_is_none, commands);
	bench_loop(a_bridge_drops_some_commands, dropped);
	tcase_add_loop_test(tc, read_6_15_beyond_the_end_is_out_of_range, 0,
			    VD_TYPES);
	tcase_add_loop_test(tc, read_6_15_and_6_16_need_room_for_what_they_ask,
			    0, VD_TYPES);
	tcase_add_loop_test(
		tc, write_6_44_beyond_the_disc_or_with_too_little_is_refused, 0,
		VD_TYPES);
	bench_loop(write_6_44_of_a_recorded_session_leaves_it, sequential);
	tcase_add_loop_test(tc, send_opc_6_36_takes_its_table_or_none, 0,
			    VD_TYPES);
	bench_loop(a_trace_has_a_line_of_json_for_each_command, traces);
	bench_test(a_trace_reports_what_became_of_a_command_without_an_answer);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
