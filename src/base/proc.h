/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs other programs without a shell: an argument vector, a session of their
 * own, no stdin unless given, no inherited descriptors but 0, 1 and 2, a
 * deadline, and a limit on the output.  The whole process group is killed on
 * every failure, and within three seconds of a signal that asks this process to
 * end (base/stop.h).
 *
 * The child calls only async-signal-safe functions between fork and exec.
 */
#ifndef NB_BASE_PROC_H
#define NB_BASE_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* Receives bytes of the child's stdout; anything but NB_OK ends the child. */
typedef enum nb_err nb_proc_sink(void *ctx, const void *data, size_t n);

struct nb_proc {
	const char *const *argv; /* argv[0] is searched in PATH */
	const char *name;        /* in messages; NULL: the last component of
				    argv[0] */
	/* Instead of a program: called with CTX in the forked child, with
	 * streams, user and environment in place; it returns the exit status.
	 * It must not log or touch the parent's stdio buffers.  argv is not
	 * used then, but a name is needed. */
	int (*function)(void *ctx);
	const char *const *environ_add; /* "NAME=value", NULL-ended, or NULL */
	const char *run_as;             /* user to become (groups, gid, uid; all
					   checked; HOME, USER and LOGNAME are
					   set, the directory is /); NULL:
					   stay */
	int stdin_fd;                   /* borrowed; -1: /dev/null */
	nb_proc_sink *sink; /* NULL: stdout is kept in nb_proc_result */
	void *ctx;
	uint64_t max_bytes; /* bytes of stdout; 0: no limit */
	int64_t timeout_ms; /* seconds; 0: no deadline */
	bool to_end;        /* continues when this process is asked to end: for
			       what has to be done after a job */
	/* Called about once a second with CTX; an error ends the child.  May be
	 * NULL. */
	enum nb_err (*tick)(void *ctx);
	pid_t *pid; /* set to the child's, while it runs; NULL:
				      not wanted */
};

struct nb_proc_result {
	int exit_code;  /* of the child, or -1 when a signal ended it */
	int signal;     /* the signal that ended it, or 0 */
	uint64_t bytes; /* bytes of stdout */
	char *output;   /* stdout when there was no sink (at most 16 MiB,
				 NUL-ended) */
	char *errors;   /* the first 60,000 bytes of stderr and the last 4
			   KiB, NUL-ended, without trailing newline; never NULL
			   after a run */
};

/*
 * Runs the program to its end.  NB_OK means that it ran and its streams ended,
 * whatever its exit status: look at RESULT.  NB_ENOTFOUND: no such program or
 * user; NB_EFAIL: deadline or cap (the message names the program), or the
 * sink's or tick's own error; NB_ECANCELED: this process is asked to end.  If a
 * grandchild keeps the streams open for more than two seconds after the child's
 * end: NB_EFAIL.  The environment is ours with LC_ALL=C.  RESULT is always
 * filled in; free it with nb_proc_result_free.
 */
enum nb_err nb_proc_run(const struct nb_proc *spec,
			struct nb_proc_result *result);
void nb_proc_result_free(struct nb_proc_result *result);

/*
 * Finds NAME (with a slash: as it is) in PATH; the caller frees *OUT.
 * NB_ENOTFOUND, logged as one of OBJECT, or of NAME if that is NULL.
 */
enum nb_err nb_proc_find(const char *object, const char *name, char **out);

/*
 * The cause of a failure according to ERRORS, the program's stderr, in one
 * line: its first error with the lines DETAIL, HINT and CONTEXT that belong to
 * it, and the number of further errors.  Lines that repeat a command or count
 * errors are no errors; a line that is marked as an error is preferred to one
 * that only begins with the program's name, and that to any other.  "" if there
 * is none.  The caller frees.  NB_ENOMEM
 */
enum nb_err nb_proc_cause(const char *errors, char **out);

/* Logs each line of ERRORS at NB_DEBUG after NAME, if there are several. */
void nb_proc_log_errors(const char *name, const char *errors);

/*
 * The one test for success: exit status 0.  Otherwise logs "NAME: exit status
 * 1: <cause>" or "NAME: killed by signal 9 (Killed)" and returns ERR; all of
 * stderr goes to nb_proc_log_errors.
 */
enum nb_err nb_proc_check(const char *name, const struct nb_proc_result *result,
			  enum nb_err err);
/* The same for a program that is known to have failed, with a hint (or NULL).
 */
enum nb_err nb_proc_fail(const char *name, const struct nb_proc_result *result,
			 enum nb_err err, const char *hint);

#endif
