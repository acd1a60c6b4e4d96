/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static void
names_free(struct nb_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->at[i]);
	nb_array_free(names);
}

static void
source_clear(struct nb_config_source *s)
{
	free(s->name);
	free(s->database);
	free(s->conninfo);
	free(s->run_as);
	free(s->pg_dump);
	free(s->pg_dumpall);
	free(s->pg_restore);
	free(s->path);
	names_free(&s->exclude);
}

static void
job_clear(struct nb_config_job *job)
{
	for (size_t i = 0; i < job->sources.count; i++)
		source_clear(&job->sources.at[i]);
	nb_array_free(&job->sources);
	free(job->name);
	free(job->pool);
}

void
nb_config_free(struct nb_config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->drives.count; i++) {
		free(config->drives.at[i].name);
		free(config->drives.at[i].device);
	}
	for (size_t i = 0; i < config->pools.count; i++) {
		free(config->pools.at[i].name);
		names_free(&config->pools.at[i].discs);
		names_free(&config->pools.at[i].drives);
	}
	for (size_t i = 0; i < config->jobs.count; i++)
		job_clear(&config->jobs.at[i]);
	nb_array_free(&config->drives);
	nb_array_free(&config->pools);
	nb_array_free(&config->jobs);
	free(config->file);
	free(config->state_dir);
	free(config->staging_dir);
	free(config);
}

const struct nb_config_drive *
nb_config_drive(const struct nb_config *config, const char *name)
{
	for (size_t i = 0; i < config->drives.count; i++)
		if (!strcmp(config->drives.at[i].name, name))
			return &config->drives.at[i];
	return NULL;
}

const struct nb_config_pool *
nb_config_pool(const struct nb_config *config, const char *name)
{
	for (size_t i = 0; i < config->pools.count; i++)
		if (!strcmp(config->pools.at[i].name, name))
			return &config->pools.at[i];
	return NULL;
}

static enum nb_err
no_such_job(const struct nb_config *config, const char *name)
{
	struct nb_str s = NB_STR_INIT;
	char *names;
	enum nb_err err;

	for (size_t i = 0; i < config->jobs.count; i++)
		nb_str_addf(&s, "%s%s", i ? ", " : "",
			    config->jobs.at[i].name);
	err = nb_str_take(&s, &names);
	if (err)
		return err;
	err = name ? nb_fail(NB_ENOTFOUND, "%s: no such job in %s\nhint: the "
			     "jobs are: %s", name, config->file, names)
		: nb_fail(NB_EUSAGE, "%s: several jobs\nhint: choose one with "
			  "--job: %s", config->file, names);
	free(names);
	return err;
}

enum nb_err
nb_config_job(const struct nb_config *config, const char *name,
	      const struct nb_config_job **out)
{
	if (!name && config->jobs.count == 1) {
		*out = &config->jobs.at[0];
		return NB_OK;
	}
	for (size_t i = 0; name && i < config->jobs.count; i++) {
		if (!strcmp(config->jobs.at[i].name, name)) {
			*out = &config->jobs.at[i];
			return NB_OK;
		}
	}
	return no_such_job(config, name);
}
