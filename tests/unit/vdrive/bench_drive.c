/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench_drive.h"

#include <stdlib.h>
#include <string.h>

struct bench bench;

static void
begin(void)
{
	memset(&bench, 0, sizeof bench);
}

static void
end(void)
{
	ck_assert_int_eq(vd_drive_free(bench.drive), 0);
	bench.drive = NULL;
}

TCase *
bench_case(const char *name)
{
	TCase *tc = nb_test_case(name, 30);

	tcase_add_checked_fixture(tc, begin, end);
	return tc;
}

static uint64_t
bench_clock(void *context)
{
	(void)context;
	return bench.now;
}

void
bench_start(const struct vd_drive_options *options)
{
	struct vd_drive_options all = *options;

	ck_assert_int_eq(vd_drive_free(bench.drive), 0);
	all.now = bench_clock;
	ck_assert_int_eq(vd_drive_new(&all, &bench.drive), 0);
}

const char *
bench_load(enum vd_type type, int32_t capacity, bool attention)
{
	static int number;
	char name[32], why[VD_WHY_MAX] = "";
	const char *path;
	struct vd_disc *disc;

	snprintf(name, sizeof name, "%d.disc", ++number);
	path = nb_test_path(name);
	ck_assert_msg(!vd_disc_create(path, type, capacity, why), "%s", why);
	ck_assert_msg(!vd_disc_open(path, false, &disc, why), "%s", why);
	ck_assert_int_eq(vd_drive_insert(bench.drive, disc, attention), 0);
	return path;
}

void
bench_insert(enum vd_type type, int32_t capacity)
{
	struct vd_drive_options options = { .speed = 0 };

	bench_start(&options);
	bench_load(type, capacity, false);
}

struct vd_faults *
bench_faults(const char *text)
{
	struct vd_faults *faults;
	char why[VD_WHY_MAX] = "";

	ck_assert_msg(!vd_faults_parse(text, &faults, why), "%s", why);
	return faults;
}

struct vd_disc *
bench_look(const char *path)
{
	struct vd_disc *disc;
	char why[VD_WHY_MAX] = "";

	ck_assert_msg(!vd_disc_open(path, true, &disc, why), "%s", why);
	return disc;
}

static size_t
from_hex(const char *hex, uint8_t *out)
{
	size_t n = 0;
	char *next;

	for (const char *p = hex; *p; p = next + strspn(next, " ")) {
		out[n++] = (uint8_t)strtoul(p, &next, 16);
		ck_assert_msg(next != p, "not hex: %s", hex);
	}
	return n;
}

static uint32_t
execute(const char *hex, uint8_t *data, size_t n, bool to_drive)
{
	uint8_t cdb[64];
	struct vd_command command = { .cdb = cdb,
				      .cdb_length = from_hex(hex, cdb),
				      .data = data,
				      .length = n,
				      .to_drive = to_drive };
	const uint8_t *sense = bench.answer.sense;

	memset(&bench.answer, 0xee, sizeof bench.answer);
	vd_drive_execute(bench.drive, &command, &bench.answer);
	bench.got = bench.answer.transferred;
	ck_assert_uint_le(bench.got, n);
	if (bench.answer.status == 0) {
		ck_assert_uint_eq(bench.answer.sense_length, 0);
		return VD_GOOD;
	}
	ck_assert_uint_eq(bench.answer.status, 2);
	ck_assert_uint_eq(bench.answer.sense_length, VD_SENSE_LENGTH);
	ck_assert_uint_eq(sense[0] & 0x7f, 0x70);
	return (uint32_t)sense[2] << 16 | (uint32_t)sense[12] << 8 | sense[13];
}

uint32_t
bench_run(const char *cdb)
{
	memset(bench.data, 0xee, sizeof bench.data);
	return execute(cdb, bench.data, sizeof bench.data, false);
}

uint32_t
bench_send(const char *cdb, const void *data, size_t n)
{
	uint8_t *copy = malloc(n + 1);
	uint32_t sense;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, data, n);
	sense = execute(cdb, copy, n, true);
	free(copy);
	return sense;
}

uint32_t
bench_send_hex(const char *cdb, const char *data)
{
	uint8_t bytes[1024];
	size_t n = from_hex(data, bytes);

	return bench_send(cdb, bytes, n);
}

/* A block's contents tell where it belongs and who wrote it. */
static void
make(uint8_t *p, size_t size, int32_t lba, uint8_t seed)
{
	memset(p, seed, size);
	vd_put32(p, (uint32_t)lba);
	vd_put32(p + size - 4, ~(uint32_t)lba);
}

static uint32_t
write_blocks(int32_t lba, uint32_t count, uint8_t seed, size_t size)
{
	uint8_t *data = malloc(count * size + 1);
	char cdb[64];
	uint32_t at = (uint32_t)lba, sense;

	ck_assert_ptr_nonnull(data);
	for (uint32_t i = 0; i < count; i++)
		make(data + i * size, size, lba + (int32_t)i, seed);
	snprintf(cdb, sizeof cdb, "2a 00 %x %x %x %x 00 %x %x 00", at >> 24,
		 at >> 16 & 255, at >> 8 & 255, at & 255, count >> 8,
		 count & 255);
	sense = execute(cdb, data, count * size, true);
	free(data);
	return sense;
}

uint32_t
bench_write(int32_t lba, uint32_t count, uint8_t seed)
{
	return write_blocks(lba, count, seed, VD_BLOCK);
}

uint32_t
bench_write_audio(int32_t lba, uint32_t count, uint8_t seed)
{
	return write_blocks(lba, count, seed, VD_AUDIO_BLOCK);
}

uint32_t
bench_read(int32_t lba, uint32_t count)
{
	uint32_t at = (uint32_t)lba;
	char cdb[64];

	snprintf(cdb, sizeof cdb, "28 00 %x %x %x %x 00 %x %x 00", at >> 24,
		 at >> 16 & 255, at >> 8 & 255, at & 255, count >> 8,
		 count & 255);
	memset(bench.data, 0xee, sizeof bench.data);
	return execute(cdb, bench.data, (size_t)count * VD_BLOCK, false);
}

void
bench_fill(int32_t lba, int32_t count, uint8_t seed)
{
	for (int32_t n; count; lba += n, count -= n) {
		n = count < 320 ? count : 320;
		assert_good(bench_write(lba, (uint32_t)n, seed));
	}
}

bool
bench_holds(int32_t lba, uint32_t count, uint8_t seed)
{
	uint8_t block[VD_BLOCK];

	if (bench_read(lba, count) || bench.got != (size_t)count * VD_BLOCK)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		make(block, sizeof block, lba + (int32_t)i, seed);
		if (memcmp(bench.data + i * VD_BLOCK, block, sizeof block))
			return false;
	}
	return true;
}

bool
bench_is_zero(int32_t lba, uint32_t count)
{
	if (bench_read(lba, count) || bench.got != (size_t)count * VD_BLOCK)
		return false;
	for (size_t i = 0; i < bench.got; i++)
		if (bench.data[i])
			return false;
	return true;
}

uint32_t
bench_mode(uint8_t type, uint8_t track)
{
	uint8_t list[60] = { 0 };

	list[8] = 0x05;
	list[9] = 50;
	list[10] = type;
	list[11] = track;
	list[12] = track & 4 ? 8 : 0;
	list[23] = 150;
	return bench_send("55 10 00 00 00 00 00 00 3c 00", list, sizeof list);
}

struct bench_track
bench_track(uint32_t number)
{
	const uint8_t *p = bench.data;
	char cdb[64];

	snprintf(cdb, sizeof cdb, "52 01 00 00 %x %x 00 00 30 00",
		 number >> 8 & 255, number & 255);
	assert_good(bench_run(cdb));
	ck_assert_uint_eq(bench.got, 48);
	return (struct bench_track){ .start = (int32_t)vd_get32(p + 8),
				     .next = (int32_t)vd_get32(p + 12),
				     .free = (int32_t)vd_get32(p + 16),
				     .unit = (int32_t)vd_get32(p + 20),
				     .size = (int32_t)vd_get32(p + 24),
				     .last = (int32_t)vd_get32(p + 28),
				     .number = p[32] << 8 | p[2],
				     .session = p[33] << 8 | p[3],
				     .mode = p[5],
				     .flags = p[6],
				     .valid = p[7] };
}

uint32_t
bench_sync(void)
{
	return bench_run("35 00 00 00 00 00 00 00 00 00");
}

uint32_t
bench_close(uint8_t function, uint16_t track)
{
	char cdb[64];

	snprintf(cdb, sizeof cdb, "5b 00 %x 00 %x %x 00 00 00 00", function,
		 track >> 8, track & 255);
	return bench_run(cdb);
}

static void
record(int32_t lba, int32_t count, uint8_t seed, uint8_t track_mode)
{
	const struct vd_disc *disc = vd_drive_disc(bench.drive);
	bool cd = disc->medium->family == VD_CD;
	struct bench_track track;

	assert_good(bench_mode(cd ? 0x01 : 0x00, track_mode));
	track = bench_track((uint32_t)disc->track_count + 1);
	ck_assert_int_eq(track.next, lba);
	bench_fill(lba, count, seed);
	assert_good(bench_sync());
	bench.now += 100 * BENCH_SECOND;
	assert_good(bench_close(1, disc->track_count));
	bench.now += 100 * BENCH_SECOND;
}

void
bench_session(int32_t lba, int32_t count, uint8_t seed)
{
	record(lba, count, seed, BENCH_MULTI);
	assert_good(bench_close(2, 0));
}

void
bench_last_session(int32_t lba, int32_t count, uint8_t seed)
{
	enum vd_type type = vd_drive_disc(bench.drive)->type;

	record(lba, count, seed, BENCH_SINGLE);
	assert_good(bench_close(
		type == VD_DVD_PLUS_R || type == VD_BD_R ? 6 : 2, 0));
}

void
bench_bytes(size_t at, const char *hex)
{
	uint8_t want[1024];
	size_t n = from_hex(hex, want);

	ck_assert_uint_le(at + n, bench.got);
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(bench.data[at + i] == want[i],
			      "byte %zu: %02x, not %02x", at + i,
			      bench.data[at + i], want[i]);
}
