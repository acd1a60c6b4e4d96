/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"

static enum nb_err
check_directory(const char *dir)
{
	struct stat st;

	if (mkdir(dir, 0700) && errno != EEXIST)
		return nb_fail_errno(
			NB_EIO, "%s: cannot create the state directory", dir);
	if (stat(dir, &st))
		return nb_fail_errno(NB_EIO, "%s: cannot stat", dir);
	if (!S_ISDIR(st.st_mode))
		return nb_fail(NB_ECONFIG, "%s: not a directory", dir);
	if (st.st_mode & 022)
		return nb_fail(NB_ECONFIG,
			       "%s: writable by others\n"
			       "hint: chmod go-w %s",
			       dir, dir);
	return NB_OK;
}

static enum nb_err
make_installation(const char *path, char id[NB_ID_HEX + 1])
{
	char text[NB_ID_HEX + 2];
	uint8_t bytes[NB_ID_SIZE];
	enum nb_err err = nb_random(bytes, sizeof bytes);

	if (err)
		return err;
	nb_hex(bytes, sizeof bytes, id);
	memcpy(text, id, NB_ID_HEX);
	text[NB_ID_HEX] = '\n';
	return nb_fd_save(AT_FDCWD, path, text, NB_ID_HEX + 1, 0600);
}

static enum nb_err
load_installation(const char *dir, char id[NB_ID_HEX + 1])
{
	uint8_t bytes[NB_ID_SIZE];
	char *path, *text = NULL;
	size_t length;
	enum nb_err err;

	err = nb_path_join(dir, "installation", &path);
	if (err)
		return err;
	err = nb_fd_load(AT_FDCWD, path, 256, &text, &length);
	if (err == NB_ENOTFOUND) {
		err = make_installation(path, id);
	} else if (!err) {
		text[strcspn(text, "\n")] = '\0';
		if (nb_unhex(text, NB_ID_SIZE, bytes))
			nb_hex(bytes, NB_ID_SIZE, id);
		else
			err = nb_fail(NB_ECORRUPT,
				      "%s: not an installation id\nhint: "
				      "restore the file from a backup of %s",
				      path, dir);
	}
	free(text);
	free(path);
	return err;
}

enum nb_err
nb_state_open(const char *dir, struct nb_state **out)
{
	struct nb_state *state = calloc(1, sizeof *state);
	enum nb_err err;

	if (!state)
		return nb_fail_memory();
	err = check_directory(dir);
	if (!err)
		err = nb_str_dup(dir, &state->dir);
	if (!err)
		err = nb_path_join(dir, "catalog.db", &state->catalog);
	if (!err)
		err = load_installation(dir, state->installation);
	if (err)
		nb_state_close(state);
	else
		*out = state;
	return err;
}

enum nb_err
nb_state_renew(struct nb_state *state)
{
	char *path;
	enum nb_err err = nb_path_join(state->dir, "installation", &path);

	if (err)
		return err;
	err = make_installation(path, state->installation);
	free(path);
	return err;
}

void
nb_state_close(struct nb_state *state)
{
	if (!state)
		return;
	free(state->dir);
	free(state->catalog);
	free(state);
}
