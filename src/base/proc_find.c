/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/proc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

static bool
is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

enum nb_err
nb_proc_find(const char *name, char **out)
{
	const char *path = getenv("PATH");
	char *found = NULL;
	enum nb_err err = NB_OK;

	if (strchr(name, '/'))
		return nb_str_dup(name, out);
	if (!path || !*path)
		path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		       "/sbin:/bin";
	for (const char *p = path; !err; p++) {
		size_t n = strcspn(p, ":");

		err = nb_str_format(&found, "%.*s%s%s", (int)n, p,
				    n ? "/" : "./", name);
		if (!err && is_program(found)) {
			*out = found;
			return NB_OK;
		}
		free(found);
		found = NULL;
		p += n;
		if (!*p)
			return nb_fail(NB_ENOTFOUND,
				       "%s: program not found in PATH", name);
	}
	return err;
}
