/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/staged_dump.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"

/* Gives the files to the user who runs PostgreSQL's programs. */
static enum nb_err
give_to(int dir, const struct nb_disc_backup *backup, const char *user)
{
	const struct passwd *pw;

	if (!user)
		return NB_OK;
	pw = getpwnam(user);
	if (!pw)
		return nb_fail(NB_ENOTFOUND, "%s: no such user", user);
	for (size_t i = 0; i < backup->entries.count; i++) {
		const char *path = backup->entries.at[i].path;
		int fd = nb_path_open(dir, path, O_RDONLY, 0);
		int bad = fd < 0 || fchown(fd, pw->pw_uid, pw->pw_gid);

		nb_fd_close(&fd);
		if (bad)
			return nb_fail_errno(
				NB_EIO, "%s: cannot change its owner to %s",
				path, user);
	}
	return NB_OK;
}

/* Lets everyone enter the directories between staging and the dump. */
static enum nb_err
make_reachable(int dir, const char *kind)
{
	int fd = nb_path_open(dir, kind, O_RDONLY | O_DIRECTORY, 0);
	int bad = fd < 0 || fchmod(fd, 0711);

	nb_fd_close(&fd);
	return bad ? nb_fail_errno(NB_EIO, "%s: cannot open", kind) : NB_OK;
}

enum nb_err
nb_restore_temporary(const struct nightburn *nb, struct nb_temporary **out)
{
	const char *staging = nb ? nb->config->staging_dir : "/tmp";

	if (nb && !mkdir(staging, 0711))
		chmod(staging, 0711); /* whatever the umask */
	nb_temporary_sweep(staging);
	return nb_temporary_make(staging, out);
}

enum nb_err
nb_restore_temporary_end(struct nb_temporary *temporary)
{
	enum nb_err err = NB_OK;

	if (temporary && !nb_temporary_remove(temporary->path))
		err = nb_fail_errno(NB_EIO, "%s: cannot remove",
				    temporary->path);
	nb_temporary_close(temporary);
	return err;
}

enum nb_err
nb_staged_dump_make(const struct nb_restoring *r,
		    const struct nb_manifest_source *source,
		    struct nb_staged_dump *staged,
		    struct nb_extract_result *result)
{
	struct nb_restore_target target = { -1, false, false };
	enum nb_err err = nb_restore_temporary(r->nb, &staged->made);

	if (err)
		return err;
	target.fd = staged->made->dir;
	err = nb_restore_extract(r->nb, r->blocks, r->nodes, r->backup,
				 r->options, target, result);
	if (!err)
		err = make_reachable(target.fd, source->kind);
	if (!err)
		err = give_to(target.fd, r->backup, r->options->run_as);
	return err
		? err
		: nb_path_join(staged->made->path, source->path, &staged->path);
}

enum nb_err
nb_staged_dump_remove(struct nb_staged_dump *staged)
{
	free(staged->path);
	return nb_restore_temporary_end(staged->made);
}
