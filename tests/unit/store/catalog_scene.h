/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A catalog of the pool "p" with the discs A and B, in few words.
 */
#ifndef NB_TEST_CATALOG_SCENE_H
#define NB_TEST_CATALOG_SCENE_H

#include <check.h>

#include "store/catalog_driver.h"

extern const struct nb_names scene_names;

/*
 * Adds a case of TESTS for each catalog engine, SQLite's and the one in memory
 * (memory_driver.h).  What opens a catalog opens one of that engine.
 */
void scene_add_cases(Suite *suite, int deadline, void (*add)(TCase *tc));

/* The engine of this case; SQLite's outside of them. */
const struct nb_catalog_driver *scene_driver(void);

/* FROM/catalog.db becomes TO/catalog.db, and the same of the mark; where there
 * is none, TO has none either. */
void scene_copy_catalog(const char *from, const char *to);
void scene_copy_file(const char *from, const char *to, const char *name);

/* Opens DIR/catalog.db of the test's directory (DIR made when missing), which
 * has to succeed. */
struct nb_catalog *scene_open(const char *dir, enum nb_catalog_mode mode);

/* The label of a disc: its id has 32 times the letter of its name in lower
 * case. */
struct nb_label scene_label(char disc, uint64_t generation);

/* Commits a backup of one file, "b<generation>", to the disc, written afresh
 * when FIRST. */
enum nb_err scene_commit(struct nb_catalog *catalog, char disc,
			 uint64_t generation, bool first);

/* The view of the pool as text: "A good 1 b1, B unused 0 , newest 1". */
const char *scene_view(struct nb_catalog *catalog, bool *stale);

#endif
