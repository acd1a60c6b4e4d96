/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"

#define JOURNAL_MAX 65536

static const char *const steps[] = {
	[NB_STEP_BLANK] = "blank",
	[NB_STEP_BURN] = "burn",
	[NB_STEP_VERIFY] = "verify",
};

const char *
nb_step_name(enum nb_step step)
{
	return steps[step];
}

static enum nb_err
journal_path(const char *state_dir, char **path)
{
	return nb_path_join(state_dir, "journal", path);
}

/* One line with the step, then the label as it is on the disc. */
enum nb_err
nb_journal_begin(const char *state_dir, const struct nb_journal *journal)
{
	struct nb_str text = NB_STR_INIT;
	char *path = NULL, *label = NULL, *whole = NULL;
	enum nb_err err;

	err = journal_path(state_dir, &path);
	if (!err)
		err = nb_label_render(&journal->label, &label);
	if (err)
		goto out;
	nb_str_addf(&text, "%s\n%s", steps[journal->step], label);
	err = nb_str_take(&text, &whole);
	if (!err)
		err = nb_fd_save(AT_FDCWD, path, whole, strlen(whole), 0600);
out:
	free(whole);
	free(label);
	free(path);
	return err;
}

static bool
parse_step(const char *text, size_t length, enum nb_step *step)
{
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		if (strlen(steps[i]) == length
		    && !memcmp(steps[i], text, length)) {
			*step = (enum nb_step)i;
			return true;
		}
	}
	return false;
}

enum nb_err
nb_journal_load(const char *state_dir, struct nb_journal *journal)
{
	struct nb_journal found;
	char *path = NULL, *text = NULL, *line;
	size_t length;
	enum nb_err err;

	err = journal_path(state_dir, &path);
	if (!err)
		err = nb_fd_load(AT_FDCWD, path, JOURNAL_MAX, &text, &length);
	if (err)
		goto out;
	line = strchr(text, '\n');
	if (!line || !parse_step(text, (size_t)(line - text), &found.step)) {
		err = nb_fail(NB_ECORRUPT,
			      "%s: not a journal\nhint: remove it, and run "
			      "nightburn verify with the disc of the last run",
			      path);
		goto out;
	}
	line++;
	err = nb_label_parse(path, line, length - (size_t)(line - text),
			     &found.label);
	if (!err)
		*journal = found;
out:
	free(text);
	free(path);
	return err;
}

enum nb_err
nb_journal_end(const char *state_dir)
{
	enum nb_err err;
	char *path = NULL;

	err = journal_path(state_dir, &path);
	if (err)
		return err;
	if (unlink(path) && errno != ENOENT)
		err = nb_fail_errno(NB_EIO, "%s: cannot remove", path);
	else
		err = nb_fd_sync_dir(AT_FDCWD, state_dir);
	free(path);
	return err;
}
