/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random commands for the virtual recorder: it never crashes, never changes a
 * block that a command did not name, and makes the same disc, byte for byte,
 * of the same commands.
 *
 * With libFuzzer (`make fuzz`) the input is what the fuzzer likes; else main()
 * makes 10,000 commands for each medium from a fixed seed.  What is written to
 * the disc file is seen by wrapping the calls that write.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vdrive/engine/bytes.h"
#include "vdrive/engine/drive.h"
#include "vdrive/engine/layout.h"
#include "vdrive/engine/mmc.h"

#define CAPACITY 24000 /* room for two sessions of a CD */
#define ROOM (32 * VD_AUDIO_BLOCK)
#define STEP 32 /* bytes of input for one command */
#define COMMANDS 10000
#define TRACK_MIN 300

/* Blocks that the command that runs may change; none where FROM is TO. */
static struct {
	int64_t from, to;
	bool watched;
	bool buffered; /* blocks named before may come late */
	bool named[CAPACITY];
	uint64_t changes;
} allowed;

static void
seen(off_t at, off_t n)
{
	int64_t first, last;

	allowed.changes++;
	if (!allowed.watched || at < VD_DATA_START || n <= 0)
		return;
	first = (at - VD_DATA_START) / VD_BLOCK;
	last = (at + n - 1 - VD_DATA_START) / VD_BLOCK;
	/* After all blocks comes what audio has more. */
	if (first >= CAPACITY)
		return;
	if (allowed.buffered && first == last && allowed.named[first])
		return;
	if (first < allowed.from || last >= allowed.to) {
		fprintf(stderr,
			"blocks %lld to %lld changed, not %lld to "
			"%lld\n",
			(long long)first, (long long)last,
			(long long)allowed.from, (long long)allowed.to);
		abort();
	}
}

ssize_t __real_pwrite(int fd, const void *data, size_t n, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t n, off_t at);
int __real_fallocate(int fd, int mode, off_t at, off_t n);
int __wrap_fallocate(int fd, int mode, off_t at, off_t n);
int __real_ftruncate(int fd, off_t n);
int __wrap_ftruncate(int fd, off_t n);

ssize_t
__wrap_pwrite(int fd, const void *data, size_t n, off_t at)
{
	seen(at, (off_t)n);
	return __real_pwrite(fd, data, n, at);
}

int
__wrap_fallocate(int fd, int mode, off_t at, off_t n)
{
	seen(at, n);
	return __real_fallocate(fd, mode, at, n);
}

int
__wrap_ftruncate(int fd, off_t n)
{
	seen(n, (off_t)CAPACITY * VD_BLOCK);
	return __real_ftruncate(fd, n);
}

/* What the standard lets a command change on the disc as it is. */
static void
allow(const struct vd_disc *disc, const uint8_t *cdb)
{
	int32_t lba = (int32_t)vd_get32(cdb + 2), next = 0;
	struct vd_view view;

	allowed.from = allowed.to = 0;
	if (disc->pending != VD_NO_PENDING) { /* may end now */
		allowed.to = CAPACITY;
		return;
	}
	if (vd_layout_view(disc, vd_layout_tracks(disc), &view))
		next = view.next < 0 ? 0 : view.next;
	for (int i = 0; i < disc->track_count; i++)
		if (!disc->tracks[i].closed)
			next = disc->tracks[i].next < 0 ? 0
							: disc->tracks[i].next;
	switch (cdb[0]) {
	case VD_WRITE_10:
	case VD_WRITE_VERIFY:
		allowed.from = lba < next ? lba : next;
		allowed.to = (int64_t)lba + vd_get16(cdb + 7);
		if (vd_layout_overwritable(disc))
			allowed.from = lba;
		break;
	case VD_WRITE_12:
		allowed.from = lba < next ? lba : next;
		allowed.to = (int64_t)lba + vd_get32(cdb + 6);
		if (vd_layout_overwritable(disc))
			allowed.from = lba;
		break;
	case VD_SYNC_CACHE:
	case VD_CLOSE: /* padding after what is written */
		allowed.from = next;
		allowed.to = CAPACITY;
		break;
	case VD_BLANK:
	case VD_FORMAT_UNIT:
		allowed.to = CAPACITY;
		break;
	default:
		return;
	}
	for (int64_t i = allowed.from < 0 ? 0 : allowed.from;
	     i < allowed.to && i < CAPACITY; i++)
		if (cdb[0] != VD_SYNC_CACHE && cdb[0] != VD_CLOSE)
			allowed.named[i] = true;
}

static uint64_t now;

static uint64_t
clock_of_test(void *context)
{
	(void)context;
	return now;
}

/* Makes a likely command of raw bytes: where writing goes on, few blocks. */
static void
shape(const struct vd_disc *disc, uint8_t *cdb, uint8_t hint)
{
	static const uint8_t ops[] = { 0x00, 0x03, 0x04, 0x12, 0x1b, 0x1e, 0x23,
				       0x25, 0x28, 0x2a, 0x2a, 0x2a, 0x2a, 0x2e,
				       0x35, 0x35, 0x43, 0x46, 0x4a, 0x51, 0x52,
				       0x53, 0x54, 0x55, 0x55, 0x5a, 0x5b, 0x5b,
				       0x5c, 0x5d, 0xa1, 0xa8, 0xaa, 0xac, 0xad,
				       0xb6, 0xb9, 0xbb, 0xbd, 0xbe };
	struct vd_view view;

	if (hint & 1)
		return;
	cdb[0] = ops[cdb[0] % sizeof ops];
	if ((hint & 2) && vd_layout_view(disc, vd_layout_tracks(disc), &view)
	    && (cdb[0] == 0x2a || cdb[0] == 0x2e || cdb[0] == 0xaa))
		vd_put32(cdb + 2, (uint32_t)view.next);
	else if (hint & 4)
		vd_put32(cdb + 2, vd_get16(cdb + 4) % CAPACITY);
	if (cdb[0] == 0x28 || cdb[0] == 0x2a || cdb[0] == 0x2e)
		vd_put16(cdb + 7, cdb[8] % 33);
	if (cdb[0] == 0xaa || cdb[0] == 0xa8)
		vd_put32(cdb + 6, cdb[9] % 33);
	if (cdb[0] == 0xbe)
		vd_put24(cdb + 6, cdb[8] % 33);
}

static bool
sends(uint8_t op)
{
	switch (op) {
	case VD_FORMAT_UNIT:
	case VD_WRITE_10:
	case VD_WRITE_12:
	case VD_WRITE_VERIFY:
	case VD_SEND_OPC:
	case VD_MODE_SELECT:
	case VD_SEND_CUE_SHEET:
	case VD_SET_STREAMING:
		return true;
	default:
		return false;
	}
}

static void
run_one(struct vd_drive *drive, const uint8_t step[STEP])
{
	static uint8_t data[ROOM];
	const struct vd_disc *disc = vd_drive_disc(drive);
	uint8_t cdb[12];
	struct vd_command command = { .cdb = cdb,
				      .cdb_length = sizeof cdb,
				      .data = data,
				      .length = sizeof data };
	struct vd_answer answer;

	memcpy(cdb, step, sizeof cdb);
	shape(disc, cdb, step[12]);
	command.to_drive = sends(cdb[0]) != (step[12] == 0xff);
	if (command.to_drive) {
		memset(data, step[13], sizeof data);
		memcpy(data, step + 14, STEP - 14);
		if (cdb[0] == VD_MODE_SELECT && !(step[12] & 8)) {
			static const uint8_t page[60] = { [8] = 5, 50,
							  0,       4,
							  8,       [23] = 150 };

			memcpy(data, page, sizeof page);
			data[10] = step[14] & 0x53;
			data[11] = 4 | (step[15] & 0xc0);
		}
	}
	allow(disc, cdb);
	allowed.watched = true;
	now += step[12] & 0x10 ? UINT64_C(20000000000) : 1000000;
	vd_drive_execute(drive, &command, &answer);
	allowed.watched = false;
	if (answer.transferred > command.length
	    || answer.sense_length > sizeof answer.sense)
		abort();
	if (vd_drive_is_open(drive))
		vd_drive_tray(drive, false);
}

/* Runs the input on a new disc in FD; the first byte says which. */
static void
play(const uint8_t *input, size_t n, int fd)
{
	struct vd_drive_options options = { .now = clock_of_test,
					    .power_loss = input[1] & 1,
					    .speed = input[1] & 2 ? 1000 : 0,
					    .personality =
						    (input[1] >> 2) % 3 };
	char path[64], why[VD_WHY_MAX];
	struct vd_drive *drive;
	struct vd_disc *disc;

	now = 0;
	allowed.buffered = options.power_loss;
	memset(allowed.named, 0, sizeof allowed.named);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (vd_drive_new(&options, &drive)
	    || vd_disc_open(path, false, &disc, why)
	    || vd_drive_insert(drive, disc, false))
		abort();
	for (size_t i = 2; i + STEP <= n; i += STEP)
		run_one(drive, input + i);
	if (input[1] & 1 && n % 2)
		vd_drive_power_loss(drive);
	if (vd_drive_free(drive))
		abort();
}

/* A new disc of the kind in a file of memory. */
static int
new_disc(enum vd_type type)
{
	char name[] = "/tmp/vdrive-fuzz.XXXXXX", path[64], why[VD_WHY_MAX];
	static uint8_t head[VD_DATA_START];
	int fd = memfd_create("disc", 0), file;
	ssize_t got;

	if (fd < 0 || !mkdtemp(name))
		abort();
	snprintf(path, sizeof path, "%s/disc", name);
	if (vd_disc_create(path, type, CAPACITY, why))
		abort();
	file = open(path, O_RDONLY);
	got = read(file, head, sizeof head);
	if (got < 0 || __real_pwrite(fd, head, (size_t)got, 0) != got)
		abort();
	close(file);
	unlink(path);
	rmdir(name);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	static int blank[VD_TYPES];
	static uint8_t head[VD_DATA_START];
	enum vd_type type;
	int fd;

	if (n < 2 + STEP)
		return 0;
	type = (enum vd_type)(input[0] % VD_TYPES);
	if (!blank[type])
		blank[type] = new_disc(type);
	fd = memfd_create("disc", 0);
	if (fd < 0 || pread(blank[type], head, sizeof head, 0) < 0
	    || __real_pwrite(fd, head, sizeof head, 0) != (ssize_t)sizeof head)
		abort();
	play(input, n, fd);
	close(fd);
	return 0;
}

#ifndef VDRIVE_LIBFUZZER

static uint64_t state = 88172645463325252u;

static uint8_t
random_byte(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint8_t)(state >> 32);
}

static bool
same(int a, int b)
{
	static uint8_t left[65536], right[65536];
	struct stat one, other;

	if (fstat(a, &one) || fstat(b, &other) || one.st_size != other.st_size)
		return false;
	for (off_t at = 0; at < one.st_size; at += (off_t)sizeof left) {
		ssize_t n = pread(a, left, sizeof left, at);

		if (n < 0 || pread(b, right, sizeof right, at) != n
		    || memcmp(left, right, (size_t)n))
			return false;
	}
	return true;
}

static void
report(bool good, int number, const char *name, const char *what)
{
	printf("%s %d - %s: %s\n", good ? "ok" : "not ok", number, name, what);
	fflush(stdout);
}

int
main(void)
{
	size_t n = 2 + (size_t)COMMANDS * STEP;
	uint8_t *input = malloc(n);
	int number = 0;

	if (!input)
		return 1;
	printf("1..%d\n", 2 * VD_TYPES);
	for (int type = 0; type < VD_TYPES; type++) {
		const char *name = vd_medium_of((enum vd_type)type)->name;
		int first = new_disc((enum vd_type)type);
		int second = new_disc((enum vd_type)type);

		for (size_t i = 0; i < n; i++)
			input[i] = random_byte();
		input[0] = (uint8_t)type;
		allowed.changes = 0;
		play(input, n, first);
		report(allowed.changes > 100, ++number, name,
		       "10,000 random commands change what they name");
		play(input, n, second);
		report(same(first, second), ++number, name,
		       "the same commands make the same disc");
		close(first);
		close(second);
	}
	free(input);
	return 0;
}

#endif
