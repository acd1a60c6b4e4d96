/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a night would find, without one. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/str.h"
#include "base/user.h"
#include "job/jobs.h"
#include "job/power.h"
#include "job/backup/backup.h"
#include "job/run/check_places.h"
#include "model/config/build.h"
#include "source/ours.h"

#define STDIO "stdio:"

/* Counts what was found; each was logged. */
struct findings {
	struct nightburn *nb;
	bool connect;
	size_t count;
};

static void
note(struct findings *f, enum nb_err err)
{
	f->count += err != NB_OK;
}

/* ---- pools ---- */

static enum nb_err
check_pool(const struct nb_config_pool *pool)
{
	if (pool->rotation != NB_ROTATION_ALTERNATE || pool->discs.count > 1)
		return NB_OK;
	return nb_fail(NB_ECONFIG,
		       "pool %s: one disc, %s, is never blanked, because no "
		       "other disc has the newest backup\n"
		       "hint: name a second disc, or set rotation = append",
		       pool->name, pool->discs.at[0]);
}

/* What the next nights will refuse, as far as the catalog tells. */
static enum nb_err
check_discs(const struct nb_pool_context *context)
{
	const struct nb_pool_discs *discs = &context->view.discs;
	enum nb_err err = NB_OK;

	for (size_t i = 0; i < discs->count; i++)
		if (context->pool->rotation == NB_ROTATION_ALTERNATE
		    && discs->at[i].write_once
		    && discs->at[i].state == NB_DISC_GOOD)
			err = nb_fail(
				NB_ECONFIG,
				"pool %s: disc %s can be written only once, "
				"but rotation = alternate blanks its discs\n"
				"hint: set rotation = append in the pool's "
				"section of the configuration",
				context->pool->name, discs->at[i].name);
	return err;
}

/* ---- hooks ---- */

static enum nb_err
check_user(const char *of, const char *name)
{
	struct nb_user user = { .name = NULL };
	enum nb_err err = nb_user_find(of, name, &user);

	if (!err && !nb_user_allowed(&user))
		err = nb_fail(NB_ECONFIG,
			      "%s: run_as = %s: only root can become another "
			      "user",
			      of, name);
	nb_user_free(&user);
	return err;
}

static enum nb_err
check_hook(const struct nb_config_hook *hook)
{
	const char *program = hook->shell ? "/bin/sh" : hook->run.at[0];
	char *object = NULL, *found = NULL;
	enum nb_err err = nb_str_format(&object, "hook %s: %s",
					nb_config_hook_names[hook->when],
					hook->shell ? hook->shell : program);

	if (!err && hook->run_as)
		err = check_user(object, hook->run_as);
	if (!err && !strchr(program, '/'))
		err = nb_proc_find(object, program, &found);
	else if (!err && access(program, X_OK))
		err = nb_fail_errno(nb_fd_open_error(), "%s: cannot be run",
				    object);
	free(found);
	free(object);
	return err;
}

/* ---- sources ---- */

static bool
has_option(const struct nb_source_kind *kind, const char *option)
{
	for (const struct nb_field *f = kind->fields; f->name; f++)
		if (!strcmp(f->name, option))
			return true;
	return false;
}

/* The value of an option that is a text; NULL: the kind has none, or it is not
 * set. */
static const char *
text_of(const struct nb_config_source *s, const char *option)
{
	for (const struct nb_field *f = s->kind->fields; f->name; f++)
		if (!strcmp(f->name, option))
			return *(char *const *)((const char *)s->options
						+ f->offset);
	return NULL;
}

static bool
contains(const char *tree, const char *path)
{
	char *a = realpath(tree, NULL), *b = realpath(path, NULL);
	size_t n = a ? strlen(a) : 0;
	bool within;

	if (n == 1)
		n = 0; /* the root directory */
	within = a && b && !strncmp(a, b, n) && (b[n] == '/' || !b[n]);
	free(a);
	free(b);
	return within;
}

/* Warns of each of nightburn's own that is in TREE: WHOSE, and what happens to
 * it, WHAT. */
static void
tell_own(const struct nb_config *config, const char *tree, const char *kind,
	 const char *name, const char *what)
{
	const char *const own[][2] = {
		{ "state_dir", config->state_dir },
		{ "staging_dir", config->staging_dir },
	};

	for (size_t i = 0; i < 2; i++)
		if (contains(tree, own[i][1]))
			nb_log(NB_WARNING, "%s %s: %s contains %s, %s, %s",
			       kind, name, tree, own[i][0], own[i][1], what);
	for (size_t i = 0; i < config->drives.count; i++) {
		const char *device = config->drives.at[i].device;

		if (!strncmp(device, STDIO, strlen(STDIO))
		    && contains(tree, device + strlen(STDIO)))
			nb_log(NB_WARNING,
			       "%s %s: %s contains the disc of drive %s, %s",
			       kind, name, tree, config->drives.at[i].name,
			       what);
	}
}

/* A tree of the configuration is refused there, as each night would. */
static enum nb_err
check_above(const struct nb_config *config, const struct nb_config_source *s,
	    const char *path)
{
	struct nb_ours ours = NB_ARRAY_INIT;
	const struct nb_ours_view view = { .ours = &ours };
	const char *what = NULL;
	enum nb_err err = nb_ours_find(config, &ours);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (!err && fd >= 0)
		what = nb_ours_above(&view, fd);
	nb_fd_close(&fd);
	nb_array_free(&ours);
	if (err || !what)
		return err;
	return nb_fail(NB_ECONFIG,
		       "%s %s: it belongs to nightburn's own %s and is never "
		       "burned\nhint: name another path",
		       s->kind->name, s->name, what);
}

static enum nb_err
check_source_user(const struct nb_config_source *s, const char *user)
{
	char *of = NULL;
	enum nb_err err = nb_str_format(&of, "%s %s", s->kind->name, s->name);

	if (!err)
		err = check_user(of, user);
	free(of);
	return err;
}

static void
check_source(struct findings *f, const struct nb_config_source *s)
{
	const struct nb_source_ops *ops = nb_source_ops(s);
	const char *host = text_of(s, "host"), *path = text_of(s, "path");
	const char *user = text_of(s, "run_as");
	uint64_t bytes;
	enum nb_err err = NB_OK;

	if (host && !f->connect)
		return;
	if (f->connect || !has_option(s->kind, "conninfo"))
		err = ops->preflight(s);
	else if (user)
		err = check_source_user(s, user);
	if (!err && f->connect && ops->estimate)
		err = ops->estimate(s, &bytes);
	if (!err && !host && path)
		err = check_above(f->nb->config, s, path);
	note(f, err);
	if (!err && !host && path)
		tell_own(f->nb->config, path, s->kind->name, s->name,
			 "which is left out");
}

/* ---- clones ---- */

static void
check_clone(const struct nb_config *config, const struct nb_config_clone *clone)
{
	if (clone->target)
		tell_own(config, clone->target, "clone", clone->name,
			 "which is never deleted\n"
			 "hint: move it to another disk; or add it to exclude "
			 "of the clone");
}

/* ---- all of it ---- */

static bool
has_all(const struct nb_config_source *s)
{
	for (const struct nb_field *f = s->kind->fields; f->name; f++)
		if (!strcmp(f->name, "all"))
			return *(const bool *)((const char *)s->options
					       + f->offset);
	return false;
}

/* Databases are told apart by their names, and each cluster has "postgres". */
static enum nb_err
check_clusters(const struct nb_config_job *job)
{
	const struct nb_config_source *first = NULL;

	for (size_t i = 0; i < job->sources.count; i++) {
		const struct nb_config_source *s = &job->sources.at[i];

		if (!has_all(s))
			continue;
		if (first)
			return nb_fail(NB_ECONFIG,
				       "job %s: %s %s and %s: two clusters "
				       "with all = true have databases of one "
				       "name\nhint: put them into two jobs",
				       job->name, s->kind->name, first->name,
				       s->name);
		first = s;
	}
	return NB_OK;
}

static void
check_job(struct findings *f, const struct nb_config_job *job)
{
	struct nb_pool_context context;
	struct nb_backup backup = { .context = &context,
				    .sources = &job->sources };
	size_t before = f->count;
	enum nb_err err;

	for (size_t i = 0; i < job->hooks.count; i++)
		note(f, check_hook(&job->hooks.at[i]));
	note(f, check_clusters(job));
	for (size_t i = 0; i < job->sources.count; i++)
		check_source(f, &job->sources.at[i]);
	if (!f->connect || f->count > before)
		return;
	err = nb_pool_context_open(f->nb, job->name, NB_POOL_PEEK, &context);
	if (!err)
		note(f, check_discs(&context));
	if (!err)
		err = nb_backup_check_room(&backup);
	note(f, err);
	nb_pool_context_close(&context);
}

enum nb_err
nb_check_config(struct nightburn *nb, bool connect)
{
	const struct nb_config *config = nb->config;
	struct findings f = { .nb = nb, .connect = connect };
	enum nb_err err = connect ? nb_power_permit(nb, NB_WORK_DUMP) : NB_OK;

	f.count = nb_check_places(config);
	for (size_t i = 0; i < config->pools.count; i++)
		note(&f, check_pool(&config->pools.at[i]));
	for (size_t i = 0; i < config->jobs.count; i++)
		check_job(&f, &config->jobs.at[i]);
	for (size_t i = 0; i < config->clones.count; i++)
		check_clone(config, &config->clones.at[i]);
	return f.count ? NB_ECONFIG : err;
}
