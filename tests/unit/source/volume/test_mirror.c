/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "source/volume/mirror_array.h"
#include "source/volume/mirror_record.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

static const struct {
	struct nb_mirror_state state;
	bool may_belong;
	const char *message; /* NULL: it can be split */
} states[] = {
	{ { "raid1", "idle", 2, 1, NB_MIRROR_DETACHED }, false, NULL },
	{ { "raid1", "idle", 3, 2, NB_MIRROR_DETACHED }, false, NULL },
	{ { "raid1", "idle", 2, 1, NB_MIRROR_FAULTY }, false, NULL },
	{ { "raid1", "idle", 2, 1, NB_MIRROR_WORKING }, true, NULL },
	{ { "raid1", "recover", 2, 1, NB_MIRROR_SYNCING }, true, NULL },
	{ { "raid5", "idle", 3, 2, NB_MIRROR_DETACHED },
	  false,
	  "error: mirror m: /dev/md0 is raid5, not raid1\n" },
	{ { "raid1", "idle", 2, 1, NB_MIRROR_WORKING },
	  false,
	  "error: mirror m: /dev/sdb1 is a member of /dev/md0, which would end "
	  "up with one member less\nhint: use afterwards = readd, or once: "
	  "mdadm /dev/md0 --fail /dev/sdb1 --remove /dev/sdb1\n" },
	{ { "raid1", "recover", 2, 1, NB_MIRROR_SYNCING },
	  false,
	  "error: mirror m: /dev/sdb1 is a member of /dev/md0, which would end "
	  "up with one member less\nhint: use afterwards = readd, or once: "
	  "mdadm /dev/md0 --fail /dev/sdb1 --remove /dev/sdb1\n" },
	{ { "raid1", "idle", 2, 2, NB_MIRROR_DETACHED },
	  true,
	  "error: mirror m: /dev/md0 is complete with 2 members without "
	  "/dev/sdb1\n"
	  "hint: mdadm --grow /dev/md0 --raid-devices=3 adds a slot for it\n" },
	{ { "raid1", "idle", 3, 1, NB_MIRROR_DETACHED },
	  true,
	  "error: mirror m: /dev/md0 is degraded: apart from /dev/sdb1, 1 of 2 "
	  "members work\nhint: repair the array first\n" },
	{ { "raid1", "idle", 3, 1, NB_MIRROR_WORKING },
	  true,
	  "error: mirror m: /dev/md0 is degraded: apart from /dev/sdb1, 1 of 2 "
	  "members work\nhint: repair the array first\n" },
	{ { "raid1", "check", 3, 2, NB_MIRROR_DETACHED },
	  false,
	  "error: mirror m: /dev/md0 is busy: check\n"
	  "hint: wait until it has finished\n" },
};

START_TEST(an_array_can_be_split_or_it_is_said_why_not)
{
	const struct nb_mirror m = { .object = "mirror m",
				     .md = -1,
				     .array = "/dev/md0",
				     .half = "/dev/sdb1" };

	if (states[_i].message)
		nb_assert_fails(nb_mirror_judge(&m, &states[_i].state,
						states[_i].may_belong),
				NB_ESOURCE, states[_i].message);
	else
		nb_assert_ok(nb_mirror_judge(&m, &states[_i].state,
					     states[_i].may_belong));
}
END_TEST

START_TEST(what_mdadm_exports_is_found_by_its_key)
{
	static const char text[] = "MD_LEVEL=raid1\nMD_DEVICES=2\n"
				   "MD_UUID=8a3b:1:2:3\nMD_NAME=h:0";
	char value[NB_MIRROR_WORD];

	ck_assert(nb_mirror_export(text, "MD_UUID", value));
	ck_assert_str_eq(value, "8a3b:1:2:3");
	ck_assert(nb_mirror_export(text, "MD_LEVEL", value));
	ck_assert_str_eq(value, "raid1");
	ck_assert(nb_mirror_export(text, "MD_NAME", value));
	ck_assert_str_eq(value, "h:0");
	ck_assert(!nb_mirror_export(text, "MD_DEV", value));
	ck_assert(!nb_mirror_export(text, "UUID", value));
	ck_assert(!nb_mirror_export("", "MD_UUID", value));
}
END_TEST

START_TEST(how_far_a_resync_is)
{
	uint64_t done = 7, total = 7;

	ck_assert(nb_mirror_progress("2048 / 129024", &done, &total));
	ck_assert_uint_eq(done, 2048);
	ck_assert_uint_eq(total, 129024);
	ck_assert(nb_mirror_progress("0 / 1", &done, &total));
	ck_assert(!nb_mirror_progress("none", &done, &total));
	ck_assert(!nb_mirror_progress("delayed", &done, &total));
	ck_assert(!nb_mirror_progress("", &done, &total));
	ck_assert(!nb_mirror_progress("2048", &done, &total));
	ck_assert(!nb_mirror_progress("2048 / x", &done, &total));
	ck_assert(!nb_mirror_progress("2048 / 5 x", &done, &total));
}
END_TEST

START_TEST(a_record_is_kept_and_taken_away)
{
	char array[] = "/dev/md/\"x\"", half[] = "/dev/sdb1";
	struct nb_mirror_record in = { array, half, true, false };
	struct nb_mirror_record out = { NULL, NULL, false, false };
	const char *dir = nb_test_dir();

	ck_assert_int_eq(nb_mirror_record_load(dir, "m", &out), NB_ENOTFOUND);
	ck_assert_str_eq(nb_test_log(), "");
	nb_assert_ok(nb_mirror_record_save(dir, "m", &in));
	nb_assert_ok(nb_mirror_record_load(dir, "m", &out));
	ck_assert_str_eq(out.array, array);
	ck_assert_str_eq(out.half, half);
	ck_assert(out.belonged && !out.quiesced);
	nb_mirror_record_clear(&out);
	in.belonged = false;
	in.quiesced = true;
	nb_assert_ok(nb_mirror_record_save(dir, "m", &in));
	nb_assert_ok(nb_mirror_record_load(dir, "m", &out));
	ck_assert(!out.belonged && out.quiesced);
	nb_mirror_record_clear(&out);
	nb_assert_ok(nb_mirror_record_remove(dir, "m"));
	nb_assert_ok(nb_mirror_record_remove(dir, "m"));
	ck_assert_int_eq(nb_mirror_record_load(dir, "m", &out), NB_ENOTFOUND);
}
END_TEST

START_TEST(a_damaged_record_is_told)
{
	struct nb_mirror_record out = { NULL, NULL, false, false };

	nb_test_write("mirror-m", "{\"array\":\"/dev/md0\"}", 0600);
	nb_test_log_clear();
	ck_assert_int_eq(nb_mirror_record_load(nb_test_dir(), "m", &out),
			 NB_ECORRUPT);
	ck_assert_ptr_nonnull(
		strstr(nb_test_log(), "mirror-m: not a mirror record\n"));
	ck_assert_ptr_null(out.array);
}
END_TEST

START_TEST(what_is_no_array_is_refused)
{
	struct nb_mirror m = { .object = "mirror m",
			       .array = "/dev/null",
			       .half = "/dev/null",
			       .md = -1 };

	nb_assert_fails(nb_mirror_open(&m), NB_ESOURCE,
			"error: mirror m: "
			"/dev/null is not a block device\n");
	nb_mirror_close(&m);
	m.half = "/no/such";
	nb_assert_fails(nb_mirror_open(&m), NB_ESOURCE,
			"error: mirror m: "
			"/no/such: No such file or directory\n");
	nb_mirror_close(&m);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mirror");
	TCase *tc = nb_test_case("mirror", 10);

	tcase_add_loop_test(tc, an_array_can_be_split_or_it_is_said_why_not, 0,
			    COUNT(states));
	tcase_add_test(tc, what_mdadm_exports_is_found_by_its_key);
	tcase_add_test(tc, how_far_a_resync_is);
	tcase_add_test(tc, a_record_is_kept_and_taken_away);
	tcase_add_test(tc, a_damaged_record_is_told);
	tcase_add_test(tc, what_is_no_array_is_refused);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
