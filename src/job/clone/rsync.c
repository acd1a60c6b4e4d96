/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/clone/clone.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/names.h"
#include "base/proc.h"
#include "base/str.h"
#include "source/device/mount.h"

/* rsync(1), EXIT VALUES */
#define EXIT_MAX_DELETE 25
#define EXIT_VANISHED 24

#define ITEM 12 /* of --out-format "%i %n": what is before the name */

struct pass {
	const struct nb_clone_work *work;
	struct nb_clone_pass *out;
	struct nb_str line; /* the incomplete last line */
	uint64_t seen;
	bool dry;
};

/* PATH of the machine as a pattern that matches exactly it, if it is beneath
 * the source; with INSIDE, only its contents. */
static enum nb_err
exclude_path(struct nb_names *list, const char *source, const char *path,
	     bool inside)
{
	size_t n = strcmp(source, "/") ? strlen(source) : 0;
	struct nb_str pattern = NB_STR_INIT;
	char *text = NULL;
	enum nb_err err;

	if (strncmp(path, source, n) || path[n] != '/' || !path[n + 1])
		return NB_OK;
	nb_str_add(&pattern, "--exclude=");
	for (const char *p = path + n; *p; p++)
		nb_str_addf(&pattern, strchr("*?[\\", *p) ? "\\%c" : "%c", *p);
	nb_str_add(&pattern, inside ? "/*" : "");
	err = nb_str_take(&pattern, &text);
	if (!err)
		err = nb_names_take(list, text);
	return err;
}

struct mounts {
	struct nb_names *list;
	const char *source;
};

/* Not deleted: what lies on a disk of this machine. */
static enum nb_err
exclude_mount(void *ctx, const struct nb_mount *mount)
{
	const struct mounts *m = ctx;

	return strncmp(mount->source, "/dev/", 5)
		? exclude_path(m->list, m->source, mount->path, true)
		: NB_OK;
}

static enum nb_err
add_excludes(const struct nb_clone_work *work, struct nb_names *list)
{
	/* What belongs to the disk that it is on, and what a system creates
	 * when it starts. */
	static const char *const always[] = {
		("/" NB_CLONE_MARKER),
		"/etc/fstab",
		"/boot/grub/grub.cfg",
		"/boot/grub/grubenv",
		"/lost+found",
		"/tmp/*",
		"/var/tmp/*",
		"/run/*",
		"/proc/*",
		"/sys/*",
		"/dev/*",
	};
	const struct nb_config *config = work->nb->config;
	const char *source = work->config->source;
	struct mounts mounts = { list, source };
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < sizeof always / sizeof *always; i++)
		err = nb_names_add(list, "--exclude=%s", always[i]);
	for (size_t i = 0; !err && i < work->config->exclude.count; i++)
		err = nb_names_add(list, "--exclude=%s",
				   work->config->exclude.at[i]);
	if (!err)
		err = exclude_path(list, source, work->target, false);
	if (!err)
		err = exclude_path(list, source, config->state_dir, false);
	if (!err)
		err = exclude_path(list, source, config->staging_dir, false);
	return err ? err : nb_mounts(exclude_mount, &mounts);
}

static enum nb_err
make_arguments(const struct pass *p, uint64_t most, struct nb_names *list)
{
	static const char *const fixed[] = {
		"rsync",
		"-aHAXS",
		"--numeric-ids",
		"--delete",
		"--no-human-readable",
		"--stats",
		"--out-format=%i %n",
		"--8-bit-output",
	};
	const struct nb_clone_work *work = p->work;
	const char *source = work->config->source;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < sizeof fixed / sizeof *fixed; i++)
		err = nb_names_add(list, "%s", fixed[i]);
	if (!err && p->dry)
		err = nb_names_add(list, "--dry-run");
	if (!err && work->contents && !p->dry)
		err = nb_names_add(list, "--checksum");
	if (!err && work->config->one_file_system)
		err = nb_names_add(list, "--one-file-system");
	if (!err && !p->dry)
		err = nb_names_add(list, "--max-delete=%" PRIu64, most);
	if (!err)
		err = add_excludes(work, list);
	if (!err)
		err = nb_names_add(list, "%s%s", source,
				   strcmp(source, "/") ? "/" : "");
	if (!err)
		err = nb_names_add(list, "%s/", work->target);
	return err ? err : nb_array_push(list, NULL);
}

static void
take_number(const char *line, const char *key, uint64_t *out)
{
	size_t n = strlen(key);

	if (!strncmp(line, key, n))
		*out = strtoull(line + n, NULL, 10);
}

/* The name in a line "%i %n"; NULL: it is one of the statistics. */
static const char *
name_in(const char *line)
{
	if (strlen(line) <= ITEM || line[ITEM - 1] != ' ')
		return NULL;
	return !strncmp(line, "*deleting", 9)
			|| (strchr("<>ch.", line[0])
			    && strchr("fdLDS", line[1]))
		? line + ITEM
		: NULL;
}

/* Discs, the state and what waits may lie on the target, but nightburn is not
 * what deletes or overwrites them. */
static enum nb_err
keep_ours(const struct nb_clone_work *work, const char *line)
{
	const char *name = name_in(line), *what, *slash;

	what = name ? nb_ours_beneath(&work->ours, work->root, name, false)
		    : NULL;
	if (!what)
		return NB_OK;
	slash = strrchr(name, '/');
	return nb_fail(NB_EWRONG,
		       "clone %s: %s/%s: nightburn's own %s, which would be "
		       "%s\nhint: move it to another disk; or add \"/%.*s\" "
		       "to exclude of the clone",
		       work->config->name, work->target, name, what,
		       *line == '*' ? "deleted" : "changed",
		       slash ? (int)(slash - name) : (int)strlen(name), name);
}

/* Either a changed file, as "%i %n", or a line of the statistics. */
static enum nb_err
take_line(struct pass *p, const char *line)
{
	const char *source = p->work->config->source;
	struct nb_clone_pass *out = p->out;
	enum nb_err err = p->dry ? keep_ours(p->work, line) : NB_OK;

	if (err)
		return err;

	/* The content differs, size and date do not. */
	if (!strncmp(line, ">fc", 3) && !strncmp(line + 3, "..", 2)) {
		nb_log(NB_WARNING,
		       "%s%s%s: content differs although size and modification "
		       "time are equal",
		       source, strcmp(source, "/") ? "/" : "",
		       line + strcspn(line, " ") + 1);
		out->corrupt++;
	}
	take_number(line, "Number of files: ", &out->files);
	take_number(line,
		    "Number of regular files transferred: ", &out->transferred);
	take_number(line, "Number of deleted files: ", &out->deleted);
	take_number(line, "Total transferred file size: ", &out->bytes);
	return nb_job_progress(p->work->nb,
			       p->dry ? NB_WORK_CLONE_SCAN : NB_WORK_CLONE,
			       ++p->seen, 0);
}

static enum nb_err
take_output(void *ctx, const void *data, size_t n)
{
	struct pass *p = ctx;
	const char *at = data, *end = at + n;
	enum nb_err err = NB_OK;

	while (!err && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		nb_str_add_bytes(&p->line, at,
				 (size_t)((stop ? stop : end) - at));
		at = stop ? stop + 1 : end;
		if (!stop)
			break;
		if (p->line.length)
			err = take_line(p, p->line.text);
		nb_str_free(&p->line);
		p->line = (struct nb_str)NB_STR_INIT;
	}
	return err;
}

static enum nb_err
tick(void *ctx)
{
	struct pass *p = ctx;

	return nb_job_progress(p->work->nb,
			       p->dry ? NB_WORK_CLONE_SCAN : NB_WORK_CLONE,
			       p->seen, 0);
}

static enum nb_err
judge(const char *name, uint64_t most, const struct nb_proc_result *result)
{
	if (result->exit_code == EXIT_VANISHED) {
		nb_log(NB_NOTE, "%s: files vanished while they were read",
		       name);
		return NB_OK;
	}
	if (result->exit_code == EXIT_MAX_DELETE)
		return nb_fail(NB_EWRONG,
			       "%s: more than %" PRIu64
			       " files to delete; the others were kept",
			       name, most);
	return nb_proc_check(name, result, NB_ESOURCE);
}

enum nb_err
nb_clone_rsync(const struct nb_clone_work *work, bool dry, uint64_t most,
	       struct nb_clone_pass *out)
{
	struct pass p = { work, out, NB_STR_INIT, 0, dry };
	struct nb_proc_result result = { .output = NULL };
	struct nb_names list = NB_ARRAY_INIT;
	char *name = NULL;
	enum nb_err err;

	memset(out, 0, sizeof *out);
	err = nb_str_format(&name, "clone %s: rsync", work->config->name);
	if (!err)
		err = make_arguments(&p, most, &list);
	if (!err)
		err = nb_proc_run(
			&(struct nb_proc){ .argv = (const char *const *)list.at,
					   .name = name,
					   .stdin_fd = -1,
					   .sink = take_output,
					   .ctx = &p,
					   .timeout_ms =
						   work->config->timeout * 1000,
					   .tick = tick },
			&result);
	if (!err)
		err = judge(name, most, &result);
	nb_proc_result_free(&result);
	nb_names_free(&list);
	nb_str_free(&p.line);
	free(name);
	return err;
}
