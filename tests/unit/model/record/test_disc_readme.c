/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "model/record/disc_readme.h"
#include "model/source_kind.h"

#define LONG "a-host-with-a-name-of-some-length.in-a-domain.example.org"
#define DEEP                                                              \
	"20261121T011500Z-0123456789abcdef/tree/a name with spaces that " \
	"is longer than a line of eighty columns can be"

static void
add(struct nb_manifest *m, const char *kind, const char *name, const char *path)
{
	struct nb_manifest_source source = { .kind = strdup(kind),
					     .name = strdup(name),
					     .path = strdup(path) };

	nb_assert_ok(nb_array_push(&m->sources, source));
}

START_TEST(what_stands_on_a_disc_is_wrapped_and_paths_are_whole)
{
	struct nb_manifest manifest = {
		.backup_id = "20261121T011500Z-0123456789abcdef",
		.generation = 7,
		.job = "nightly",
		.host = LONG,
	};
	const struct nb_manifest *const backups[] = { &manifest };
	const struct nb_source_kind kind = { .name = "postgres",
					     .server = "PostgreSQL" };
	const struct nb_source_kind *const kinds[] = { &kind, NULL };
	const struct nb_disc_readme_facts facts = { backups, 1, "DB_A", kinds };
	char *text;

	add(&manifest, "tree", "etc", "b1/tree/etc");
	add(&manifest, "postgres",
	    "a database with a long name for a line of this kind",
	    "b1/postgres/name.dump");
	manifest.sources.at[1].format = strdup("custom");
	manifest.sources.at[1].server_version = strdup("15.18");
	add(&manifest, "tree", "deep", DEEP);
	nb_assert_ok(nb_disc_readme_text(&facts, &text));
	ck_assert_ptr_nonnull(
		strstr(text,
		       "\n20261121T011500Z-0123456789abcdef  generation "
		       "7, 1970-01-01T00:00:00Z, job\n"
		       "      nightly, host " LONG "\n"
		       "    tree etc: b1/tree/etc\n"
		       "    postgres a database with a long name for a "
		       "line of this kind (custom,\n"
		       "      PostgreSQL 15.18): b1/postgres/name.dump\n"
		       "    tree deep:\n"
		       "      " DEEP "\n"));
	free(text);
	nb_assert_ok(nb_disc_restore_text(&facts, &text));
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (!strstr(line, DEEP))
			ck_assert_uint_le(strlen(line), 80);
	free(text);
	nb_manifest_clear(&manifest);
}
END_TEST

/* Whatever the disc lacks of a file, its path is there once. */
START_TEST(a_file_that_the_disc_lacks_something_of_is_listed_once)
{
	static const enum nb_note notes[] = { NB_NOTE_DATE, NB_NOTE_XATTRS,
					      NB_NOTE_FLAGS };
	struct nb_manifest manifest = { .backup_id = "b1", .job = "j" };
	const struct nb_manifest *const backups[] = { &manifest };
	const struct nb_source_kind *const kinds[] = { NULL };
	const struct nb_disc_readme_facts facts = { backups, 1, "DB_A", kinds };
	const char *first;
	char *text;

	add(&manifest, "tree", "etc", "b1/tree/etc");
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
		nb_assert_ok(nb_manifest_source_note(&manifest.sources.at[0],
						     notes[i], "old", 1));
	nb_assert_ok(nb_manifest_source_note(&manifest.sources.at[0],
					     NB_NOTE_FLAGS, "locked", 1));
	nb_assert_ok(nb_disc_restore_text(&facts, &text));
	first = strstr(text, "  b1/tree/etc/old\n");
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_null(strstr(first + 1, "  b1/tree/etc/old\n"));
	ck_assert_ptr_nonnull(strstr(first, "  b1/tree/etc/locked\n"));
	free(text);
	nb_manifest_clear(&manifest);
}
END_TEST

START_TEST(the_newest_backup_is_one_of_a_job)
{
	static const struct nb_manifest by_hand = { .backup_id = "b3",
						    .job = NB_JOB_BY_HAND },
					newer = { .backup_id = "b2",
						  .job = "nightly" },
					older = { .backup_id = "b1",
						  .job = "nightly" };
	static const struct {
		const struct nb_manifest *backups[3];
		const char *says;
	} cases[] = {
		{ { &by_hand, &newer, &older },
		  "\nThe newest backup of a job is b2.\n" },
		{ { &newer, &by_hand, &older },
		  "\nThe newest backup of a job is b2.\n" },
		{ { &by_hand, &by_hand, &by_hand },
		  "\nThe newest backup of a job is b3.\n" },
	};
	const struct nb_source_kind *const kinds[] = { NULL };
	const struct nb_disc_readme_facts facts = { cases[_i].backups, 3,
						    "DB_A", kinds };
	char *text;

	nb_assert_ok(nb_disc_restore_text(&facts, &text));
	ck_assert_ptr_nonnull(strstr(text, cases[_i].says));
	free(text);
}
END_TEST

/* A mark may be a line of its own or in one; parts have parts; the same part of
 * two kinds is put twice; what is no mark stays. */
START_TEST(a_text_is_completed_by_the_parts_of_the_kinds)
{
	static const struct nb_manifest manifest = { .backup_id = "b1",
						     .job = "@LINE@",
						     .host = "h" };
	static const struct nb_disc_part ones[] = { { "LINE", "one\n<@IN@>\n" },
						    { "IN", "a @ b" },
						    { NULL, NULL } },
					 twos[] = { { "LINE", "two\n" },
						    { NULL, NULL } };
	static const struct nb_source_kind one = { .name = "1", .parts = ones },
					   none = { .name = "0" },
					   two = { .name = "2", .parts = twos };
	const struct nb_source_kind *const kinds[] = { &one, &none, &two,
						       NULL };
	const struct nb_manifest *const backups[] = { &manifest };
	const struct nb_disc_readme_facts facts = { backups, 1, "DB_A", kinds };
	struct nb_str s = NB_STR_INIT;

	nb_disc_expand(&s, "@LINE@\n\"$@\" @IN@ @NO@ @in@ @@\n@CONTENTS@\n",
		       &facts);
	ck_assert_str_eq(s.text,
			 "one\n<a @ b>\ntwo\n\"$@\" a @ b  @in@ @@\n"
			 "\titem backup 'b1' '0' '1970-01-01T00:00:00Z' "
			 "'@LINE@' 'h'\n");
	nb_str_free(&s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("disc_readme");
	TCase *tc = tcase_create("disc_readme");

	tcase_add_test(tc,
		       what_stands_on_a_disc_is_wrapped_and_paths_are_whole);
	tcase_add_test(tc, a_text_is_completed_by_the_parts_of_the_kinds);
	tcase_add_test(tc,
		       a_file_that_the_disc_lacks_something_of_is_listed_once);
	tcase_add_loop_test(tc, the_newest_backup_is_one_of_a_job, 0, 3);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
