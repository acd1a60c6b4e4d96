/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/own_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static enum nb_err
with_length(enum nb_err err, char *const *text, size_t *length)
{
	if (!err)
		*length = strlen(*text);
	return err;
}

static enum nb_err
render_readme(const struct nb_own_facts *facts, char **text, size_t *length)
{
	return with_length(nb_disc_readme_text(facts->readme, text), text,
			   length);
}

static enum nb_err
render_restore(const struct nb_own_facts *facts, char **text, size_t *length)
{
	return with_length(nb_disc_restore_text(facts->readme, text), text,
			   length);
}

static enum nb_err
render_page(const struct nb_own_facts *facts, char **text, size_t *length)
{
	return with_length(nb_disc_page_text(facts->readme, text), text,
			   length);
}

static enum nb_err
render_script(const struct nb_own_facts *facts, char **text, size_t *length)
{
	return with_length(nb_disc_script_text(facts->readme, text), text,
			   length);
}

static enum nb_err
render_label(const struct nb_own_facts *facts, char **text, size_t *length)
{
	*text = NULL;
	return facts->label
		? with_length(nb_label_render(facts->label, text), text, length)
		: NB_OK;
}

static enum nb_err
render_manifest(const struct nb_own_facts *facts, char **text, size_t *length)
{
	enum nb_err err = nb_manifest_render(facts->manifest, facts->entries,
					     text, length);

	if (err || !facts->key)
		return err;
	err = nb_manifest_mac_add(text, length, facts->key);
	if (err)
		free(*text);
	return err;
}

/* SHA256SUMS covers the files of this session and those of earlier ones that
 * stay. */
static enum nb_err
render_sums(const struct nb_own_facts *facts, char **text, size_t *length)
{
	return nb_sums_render(facts->entries, facts->kept, text, length);
}

/* Files with the hashes of others come last on the disc, and once more after
 * the gap, NB_GAP_WEIGHT.  So does the label, although it is known earlier: a
 * session that is cut short must not have one. */
const struct nb_own_file nb_own_files[NB_OWN_FILES] = {
	/* path, of, mode, weight, late, kept, render */
	{ "README.txt", NULL, 0444, 0, false, false, render_readme },
	{ "RESTORE.txt", NULL, 0444, 0, false, false, render_restore },
	{ "index.html", NULL, 0444, 0, false, false, render_page },
	{ "restore.sh", NULL, 0555, 0, false, false, render_script },
	{ NB_LABEL_PATH, NULL, 0444, -500, false, true, render_label },
	{ NB_MANIFEST_PATH, NULL, 0444, -1000, true, true, render_manifest },
	{ NB_SUMS_PATH, NULL, 0444, -2000, true, false, render_sums },
	{ NB_LABEL_COPY, NB_LABEL_PATH, 0444, -4000, false, true,
	  render_label },
	{ NB_MANIFEST_COPY, NB_MANIFEST_PATH, 0444, -5000, true, true,
	  render_manifest },
	{ NB_SUMS_COPY, NB_SUMS_PATH, 0444, -6000, true, false, render_sums },
};

const struct nb_own_file *
nb_own_file_find(const char *path)
{
	for (size_t i = 0; i < NB_OWN_FILES; i++)
		if (!strcmp(nb_own_files[i].path, path))
			return &nb_own_files[i];
	return NULL;
}

bool
nb_own_path(const char *path)
{
	return nb_own_file_find(path) || !strncmp(path, "nightburn/", 10);
}

void
nb_own_files_rest(const struct nb_entries *entries, uint64_t *files,
		  uint64_t *bytes)
{
	*files = *bytes = 0;
	for (size_t i = 0; i < entries->count; i++) {
		const struct nb_entry *e = &entries->at[i];

		if (e->type != NB_ENTRY_FILE || nb_own_path(e->path))
			continue;
		++*files;
		*bytes += e->size;
	}
}

enum nb_err
nb_own_file_moved(const char *path, const char *id, char **out)
{
	const struct nb_own_file *file = nb_own_file_find(path);

	*out = NULL;
	return file && file->kept ? nb_str_format(out, "nightburn/%s/%s", id,
						  strchr(path, '/') + 1)
				  : NB_OK;
}

static enum nb_err
add_late(const struct nb_own_file *file, int64_t date,
	 struct nb_entries *entries)
{
	struct nb_entry e = {
		.type = NB_ENTRY_FILE,
		.content = NB_CONTENT_LATE,
		.mode = file->mode,
		.mtime = date,
	};
	enum nb_err err = nb_str_dup(file->path, &e.path);

	return err ? err : nb_entries_add(entries, &e);
}

static enum nb_err
add_text(const struct nb_own_file *file, const struct nb_own_facts *facts,
	 int64_t date, struct nb_entries *entries)
{
	char *text = NULL;
	size_t length;
	enum nb_err err = file->render(facts, &text, &length);

	if (err || !text)
		return err;
	err = nb_entries_add_text(entries, file->path, text, length, date);
	if (!err)
		entries->at[entries->count - 1].mode = file->mode;
	free(text);
	return err;
}

enum nb_err
nb_own_files_add(const struct nb_own_facts *facts, struct nb_entries *entries)
{
	int64_t date = facts->manifest->created;
	enum nb_err err = nb_entries_add_dir(entries, "nightburn", date);

	if (!err)
		err = nb_entries_add_dir(entries, "nightburn/copy", date);
	for (size_t i = 0; !err && i < NB_OWN_FILES; i++) {
		const struct nb_own_file *file = &nb_own_files[i];

		err = file->late ? add_late(file, date, entries)
				 : add_text(file, facts, date, entries);
	}
	return err;
}

enum nb_err
nb_own_files_measure(const struct nb_own_facts *facts,
		     struct nb_entries *entries)
{
	for (size_t i = 0; i < NB_OWN_FILES; i++) {
		const struct nb_own_file *file = &nb_own_files[i];
		struct nb_entry *e = nb_entries_find(entries, file->path);
		size_t length;
		enum nb_err err;
		char *text;

		if (!file->late)
			continue;
		if (file->of) {
			e->size = nb_entries_find(entries, file->of)->size;
			continue;
		}
		err = file->render(facts, &text, &length);
		if (err)
			return err;
		free(text);
		e->size = length;
	}
	return NB_OK;
}

void
nb_own_files_share(struct nb_entries *entries)
{
	for (size_t i = 0; i < NB_OWN_FILES; i++) {
		const struct nb_own_file *file = &nb_own_files[i];
		struct nb_entry *copy = nb_entries_find(entries, file->path);
		const struct nb_entry *of =
			file->of ? nb_entries_find(entries, file->of) : NULL;

		if (!copy || !of || copy->hashed || !of->hashed)
			continue;
		memcpy(copy->sha256, of->sha256, sizeof copy->sha256);
		copy->hashed = true;
	}
}
