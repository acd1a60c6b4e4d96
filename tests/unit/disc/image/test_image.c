/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image, and discs that are files: burned, appended, read back. */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/str.h"
#include "disc/drive/drive.h"
#include "disc/image/image.h"
#include "disc/library.h"
#include "disc/read/readback.h"
#include "model/record/manifest.h"

static int root = -1;

static void
begin(void)
{
	nb_assert_ok(nb_library_begin());
	root = open(nb_test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(root, 0);
}

static void
end(void)
{
	nb_fd_close(&root);
	nb_library_end();
}

/* The file NAME of the test's directory, SIZE bytes as the list believes. */
static void
add_file(struct nb_entries *list, const char *path, const char *name,
	 uint64_t size)
{
	struct nb_entry e = {
		.type = NB_ENTRY_FILE,
		.content = NB_CONTENT_ROOT,
		.mode = 0644,
		.mtime = 1000000000,
		.size = size,
	};

	nb_assert_ok(nb_str_dup(path, &e.path));
	nb_assert_ok(nb_str_dup(name, &e.root_path));
	nb_assert_ok(nb_entries_add(list, &e));
}

static enum nb_err
render_sums(void *ctx, const struct nb_entry *entry, char **text,
	    size_t *length)
{
	(void)entry;
	return nb_sums_render(ctx, NULL, text, length);
}

static void
add_sums(struct nb_entries *list)
{
	struct nb_entry e = {
		.type = NB_ENTRY_FILE,
		.content = NB_CONTENT_LATE,
		.mode = 0444,
		.mtime = 1000000000,
	};
	size_t length;
	char *text;

	nb_assert_ok(nb_str_dup(NB_SUMS_PATH, &e.path));
	nb_assert_ok(nb_entries_add(list, &e));
	nb_assert_ok(nb_entries_sort(list));
	nb_assert_ok(nb_sums_render(list, NULL, &text, &length));
	nb_entries_find(list, NB_SUMS_PATH)->size = length;
	free(text);
}

static struct nb_image_options
options_for(struct nb_entries *list)
{
	return (struct nb_image_options){
		.volume_id = "TEST",
		.date = 1700000000,
		.roots = &root,
		.root_count = 1,
		.render = render_sums,
		.ctx = list,
	};
}

/* Builds and writes to the file OUT; gives what nb_image_write gave. */
static enum nb_err
write_image(struct nb_entries *list, const char *out)
{
	struct nb_image_options options = options_for(list);
	uint8_t checksum[NB_CHECKSUM_SIZE];
	struct nb_image *image;
	enum nb_err err;
	int fd = open(nb_test_path(out), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	nb_assert_ok(nb_image_new(&options, list, NULL, &image));
	err = nb_image_write(image, fd, NULL, NULL, checksum);
	nb_image_free(image);
	close(fd);
	return err;
}

START_TEST(the_size_is_exact_and_the_hashes_are_right)
{
	struct nb_entries list = NB_ARRAY_INIT;
	struct nb_image_options options = options_for(&list);
	struct nb_image *image;
	struct stat st;
	uint64_t blocks;
	char hex[NB_SHA256_HEX + 1];

	begin();
	options.roots = &root;
	nb_test_write("f", "abc", 0644);
	add_file(&list, "dir/file", "f", 3);
	add_sums(&list);
	nb_assert_ok(nb_image_new(&options, &list, NULL, &image));
	nb_assert_ok(nb_image_size(image, &blocks));
	nb_image_free(image);
	nb_assert_ok(write_image(&list, "out.iso"));
	ck_assert_int_eq(stat(nb_test_path("out.iso"), &st), 0);
	ck_assert_uint_eq((uint64_t)st.st_size, blocks * NB_BLOCK);
	/* FIPS 180-2, appendix B.1. */
	ck_assert_str_eq(nb_hex(nb_entries_find(&list, "dir/file")->sha256,
				NB_SHA256_SIZE, hex),
			 "ba7816bf8f01cfea414140de5dae2223"
			 "b00361a396177a9cb410ff61f20015ad");
	nb_entries_free(&list);
	end();
}
END_TEST

static const struct {
	const char *now; /* NULL: gone */
	const char *message;
} changes[] = {
	{ "ab", "error: f: size changed from 3 to 2 bytes\n" },
	{ "abcd", "error: f: size changed from 3 to 4 bytes\n" },
	{ NULL, "error: f: cannot be read: No such file or directory\n" },
};

START_TEST(a_file_that_changed_fails_the_image_by_its_name)
{
	struct nb_entries list = NB_ARRAY_INIT;

	begin();
	if (changes[_i].now)
		nb_test_write("f", changes[_i].now, 0644);
	add_file(&list, "file", "f", 3);
	add_sums(&list);
	ck_assert_int_eq(write_image(&list, "out.iso"), NB_ESOURCE);
	ck_assert_ptr_nonnull(strstr(nb_test_log(), changes[_i].message));
	nb_entries_free(&list);
	end();
}
END_TEST

/* What stands in the image of the tolerated file of 3 bytes. */
static const struct {
	const char *now, *content, *message;
	bool lost;
} tolerated[] = {
	{ "ab", "ab\0",
	  "error: f: size changed from 3 to 2 bytes; LOST in this backup: "
	  "zeros are in its place\n",
	  true },
	{ "abcd", "abc",
	  "warning: f: size changed from 3 to 4 bytes; its content on the "
	  "disc may be inconsistent\n",
	  false },
	{ NULL, "\0\0\0",
	  "error: f: cannot be read: No such file or directory; LOST in this "
	  "backup: zeros are in its place\n",
	  true },
};

START_TEST(a_tolerated_change_is_told_and_has_a_true_hash)
{
	struct nb_entries list = NB_ARRAY_INIT;
	uint8_t digest[NB_SHA256_SIZE];
	struct nb_sha256 *sha256;
	struct nb_entry *e;

	begin();
	if (tolerated[_i].now)
		nb_test_write("f", tolerated[_i].now, 0644);
	add_file(&list, "file", "f", 3);
	add_sums(&list);
	e = nb_entries_find(&list, "file");
	e->tolerant = true;
	nb_assert_ok(write_image(&list, "out.iso"));
	ck_assert_str_eq(nb_test_log(), tolerated[_i].message);
	ck_assert(e->torn);
	ck_assert_int_eq(e->lost, tolerated[_i].lost);
	nb_assert_ok(nb_sha256_new(&sha256));
	nb_sha256_add(sha256, tolerated[_i].content, 3);
	nb_sha256_finish(sha256, digest);
	nb_sha256_free(sha256);
	ck_assert_mem_eq(e->sha256, digest, sizeof digest);
	nb_entries_free(&list);
	end();
}
END_TEST

/* Same size, another moment: by ctime, which nobody can set. */
START_TEST(a_file_written_to_since_fails_the_image)
{
	struct nb_entries list = NB_ARRAY_INIT;
	struct nb_image_options options = options_for(&list);
	uint8_t checksum[NB_CHECKSUM_SIZE];
	struct nb_image *image;
	struct nb_entry *e;
	struct stat st;
	int both[2], fd;

	begin();
	nb_test_write("f", "abc", 0644);
	ck_assert_int_eq(stat(nb_test_path("f"), &st), 0);
	add_file(&list, "file", "f", 3);
	add_sums(&list);
	e = nb_entries_find(&list, "file");
	e->root = 1;
	e->inode = st.st_ino;
	e->mtime = st.st_mtim.tv_sec;
	e->mtime_ns = (uint32_t)st.st_mtim.tv_nsec;
	e->ctime = st.st_ctim.tv_sec;
	e->ctime_ns = (uint32_t)(st.st_ctim.tv_nsec + _i);
	both[0] = both[1] = root;
	options.roots = both;
	options.root_count = 2;
	fd = open(nb_test_path("out.iso"), O_WRONLY | O_CREAT, 0600);
	nb_assert_ok(nb_image_new(&options, &list, NULL, &image));
	ck_assert_int_eq(nb_image_write(image, fd, NULL, NULL, checksum),
			 _i ? NB_ESOURCE : NB_OK);
	if (_i)
		ck_assert_ptr_nonnull(strstr(nb_test_log(),
					     "error: f: "
					     "changed after it was scanned\n"));
	nb_image_free(image);
	close(fd);
	nb_entries_free(&list);
	end();
}
END_TEST

START_TEST(a_fifo_slipped_in_does_not_hang)
{
	struct nb_entries list = NB_ARRAY_INIT;

	begin();
	ck_assert_int_eq(mkfifo(nb_test_path("f"), 0644), 0);
	add_file(&list, "file", "f", 3);
	add_sums(&list);
	ck_assert_int_eq(write_image(&list, "out.iso"), NB_ESOURCE);
	ck_assert_ptr_nonnull(strstr(nb_test_log(),
				     "error: f: no longer a "
				     "regular file\n"));
	nb_entries_free(&list);
	end();
}
END_TEST

START_TEST(bytes_that_differ_from_the_dump_fail_the_image)
{
	struct nb_entries list = NB_ARRAY_INIT;

	begin();
	nb_test_write("f", "abc", 0644);
	add_file(&list, "file", "f", 3);
	add_sums(&list);
	nb_entries_find(&list, "file")->hashed = true;
	ck_assert_int_eq(write_image(&list, "out.iso"), NB_ESOURCE);
	ck_assert_ptr_nonnull(strstr(nb_test_log(),
				     "error: file: SHA-256 "
				     "differs from what was dumped\n"));
	nb_entries_free(&list);
	end();
}
END_TEST

static struct nb_drive *
open_drive(const char *name)
{
	struct nb_drive_options options = { .capacity = 10000000 };
	struct nb_drive *drive;
	char *device;

	nb_assert_ok(nb_str_format(&device, "stdio:%s", nb_test_path(name)));
	options.device = device;
	nb_assert_ok(nb_drive_open(&options, NULL, NULL, &drive));
	free(device);
	return drive;
}

static const struct {
	const char *content; /* NULL: no file */
	size_t zeros;        /* in front of it */
	enum nb_medium_state state;
} media[] = {
	{ NULL, 0, NB_MEDIUM_NONE },
	{ "", 0, NB_MEDIUM_BLANK },
	/* It may be somebody's: nightburn blanks with a mark. */
	{ "", 700000, NB_MEDIUM_OVERWRITABLE },
	{ "data", 0, NB_MEDIUM_OVERWRITABLE },
	{ "data", 40960, NB_MEDIUM_OVERWRITABLE },
	/* Where a UDF anchor would stand. */
	{ "anchor", 256 * 2048, NB_MEDIUM_OVERWRITABLE },
};

START_TEST(blank_is_believed_when_it_was_read)
{
	struct nb_drive *drive;
	struct nb_medium medium;

	if (media[_i].content) {
		int fd = open(nb_test_path("disc"), O_WRONLY | O_CREAT, 0600);

		ck_assert_int_eq(ftruncate(fd, (off_t)media[_i].zeros), 0);
		ck_assert_int_eq(lseek(fd, 0, SEEK_END),
				 (off_t)media[_i].zeros);
		ck_assert_int_eq(nb_fd_write(fd, media[_i].content,
					     strlen(media[_i].content)),
				 0);
		/* Whole blocks, as on a disc. */
		ck_assert_int_eq(
			ftruncate(fd,
				  (off_t)(media[_i].zeros
					  + (media[_i].content[0] ? NB_BLOCK
								  : 0))),
			0);
		close(fd);
	}
	drive = open_drive("disc");
	nb_assert_ok(nb_drive_inspect(drive, &medium));
	ck_assert_str_eq(nb_medium_state_name(medium.state),
			 nb_medium_state_name(media[_i].state));
	nb_drive_close(drive);
}
END_TEST

START_TEST(a_file_is_a_disc_only_when_stdio_is_spelled_out)
{
	struct nb_drive_options options = { 0 };
	struct nb_drive *drive;
	const char *path = nb_test_path("disc");
	char *message;

	nb_test_write("disc", "", 0600);
	options.device = path;
	nb_assert_ok(nb_str_format(
		&message,
		"error: %s: a file, not a "
		"recorder\nhint: write stdio:%s to use the file as a disc\n",
		path, path));
	nb_assert_fails(nb_drive_open(&options, NULL, NULL, &drive), NB_EUSAGE,
			message);
	free(message);
	options.device = "/dev/null";
	nb_assert_fails(nb_drive_open(&options, NULL, NULL, &drive), NB_EUSAGE,
			"error: /dev/null: not an optical recorder\n");
}
END_TEST

/* Burns a file of three bytes to the disc; the checksum for the read-back. */
static void
burn(struct nb_drive *drive, struct nb_entries *list,
     uint8_t checksum[NB_CHECKSUM_SIZE], uint64_t *blocks)
{
	struct nb_image_options options = options_for(list);
	struct nb_burn spec = { 0 };

	options.start = NB_OVERWRITE_START;
	options.overwritable = true;
	nb_test_write("f", "abc", 0644);
	add_file(list, "dir/file", "f", 3);
	add_sums(list);
	nb_assert_ok(nb_image_new(&options, list, NULL, &spec.image));
	nb_assert_ok(nb_image_size(spec.image, blocks));
	nb_assert_ok(nb_drive_burn(drive, &spec, checksum));
	nb_image_free(spec.image);
}

static enum nb_err
read_back(struct nb_drive *drive, const struct nb_entries *list,
	  const uint8_t *checksum, uint64_t blocks)
{
	struct nb_readback_result result;
	struct nb_readback spec = {
		.first = NB_OVERWRITE_START,
		.count = blocks,
		.expected = list,
		.checksum = checksum,
	};
	enum nb_err err;

	nb_assert_ok(nb_drive_reload(drive));
	nb_assert_ok(nb_drive_blocks(drive, &spec.blocks));
	err = nb_readback_run(&spec, &result);
	nb_blocks_free(spec.blocks);
	return err;
}

START_TEST(what_was_burned_is_read_back_and_one_flipped_bit_is_found)
{
	struct nb_entries list = NB_ARRAY_INIT;
	uint8_t checksum[NB_CHECKSUM_SIZE];
	struct nb_drive *drive;
	char *text, *at;
	uint64_t blocks;
	size_t length;
	int fd;

	nb_test_write("disc", "", 0600);
	begin();
	drive = open_drive("disc");
	burn(drive, &list, checksum, &blocks);
	nb_assert_ok(read_back(drive, &list, checksum, blocks));
	nb_assert_ok(
		nb_fd_load(-1, nb_test_path("disc"), 1 << 24, &text, &length));
	at = memmem(text, length, "abc\0\0\0\0", 7);
	ck_assert_ptr_nonnull(at);
	fd = open(nb_test_path("disc"), O_WRONLY);
	ck_assert_int_eq(pwrite(fd, "abb", 3, at - text), 3);
	close(fd);
	nb_test_log_clear();
	ck_assert_int_eq(read_back(drive, &list, checksum, blocks),
			 NB_ECORRUPT);
	ck_assert_ptr_nonnull(
		strstr(nb_test_log(), "error: dir/file: SHA-256 differs\n"));
	free(text);
	nb_drive_close(drive);
	nb_entries_free(&list);
	end();
}
END_TEST

START_TEST(nothing_is_blanked_without_a_permit)
{
	struct nb_entries list = NB_ARRAY_INIT;
	uint8_t checksum[NB_CHECKSUM_SIZE];
	struct nb_drive *drive;
	struct nb_medium medium;
	uint64_t blocks;

	nb_test_write("disc", "", 0600);
	begin();
	drive = open_drive("disc");
	burn(drive, &list, checksum, &blocks);
	for (int answer = 1; answer < NB_GUARD_COUNT; answer++)
		ck_assert_int_eq(nb_drive_blank(drive, (enum nb_guard)answer),
				 NB_EWRONG);
	nb_assert_ok(read_back(drive, &list, checksum, blocks));
	nb_assert_ok(nb_drive_blank(drive, NB_GUARD_PERMIT));
	nb_assert_ok(nb_drive_inspect(drive, &medium));
	ck_assert_int_eq(medium.state, NB_MEDIUM_BLANK);
	nb_drive_close(drive);
	nb_entries_free(&list);
	end();
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int
main(void)
{
	Suite *suite = suite_create("image");
	TCase *tc = nb_test_case("image", 30);

	tcase_add_test(tc, the_size_is_exact_and_the_hashes_are_right);
	tcase_add_loop_test(tc, a_file_that_changed_fails_the_image_by_its_name,
			    0, COUNT(changes));
	tcase_add_loop_test(tc, a_tolerated_change_is_told_and_has_a_true_hash,
			    0, (int)(sizeof tolerated / sizeof *tolerated));
	tcase_add_loop_test(tc, a_file_written_to_since_fails_the_image, 0, 2);
	tcase_add_test(tc, a_fifo_slipped_in_does_not_hang);
	tcase_add_test(tc, bytes_that_differ_from_the_dump_fail_the_image);
	tcase_add_loop_test(tc, blank_is_believed_when_it_was_read, 0,
			    COUNT(media));
	tcase_add_test(tc, a_file_is_a_disc_only_when_stdio_is_spelled_out);
	tcase_add_test(
		tc, what_was_burned_is_read_back_and_one_flipped_bit_is_found);
	tcase_add_test(tc, nothing_is_blanked_without_a_permit);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
