/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/cluster/cluster.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/user.h"

#define HALT_MS 20000
#define PAUSE_MS 50

enum nb_err
nb_pg_cluster_mkdir(const struct nb_drill_server *server, const char *name)
{
	int above = open(server->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct nb_user user = { .name = NULL };
	enum nb_err err = nb_user_find("drill", server->run_as, &user);
	int fd = -1;

	if (!err && (above < 0 || mkdirat(above, name, 0700)))
		err = nb_fail_errno(nb_fd_write_error(), "%s/%s: cannot create",
				    server->dir, name);
	if (!err)
		fd = nb_path_open(above, name, O_RDONLY | O_DIRECTORY, 0);
	if (!err
	    && (fd < 0 || fchmod(fd, 0700) || fchown(fd, user.uid, user.gid)))
		err = nb_fail_errno(NB_EIO,
				    "%s/%s: cannot change the owner to %s",
				    server->dir, name, user.name);
	nb_fd_close(&fd);
	nb_fd_close(&above);
	nb_user_free(&user);
	return err;
}

struct nb_pg_client
nb_pg_cluster_client(const struct nb_drill_server *server)
{
	return (struct nb_pg_client){ .psql = server->psql,
				      .conninfo = server->conninfo,
				      .run_as = server->run_as };
}

/* The server's process, from its lock file, which its user has written; 0:
 * none. */
static pid_t
read_pid(int data)
{
	int fd = nb_path_open(data, "cluster/data/postmaster.pid", O_RDONLY, 0);
	char text[32] = "", proc[64];
	struct stat own, its;
	long pid;

	if (fd < 0)
		return 0;
	if (nb_fd_read(fd, text, sizeof text - 1) < 0 || fstat(fd, &own))
		text[0] = '\0';
	nb_fd_close(&fd);
	pid = strtol(text, NULL, 10);
	snprintf(proc, sizeof proc, "/proc/%ld", pid);
	return pid > 1 && !stat(proc, &its) && its.st_uid == own.st_uid
		? (pid_t)pid
		: 0;
}

void
nb_pg_cluster_halt(const char *dir)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000 };
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pid_t pid = fd < 0 ? 0 : read_pid(fd);

	if (pid && !kill(pid, SIGQUIT))
		for (int ms = 0; ms < HALT_MS && !kill(pid, 0); ms += PAUSE_MS)
			nanosleep(&pause, NULL);
	nb_fd_close(&fd);
}

void
nb_pg_cluster_clear(struct nb_drill_server *server)
{
	free(server->conninfo);
	free(server->run_as);
	free(server->connect);
	free(server->stop);
	free(server->bin);
	free(server->psql);
	*server = (struct nb_drill_server){ .dir = NULL };
}
