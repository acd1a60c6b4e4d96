/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config/build.h"

#include <string.h>

#include "base/str.h"

#define KNOWN_HOSTS "/etc/nightburn/known_hosts"
#define SSH "ssh"
#define TIMEOUT (6 * 3600)

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

/* "user@name" or "name": nothing that ssh could take for an option, a command
 * or a URI. */
static bool
is_host(const char *text)
{
	const char *at = strchr(text, '@'), *name = at ? at + 1 : text;
	size_t user = at ? (size_t)(at - text) : 0;

	if (at && (!user || *text == '-' || strspn(text, letters) != user))
		return false;
	if (!*name || *name == '-')
		return false;
	/* The addresses of IPv6 have colons. */
	return strspn(name, letters) == strlen(name)
		|| strspn(name, "0123456789abcdefABCDEF:") == strlen(name);
}

/* ssh reads the value as a list of files with tokens in them. */
static bool
is_plain_path(const char *path)
{
	return !path || !strpbrk(path, " \"'%\\~${}");
}

static const char *
doubtful_option(const struct nb_config_source *source)
{
	const struct nb_config_postgres *pg = &source->postgres;

	if (source->kind == NB_SOURCE_TREE)
		return source->tree.copy_first.count        ? "copy_first"
			: source->tree.pack != NB_PACK_NONE ? "pack"
							    : NULL;
	if (pg->format == NB_FORMAT_DIRECTORY)
		return "format = directory";
	return pg->pg_dump ? "pg_dump" : pg->pg_dumpall ? "pg_dumpall" : NULL;
}

static enum nb_err
fail(const char *file, const struct nb_config_source *source, const char *what,
     const char *more)
{
	return nb_fail(NB_ECONFIG, "%s:%d: %s \"%s\" has %s%s", file,
		       source->line, nb_config_job_blocks[source->kind].name,
		       source->name, what, more);
}

static enum nb_err
check_without(const char *file, const struct nb_config_source *source)
{
	const struct nb_config_remote *remote = &source->remote;
	const char *what = remote->port ? "port"
		: remote->identity      ? "identity"
		: remote->known_hosts   ? "known_hosts"
		: remote->ssh           ? "ssh"
		: remote->timeout       ? "timeout"
		: remote->max_size      ? "max_size"
					: NULL;

	return what ? fail(file, source, what, " without host; expected both")
		    : NB_OK;
}

enum nb_err
nb_config_remote_end(const char *file, struct nb_config_source *source)
{
	struct nb_config_remote *remote = &source->remote;
	const char *what;
	enum nb_err err = NB_OK;

	if (!remote->host)
		return check_without(file, source);
	if (!is_host(remote->host))
		return nb_fail(NB_ECONFIG,
			       "%s:%d: host is \"%s\"; expected "
			       "\"user@name\"",
			       file, source->line, remote->host);
	if (!is_plain_path(remote->known_hosts)
	    || !is_plain_path(remote->identity))
		return fail(file, source,
			    "a path that ssh would not use literally; expected "
			    "one without blanks, quotes and the characters ",
			    "% \\ ~ $ { }");
	what = doubtful_option(source);
	if (what)
		return fail(file, source, what,
			    " together with host; "
			    "expected one of them");
	if (!remote->timeout)
		remote->timeout = TIMEOUT;
	if (!remote->known_hosts)
		err = nb_str_dup(KNOWN_HOSTS, &remote->known_hosts);
	if (!err && !remote->ssh)
		err = nb_str_dup(SSH, &remote->ssh);
	return err;
}
