/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/cluster/cluster.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/str.h"
#include "base/user.h"

#define SOCKET "/cluster/.s.PGSQL.5432"
#define START_MS 300000

/* Nothing has to survive a crash, and nothing may leave the directory. */
static const char settings[] = "listen_addresses = ''\n"
			       "unix_socket_permissions = 0700\n"
			       "fsync = off\n"
			       "full_page_writes = off\n"
			       "synchronous_commit = off\n"
			       "archive_mode = off\n"
			       "wal_level = minimal\n"
			       "max_wal_senders = 0\n"
			       "max_wal_size = 256MB\n"
			       "shared_buffers = 64MB\n"
			       "max_connections = 50\n"
			       "autovacuum = off\n"
			       "logging_collector = off\n"
			       "log_destination = 'stderr'\n"
			       "jit = off\n";

/* ---- before it ---- */

/* The oldest version that can restore the dumps of all of these. */
static int
needed_version(const struct nb_drill_wish *wish, const char **text)
{
	int needed = 0;

	for (size_t i = 0; i < wish->count; i++) {
		const char *version = wish->records[i]->server_version;
		int major = version ? atoi(version) : 0;

		if (major <= needed)
			continue;
		needed = major;
		*text = version;
	}
	return needed;
}

static enum nb_err
find_programs(const struct nb_drill_wish *wish, struct nb_drill_server *server)
{
	const char *wanted = NULL, *name = wish->source->name;
	int needed = needed_version(wish, &wanted), number = 0;
	char *initdb = NULL, *text = NULL;
	enum nb_err err =
		nb_pg_program_find(wish->source, NB_PG_INITDB, &initdb);

	if (!err)
		err = nb_pg_program_version(wish->source, initdb, &number,
					    &text);
	if (!err && number / 10000 < needed)
		err = nb_fail(NB_EFAIL,
			      "postgres %s: it was dumped from PostgreSQL %s, "
			      "and the newest server here is %s\n"
			      "hint: install the server of that version, or "
			      "drill on another host",
			      name, wanted, text);
	if (!err)
		err = nb_pg_program_find(wish->source, NB_PG_PSQL,
					 &server->psql);
	if (!err)
		err = nb_str_format(&server->bin, "%.*s",
				    (int)(strrchr(initdb, '/') - initdb),
				    initdb);
	free(initdb);
	free(text);
	return err == NB_ESOURCE ? NB_EFAIL : err;
}

/* The server refuses to run as root. */
static enum nb_err
choose_user(const struct nb_drill_wish *wish, struct nb_drill_server *server)
{
	const char *user = wish->run_as ? wish->run_as
					: nb_pg_options(wish->source)->run_as;
	struct nb_user found = { .name = NULL };
	enum nb_err err;

	if (!user && !geteuid())
		user = "postgres";
	err = nb_user_find("drill", user, &found);
	if (!err && !found.uid)
		err = nb_fail(NB_EUSAGE,
			      "drill: PostgreSQL does not run as root\n"
			      "hint: use --run-as USER");
	if (!err && !nb_user_allowed(&found))
		err = nb_fail(NB_EFAIL,
			      "drill: only root can become %s\nhint: start "
			      "nightburn as root or as %s",
			      found.name, found.name);
	nb_user_free(&found);
	return err ? err : nb_str_dup(user, &server->run_as);
}

/* No environment variable may redirect it elsewhere. */
static enum nb_err
make_conninfo(const char *dir, const char *user, char **out)
{
	struct nb_str s = NB_STR_INIT;
	char *socket = NULL;
	enum nb_err err;

	if (strlen(dir) + sizeof SOCKET
	    > sizeof((struct sockaddr_un *)NULL)->sun_path)
		return nb_fail(NB_EFAIL,
			       "%s: the path is too long for a socket\n"
			       "hint: choose a shorter staging_dir",
			       dir);
	err = nb_path_join(dir, "cluster", &socket);
	if (err)
		return err;
	nb_str_add(&s, "host=");
	nb_pg_add_value(&s, socket);
	nb_str_addf(&s,
		    " hostaddr='' port='5432' user='%s' options='' "
		    "target_session_attrs='any'",
		    user);
	free(socket);
	return nb_str_take(&s, out);
}

/* ---- creating and starting it ---- */

static enum nb_err
run(const struct nb_drill_server *server, const char *name,
    struct nb_proc *proc)
{
	struct nb_proc_result result = { .output = NULL };
	enum nb_err err;

	proc->name = name;
	proc->run_as = server->run_as;
	proc->stdin_fd = -1;
	proc->timeout_ms = START_MS;
	proc->tick = proc->function ? NULL : server->tick;
	proc->ctx = proc->function ? (void *)(uintptr_t)server : server->ctx;
	err = nb_proc_run(proc, &result);
	if (!err)
		err = nb_proc_check(name, &result, NB_EFAIL);
	nb_proc_result_free(&result);
	return err;
}

static enum nb_err
run_program(const struct nb_drill_server *server, const char *name,
	    struct nb_names *arguments)
{
	char *path = NULL;
	enum nb_err err = nb_path_join(server->bin, name, &path);

	/* Replaces the first one, which is empty. */
	if (!err) {
		free(arguments->at[0]);
		arguments->at[0] = path;
		err = nb_array_push(arguments, NULL);
	}
	if (!err)
		err = run(server, name,
			  &(struct nb_proc){
				  .argv = (const char *const *)arguments->at });
	nb_names_free(arguments);
	return err;
}

static enum nb_err
initialize(const struct nb_drill_server *server)
{
	static const char *const usual[] = { "",
					     "--username=postgres",
					     "--auth=trust",
					     "--encoding=UTF8",
					     "--locale=C",
					     "--no-sync" };
	struct nb_names arguments = NB_ARRAY_INIT;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < sizeof usual / sizeof *usual; i++)
		err = nb_names_add(&arguments, "%s", usual[i]);
	if (!err)
		err = nb_names_add(&arguments, "--pgdata=%s/cluster/data",
				   server->dir);
	if (!err)
		return run_program(server, "initdb", &arguments);
	nb_names_free(&arguments);
	return err;
}

/* Runs in a child, as the user of the server. */
static int
write_settings(void *ctx)
{
	const struct nb_drill_server *server = ctx;
	struct nb_str text = NB_STR_INIT, socket = NB_STR_INIT,
		      path = NB_STR_INIT;
	int fd = -1, status = 1;

	nb_str_addf(&path, "%s/cluster/data/postgresql.conf", server->dir);
	nb_str_addf(&socket, "%s/cluster", server->dir);
	nb_str_addf(&text, "\n%sunix_socket_directories = ", settings);
	if (!socket.failed)
		nb_pg_add_value(&text, socket.text);
	nb_str_add(&text, "\n");
	if (!text.failed && !socket.failed && !path.failed)
		fd = open(path.text, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd >= 0 && !nb_fd_write(fd, text.text, text.length))
		status = 0;
	nb_fd_close(&fd);
	nb_str_free(&text);
	nb_str_free(&socket);
	nb_str_free(&path);
	return status;
}

static enum nb_err
start_server(const struct nb_drill_server *server)
{
	struct nb_names arguments = NB_ARRAY_INIT;
	enum nb_err err = nb_names_add(&arguments, "%s", "");

	if (!err)
		err = nb_names_add(&arguments, "--pgdata=%s/cluster/data",
				   server->dir);
	if (!err)
		err = nb_names_add(&arguments, "--log=%s/cluster/log",
				   server->dir);
	if (!err)
		err = nb_names_add(&arguments, "--wait");
	if (!err)
		err = nb_names_add(&arguments, "--silent");
	if (!err)
		err = nb_names_add(&arguments, "start");
	if (!err)
		return run_program(server, "pg_ctl", &arguments);
	nb_names_free(&arguments);
	return err;
}

/* For a user who keeps the server. */
static enum nb_err
make_commands(struct nb_drill_server *server)
{
	const char *user = server->run_as;
	enum nb_err err;

	err = nb_str_format(&server->connect,
			    "%s%s%spsql -h %s/cluster -U " NB_PG_DRILL_USER
			    " -d postgres",
			    user ? "runuser -u " : "", user ? user : "",
			    user ? " -- " : "", server->dir);
	return err ? err
		   : nb_str_format(&server->stop,
				   "%s%s%s%s/pg_ctl -D %s/cluster/data stop; "
				   "rm -r %s",
				   user ? "runuser -u " : "", user ? user : "",
				   user ? " -- " : "", server->bin, server->dir,
				   server->dir);
}

static enum nb_err
make_user(struct nb_drill_server *server)
{
	static const char sql[] =
		"create role " NB_PG_DRILL_USER " superuser login";
	struct nb_pg_client client = nb_pg_cluster_client(server);
	char *first = NULL;
	bool ok = false;
	enum nb_err err = make_conninfo(server->dir, "postgres", &first);

	client.conninfo = first;
	if (!err)
		err = nb_pg_client_run(&client, "postgres", sql, false, &ok,
				       NULL);
	free(first);
	return err || ok ? err : NB_EFAIL;
}

enum nb_err
nb_pg_cluster_start(const struct nb_drill_wish *wish,
		    struct nb_drill_server *server)
{
	enum nb_err err;

	*server = (struct nb_drill_server){ .dir = wish->dir,
					    .tick = wish->tick,
					    .ctx = wish->ctx };
	err = choose_user(wish, server);
	if (!err)
		err = find_programs(wish, server);
	if (!err)
		err = make_conninfo(wish->dir, NB_PG_DRILL_USER,
				    &server->conninfo);
	if (!err)
		err = make_commands(server);
	if (!err)
		err = nb_pg_cluster_mkdir(server, "cluster");
	if (!err)
		err = initialize(server);
	if (!err)
		err = run(server, "postgresql.conf",
			  &(struct nb_proc){ .function = write_settings });
	if (!err)
		err = start_server(server);
	return err ? err : make_user(server);
}
