/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Remedies that depend on this host. */
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "source/postgres/hint/hint.h"

#define SOCKETS "/.s.PGSQL."
#define USUAL "/var/run/postgresql"

/* The text between MARK and the next quotation mark; NULL: there is none. */
static enum nb_err
quoted(const char *message, const char *mark, char **out)
{
	const char *text = strstr(message, mark);

	if (!text)
		return NB_OK;
	text += strlen(mark);
	return nb_str_format(out, "%.*s", (int)strcspn(text, "\""), text);
}

static bool
is_port(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/* A socket in DIRECTORY other than EXCEPT; *HOST is its directory. */
static enum nb_err
look_in(const char *directory, const char *except, char **host, char **port)
{
	char *pattern = NULL;
	enum nb_err err = nb_str_format(&pattern, "%s" SOCKETS "*", directory);
	glob_t found;

	if (err)
		return err;
	if (!glob(pattern, 0, NULL, &found)) {
		for (size_t i = 0; !err && !*host && i < found.gl_pathc; i++) {
			const char *path = found.gl_pathv[i];
			const char *number =
				path + strlen(directory) + strlen(SOCKETS);

			if (!is_port(number) || !strcmp(path, except))
				continue;
			err = nb_str_dup(number, port);
			if (!err)
				err = nb_str_dup(directory, host);
		}
		globfree(&found);
	}
	free(pattern);
	return err;
}

static enum nb_err
tell_socket(const char *host, const char *port, enum nb_pg_doing doing,
	    char **out)
{
	if (!host)
		return nb_str_dup("start the server there, or name another one "
				  "with host and port in conninfo",
				  out);
	return doing == NB_PG_DUMPING
		? nb_str_format(out,
				"start the server there; another one has a "
				"socket: conninfo = \"host=%s port=%s\"",
				host, port)
		: nb_str_format(out,
				"start the server there; another one has a "
				"socket: --conninfo \"host=%s port=%s\"",
				host, port);
}

enum nb_err
nb_pg_hint_socket(const char *message, enum nb_pg_doing doing, char **out)
{
	static const char *const usual[] = { USUAL, "/tmp" };
	char *socket = NULL, *own = NULL, *host = NULL, *port = NULL;
	enum nb_err err = quoted(message, "on socket \"", &socket);

	if (err || !socket)
		return err;
	err = nb_str_format(
		&own, "%.*s",
		(int)(strrchr(socket, '/') ? strrchr(socket, '/') - socket : 0),
		socket);
	if (!err)
		err = look_in(own, socket, &host, &port);
	for (size_t i = 0; !err && !host && i < sizeof usual / sizeof *usual;
	     i++)
		err = look_in(usual[i], socket, &host, &port);
	if (!err)
		err = tell_socket(host, port, doing, out);
	free(socket);
	free(own);
	free(host);
	free(port);
	return err;
}

/* The server as .pgpass names it, "host:port". */
static enum nb_err
server_in(const char *message, char **out)
{
	char *socket = NULL, *host = NULL;
	const char *slash, *port = strstr(message, "port ");
	enum nb_err err = quoted(message, "on socket \"", &socket);

	if (!err)
		err = quoted(message, "server at \"", &host);
	slash = socket ? strstr(socket, SOCKETS) : NULL;
	/* libpq looks for its default directory under this name. */
	if (!err && slash && !strncmp(socket, USUAL SOCKETS, sizeof USUAL))
		err = nb_str_format(out, "localhost:%s",
				    slash + strlen(SOCKETS));
	else if (!err && slash)
		err = nb_str_format(out, "%.*s:%s", (int)(slash - socket),
				    socket, slash + strlen(SOCKETS));
	else if (!err && host && port)
		err = nb_str_format(out, "%s:%.*s", host,
				    (int)strspn(port + 5, "0123456789"),
				    port + 5);
	else if (!err)
		err = nb_str_dup("host:port", out);
	free(socket);
	free(host);
	return err;
}

enum nb_err
nb_pg_hint_password(const char *message, enum nb_pg_doing doing, char **out)
{
	char *server = NULL, *user = NULL;
	enum nb_err err = quoted(message, "failed for user \"", &user);

	(void)doing;
	if (!err)
		err = server_in(message, &server);
	if (!err)
		err = nb_str_format(
			out,
			"%s%s%sa line %s:*:%s:PASSWORD in ~/.pgpass (mode "
			"0600) of the user who runs the programs%s",
			user ? "correct the password of " : "",
			user ? user : "", user ? ": " : "", server,
			user ? user : "*",
			user ? ", unless conninfo has one" : "");
	free(server);
	free(user);
	return err;
}

/* Major version of the server, from the path of its extensions as Debian has
 * them; 0: not known. */
static int
version_in(const char *path)
{
	static const char mark[] = "/postgresql/";
	const char *p = strstr(path, mark);

	return p ? atoi(p + strlen(mark)) : 0;
}

enum nb_err
nb_pg_hint_extension(const char *message, enum nb_pg_doing doing, char **out)
{
	char *path = NULL, *name = NULL;
	enum nb_err err = quoted(message, "extension control file \"", &path);
	const char *slash;

	(void)doing;
	if (err || !path)
		return err;
	slash = strrchr(path, '/');
	slash = slash ? slash + 1 : path;
	err = nb_str_format(&name, "%.*s", (int)strcspn(slash, "."), slash);
	if (!err && version_in(path))
		err = nb_str_format(out,
				    "install it where the server runs: it is "
				    "in postgresql-contrib, or apt-cache "
				    "search 'postgresql-%d.*%s' finds its "
				    "package",
				    version_in(path), name);
	else if (!err)
		err = nb_str_format(out,
				    "install the package that has %s.control "
				    "where the server runs; it may be "
				    "postgresql-contrib",
				    name);
	free(path);
	free(name);
	return err;
}
