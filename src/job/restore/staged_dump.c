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
nb_restore_temporary(const struct nightburn *nb, char **path, int *fd)
{
	const char *staging = nb ? nb->config->staging_dir : "/tmp";
	enum nb_err err;
	char *made;

	if (nb && !mkdir(staging, 0711))
		chmod(staging, 0711); /* whatever the umask */
	err = nb_str_format(&made, "%s/restore.XXXXXX", staging);
	if (err)
		return err;
	if (!mkdtemp(made)) {
		err = nb_fail_errno(NB_EIO, "%s: cannot create a directory",
				    staging);
		free(made);
		return err;
	}
	*fd = open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0 || fchmod(*fd, 0711)) {
		err = nb_fail_errno(NB_EIO, "%s: cannot open", made);
		nb_fd_close(fd);
		rmdir(made);
		free(made);
		return err;
	}
	*path = made;
	return NB_OK;
}

enum nb_err
nb_staged_dump_make(const struct nb_restoring *r,
		    const struct nb_manifest_source *source,
		    struct nb_staged_dump *staged,
		    struct nb_extract_result *result)
{
	struct nb_restore_target target = { -1, false, false };
	enum nb_err err =
		nb_restore_temporary(r->nb, &staged->dir, &staged->fd);

	if (err)
		return err;
	target.fd = staged->fd;
	err = nb_restore_extract(r->nb, r->blocks, r->nodes, r->backup,
				 r->options, target, result);
	if (!err)
		err = make_reachable(target.fd, source->kind);
	if (!err)
		err = give_to(target.fd, r->backup, r->options->run_as);
	return err ? err
		   : nb_path_join(staged->dir, source->path, &staged->path);
}

enum nb_err
nb_staged_dump_remove(struct nb_staged_dump *staged)
{
	enum nb_err err = NB_OK;

	nb_fd_close(&staged->fd);
	if (staged->dir)
		err = nb_path_remove(AT_FDCWD, staged->dir);
	free(staged->path);
	free(staged->dir);
	return err;
}
