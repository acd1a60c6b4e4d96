/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config/build.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/record/manifest.h"

#define STATE_DIR "/var/lib/nightburn"
#define STAGING_DIR "/var/spool/nightburn"
#define MAX_NIGHTS 2

struct build {
	cfg_t *cfg;
	const struct nb_grammar *grammar;
	struct nb_config *config;
};

static const struct nb_section *
find_section(const struct nb_section *list, const char *name)
{
	while (list->name && strcmp(list->name, name))
		list++;
	return list;
}

static enum nb_err
fill_field(const struct build *b, cfg_t *cfg, const struct nb_field *field,
	   void *record)
{
	const struct nb_syntax_value *value;
	const char *title = nb_syntax_title(cfg);
	char expected[128];
	enum nb_err err = NB_OK;
	unsigned int i;

	for (i = 0; !err && (value = nb_syntax_value(cfg, field->name, i)); i++)
		err = nb_value_read(field, value->text, record);
	nb_value_expected(field, expected);
	if (err == NB_ECONFIG)
		return nb_fail(err, "%s:%d: %s is \"%s\"; expected %s",
			       b->config->file, value->line, field->name,
			       value->text, expected);
	if (!i && field->required)
		return nb_fail(
			NB_ECONFIG, "%s:%d: %s%s%s%s has no %s; expected %s",
			b->config->file, nb_syntax_line(cfg), cfg_name(cfg),
			title ? " \"" : "", title ? title : "",
			title ? "\"" : "", field->name, expected);
	return err;
}

static enum nb_err
fill(const struct build *b, cfg_t *cfg, const struct nb_field *fields,
     void *record)
{
	enum nb_err err = NB_OK;

	for (const struct nb_field *f = fields; !err && f->name; f++)
		err = fill_field(b, cfg, f, record);
	return err;
}

/* A block's title becomes *NAME of its record. */
static enum nb_err
fill_title(const struct build *b, cfg_t *cfg, char **name)
{
	const struct nb_field title = { .name = "title",
					.kind = NB_VALUE_NAME };
	const char *text = nb_syntax_title(cfg);
	enum nb_err err = nb_value_read(&title, text, name);
	char expected[128];

	if (err == NB_ECONFIG)
		nb_fail(err, "%s:%d: %s \"%s\"; expected %s", b->config->file,
			nb_syntax_line(cfg), cfg_name(cfg), text,
			nb_value_expected(&title, expected));
	return err;
}

static enum nb_err
fail_at(const struct build *b, const struct nb_syntax_value *at,
	const char *what, const char *expected)
{
	return nb_fail(NB_ECONFIG, "%s:%d: %s \"%s\"; expected %s",
		       b->config->file, at->line, what, at->text, expected);
}

static enum nb_err
build_drive(const struct build *b, cfg_t *cfg, const struct nb_section *section)
{
	struct nb_config_drives *drives = &b->config->drives;
	struct nb_config_drive *drive;
	enum nb_err err;

	if (nb_array_push(drives, (struct nb_config_drive){ .name = NULL }))
		return nb_fail_memory();
	drive = &drives->at[drives->count - 1];
	err = fill_title(b, cfg, &drive->name);
	if (!err)
		err = fill(b, cfg, section->fields, drive);
	if (err)
		return err;
	for (size_t i = 0; i + 1 < drives->count; i++)
		if (!strcmp(drives->at[i].device, drive->device))
			return fail_at(b, nb_syntax_value(cfg, "device", 0),
				       "another drive uses the device",
				       "one block per device");
	return NB_OK;
}

static enum nb_err
build_pool(const struct build *b, cfg_t *cfg, const struct nb_section *section)
{
	struct nb_config_pools *pools = &b->config->pools;
	struct nb_config_pool *pool;
	enum nb_err err;

	if (nb_array_push(pools,
			  (struct nb_config_pool){ .append_on_same_disc = true,
						   .max_nights_on_one_disc =
							   MAX_NIGHTS }))
		return nb_fail_memory();
	pool = &pools->at[pools->count - 1];
	err = fill_title(b, cfg, &pool->name);
	if (!err)
		err = fill(b, cfg, section->fields, pool);
	for (unsigned int i = 0; !err && i < pool->drives.count; i++)
		if (!nb_config_drive(b->config, pool->drives.at[i]))
			err = fail_at(b, nb_syntax_value(cfg, "drives", i),
				      "no drive", "the name of a drive block");
	return err ? err
		   : nb_config_pool_end(b->config->file, nb_syntax_line(cfg),
					pool);
}

static enum nb_err
build_source(const struct build *b, cfg_t *cfg,
	     const struct nb_source_kind *kind,
	     struct nb_config_sources *sources)
{
	struct nb_config_source *source;
	enum nb_err err;

	if (nb_array_push(
		    sources,
		    (struct nb_config_source){ .line = nb_syntax_line(cfg) }))
		return nb_fail_memory();
	source = &sources->at[sources->count - 1];
	err = nb_config_source_begin(kind, source);
	if (!err)
		err = fill_title(b, cfg, &source->name);
	if (!err)
		err = fill(b, cfg, kind->fields, source->options);
	if (!err)
		err = nb_config_source_end(b->config->file, source);
	return err;
}

/* libconfuse groups by kind: sorting by line restores the order of the file. */
static void
sort_sources(struct nb_config_sources *sources)
{
	for (size_t i = 1; i < sources->count; i++) {
		struct nb_config_source moved = sources->at[i];
		size_t to = i;

		for (; to && sources->at[to - 1].line > moved.line; to--)
			sources->at[to] = sources->at[to - 1];
		sources->at[to] = moved;
	}
}

/* The generations of a pool are those of one job. */
static enum nb_err
check_pool(const struct build *b, cfg_t *cfg, const struct nb_config_jobs *jobs)
{
	const struct nb_syntax_value *pool = nb_syntax_value(cfg, "pool", 0);

	if (!nb_config_pool(b->config, pool->text))
		return fail_at(b, pool, "no pool", "the name of a pool block");
	for (size_t i = 0; i + 1 < jobs->count; i++)
		if (!strcmp(jobs->at[i].pool, pool->text))
			return fail_at(b, pool, "another job uses the pool",
				       "a separate pool for each job");
	return NB_OK;
}

static enum nb_err
build_sources(const struct build *b, cfg_t *cfg,
	      struct nb_config_sources *sources)
{
	enum nb_err err = NB_OK;

	for (size_t k = 0; b->grammar->kinds[k]; k++) {
		const char *name = b->grammar->kinds[k]->name;

		for (unsigned int i = 0; !err && i < cfg_size(cfg, name); i++)
			err = build_source(b, cfg_getnsec(cfg, name, i),
					   b->grammar->kinds[k], sources);
	}
	sort_sources(sources);
	for (size_t i = 0; !err && i < sources->count; i++)
		err = nb_config_source_unique(b->config->file, sources, i);
	return err;
}

static enum nb_err
build_hook(const struct build *b, cfg_t *cfg, enum nb_hook when,
	   struct nb_config_hooks *hooks)
{
	struct nb_config_hook *hook;
	enum nb_err err;

	if (nb_array_push(
		    hooks,
		    (struct nb_config_hook){ .line = nb_syntax_line(cfg) }))
		return nb_fail_memory();
	hook = &hooks->at[hooks->count - 1];
	nb_config_hook_begin(when, hook);
	err = fill(b, cfg, nb_config_hook_fields, hook);
	return err ? err : nb_config_hook_end(b->config->file, hook);
}

static enum nb_err
build_hooks(const struct build *b, cfg_t *cfg, struct nb_config_hooks *hooks)
{
	enum nb_err err = NB_OK;

	for (unsigned int k = 0; k < NB_HOOKS; k++) {
		const char *name = nb_config_hook_names[k];

		for (unsigned int i = 0; !err && i < cfg_size(cfg, name); i++)
			err = build_hook(b, cfg_getnsec(cfg, name, i),
					 (enum nb_hook)k, hooks);
	}
	return err;
}

static enum nb_err
build_clone(const struct build *b, cfg_t *cfg, const struct nb_section *section)
{
	struct nb_config_clones *clones = &b->config->clones;
	struct nb_config_clone *clone;
	enum nb_err err;

	if (nb_array_push(
		    clones,
		    (struct nb_config_clone){ .line = nb_syntax_line(cfg) }))
		return nb_fail_memory();
	clone = &clones->at[clones->count - 1];
	nb_config_clone_begin(clone);
	err = fill_title(b, cfg, &clone->name);
	if (!err)
		err = fill(b, cfg, section->fields, clone);
	return err ? err : nb_config_clone_end(b->config->file, clone);
}

static enum nb_err
build_power(const struct build *b, cfg_t *cfg, const struct nb_section *section)
{
	struct nb_config_power *power = &b->config->power;
	enum nb_err err = NB_OK;

	if (power->ups)
		return nb_fail(NB_ECONFIG,
			       "%s:%d: a second guard block; expected one",
			       b->config->file, nb_syntax_line(cfg));
	err = fill(b, cfg, section->fields, power);
	if (!err && !power->upsc)
		err = nb_str_dup("upsc", &power->upsc);
	return err;
}

static enum nb_err
fail_no_source(const struct build *b, cfg_t *cfg,
	       const struct nb_config_job *job)
{
	const struct nb_source_kind *const *kinds = b->grammar->kinds;
	struct nb_str s = NB_STR_INIT;
	char *names = NULL;
	enum nb_err err;

	for (size_t i = 0; kinds[i]; i++)
		nb_str_addf(&s, "%s%s",
			    !i                     ? ""
				    : kinds[i + 1] ? ", "
						   : " or ",
			    kinds[i]->name);
	err = nb_str_take(&s, &names);
	if (!err)
		err = nb_fail(NB_ECONFIG,
			      "%s:%d: job \"%s\" has no source; "
			      "expected a %s block",
			      b->config->file, nb_syntax_line(cfg), job->name,
			      names);
	free(names);
	return err;
}

static enum nb_err
build_job(const struct build *b, cfg_t *cfg, const struct nb_section *section)
{
	struct nb_config_jobs *jobs = &b->config->jobs;
	struct nb_config_job *job;
	enum nb_err err;

	if (nb_array_push(jobs, (struct nb_config_job){ .name = NULL }))
		return nb_fail_memory();
	job = &jobs->at[jobs->count - 1];
	err = fill_title(b, cfg, &job->name);
	if (!err && nb_job_is_by_hand(job->name))
		err = nb_fail(NB_ECONFIG,
			      "%s:%d: job \"%s\": the name is reserved for "
			      "sessions appended by hand; expected another one",
			      b->config->file, nb_syntax_line(cfg), job->name);
	if (!err)
		err = fill(b, cfg, section->fields, job);
	if (!err)
		err = check_pool(b, cfg, jobs);
	if (!err)
		err = build_sources(b, cfg, &job->sources);
	if (!err)
		err = build_hooks(b, cfg, &job->hooks);
	if (!err && !job->sources.count)
		err = fail_no_source(b, cfg, job);
	return err;
}

typedef enum nb_err build_fn(const struct build *, cfg_t *,
			     const struct nb_section *);

static enum nb_err
build_blocks(const struct build *b, const char *name, build_fn *fn)
{
	const struct nb_section *section =
		find_section(b->grammar->blocks, name);
	enum nb_err err = NB_OK;

	for (unsigned int i = 0; !err && i < cfg_size(b->cfg, name); i++)
		err = fn(b, cfg_getnsec(b->cfg, name, i), section);
	return err;
}

enum nb_err
nb_config_build(cfg_t *cfg, const struct nb_grammar *grammar,
		struct nb_config *config)
{
	const struct build b = { cfg, grammar, config };
	enum nb_err err;

	err = nb_str_dup(STATE_DIR, &config->state_dir);
	if (!err)
		err = nb_str_dup(STAGING_DIR, &config->staging_dir);
	if (!err)
		err = fill(&b, cfg, grammar->root.fields, config);
	if (!err)
		err = build_blocks(&b, "drive", build_drive);
	if (!err)
		err = build_blocks(&b, "pool", build_pool);
	if (!err)
		err = build_blocks(&b, "job", build_job);
	if (!err)
		err = build_blocks(&b, "guard", build_power);
	if (!err)
		err = build_blocks(&b, "clone", build_clone);
	if (!err && !config->jobs.count && !config->clones.count)
		err = nb_fail(NB_ECONFIG,
			      "%s:1: no job; expected a block "
			      "job \"NAME\" { ... }",
			      config->file);
	return err;
}
