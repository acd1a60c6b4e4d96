/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The results of all functions of libnightburn that can fail.
 *
 * Zero is success.  Every other code stands for a decision that a caller can
 * make.  The message that explains a failure is sent to the log sink
 * (nb_set_log) once, where the failure is detected.
 */
#ifndef NIGHTBURN_ERROR_H
#define NIGHTBURN_ERROR_H

#if defined(__GNUC__)
#define NB_API __attribute__((visibility("default")))
#else
#define NB_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum nb_err {
	NB_OK = 0,
	/* Failed for a reason that has no code of its own; nothing was lost. */
	NB_EFAIL,
	/* The request itself is invalid: an option, a name, a combination. */
	NB_EUSAGE,
	/* The configuration file is unsafe, unreadable or invalid. */
	NB_ECONFIG,
	/* Out of memory. */
	NB_ENOMEM,
	/* A system call or a drive command failed. */
	NB_EIO,
	/* No disc in the drive. */
	NB_ENOMEDIUM,
	/* Not enough space, on the disc or in the staging directory. */
	NB_EFULL,
	/* The disc does not belong to this installation, or its label cannot be
	 * trusted. */
	NB_EFOREIGN,
	/* Somebody has to check: the disc belongs to the pool but must not be
	 * written now, or a disk is in use; or everything was done and
	 * verified, but the result counts something that needs attention. */
	NB_EWRONG,
	/* Something was written but not verified; the disc is suspect. */
	NB_ESUSPECT,
	/* Another run or another program has locked what is needed. */
	NB_ELOCKED,
	/* Data differs from its hash, or a file is malformed. */
	NB_ECORRUPT,
	/* A dump or a tree is not a valid backup. */
	NB_ESOURCE,
	/* The job, backup, file or database does not exist. */
	NB_ENOTFOUND,
	/* Cancelled by the caller. */
	NB_ECANCELED
};

/*
 * The exit status of a program whose job returned ERR: 0 done and verified, 1
 * failed and nothing lost, 2 usage or configuration, 3 somebody has to act, 4
 * written but not verified, 5 another run is active.  Nothing else affects it;
 * the contents of a result do not.
 */
NB_API int nb_exit_status(enum nb_err err);

/* A short name of ERR, such as "no disc"; never NULL, statically allocated. */
NB_API const char *nb_err_name(enum nb_err err);

enum nb_level { NB_ERROR, NB_WARNING, NB_NOTE, NB_DEBUG };

/*
 * Receives each message: lower case, no full stop, the object first.  A second
 * line that begins with "hint: " may follow.  May be called from any thread,
 * but not concurrently.
 */
typedef void nb_log_fn(void *ctx, enum nb_level level, const char *message);

/* Sends all messages to FN; NULL restores the default, stderr. */
NB_API void nb_set_log(nb_log_fn *fn, void *ctx);

#ifdef __cplusplus
}
#endif

#endif
