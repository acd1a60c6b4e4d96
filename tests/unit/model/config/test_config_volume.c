/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "model/config/config.h"
#include "source/volume/options.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)
#define FRAME                                                   \
	"drive \"d\" { device = \"/dev/sr0\" }\n"               \
	"pool \"p\" { discs = { \"A\" } drives = { \"d\" } }\n" \
	"job \"j\" { pool = \"p\"\n"

static struct nb_config *config;

static const struct nb_config_source *
source(const char *text)
{
	char whole[1024];

	snprintf(whole, sizeof whole, FRAME "%s\n}\n", text);
	nb_assert_ok(
		nb_config_parse("a.conf", whole, nb_source_kinds, &config));
	return &config->jobs.at[0].sources.at[0];
}

START_TEST(a_volume_has_defaults)
{
	const struct nb_config_source *s =
		source("lvm \"home\" { volume = \"vg0/home\" }");

	ck_assert_str_eq(s->kind->name, "lvm");
	ck_assert_str_eq(nb_lvm_options(s)->volume, "vg0/home");
	ck_assert_int_eq(nb_lvm_options(s)->size.percent, 20);
	ck_assert_uint_eq(nb_lvm_options(s)->size.bytes, 0);
	ck_assert_int_eq(nb_lvm_options(s)->mount.retries, 10);
	ck_assert_int_eq(nb_lvm_options(s)->mount.pause, 30);
	ck_assert_ptr_null(nb_lvm_options(s)->mount.subdirectory);
	nb_config_free(config);
}
END_TEST

START_TEST(a_volume_option_by_option)
{
	const struct nb_config_source *s =
		source("lvm \"home\" { volume = \"vg0/home\" size = 2GiB\n"
		       "subdirectory = \"a/b\" retries = 0 pause = 1m\n"
		       "exclude = { \"x\", \"y\" } }");

	ck_assert_int_eq(nb_lvm_options(s)->size.percent, 0);
	ck_assert_uint_eq(nb_lvm_options(s)->size.bytes, (uint64_t)2 << 30);
	ck_assert_str_eq(nb_lvm_options(s)->mount.subdirectory, "a/b");
	ck_assert_int_eq(nb_lvm_options(s)->mount.retries, 0);
	ck_assert_int_eq(nb_lvm_options(s)->mount.pause, 60);
	ck_assert_uint_eq(nb_lvm_options(s)->mount.rules.exclude.count, 2);
	nb_config_free(config);
	s = source("lvm \"home\" { volume = \"vg0/home\" size = 100% }");
	ck_assert_int_eq(nb_lvm_options(s)->size.percent, 100);
	nb_config_free(config);
}
END_TEST

START_TEST(a_mirror_has_defaults)
{
	const struct nb_config_source *s = source(
		"mirror \"m\" { array = \"/dev/md0\" half = \"/dev/sdb1\" }");

	ck_assert_str_eq(s->kind->name, "mirror");
	ck_assert_str_eq(nb_mirror_options(s)->array, "/dev/md0");
	ck_assert_str_eq(nb_mirror_options(s)->half, "/dev/sdb1");
	ck_assert(!nb_mirror_options(s)->image && !nb_mirror_options(s)->readd);
	ck_assert_int_eq(nb_mirror_options(s)->stall, 600);
	ck_assert_int_eq(nb_mirror_options(s)->hook_timeout, 60);
	ck_assert_uint_eq(nb_mirror_options(s)->quiesce.count, 0);
	nb_config_free(config);
}
END_TEST

START_TEST(a_mirror_option_by_option)
{
	const struct nb_config_source *s = source(
		"mirror \"m\" { array = \"/dev/md0\" half = \"/dev/sdb1\"\n"
		"as = image afterwards = readd stall = 5m hook_timeout = 9\n"
		"quiesce = { \"/bin/q\", \"now\" } resume = \"/bin/r\"\n"
		"retries = 3 pause = 2 exclude = \"x\" }");

	ck_assert(nb_mirror_options(s)->image && nb_mirror_options(s)->readd);
	ck_assert_int_eq(nb_mirror_options(s)->stall, 300);
	ck_assert_int_eq(nb_mirror_options(s)->hook_timeout, 9);
	ck_assert_uint_eq(nb_mirror_options(s)->quiesce.count, 2);
	ck_assert_str_eq(nb_mirror_options(s)->quiesce.at[1], "now");
	ck_assert_str_eq(nb_mirror_options(s)->resume.at[0], "/bin/r");
	ck_assert_int_eq(nb_mirror_options(s)->mount.retries, 3);
	nb_config_free(config);
}
END_TEST

static const struct {
	const char *text, *message;
} wrong[] = {
	{ "lvm \"home\" { volume = \"home\" }",
	  "4: lvm \"home\" has an invalid volume; expected \"GROUP/VOLUME\"" },
	{ "lvm \"home\" { volume = \"/dev/vg0/home\" }",
	  "4: lvm \"home\" has an invalid volume; expected \"GROUP/VOLUME\"" },
	{ "lvm \"home\" { volume = \"-v/home\" }",
	  "4: lvm \"home\" has an invalid volume; expected \"GROUP/VOLUME\"" },
	{ "lvm \"home\" { volume = \"v/..\" }",
	  "4: lvm \"home\" has an invalid volume; expected \"GROUP/VOLUME\"" },
	{ "lvm \"my home\" { volume = \"v/h\" }",
	  "4: lvm \"my home\" has an invalid volume name; expected letters, "
	  "digits, +, _, . and -" },
	{ "lvm \"home\" { volume = \"v/h\" subdirectory = \"../x\" }",
	  "4: lvm \"home\" has an invalid subdirectory; expected a path from "
	  "the "
	  "top of the file system, such as \"srv/mail\"" },
	{ "lvm \"home\" { volume = \"v/h\" subdirectory = \"/x\" }",
	  "4: lvm \"home\" has an invalid subdirectory; expected a path from "
	  "the "
	  "top of the file system, such as \"srv/mail\"" },
	{ "lvm \"home\" { volume = \"v/h\" size = 0% }",
	  "4: size is \"0%\"; expected 1% to 100%, or a size such as 2G" },
	{ "lvm \"home\" { volume = \"v/h\" size = 101% }",
	  "4: size is \"101%\"; expected 1% to 100%, or a size such as 2G" },
	{ "mirror \"m\" { array = \"/dev/md0\" half = \"/dev/x\" stall = 0 }",
	  "4: mirror \"m\" has a time of 0; expected a time such as 5m" },
};

START_TEST(what_is_wrong_is_told)
{
	char whole[1024], message[512];

	snprintf(whole, sizeof whole, FRAME "%s\n}\n", wrong[_i].text);
	snprintf(message, sizeof message, "error: a.conf:%s\n",
		 wrong[_i].message);
	nb_assert_fails(
		nb_config_parse("a.conf", whole, nb_source_kinds, &config),
		NB_ECONFIG, message);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("config_volume");
	TCase *tc = nb_test_case("volumes", 10);

	tcase_add_test(tc, a_volume_has_defaults);
	tcase_add_test(tc, a_volume_option_by_option);
	tcase_add_test(tc, a_mirror_has_defaults);
	tcase_add_test(tc, a_mirror_option_by_option);
	tcase_add_loop_test(tc, what_is_wrong_is_told, 0, COUNT(wrong));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
