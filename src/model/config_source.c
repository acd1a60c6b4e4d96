/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config_build.h"

#include "base/str.h"

#define TIMEOUT (6 * 3600)
#define LOCK_TIMEOUT (10 * 60)

static const char *const formats[] = { "custom", "plain", "directory", NULL };
static const char *const checks[] = { "list", "full", NULL };

#define FIELD(option, value, field) \
	NB_FIELD(struct nb_config_source, option, value, field)

static const struct nb_field postgres_fields[] = {
	{ FIELD("database", TEXT, postgres.database) },
	{ FIELD("conninfo", TEXT, postgres.conninfo) },
	{ FIELD("run_as", NAME, postgres.run_as) },
	{ FIELD("globals_only", FLAG, postgres.globals_only) },
	{ FIELD("all", FLAG, postgres.all) },
	{ FIELD("format", WORD, postgres.format), .words = formats },
	{ FIELD("jobs", NUMBER, postgres.jobs), .min = 1, .max = 64 },
	{ FIELD("compress", COMPRESS, postgres.compression) },
	{ FIELD("pg_dump", PROGRAM, postgres.pg_dump) },
	{ FIELD("pg_dumpall", PROGRAM, postgres.pg_dumpall) },
	{ FIELD("pg_restore", PROGRAM, postgres.pg_restore) },
	{ FIELD("timeout", TIME, postgres.timeout) },
	{ FIELD("lock_timeout", TIME, postgres.lock_timeout) },
	{ FIELD("max_size", SIZE, postgres.max_size) },
	{ FIELD("min_ratio", RATIO, postgres.min_ratio) },
	{ FIELD("check", CHOICE, postgres.full_check), .words = checks },
	{ .name = NULL },
};

static const struct nb_field tree_fields[] = {
	{ FIELD("path", PATH, tree.path), .required = true },
	{ FIELD("exclude", TEXTS, tree.exclude) },
	{ FIELD("one_file_system", FLAG, tree.one_file_system) },
	{ .name = NULL },
};

const struct nb_section nb_config_job_blocks[] = {
	[NB_SOURCE_POSTGRES] = { .name = "postgres", postgres_fields },
	[NB_SOURCE_TREE] = { .name = "tree", tree_fields },
	[NB_SOURCE_LVM] = { .name = "lvm", nb_config_lvm_fields },
	[NB_SOURCE_MIRROR] = { .name = "mirror", nb_config_mirror_fields },
	[NB_SOURCE_KINDS + NB_HOOK_BEFORE] = {
		.name = "before", nb_config_hook_fields, .untitled = true },
	[NB_SOURCE_KINDS + NB_HOOK_AFTER] = {
		.name = "after", nb_config_hook_fields, .untitled = true },
	[NB_SOURCE_KINDS + NB_HOOK_ON_FAILURE] = {
		.name = "on_failure", nb_config_hook_fields,
		.untitled = true },
	[NB_SOURCE_KINDS + NB_HOOKS] = { .name = NULL },
};

void
nb_config_source_begin(enum nb_source_kind kind,
		       struct nb_config_source *source)
{
	source->kind = kind;
	if (kind == NB_SOURCE_POSTGRES)
		source->postgres = (struct nb_config_postgres){
			.jobs = 1, .level = -1, .timeout = TIMEOUT,
			.lock_timeout = LOCK_TIMEOUT, .min_ratio = 0.5,
			.full_check = true,
		};
	else if (kind == NB_SOURCE_LVM || kind == NB_SOURCE_MIRROR)
		nb_config_volume_begin(source);
}

static enum nb_err
end_postgres(const char *file, struct nb_config_source *source)
{
	struct nb_config_postgres *pg = &source->postgres;
	const char *what = NULL;

	if (pg->globals_only && pg->all)
		what = "globals_only together with all; expected one of them";
	else if (pg->all && pg->database)
		what = "database together with all; expected one of them";
	else if (pg->globals_only && pg->database)
		what = "database together with globals_only; expected one of "
			"them";
	else if (pg->jobs > 1 && pg->format != NB_FORMAT_DIRECTORY)
		what = "jobs without format = directory; expected both";
	if (what)
		return nb_fail(NB_ECONFIG, "%s:%d: postgres \"%s\" has %s",
			       file, source->line, source->name, what);
	return pg->database ? NB_OK : nb_str_dup(source->name, &pg->database);
}

enum nb_err
nb_config_source_end(const char *file, struct nb_config_source *source)
{
	if (source->kind == NB_SOURCE_POSTGRES)
		return end_postgres(file, source);
	if (source->kind == NB_SOURCE_LVM || source->kind == NB_SOURCE_MIRROR)
		return nb_config_volume_end(file, source);
	return NB_OK;
}
