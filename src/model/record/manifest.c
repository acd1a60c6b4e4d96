/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/manifest_private.h"

#include <stdlib.h>
#include <string.h>

bool
nb_job_is_by_hand(const char *job)
{
	return !strcmp(job, NB_JOB_BY_HAND);
}

bool
nb_manifest_is_earlier(const char *path)
{
	static const char folder[] = "nightburn/", name[] = "/manifest.json";
	size_t before = strlen(folder), id;

	if (strncmp(path, folder, before))
		return false;
	id = strcspn(path + before, "/");
	return id && !strcmp(path + before + id, name)
		&& strcmp(path, NB_MANIFEST_COPY);
}

void
nb_manifest_clear(struct nb_manifest *m)
{
	for (size_t i = 0; i < m->sources.count; i++)
		nb_manifest_source_clear(&m->sources.at[i]);
	nb_array_free(&m->sources);
	nb_shrinks_free(&m->shrinks);
	memset(m, 0, sizeof *m);
}

static void
add_text(struct nb_str *s, const char *member, const char *text)
{
	if (!text)
		return;
	nb_str_add(s, ",");
	nb_manifest_add_bytes(s, member, text);
}

static void
add_shrinks(struct nb_str *s, const struct nb_shrinks *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct nb_shrink *one = &list->at[i];

		nb_str_add(s, i ? ",\n{" : "\"shrunk\":[\n{");
		nb_manifest_add_bytes(s, "kind", one->kind);
		nb_str_add(s, ",");
		nb_manifest_add_bytes(s, "name", one->name);
		add_text(s, "mount", one->mount);
		add_text(s, "of", one->of);
		add_text(s, "is", one->is);
		add_text(s, "had", one->had);
		nb_str_addf(s, ",\"what\":\"%s\",\"before\":%llu,\"now\":%llu}",
			    nb_shrink_name(one->what),
			    (unsigned long long)one->before,
			    (unsigned long long)one->now);
	}
	if (list->count)
		nb_str_add(s, "\n],\n");
}

/* With blanks for what is not there. */
static void
add_room(struct nb_str *s, const struct nb_manifest *m)
{
	size_t end = s->length + m->room;

	add_shrinks(s, &m->shrinks);
	while (!s->failed && s->length < end)
		nb_str_add(s, s->length + 1 < end ? " " : "\n");
}

enum nb_err
nb_manifest_reserve(struct nb_manifest *m, const struct nb_shrinks *more)
{
	struct nb_shrinks all = NB_ARRAY_INIT;
	struct nb_str s = NB_STR_INIT;
	enum nb_err err = nb_shrinks_copy(&m->shrinks, &all);

	if (!err)
		err = nb_shrinks_copy(more, &all);
	if (!err)
		add_shrinks(&s, &all);
	if (!err && s.failed)
		err = nb_fail_memory();
	if (!err)
		m->room = s.length;
	nb_str_free(&s);
	nb_shrinks_free(&all);
	return err;
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
	if (m->installation[0]) {
		nb_str_add(s, ",\"installation\":");
		nb_str_add_json(s, m->installation);
	}
	nb_str_add(s, ",\n\"sources\":[");
	for (size_t i = 0; i < m->sources.count; i++) {
		nb_str_add(s, i ? ",\n" : "\n");
		nb_manifest_add_source(s, &m->sources.at[i]);
	}
	nb_str_add(s, "\n],\n");
	add_room(s, m);
}

/* Does a reader accept the text that was rendered? */
struct rendering {
	struct nb_str s;
	const struct nb_manifest *m;
	const char *comma;
	enum nb_err err;
};

/* One entry per line: readers process them one by one. */
static void
add_line(struct rendering *r, const struct nb_entry *e, const char *archive)
{
	size_t before = r->s.length;

	nb_str_addf(&r->s, "%s\n", r->comma);
	/* The state is only needed by a later session of the same disc. */
	nb_manifest_add_entry(&r->s, e, !archive && r->m->disc_id[0] != '\0',
			      archive);
	r->comma = ",";
	if (r->s.length - before > NB_MANIFEST_LINE_MAX)
		r->err = nb_fail(NB_EFULL,
				 "%s: its name, extended attributes and holes "
				 "are too large for the manifest",
				 e->path);
}

/* A file with the hashes of all others cannot contain its own. */
static bool
is_listed(const char *path)
{
	return strcmp(path, NB_MANIFEST_PATH) && strcmp(path, NB_SUMS_PATH)
		&& strcmp(path, NB_MANIFEST_COPY) && strcmp(path, NB_SUMS_COPY);
}

static void
add_files(struct rendering *r, const struct nb_entries *entries)
{
	const struct nb_manifest_sources *sources = &r->m->sources;

	nb_str_add(&r->s, "\"files\":[");
	for (size_t i = 0; !r->err && i < entries->count; i++)
		if (is_listed(entries->at[i].path))
			add_line(r, &entries->at[i], NULL);
	for (size_t i = 0; i < sources->count; i++) {
		const struct nb_manifest_source *of = &sources->at[i];

		for (size_t k = 0; !r->err && k < of->members.count; k++)
			add_line(r, &of->members.at[k], of->path);
	}
	nb_str_add(&r->s, "\n]}\n");
}

enum nb_err
nb_manifest_render(const struct nb_manifest *m,
		   const struct nb_entries *entries, char **text,
		   size_t *length)
{
	struct rendering r = { .s = NB_STR_INIT, .m = m, .comma = "" };
	char max[16], has[16];
	size_t n;

	add_head(&r.s, m);
	if (r.s.length > NB_MANIFEST_HEAD_MAX)
		r.err = nb_fail(NB_EFULL,
				"the manifest's list of sources takes %s, "
				"at most %s are allowed",
				nb_str_size(r.s.length, has),
				nb_str_size(NB_MANIFEST_HEAD_MAX, max));
	else if (!r.s.failed
		 && nb_json_cost(r.s.text, r.s.length) > NB_MANIFEST_HEAD_COST)
		r.err = nb_fail(NB_EFULL,
				"the manifest's list of sources, %s, takes "
				"more memory to read than is allowed",
				nb_str_size(r.s.length, has));
	if (!r.err)
		add_files(&r, entries);
	if (r.err) {
		nb_str_free(&r.s);
		return r.err;
	}
	n = r.s.length;
	r.err = nb_str_take(&r.s, text);
	if (!r.err)
		*length = n;
	return r.err;
}
