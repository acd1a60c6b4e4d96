/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdio.h>

#include "model/config/config.h"
#include "source/source.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

#define SMALL                             \
	"drive d { device = /dev/sr0 }\n" \
	"pool p { discs = A drives = d }\n"
#define JOB "job j { pool = p tree t { path = / } }\n"
#define DB(options) SMALL "job j {\npool = p\npostgres x {\n" options "\n}\n}"
#define DISK(source) SMALL "job j { pool = p\n" source "\n}"
#define HOOK(block) SMALL "job j { pool = p\ntree t { path = / }\n" block "\n}"
#define NAME65                                               \
	"12345678901234567890123456789012345678901234567890" \
	"123456789012345"
#define A_NAME                                                   \
	"a name of 1 to 64 bytes without slash, leading dot or " \
	"control characters"
#define NAMES                                                          \
	"different names of 1 to 64 bytes without slash, leading dot " \
	"or control characters"
#define DRIVE "drive d { device = /dev/a } "
#define PATTERN \
	"expected a name of at most 58 bytes with ### for the number, once"
#define EARLY "the file ends within a block or a list; expected its \"}\""

static const struct {
	const char *text, *message;
} wrong[] = {
	{ "", "1: no job; expected a block job \"NAME\" { ... }" },
	{ "\ncolour = red\n",
	  "2: no such option 'colour'; expected "
	  "state_dir, staging_dir, drive, pool, job, clone, guard" },
	{ "drive d {\n\tdevise = x\n}",
	  "2: no such option 'devise'; expected "
	  "device, serial, speed, capacity, timeout, keep_tray_shut" },
	{ "pool { }",
	  "1: missing title for section 'pool'; expected a name "
	  "in quotes and \"{\"" },
	{ "pool p\n discs = A",
	  "2: missing opening brace for section 'pool'; "
	  "expected \"{\"" },
	{ "state_dir \"/x\"",
	  "1: missing equal sign after option "
	  "'state_dir'; expected \"=\" and a value" },
	{ "state_dir = }",
	  "1: unexpected token '}'; expected NAME = VALUE, "
	  "or a block" },
	{ "\n}",
	  "2: unexpected closing brace; expected NAME = VALUE, or a "
	  "block" },
	{ "state_dir += /a",
	  "1: attempt to append to non-list option "
	  "'state_dir'; expected \"=\"" },
	{ "state_dir = \"\\8\"",
	  "1: bad escape sequence '\\8'; expected \\\\ "
	  "for a backslash" },
	{ "state_dir = /a\n\nstate_dir = /b",
	  "3: state_dir is given twice; expected once" },
	{ "drive d { device = /dev/a }\ndrive d { device = /dev/b }",
	  "2: found duplicate title 'd'; expected each name once" },
	{ SMALL "job j {\npool = p\ntree t { path = / }\ntree t { path = /a }"
		"\n}",
	  "6: found duplicate title 't'; expected each name once" },
	/* the end of the file */
	{ "\nstate_dir = \"/a\n\n",
	  "2: an unterminated string; expected '\"'" },
	{ "state_dir = '/a", "1: an unterminated string; expected \"'\"" },
	{ "state_dir =\n", "1: " EARLY },
	{ "state_dir\n",
	  "1: missing equal sign after option 'state_dir'; "
	  "expected \"=\" and a value" },
	{ "drive d {\n device = /dev/a\n", "2: " EARLY },
	{ "pool p { discs = { A,\n", "1: " EARLY },
	{ "\n/* job\n\n", "2: a comment without end; expected \"*/\"" },
	/* bytes */
	{ "state_dir = a#b",
	  "1: a # within a word; expected the whole value "
	  "in quotes, or a space before a comment" },
	{ "# one\n# two\n/* three\n */ // four\nstate_dir = *a",
	  "5: an "
	  "asterisk outside quotes; expected the whole value in quotes" },
	{ "# one\n# two\n/* three\n */ // four\nstate_dir = a # b",
	  "5: state_dir is \"a\"; expected an absolute path" },
	{ "state_dir = /a\n# \001",
	  "2: control character 0x01; expected "
	  "text" },
	{ "state_dir = /a\r\n", "1: control character 0x0d; expected text" },
	{ "\n# \xff\n", "2: not UTF-8; expected text in UTF-8" },
	/* root and drives */
	{ "state_dir = var",
	  "1: state_dir is \"var\"; expected an absolute "
	  "path" },
	{ "staging_dir = \"\"",
	  "1: staging_dir is \"\"; expected an absolute "
	  "path" },
	{ "drive d { }",
	  "1: drive \"d\" has no device; expected /dev/NAME or "
	  "stdio:/PATH" },
	{ "drive d { device = \"disc.iso\" }",
	  "1: device is \"disc.iso\"; "
	  "expected /dev/NAME or stdio:/PATH" },
	{ "drive d { device = \"stdio:disc.iso\" }",
	  "1: device is "
	  "\"stdio:disc.iso\"; expected /dev/NAME or stdio:/PATH" },
	{ "drive d { device = \"/srv/disc.iso\" }",
	  "1: device is "
	  "\"/srv/disc.iso\"; expected /dev/NAME or stdio:/PATH" },
	{ "drive d { device = /dev/a\nspeed = fast }",
	  "2: speed is \"fast\"; "
	  "expected a whole number from 0 to 1000" },
	{ "drive d { device = /dev/a\nspeed = 1001 }",
	  "2: speed is \"1001\"; "
	  "expected a whole number from 0 to 1000" },
	{ "drive d { device = /dev/a\nspeed = -1 }",
	  "2: speed is \"-1\"; "
	  "expected a whole number from 0 to 1000" },
	{ "drive d { device = /dev/a\ncapacity = 4.7X }",
	  "2: capacity is "
	  "\"4.7X\"; expected a size such as 700M, 4.7G or 650MiB" },
	{ "drive d { device = /dev/a\ncapacity = 99999999999T }",
	  "2: capacity is \"99999999999T\"; expected a size such as 700M, "
	  "4.7G or 650MiB" },
	{ "drive d { device = /dev/a }\ndrive e {\ndevice = /dev/a }",
	  "3: another drive uses the device \"/dev/a\"; expected one block per "
	  "device" },
	{ "drive \"a/b\" { device = /dev/a }",
	  "1: drive \"a/b\"; expected " A_NAME },
	{ "drive \"a\\nb\" { device = /dev/a }",
	  "1: drive \"a?b\"; expected " A_NAME },
	{ "drive \"..\" { device = /dev/a }",
	  "1: drive \"..\"; expected " A_NAME },
	{ "drive \"\" { device = /dev/a }", "1: drive \"\"; expected " A_NAME },
	{ "drive " NAME65 " { device = /dev/a }",
	  "1: drive \"" NAME65 "\"; expected " A_NAME },
	/* pools */
	{ "pool p { drives = d }",
	  "1: pool \"p\" has no discs; expected " NAMES },
	{ "pool p {\ndiscs = {}\n}",
	  "1: pool \"p\" has no discs; expected " NAMES },
	{ "pool p { discs = A }",
	  "1: pool \"p\" has no drives; expected " NAMES },
	{ "pool p { discs = { A,\nA } }",
	  "2: discs is \"A\"; expected " NAMES },
	{ DRIVE "pool p {\ndiscs = auto drives = d }",
	  "1: pool \"p\" has discs = auto; expected rotation = append or "
	  "fresh with it" },
	{ DRIVE "pool p { discs = A drives = d\ndisc_names = \"A-#\" }",
	  "1: pool \"p\" has disc_names; expected discs = auto with it" },
	{ DRIVE "pool p { discs = auto rotation = fresh drives = d\n"
		"disc_names = \"A-#-#\" }",
	  "1: disc_names is \"A-#-#\"; " PATTERN },
	{ DRIVE "pool p { discs = auto rotation = fresh drives = d\n"
		"disc_names = \"A\" }",
	  "1: disc_names is \"A\"; " PATTERN },
	{ DRIVE "pool p { discs = auto rotation = fresh drives = d\n"
		"disc_names = \"A#######\" }",
	  "1: disc_names is \"A#######\"; " PATTERN },
	{ "pool p { discs = A\ndiscs = B }",
	  "2: discs is given twice; expected once" },
	{ "pool p { discs = A\ndrives = { x } }",
	  "2: no drive \"x\"; "
	  "expected the name of a drive block" },
	{ SMALL "pool q { discs = A drives = d\nrotation = any }",
	  "4: rotation is \"any\"; expected alternate, append or fresh" },
	{ SMALL "pool q { discs = A drives = d\non_same_disc = blank }",
	  "4: on_same_disc is \"blank\"; expected refuse or append" },
	{ SMALL "pool q { discs = A drives = d\nclose = maybe }",
	  "4: close is \"maybe\"; expected true or false" },
	{ SMALL "pool q { discs = A drives = d\nmax_verify_age = 40x }",
	  "4: max_verify_age is \"40x\"; expected a time such as 90, 30m, "
	  "12h or 40d" },
	/* jobs */
	{ SMALL "job j { tree t { path = / } }",
	  "3: job \"j\" has no pool; "
	  "expected " A_NAME },
	{ SMALL "job j {\npool = q tree t { path = / } }",
	  "4: no pool \"q\"; "
	  "expected the name of a pool block" },
	{ SMALL JOB "job k { pool = p }",
	  "4: another job uses the pool "
	  "\"p\"; expected a separate pool for each job" },
	{ SMALL "job j { pool = p\ntree t { } }",
	  "4: tree \"t\" has no path; "
	  "expected an absolute path" },
	{ SMALL "job j { pool = p\ntree t { path = x } }",
	  "4: path is \"x\"; "
	  "expected an absolute path" },
	{ SMALL "job j { pool = p\ntree t { path = / database = x } }",
	  "4: no such option 'database'; expected path, exclude, "
	  "one_file_system, max_file_size, copy_first, copy_newer, "
	  "on_change, on_unreadable, checksum, pack, min_ratio, min_kept, "
	  "min_unchanged, io_timeout, "
	  "host, port, "
	  "identity, "
	  "known_hosts, ssh, timeout, max_size" },
	{ DISK("bootarea b { boot = 1 }"),
	  "4: bootarea \"b\" has no disk; "
	  "expected an absolute path" },
	{ DISK("bootdisc b {\nroot = sda1\n}"),
	  "4: bootdisc \"b\" has an invalid root; expected UUID=... or "
	  "LABEL=..." },
	{ DISK("bootdisc b { root = \"LABEL=a b\" }"),
	  "4: bootdisc \"b\" has "
	  "quotes, blanks or special characters in root; expected none" },
	{ DISK("bootdisc b { default = rescue }"),
	  "4: bootdisc \"b\" has "
	  "initramfs, append or default = rescue without kernel; expected a "
	  "kernel" },
	{ DISK("bootdisc b { timeout = 3601 }"),
	  "4: timeout is \"3601\"; "
	  "expected a whole number from 0 to 3600" },
	{ DISK("bootdisc b { firmware = uefi }"),
	  "4: firmware is \"uefi\"; "
	  "expected both, bios or efi" },
	{ DISK("bootdisc b {}\nbootdisc c {}"),
	  "5: bootdisc \"c\": a second one; expected one per job" },
	{ DISK("tree x.tar.zst { path = /a }\ntree x { path = /b }"),
	  "5: tree \"x\": the tree in line 4 has the same name, but for "
	  ".tar.zst; expected a unique name" },
	{ DISK("tree x { path = /a }\npostgres x { }\nlvm x { volume = g/v }"),
	  "6: lvm \"x\": the tree in line 4 has the same name; expected a "
	  "unique name" },
	{ DB("format = tar"),
	  "6: format is \"tar\"; expected custom, plain "
	  "or directory" },
	{ DB("jobs = 0"),
	  "6: jobs is \"0\"; expected a whole number from 1 "
	  "to 64" },
	{ DB("jobs = 2"),
	  "5: postgres \"x\" has jobs without format = "
	  "directory; expected both" },
	{ DB("compress = zstd:20"),
	  "6: compress is \"zstd:20\"; expected "
	  "default, none, gzip, gzip:1 to gzip:9, zstd, or zstd:1 to "
	  "zstd:19" },
	{ DB("compress = none:1"),
	  "6: compress is \"none:1\"; expected "
	  "default, none, gzip, gzip:1 to gzip:9, zstd, or zstd:1 to "
	  "zstd:19" },
	{ DB("min_ratio = 1.5"),
	  "6: min_ratio is \"1.5\"; expected a number "
	  "from 0 to 1" },
	{ DB("check = some"), "6: check is \"some\"; expected list or full" },
	{ DB("pg_dump = bin/pg_dump"),
	  "6: pg_dump is \"bin/pg_dump\"; "
	  "expected an absolute path, or a bare name found on PATH" },
	{ DB("database = \"a\\tb\""),
	  "6: database is \"a?b\"; expected text "
	  "without control characters" },
	{ DB("timeout = 1.5h"),
	  "6: timeout is \"1.5h\"; expected a time such "
	  "as 90, 30m, 12h or 40d" },
	{ DB("all = true globals_only = true"),
	  "5: postgres \"x\" has "
	  "globals_only together with all; expected one of them" },
	{ DB("role_passwords = false"),
	  "5: postgres \"x\" has "
	  "role_passwords without globals_only; expected both" },
	{ DB("all = true database = y"),
	  "5: postgres \"x\" has "
	  "database together with all; expected one of them" },
	/* other hosts */
	{ DB("host = \"-oProxyCommand=x\""),
	  "5: host is "
	  "\"-oProxyCommand=x\"; expected \"user@name\"" },
	{ DB("host = \"a@-x\""),
	  "5: host is \"a@-x\"; expected "
	  "\"user@name\"" },
	{ DB("host = \"-a@x\""),
	  "5: host is \"-a@x\"; expected "
	  "\"user@name\"" },
	{ DB("host = \"@x\""),
	  "5: host is \"@x\"; expected "
	  "\"user@name\"" },
	{ DB("host = \"a@b@c\""),
	  "5: host is \"a@b@c\"; expected "
	  "\"user@name\"" },
	{ DB("host = \"a b\""),
	  "5: host is \"a b\"; expected "
	  "\"user@name\"" },
	{ DB("host = \"ssh://x\""),
	  "5: host is \"ssh://x\"; expected "
	  "\"user@name\"" },
	{ DB("host = x port = 0"),
	  "6: port is \"0\"; expected a whole number "
	  "from 1 to 65535" },
	{ DB("port = 22"),
	  "5: postgres \"x\" has port without host; expected "
	  "both" },
	{ DB("host = x format = directory"),
	  "5: postgres \"x\" has format = "
	  "directory together with host; expected one of them" },
	{ DB("host = x pg_dump = pg_dump"),
	  "5: postgres \"x\" has pg_dump "
	  "together with host; expected one of them" },
	{ DB("host = x known_hosts = \"/a b\""),
	  "5: postgres \"x\" has a path that ssh would not use literally; "
	  "expected one without blanks, quotes and the characters % \\ ~ $ { "
	  "}" },
	{ SMALL "job j { pool = p\ntree t { path = / host = x pack = tar.zst "
		"} }",
	  "4: tree \"t\" has pack together with host; expected one of "
	  "them" },
	{ SMALL "job j { pool = p\ntree t { path = / max_size = 1G } }",
	  "4: tree \"t\" has max_size without host; expected both" },
	/* hooks, guard and clones */
	{ SMALL JOB "clone c { }",
	  "4: clone \"c\" has neither target nor "
	  "device; expected one of them" },
	{ SMALL JOB "clone c { target = /t device = /dev/x }",
	  "4: clone \"c\" "
	  "has both target and device; expected one of them" },
	{ SMALL JOB "clone c { target = /t\nchecksum = daily }",
	  "5: checksum "
	  "is \"daily\"; expected never, weekly or always" },
	{ SMALL JOB "clone c { target = /t\nmax_delete = 101 }",
	  "5: max_delete is \"101\"; expected a whole number from 0 to 100" },
	{ HOOK("before { timeout = 5m }"),
	  "5: before has neither run nor "
	  "shell; expected one of them" },
	{ HOOK("on_failure { run = x shell = y }"),
	  "5: on_failure has both "
	  "run and shell; expected one of them" },
	{ HOOK("after { run = x timeout = 0 }"),
	  "5: timeout of after is 0; "
	  "expected a time such as 5m" },
	{ HOOK("after \"x\" { run = y }"),
	  "5: missing opening brace for "
	  "section 'after'; expected \"{\"" },
	{ SMALL JOB "guard { min_runtime = 5m }",
	  "4: guard has no ups; "
	  "expected text without control characters" },
	{ SMALL JOB "guard { ups = a }\nguard { ups = b }",
	  "5: a second guard block; expected one" },
	{ SMALL JOB "guard { ups = a\nunknown = stop }",
	  "5: unknown is "
	  "\"stop\"; expected refuse or go" },
	{ DB("globals_only = true database = y"),
	  "5: postgres \"x\" has "
	  "database together with globals_only; expected one of them" },
};

START_TEST(an_error_names_file_line_and_what_was_expected)
{
	struct nb_config *config = NULL;
	char expected[512];

	snprintf(expected, sizeof expected, "error: a.conf:%s\n",
		 wrong[_i].message);
	nb_assert_fails(nb_config_parse("a.conf", wrong[_i].text,
					nb_source_kinds, &config),
			NB_ECONFIG, expected);
	ck_assert_ptr_null(config);
	/* and leaves nothing behind that would spoil the next */
	nb_assert_ok(
		nb_config_parse("a.conf", SMALL JOB, nb_source_kinds, &config));
	nb_config_free(config);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("config_errors");
	TCase *tc = nb_test_case("config_errors", 10);

	tcase_add_loop_test(tc, an_error_names_file_line_and_what_was_expected,
			    0, COUNT(wrong));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
