/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "report/report.h"

#define ID "20261121T011500Z-0123456789ab"
#define HASH                               \
	"0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"

static const struct nb_plan_info plan = {
	.job = "nightly",
	.pool = "db",
	.drive = "upper",
	.device = "/dev/sr0",
	.plan = NB_PLAN_BLANK_FRESH,
	.reason = NB_REASON_OLDEST_DISC,
	.disc = "DB-A",
	.need = 1000,
	.available = 2000,
	.generation = 7,
};

static const struct nb_plan_info refusal = {
	.job = "nightly",
	.pool = "db",
	.device = "stdio:/d",
	.plan = NB_PLAN_REFUSE,
	.reason = NB_REASON_NO_DISC,
	.wanted = "DB-B",
	.generation = 7,
	.err = NB_ENOMEDIUM,
};

static const struct nb_disc_info disc = {
	.device = "/dev/sr0",
	.drive = "upper",
	.state = NB_MEDIUM_APPENDABLE,
	.profile = "CD-RW",
	.capacity = 359847,
	.free = 100000,
	.sessions = 2,
	.last_start = 12074,
	.next_writable = 24000,
	.volume_id = "DB_A",
	.label = NB_LABEL_GOOD,
	.disc_id = "00112233445566778899aabbccddeeff",
	.pool = "db",
	.disc = "DB-A",
	.backup_id = ID,
	.generation = 6,
	.created = 1795223700,
	.ours = true,
};

static const struct nb_disc_info no_disc = {
	.device = "/dev/sr0",
	.state = NB_MEDIUM_NONE,
	.label = NB_LABEL_NONE,
};

static const struct nb_run_result night = {
	.plan = { .plan = NB_PLAN_FRESH,
		  .disc = "DB-A",
		  .reason = NB_REASON_BLANK_DISC,
		  .job = "nightly",
		  .pool = "db",
		  .device = "/dev/sr0" },
	.backup_id = ID,
	.generation = 7,
	.files = 3,
	.bytes = 4700000000u,
	.blocks = 2294922,
	.session = 1,
	.burned = true,
	.verified = true,
};

static const struct nb_backup_row backup = {
	.id = ID,
	.job = "nightly",
	.pool = "db",
	.host = "db1",
	.generation = 7,
	.created = 1795223700,
	.verified = 1795224000,
	.bytes = 4700000000u,
	.files = 3,
	.disc = "DB-A",
	.disc_state = NB_DISC_GOOD,
	.session = 1,
};

static const struct nb_backup_row gone = {
	.id = ID,
	.job = "nightly",
	.pool = "db",
	.host = "db1",
	.generation = 2,
	.bytes = 12,
	.files = 1,
};

static const struct nb_source_row source = {
	.kind = "postgres",
	.name = "testdb",
	.database = "testdb",
	.format = "custom",
	.path = ID "/postgres/testdb.dump",
	.compression = "none",
	.server_version = "15.18",
	.bytes = 1000,
	.stored = 500,
};

static const struct nb_file_row file = {
	.backup_id = ID,
	.disc = "DB-A",
	.generation = 7,
	.path = "tree/a \"name\"\nof two lines",
	.type = NB_ENTRY_FILE,
	.size = 4711,
	.mode = 04755,
	.uid = 1,
	.gid = 2,
	.mtime = 1795223700,
	.sha256 = HASH,
};

static const struct nb_file_row odd_file = {
	.backup_id = ID,
	.generation = 7,
	.path = "tree/\xff\x1b[2J",
	.type = NB_ENTRY_SYMLINK,
	.target = "\xfe",
	.mode = 0777,
};

static const struct nb_disc_row row = {
	.pool = "db",
	.name = "DB-A",
	.disc_id = "00112233445566778899aabbccdd"
		   "eeff",
	.state = NB_DISC_SUSPECT,
	.note = "burn failed",
	.profile = "CD-RW",
	.generation = 6,
	.verified = 1795224000,
	.sessions = 2,
	.cycles = 9,
};

static const struct nb_drive_row drive = {
	.address = "/dev/sr0",
	.vendor = "PLEXTOR",
	.product = "DVDR",
	.revision = "1.02",
	.serial = "123",
	.profiles = "CD-R, DVD+RW",
};

static const struct nb_verify_result verified = {
	.disc = "DB-A",
	.backup_id = ID,
	.generation = 7,
	.files = 3,
	.bytes = 1000,
	.bad = 1,
};

static const struct nb_restore_result restored = {
	.disc = "DB-A",
	.backup_id = ID,
	.generation = 7,
	.files = 3,
	.bytes = 1000,
	.bad = 2,
};

static const struct nb_disc_info unsigned_disc = {
	.device = "stdio:/d",
	.state = NB_MEDIUM_CLOSED,
	.label = NB_LABEL_GOOD,
	.pool = "db",
	.disc = "DB-A",
	.backup_id = ID,
	.generation = 6,
	.created = 1795223700,
};

static const struct nb_key_result keys[] = {
	{ .name = "0123456789abcdef", .changed = true },
	{ .name = "0123456789abcdef", .before = "0123456789abcdef" },
	{ .name = "0123456789abcdef",
	  .before = "fedcba9876543210",
	  .changed = true },
};

static void
render(int which, struct nb_str *s, bool json)
{
	switch (which) {
	case 0:
		nb_report_plan(s, &plan, json);
		break;
	case 1:
		nb_report_plan(s, &refusal, json);
		break;
	case 2:
		nb_report_disc(s, &disc, json);
		break;
	case 3:
		nb_report_disc(s, &no_disc, json);
		break;
	case 4:
		nb_report_run(s, &night, json);
		break;
	case 5:
		nb_report_image(s, "a.iso", &night, json);
		break;
	case 6:
		nb_report_backup(s, &backup, json);
		break;
	case 7:
		nb_report_backup(s, &gone, json);
		break;
	case 8:
		nb_report_source(s, &source, json);
		break;
	case 9:
		nb_report_file(s, &file, json);
		break;
	case 10:
		nb_report_file(s, &odd_file, json);
		break;
	case 11:
		nb_report_disc_row(s, &row, json);
		break;
	case 12:
		nb_report_drive(s, &drive, json);
		break;
	case 13:
		nb_report_verify(s, &verified, json);
		break;
	case 14:
		nb_report_restore(s, &restored, json);
		break;
	case 15:
		nb_report_disc(s, &unsigned_disc, json);
		break;
	case 16:
		nb_report_key(s, &keys[0], json);
		break;
	case 17:
		nb_report_key(s, &keys[1], json);
		break;
	case 18:
		nb_report_key(s, &keys[2], json);
		break;
	}
}

static const struct {
	const char *text, *key, *value;
} reports[] = {
	{ "job     nightly, pool db\n"
	  "drive   upper: /dev/sr0\n"
	  "disc    DB-A\n"
	  "plan    blank-then-fresh, because the disc is the oldest of the "
	  "pool\n"
	  "size    1000 blocks of 2000\n",
	  "reason", "\"oldest-disc\"" },
	{ "job     nightly, pool db\n"
	  "drive   stdio:/d\n"
	  "plan    refuse, because no disc in the drive\n"
	  "wanted  DB-B\n"
	  "hint    insert the disc whose turn it is\n",
	  "exit_status", "3" },
	{ "drive       upper: /dev/sr0\n"
	  "medium      CD-RW, appendable\n"
	  "capacity    737.0 MB, 204.8 MB free\n"
	  "sessions    2, the next one at block 24000\n"
	  "volume id   DB_A\n"
	  "label       good\n"
	  "disc        DB-A of pool db\n"
	  "backup      " ID ", generation 6, 2026-11-21 01:15 UTC\n",
	  "last_start", "12074" },
	{ "drive       /dev/sr0\n"
	  "medium      no disc\n",
	  "state", "\"none\"" },
	{ ID ": generation 7 on disc DB-A, session 1: 3 files, 4.7 GB, "
	     "verified\n",
	  "verified", "true" },
	{ "a.iso: 3 files, 4.7 GB, an image of 2294922 blocks\n", "blocks",
	  "2294922" },
	{ "   7  " ID "  nightly      4.7 GB  DB-A (good)\n", "created",
	  "\"2026-11-21T01:15:00Z\"" },
	{ "   2  " ID "  nightly        12 B  on no disc any more\n", "disc",
	  "null" },
	{ "postgres testdb (custom)  500 B  " ID "/postgres/testdb.dump\n",
	  "stored", "500" },
	{ "   7  DB-A               4711  tree/a \"name\"\\nof two lines\n",
	  "mode", "\"4755\"" },
	{ "   7  -                     0  tree/\\377\\033[2J\n", "path_hex",
	  "\"747265652fff1b5b324a\"" },
	{ "db         DB-A       suspect  generation 6, verified 2026-11-21 "
	  "01:20 UTC, burn failed\n",
	  "cycles", "9" },
	{ "/dev/sr0  PLEXTOR DVDR 1.02, serial 123\n"
	  "  writes: CD-R, DVD+RW\n",
	  "serial", "\"123\"" },
	{ "disc DB-A, generation 7: 3 files, 1.0 kB, are good, 1 are BAD\n",
	  "bad", "1" },
	{ ID " from disc DB-A: 3 files, 1.0 kB, restored, 2 NOT delivered\n",
	  "bad", "2" },
	{ "drive       stdio:/d\n"
	  "medium      closed\n"
	  "capacity    0 B, 0 B free\n"
	  "label       good\n"
	  "disc        DB-A of pool db, without the key of this "
	  "installation\n"
	  "backup      " ID ", generation 6, 2026-11-21 01:15 UTC\n",
	  "ours", "false" },
	{ "the key 0123456789abcdef is here now\n", "before", "null" },
	{ "the key 0123456789abcdef is here already\n", "changed", "false" },
	{ "the key 0123456789abcdef is here now, in the place of "
	  "fedcba9876543210\n",
	  "before", "\"fedcba9876543210\"" },
};

#define COUNT (int)(sizeof reports / sizeof *reports)

START_TEST(a_record_is_told_to_people)
{
	struct nb_str s = NB_STR_INIT;

	render(_i, &s, false);
	ck_assert_str_eq(s.text, reports[_i].text);
	nb_str_free(&s);
}
END_TEST

START_TEST(a_record_is_told_to_programs)
{
	struct nb_str s = NB_STR_INIT;
	json_error_t error;
	json_t *object;
	char *value;

	render(_i, &s, true);
	object = json_loads(s.text, JSON_REJECT_DUPLICATES, &error);
	ck_assert_msg(object, "%s\n%s", error.text, s.text);
	value = json_dumps(json_object_get(object, reports[_i].key),
			   JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	ck_assert_msg(value != NULL, "no %s in %s", reports[_i].key, s.text);
	ck_assert_str_eq(value, reports[_i].value);
	free(value);
	json_decref(object);
	nb_str_free(&s);
}
END_TEST

START_TEST(a_night_that_burned_nothing_tells_its_plan)
{
	struct nb_run_result dry = { .plan = plan };
	struct nb_str s = NB_STR_INIT;

	nb_report_run(&s, &dry, false);
	ck_assert_str_eq(s.text, reports[0].text);
	nb_str_free(&s);
}
END_TEST

START_TEST(a_date_that_never_was_is_never)
{
	char buf[32];

	ck_assert_str_eq(nb_report_date(0, buf), "never");
	ck_assert_str_eq(nb_report_date(1, buf), "1970-01-01 00:00 UTC");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("report");
	TCase *tc = nb_test_case("report", 10);

	tcase_add_loop_test(tc, a_record_is_told_to_people, 0, COUNT);
	tcase_add_loop_test(tc, a_record_is_told_to_programs, 0, COUNT);
	tcase_add_test(tc, a_night_that_burned_nothing_tells_its_plan);
	tcase_add_test(tc, a_date_that_never_was_is_never);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
