/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

static const struct {
	const char *name;
	int exit_status;
} errors[] = {
	[NB_OK] = { "done", 0 },
	[NB_EFAIL] = { "failed", 1 },
	[NB_EUSAGE] = { "usage", 2 },
	[NB_ECONFIG] = { "configuration", 2 },
	[NB_ENOMEM] = { "out of memory", 1 },
	[NB_EIO] = { "input/output", 1 },
	[NB_ENOMEDIUM] = { "no disc", 3 },
	[NB_EFULL] = { "too large", 3 },
	[NB_EFOREIGN] = { "unknown disc", 3 },
	[NB_EWRONG] = { "wrong disc", 3 },
	[NB_ESUSPECT] = { "disc suspect", 4 },
	[NB_ELOCKED] = { "busy", 5 },
	[NB_ECORRUPT] = { "corrupt", 1 },
	[NB_ESOURCE] = { "source", 1 },
	[NB_ENOTFOUND] = { "not found", 1 },
	[NB_ECANCELED] = { "cancelled", 1 },
};

int
nb_exit_status(enum nb_err err)
{
	return err <= NB_ECANCELED ? errors[err].exit_status : 1;
}

const char *
nb_err_name(enum nb_err err)
{
	return err <= NB_ECANCELED ? errors[err].name : "unknown error";
}

enum nb_err
nb_fail(enum nb_err err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	nb_log_v(NB_ERROR, fmt, ap);
	va_end(ap);
	return err;
}

/* What can be done about it, or "". */
static const char *
remedy(int error)
{
	switch (error) {
	case ENOSPC:
		return "\nhint: free some space on that file system";
	case EDQUOT:
		return "\nhint: raise the quota, or free some space";
	case EFBIG:
		return "\nhint: raise the file size limit (ulimit -f)";
	case EMFILE:
		return "\nhint: raise the open file limit (ulimit -n)";
	default:
		return "";
	}
}

enum nb_err
nb_fail_errno(enum nb_err err, const char *fmt, ...)
{
	int saved = errno;
	char text[1024], reason[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	nb_log(NB_ERROR, "%s: %s%s", text,
	       strerror_r(saved, reason, sizeof reason), remedy(saved));
	errno = saved;
	return err;
}

enum nb_err
nb_fail_memory(void)
{
	return nb_fail(NB_ENOMEM, "out of memory");
}
