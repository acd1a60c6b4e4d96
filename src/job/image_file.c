/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "job/job.h"
#include "job/jobs.h"
#include "source/ours.h"

/* The file, which appears when it is complete. */
struct target {
	struct nightburn *nb;
	const char *file;
	bool force;
	int fd;
	char *link;      /* what FD has as a name in /proc */
	char *temporary; /* the name that it has until then; NULL: none, and it
			    is gone whenever this process ends */
};

/* What nightburn keeps is replaced by no image, whatever a person says. */
static enum nb_err
refuse_ours(const struct target *t)
{
	struct nb_ours ours = NB_ARRAY_INIT;
	enum nb_err err = nb_ours_find(t->nb->config, &ours);
	const char *what = NULL;

	if (!err)
		what = nb_ours_path(&ours, t->file);
	if (what)
		err = nb_fail(NB_EUSAGE,
			      "%s: nightburn's own %s, which no image "
			      "replaces\nhint: name another file",
			      t->file, what);
	nb_array_free(&ours);
	return err;
}

/* An empty file is what mktemp(1) makes. */
static enum nb_err
may_write(const struct target *t)
{
	struct stat st;
	bool there = !lstat(t->file, &st);

	if (there && !S_ISREG(st.st_mode))
		return nb_fail(NB_EUSAGE,
			       "%s: exists and is not a regular file", t->file);
	if (refuse_ours(t))
		return NB_EUSAGE;
	if (there && st.st_size && !t->force)
		return nb_fail(
			NB_EUSAGE,
			"%s: exists\nhint: name another file; or replace "
			"it: nightburn image --force %s",
			t->file, t->file);
	return NB_OK;
}

static enum nb_err
directory_of(const char *file, char **out)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return nb_str_dup(".", out);
	return nb_str_format(out, "%.*s", (int)(slash - file + 1), file);
}

/* A file without a name where the file system can do that. */
static enum nb_err
open_target(struct target *t)
{
	char *directory;
	enum nb_err err = directory_of(t->file, &directory);

	if (err)
		return err;
	t->fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	free(directory);
	if (t->fd >= 0)
		return nb_str_format(&t->link, "/proc/self/fd/%d", t->fd);
	err = nb_str_format(&t->temporary, "%s.XXXXXX", t->file);
	if (!err)
		t->fd = mkostemp(t->temporary, O_CLOEXEC);
	if (!err && t->fd < 0) {
		err = nb_fail_errno(nb_fd_write_error(), "%s: cannot create",
				    t->file);
		free(t->temporary);
		t->temporary = NULL;
	}
	return err;
}

/* Gives it a name that nothing has. */
static enum nb_err
name_temporary(struct target *t)
{
	static const char form[] = "%s.%06d";

	for (int i = 0; i < 1000000; i++) {
		enum nb_err err =
			nb_str_format(&t->temporary, form, t->file, i);

		if (err
		    || !linkat(AT_FDCWD, t->link, AT_FDCWD, t->temporary,
			       AT_SYMLINK_FOLLOW))
			return err;
		free(t->temporary);
		t->temporary = NULL;
		if (errno != EEXIST)
			break;
	}
	return nb_fail_errno(nb_fd_write_error(), "%s: cannot create", t->file);
}

/* Asked again: hours may have passed. */
static enum nb_err
put_in_place(struct target *t)
{
	enum nb_err err = may_write(t);

	if (!err && fsync(t->fd))
		err = nb_fail_errno(nb_fd_write_error(), "%s: cannot sync",
				    t->file);
	if (!err && !t->temporary)
		err = name_temporary(t);
	if (!err && rename(t->temporary, t->file))
		err = nb_fail_errno(NB_EIO, "%s: cannot rename", t->temporary);
	if (!err) {
		free(t->temporary);
		t->temporary = NULL;
	}
	return err;
}

static void
close_target(struct target *t)
{
	if (t->temporary)
		unlink(t->temporary);
	nb_fd_close(&t->fd);
	free(t->temporary);
	free(t->link);
}

enum nb_err
nb_job_image_file(struct nightburn *nb, const struct nb_run_options *options,
		  struct nb_run_result *result)
{
	struct target target = { .nb = nb,
				 .file = options->file,
				 .force = options->replace,
				 .fd = -1 };
	enum nb_err err = may_write(&target), put = NB_OK;

	if (!err)
		err = open_target(&target);
	if (!err) {
		err = nb_job_image(nb, options, target.fd, result);
		if (result->blocks)
			put = put_in_place(&target);
		if (put)
			result->blocks = 0;
	}
	close_target(&target);
	return put ? put : err;
}
