/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/ssh/options.h"

#include <string.h>

#include "base/str.h"
#include "model/config/config.h"
#include "model/source_kind.h"

#define KNOWN_HOSTS "/etc/nightburn/known_hosts"
#define SSH "ssh"
#define TIMEOUT (6 * 3600)

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

/* "user@name" or "name": nothing that ssh could interpret as an option, a
 * command or a URI. */
static bool
is_host(const char *text)
{
	const char *at = strchr(text, '@'), *name = at ? at + 1 : text;
	size_t user = at ? (size_t)(at - text) : 0;

	if (at && (!user || *text == '-' || strspn(text, letters) != user))
		return false;
	if (!*name || *name == '-')
		return false;
	/* IPv6 addresses contain colons. */
	return strspn(name, letters) == strlen(name)
		|| strspn(name, "0123456789abcdefABCDEF:") == strlen(name);
}

/* ssh interprets the value as a list of files that may contain tokens. */
static bool
is_plain_path(const char *path)
{
	return !path || !strpbrk(path, " \"'%\\~${}");
}

static enum nb_err
fail(const char *file, const struct nb_config_source *source, const char *what,
     const char *more)
{
	return nb_fail(NB_ECONFIG, "%s:%d: %s \"%s\" has %s%s", file,
		       source->line, source->kind->name, source->name, what,
		       more);
}

static enum nb_err
check_without(const char *file, const struct nb_config_source *source,
	      const struct nb_ssh_options *options)
{
	const char *what = options->port ? "port"
		: options->identity      ? "identity"
		: options->known_hosts   ? "known_hosts"
		: options->ssh           ? "ssh"
		: options->timeout       ? "timeout"
		: options->max_size      ? "max_size"
					 : NULL;

	return what ? fail(file, source, what, " without host; expected both")
		    : NB_OK;
}

static enum nb_err
set_defaults(struct nb_ssh_options *options)
{
	enum nb_err err = NB_OK;

	if (!options->timeout)
		options->timeout = TIMEOUT;
	if (!options->known_hosts)
		err = nb_str_dup(KNOWN_HOSTS, &options->known_hosts);
	if (!err && !options->ssh)
		err = nb_str_dup(SSH, &options->ssh);
	return err;
}

enum nb_err
nb_ssh_options_end(const char *file, const struct nb_config_source *source,
		   struct nb_ssh_options *options, const char *doubtful)
{
	if (!options->host)
		return check_without(file, source, options);
	if (!is_host(options->host))
		return nb_fail(NB_ECONFIG,
			       "%s:%d: host is \"%s\"; expected "
			       "\"user@name\"",
			       file, source->line, options->host);
	if (!is_plain_path(options->known_hosts)
	    || !is_plain_path(options->identity))
		return fail(file, source,
			    "a path that ssh would not use literally; expected "
			    "one without blanks, quotes and the characters ",
			    "% \\ ~ $ { }");
	if (doubtful)
		return fail(file, source, doubtful,
			    " together with host; "
			    "expected one of them");
	return set_defaults(options);
}
