/* SPDX-License-Identifier: GPL-2.0-or-later */
/* State directory, lock, journal and owners. */
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
#include "store/machine.h"
#include "store/owners.h"
#include "store/state.h"
#include "store/unread.h"

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
			      "process %ld\nhint: wait until it has finished; "
			      "to run several jobs each night, put them into "
			      "one line: nightburn run -j ONE; nightburn run "
			      "-j OTHER\n",
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

/* The name of the host, and the hash where both machines have one. */
START_TEST(a_state_directory_is_at_home_on_one_machine)
{
	const char *dir = nb_test_dir();
	char from[NB_HOST_SIZE], host[NB_HOST_SIZE] = "", text[128];

	gethostname(host, sizeof host - 1);
	nb_assert_ok(nb_machine_check(dir, ID_A, from));
	ck_assert_str_eq(from, "");
	nb_assert_ok(nb_machine_save(dir, ID_A, true));
	nb_assert_ok(nb_machine_check(dir, ID_A, from));
	ck_assert_str_eq(from, "");
	nb_test_write("machine", "old\n-\n", 0600);
	nb_assert_ok(nb_machine_save(dir, ID_A, true));
	nb_assert_ok(nb_machine_check(dir, ID_A, from));
	ck_assert_str_eq(from, "old");
	snprintf(text, sizeof text, "%s\n-\n", host);
	nb_test_write("machine", text, 0600);
	nb_assert_ok(nb_machine_check(dir, ID_A, from));
	ck_assert_str_eq(from, "");
	nb_test_write("machine", "old\n", 0600);
	ck_assert_int_eq(nb_machine_check(dir, ID_A, from), NB_ECORRUPT);
	nb_assert_ok(nb_machine_save(dir, ID_A, false));
	nb_assert_ok(nb_machine_check(dir, ID_A, from));
	ck_assert_str_eq(from, "");
}
END_TEST

/* Each good disc may be the one that could not be identified, until it was
 * verified again or somebody said which one it is. */
START_TEST(a_disc_that_may_be_one_that_could_not_be_read_is_unread)
{
	const char *dir = nb_test_dir();
	struct nb_pool_disc discs[] = {
		{ .name = "A", .disc_id = ID_A, .verified = 5 },
		{ .name = "B", .disc_id = ID_B, .verified = 7 },
	};
	struct nb_pool_view view = { .name = "a b" };

	discs[0].state = NB_DISC_GOOD;
	discs[1].state = NB_DISC_SUSPECT;
	view.discs.at = discs;
	view.discs.count = 2;
	nb_assert_ok(nb_unread_load(dir, &view));
	nb_assert_ok(nb_unread_forget(dir, "a b"));
	nb_assert_ok(nb_unread_add(dir, &view, false));
	ck_assert(discs[0].unread && !discs[1].unread);
	discs[0].unread = false;
	nb_assert_ok(nb_unread_load(dir, &view));
	ck_assert(!discs[0].unread);
	nb_assert_ok(nb_unread_add(dir, &view, true));
	discs[0].unread = false;
	nb_assert_ok(nb_unread_forget(dir, "a"));
	nb_assert_ok(nb_unread_load(dir, &view));
	ck_assert(discs[0].unread && !discs[1].unread);
	discs[0].unread = false;
	discs[0].verified = 6;
	nb_assert_ok(nb_unread_load(dir, &view));
	ck_assert(!discs[0].unread);
	discs[0].verified = 5;
	nb_assert_ok(nb_unread_forget(dir, "a b"));
	nb_assert_ok(nb_unread_load(dir, &view));
	ck_assert(!discs[0].unread);
	nb_test_write("unread", ID_A " 5", 0600);
	ck_assert_int_eq(nb_unread_load(dir, &view), NB_ECORRUPT);
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
	tcase_add_test(tc, a_state_directory_is_at_home_on_one_machine);
	tcase_add_test(tc,
		       a_disc_that_may_be_one_that_could_not_be_read_is_unread);
	tcase_add_test(tc, the_owners_of_a_pool_are_kept);
	tcase_add_test(tc, owners_that_cannot_be_read_are_told);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
