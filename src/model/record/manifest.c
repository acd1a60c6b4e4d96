/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/manifest_private.h"

#include <stdlib.h>
#include <string.h>

bool
nb_manifest_is_earlier(const char *path)
{
	static const char folder[] = "nightburn/", name[] = "/manifest.json";
	size_t n = strlen(path), before = strlen(folder), after = strlen(name);

	return n > before + after && !strncmp(path, folder, before)
		&& !strcmp(path + n - after, name);
}

void
nb_manifest_clear(struct nb_manifest *m)
{
	for (size_t i = 0; i < m->sources.count; i++)
		nb_manifest_source_clear(&m->sources.at[i]);
	nb_array_free(&m->sources);
	memset(m, 0, sizeof *m);
}

static void
add_head(struct nb_str *s, const struct nb_manifest *m)
{
	nb_str_addf(s,
		    "{\"nightburn_manifest\":%d,\"filters\":true,\n"
		    "\"backup_id\":",
		    NB_MANIFEST_VERSION);
	nb_str_add_json(s, m->backup_id);
	nb_str_addf(s, ",\"generation\":%llu,\"created\":%lld,\n\"job\":",
		    (unsigned long long)m->generation, (long long)m->created);
	nb_str_add_json(s, m->job);
	nb_str_add(s, ",\"pool\":");
	nb_str_add_json(s, m->pool);
	nb_str_add(s, ",\"disc\":");
	nb_str_add_json(s, m->disc);
	nb_str_add(s, ",\"disc_id\":");
	nb_str_add_json(s, m->disc_id);
	nb_str_add(s, ",\"host\":");
	nb_str_add_json(s, m->host);
	nb_str_add(s, ",\n\"sources\":[");
	for (size_t i = 0; i < m->sources.count; i++) {
		nb_str_add(s, i ? ",\n" : "\n");
		nb_manifest_add_source(s, &m->sources.at[i]);
	}
	nb_str_add(s, "\n],\n");
}

/* One entry a line: readers take them one by one. */
static void
add_line(struct nb_str *s, const struct nb_manifest *m,
	 const struct nb_entry *e, const char *archive, const char **comma)
{
	nb_str_addf(s, "%s\n", *comma);
	/* Only a later session of that disc asks for the state. */
	nb_manifest_add_entry(s, e, !archive && m->disc_id[0] != '\0', archive);
	*comma = ",";
}

enum nb_err
nb_manifest_render(const struct nb_manifest *m,
		   const struct nb_entries *entries, char **text,
		   size_t *length)
{
	struct nb_str s = NB_STR_INIT;
	const char *comma = "";
	enum nb_err err;
	size_t n;

	add_head(&s, m);
	nb_str_add(&s, "\"files\":[");
	for (size_t i = 0; i < entries->count; i++)
		if (strcmp(entries->at[i].path, NB_MANIFEST_PATH)
		    && strcmp(entries->at[i].path, NB_SUMS_PATH))
			add_line(&s, m, &entries->at[i], NULL, &comma);
	for (size_t i = 0; i < m->sources.count; i++) {
		const struct nb_manifest_source *of = &m->sources.at[i];

		for (size_t k = 0; k < of->members.count; k++)
			add_line(&s, m, &of->members.at[k], of->path, &comma);
	}
	nb_str_add(&s, "\n]}\n");
	n = s.length;
	err = nb_str_take(&s, text);
	if (!err)
		*length = n;
	return err;
}
