/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config_private.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"

#define FILE_MAX_BYTES ((size_t)1 << 20)

/* libconfuse's callbacks carry no context of ours. */
static _Thread_local struct nb_config_reading *reading;

int
nb_config_line(const struct nb_config_reading *r, const cfg_t *section,
	       const char *option)
{
	for (size_t i = r->lines.count; i-- > 0; )
		if (r->lines.at[i].section == section
		    && (!option || !strcmp(r->lines.at[i].name, option)))
			return r->lines.at[i].line;
	return section->line;
}

enum nb_err
nb_config_error(const struct nb_config_reading *r, const cfg_t *section,
		const char *option, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return nb_fail(NB_ECONFIG, "%s:%d: %s", r->file,
		       nb_config_line(r, section, option), text);
}

static void
parser_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[512];

	if (reading->err)
		return;
	vsnprintf(text, sizeof text, fmt, ap);
	reading->err = nb_fail(NB_ECONFIG, "%s:%d: %s", reading->file,
			       cfg->line, text);
}

static int
remember_line(cfg_t *cfg, cfg_opt_t *opt)
{
	struct nb_config_line line = { cfg, opt->name, cfg->line };

	if (nb_array_push(&reading->lines, line)) {
		reading->err = NB_ENOMEM;
		return -1;
	}
	return 0;
}

/* Every option that is not a section remembers where it was set. */
static void
watch(cfg_t *root, const char *section, const cfg_opt_t *opts)
{
	char path[64];

	for (; opts->name; opts++) {
		if (opts->type == CFGT_SEC)
			continue;
		snprintf(path, sizeof path, "%s%s%s", section,
			 section[0] ? "|" : "", opts->name);
		cfg_set_validate_func(root, path, remember_line);
	}
}

static enum nb_err
run_parser(struct nb_config_reading *r, const char *text)
{
	cfg_opt_t drive[] = {
		CFG_STR("device", NULL, CFGF_NODEFAULT),
		CFG_INT("speed", 0, CFGF_NONE),
		CFG_STR("capacity", "0", CFGF_NONE),
		CFG_END()
	};
	cfg_opt_t pool[] = {
		CFG_STR_LIST("discs", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("drives", NULL, CFGF_NODEFAULT),
		CFG_STR("rotation", "alternate", CFGF_NONE),
		CFG_STR("on_same_disc", "append", CFGF_NONE),
		CFG_BOOL("close", cfg_false, CFGF_NONE),
		CFG_STR("max_verify_age", "0", CFGF_NONE),
		CFG_END()
	};
	cfg_opt_t postgres[] = {
		CFG_STR("database", NULL, CFGF_NODEFAULT),
		CFG_STR("conninfo", NULL, CFGF_NODEFAULT),
		CFG_STR("run_as", NULL, CFGF_NODEFAULT),
		CFG_BOOL("globals_only", cfg_false, CFGF_NONE),
		CFG_BOOL("all", cfg_false, CFGF_NONE),
		CFG_STR("format", "custom", CFGF_NONE),
		CFG_INT("jobs", 1, CFGF_NONE),
		CFG_STR("compress", "default", CFGF_NONE),
		CFG_STR("pg_dump", NULL, CFGF_NODEFAULT),
		CFG_STR("pg_dumpall", NULL, CFGF_NODEFAULT),
		CFG_STR("pg_restore", NULL, CFGF_NODEFAULT),
		CFG_STR("timeout", "6h", CFGF_NONE),
		CFG_STR("lock_timeout", "10m", CFGF_NONE),
		CFG_STR("max_size", "0", CFGF_NONE),
		CFG_FLOAT("min_ratio", 0.5, CFGF_NONE),
		CFG_STR("check", "full", CFGF_NONE),
		CFG_END()
	};
	cfg_opt_t tree[] = {
		CFG_STR("path", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("exclude", NULL, CFGF_NODEFAULT),
		CFG_BOOL("one_file_system", cfg_false, CFGF_NONE),
		CFG_END()
	};
	cfg_opt_t job[] = {
		CFG_STR("pool", NULL, CFGF_NODEFAULT),
		CFG_SEC("postgres", postgres, CFGF_MULTI | CFGF_TITLE
			| CFGF_NO_TITLE_DUPES),
		CFG_SEC("tree", tree, CFGF_MULTI | CFGF_TITLE
			| CFGF_NO_TITLE_DUPES),
		CFG_END()
	};
	cfg_opt_t top[] = {
		CFG_STR("state_dir", "/var/lib/nightburn", CFGF_NONE),
		CFG_STR("staging_dir", "/var/spool/nightburn", CFGF_NONE),
		CFG_SEC("drive", drive, CFGF_MULTI | CFGF_TITLE
			| CFGF_NO_TITLE_DUPES),
		CFG_SEC("pool", pool, CFGF_MULTI | CFGF_TITLE
			| CFGF_NO_TITLE_DUPES),
		CFG_SEC("job", job, CFGF_MULTI | CFGF_TITLE
			| CFGF_NO_TITLE_DUPES),
		CFG_END()
	};
	cfg_t *root = cfg_init(top, CFGF_NONE);
	enum nb_err err;

	if (!root)
		return nb_fail_memory();
	cfg_set_error_function(root, parser_error);
	watch(root, "", top);
	watch(root, "drive", drive);
	watch(root, "pool", pool);
	watch(root, "job", job);
	watch(root, "job|postgres", postgres);
	watch(root, "job|tree", tree);
	reading = r;
	if (cfg_parse_buf(root, text) != CFG_SUCCESS && !r->err)
		r->err = nb_fail(NB_ECONFIG, "%s: cannot be parsed", r->file);
	err = r->err ? r->err : nb_config_convert(r, root);
	reading = NULL;
	cfg_free(root);
	return err;
}

/* libconfuse would put environment variables in the place of ${NAME}.  A
 * backup does not change with the environment of who starts it. */
static enum nb_err
refuse_variables(const char *file, const char *text)
{
	bool single = false, comment = false;
	int line = 1;

	for (const char *p = text; *p; p++) {
		if (*p == '\n') {
			line++;
			comment = false;
		} else if (comment) {
			continue;
		} else if (*p == '\'') {
			single = !single;
		} else if (*p == '#' && !single) {
			comment = true;
		} else if (*p == '$' && p[1] == '{' && !single) {
			return nb_fail(NB_ECONFIG, "%s:%d: ${...} has no "
				       "meaning here; write the text in "
				       "single quotes to have it as it is",
				       file, line);
		}
	}
	return NB_OK;
}

enum nb_err
nb_config_parse(const char *file, const char *text, struct nb_config **out)
{
	struct nb_config_reading r = { .file = file };
	enum nb_err err;

	err = refuse_variables(file, text);
	if (err)
		return err;
	r.config = calloc(1, sizeof *r.config);
	if (!r.config)
		return nb_fail_memory();
	err = nb_str_dup(file, &r.config->file);
	if (!err)
		err = run_parser(&r, text);
	nb_array_free(&r.lines);
	if (err)
		nb_config_free(r.config);
	else
		*out = r.config;
	return err;
}

static enum nb_err
check_owner(const char *path, const struct stat *st)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return nb_fail(NB_ECONFIG, "%s: belongs to neither root nor "
			       "the caller\nhint: chown root %s", path, path);
	if (st->st_mode & 022 && !(S_ISDIR(st->st_mode)
				   && st->st_mode & S_ISVTX))
		return nb_fail(NB_ECONFIG, "%s: others may write it\n"
			       "hint: chmod go-w %s", path, path);
	return NB_OK;
}

/* FILE and each directory above it: who may write one can change what is run
 * as root tonight. */
static enum nb_err
check_permissions(const char *file)
{
	char *path = realpath(file, NULL), *slash;
	enum nb_err err = NB_OK;
	struct stat st;

	if (!path)
		return nb_fail_errno(NB_ECONFIG, "%s: cannot read", file);
	while (!err) {
		if (stat(path, &st))
			err = nb_fail_errno(NB_ECONFIG, "%s: cannot stat",
					    path);
		else
			err = check_owner(path, &st);
		slash = strrchr(path, '/');
		if (!slash || !path[1])
			break;
		slash[slash == path] = '\0';
	}
	free(path);
	return err;
}

enum nb_err
nb_config_load(const char *file, struct nb_config **out)
{
	char *text = NULL;
	size_t length;
	enum nb_err err;

	err = check_permissions(file);
	if (err)
		return err;
	err = nb_fd_load(AT_FDCWD, file, FILE_MAX_BYTES, &text, &length);
	if (err)
		return NB_ECONFIG;
	if (strlen(text) != length)
		err = nb_fail(NB_ECONFIG, "%s: holds a NUL byte", file);
	else
		err = nb_config_parse(file, text, out);
	free(text);
	return err;
}
