/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A catalog that is an old copy, or stands in place of one that was lost: what
 * its mark and the discs can tell, and what they cannot.
 */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "catalog_scene.h"
#include "store/mark.h"

static struct nb_catalog *catalog;

static void
reopen(void)
{
	nb_catalog_close(catalog);
	catalog = scene_open("now", NB_CATALOG_WORK);
}

static void
shut(void)
{
	nb_catalog_close(catalog);
	catalog = NULL;
}

/* Generation 1 on A, 2 on B; kept; then what happened since. */
static void
two_nights(void)
{
	reopen();
	nb_assert_ok(scene_commit(catalog, 'A', 1, true));
	nb_assert_ok(scene_commit(catalog, 'B', 2, true));
	shut();
	nb_catalog_close(scene_open("kept", NB_CATALOG_WORK));
	scene_copy_catalog("now", "kept");
	scene_copy_file("now", "kept", "mark");
	reopen();
}

static void
nothing(void)
{
}

static void
third_night(void)
{
	struct nb_label label = scene_label('A', 1);

	nb_assert_ok(nb_catalog_set_disc(catalog, label.disc_id,
					 NB_DISC_BLANKED, "blanked"));
	nb_assert_ok(scene_commit(catalog, 'C', 3, true));
}

static void
newest_rotten(void)
{
	nb_assert_ok(nb_catalog_set_disc(catalog, scene_label('B', 2).disc_id,
					 NB_DISC_SUSPECT, "rotten"));
}

static void
verified_again(void)
{
	nb_assert_ok(nb_catalog_verified(catalog, scene_label('A', 1).disc_id,
					 9000));
}

static void
name_given_up(void)
{
	nb_assert_ok(nb_catalog_release_name(catalog, "p", "A"));
}

enum back { CATALOG, LOST, BOTH, BOTH_LOST };

/*
 * What happened after the copy was made, what was rolled back, the disc in the
 * drive; and whether that can be told.  Where it cannot, why the promise holds
 * all the same, or what its limit is.
 */
static const struct row {
	const char *what;
	void (*since)(void);
	enum back back;
	char disc; /* a label that is seen; 0: none */
	uint64_t generation;
	bool stale;
} rows[] = {
	{ "nothing happened", nothing, CATALOG, 0, 0, false },
	{ "nothing happened, both", nothing, BOTH, 'A', 1, false },
	{ "a night", third_night, CATALOG, 0, 0, true },
	{ "a night, and the oldest disc", third_night, CATALOG, 'B', 2, true },
	{ "the newest became suspect", newest_rotten, CATALOG, 0, 0, true },
	{ "a disc was verified", verified_again, CATALOG, 0, 0, true },
	{ "a name was given up", name_given_up, CATALOG, 0, 0, true },
	{ "the catalog is lost", nothing, LOST, 0, 0, true },
	{ "lost after a night", third_night, LOST, 'B', 2, true },
	{ "all of the state directory, and the disc of that night", third_night,
	  BOTH, 'C', 3, true },
	{ "all of it lost, and any disc", third_night, BOTH_LOST, 'B', 2,
	  true },
	/* No witness.  B, which the copy calls the newest, agrees with it and
	 * takes a session at most; A is blank or bears another generation. */
	{ "all of it, and a disc that did not change", third_night, BOTH, 'B',
	  2, false },
	/* No witness, and here is the limit: the copy believes B to be good,
	 * and A, which agrees, may be blanked.  max_verify_age bounds how old
	 * that belief can be. */
	{ "all of it, after the newest became suspect", newest_rotten, BOTH,
	  'A', 1, false },
	/* Dates of verification are older than they could be: that refuses
	 * more, not less. */
	{ "all of it, after a disc was verified", verified_again, BOTH, 'A', 1,
	  false },
	/* Nothing is there that could be blanked. */
	{ "all of it lost, and no disc", third_night, BOTH_LOST, 0, 0, false },
};

#define COUNT(table) (int)(sizeof table / sizeof *table)

static void
roll_back(enum back back)
{
	bool lost = back == LOST || back == BOTH_LOST;

	shut();
	scene_copy_catalog(lost ? "nowhere" : "kept", "now");
	if (back == BOTH || back == BOTH_LOST)
		scene_copy_file(lost ? "nowhere" : "kept", "now", "mark");
	reopen();
}

START_TEST(a_catalog_that_went_back_is_known_by_its_mark_or_by_a_disc)
{
	const struct row *row = &rows[_i];
	struct nb_label seen = scene_label(row->disc, row->generation);
	bool witness, stale;

	two_nights();
	row->since();
	roll_back(row->back);
	if (row->disc)
		nb_assert_ok(nb_catalog_witness(catalog, &seen, &witness));
	reopen();
	scene_view(catalog, &stale);
	ck_assert_msg(stale == row->stale, "%s", row->what);
	shut();
}
END_TEST

START_TEST(what_is_written_to_an_old_copy_does_not_make_it_new)
{
	bool stale;

	two_nights();
	third_night();
	roll_back(CATALOG);
	for (int i = 0; i < 20; i++)
		verified_again();
	nb_assert_ok(scene_commit(catalog, 'A', 3, false));
	reopen();
	scene_view(catalog, &stale);
	ck_assert(stale);
	shut();
}
END_TEST

START_TEST(an_accepted_catalog_counts_on_where_the_lost_one_was)
{
	uint64_t next;
	bool stale;

	two_nights();
	third_night();
	roll_back(LOST);
	nb_assert_ok(nb_catalog_next_generation(catalog, "p", &next));
	ck_assert_uint_eq(next, 4);
	nb_assert_ok(nb_catalog_accept(catalog, "p"));
	reopen();
	scene_view(catalog, &stale);
	ck_assert(!stale);
	nb_assert_ok(nb_catalog_next_generation(catalog, "p", &next));
	ck_assert_uint_eq(next, 4);
	shut();
}
END_TEST

START_TEST(an_old_copy_of_an_accepted_catalog_is_stale_again)
{
	bool stale;

	two_nights();
	third_night();
	roll_back(CATALOG);
	nb_assert_ok(nb_catalog_accept(catalog, "p"));
	roll_back(CATALOG);
	scene_view(catalog, &stale);
	ck_assert(stale);
	shut();
}
END_TEST

START_TEST(a_burn_that_was_never_recorded_is_no_witness)
{
	struct nb_label dead = scene_label('C', 3);
	bool witness;

	two_nights();
	nb_assert_ok(nb_catalog_suspect(catalog, &dead, "a run died"));
	nb_assert_ok(nb_catalog_witness(catalog, &dead, &witness));
	ck_assert(!witness);
	nb_assert_ok(nb_catalog_set_disc(catalog, dead.disc_id, NB_DISC_BLANKED,
					 "blanked"));
	nb_assert_ok(nb_catalog_witness(catalog, &dead, &witness));
	ck_assert(!witness);
	shut();
}
END_TEST

START_TEST(a_peek_writes_no_mark)
{
	struct nb_label seen = scene_label('C', 9);
	bool witness, stale;

	two_nights();
	shut();
	catalog = scene_open("now", NB_CATALOG_PEEK);
	nb_assert_ok(nb_catalog_witness(catalog, &seen, &witness));
	ck_assert(witness);
	scene_view(catalog, &stale);
	ck_assert(stale);
	reopen();
	scene_view(catalog, &stale);
	ck_assert(!stale);
	shut();
}
END_TEST

START_TEST(a_run_that_died_before_it_marked_is_made_up_for)
{
	bool stale;

	two_nights();
	third_night();
	shut();
	scene_copy_file("kept", "now", "mark");
	reopen();
	scene_view(catalog, &stale);
	ck_assert(!stale);
	roll_back(CATALOG);
	scene_view(catalog, &stale);
	ck_assert(stale);
	shut();
}
END_TEST

START_TEST(each_flipped_bit_of_a_mark_is_seen)
{
	char *text;
	size_t n;
	bool stale;

	two_nights();
	nb_assert_ok(nb_fd_load(AT_FDCWD, nb_test_path("now/mark"), 4096, &text,
				&n));
	shut();
	for (size_t bit = 0; bit < 8 * n; bit += nb_test_sample()) {
		text[bit / 8] ^= (char)(1 << bit % 8);
		nb_assert_ok(nb_fd_save(AT_FDCWD, nb_test_path("now/mark"),
					text, n, 0600));
		text[bit / 8] ^= (char)(1 << bit % 8);
		catalog = scene_open("now", NB_CATALOG_PEEK);
		scene_view(catalog, &stale);
		ck_assert_msg(stale, "bit %zu", bit);
		shut();
	}
	ck_assert_ptr_nonnull(strstr(nb_test_log(),
				     "the mark of the catalog "
				     "is damaged\nhint: run nightburn catalog "
				     "rebuild"));
	reopen();
	nb_assert_ok(nb_catalog_accept(catalog, "p"));
	reopen();
	scene_view(catalog, &stale);
	ck_assert(!stale);
	shut();
	free(text);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(
		tc, a_catalog_that_went_back_is_known_by_its_mark_or_by_a_disc,
		0, COUNT(rows));
	tcase_add_test(tc, what_is_written_to_an_old_copy_does_not_make_it_new);
	tcase_add_test(tc,
		       an_accepted_catalog_counts_on_where_the_lost_one_was);
	tcase_add_test(tc, an_old_copy_of_an_accepted_catalog_is_stale_again);
	tcase_add_test(tc, a_burn_that_was_never_recorded_is_no_witness);
	tcase_add_test(tc, a_peek_writes_no_mark);
	tcase_add_test(tc, a_run_that_died_before_it_marked_is_made_up_for);
	tcase_add_test(tc, each_flipped_bit_of_a_mark_is_seen);
}

int
main(void)
{
	Suite *suite = suite_create("catalog_mark");

	scene_add_cases(suite, 60, add);
	return nb_test_main(suite);
}
