/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/jobs.h"
#include "job/clone/clone.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/inhibit.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "job/power.h"
#include "source/device/mount.h"

#define MARKER_MAX 4096

struct clone {
	struct nightburn *nb;
	const struct nb_clone_options *options;
	const struct nb_config_clone *config;
	struct nb_state *state;
	struct nb_lock *lock;
	struct nb_catalog *catalog;
	char *mounted; /* where the device is mounted; NULL: by us it is not */
	const char *target;
	int root; /* of the target, open */
	struct nb_clone_marker marker;
	char source_id[128];
	int64_t started;
};

/* Does PATH contain anything but what mkfs creates? */
static enum nb_err
is_empty(const char *path, bool *empty)
{
	DIR *dir = opendir(path);
	struct dirent *d;

	if (!dir)
		return nb_fail_errno(nb_fd_open_error(), "%s: cannot open",
				     path);
	*empty = true;
	while ((d = readdir(dir)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, "..")
		    && strcmp(d->d_name, "lost+found"))
			*empty = false;
	closedir(dir);
	return NB_OK;
}

static enum nb_err
open_target(struct clone *c)
{
	enum nb_err err = NB_OK;

	if (c->config->device) {
		err = nb_str_format(&c->mounted, "%s/clone-%s", c->state->dir,
				    c->config->name);
		if (err)
			return err;
		c->target = c->mounted;
		err = nb_mount_device(c->config->device, c->mounted);
		if (err) {
			free(c->mounted);
			c->mounted = NULL;
			return err;
		}
	} else {
		c->target = c->config->target;
	}
	c->root = open(c->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->root < 0)
		err = nb_fail_errno(nb_fd_open_error(),
				    "clone %s: cannot open %s", c->config->name,
				    c->target);
	return err;
}

static enum nb_err
read_marker(struct clone *c, struct nb_clone_facts *facts)
{
	char *text = NULL, *name = NULL;
	size_t length = 0;
	enum nb_err err;

	err = nb_fd_load(c->root, NB_CLONE_MARKER, MARKER_MAX, &text, &length);
	if (err == NB_ENOTFOUND)
		return NB_OK;
	facts->marker_there = true;
	if (!err)
		err = nb_path_join(c->target, NB_CLONE_MARKER, &name);
	if (!err)
		facts->marker_good =
			!nb_clone_parse(name, text, length, &c->marker);
	facts->marker = &c->marker;
	free(name);
	free(text);
	return err == NB_ENOMEM ? err : NB_OK;
}

static enum nb_err
look_at_source(struct clone *c, struct nb_clone_facts *facts)
{
	char *marker = NULL;
	struct stat st;
	enum nb_err err;

	err = is_empty(c->config->source, &facts->source_empty);
	if (!err)
		err = nb_path_join(c->config->source, NB_CLONE_MARKER, &marker);
	if (!err)
		facts->source_marked = !lstat(marker, &st);
	free(marker);
	if (!err)
		err = nb_mount_identity(c->config->source, c->source_id);
	facts->source = c->source_id;
	return err;
}

static enum nb_err
look_at_target(struct clone *c, struct nb_clone_facts *facts)
{
	struct stat source, target;
	enum nb_err err = nb_mounted_at(c->target, &facts->target_mounted);

	if (!err
	    && (stat(c->config->source, &source) || fstat(c->root, &target)))
		err = nb_fail_errno(NB_EIO,
				    "clone %s: cannot stat source and target",
				    c->config->name);
	if (err)
		return err;
	facts->same_file_system = source.st_dev == target.st_dev;
	err = is_empty(c->target, &facts->target_empty);
	return err ? err : read_marker(c, facts);
}

static enum nb_err
check_target(struct clone *c)
{
	struct nb_clone_facts facts = {
		.name = c->config->name,
		.installation = c->state->installation,
		.init = c->options->init,
		.force = c->options->force,
	};
	enum nb_clone_verdict answer;
	enum nb_err err = look_at_source(c, &facts);

	if (!err)
		err = look_at_target(c, &facts);
	if (err)
		return err;
	answer = nb_clone_check(&facts);
	if (answer)
		return nb_fail(NB_EWRONG, "clone %s: %s: %s", c->config->name,
			       c->target, nb_clone_text(answer));
	return NB_OK;
}

static enum nb_err
new_marker(struct clone *c)
{
	uint8_t id[NB_ID_SIZE];
	enum nb_err err = nb_random(id, sizeof id);

	if (err)
		return err;
	memset(&c->marker, 0, sizeof c->marker);
	nb_hex(id, sizeof id, c->marker.id);
	memcpy(c->marker.installation, c->state->installation,
	       sizeof c->marker.installation);
	snprintf(c->marker.name, sizeof c->marker.name, "%s", c->config->name);
	memcpy(c->marker.source, c->source_id, sizeof c->marker.source);
	return NB_OK;
}

/* The root of the target keeps the date that was copied. */
static enum nb_err
save_marker(struct clone *c)
{
	struct timespec times[2];
	struct stat st;
	char *text = NULL;
	enum nb_err err = nb_clone_render(&c->marker, &text);

	if (!err && fstat(c->root, &st))
		err = nb_fail_errno(NB_EIO, "%s: cannot stat", c->target);
	if (!err)
		err = nb_fd_save(c->root, NB_CLONE_MARKER, text, strlen(text),
				 0600);
	free(text);
	if (err)
		return err;
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	return futimens(c->root, times) ? nb_fail_errno(
		       NB_EIO, "%s: cannot set its timestamp", c->target)
					: NB_OK;
}

static enum nb_err
record(const struct clone *c, const struct nb_clone_result *r,
       enum nb_clone_state state, const char *note)
{
	struct nb_catalog_clone row = {
		.name = c->config->name,
		.id = c->marker.id,
		.source = c->config->source,
		.target = c->config->device ? c->config->device : c->target,
		.state = state,
		.note = note,
		.started = c->started,
		.finished = c->marker.finished,
		.checked = c->marker.checked,
		.files = r->files,
		.transferred = r->transferred,
		.deleted = r->deleted,
		.bytes = r->bytes,
	};

	return nb_catalog_put_clone(c->catalog, &row);
}

/* A first pass that changes nothing determines how much would be deleted. */
static enum nb_err
check_deletions(struct clone *c, const struct nb_clone_work *work,
		uint64_t *most, struct nb_clone_result *r)
{
	struct nb_clone_pass pass;
	enum nb_err err = nb_clone_rsync(work, true, 0, &pass);

	r->files = pass.files;
	r->transferred = pass.transferred;
	r->deleted = pass.deleted;
	r->bytes = pass.bytes;
	*most = nb_clone_most_deleted(&c->marker, c->config->max_delete);
	if (err || c->options->accept_delete || c->options->init) {
		*most = INT32_MAX;
		return err;
	}
	if (pass.deleted > *most)
		return nb_fail(NB_EWRONG,
			       "clone %s: %llu files would be deleted, the "
			       "limit is %llu\nhint: if the source is "
			       "complete, use --accept-delete",
			       c->config->name,
			       (unsigned long long)pass.deleted,
			       (unsigned long long)*most);
	return NB_OK;
}

static enum nb_err
copy(struct clone *c, const struct nb_clone_work *work, uint64_t most,
     struct nb_clone_result *r)
{
	struct nb_clone_pass pass;
	enum nb_err err = nb_clone_rsync(work, false, most, &pass);

	r->files = pass.files;
	r->transferred = pass.transferred;
	r->deleted = pass.deleted;
	r->bytes = pass.bytes;
	r->corrupt = pass.corrupt;
	if (!err && syncfs(c->root))
		err = nb_fail_errno(NB_EIO, "%s: cannot sync", c->target);
	if (err)
		return err;
	c->marker.finished = nb_clock_date();
	c->marker.files = pass.files;
	if (work->contents)
		c->marker.checked = c->marker.finished;
	return save_marker(c);
}

/* The clone does not start from the original's disk, so it has this file of its
 * own. */
static void
warn_fstab(const struct clone *c)
{
	char *there = NULL;

	if (nb_path_join(c->config->source, "etc/fstab", &there))
		return;
	if (!access(there, F_OK) && faccessat(c->root, "etc/fstab", F_OK, 0))
		nb_log(NB_WARNING,
		       "clone %s: has no /etc/fstab\nhint: create one that "
		       "names the clone's own disk; nightburn never copies it",
		       c->config->name);
	free(there);
}

static enum nb_err
write_clone(struct clone *c, const struct nb_clone_work *work,
	    struct nb_clone_result *r)
{
	uint64_t most = 0;
	enum nb_err err = check_deletions(c, work, &most, r);
	int inhibitor;

	if (err || c->options->dry_run)
		return err;
	err = nb_power_permit(c->nb, NB_WORK_CLONE);
	if (!err)
		err = record(c, r, NB_CLONE_WRITING, NULL);
	if (!err && c->options->init)
		err = save_marker(c);
	if (err)
		return err;
	inhibitor = nb_inhibit("a standby disk is being written");
	err = copy(c, work, most, r);
	nb_fd_close(&inhibitor);
	if (err) {
		record(c, r, NB_CLONE_INCOMPLETE, "the last run failed");
		return err;
	}
	warn_fstab(c);
	return record(c, r, NB_CLONE_GOOD, NULL);
}

static enum nb_err
run(struct clone *c, struct nb_clone_result *r)
{
	struct nb_clone_work work = { .nb = c->nb,
				      .config = c->config,
				      .ours = NB_ARRAY_INIT };
	enum nb_err err = open_target(c);

	if (!err)
		err = check_target(c);
	if (!err && c->options->init)
		err = new_marker(c);
	if (!err)
		err = nb_ours_find(c->nb->config, &work.ours);
	if (err)
		goto out;
	work.target = c->target;
	work.root = c->root;
	work.contents = !c->options->init
		&& nb_clone_compares(c->config->checksum, c->marker.checked,
				     nb_clock_date());
	r->compared = work.contents;
	err = write_clone(c, &work, r);
out:
	nb_array_free(&work.ours);
	return err;
}

/* Unmounts what was mounted; the directory stays for the next time. */
static enum nb_err
close_clone(struct clone *c, enum nb_err err)
{
	enum nb_err closed = NB_OK;

	nb_fd_close(&c->root);
	if (c->mounted)
		closed = nb_unmount(c->mounted);
	free(c->mounted);
	nb_catalog_close(c->catalog);
	nb_lock_release(c->lock);
	nb_state_close(c->state);
	return err ? err : closed;
}

enum nb_err
nb_job_clone(struct nightburn *nb, const struct nb_clone_options *options,
	     struct nb_clone_result *result)
{
	struct clone c = { .nb = nb,
			   .options = options,
			   .root = -1,
			   .started = nb_clock_date() };
	enum nb_err err = nb_config_clone(nb->config, options->name, &c.config);

	memset(result, 0, sizeof *result);
	if (err)
		return err;
	snprintf(result->name, sizeof result->name, "%s", c.config->name);
	err = nb_state_open(nb->config->state_dir, &c.state);
	if (!err)
		err = nb_lock_take(c.state->dir, &c.lock);
	if (!err)
		err = nb_catalog_open(c.state->catalog, NB_CATALOG_WORK,
				      &c.catalog);
	if (!err)
		err = run(&c, result);
	return close_clone(&c, err);
}
