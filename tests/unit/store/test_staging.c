/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Backups in staging, and temporary directories. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "store/catalog.h"
#include "store/staging.h"
#include "store/temporary.h"

#define ONE "20261121T000001Z-00000001"
#define TWO "20261121T000002Z-00000002"
#define THREE "20261121T000003Z-00000003"

#define HERE "0123456789abcdef0123456789abcdef"
#define THERE "fedcba9876543210fedcba9876543210"
static const struct nb_pool_view pool = { .name = "p", .installation = HERE };

/* A complete backup of job J with one file, for a pool, by an installation. */
static void
stage_for(const char *id, int64_t created, const char *name,
	  const char *installation)
{
	const char *dir = nb_test_path("staging");
	struct nb_staged staged;
	struct nb_entry e = {
		.type = NB_ENTRY_FILE,
		.mode = 0400,
		.size = 4,
		.hashed = true,
	};

	ck_assert(nb_unhex("3a6eb0790f39ac87c94f3856b2dd2c5d"
			   "110e6811602261a9a923d3bb23adc8b7",
			   sizeof e.sha256, e.sha256));
	nb_assert_ok(nb_staging_begin(dir, id, &staged));
	staged.manifest.created = created;
	strcpy(staged.manifest.job, "j");
	strcpy(staged.manifest.pool, name);
	strcpy(staged.manifest.installation, installation);
	nb_assert_ok(nb_fd_save(staged.dir, "dump", "data", 4, 0400));
	nb_assert_ok(nb_str_dup("dump", &e.path));
	nb_assert_ok(nb_entries_add(&staged.entries, &e));
	nb_assert_ok(nb_staging_finish(dir, &staged));
	nb_staged_free(&staged);
}

static void
stage(const char *id, int64_t created)
{
	stage_for(id, created, "p", HERE);
}

static bool
any(void *ctx, const struct nb_staged *staged)
{
	(void)ctx;
	(void)staged;
	return true;
}

/* All jobs are configured; or none, and J was renamed. */
static bool
all(void *ctx, const char *job)
{
	(void)ctx;
	(void)job;
	return true;
}

static bool
none(void *ctx, const char *job)
{
	(void)ctx;
	(void)job;
	return false;
}

static const struct nb_line line = { .job = "j",
				     .pool = "p",
				     .configured = all };
static const struct nb_line other = { .job = "other",
				      .pool = "p",
				      .configured = all };
static const struct nb_line renamed = { .job = "other",
					.pool = "p",
					.configured = none };

START_TEST(the_newest_complete_backup_of_a_job_is_found)
{
	const char *dir = nb_test_path("staging");
	struct nb_staged partial, found;

	stage(ONE, 100);
	stage(TWO, 200);
	nb_assert_ok(nb_staging_begin(dir, THREE, &partial));
	nb_staged_free(&partial);
	nb_assert_ok(nb_staging_find(dir, &line, &pool, &found));
	ck_assert_str_eq(found.manifest.backup_id, TWO);
	ck_assert_uint_eq(found.entries.count, 1);
	nb_staged_free(&found);
	ck_assert_int_eq(nb_staging_find(dir, &other, &pool, &found),
			 NB_ENOTFOUND);
	nb_assert_ok(nb_staging_find(dir, &renamed, &pool, &found));
	ck_assert_str_eq(found.manifest.backup_id, TWO);
	nb_staged_free(&found);
	nb_assert_ok(nb_staging_prune(dir, &line, &pool, any, NULL));
	ck_assert_int_eq(nb_staging_find(dir, &line, &pool, &found),
			 NB_ENOTFOUND);
}
END_TEST

static bool
is_there(const char *name)
{
	return !access(nb_test_path(name), F_OK);
}

/* Several pools and installations may have the same directory. */
START_TEST(a_backup_for_another_pool_or_installation_is_not_ones_own)
{
	const char *dir = nb_test_path("staging");
	struct nb_pool_view taken = pool;
	struct nb_taken from = { THERE };
	struct nb_staged found;

	stage_for(ONE, 300, "q", HERE);
	stage_for(TWO, 400, "p", THERE);
	ck_assert_int_eq(nb_staging_find(dir, &line, &pool, &found),
			 NB_ENOTFOUND);
	nb_assert_ok(nb_staging_prune(dir, &line, &pool, any, NULL));
	ck_assert(is_there("staging/" ONE) && is_there("staging/" TWO));
	stage_for(THREE, 100, "p", "");
	nb_assert_ok(nb_staging_find(dir, &line, &pool, &found));
	ck_assert_str_eq(found.manifest.backup_id, THREE);
	nb_staged_free(&found);
	nb_assert_ok(nb_array_push(&taken.owner.taken, from));
	nb_assert_ok(nb_staging_find(dir, &line, &taken, &found));
	ck_assert_str_eq(found.manifest.backup_id, TWO);
	ck_assert_str_eq(found.manifest.installation, THERE);
	nb_staged_free(&found);
	nb_array_free(&taken.owner.taken);
}
END_TEST

/* As versions before this one wrote it. */
START_TEST(the_id_is_taken_off_sources_of_an_earlier_version)
{
	static const char record[] =
		"{\"nightburn_manifest\":1,\"filters\":true,\n"
		"\"backup_id\":\"" ONE "\",\"generation\":0,\"created\":100,\n"
		"\"job\":\"j\",\"pool\":\"p\",\"disc\":\"\","
		"\"disc_id\":\"\",\"host\":\"h\",\n"
		"\"sources\":[{\"kind\":\"postgres\",\"name\":\"d\","
		"\"path\":\"" ONE "/postgres/d.dump\",\"bytes\":4,"
		"\"stored\":4}],\n"
		"\"files\":[\n"
		"{\"path\":\"postgres/d.dump\",\"type\":\"file\","
		"\"mode\":\"0400\",\"uid\":0,\"gid\":0,\"mtime\":100,"
		"\"size\":4,\"sha256\":\""
		"3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8"
		"b7"
		"\"}\n]}\n";
	const char *dir = nb_test_path("staging");
	struct nb_staged found;

	ck_assert_int_eq(mkdir(dir, 0711), 0);
	ck_assert_int_eq(mkdir(nb_test_path("staging/" ONE), 0711), 0);
	ck_assert_int_eq(mkdir(nb_test_path("staging/" ONE "/postgres"), 0711),
			 0);
	nb_test_write("staging/" ONE "/postgres/d.dump", "data", 0400);
	nb_test_write("staging/" ONE "/backup.json", record, 0600);
	nb_assert_ok(nb_staging_find(dir, &line, &pool, &found));
	ck_assert_str_eq(found.entries.at[0].path, "postgres/d.dump");
	ck_assert_str_eq(found.manifest.sources.at[0].path, "postgres/d.dump");
	nb_staged_free(&found);
}
END_TEST

START_TEST(a_partial_backup_is_removed_by_the_next)
{
	const char *dir = nb_test_path("staging");
	struct nb_staged staged;

	nb_assert_ok(nb_staging_begin(dir, ONE, &staged));
	nb_staged_free(&staged);
	ck_assert_int_eq(access(nb_test_path("staging/" ONE ".partial"), F_OK),
			 0);
	nb_assert_ok(nb_staging_begin(dir, TWO, &staged));
	ck_assert_int_ne(access(nb_test_path("staging/" ONE ".partial"), F_OK),
			 0);
	nb_assert_ok(nb_staging_remove(dir, &staged));
}
END_TEST

/* What others keep there, named almost as nightburn does, or by others. */
START_TEST(nothing_else_in_staging_is_touched_or_told)
{
	static const char *const names[] = {
		"photos.partial",
		".partial",
		ONE ".partial.old",
		"old." ONE ".partial",
		"20261121T000001Z-0000000g",
		"20261121T000001-00000001.partial",
		"file.partial",
		ONE,
		TWO ".partial",
	};
	const char *dir = nb_test_path("staging");
	struct nb_staged staged;
	char path[128];

	ck_assert_int_eq(mkdir(dir, 0711), 0);
	for (size_t i = 0; i < 6; i++) {
		snprintf(path, sizeof path, "staging/%s", names[i]);
		ck_assert_int_eq(mkdir(nb_test_path(path), 0700), 0);
		strcat(path, "/file");
		nb_test_write(path, "mine", 0600);
	}
	for (size_t i = 6; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "staging/%s", names[i]);
		nb_test_write(path, "mine", 0600);
	}
	nb_assert_ok(nb_staging_begin(dir, THREE, &staged));
	nb_assert_ok(nb_staging_remove(dir, &staged));
	nb_assert_fails(nb_staging_find(dir, &line, &pool, &staged),
			NB_ENOTFOUND, "");
	nb_assert_ok(nb_staging_prune(dir, &line, &pool, any, NULL));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "staging/%s%s", names[i],
			 i < 6 ? "/file" : "");
		ck_assert_int_eq(access(nb_test_path(path), F_OK), 0);
	}
}
END_TEST

/* Another installation may be dumping there. */
START_TEST(a_partial_backup_whose_process_lives_stays)
{
	const char *dir = nb_test_path("staging");
	struct nb_staged lives, next;

	nb_assert_ok(nb_staging_begin(dir, ONE, &lives));
	nb_assert_ok(nb_staging_begin(dir, TWO, &next));
	ck_assert(is_there("staging/" ONE ".partial"));
	nb_assert_ok(nb_staging_finish(dir, &lives));
	nb_staged_free(&lives);
	nb_assert_ok(nb_staging_remove(dir, &next));
	nb_assert_ok(nb_staging_begin(dir, TWO, &next));
	ck_assert(is_there("staging/" ONE));
	ck_assert(!is_there("staging/" ONE "/.lock"));
	nb_assert_ok(nb_staging_remove(dir, &next));
}
END_TEST

START_TEST(a_temporary_directory_goes_when_nobody_uses_it)
{
	struct nb_temporary *dead, *kept, *lives;
	char *at[3];

	nb_assert_ok(nb_temporary_make(nb_test_dir(), &dead));
	nb_assert_ok(nb_temporary_make(nb_test_dir(), &kept));
	nb_assert_ok(nb_temporary_make(nb_test_dir(), &lives));
	nb_assert_ok(nb_str_dup(dead->path, &at[0]));
	nb_assert_ok(nb_str_dup(kept->path, &at[1]));
	nb_assert_ok(nb_str_dup(lives->path, &at[2]));
	nb_assert_ok(nb_fd_save(dead->dir, "dump", "data", 4, 0400));
	nb_temporary_keep(kept);
	nb_temporary_close(kept);
	nb_temporary_sweep(nb_test_dir());
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(access(at[i], F_OK), 0);
	nb_temporary_close(dead);
	nb_temporary_sweep(nb_test_dir());
	ck_assert_int_ne(access(at[0], F_OK), 0);
	ck_assert_int_eq(access(at[1], F_OK), 0);
	ck_assert_int_eq(access(at[2], F_OK), 0);
	ck_assert(nb_temporary_remove(at[1]) && nb_temporary_remove(at[2]));
	nb_temporary_close(lives);
	for (size_t i = 0; i < 3; i++)
		free(at[i]);
}
END_TEST

START_TEST(a_staged_file_of_another_size_is_told)
{
	const char *dir = nb_test_path("staging");
	struct nb_staged found;
	char *message;

	stage(ONE, 100);
	ck_assert_int_eq(truncate(nb_test_path("staging/" ONE "/dump"), 2), 0);
	nb_assert_ok(nb_str_format(
		&message, "error: %s/" ONE "/dump: missing or wrong size\n",
		dir));
	nb_assert_ok(nb_staging_find(dir, &line, &pool, &found));
	nb_assert_fails(nb_staged_check(&found), NB_ECORRUPT, message);
	nb_staged_free(&found);
	free(message);
}
END_TEST

static enum nb_err
watch(void *ctx, uint64_t done, uint64_t total)
{
	uint64_t *last = ctx;

	ck_assert_uint_le(done, total);
	*last = done;
	return *last == total ? NB_OK : NB_ECANCELED;
}

/* What happens to the four bytes of the file, which are "data". */
static const struct {
	const char *text; /* NULL: there is no file */
	enum nb_err err;
} changes[] = {
	{ "data", NB_OK },       { "datA", NB_ECORRUPT },
	{ "dat", NB_ECANCELED }, { "data.", NB_ECORRUPT },
	{ NULL, NB_ECORRUPT },
};

START_TEST(the_bytes_of_a_staged_file_are_compared_with_their_hash)
{
	const char *dir = nb_test_path("staging");
	const struct nb_entry *bad;
	struct nb_staged found;
	uint64_t last = 0;

	stage(ONE, 100);
	ck_assert_int_eq(unlink(nb_test_path("staging/" ONE "/dump")), 0);
	if (changes[_i].text)
		nb_test_write("staging/" ONE "/dump", changes[_i].text, 0400);
	nb_assert_ok(nb_staging_find(dir, &line, &pool, &found));
	ck_assert_int_eq(nb_staged_verify(&found, watch, &last, &bad),
			 changes[_i].err);
	ck_assert_str_eq(bad ? bad->path : "",
			 changes[_i].err == NB_ECORRUPT ? "dump" : "");
	nb_staged_free(&found);
}
END_TEST

START_TEST(a_backup_that_was_set_aside_is_not_found_but_kept)
{
	const char *dir = nb_test_path("staging");
	struct nb_staged found;

	stage(ONE, 100);
	nb_assert_ok(nb_staging_find(dir, &line, &pool, &found));
	nb_assert_ok(nb_staged_set_aside(&found));
	nb_staged_free(&found);
	ck_assert_int_eq(nb_staging_find(dir, &line, &pool, &found),
			 NB_ENOTFOUND);
	nb_assert_ok(nb_staging_prune(dir, &line, &pool, any, NULL));
	stage(TWO, 200);
	ck_assert_int_eq(
		access(nb_test_path("staging/" ONE ".damaged/dump"), F_OK), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("staging");
	TCase *tc = nb_test_case("staging", 20);

	tcase_add_test(tc, the_newest_complete_backup_of_a_job_is_found);
	tcase_add_test(
		tc, a_backup_for_another_pool_or_installation_is_not_ones_own);
	tcase_add_test(tc, a_partial_backup_whose_process_lives_stays);
	tcase_add_test(tc, a_temporary_directory_goes_when_nobody_uses_it);
	tcase_add_test(tc, the_id_is_taken_off_sources_of_an_earlier_version);
	tcase_add_test(tc, a_partial_backup_is_removed_by_the_next);
	tcase_add_test(tc, nothing_else_in_staging_is_touched_or_told);
	tcase_add_test(tc, a_staged_file_of_another_size_is_told);
	tcase_add_test(tc,
		       the_bytes_of_a_staged_file_are_compared_with_their_hash);
	tcase_add_test(tc, a_backup_that_was_set_aside_is_not_found_but_kept);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
