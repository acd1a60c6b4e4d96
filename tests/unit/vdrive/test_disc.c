/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Discs as files: made, opened, saved, damaged. */
#include "bench_drive.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A new disc in drive, of 60,000 blocks; its path. */
static const char *
begin(enum vd_type type)
{
	struct vd_drive_options options = { .speed = 0 };

	bench_start(&options);
	return bench_load(type, 60000, false);
}

/* Takes the disc out and puts it in again, saved in between. */
static void
reload(const char *path)
{
	struct vd_disc *disc;
	char why[VD_WHY_MAX];

	ck_assert_int_eq(vd_drive_insert(bench.drive, NULL, false), 0);
	ck_assert_msg(!vd_disc_open(path, false, &disc, why), "%s", why);
	ck_assert_int_eq(vd_drive_insert(bench.drive, disc, false), 0);
}

static void
assert_refused(const char *path, bool read_only, const char *reason)
{
	struct vd_disc *disc = NULL;
	char why[VD_WHY_MAX] = "", want[VD_WHY_MAX];

	snprintf(want, sizeof want, "%s: %s", path, reason);
	ck_assert_int_eq(vd_disc_open(path, read_only, &disc, why), -1);
	ck_assert_str_eq(why, want);
	ck_assert_ptr_null(disc);
}

/* N bytes of TEXT over the file at AT. */
static void
patch(const char *path, off_t at, const char *text, size_t n)
{
	int fd = open(path, O_WRONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, text, n, at), (ssize_t)n);
	close(fd);
}

static const struct {
	const char *name;
	enum vd_type type;
	int32_t capacity;
} kinds[] = {
	{ "cd-r", VD_CD_R, 359849 },
	{ "cd-rw", VD_CD_RW, 359849 },
	{ "dvd-r", VD_DVD_R, 2298496 },
	{ "dvd-rw", VD_DVD_RW, 2297888 },
	{ "dvd+r", VD_DVD_PLUS_R, 2295104 },
	{ "dvd+rw", VD_DVD_PLUS_RW, 2295104 },
	{ "dvd-ram", VD_DVD_RAM, 2236704 },
	{ "bd-r", VD_BD_R, 12219392 },
	{ "bd-re", VD_BD_RE, 12219392 },
};

START_TEST(a_new_disc_has_the_size_of_its_kind_and_takes_no_room)
{
	const char *path = nb_test_path("new.disc");
	char why[VD_WHY_MAX] = "";
	struct vd_disc *disc;
	struct stat status;
	enum vd_type type = VD_TYPES;

	ck_assert(vd_medium_find(kinds[_i].name, &type));
	ck_assert_int_eq(type, kinds[_i].type);
	ck_assert_int_eq(vd_disc_create(path, type, 0, why), 0);
	disc = bench_look(path);
	ck_assert_int_eq(disc->type, type);
	ck_assert_int_eq(disc->capacity, kinds[_i].capacity);
	ck_assert_int_eq(vd_disc_close(disc), 0);
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_int_eq(status.st_size, VD_DATA_START);
	ck_assert_int_lt(status.st_blocks, 100);
}
END_TEST

START_TEST(an_unknown_kind_is_not_found)
{
	enum vd_type type;

	ck_assert(!vd_medium_find("cd", &type));
	ck_assert(!vd_medium_find("CD-RW", &type));
	ck_assert(!vd_medium_find("", &type));
}
END_TEST

START_TEST(a_disc_is_not_made_over_a_file)
{
	char why[VD_WHY_MAX] = "", want[VD_WHY_MAX];
	const char *path = nb_test_path("here");

	nb_test_write("here", "text", 0644);
	snprintf(want, sizeof want, "%s: File exists", path);
	ck_assert_int_eq(vd_disc_create(path, VD_CD_RW, 0, why), -1);
	ck_assert_str_eq(why, want);
	assert_refused(path, false, "not a vdrive disc");
}
END_TEST

START_TEST(what_is_no_disc_is_refused_with_the_reason)
{
	const char *fifo = nb_test_path("fifo");

	assert_refused(nb_test_path("none"), false,
		       "No such file or directory");
	assert_refused(nb_test_dir(), false, "Is a directory");
	assert_refused(nb_test_dir(), true, "not a regular file");
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	assert_refused(fifo, false, "not a regular file");
	nb_test_write("empty", "", 0644);
	assert_refused(nb_test_path("empty"), false, "not a vdrive disc");
}
END_TEST

START_TEST(a_disc_lies_in_one_drive_and_is_looked_at_from_anywhere)
{
	const char *path = begin(VD_CD_RW);
	struct vd_disc *disc;

	assert_refused(path, false, "in use by another drive");
	disc = bench_look(path);
	ck_assert_int_eq(vd_disc_close(disc), 0);
	reload(path);
}
END_TEST

START_TEST(a_disc_is_after_reopening_what_it_was)
{
	const char *path = begin(VD_CD_RW);

	bench_session(0, 300, 1);
	assert_good(bench_mode(0x01, 0xc0));
	assert_good(bench_write_audio(11702, 300, 2));
	reload(path);
	ck_assert_int_eq(vd_drive_disc(bench.drive)->sessions, 1);
	ck_assert_int_eq(bench_track(2).next, 12002);
	ck_assert(bench_holds(0, 300, 1));
	assert_good(bench_run("be 04 00 00 2d b6 00 00 01 10 00 00"));
	bench_bytes(0, "00 00 2d b6 02");
	bench_bytes(VD_AUDIO_BLOCK - 4, "ff ff d2 49");
	assert_good(bench_mode(0x01, 0xc0));
	assert_good(bench_write_audio(12002, 300, 2));
	assert_good(bench_sync());
	assert_good(bench_close(2, 0));
	assert_good(bench_run("a1 01 00 00 00 00 00 00 00 00 00 00"));
	reload(path);
	ck_assert_int_eq(vd_drive_disc(bench.drive)->track_count, 0);
	ck_assert_uint_eq(vd_drive_disc(bench.drive)->cycles, 1);
}
END_TEST

START_TEST(the_older_head_is_taken_when_the_newer_is_damaged)
{
	const char *path = begin(VD_CD_RW);
	uint64_t generation;
	struct vd_disc *disc;
	off_t at;

	bench_session(0, 300, 1);
	vd_drive_insert(bench.drive, NULL, false);
	disc = bench_look(path);
	generation = disc->generation;
	ck_assert_int_eq(vd_disc_close(disc), 0);
	at = (off_t)(generation % 2) * VD_HEAD_SIZE;
	patch(path, at + 100, "X", 1);
	disc = bench_look(path);
	ck_assert_uint_eq(disc->generation, generation - 1);
	ck_assert_int_eq(disc->sessions, 1);
	ck_assert_int_eq(vd_disc_close(disc), 0);
	reload(path); /* which saves it over the damaged one */
	ck_assert(bench_holds(0, 300, 1));
	patch(path, VD_HEAD_SIZE - at, "X", 1);
	vd_drive_insert(bench.drive, NULL, false);
	disc = bench_look(path);
	ck_assert_int_eq(disc->sessions, 1);
	ck_assert_int_eq(vd_disc_close(disc), 0);
}
END_TEST

START_TEST(a_disc_without_a_whole_head_is_refused)
{
	const char *path = begin(VD_CD_RW);

	bench_session(0, 300, 1);
	vd_drive_insert(bench.drive, NULL, false);
	patch(path, 100, "X", 1);
	patch(path, VD_HEAD_SIZE + 100, "X", 1);
	assert_refused(path, false,
		       "its header is damaged or of a later version");
	patch(path, 0, "vdrive disc 2", 13);
	assert_refused(path, true,
		       "its header is damaged or of a later version");
}
END_TEST

/* What contradicts itself, though the sum is right. */
static void
spoil(struct vd_disc *disc, int how)
{
	switch (how) {
	case 0:
		disc->formatted = disc->capacity + 1;
		break;
	case 1:
		disc->tracks[0].next = disc->capacity + 1;
		break;
	case 2:
		disc->tracks[0].start = -1;
		break;
	case 3:
		disc->tracks[0].end = disc->tracks[0].start - 1;
		break;
	case 4:
		disc->tracks[0].session = 9;
		break;
	case 5:
		disc->capacity = 0;
		break;
	default:
		disc->spare = -1;
		break;
	}
}

START_TEST(a_head_that_contradicts_itself_is_refused)
{
	const char *path = begin(VD_CD_RW);
	char why[VD_WHY_MAX];
	struct vd_disc *disc;

	bench_session(0, 300, 1);
	vd_drive_insert(bench.drive, NULL, false);
	ck_assert_int_eq(vd_disc_open(path, false, &disc, why), 0);
	spoil(disc, _i);
	ck_assert_int_eq(vd_disc_close(disc), 0);
	ck_assert_int_eq(vd_disc_open(path, false, &disc, why), -1);
	ck_assert_str_eq(why, "its header is inconsistent");
}
END_TEST

static void
record_something(enum vd_type type)
{
	if (type == VD_BD_RE || type == VD_DVD_PLUS_RW) {
		assert_good(bench_send_hex(
			"04 11 00 00 00 00",
			type == VD_BD_RE
				? "00 82 00 08 00 00 ea 60 c4 00 08 00"
				: "00 82 00 08 ff ff ff ff 98 00 00 00"));
		assert_good(bench_write(640, 32, 1));
	} else if (type == VD_DVD_RAM) {
		assert_good(bench_write(640, 32, 1));
	} else {
		bench_session(0, 320, 1);
		bench_last_session(bench_track(2).next, 320, 2);
	}
}

static char *
whole(const char *path, size_t *n)
{
	FILE *file = fopen(path, "r");
	struct stat status;
	char *data;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fstat(fileno(file), &status), 0);
	*n = (size_t)status.st_size;
	data = malloc(*n);
	ck_assert_ptr_nonnull(data);
	ck_assert_uint_eq(fread(data, 1, *n, file), *n);
	fclose(file);
	return data;
}

START_TEST(the_same_commands_make_the_same_disc_byte_for_byte)
{
	char *disc[2];
	size_t n[2];

	for (int i = 0; i < 2; i++) {
		const char *path = begin((enum vd_type)_i);

		record_something((enum vd_type)_i);
		vd_drive_insert(bench.drive, NULL, false);
		disc[i] = whole(path, &n[i]);
		bench.now += 1234567;
	}
	ck_assert_uint_eq(n[0], n[1]);
	ck_assert(!memcmp(disc[0], disc[1], n[0]));
	free(disc[0]);
	free(disc[1]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("disc");
	TCase *tc = bench_case("disc");

	bench_loop(a_new_disc_has_the_size_of_its_kind_and_takes_no_room,
		   kinds);
	bench_test(an_unknown_kind_is_not_found);
	bench_test(a_disc_is_not_made_over_a_file);
	bench_test(what_is_no_disc_is_refused_with_the_reason);
	bench_test(a_disc_lies_in_one_drive_and_is_looked_at_from_anywhere);
	bench_test(a_disc_is_after_reopening_what_it_was);
	bench_test(the_older_head_is_taken_when_the_newer_is_damaged);
	bench_test(a_disc_without_a_whole_head_is_refused);
	tcase_add_loop_test(tc, a_head_that_contradicts_itself_is_refused, 0,
			    7);
	tcase_add_loop_test(tc,
			    the_same_commands_make_the_same_disc_byte_for_byte,
			    0, VD_TYPES);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
