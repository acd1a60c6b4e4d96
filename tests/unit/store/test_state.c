/* SPDX-License-Identifier: GPL-2.0-or-later */
/* State directory, lock, journal and staging. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"
#include "base/str.h"
#include "store/journal.h"
#include "store/lock.h"
#include "store/owners.h"
#include "store/staging.h"
#include "store/state.h"

START_TEST(the_id_of_an_installation_stays)
{
	struct nb_state *first, *second;

	nb_assert_ok(nb_state_open(nb_test_path("state"), &first));
	nb_assert_ok(nb_state_open(nb_test_path("state"), &second));
	ck_assert_uint_eq(strlen(first->installation), NB_ID_HEX);
	ck_assert_str_eq(first->installation, second->installation);
	nb_state_close(first);
	nb_state_close(second);
}
END_TEST

START_TEST(a_state_directory_that_others_may_write_is_refused)
{
	const char *dir = nb_test_path("state");
	struct nb_state *state;
	char *message;

	ck_assert_int_eq(mkdir(dir, 0700), 0);
	ck_assert_int_eq(chmod(dir, 0770), 0);
	nb_assert_ok(nb_str_format(
		&message,
		"error: %s: writable by others\nhint: chmod go-w %s\n", dir,
		dir));
	nb_assert_fails(nb_state_open(dir, &state), NB_ECONFIG, message);
	free(message);
}
END_TEST

START_TEST(the_lock_is_held_once_and_names_its_holder)
{
	struct nb_lock *lock, *other;
	char *message;

	nb_assert_ok(nb_lock_take(nb_test_dir(), &lock));
	nb_assert_ok(
		nb_str_format(&message,
			      "error: another run is active: "
			      "process %ld\nhint: wait until it has finished\n",
			      (long)getpid()));
	nb_assert_fails(nb_lock_take(nb_test_dir(), &other), NB_ELOCKED,
			message);
	nb_lock_release(lock);
	nb_assert_ok(nb_lock_take(nb_test_dir(), &other));
	nb_lock_release(other);
	free(message);
}
END_TEST

static const struct nb_journal intent = {
	.step = NB_STEP_BURN,
	.label = {
		.installation = "0123456789abcdef0123456789abcdef",
		.disc_id = "fedcba9876543210fedcba9876543210",
		.pool = "p", .disc = "A", .generation = 7,
		.backup_id = "20261121T000000Z-00000000", .created = 5,
	},
};

START_TEST(an_intent_is_found_until_it_ends)
{
	struct nb_journal found;

	ck_assert_int_eq(nb_journal_load(nb_test_dir(), &found), NB_ENOTFOUND);
	nb_assert_ok(nb_journal_begin(nb_test_dir(), &intent));
	nb_assert_ok(nb_journal_load(nb_test_dir(), &found));
	ck_assert_int_eq(found.step, NB_STEP_BURN);
	ck_assert_str_eq(found.label.disc_id, intent.label.disc_id);
	ck_assert_uint_eq(found.label.generation, 7);
	nb_assert_ok(nb_journal_end(nb_test_dir()));
	ck_assert_int_eq(nb_journal_load(nb_test_dir(), &found), NB_ENOTFOUND);
	nb_assert_ok(nb_journal_end(nb_test_dir()));
}
END_TEST

START_TEST(a_journal_that_cannot_be_read_is_told)
{
	struct nb_journal found;
	char *message;

	nb_test_write("journal", "nonsense\n", 0600);
	nb_assert_ok(nb_str_format(&message,
				   "error: %s: not a journal\n"
				   "hint: remove it, and run nightburn verify "
				   "with the disc of the last run\n",
				   nb_test_path("journal")));
	nb_assert_fails(nb_journal_load(nb_test_dir(), &found), NB_ECORRUPT,
			message);
	free(message);
}
END_TEST

#define ONE "20261121T000001Z-00000001"
#define TWO "20261121T000002Z-00000002"
#define THREE "20261121T000003Z-00000003"

/* A complete backup of job J with one file. */
static void
stage(const char *id, int64_t created)
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
	nb_assert_ok(nb_fd_save(staged.dir, "dump", "data", 4, 0400));
	nb_assert_ok(nb_str_dup("dump", &e.path));
	nb_assert_ok(nb_entries_add(&staged.entries, &e));
	nb_assert_ok(nb_staging_finish(dir, &staged));
	nb_staged_free(&staged);
}

static bool
any(void *ctx, const struct nb_staged *staged)
{
	(void)ctx;
	(void)staged;
	return true;
}

#define ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

START_TEST(the_owners_of_a_pool_are_kept)
{
	const char *dir = nb_test_dir();
	struct nb_pool_owner owner = { 0 };

	nb_assert_ok(nb_owners_load(dir, "a b", &owner));
	ck_assert(!owner.taken.count && !owner.take_overs && !owner.fenced);
	nb_assert_ok(nb_owners_add(dir, false, ID_A, 3, "a b"));
	nb_assert_ok(nb_owners_add(dir, true, ID_B, 4, "a b"));
	nb_assert_ok(nb_owners_add(dir, false, ID_B, 9, "a"));
	nb_assert_ok(nb_owners_load(dir, "a b", &owner));
	ck_assert_uint_eq(owner.taken.count, 1);
	ck_assert_str_eq(owner.taken.at[0].installation, ID_A);
	ck_assert_uint_eq(owner.take_overs, 3);
	ck_assert_uint_eq(owner.fenced, 4);
	nb_array_free(&owner.taken);
}
END_TEST

/* One that is misread could make another machine's disc this one's. */
START_TEST(owners_that_cannot_be_read_are_told)
{
	static const char *const bad[] = {
		"from",
		"from " ID_A,
		"from " ID_A " 1",
		"from " ID_A " x db\n",
		"from " ID_A " 99999999999999999999 db\n",
		"from " ID_A "a 1 db\n",
		"of " ID_A " 1 db\n",
		"from gaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1 db\n",
		"by " ID_A " 1 db\n\n",
	};
	char *message;

	nb_assert_ok(nb_str_format(
		&message,
		"error: %s: damaged\nhint: move it away; pools that were taken "
		"over are taken over again\n",
		nb_test_path("owners")));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct nb_pool_owner owner = { 0 };

		nb_test_write("owners", bad[i], 0600);
		nb_assert_fails(nb_owners_load(nb_test_dir(), "db", &owner),
				NB_ECORRUPT, message);
		nb_array_free(&owner.taken);
	}
	free(message);
}
END_TEST

START_TEST(the_newest_complete_backup_of_a_job_is_found)
{
	const char *dir = nb_test_path("staging");
	struct nb_staged partial, found;

	stage(ONE, 100);
	stage(TWO, 200);
	nb_assert_ok(nb_staging_begin(dir, THREE, &partial));
	nb_staged_free(&partial);
	nb_assert_ok(nb_staging_find(dir, "j", &found));
	ck_assert_str_eq(found.manifest.backup_id, TWO);
	ck_assert_uint_eq(found.entries.count, 1);
	nb_staged_free(&found);
	ck_assert_int_eq(nb_staging_find(dir, "other", &found), NB_ENOTFOUND);
	nb_assert_ok(nb_staging_prune(dir, "j", any, NULL));
	ck_assert_int_eq(nb_staging_find(dir, "j", &found), NB_ENOTFOUND);
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
	nb_assert_ok(nb_staging_find(dir, "j", &found));
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
	nb_assert_fails(nb_staging_find(dir, "j", &staged), NB_ENOTFOUND, "");
	nb_assert_ok(nb_staging_prune(dir, "j", any, NULL));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "staging/%s%s", names[i],
			 i < 6 ? "/file" : "");
		ck_assert_int_eq(access(nb_test_path(path), F_OK), 0);
	}
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
	nb_assert_ok(nb_staging_find(dir, "j", &found));
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
	nb_assert_ok(nb_staging_find(dir, "j", &found));
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
	nb_assert_ok(nb_staging_find(dir, "j", &found));
	nb_assert_ok(nb_staged_set_aside(&found));
	nb_staged_free(&found);
	ck_assert_int_eq(nb_staging_find(dir, "j", &found), NB_ENOTFOUND);
	nb_assert_ok(nb_staging_prune(dir, "j", any, NULL));
	stage(TWO, 200);
	ck_assert_int_eq(
		access(nb_test_path("staging/" ONE ".damaged/dump"), F_OK), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("state");
	TCase *tc = nb_test_case("state", 20);

	tcase_add_test(tc, the_id_of_an_installation_stays);
	tcase_add_test(tc, a_state_directory_that_others_may_write_is_refused);
	tcase_add_test(tc, the_lock_is_held_once_and_names_its_holder);
	tcase_add_test(tc, an_intent_is_found_until_it_ends);
	tcase_add_test(tc, a_journal_that_cannot_be_read_is_told);
	tcase_add_test(tc, the_owners_of_a_pool_are_kept);
	tcase_add_test(tc, owners_that_cannot_be_read_are_told);
	tcase_add_test(tc, the_newest_complete_backup_of_a_job_is_found);
	tcase_add_test(tc, the_id_is_taken_off_sources_of_an_earlier_version);
	tcase_add_test(tc, a_partial_backup_is_removed_by_the_next);
	tcase_add_test(tc, nothing_else_in_staging_is_touched_or_told);
	tcase_add_test(tc, a_staged_file_of_another_size_is_told);
	tcase_add_loop_test(
		tc, the_bytes_of_a_staged_file_are_compared_with_their_hash, 0,
		sizeof changes / sizeof *changes);
	tcase_add_test(tc, a_backup_that_was_set_aside_is_not_found_but_kept);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
