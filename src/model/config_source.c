/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static enum nb_err
read_format(const struct nb_config_reading *r, cfg_t *sec,
	    struct nb_config_source *out)
{
	static const char *const names[] = {
		[NB_FORMAT_CUSTOM] = "custom",
		[NB_FORMAT_PLAIN] = "plain",
		[NB_FORMAT_DIRECTORY] = "directory",
	};
	const char *text = cfg_getstr(sec, "format");
	long jobs = cfg_getint(sec, "jobs");

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(text, names[i]))
			continue;
		out->format = (enum nb_format)i;
		if (jobs < 1 || jobs > 64
		    || (jobs > 1 && out->format != NB_FORMAT_DIRECTORY))
			return nb_config_error(r, sec, "jobs", "jobs = %ld: 1 "
					       "to 64, and more than 1 with "
					       "format directory only, is "
					       "expected", jobs);
		out->jobs = (int)jobs;
		return NB_OK;
	}
	return nb_config_error(r, sec, "format", "format = \"%s\": custom, "
			       "plain or directory is expected", text);
}

static enum nb_err
read_compression(const struct nb_config_reading *r, cfg_t *sec,
		 struct nb_config_source *out)
{
	static const struct {
		const char *name;
		enum nb_compression value;
		int most;
	} kinds[] = {
		{ "default", NB_COMPRESSION_DEFAULT, -1 },
		{ "none", NB_COMPRESSION_NONE, -1 },
		{ "gzip", NB_COMPRESSION_GZIP, 9 },
		{ "zstd", NB_COMPRESSION_ZSTD, 19 },
	};
	const char *text = cfg_getstr(sec, "compress");
	size_t n = strcspn(text, ":");
	char *end;
	long level;

	out->level = -1;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (strlen(kinds[i].name) != n
		    || strncmp(text, kinds[i].name, n))
			continue;
		out->compression = kinds[i].value;
		if (!text[n])
			return NB_OK;
		level = strtol(text + n + 1, &end, 10);
		if (!text[n + 1] || *end || level < 1
		    || level > kinds[i].most)
			break;
		out->level = (int)level;
		return NB_OK;
	}
	return nb_config_error(r, sec, "compress", "compress = \"%s\": "
			       "default, none, gzip, gzip:1 to gzip:9, zstd, "
			       "or zstd:1 to zstd:19 is expected", text);
}

static enum nb_err
read_check(const struct nb_config_reading *r, cfg_t *sec,
	   struct nb_config_source *out)
{
	const char *text = cfg_getstr(sec, "check");

	out->full_check = !strcmp(text, "full");
	if (!out->full_check && strcmp(text, "list"))
		return nb_config_error(r, sec, "check", "check = \"%s\": full "
				       "or list is expected", text);
	out->min_ratio = cfg_getfloat(sec, "min_ratio");
	if (!(out->min_ratio >= 0 && out->min_ratio <= 1))
		return nb_config_error(r, sec, "min_ratio", "min_ratio = %g: "
				       "0 to 1 is expected", out->min_ratio);
	return NB_OK;
}

static enum nb_err
read_texts(cfg_t *sec, struct nb_config_source *out)
{
	const char *database = cfg_getstr(sec, "database");
	enum nb_err err;

	err = nb_str_dup(database ? database : out->name, &out->database);
	if (!err)
		err = nb_str_dup(cfg_getstr(sec, "conninfo"), &out->conninfo);
	if (!err)
		err = nb_str_dup(cfg_getstr(sec, "run_as"), &out->run_as);
	if (!err)
		err = nb_str_dup(cfg_getstr(sec, "pg_dump"), &out->pg_dump);
	if (!err)
		err = nb_str_dup(cfg_getstr(sec, "pg_dumpall"),
				 &out->pg_dumpall);
	if (!err)
		err = nb_str_dup(cfg_getstr(sec, "pg_restore"),
				 &out->pg_restore);
	return err;
}

enum nb_err
nb_config_read_postgres(struct nb_config_reading *r, cfg_t *sec,
			struct nb_config_source *out)
{
	enum nb_err err = nb_config_name(r, sec, "postgres", &out->name);

	out->kind = NB_SOURCE_POSTGRES;
	out->line = sec->line;
	out->globals_only = cfg_getbool(sec, "globals_only");
	out->all = cfg_getbool(sec, "all");
	if (!err)
		err = read_texts(sec, out);
	if (!err && out->globals_only && out->all)
		err = nb_config_error(r, sec, "all", "postgres \"%s\": either "
				      "globals_only or all is expected",
				      out->name);
	if (!err)
		err = read_format(r, sec, out);
	if (!err)
		err = read_compression(r, sec, out);
	if (!err)
		err = read_check(r, sec, out);
	if (!err)
		err = nb_config_time(r, sec, "timeout", &out->timeout);
	if (!err)
		err = nb_config_time(r, sec, "lock_timeout",
				     &out->lock_timeout);
	if (!err)
		err = nb_config_size(r, sec, "max_size", &out->max_size);
	return err;
}

enum nb_err
nb_config_read_tree(struct nb_config_reading *r, cfg_t *sec,
		    struct nb_config_source *out)
{
	const char *path = cfg_getstr(sec, "path");
	enum nb_err err = nb_config_name(r, sec, "tree", &out->name);

	out->kind = NB_SOURCE_TREE;
	out->line = sec->line;
	out->one_file_system = cfg_getbool(sec, "one_file_system");
	if (!err && (!path || path[0] != '/'))
		err = nb_config_error(r, sec, "path", "tree \"%s\": path = "
				      "\"/...\" is expected", out->name);
	if (!err)
		err = nb_str_dup(path, &out->path);
	return err ? err : nb_config_list(sec, "exclude", &out->exclude);
}
