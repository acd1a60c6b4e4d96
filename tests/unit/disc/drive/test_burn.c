/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes a burn a failed one, on discs that are files. */
#include "support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libburn/libburn.h>

#include "base/fd.h"
#include "base/str.h"
#include "disc/drive/drive.h"
#include "disc/image/image.h"
#include "disc/library.h"

/* What is said or wanted when the burn begins. */
struct moment {
	const char *severity;
	enum nb_err stop;
	int count;
};

static enum nb_err
at_burn(void *ctx, enum nb_work work, uint64_t done, uint64_t total)
{
	char severity[16], text[] = "the beam wobbles";
	struct moment *moment = ctx;

	(void)done;
	(void)total;
	if (work != NB_WORK_BURN || moment->count++)
		return NB_OK;
	if (moment->severity) {
		strcpy(severity, moment->severity);
		burn_msgs_submit(0x00020001, text, 0, severity, NULL);
	}
	return moment->stop;
}

/* Burns a file of three bytes to the blank disc "disc". */
static enum nb_err
burn(struct moment *moment)
{
	struct nb_entries list = NB_ARRAY_INIT;
	struct nb_entry e = {
		.type = NB_ENTRY_FILE,
		.content = NB_CONTENT_ROOT,
		.mode = 0644,
		.mtime = 1000000000,
		.size = 3,
	};
	int root = open(nb_test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct nb_image_options image = {
		.volume_id = "TEST",
		.date = 1700000000,
		.roots = &root,
		.root_count = 1,
		.start = NB_OVERWRITE_START,
		.overwritable = true,
	};
	struct nb_drive_options options = { .capacity = 10000000 };
	uint8_t checksum[NB_CHECKSUM_SIZE];
	struct nb_burn spec = { 0 };
	struct nb_drive *drive;
	char *device;
	enum nb_err err;

	nb_test_write("disc", "", 0600);
	nb_test_write("f", "abc", 0644);
	nb_assert_ok(nb_library_begin());
	nb_assert_ok(nb_str_dup("file", &e.path));
	nb_assert_ok(nb_str_dup("f", &e.root_path));
	nb_assert_ok(nb_entries_add(&list, &e));
	nb_assert_ok(nb_str_format(&device, "stdio:%s", nb_test_path("disc")));
	options.device = device;
	nb_assert_ok(nb_drive_open(&options, at_burn, moment, &drive));
	nb_assert_ok(nb_image_new(&image, &list, NULL, &spec.image));
	nb_test_log_clear();
	err = nb_drive_burn(drive, &spec, checksum);
	nb_image_free(spec.image);
	nb_drive_close(drive);
	nb_library_end();
	nb_entries_free(&list);
	nb_fd_close(&root);
	free(device);
	return err;
}

static const struct {
	const char *severity;
	enum nb_err err;
} said[] = {
	{ NULL, NB_OK },
	{ "NOTE", NB_OK },
	{ "WARNING", NB_OK },
	{ "HINT", NB_OK },
	{ "SORRY", NB_ESUSPECT },
	{ "MISHAP", NB_ESUSPECT },
	{ "FAILURE", NB_ESUSPECT },
	{ "FATAL", NB_ESUSPECT },
};

/* The burn itself goes well each time, and libburn says that it did. */
START_TEST(a_bad_message_alone_makes_a_burn_suspect)
{
	struct moment moment = { .severity = said[_i].severity };

	ck_assert_int_eq(burn(&moment), said[_i].err);
	if (said[_i].err)
		ck_assert_ptr_nonnull(strstr(
			nb_test_log(), "warning: libburn: the beam wobbles\n"));
	ck_assert_int_eq(strstr(nb_test_log(), ": the burn failed\n") != NULL,
			 said[_i].err != NB_OK);
	ck_assert_ptr_null(strstr(nb_test_log(), "Burn run failed"));
}
END_TEST

START_TEST(a_burn_that_nobody_wants_any_more_is_not_begun)
{
	struct moment moment = { .stop = NB_ECANCELED };
	struct stat st;

	ck_assert_int_eq(burn(&moment), NB_ECANCELED);
	ck_assert_int_eq(stat(nb_test_path("disc"), &st), 0);
	ck_assert_int_eq(st.st_size, 0);
	ck_assert_ptr_null(strstr(nb_test_log(), "the burn failed"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("burn");
	TCase *tc = nb_test_case("burn", 30);

	tcase_add_loop_test(tc, a_bad_message_alone_makes_a_burn_suspect, 0,
			    (int)(sizeof said / sizeof *said));
	tcase_add_test(tc, a_burn_that_nobody_wants_any_more_is_not_begun);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
