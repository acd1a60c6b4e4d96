/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/config/config.h"
#include "source/boot/options.h"
#include "source/postgres/options.h"
#include "source/tree/options.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

static const char full[] =
	"# a comment with ' and \" and ${HOME}\n"
	"state_dir = \"/srv/state\"\n"
	"staging_dir = '/srv/staging' // another\n"
	"drive \"upper\" { device = \"/dev/sr0\" speed = 4 }\n"
	"drive \"file\" {\n"
	"	device = \"stdio:/srv/disc\"\n"
	"	capacity = \"4.7G\"\n"
	"}\n"
	"pool \"db\" {\n"
	"	discs = { \"DB-A\", \"DB-B\" }\n"
	"	drives = { \"file\", \"upper\" }\n"
	"	rotation = append\n"
	"	on_same_disc = refuse\n"
	"	close = yes\n"
	"	max_verify_age = 40d\n"
	"}\n"
	"/* one\n   more */\n"
	"job \"nightly\" {\n"
	"	pool = db\n"
	"	tree \"php\" {\n"
	"		path = \"/var/www\"\n"
	"		exclude = { \"cache\", \"*.log\" }\n"
	"		one_file_system = on\n"
	"	}\n"
	"	postgres \"sales\" {\n"
	"		database = \"s\"\n"
	"		conninfo = \"host=db2 password=${SECRET}$x\"\n"
	"		run_as = postgres\n"
	"		format = directory\n"
	"		jobs = 3\n"
	"		compress = \"zstd:7\"\n"
	"		pg_dump = /usr/bin/pg_dump\n"
	"		pg_dumpall = pg_dumpall-15\n"
	"		pg_restore = \"/opt/pg/pg_restore\"\n"
	"		timeout = 2h\n"
	"		lock_timeout = 90\n"
	"		max_size = 650MiB\n"
	"		min_ratio = 0.75\n"
	"		check = list\n"
	"	}\n"
	"	tree \"etc\" { path = /etc }\n"
	"	postgres \"all\" { all = true }\n"
	"}\n"
	"pool \"other\" { discs = { C } drives = upper }\n"
	"job \"weekly\" {\n"
	"	pool = other\n"
	"	postgres \"globals\" { globals_only = true }\n"
	"}\n";

static struct nb_config *
parse(const char *text)
{
	struct nb_config *config = NULL;

	nb_assert_ok(nb_config_parse("a.conf", text, nb_source_kinds, &config));
	return config;
}

START_TEST(drives_and_pools_become_records)
{
	struct nb_config *c = parse(full);
	const struct nb_config_drive *file = nb_config_drive(c, "file");
	const struct nb_config_pool *db = nb_config_pool(c, "db");

	ck_assert_str_eq(c->state_dir, "/srv/state");
	ck_assert_str_eq(c->staging_dir, "/srv/staging");
	ck_assert_str_eq(c->drives.at[0].device, "/dev/sr0");
	ck_assert_int_eq(c->drives.at[0].speed, 4);
	ck_assert_uint_eq(c->drives.at[0].capacity, 0);
	ck_assert_str_eq(file->device, "stdio:/srv/disc");
	ck_assert_uint_eq(file->capacity, 4700000000u);
	ck_assert_uint_eq(db->discs.count, 2);
	ck_assert_str_eq(db->discs.at[1], "DB-B");
	ck_assert_str_eq(db->drives.at[0], "file");
	ck_assert_int_eq(db->rotation, NB_ROTATION_APPEND);
	ck_assert(!db->append_on_same_disc);
	ck_assert(db->close);
	ck_assert_int_eq(db->max_verify_age, 40 * 86400);
	nb_config_free(c);
}
END_TEST

static const struct {
	const char *pattern, *name;
	unsigned int number;
} names[] = {
	{ "DB-###", "DB-001", 1 },
	{ "DB-###", "DB-999", 999 },
	{ "DB-###", "DB-1000", 1000 },
	{ "DB-###", "DB-999999", 999999 },
	{ "#", "7", 7 },
	{ "20##-a", "2012-a", 12 },
	{ "1#1", "1231", 23 },
	/* not of the pattern */
	{ "DB-###", "DB-01", 0 },
	{ "DB-###", "DB-0001", 0 },
	{ "DB-###", "DB-000", 0 },
	{ "DB-###", "DB-01a", 0 },
	{ "DB-###", "DB-1000000", 0 },
	{ "DB-###", "db-001", 0 },
	{ "DB-###", "", 0 },
	{ "1#1", "11", 0 },
};

START_TEST(a_new_disc_gets_its_name_from_its_number)
{
	char text[512], name[NB_NAME_MAX + 1];
	struct nb_config *c;
	const struct nb_config_pool *pool;

	snprintf(text, sizeof text,
		 "drive d { device = /dev/sr0 }\n"
		 "pool p { discs = auto rotation = append drives = d\n"
		 "disc_names = \"%s\" }\n"
		 "job j { pool = p tree t { path = / } }\n",
		 names[_i].pattern);
	c = parse(text);
	pool = nb_config_pool(c, "p");
	ck_assert(pool->automatic);
	ck_assert_uint_eq(pool->discs.count, 0);
	ck_assert_uint_eq(nb_config_disc_number(pool, names[_i].name),
			  names[_i].number);
	nb_config_disc_name(pool, names[_i].number, name);
	if (names[_i].number)
		ck_assert_str_eq(name, names[_i].name);
	nb_config_free(c);
}
END_TEST

START_TEST(the_names_of_new_discs_begin_with_that_of_the_pool)
{
	struct nb_config *c =
		parse("drive d { device = /dev/sr0 }\n"
		      "pool db { discs = auto rotation = fresh drives = d }\n"
		      "pool other { discs = { auto, A } drives = d }\n"
		      "job j { pool = db tree t { path = / } }\n");

	ck_assert_str_eq(nb_config_pool(c, "db")->disc_names, "db-###");
	ck_assert(!nb_config_pool(c, "other")->automatic);
	nb_config_free(c);
}
END_TEST

START_TEST(sources_stand_in_the_order_of_the_file)
{
	struct nb_config *c = parse(full);
	const struct nb_config_sources *s = &c->jobs.at[0].sources;

	ck_assert_uint_eq(s->count, 4);
	ck_assert_str_eq(s->at[0].name, "php");
	ck_assert_str_eq(s->at[0].kind->name, "tree");
	ck_assert_int_eq(s->at[0].line, 21);
	ck_assert_str_eq(s->at[1].name, "sales");
	ck_assert_str_eq(s->at[1].kind->name, "postgres");
	ck_assert_int_eq(s->at[1].line, 26);
	ck_assert_str_eq(s->at[2].name, "etc");
	ck_assert_str_eq(s->at[3].name, "all");
	nb_config_free(c);
}
END_TEST

START_TEST(a_postgres_block_is_read_option_by_option)
{
	struct nb_config *c = parse(full);
	const struct nb_config_source *s = &c->jobs.at[0].sources.at[1];

	ck_assert_str_eq(nb_pg_options(s)->database, "s");
	ck_assert_str_eq(nb_pg_options(s)->run_as, "postgres");
	ck_assert_int_eq(nb_pg_options(s)->format, NB_FORMAT_DIRECTORY);
	ck_assert_int_eq(nb_pg_options(s)->jobs, 3);
	ck_assert_int_eq(nb_pg_options(s)->compress.method,
			 NB_COMPRESSION_ZSTD);
	ck_assert_int_eq(nb_pg_options(s)->compress.level, 7);
	ck_assert_str_eq(nb_pg_options(s)->pg_dump, "/usr/bin/pg_dump");
	ck_assert_str_eq(nb_pg_options(s)->pg_dumpall, "pg_dumpall-15");
	ck_assert_str_eq(nb_pg_options(s)->pg_restore, "/opt/pg/pg_restore");
	ck_assert_int_eq(nb_pg_options(s)->timeout, 7200);
	ck_assert_int_eq(nb_pg_options(s)->lock_timeout, 90);
	ck_assert_uint_eq(nb_pg_options(s)->max_size, 650u << 20);
	ck_assert_double_eq(nb_pg_options(s)->min_ratio, 0.75);
	ck_assert(!nb_pg_options(s)->full_check && !nb_pg_options(s)->all);
	ck_assert(!nb_pg_options(s)->globals_only);
	nb_config_free(c);
}
END_TEST

START_TEST(a_tree_block_is_read_option_by_option)
{
	struct nb_config *c = parse(full);
	const struct nb_config_source *s = &c->jobs.at[0].sources.at[0];

	ck_assert_str_eq(nb_tree_options(s)->path, "/var/www");
	ck_assert_uint_eq(nb_tree_options(s)->rules.exclude.count, 2);
	ck_assert_str_eq(nb_tree_options(s)->rules.exclude.at[1], "*.log");
	ck_assert(nb_tree_options(s)->rules.one_file_system);
	nb_config_free(c);
}
END_TEST

START_TEST(hooks_and_the_guard_are_read_option_by_option)
{
	struct nb_config *c =
		parse("drive d { device = /dev/sr0 }\n"
		      "pool p { discs = A drives = d }\n"
		      "guard { ups = \"rack@localhost\" min_runtime = 10m\n"
		      "	unknown = go }\n"
		      "job j {\n"
		      "	pool = p\n"
		      "	after { shell = \"true | cat\" }\n"
		      "	before { run = { \"/bin/quiesce\", \"on\" }\n"
		      "		run_as = web timeout = 90 }\n"
		      "	before { run = sync }\n"
		      "	tree t { path = /etc }\n"
		      "}\n");
	const struct nb_config_hooks *h = &c->jobs.at[0].hooks;

	ck_assert_str_eq(c->power.ups, "rack@localhost");
	ck_assert_str_eq(c->power.upsc, "upsc");
	ck_assert_int_eq(c->power.min_runtime, 600);
	ck_assert(c->power.unknown_goes);
	ck_assert_uint_eq(h->count, 3);
	ck_assert_int_eq(h->at[0].when, NB_HOOK_BEFORE);
	ck_assert_uint_eq(h->at[0].run.count, 2);
	ck_assert_str_eq(h->at[0].run.at[1], "on");
	ck_assert_str_eq(h->at[0].run_as, "web");
	ck_assert_int_eq(h->at[0].timeout, 90);
	ck_assert_str_eq(h->at[1].run.at[0], "sync");
	ck_assert_int_eq(h->at[1].timeout, 600);
	ck_assert_int_eq(h->at[2].when, NB_HOOK_AFTER);
	ck_assert_str_eq(h->at[2].shell, "true | cat");
	ck_assert_uint_eq(c->jobs.at[0].sources.count, 1);
	nb_config_free(c);
}
END_TEST

START_TEST(a_dollar_stays_a_dollar_whatever_the_environment)
{
	struct nb_config *c;

	setenv("SECRET", "expanded", 1);
	c = parse(full);
	ck_assert_str_eq(nb_pg_options(&c->jobs.at[0].sources.at[1])->conninfo,
			 "host=db2 password=${SECRET}$x");
	nb_config_free(c);
}
END_TEST

#define SMALL                             \
	"drive d { device = /dev/sr0 }\n" \
	"pool p { discs = A drives = d }\n"

START_TEST(what_is_left_out_has_its_default)
{
	struct nb_config *c = parse(SMALL "job j { pool = p\npostgres x {} }");
	const struct nb_config_source *s = &c->jobs.at[0].sources.at[0];

	ck_assert_str_eq(c->state_dir, "/var/lib/nightburn");
	ck_assert_str_eq(c->staging_dir, "/var/spool/nightburn");
	ck_assert_int_eq(c->pools.at[0].rotation, NB_ROTATION_ALTERNATE);
	ck_assert(c->pools.at[0].append_on_same_disc);
	ck_assert(!c->pools.at[0].close);
	ck_assert_int_eq(c->pools.at[0].max_verify_age, 0);
	ck_assert_str_eq(nb_pg_options(s)->database, "x");
	ck_assert_ptr_null(nb_pg_options(s)->conninfo);
	ck_assert_ptr_null(nb_pg_options(s)->run_as);
	ck_assert_int_eq(nb_pg_options(s)->format, NB_FORMAT_CUSTOM);
	ck_assert_int_eq(nb_pg_options(s)->jobs, 1);
	ck_assert_int_eq(nb_pg_options(s)->compress.method,
			 NB_COMPRESSION_DEFAULT);
	ck_assert_int_eq(nb_pg_options(s)->compress.level, -1);
	ck_assert_int_eq(nb_pg_options(s)->timeout, 21600);
	ck_assert_int_eq(nb_pg_options(s)->lock_timeout, 600);
	ck_assert_uint_eq(nb_pg_options(s)->max_size, 0);
	ck_assert_double_eq(nb_pg_options(s)->min_ratio, 0.5);
	ck_assert(nb_pg_options(s)->full_check);
	nb_config_free(c);
}
END_TEST

static const struct {
	const char *text;
	uint64_t bytes;
} sizes[] = {
	{ "0", 0 },
	{ "700", 700 },
	{ "700B", 700 },
	{ "700k", 700000 },
	{ "700KB", 700000 },
	{ "700M", 700000000 },
	{ "4.7G", 4700000000u },
	{ "4.7 GB", 4700000000u },
	{ "1.5KiB", 1536 },
	{ "25GiB", 25ull << 30 },
	{ "0.123456789k", 123 },
	{ "1T", 1000000000000u },
};

START_TEST(sizes_are_decimal_unless_the_unit_says_otherwise)
{
	struct nb_config *c;
	char text[256];

	snprintf(text, sizeof text,
		 "drive d { device = /dev/sr0 capacity = "
		 "\"%s\" }\npool p { discs = A drives = d }\n"
		 "job j { pool = p tree t { path = / } }",
		 sizes[_i].text);
	c = parse(text);
	ck_assert_uint_eq(c->drives.at[0].capacity, sizes[_i].bytes);
	nb_config_free(c);
}
END_TEST

START_TEST(what_boots_has_its_options_and_defaults)
{
	struct nb_config *c = parse(
		SMALL
		"job j { pool = p\n"
		"bootarea a { disk = /dev/sda boot = 2 max_size = 1M }\n"
		"bootarea b { disk = /dev/sdb path = /mnt }\n"
		"bootdisc d { root = \"UUID=x\" kernel = /k initramfs = /i\n"
		"append = quiet default = rescue timeout = 3 firmware = efi\n"
		"bios_image = /b efi_image = /e }\n}");
	const struct nb_config_sources *s = &c->jobs.at[0].sources;
	const struct nb_boot_disc_options *d = nb_boot_disc_options(&s->at[2]);

	ck_assert_uint_eq(s->count, 3);
	ck_assert_str_eq(nb_boot_area_options(&s->at[0])->boot, "2");
	ck_assert_str_eq(nb_boot_area_options(&s->at[0])->path, "/boot");
	ck_assert_uint_eq(nb_boot_area_options(&s->at[0])->max_size, 1000000);
	ck_assert_ptr_null(nb_boot_area_options(&s->at[1])->boot);
	ck_assert_str_eq(nb_boot_area_options(&s->at[1])->path, "/mnt");
	ck_assert_uint_eq(nb_boot_area_options(&s->at[1])->max_size,
			  4000000000u);
	ck_assert_str_eq(d->root, "UUID=x");
	ck_assert_str_eq(d->kernel, "/k");
	ck_assert_str_eq(d->initramfs, "/i");
	ck_assert_str_eq(d->append, "quiet");
	ck_assert_str_eq(d->bios_image, "/b");
	ck_assert_str_eq(d->efi_image, "/e");
	ck_assert_int_eq(d->timeout, 3);
	ck_assert_int_eq(d->firmware, NB_FIRMWARE_EFI);
	ck_assert(d->rescue);
	nb_config_free(c);
	c = parse(SMALL "job j { pool = p\nbootdisc d {} }");
	d = nb_boot_disc_options(&c->jobs.at[0].sources.at[0]);
	ck_assert_int_eq(d->timeout, 10);
	ck_assert_int_eq(d->firmware, NB_FIRMWARE_BOTH);
	ck_assert(!d->rescue && !d->root && !d->kernel);
	nb_config_free(c);
}
END_TEST

#define JOB "job j { pool = p tree t { path = / } }\n"

START_TEST(the_only_job_needs_no_name)
{
	struct nb_config *c = parse(SMALL JOB);
	const struct nb_config_job *job = NULL;

	nb_assert_ok(nb_config_job(c, NULL, &job));
	ck_assert_str_eq(job->name, "j");
	nb_assert_ok(nb_config_job(c, "j", &job));
	nb_assert_fails(nb_config_job(c, "k", &job), NB_EUSAGE,
			"error: k: no such job in a.conf\n"
			"hint: the jobs are: j\n");
	nb_config_free(c);
}
END_TEST

START_TEST(one_of_several_jobs_has_to_be_named)
{
	struct nb_config *c = parse(full);
	const struct nb_config_job *job = NULL;

	nb_assert_fails(nb_config_job(c, NULL, &job), NB_EUSAGE,
			"error: a.conf: several jobs\n"
			"hint: choose one with --job: nightly, weekly\n");
	ck_assert_ptr_null(job);
	nb_config_free(c);
}
END_TEST

START_TEST(a_safe_file_is_loaded)
{
	struct nb_config *c = NULL;

	nb_test_write("a.conf", full, 0640);
	nb_assert_ok(
		nb_config_load(nb_test_path("a.conf"), nb_source_kinds, &c));
	ck_assert_str_eq(c->file, nb_test_path("a.conf"));
	nb_config_free(c);
}
END_TEST

/* Loads FILE; the message is FORMAT with that path for each %s. */
static void
refused(const char *file, const char *format, const char *path)
{
	struct nb_config *c = NULL;
	char text[8192];

	snprintf(text, sizeof text, format, path, path, path);
	nb_assert_fails(nb_config_load(file, nb_source_kinds, &c), NB_ECONFIG,
			text);
	ck_assert_ptr_null(c);
}

START_TEST(a_file_that_others_may_write_is_refused)
{
	nb_test_write("a.conf", full, 0666);
	refused(nb_test_path("a.conf"),
		"error: %s: writable by others\n"
		"hint: chmod go-w %s\n",
		nb_test_path("a.conf"));
}
END_TEST

START_TEST(a_directory_that_others_may_write_is_refused)
{
	const char *dir = nb_test_path("open"), *file;
	struct nb_config *c = NULL;
	char text[8192];

	ck_assert_int_eq(mkdir(dir, 0700), 0);
	ck_assert_int_eq(chmod(dir, 0777), 0);
	nb_test_write("open/a.conf", full, 0600);
	file = nb_test_path("open/a.conf");
	snprintf(text, sizeof text,
		 "error: %s: the directory %s is writable by others\nhint: "
		 "chmod go-w %s\n",
		 file, dir, dir);
	refused(file, "%s", text);
	/* nor by a link that stands elsewhere */
	ck_assert_int_eq(symlink(file, nb_test_path("link")), 0);
	snprintf(text, sizeof text,
		 "error: %s: the directory %s is writable by others\nhint: "
		 "chmod go-w %s\n",
		 nb_test_path("link"), dir, dir);
	refused(nb_test_path("link"), "%s", text);
	ck_assert_int_eq(chmod(dir, 01777), 0);
	nb_assert_ok(nb_config_load(file, nb_source_kinds, &c));
	nb_config_free(c);
}
END_TEST

START_TEST(a_stranger_s_file_is_refused)
{
	const char *file = nb_test_path("a.conf");

	nb_test_write("a.conf", full, 0600);
	if (chown(file, 1, 1))
		return; /* only root can give a file away */
	refused(file,
		"error: %s: belongs to user 1; expected root or user 0\n"
		"hint: chown root %s\n",
		file);
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
	refused(nb_test_path("none"),
		"error: %s: cannot open: No such file or "
		"directory\n",
		nb_test_path("none"));
	ck_assert_int_eq(mkfifo(nb_test_path("fifo"), 0600), 0);
	refused(nb_test_path("fifo"), "error: %s: not a regular file\n",
		nb_test_path("fifo"));
}
END_TEST

START_TEST(a_source_can_stand_on_another_host)
{
	static const char *const hosts[] = { "db2", "backup@db2.example.org",
					     "a_b-c@10.0.0.1", "root@::1" };
	struct nb_config *config = NULL;
	const struct nb_ssh_options *remote;
	char text[512];

	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		snprintf(text, sizeof text,
			 "drive d { device = /dev/sr0 }\n"
			 "pool p { discs = A drives = d }\n"
			 "job j { pool = p tree t { path = / host = \"%s\" "
			 "port = 2222 identity = \"/k\" } }\n",
			 hosts[i]);
		nb_assert_ok(nb_config_parse("a.conf", text, nb_source_kinds,
					     &config));
		remote = &nb_tree_options(&config->jobs.at[0].sources.at[0])
				  ->remote;
		ck_assert_str_eq(remote->host, hosts[i]);
		ck_assert_int_eq(remote->port, 2222);
		ck_assert_str_eq(remote->identity, "/k");
		ck_assert_str_eq(remote->known_hosts,
				 "/etc/nightburn/known_hosts");
		ck_assert_str_eq(remote->ssh, "ssh");
		ck_assert_int_eq(remote->timeout, 6 * 3600);
		nb_config_free(config);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("config");
	TCase *tc = nb_test_case("config", 10);

	tcase_add_test(tc, drives_and_pools_become_records);
	tcase_add_loop_test(tc, a_new_disc_gets_its_name_from_its_number, 0,
			    sizeof names / sizeof *names);
	tcase_add_test(tc, the_names_of_new_discs_begin_with_that_of_the_pool);
	tcase_add_test(tc, sources_stand_in_the_order_of_the_file);
	tcase_add_test(tc, a_postgres_block_is_read_option_by_option);
	tcase_add_test(tc, a_tree_block_is_read_option_by_option);
	tcase_add_test(tc, hooks_and_the_guard_are_read_option_by_option);
	tcase_add_test(tc, a_dollar_stays_a_dollar_whatever_the_environment);
	tcase_add_test(tc, what_is_left_out_has_its_default);
	tcase_add_test(tc, what_boots_has_its_options_and_defaults);
	tcase_add_loop_test(tc,
			    sizes_are_decimal_unless_the_unit_says_otherwise, 0,
			    COUNT(sizes));
	tcase_add_test(tc, the_only_job_needs_no_name);
	tcase_add_test(tc, one_of_several_jobs_has_to_be_named);
	tcase_add_test(tc, a_safe_file_is_loaded);
	tcase_add_test(tc, a_file_that_others_may_write_is_refused);
	tcase_add_test(tc, a_directory_that_others_may_write_is_refused);
	tcase_add_test(tc, a_stranger_s_file_is_refused);
	tcase_add_test(tc, what_is_no_file_is_refused);
	tcase_add_test(tc, a_source_can_stand_on_another_host);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
