/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times the engine of vdrive without a client.
 *
 *     vdrive commands DISC     microseconds a command, beside a bare pwrite
 *     vdrive write DISC FILE   writes FILE to the disc by WRITE(10) of 64 KiB
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vdrive/engine/bytes.h"
#include "vdrive/engine/drive.h"
#include "vdrive/engine/mmc.h"

#define PIECE 32 /* blocks */
#define TIMES 200000

static uint8_t data[PIECE * VD_BLOCK];

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct vd_drive *
open_drive(const char *path)
{
	struct vd_drive_options options = { 0 };
	struct vd_drive *drive;
	struct vd_disc *disc;
	char why[VD_WHY_MAX];

	if (vd_disc_open(path, false, &disc, why)) {
		fprintf(stderr, "%s\n", why);
		exit(1);
	}
	if (vd_drive_new(&options, &drive)
	    || vd_drive_insert(drive, disc, false))
		exit(1);
	return drive;
}

static void
execute(struct vd_drive *drive, const uint8_t *cdb, size_t n, bool to_drive)
{
	struct vd_command command = { .cdb = cdb,
				      .cdb_length = 12,
				      .data = data,
				      .length = n,
				      .to_drive = to_drive };
	struct vd_answer answer;

	vd_drive_execute(drive, &command, &answer);
	if (answer.status) {
		fprintf(stderr, "command %02x: sense %x/%02x/%02x\n", cdb[0],
			answer.sense[2], answer.sense[12], answer.sense[13]);
		exit(1);
	}
}

static void
time_command(struct vd_drive *drive, const char *name, uint8_t op, size_t n)
{
	uint8_t cdb[12] = { op };
	double began = now();

	if (op == VD_READ_TRACK_INFO) {
		cdb[1] = 1;
		cdb[5] = 1;
	}
	if (op == VD_READ_TOC || op == VD_READ_TRACK_INFO
	    || op == VD_GET_CONFIGURATION || op == VD_READ_DISC_INFO)
		vd_put16(cdb + 7, (uint32_t)n);
	if (op == VD_READ_10 || op == VD_WRITE_10)
		cdb[8] = (uint8_t)(n / VD_BLOCK);
	for (int i = 0; i < TIMES; i++)
		execute(drive, cdb, n, op == VD_WRITE_10);
	printf("%-32s %6.2f\n", name, (now() - began) / TIMES * 1e6);
}

static void
commands(const char *path)
{
	struct vd_drive *drive = open_drive(path);
	int fd = open(path, O_RDWR);
	double began;

	time_command(drive, "TEST UNIT READY", VD_TEST_UNIT_READY, 0);
	time_command(drive, "GET CONFIGURATION", VD_GET_CONFIGURATION, 1024);
	time_command(drive, "READ DISC INFORMATION", VD_READ_DISC_INFO, 34);
	time_command(drive, "READ TRACK INFORMATION", VD_READ_TRACK_INFO, 48);
	time_command(drive, "READ TOC", VD_READ_TOC, 20);
	time_command(drive, "WRITE, one block", VD_WRITE_10, VD_BLOCK);
	began = now();
	for (int i = 0; i < TIMES; i++)
		if (pwrite(fd, data, VD_BLOCK, VD_DATA_START) != VD_BLOCK)
			exit(1);
	printf("%-32s %6.2f\n", "pwrite, one block",
	       (now() - began) / TIMES * 1e6);
	close(fd);
	if (vd_drive_free(drive))
		exit(1);
}

static void
write_file(const char *path, const char *from)
{
	struct vd_drive *drive = open_drive(path);
	int fd = open(from, O_RDONLY);
	uint8_t cdb[12] = { VD_WRITE_10 };
	uint32_t lba = 0;
	ssize_t got;

	while ((got = read(fd, data, sizeof data)) > 0) {
		uint32_t count = (uint32_t)got / VD_BLOCK;

		vd_put32(cdb + 2, lba);
		vd_put16(cdb + 7, count);
		execute(drive, cdb, (size_t)got, true);
		lba += count;
	}
	close(fd);
	if (got < 0 || vd_drive_free(drive))
		exit(1);
}

int
main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "commands"))
		commands(argv[2]);
	else if (argc == 4 && !strcmp(argv[1], "write"))
		write_file(argv[2], argv[3]);
	else
		return 2;
	return 0;
}
