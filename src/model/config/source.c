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
