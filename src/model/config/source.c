/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "model/config/build.h"

const struct nb_source_kind *
nb_source_kind(const struct nb_source_kind *const *kinds, const char *name)
{
	while (*kinds && strcmp((*kinds)->name, name))
		kinds++;
	return *kinds;
}

enum nb_err
nb_config_source_begin(const struct nb_source_kind *kind,
		       struct nb_config_source *source)
{
	source->kind = kind;
	source->options = calloc(1, kind->size);
	if (!source->options)
		return nb_fail_memory();
	if (kind->begin)
		kind->begin(source->options);
	return NB_OK;
}

enum nb_err
nb_config_source_end(const char *file, struct nb_config_source *source)
{
	return source->kind->end ? source->kind->end(file, source) : NB_OK;
}

void
nb_config_source_clear(struct nb_config_source *source)
{
	const struct nb_field *field;

	if (source->options) {
		for (field = source->kind->fields; field->name; field++)
			nb_value_clear(field, source->options);
		if (source->kind->clear)
			source->kind->clear(source->options);
		free(source->options);
	}
	free(source->name);
	memset(source, 0, sizeof *source);
}

static const struct nb_config_source *
find_source(const struct nb_config_job *job, const char *kind, const char *name)
{
	for (size_t i = 0; i < job->sources.count; i++) {
		const struct nb_config_source *s = &job->sources.at[i];

		if (!strcmp(s->kind->name, kind)
		    && (!name || !strcmp(s->name, name)))
			return s;
	}
	return NULL;
}

const struct nb_config_source *
nb_config_source(const struct nb_config *config, const char *job,
		 const char *kind, const char *name)
{
	const struct nb_config_source *found = NULL;

	for (size_t i = 0; i < config->jobs.count; i++) {
		if (strcmp(config->jobs.at[i].name, job))
			continue;
		found = find_source(&config->jobs.at[i], kind, name);
		if (!found)
			found = find_source(&config->jobs.at[i], kind, NULL);
	}
	return found;
}

/* Is NAME that of the archive to which the tree OTHER is packed? */
static bool
is_archive_of(const char *name, const char *other)
{
	size_t n = strlen(other);

	return !strncmp(name, other, n) && !strcmp(name + n, ".tar.zst");
}

static enum nb_err
refuse(const char *file, const struct nb_config_source *source,
       const char *what, const struct nb_config_source *other)
{
	return nb_fail(NB_ECONFIG,
		       "%s:%d: %s \"%s\": the %s in line %d has %s; expected "
		       "a unique name",
		       file, source->line, source->kind->name, source->name,
		       other->kind->name, other->line, what);
}

static enum nb_err
check_pair(const char *file, const struct nb_config_source *source,
	   const struct nb_config_source *other)
{
	bool same_kind = source->kind == other->kind;

	if (source->kind->once && same_kind)
		return nb_fail(NB_ECONFIG,
			       "%s:%d: %s \"%s\": a second one; expected one "
			       "per job",
			       file, source->line, source->kind->name,
			       source->name);
	if (!source->kind->directory || !other->kind->directory)
		return NB_OK;
	if (!strcmp(source->name, other->name))
		return refuse(file, source, "the same name", other);
	if (same_kind
	    && (is_archive_of(source->name, other->name)
		|| is_archive_of(other->name, source->name)))
		return refuse(file, source, "the same name, but for .tar.zst",
			      other);
	return NB_OK;
}

enum nb_err
nb_config_source_unique(const char *file,
			const struct nb_config_sources *sources, size_t i)
{
	enum nb_err err = NB_OK;

	for (size_t k = 0; !err && k < i; k++)
		err = check_pair(file, &sources->at[i], &sources->at[k]);
	return err;
}
