/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/options.h"

#include "base/str.h"
#include "model/config/config.h"

#define TIMEOUT (6 * 3600)
#define LOCK_TIMEOUT (10 * 60)
#define MAX_BEHIND (24 * 3600)
#define CHECKSUM_LIMIT ((uint64_t)1 << 30)

static const char *const formats[] = { "custom", "plain", "directory", NULL };
static const char *const checks[] = { "list", "full", NULL };

static const char *const checksums[] = { "none", "rows", "content", NULL };

#define FIELD(option, value, field) \
	NB_FIELD(struct nb_pg_options, option, value, field)

const struct nb_field nb_pg_fields[] = {
	{ FIELD("database", TEXT, database) },
	{ FIELD("conninfo", TEXT, conninfo) },
	{ FIELD("run_as", NAME, run_as) },
	{ FIELD("globals_only", FLAG, globals_only) },
	{ FIELD("role_passwords", FLAG, role_passwords) },
	{ FIELD("all", FLAG, all) },
	{ FIELD("format", WORD, format), .words = formats },
	{ FIELD("jobs", NUMBER, jobs), .min = 1, .max = 64 },
	{ FIELD("compress", COMPRESS, compress) },
	{ FIELD("pg_dump", PROGRAM, pg_dump), .local = true },
	{ FIELD("pg_dumpall", PROGRAM, pg_dumpall), .local = true },
	{ FIELD("pg_restore", PROGRAM, pg_restore), .local = true },
	{ FIELD("retries", NUMBER, retries), .max = 10 },
	{ FIELD("timeout", TIME, timeout) },
	{ FIELD("lock_timeout", TIME, lock_timeout) },
	{ FIELD("max_size", SIZE, max_size) },
	{ FIELD("min_ratio", RATIO, min_ratio), .local = true },
	{ FIELD("max_behind", TIME, max_behind), .local = true },
	{ FIELD("transient_tables", TEXTS, transient_tables), .local = true },
	{ FIELD("checksum", WORD, checksum), .words = checksums },
	{ FIELD("checksum_limit", SIZE, checksum_limit) },
	{ FIELD("check", CHOICE, full_check), .words = checks, .local = true },
	NB_SSH_FIELDS(struct nb_pg_options, remote),
	{ .name = NULL },
};

void
nb_pg_options_begin(void *options)
{
	*(struct nb_pg_options *)options = (struct nb_pg_options){
		.jobs = 1,
		.retries = 2,
		.role_passwords = true,
		.compress.level = -1,
		.timeout = TIMEOUT,
		.lock_timeout = LOCK_TIMEOUT,
		.min_ratio = 0.5,
		.max_behind = MAX_BEHIND,
		.checksum = NB_PG_CHECKSUM_ROWS,
		.checksum_limit = CHECKSUM_LIMIT,
		.full_check = true,
	};
}

/* Only possible on this host. */
static const char *
doubtful_option(const struct nb_pg_options *pg)
{
	if (pg->format == NB_FORMAT_DIRECTORY)
		return "format = directory";
	return pg->pg_dump ? "pg_dump" : pg->pg_dumpall ? "pg_dumpall" : NULL;
}

enum nb_err
nb_pg_options_end(const char *file, struct nb_config_source *source)
{
	struct nb_pg_options *pg = source->options;
	const char *what = NULL;
	enum nb_err err = nb_ssh_options_end(file, source, &pg->remote,
					     doubtful_option(pg));

	if (err)
		return err;
	if (pg->globals_only && pg->all)
		what = "globals_only together with all; expected one of them";
	else if (pg->all && pg->database)
		what = "database together with all; expected one of them";
	else if (pg->globals_only && pg->database)
		what = "database together with globals_only; expected one of "
		       "them";
	else if (!pg->role_passwords && !pg->globals_only)
		what = "role_passwords without globals_only; expected both";
	else if (pg->jobs > 1 && pg->format != NB_FORMAT_DIRECTORY)
		what = "jobs without format = directory; expected both";
	if (what)
		return nb_fail(NB_ECONFIG, "%s:%d: postgres \"%s\" has %s",
			       file, source->line, source->name, what);
	return pg->database ? NB_OK : nb_str_dup(source->name, &pg->database);
}
