/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The results of every function of libnightburn that can fail.
 *
 * Zero is success.  Each other code is a decision that a caller can take; the
 * words that tell what happened go to the log sink (nb_set_log), once, where
 * the fault was seen.
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
	/* Failed for a reason that no other code names; nothing was lost. */
	NB_EFAIL,
	/* The request itself is wrong: an option, a name, a combination. */
	NB_EUSAGE,
	/* The configuration file is unsafe, unreadable or has an error. */
	NB_ECONFIG,
	/* Memory could not be had. */
	NB_ENOMEM,
	/* A system call or a drive command failed. */
	NB_EIO,
	/* No disc in the drive. */
	NB_ENOMEDIUM,
	/* The data does not fit: on the disc, or in the staging directory. */
	NB_EFULL,
	/* The disc is not one of ours, or its label cannot be trusted. */
	NB_EFOREIGN,
	/* A person has to look: a disc of the pool that may not be written
	 * now, a disk in use; or all is done and verified, and the result
	 * counts what is not as it should be. */
	NB_EWRONG,
	/* Something was written and could not be verified: disc suspect. */
	NB_ESUSPECT,
	/* Another run, or another program, holds what is needed. */
	NB_ELOCKED,
	/* Bytes differ from their hash, or a file has not the form it must. */
	NB_ECORRUPT,
	/* A dump or a tree does not count as a backup. */
	NB_ESOURCE,
	/* The job, backup, file or database named does not exist. */
	NB_ENOTFOUND,
	/* Ended because the caller asked for it. */
	NB_ECANCELED
};

/*
 * The exit status of a program that ends with ERR: 0 done and verified,
 * 1 failed and nothing lost, 2 usage or configuration, 3 a person is needed,
 * 4 written but not verified, 5 another run is active.  That is the whole rule:
 * what is in a result changes nothing any more.
 */
NB_API int nb_exit_status(enum nb_err err);

/* A short name of ERR such as "no disc"; never NULL, statically allocated. */
NB_API const char *nb_err_name(enum nb_err err);

enum nb_level { NB_ERROR, NB_WARNING, NB_NOTE, NB_DEBUG };

/*
 * Receives each message: lower case, no full stop, the object first; a second
 * line that begins with "hint: " may follow.  Called from any thread, one call
 * at a time.
 */
typedef void nb_log_fn(void *ctx, enum nb_level level, const char *message);

/* Sends all messages to FN; NULL brings back the default, stderr. */
NB_API void nb_set_log(nb_log_fn *fn, void *ctx);

#ifdef __cplusplus
}
#endif

#endif
