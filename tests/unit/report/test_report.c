/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
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
	.hint = "insert disc DB-B, or run nightburn adopt -j nightly --as NAME "
		"with the name",
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
	.key_checked = true,
};

static const struct nb_disc_info no_disc = {
	.device = "/dev/sr0",
	.state = NB_MEDIUM_NONE,
	.label = NB_LABEL_NONE,
};

static struct nb_plan_info night_plan = {
	.plan = NB_PLAN_FRESH,
	.disc = "DB-A",
	.reason = NB_REASON_BLANK_DISC,
	.job = "nightly",
	.pool = "db",
	.device = "/dev/sr0",
};

static const struct nb_run_result night = {
	.plan = &night_plan,
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
	.check = NB_CHECK_GOOD,
	.checked = 1795224000,
};

static const struct nb_backup_row damaged = {
	.id = ID,
	.job = "nightly",
	.disc = "DB-A",
	.disc_state = NB_DISC_SUSPECT,
	.check = NB_CHECK_DAMAGED,
	.checked = 1795224000,
	.bad = 2,
};

static const struct nb_backup_row lost = {
	.id = ID,
	.job = "nightly",
	.disc = "DB-A",
	.disc_state = NB_DISC_SUSPECT,
	.check = NB_CHECK_DAMAGED,
	.checked = 1795224000,
};

static const struct nb_backup_row not_checked = {
	.id = ID,
	.job = "nightly",
	.disc = "DB-A",
	.disc_state = NB_DISC_GOOD,
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

static const struct nb_listed_backup on_disc = {
	.id = ID,
	.job = "nightly",
	.pool = "db",
	.host = "db1",
	.disc = "DB-A",
	.generation = 7,
	.created = 1795223700,
	.bytes = 4700000000u,
	.files = 3,
};

static const struct nb_source_row on_disc_source = {
	.kind = "postgres",
	.name = "testdb",
	.format = "custom",
	.stored = 500,
	.files = 1,
};

static const struct nb_file_row link_row = {
	.path = "tree/a_path_that_does_not_fit",
	.target = "into_80_columns",
	.type = NB_ENTRY_SYMLINK,
	.mode = 0777,
};

static const struct nb_content_row content = { "215; 1259 1 TABLE a \033" };

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

static const struct nb_disc_row known_disc = {
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

static const struct nb_disc_row disc_apart = {
	.pool = "db",
	.name = "DB-A",
	.disc_id = "00112233445566778899aabbccdd"
		   "eeff",
	.state = NB_DISC_GOOD,
	.generation = 2,
	.verified = 1795224000,
	.apart = true,
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
static const struct nb_restore_result older = {
	.backup_id = ID,
	.disc = "DB-A",
	.files = 1,
	.bytes = 12,
	.restored = true,
	.older = true,
};

static const struct nb_disc_info unsigned_disc = {
	.device = "stdio:/d",
	.state = NB_MEDIUM_CLOSED,
	.key_checked = true,
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

static const struct nb_image_row image = {
	.file = "a.iso",
	.backup_id = ID,
	.files = 1,
	.bytes = 4700000000u,
	.blocks = 2294922,
};

static const struct nb_clone_result clone_result = {
	.name = "standby",
	.files = 1,
	.transferred = 1,
	.bytes = 12600000,
	.compared = true,
};

static const struct nb_clone_row clone_row = {
	.name = "standby",
	.id = "00112233",
	.source = "/",
	.target = "/dev/sdb1",
	.state = NB_CLONE_INCOMPLETE,
	.note = "the last run failed",
	.finished = 1795223700,
	.files = 3,
};

static const struct nb_verify_result verified_one = {
	.disc = "DB-A",
	.backup_id = ID,
	.generation = 7,
	.files = 1,
	.bytes = 12,
	.session = 2,
	.lost = 1,
};

static const struct nb_verify_result unchecked = {
	.disc = "DB-A",
	.backup_id = ID,
	.generation = 7,
	.incomplete = true,
};

static const struct nb_verify_result unfinished = {
	.disc = "DB-A",
	.backup_id = ID,
	.generation = 7,
	.files = 2,
	.bytes = 12,
	.bad = 1,
	.incomplete = true,
};

static const struct nb_run_result busy_night = {
	.plan = &night_plan,
	.backup_id = ID,
	.generation = 7,
	.files = 1,
	.bytes = 12,
	.session = 2,
	.burned = true,
	.verified = true,
	.shared = 1,
	.excluded = 2,
	.changed = 1,
	.lost = 2,
	.corrupt = 1,
	.reread = 2,
	.left_out = 2,
	.tables_left_out = 1,
	.prepared_left_out = 2,
};

static const struct nb_adopt_row adopted = {
	.disc = { .device = "/dev/sr0", .state = NB_MEDIUM_CLOSED },
	.as = "DB-A",
};

static const struct nb_take_over_result taken_over = { .pool = "db",
						       .host = "old",
						       .changed = true };
static const struct nb_lost_result lost_disc = { .pool = "db",
						 .disc = "B",
						 .disc_id = "b1",
						 .changed = true,
						 .backups = 1,
						 .newest = "A",
						 .generation = 7 };
static const struct nb_accept_row accepted = { .changed = true };

static const struct nb_part_row part = { .number = 1,
					 .start = 1048576,
					 .size = 1000000000,
					 .type = "Linux",
					 .fs = "ext4",
					 .label = "root" };

static const struct nb_bootarea_row partitions[] = { { .backup = &part } };

static const struct nb_bootarea_info boot = {
	.source = "boot",
	.device = "/dev/sda",
	.target = "/dev/sdb",
	.backup_table = "gpt",
	.target_table = "",
	.backup_size = 8000000000,
	.target_size = 8000000000,
	.rows = partitions,
	.row_count = 1,
	.row_size = sizeof *partitions,
};

static const struct {
	const struct nb_record *record;
	const void *row;
	const char *text, *key, *value;
} reports[] = {
	{ &nb_record_plan, &plan,
	  "job     nightly, pool db\n"
	  "drive   upper: /dev/sr0\n"
	  "disc    DB-A\n"
	  "plan    blank-then-fresh, because the disc is the oldest of the "
	  "pool\n"
	  "size    2.0 MB of 4.1 MB\n",
	  "reason", "\"oldest-disc\"" },
	{ &nb_record_plan, &refusal,
	  "job     nightly, pool db\n"
	  "drive   stdio:/d\n"
	  "plan    refuse, because no disc in the drive\n"
	  "wanted  DB-B\n"
	  "hint    insert disc DB-B, or run nightburn adopt -j nightly --as "
	  "NAME with the\n        name\n",
	  "exit_status", "3" },
	{ &nb_record_disc, &disc,
	  "drive       upper: /dev/sr0\n"
	  "medium      CD-RW, appendable\n"
	  "capacity    737.0 MB, 204.8 MB free\n"
	  "sessions    2, the next one at block 24000\n"
	  "volume id   DB_A\n"
	  "label       good\n"
	  "disc        DB-A of pool db\n"
	  "backup      " ID ", generation 6, 2026-11-21 01:15 UTC\n",
	  "last_start", "12074" },
	{ &nb_record_disc, &no_disc,
	  "drive       /dev/sr0\n"
	  "medium      no disc\n",
	  "state", "\"none\"" },
	{ &nb_record_run, &night,
	  ID ": generation 7 on disc DB-A, session 1: 3 files,\n"
	     "    4.7 GB, verified\n",
	  "verified", "true" },
	{ &nb_record_image, &image,
	  "a.iso: 1 file, 4.7 GB, an image of 4.7 GB\n", "blocks", "2294922" },
	{ &nb_record_backup, &backup,
	  "   7  " ID "  nightly      4.7 GB  DB-A (good),\n"
	  "    checked 2026-11-21\n",
	  "created", "\"2026-11-21T01:15:00Z\"" },
	{ &nb_record_backup, &damaged,
	  "   0  " ID "  nightly         0 B  DB-A (suspect),\n"
	  "    DAMAGED, 2 files, found 2026-11-21\n",
	  "check", "\"damaged\"" },
	{ &nb_record_backup, &lost,
	  "   0  " ID "  nightly         0 B  DB-A (suspect),\n"
	  "    DAMAGED, found 2026-11-21\n",
	  "bad", "0" },
	{ &nb_record_backup, &not_checked,
	  "   0  " ID "  nightly         0 B  DB-A (good),\n"
	  "    not checked\n",
	  "check", "null" },
	{ &nb_record_backup, &gone,
	  "   2  " ID "  nightly        12 B  no longer on any disc\n", "disc",
	  "null" },
	{ &nb_record_source, &source,
	  "postgres testdb (custom)  500 B\n    " ID "/postgres/testdb.dump\n",
	  "stored", "500" },
	{ &nb_record_file, &file,
	  "   7  DB-A          4.7 kB  tree/a \"name\"\\nof two lines\n",
	  "mode", "\"4755\"" },
	{ &nb_record_file, &odd_file,
	  "   7  -                0 B  tree/\\377\\033[2J\n", "path_hex",
	  "\"747265652fff1b5b324a\"" },
	{ &nb_record_listed_backup, &on_disc,
	  "backup " ID " of job nightly on db1: generation 7,\n    2026-11-21 "
	  "01:15 UTC, disc DB-A of pool db, 3 files, 4.7 GB\n",
	  "files", "3" },
	{ &nb_record_listed_source, &on_disc_source,
	  "postgres  custom        500 B        1 file testdb\n", "stored",
	  "500" },
	{ &nb_record_listed_file, &file,
	  "-rwsr-xr-x 1:2         4.7 kB 2026-11-21 01:15 tree/a "
	  "\"name\"\\nof two lines\n",
	  "mode", "\"4755\"" },
	{ &nb_record_listed_file, &link_row,
	  "lrwxrwxrwx 0:0              - 1970-01-01 00:00\n    "
	  "tree/a_path_that_does_not_fit -> into_80_columns\n",
	  "target", "\"into_80_columns\"" },
	{ &nb_record_content, &content, "215; 1259 1 TABLE a \\033\n", "entry",
	  "\"215; 1259 1 TABLE a \\u001B\"" },
	{ &nb_record_known_disc, &known_disc,
	  "db         DB-A       suspect  generation 6, verified 2026-11-21 "
	  "01:20 UTC,\n    burn failed\n",
	  "cycles", "9" },
	{ &nb_record_known_disc, &disc_apart,
	  "db         DB-A       good     generation 2, verified 2026-11-21 "
	  "01:20 UTC,\n    apart: disc id 00112233\n",
	  "apart", "true" },
	{ &nb_record_drive, &drive,
	  "/dev/sr0  PLEXTOR DVDR 1.02, serial 123\n"
	  "  writes: CD-R, DVD+RW\n",
	  "serial", "\"123\"" },
	{ &nb_record_verify, &verified,
	  "disc DB-A, generation 7: 3 files, 1.0 kB, are good, 1 is BAD\n",
	  "bad", "1" },
	{ &nb_record_restore, &restored,
	  ID
	  " from disc DB-A: 3 files, 1.0 kB, delivered,\n    2 NOT delivered\n",
	  "bad", "2" },
	{ &nb_record_restore, &older,
	  ID " from disc DB-A: 1 file, 12 B, restored,\n    an OLDER backup\n",
	  "older", "true" },
	{ &nb_record_disc, &unsigned_disc,
	  "drive       stdio:/d\n"
	  "medium      closed\n"
	  "capacity    0 B, 0 B free\n"
	  "label       good\n"
	  "disc        DB-A of pool db, not made with the key of this "
	  "installation\n"
	  "backup      " ID ", generation 6, 2026-11-21 01:15 UTC\n",
	  "ours", "false" },
	{ &nb_record_key, &keys[0], "the key 0123456789abcdef is in use now\n",
	  "before", "null" },
	{ &nb_record_key, &keys[1],
	  "the key 0123456789abcdef is already in use\n", "changed", "false" },
	{ &nb_record_key, &keys[2],
	  "the key 0123456789abcdef is in use now and replaces "
	  "fedcba9876543210\n",
	  "before", "\"fedcba9876543210\"" },
	{ &nb_record_clone, &clone_result,
	  "clone standby: 1 file, 1 copied (12.6 MB), 0 deleted, contents "
	  "compared\n",
	  "compared", "true" },
	{ &nb_record_known_clone, &clone_row,
	  "clone standby of / on /dev/sdb1: incomplete, 2026-11-21 01:15 UTC,\n"
	  "    contents compared never\n",
	  "compared", "null" },
	{ &nb_record_verify, &verified_one,
	  "disc DB-A, session 2, generation 7: 1 file, 12 B, is good,\n"
	  "    1 of them LOST when it was burned\n",
	  "session", "2" },
	{ &nb_record_verify, &unchecked,
	  "disc DB-A, generation 7: it could NOT be checked\n", "incomplete",
	  "true" },
	{ &nb_record_verify, &unfinished,
	  "disc DB-A, generation 7: 2 files, 12 B, are good, 1 is BAD,\n"
	  "    the rest could NOT be checked\n",
	  "bad", "1" },
	{ &nb_record_run, &busy_night,
	  ID ": generation 7 on disc DB-A, session 2: 1 file,\n"
	     "    12 B, verified\n"
	     "    1 file unchanged, in an earlier session of this disc\n"
	     "    2 names excluded by patterns\n"
	     "    2 databases LEFT OUT, they allow no connections\n"
	     "    1 table whose rows are LEFT OUT\n"
	     "    2 prepared transactions LEFT OUT\n"
	     "    2 files LOST, they vanished or could not be read when they "
	     "were burned\n"
	     "    1 file CHANGED while it was read\n"
	     "    1 file with CHANGED CONTENT but unchanged metadata\n"
	     "    2 files whose earlier copies on this disc are DAMAGED, "
	     "written again\n",
	  "reread", "2" },
	{ &nb_record_adopt, &adopted, "the disc is blank and can become DB-A\n",
	  "state", "\"closed\"" },
	{ &nb_record_accept, &accepted, "the catalog is accepted as it is\n",
	  "changed", "true" },
	{ &nb_record_take_over, &taken_over, "pool db is taken over from old\n",
	  "host", "\"old\"" },
	{ &nb_record_lost, &lost_disc,
	  "disc B of pool db is recorded as lost\n"
	  "the newest good backup is generation 7, on disc A\n",
	  "backups", "1" },
	{ &nb_record_bootarea, &boot,
	  "bootarea boot (/dev/sda, 8.0 GB, gpt) to /dev/sdb (8.0 GB, no "
	  "partition table)\n"
	  "      in the backup                      | on the disk now, will be "
	  "lost\n"
	  "  1*     1.0 MB    1.0 GB ext4 root      | -\n",
	  "partitions",
	  "[{\"same\": false, \"backup\": {\"number\": 1, \"start\": 1048576, "
	  "\"size\": 1000000000, \"type\": \"Linux\", \"fs\": \"ext4\", "
	  "\"label\": \"root\", \"uuid\": null}, \"target\": null}]" },
};

#define COUNT (int)(sizeof reports / sizeof *reports)

static enum nb_err
keep(void *ctx, struct nb_str *s)
{
	nb_str_add_bytes(ctx, s->text, s->length);
	nb_str_free(s);
	return NB_OK;
}

static const struct nb_report_form *
form(const char *name)
{
	for (size_t i = 0; nb_report_forms[i]; i++)
		if (name ? nb_report_forms[i]->name
				    && !strcmp(nb_report_forms[i]->name, name)
			 : !nb_report_forms[i]->name)
			return nb_report_forms[i];
	return NULL;
}

START_TEST(a_record_is_told_to_people)
{
	struct nb_str s = NB_STR_INIT;
	struct nb_report report = { .form = form(NULL),
				    .put = keep,
				    .ctx = &s };

	ck_assert_int_eq(
		nb_report_one(&report, reports[_i].record, reports[_i].row),
		NB_OK);
	ck_assert_str_eq(s.text, reports[_i].text);
	nb_str_free(&s);
}
END_TEST

START_TEST(a_record_is_told_to_programs)
{
	struct nb_str s = NB_STR_INIT;
	struct nb_report report = { .form = form("json"),
				    .put = keep,
				    .ctx = &s };
	json_error_t error;
	json_t *object;
	char *value;

	ck_assert_int_eq(
		nb_report_one(&report, reports[_i].record, reports[_i].row),
		NB_OK);
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

START_TEST(a_night_that_burned_nothing_reports_its_plan)
{
	struct nb_plan_info copy = plan;
	struct nb_run_result dry = { .plan = &copy };
	struct nb_str s = NB_STR_INIT;

	nb_record_run.describe(&s, &dry);
	ck_assert_str_eq(s.text, reports[0].text);
	nb_str_free(&s);
}
END_TEST

/* What a job that ended before there was a plan says of it. */
START_TEST(without_a_plan_there_is_no_word_for_one)
{
	static const struct nb_plan_info early = { .generation = 0 };
	struct nb_str s = NB_STR_INIT;
	struct nb_report report = { .form = form("json"),
				    .put = keep,
				    .ctx = &s };

	nb_report_one(&report, &nb_record_plan, &early);
	ck_assert_str_eq(s.text,
			 "{\"job\": \"\", \"pool\": \"\", \"drive\": null, "
			 "\"device\": \"\", \"plan\": \"\", \"reason\": \"\", "
			 "\"text\": null, \"hint\": null, \"disc\": null, "
			 "\"wanted\": null, \"need\": 0, \"available\": 0, "
			 "\"generation\": 0, \"exit_status\": 0, \"about\": "
			 "null, \"expected\": 0}\n");
	nb_str_free(&s);
}
END_TEST

START_TEST(lists_and_parts_are_one_document)
{
	struct nb_str s = NB_STR_INIT;
	struct nb_report report = { .form = form("json"),
				    .put = keep,
				    .ctx = &s };

	nb_report_begin(&report, NB_REPORT_PARTS);
	nb_report_part(&report, "some", NB_REPORT_LIST);
	nb_report_row(&report, &nb_record_accept, &accepted);
	nb_report_row(&report, &nb_record_accept, &accepted);
	nb_report_part(&report, "empty", NB_REPORT_LIST);
	nb_report_part(&report, "one", NB_REPORT_ONE);
	nb_report_row(&report, &nb_record_accept, &accepted);
	nb_report_part(&report, "none", NB_REPORT_ONE);
	ck_assert_int_eq(nb_report_end(&report), NB_OK);
	ck_assert_str_eq(s.text,
			 "{\"some\": [\n{\"changed\": true},\n"
			 "{\"changed\": true}],\n\"empty\": [],\n"
			 "\"one\": {\"changed\": true},\n\"none\": null}\n");
	nb_str_free(&s);
}
END_TEST

#define FAILURE                                           \
	"{\"error\": \"not found\", \"exit_status\": 1, " \
	"\"message\": \"x: no such backup\", \"hint\": null}"

/* Reports of a command that failed: one row, a list without and with rows, and
 * parts. */
START_TEST(a_report_has_the_failure_as_far_as_its_shape_allows)
{
	static const char *const texts[] = {
		"{\"changed\": true, \"failure\": " FAILURE "}\n",
		FAILURE "\n",
		"[\n{\"changed\": true}]\n",
		"{\"some\": [],\n\"failure\": " FAILURE "}\n",
	};
	const struct nb_error_row failure = { .err = NB_ENOTFOUND,
					      .message = "x: no such backup" };
	struct nb_str s = NB_STR_INIT;
	struct nb_report report = { .form = form("json"),
				    .put = keep,
				    .ctx = &s,
				    .failure = &failure };

	if (_i == 0)
		nb_report_one(&report, &nb_record_accept, &accepted);
	else
		nb_report_begin(&report,
				_i < 3 ? NB_REPORT_LIST : NB_REPORT_PARTS);
	if (_i == 2)
		nb_report_row(&report, &nb_record_accept, &accepted);
	if (_i == 3)
		nb_report_part(&report, "some", NB_REPORT_LIST);
	if (_i)
		nb_report_end(&report);
	ck_assert_str_eq(s.text, texts[_i]);
	nb_str_free(&s);
}
END_TEST

static enum nb_err
refuse(void *ctx, struct nb_str *s)
{
	++*(int *)ctx;
	nb_str_free(s);
	return NB_EIO;
}

START_TEST(what_cannot_be_written_ends_the_report)
{
	int calls = 0;
	struct nb_report report = { .form = form("json"),
				    .put = refuse,
				    .ctx = &calls };

	nb_report_begin(&report, NB_REPORT_LIST);
	ck_assert_int_eq(nb_report_row(&report, &nb_record_accept, &accepted),
			 NB_EIO);
	ck_assert_int_eq(nb_report_end(&report), NB_EIO);
	ck_assert_int_eq(calls, 1);
}
END_TEST

/* A toy: values with commas between them.  This is all that a form is. */
static void
write_values(const struct nb_report *r, struct nb_str *s,
	     const struct nb_record *record, const void *row)
{
	(void)r;
	for (size_t i = 0; i < record->count; i++) {
		const struct nb_column *c = &record->columns[i];
		struct nb_value value = nb_column_value(c, row);

		nb_str_add(s, i ? "," : "");
		if (value.text)
			nb_str_add(s, value.text);
		else if (!c->text && c->type != NB_COLUMN_TEXT)
			nb_str_addf(s, "%lld", (long long)value.number);
	}
	nb_str_add(s, "\n");
}

START_TEST(a_form_is_a_few_functions_and_knows_no_command)
{
	static const struct nb_report_form csv = { .name = "csv",
						   .row = write_values };
	struct nb_str s = NB_STR_INIT;
	struct nb_report report = { .form = &csv, .put = keep, .ctx = &s };

	nb_report_begin(&report, NB_REPORT_LIST);
	nb_report_row(&report, &nb_record_known_disc, &known_disc);
	nb_report_row(&report, &nb_record_backup, &gone);
	nb_report_end(&report);
	ck_assert_str_eq(s.text,
			 "db,DB-A,00112233445566778899aabbccddeeff,suspect,"
			 "burn failed,CD-RW,6,1795224000,2,9,0\n" ID
			 ",nightly,db,db1,2,0,0,12,1,,,0,0,,0,,0,0,0,0\n");
	nb_str_free(&s);
}
END_TEST

START_TEST(one_is_singular)
{
	char buf[48];

	ck_assert_str_eq(nb_report_count(0, "file", buf), "0 files");
	ck_assert_str_eq(nb_report_count(1, "file", buf), "1 file");
	ck_assert_str_eq(nb_report_count(2, "name", buf), "2 names");
}
END_TEST

START_TEST(a_date_that_never_was_is_never)
{
	char buf[32];

	ck_assert_str_eq(nb_report_date(0, buf), "never");
	ck_assert_str_eq(nb_report_date(1, buf), "1970-01-01 00:00 UTC");
}
END_TEST

/* The sample of README.md. */
START_TEST(the_readme_shows_what_is_printed)
{
	const struct nb_run_result first = {
		.plan = &night_plan,
		.backup_id = "20261121T013000Z-be88de43",
		.generation = 1,
		.files = 14,
		.bytes = 4200000,
		.session = 1,
		.burned = true,
		.verified = true,
	};
	struct nb_str s = NB_STR_INIT, shown = NB_STR_INIT;
	struct nb_report report = { .form = form(NULL),
				    .put = keep,
				    .ctx = &s };
	char *path = NULL, *readme = NULL, *line, *rest = NULL;
	size_t length;

	ck_assert_int_eq(nb_report_one(&report, &nb_record_run, &first), NB_OK);
	nb_str_add(&shown, "    nightburn run\n\n");
	for (line = strtok_r(s.text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		nb_str_addf(&shown, "    %s\n", line);
	nb_assert_ok(
		nb_str_format(&path, "%s/README.md", getenv("NB_TOP_SRCDIR")));
	nb_assert_ok(nb_fd_load(AT_FDCWD, path, 1 << 20, &readme, &length));
	if (!strstr(readme, shown.text))
		ck_abort_msg("README.md does not have:\n%s", shown.text);
	nb_str_free(&s);
	nb_str_free(&shown);
	free(path);
	free(readme);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("report");
	TCase *tc = nb_test_case("report", 10);

	tcase_add_loop_test(tc, a_record_is_told_to_people, 0, COUNT);
	tcase_add_loop_test(tc, a_record_is_told_to_programs, 0, COUNT);
	tcase_add_test(tc, a_night_that_burned_nothing_reports_its_plan);
	tcase_add_test(tc, without_a_plan_there_is_no_word_for_one);
	tcase_add_test(tc, lists_and_parts_are_one_document);
	tcase_add_loop_test(
		tc, a_report_has_the_failure_as_far_as_its_shape_allows, 0, 4);
	tcase_add_test(tc, what_cannot_be_written_ends_the_report);
	tcase_add_test(tc, a_form_is_a_few_functions_and_knows_no_command);
	tcase_add_test(tc, one_is_singular);
	tcase_add_test(tc, the_readme_shows_what_is_printed);
	tcase_add_test(tc, a_date_that_never_was_is_never);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
