/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A catalog engine that keeps its rows in the memory of the test: the smallest
 * one that does all that store/catalog_driver.h asks for, but writing anything
 * down.  What is closed is there when it is opened again, as with a file.
 */
#ifndef NB_TEST_MEMORY_DRIVER_H
#define NB_TEST_MEMORY_DRIVER_H

#include "store/catalog_driver.h"

extern const struct nb_catalog_driver memory_driver;

/* What is at FROM is now at TO, too, instead of what was there; where there is
 * nothing, TO has nothing either. */
void memory_copy(const char *from, const char *to);

#endif
