/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A drive on the bench: one per test, with a disc of small capacity in the
 * test's directory and a clock that the test sets.  Commands are written as
 * their bytes in hex, as the standard's tables have them.
 */
#ifndef VDRIVE_TEST_BENCH_DRIVE_H
#define VDRIVE_TEST_BENCH_DRIVE_H

#include "support.h"

#include <stdio.h>

#include "vdrive/engine/bytes.h"
#include "vdrive/engine/drive.h"
#include "vdrive/engine/layout.h"
#include "vdrive/engine/mmc.h"

#define BENCH_ROOM (1024 * 1024)
#define BENCH_COUNT(table) (int)(sizeof(table) / sizeof *(table))
#define BENCH_SECOND UINT64_C(1000000000)

struct bench {
	struct vd_drive *drive;
	uint64_t now;             /* nanoseconds */
	struct vd_answer answer;  /* of the last command */
	uint8_t data[BENCH_ROOM]; /* what it gave */
	size_t got;               /* so many bytes */
};

extern struct bench bench;

/* The answer of READ TRACK INFORMATION. */
struct bench_track {
	int32_t start, next, free, unit, size, last;
	int number, session;
	uint8_t mode;  /* byte 5: damage and track mode */
	uint8_t flags; /* byte 6: reserved, blank, packets */
	uint8_t valid; /* byte 7: 2 LRA, 1 NWA */
};

/* A test case whose drive is freed before the directory is removed. */
TCase *bench_case(const char *name);

/* An instant drive with a new disc, which was there from the beginning. */
void bench_insert(enum vd_type type, int32_t capacity);

/* A drive with OPTIONS, but for the clock, and without a disc. */
void bench_start(const struct vd_drive_options *options);

/* Rules for the drive that OPTIONS are for. */
struct vd_faults *bench_faults(const char *text);

/* A new disc in the drive of now; its path. */
const char *bench_load(enum vd_type type, int32_t capacity, bool attention);

/* The disc as its file says after the drive is gone; the caller closes. */
struct vd_disc *bench_look(const char *path);

/* Sense as KKAAQQ, 0 for GOOD.  CDB is hex; bench_run() leaves the data in
 * bench.data; of bench_send() they come from DATA. */
uint32_t bench_run(const char *cdb);
uint32_t bench_send(const char *cdb, const void *data, size_t n);
uint32_t bench_send_hex(const char *cdb, const char *data);

/* WRITE (10) of blocks that hold their address and SEED; READ (10). */
uint32_t bench_write(int32_t lba, uint32_t count, uint8_t seed);
uint32_t bench_write_audio(int32_t lba, uint32_t count, uint8_t seed);
uint32_t bench_read(int32_t lba, uint32_t count);
/* The same in as many commands as it takes, all GOOD. */
void bench_fill(int32_t lba, int32_t count, uint8_t seed);
/* Whether the blocks that were written with SEED are read. */
bool bench_holds(int32_t lba, uint32_t count, uint8_t seed);
bool bench_is_zero(int32_t lba, uint32_t count);

/* Mode page 05h: byte 2, byte 3, and 2,048-byte blocks or audio. */
uint32_t bench_mode(uint8_t type, uint8_t track);
#define BENCH_MULTI 0xc4  /* byte 3: sessions follow, data */
#define BENCH_SINGLE 0x04 /* the disc ends with the session */

/* READ TRACK INFORMATION of track NUMBER or of the block at it. */
struct bench_track bench_track(uint32_t number);
uint32_t bench_sync(void);
uint32_t bench_close(uint8_t function, uint16_t track);

/* One session with one track of COUNT blocks, closed, in a few minutes;
 * sessions may follow. */
void bench_session(int32_t lba, int32_t count, uint8_t seed);
/* The same as the last session of the disc. */
void bench_last_session(int32_t lba, int32_t count, uint8_t seed);

/* The bytes from AT are these, in hex. */
void bench_bytes(size_t at, const char *hex);

/* Into the TCase `tc`: a test, and one for each line of a table. */
#define bench_test(name) tcase_add_test(tc, name)
#define bench_loop(name, table) \
	tcase_add_loop_test(tc, name, 0, BENCH_COUNT(table))

#define assert_sense(call, sense)                                         \
	do {                                                              \
		uint32_t got_ = (call), want_ = (sense);                  \
		ck_assert_msg(got_ == want_, "%s: %06x, not %06x", #call, \
			      got_, want_);                               \
	} while (0)
#define assert_good(call) assert_sense(call, VD_GOOD)

#endif
