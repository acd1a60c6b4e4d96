/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "catalog_scene.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "support.h"

static char *name_list[] = { (char *)"A", (char *)"B" };
const struct nb_names scene_names = { name_list, 2, 2 };

struct nb_catalog *
scene_open(const char *dir, enum nb_catalog_mode mode)
{
	struct nb_catalog *catalog = NULL;
	char name[64];

	mkdir(nb_test_path(dir), 0700);
	snprintf(name, sizeof name, "%s/catalog.db", dir);
	nb_assert_ok(nb_catalog_open(nb_test_path(name), mode, &catalog));
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
scene_view(struct nb_catalog *catalog, bool *behind)
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
	if (behind)
		*behind = view.behind;
	nb_pool_view_clear(&view);
	return text;
}
