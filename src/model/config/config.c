/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config/config.h"

#include <string.h>

#include "base/str.h"
#include "model/config/build.h"

static void
hook_clear(struct nb_config_hook *hook)
{
	nb_names_free(&hook->run);
	free(hook->shell);
	free(hook->run_as);
}

static void
clone_clear(struct nb_config_clone *clone)
{
	free(clone->name);
	free(clone->source);
	free(clone->target);
	free(clone->device);
	nb_names_free(&clone->exclude);
}

static void
job_clear(struct nb_config_job *job)
{
	free(job->name);
	free(job->pool);
	for (size_t i = 0; i < job->sources.count; i++)
		nb_config_source_clear(&job->sources.at[i]);
	nb_array_free(&job->sources);
	for (size_t i = 0; i < job->hooks.count; i++)
		hook_clear(&job->hooks.at[i]);
	nb_array_free(&job->hooks);
}

static void
pool_clear(struct nb_config_pool *pool)
{
	free(pool->name);
	free(pool->disc_names);
	nb_names_free(&pool->discs);
	nb_names_free(&pool->drives);
}

void
nb_config_free(struct nb_config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->drives.count; i++) {
		free(config->drives.at[i].name);
		free(config->drives.at[i].device);
		free(config->drives.at[i].serial);
	}
	nb_array_free(&config->drives);
	for (size_t i = 0; i < config->pools.count; i++)
		pool_clear(&config->pools.at[i]);
	nb_array_free(&config->pools);
	for (size_t i = 0; i < config->jobs.count; i++)
		job_clear(&config->jobs.at[i]);
	nb_array_free(&config->jobs);
	for (size_t i = 0; i < config->clones.count; i++)
		clone_clear(&config->clones.at[i]);
	nb_array_free(&config->clones);
	free(config->power.ups);
	free(config->power.upsc);
	free(config->file);
	free(config->state_dir);
	free(config->staging_dir);
	free(config);
}

enum nb_err
nb_config_parse(const char *file, const char *text,
		const struct nb_source_kind *const *kinds,
		struct nb_config **out)
{
	struct nb_grammar grammar;
	struct nb_config *config = calloc(1, sizeof *config);
	cfg_t *cfg = NULL;
	enum nb_err err;

	if (!config)
		return nb_fail_memory();
	nb_grammar_make(kinds, &grammar);
	err = nb_str_dup(file, &config->file);
	if (!err)
		err = nb_syntax_parse(file, text, &grammar.root, &cfg);
	if (!err)
		err = nb_config_build(cfg, &grammar, config);
	cfg_free(cfg);
	if (err)
		nb_config_free(config);
	else
		*out = config;
	return err;
}

/* Reports that LIST has no KIND block called NAME; or, without a name, that it
 * does not have exactly one. */
static enum nb_err
fail_name(const struct nb_config *config, const char *kind, const char *name,
	  struct nb_str *list)
{
	char *names = NULL;
	enum nb_err err = nb_str_take(list, &names);

	if (err)
		return err;
	if (!names[0])
		err = nb_fail(
			NB_EUSAGE,
			"%s: no %s\nhint: add a block %s \"NAME\" { ... }",
			config->file, kind, kind);
	else if (name)
		err = nb_fail(NB_EUSAGE,
			      "%s: no such %s in %s\nhint: the "
			      "%ss are: %s",
			      name, kind, config->file, kind, names);
	else
		err = nb_fail(NB_EUSAGE,
			      "%s: several %ss\nhint: choose one "
			      "%s: %s",
			      config->file, kind,
			      kind[0] == 'j' ? "with --job" : "by its name",
			      names);
	free(names);
	return err;
}

enum nb_err
nb_config_find_pool(const struct nb_config *config, const char *name,
		    const struct nb_config_pool **out)
{
	const struct nb_config_pool *pool = nb_config_pool(config, name);
	struct nb_str names = NB_STR_INIT;

	if (pool) {
		*out = pool;
		return NB_OK;
	}
	for (size_t i = 0; i < config->pools.count; i++)
		nb_str_addf(&names, "%s%s", i ? ", " : "",
			    config->pools.at[i].name);
	return fail_name(config, "pool", name, &names);
}

enum nb_err
nb_config_find_drive(const struct nb_config *config, const char *name,
		     const struct nb_config_drive **out)
{
	const struct nb_config_drive *drive = nb_config_drive(config, name);
	struct nb_str names = NB_STR_INIT;

	if (drive) {
		*out = drive;
		return NB_OK;
	}
	for (size_t i = 0; i < config->drives.count; i++)
		nb_str_addf(&names, "%s%s", i ? ", " : "",
			    config->drives.at[i].name);
	return fail_name(config, "drive", name, &names);
}

enum nb_err
nb_config_job(const struct nb_config *config, const char *name,
	      const struct nb_config_job **out)
{
	struct nb_str names = NB_STR_INIT;

	for (size_t i = 0; i < config->jobs.count; i++) {
		const struct nb_config_job *job = &config->jobs.at[i];

		nb_str_addf(&names, "%s%s", i ? ", " : "", job->name);
		if (name ? strcmp(job->name, name) != 0
			 : config->jobs.count != 1)
			continue;
		nb_str_free(&names);
		*out = job;
		return NB_OK;
	}
	return fail_name(config, "job", name, &names);
}

enum nb_err
nb_config_clone(const struct nb_config *config, const char *name,
		const struct nb_config_clone **out)
{
	struct nb_str names = NB_STR_INIT;

	for (size_t i = 0; i < config->clones.count; i++) {
		const struct nb_config_clone *clone = &config->clones.at[i];

		nb_str_addf(&names, "%s%s", i ? ", " : "", clone->name);
		if (name ? strcmp(clone->name, name) != 0
			 : config->clones.count != 1)
			continue;
		nb_str_free(&names);
		*out = clone;
		return NB_OK;
	}
	return fail_name(config, "clone", name, &names);
}
