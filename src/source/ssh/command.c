/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "source/ssh/ssh.h"

#define NOT_FOUND 127 /* the exit status of a shell */
#define CONNECT_SECONDS "20"
#define ALIVE_SECONDS \
	"15" /* and gives up after three times without an
			      answer */

enum nb_err
nb_remote_arguments(const struct nb_ssh_options *remote, struct nb_names *list)
{
	/* -F none: no ssh_config must change the command. */
	static const char *const fixed[] = {
		"-T",
		"-Fnone",
		"-oBatchMode=yes",
		"-oStrictHostKeyChecking=yes",
		"-oGlobalKnownHostsFile=/dev/null",
		"-oUpdateHostKeys=no",
		"-oConnectTimeout=" CONNECT_SECONDS,
		"-oServerAliveInterval=" ALIVE_SECONDS,
		"-oServerAliveCountMax=3",
	};
	enum nb_err err = nb_names_add(list, "%s", remote->ssh);

	for (size_t i = 0; !err && i < sizeof fixed / sizeof *fixed; i++)
		err = nb_names_add(list, "%s", fixed[i]);
	if (!err)
		err = nb_names_add(list, "-oUserKnownHostsFile=%s",
				   remote->known_hosts);
	if (!err && remote->identity)
		err = nb_names_add(list, "-oIdentitiesOnly=yes");
	if (!err && remote->identity)
		err = nb_names_add(list, "-i%s", remote->identity);
	if (!err && remote->port)
		err = nb_names_add(list, "-p%d", remote->port);
	if (!err)
		err = nb_names_add(list, "--");
	if (!err)
		err = nb_names_add(list, "%s", remote->host);
	if (!err)
		err = nb_names_add(list, "nightburn");
	if (!err)
		err = nb_names_add(list, "remote");
	return err ? err : nb_array_push(list, NULL);
}

static enum nb_err
fail(const struct nb_ssh_options *remote, const char *what, const char *hint)
{
	return nb_fail(NB_ESOURCE, "%s: %s%s%s", remote->host, what,
		       hint ? "\nhint: " : "", hint ? hint : "");
}

/* Explains what ssh says about the key of the host, or about ours. */
static enum nb_err
explain_refusal(const struct nb_ssh_options *remote, const char *errors,
		bool *explained)
{
	const char *known = remote->known_hosts;

	*explained = true;
	if (strstr(errors, "IDENTIFICATION HAS CHANGED"))
		return nb_fail(NB_ESOURCE,
			       "%s: its host key differs from the one in "
			       "%s\nhint: replace its line there only if the "
			       "host was reinstalled",
			       remote->host, known);
	if (strstr(errors, "Host key verification failed"))
		return nb_fail(NB_ESOURCE,
			       "%s: its host key is not in %s\n"
			       "hint: add the output of ssh-keyscan, after "
			       "comparing it with the key on the host",
			       remote->host, known);
	if (strstr(errors, "Permission denied ("))
		return fail(remote, "does not accept the key",
			    "add the key to its authorized_keys, see "
			    "nightburn.conf(5)");
	*explained = false;
	return NB_OK;
}

enum nb_err
nb_remote_explain(const struct nb_ssh_options *remote,
		  const struct nb_proc_result *result, bool greeted)
{
	const char *errors = result->errors ? result->errors : "";
	char *cause = NULL;
	bool explained;
	enum nb_err err;

	if (!greeted && result->exit_code == NOT_FOUND)
		return fail(remote, "nightburn is not installed",
			    "install it there, or give its path in "
			    "command=\"...\" in authorized_keys");
	err = explain_refusal(remote, errors, &explained);
	if (explained)
		return err;
	err = nb_proc_cause(errors, &cause);
	if (err)
		return err;
	nb_proc_log_errors(remote->host, errors);
	err = nb_fail(NB_ESOURCE, "%s: %s (ssh: %s %d%s%s)", remote->host,
		      greeted ? "the connection was closed prematurely"
			      : "no response",
		      result->signal ? "signal" : "exit status",
		      result->signal ? result->signal : result->exit_code,
		      *cause ? ": " : "", cause);
	free(cause);
	return err;
}
