/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/label.h"

enum nb_err
nb_config_name(const struct nb_config_reading *r, cfg_t *sec, const char *what,
	       char **out)
{
	const char *name = cfg_title(sec);

	if (!name || !name[0] || strlen(name) > NB_NAME_MAX
	    || strchr(name, '/') || name[0] == '.'
	    || !nb_str_is_utf8(name, strlen(name)))
		return nb_config_error(r, sec, NULL, "%s \"%s\": a name of 1 "
				       "to %d bytes without / and leading dot "
				       "is expected", what, name ? name : "",
				       NB_NAME_MAX);
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return nb_config_error(r, sec, NULL, "%s: a name "
					       "without control characters "
					       "is expected", what);
	return nb_str_dup(name, out);
}

enum nb_err
nb_config_list(cfg_t *sec, const char *option, struct nb_names *out)
{
	enum nb_err err = NB_OK;

	for (unsigned int i = 0; !err && i < cfg_size(sec, option); i++) {
		char *copy = NULL;

		err = nb_str_dup(cfg_getnstr(sec, option, i), &copy);
		if (!err)
			err = nb_array_push(out, copy);
		if (err)
			free(copy);
	}
	return err;
}

struct unit { const char *name; double factor; };

/* A number with one of UNITS behind it; false when it is anything else. */
static bool
parse_quantity(const char *text, const struct unit *units, double *out)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || !isfinite(value) || value < 0)
		return false;
	while (*end == ' ')
		end++;
	for (; units->name; units++) {
		if (!strcmp(end, units->name)) {
			*out = value * units->factor;
			return *out < 9e15;
		}
	}
	return false;
}

enum nb_err
nb_config_size(const struct nb_config_reading *r, cfg_t *sec,
	       const char *option, uint64_t *out)
{
	static const struct unit units[] = {
		{ "", 1 }, { "k", 1e3 }, { "M", 1e6 }, { "G", 1e9 },
		{ "T", 1e12 }, { "kB", 1e3 }, { "MB", 1e6 }, { "GB", 1e9 },
		{ "TB", 1e12 }, { "KiB", 1024 }, { "MiB", 1048576 },
		{ "GiB", 1073741824 }, { "TiB", 1099511627776 }, { NULL, 0 }
	};
	double value;

	if (!parse_quantity(cfg_getstr(sec, option), units, &value))
		return nb_config_error(r, sec, option, "%s = \"%s\": a size "
				       "such as 700M, 4.7G or 650MiB is "
				       "expected", option,
				       cfg_getstr(sec, option));
	*out = (uint64_t)value;
	return NB_OK;
}

enum nb_err
nb_config_time(const struct nb_config_reading *r, cfg_t *sec,
	       const char *option, int64_t *out)
{
	static const struct unit units[] = {
		{ "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 },
		{ "d", 86400 }, { "w", 604800 }, { NULL, 0 }
	};
	double value;

	if (!parse_quantity(cfg_getstr(sec, option), units, &value))
		return nb_config_error(r, sec, option, "%s = \"%s\": a time "
				       "such as 90, 10m, 12h or 40d is "
				       "expected", option,
				       cfg_getstr(sec, option));
	*out = (int64_t)value;
	return NB_OK;
}

static enum nb_err
read_drive(struct nb_config_reading *r, cfg_t *sec,
	   struct nb_config_drive *out)
{
	const char *device = cfg_getstr(sec, "device");
	long speed = cfg_getint(sec, "speed");
	enum nb_err err = nb_config_name(r, sec, "drive", &out->name);

	if (err)
		return err;
	if (!device || (device[0] != '/' && strncmp(device, "stdio:/", 7)))
		return nb_config_error(r, sec, "device", "drive \"%s\": device "
				       "= \"/dev/...\" or \"stdio:/...\" is "
				       "expected", out->name);
	if (speed < 0 || speed > 1000)
		return nb_config_error(r, sec, "speed", "speed = %ld: 0 to "
				       "1000 is expected", speed);
	out->speed = (int)speed;
	err = nb_config_size(r, sec, "capacity", &out->capacity);
	return err ? err : nb_str_dup(device, &out->device);
}

static enum nb_err
read_rotation(const struct nb_config_reading *r, cfg_t *sec,
	      struct nb_config_pool *out)
{
	static const char *const names[] = {
		[NB_ROTATION_ALTERNATE] = "alternate",
		[NB_ROTATION_APPEND] = "append",
		[NB_ROTATION_FRESH] = "fresh",
	};
	const char *same = cfg_getstr(sec, "on_same_disc");
	const char *text = cfg_getstr(sec, "rotation");
	bool found = false;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!strcmp(text, names[i])) {
			out->rotation = (enum nb_rotation)i;
			found = true;
		}
	}
	if (!found)
		return nb_config_error(r, sec, "rotation", "rotation = "
				       "\"%s\": alternate, append or fresh is "
				       "expected", text);
	out->append_on_same_disc = !strcmp(same, "append");
	if (!out->append_on_same_disc && strcmp(same, "refuse"))
		return nb_config_error(r, sec, "on_same_disc", "on_same_disc "
				       "= \"%s\": append or refuse is "
				       "expected", same);
	return NB_OK;
}

static enum nb_err
check_discs(const struct nb_config_reading *r, cfg_t *sec,
	    const struct nb_config_pool *pool)
{
	const struct nb_names *discs = &pool->discs;

	if (!discs->count)
		return nb_config_error(r, sec, "discs", "pool \"%s\": discs = "
				       "{ \"A\", \"B\" } is expected",
				       pool->name);
	for (size_t i = 0; i < discs->count; i++) {
		const char *name = discs->at[i];

		if (!name[0] || strlen(name) > NB_NAME_MAX || name[0] == '.'
		    || strchr(name, '/')
		    || !nb_str_is_utf8(name, strlen(name)))
			return nb_config_error(r, sec, "discs", "disc \"%s\": "
					       "a name of 1 to %d bytes "
					       "without / and leading dot is "
					       "expected", name, NB_NAME_MAX);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(name, discs->at[k]))
				return nb_config_error(r, sec, "discs",
					"disc \"%s\": named twice; each disc "
					"once is expected", name);
	}
	return NB_OK;
}

static enum nb_err
check_drives(const struct nb_config_reading *r, cfg_t *sec,
	     const struct nb_config_pool *pool)
{
	if (!pool->drives.count)
		return nb_config_error(r, sec, "drives", "pool \"%s\": drives "
				       "= { \"NAME\" } is expected",
				       pool->name);
	for (size_t i = 0; i < pool->drives.count; i++)
		if (!nb_config_drive(r->config, pool->drives.at[i]))
			return nb_config_error(r, sec, "drives", "drive "
					       "\"%s\": no such drive; the "
					       "name of a drive section is "
					       "expected",
					       pool->drives.at[i]);
	return NB_OK;
}

static enum nb_err
read_pool(struct nb_config_reading *r, cfg_t *sec, struct nb_config_pool *out)
{
	enum nb_err err = nb_config_name(r, sec, "pool", &out->name);

	if (!err)
		err = nb_config_list(sec, "discs", &out->discs);
	if (!err)
		err = nb_config_list(sec, "drives", &out->drives);
	if (!err)
		err = check_discs(r, sec, out);
	if (!err)
		err = check_drives(r, sec, out);
	if (!err)
		err = read_rotation(r, sec, out);
	if (!err)
		err = nb_config_time(r, sec, "max_verify_age",
				     &out->max_verify_age);
	out->close = cfg_getbool(sec, "close");
	return err;
}

static int
by_line(const void *a, const void *b)
{
	const struct nb_config_source *x = a, *y = b;

	return x->line < y->line ? -1 : x->line > y->line;
}

static enum nb_err
read_sources(struct nb_config_reading *r, cfg_t *sec, const char *kind,
	     enum nb_err (*read)(struct nb_config_reading *, cfg_t *,
				 struct nb_config_source *),
	     struct nb_config_sources *out)
{
	enum nb_err err = NB_OK;

	for (unsigned int i = 0; !err && i < cfg_size(sec, kind); i++) {
		struct nb_config_source *source;

		err = nb_array_push(out, (struct nb_config_source){ 0 });
		if (err)
			break;
		source = &out->at[out->count - 1];
		err = read(r, cfg_getnsec(sec, kind, i), source);
	}
	return err;
}

static enum nb_err
read_job(struct nb_config_reading *r, cfg_t *sec, struct nb_config_job *out)
{
	const char *pool = cfg_getstr(sec, "pool");
	enum nb_err err = nb_config_name(r, sec, "job", &out->name);

	if (err)
		return err;
	if (!pool || !nb_config_pool(r->config, pool))
		return nb_config_error(r, sec, "pool", "pool \"%s\": no such "
				       "pool; the name of a pool section is "
				       "expected", pool ? pool : "");
	for (size_t i = 0; i + 1 < r->config->jobs.count; i++)
		if (!strcmp(r->config->jobs.at[i].pool, pool))
			return nb_config_error(r, sec, "pool", "pool \"%s\": "
				"serves job \"%s\" already; a pool of its own "
				"for each job is expected", pool,
				r->config->jobs.at[i].name);
	err = nb_str_dup(pool, &out->pool);
	if (!err)
		err = read_sources(r, sec, "postgres",
				   nb_config_read_postgres, &out->sources);
	if (!err)
		err = read_sources(r, sec, "tree", nb_config_read_tree,
				   &out->sources);
	if (err)
		return err;
	if (!out->sources.count)
		return nb_config_error(r, sec, NULL, "job \"%s\": a postgres "
				       "or tree section is expected",
				       out->name);
	qsort(out->sources.at, out->sources.count, sizeof *out->sources.at,
	      by_line);
	return NB_OK;
}

static enum nb_err
read_directory(struct nb_config_reading *r, cfg_t *root, const char *option,
	       char **out)
{
	const char *path = cfg_getstr(root, option);

	if (path[0] != '/')
		return nb_config_error(r, root, option, "%s = \"%s\": a path "
				       "that begins with / is expected",
				       option, path);
	return nb_str_dup(path, out);
}

enum nb_err
nb_config_convert(struct nb_config_reading *r, cfg_t *root)
{
	struct nb_config *c = r->config;
	enum nb_err err;

	err = read_directory(r, root, "state_dir", &c->state_dir);
	if (!err)
		err = read_directory(r, root, "staging_dir", &c->staging_dir);
	for (unsigned int i = 0; !err && i < cfg_size(root, "drive"); i++) {
		err = nb_array_push(&c->drives, (struct nb_config_drive){ 0 });
		if (!err)
			err = read_drive(r, cfg_getnsec(root, "drive", i),
					 &c->drives.at[i]);
	}
	for (unsigned int i = 0; !err && i < cfg_size(root, "pool"); i++) {
		err = nb_array_push(&c->pools, (struct nb_config_pool){ 0 });
		if (!err)
			err = read_pool(r, cfg_getnsec(root, "pool", i),
					&c->pools.at[i]);
	}
	for (unsigned int i = 0; !err && i < cfg_size(root, "job"); i++) {
		err = nb_array_push(&c->jobs, (struct nb_config_job){ 0 });
		if (!err)
			err = read_job(r, cfg_getnsec(root, "job", i),
				       &c->jobs.at[i]);
	}
	if (!err && !c->jobs.count)
		err = nb_config_error(r, root, NULL,
				      "no job; a job section is expected");
	return err;
}
