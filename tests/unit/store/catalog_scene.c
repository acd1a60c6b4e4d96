/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "catalog_scene.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "memory_driver.h"
#include "support.h"

static char *name_list[] = { (char *)"A", (char *)"B" };
const struct nb_names scene_names = { name_list, 2, 2 };

static const struct nb_catalog_driver *driver = &nb_catalog_sqlite;

static void
use_sqlite(void)
{
	driver = &nb_catalog_sqlite;
}

static void
use_memory(void)
{
	driver = &memory_driver;
}

static const struct {
	const char *name;
	void (*use)(void);
} engines[] = {
	{ "sqlite", use_sqlite },
	{ "memory", use_memory },
};

void
scene_add_cases(Suite *suite, int deadline, void (*add)(TCase *tc))
{
	for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
		TCase *tc = nb_test_case(engines[i].name, deadline);

		tcase_add_checked_fixture(tc, engines[i].use, use_sqlite);
		add(tc);
		suite_add_tcase(suite, tc);
	}
}

const struct nb_catalog_driver *
scene_driver(void)
{
	return driver;
}

void
scene_copy_file(const char *from, const char *to, const char *name)
{
	char path[64], *text;
	size_t n;

	snprintf(path, sizeof path, "%s/%s", to, name);
	unlink(nb_test_path(path));
	snprintf(path, sizeof path, "%s/%s", from, name);
	if (nb_fd_load(AT_FDCWD, nb_test_path(path), 1 << 24, &text, &n))
		return;
	snprintf(path, sizeof path, "%s/%s", to, name);
	nb_assert_ok(nb_fd_save(AT_FDCWD, nb_test_path(path), text, n, 0600));
	free(text);
}

void
scene_copy_catalog(const char *from, const char *to)
{
	char source[64], target[64];

	snprintf(source, sizeof source, "%s/catalog.db", from);
	snprintf(target, sizeof target, "%s/catalog.db", to);
	if (driver == &memory_driver)
		memory_copy(nb_test_path(source), nb_test_path(target));
	else
		scene_copy_file(from, to, "catalog.db");
}

struct nb_catalog *
scene_open(const char *dir, enum nb_catalog_mode mode)
{
	struct nb_catalog *catalog = NULL;
	char name[64];

	mkdir(nb_test_path(dir), 0700);
	snprintf(name, sizeof name, "%s/catalog.db", dir);
	nb_assert_ok(nb_catalog_open_with(driver, nb_test_path(name), mode,
					  &catalog));
	return catalog;
}

struct nb_label
scene_label(char disc, uint64_t generation)
{
	struct nb_label label = {
		.pool = "p",
		.disc = { disc },
		.generation = generation,
		.created = 1000 + (int64_t)generation,
	};

	memset(label.disc_id, tolower(disc), NB_ID_HEX);
	snprintf(label.backup_id, sizeof label.backup_id, "b%u",
		 (unsigned int)generation);
	return label;
}

enum nb_err
scene_commit(struct nb_catalog *catalog, char disc, uint64_t generation,
	     bool first)
{
	struct nb_label label = scene_label(disc, generation);
	struct nb_manifest m = {
		.generation = generation,
		.job = "j",
		.pool = "p",
		.host = "h",
		.created = label.created,
	};
	struct nb_entries entries = NB_ARRAY_INIT;
	struct nb_catalog_session session = {
		.label = &label,
		.manifest = &m,
		.entries = &entries,
		.number = 1,
		.start = 32,
		.blocks = 100,
		.profile = "CD-RW",
		.capacity = 1000,
		.first = first,
		.verified = 5000,
	};
	enum nb_err err;

	strcpy(m.backup_id, label.backup_id);
	err = nb_entries_add_text(&entries, "id/tree/file", "x", 1, 7);
	if (!err)
		err = nb_catalog_commit(catalog, &session);
	nb_entries_free(&entries);
	return err;
}

const char *
scene_view(struct nb_catalog *catalog, bool *stale)
{
	static char text[256];
	struct nb_pool_view view;
	size_t n = 0;

	text[0] = '\0';
	if (nb_catalog_pool(catalog, "p", &scene_names, &view))
		return text;
	for (size_t i = 0; i < view.discs.count; i++) {
		const struct nb_pool_disc *d = &view.discs.at[i];

		n += (size_t)snprintf(
			text + n, sizeof text - n, "%s %s %u %s, ", d->name,
			nb_disc_state_name(d->state),
			(unsigned int)d->generation, d->backup_id);
	}
	snprintf(text + n, sizeof text - n, "newest %u",
		 (unsigned int)view.generation);
	if (stale)
		*stale = view.stale;
	nb_pool_view_clear(&view);
	return text;
}
