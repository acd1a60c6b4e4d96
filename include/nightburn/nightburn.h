/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libnightburn: the functions of the program nightburn, for other programs.
 *
 *     struct nb_run_options options = NB_INIT(nb_run_options);
 *     struct nb_run_result result = NB_INIT(nb_run_result);
 *     struct nightburn *nb = NULL;
 *     enum nb_err err = nb_open("/etc/nightburn/nightburn.conf", &nb);
 *
 *     options.job = "nightly";
 *     if (!err)
 *             err = nb_run(nb, &options, &result);
 *     nb_close(nb);
 *     return nb_exit_status(err);
 *
 * Messages go to the sink of nb_set_log.  Times are seconds since 1970 UTC,
 * sizes bytes, addresses blocks of 2,048 bytes.  One nightburn object is used
 * by one thread at a time.  Strings in results belong to the result.
 *
 * <nightburn/size.h> explains how structs and functions may grow.
 *
 * Effects on the calling process:
 *
 * - Threads are started and end with the call that started them, except the
 *   one that queries the UPS, which ends with nb_close.
 * - Programs (pg_dump, ssh, rsync, hooks) are run in child processes, and each
 *   is waited for by its process id: SIGCHLD must not be ignored, and the
 *   program must not wait for arbitrary children.  Between fork and exec only
 *   functions of signal-safety(7) are called, except in the two cases below.
 *   All descriptors are closed on exec.
 * - A disc is read in a forked child with resource limits, which does not call
 *   exec: call the library while no other thread of the program holds locks of
 *   libraries that nightburn uses, too.
 * - While a drive is open, a forked child is its watchdog.  If a call of the
 *   drive does not return (option timeout), the watchdog prints a line to
 *   stderr and sends SIGALRM to the process, with the exit status for that
 *   moment as its value, and SIGKILL ten seconds later.  Nothing can be saved
 *   in the process at that time, because the call hangs in the kernel.  A
 *   program that wants to exit with this status installs a handler of SIGALRM
 *   (SA_SIGINFO) that calls _exit with it, as nightburn does; without a handler
 *   SIGALRM terminates it.  The journal has what was begun, and the next run
 *   deals with it.
 * - Signals: see nb_progress_fn.  No handler is installed, and no signal mask
 *   of the caller's threads is changed.  SIGPIPE and SIGXFSZ should be ignored,
 *   so that they become errors that are reported.  Only nb_remote_serve ignores
 *   SIGPIPE itself.
 * - The library does not exit, and does not change the working directory, the
 *   umask, the locale or the environment.
 */
#ifndef NIGHTBURN_NIGHTBURN_H
#define NIGHTBURN_NIGHTBURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nightburn/catalog.h>
#include <nightburn/disk.h>
#include <nightburn/check.h>
#include <nightburn/drill.h>
#include <nightburn/error.h>
#include <nightburn/remote.h>
#include <nightburn/restore.h>
#include <nightburn/size.h>
#include <nightburn/state.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0" */
NB_API const char *nb_version(void);

struct nightburn;

/* The configuration that the program reads if no other is named. */
#define NB_CONFIG_FILE "/etc/nightburn/nightburn.conf"

/*
 * Reads the configuration file CONFIG (see nightburn.conf(5)) and accesses
 * nothing else.  NB_ECONFIG. nb_close accepts NULL.
 */
NB_API enum nb_err nb_open(const char *config, struct nightburn **out);
NB_API void nb_close(struct nightburn *nb);

/* Progress of a long step. */
struct nb_progress {
	const char *what; /* "dump testdb", "burn", "read back", ...; "" between
			     two steps */
	uint64_t done;    /* bytes */
	uint64_t total;   /* bytes; 0: unknown */
};

/*
 * Called often, in the thread that called the job.  Anything but zero stops the
 * job, which then returns NB_ECANCELED, or NB_ESUSPECT if a burn was in
 * progress.
 *
 * SIGINT, SIGTERM and SIGHUP stop a job in the same way if the program blocked
 * them (pthread_sigmask) before its first call: they remain pending and
 * interrupt no call of a drive.  A program that does not block them is
 * terminated by them, as in a crash.
 */
typedef int nb_progress_fn(void *ctx, const struct nb_progress *progress);
NB_API void nb_set_progress(struct nightburn *nb, nb_progress_fn *fn,
			    void *ctx);

/* ---- drives and discs ---- */

struct nb_drive_row {
	char address[256], vendor[16], product[24], revision[8], serial[64];
	char profiles[256];
};
/* Calls FN for each recorder of this machine.  If FN returns anything but zero,
 * the call ends with NB_ECANCELED.  Needs no configuration. */
NB_API enum nb_err nb_drives(int (*fn)(void *ctx, const struct nb_drive_row *),
			     void *ctx);

/*
 * Selects a drive.  Each member may be NULL.  DEVICE ("/dev/sr0", "stdio:PATH",
 * or the name of a configured drive) or DRIVE (such a name) selects it
 * directly.  Otherwise it is one of the drives of JOB's pool in their order, or
 * without JOB of all pools; if several have a disc, the one with the wanted
 * disc.  NB_EUSAGE: both DEVICE and DRIVE are set, or there is no such drive or
 * job.
 */
struct nb_drive_choice {
	NB_SIZE(nb_drive_choice);
	const char *device, *drive, *job;
};

/* The disc in a drive. */
struct nb_disc_info {
	NB_SIZE(nb_disc_info);
	char device[512]; /* as given or configured */
	char drive[65];   /* its name in the configuration, or "" */
	enum nb_medium_state state;
	char profile[80];
	uint64_t capacity, free; /* blocks */
	int sessions;
	uint32_t last_start;    /* first number of msinfo */
	uint32_t next_writable; /* second number of msinfo */
	char volume_id[33];
	enum nb_label_state label; /* first block of the newest session */
	int session;               /* the other members describe this session,
				      because the newest is damaged; 0: the
				      newest */
	char disc_id[33], pool[65], disc[65], backup_id[41];
	uint64_t generation;
	int64_t created;  /* from the label */
	bool ours;        /* the label is signed with the key of this
			     installation */
	bool key_checked; /* OURS is valid: there is a configuration, and its
			     key could be read or does not exist */
};
/*
 * Inspects the disc in a drive, the first one that has a disc.  CHOICE may be
 * NULL; NB may be NULL if CHOICE has a DEVICE.  NB_ENOMEDIUM (not logged, and
 * OUT is filled in): no disc.
 */
NB_API enum nb_err nb_disc(struct nightburn *nb,
			   const struct nb_drive_choice *choice,
			   struct nb_disc_info *out);
/* The same for a program that writes a session itself: NB_OK only if one can be
 * written, otherwise NB_ENOMEDIUM or NB_EWRONG. */
NB_API enum nb_err nb_msinfo(struct nightburn *nb,
			     const struct nb_drive_choice *choice,
			     struct nb_disc_info *out);

/* ---- jobs ---- */

/* What a run would do, or has done. */
struct nb_plan_info {
	NB_SIZE(nb_plan_info);
	char job[65], pool[65];
	char drive[65], device[512];
	enum nb_plan plan;
	enum nb_plan_reason reason;
	char disc[65];            /* name that it has or will get; or "" */
	char wanted[65];          /* the disc to insert */
	uint64_t need, available; /* blocks; need 0: unknown before the dump */
	uint64_t generation;      /* generation of the new backup */
	enum nb_err err;          /* NB_OK, or the error of a refusal */
	char hint[512];           /* the remedy, with job and disc; or "" */
	char about[128];          /* what the reason is about: the only copy,
				     the kind of disc, the names on the disc
				     and of the pool, both hosts; or "" */
	uint64_t expected; /* bytes; by nb_plan_job: the last backup of the job,
			      whose sources are not read; 0: there is none */
};
/* Inspects and decides, and changes nothing.  Returns OUT->err (not logged)
 * once there is a plan, even if that is a refusal, or NB_EFAIL (logged) if the
 * power supply would not let it start; before that, OUT->job is "".  CHOICE may
 * be NULL, and its JOB may be if there is only one job. */
NB_API enum nb_err nb_plan_job(struct nightburn *nb,
			       const struct nb_drive_choice *choice,
			       struct nb_plan_info *out);

struct nb_run_options {
	NB_SIZE(nb_run_options);
	const char *job;            /* NULL: the only one */
	const char *drive, *device; /* as nb_drive_choice */
	bool dry_run;
	bool resume;        /* burn the backup in staging, without dumping */
	bool accept_shrink; /* what it lacks, or only the disc has, may go */
	const char *const *paths; /* nb_append: trees instead of the sources */
	size_t path_count;
	const char *file; /* nb_image: instead of FD, mode 0600 */
	bool replace; /* FILE, if it is not empty; never what is nightburn's */
};

struct nb_run_result {
	NB_SIZE(nb_run_result);
	struct nb_plan_info *plan; /* the caller's, filled in; or NULL */
	char backup_id[41];
	uint64_t generation;
	uint64_t files, bytes; /* of the sources, without nightburn's own */
	uint64_t blocks;
	int session;
	bool burned, verified;
	bool staged;     /* the dump is kept for `run --resume` */
	uint64_t shared; /* files whose content is in an earlier session */
	uint64_t excluded, too_large; /* by patterns, by max_file_size */
	/* Things that need attention although all was verified: files that
	 * changed while they were read, whose content changed without their
	 * metadata, whose earlier copy on the disc was damaged. */
	uint64_t changed, corrupt, reread;
	uint64_t off_disc; /* whose link, date or flags only the manifest has */
	uint64_t left_out; /* databases that do not allow connections */
	bool drilled;      /* a drill was due, and succeeded */
	uint64_t tables_left_out, prepared_left_out; /* by pg_dump */
	uint64_t ours_left_out; /* nightburn's own files and directories */
	uint64_t shrunk; /* sources with much less than in the last good one */
	int nights;      /* in a row on this disc, if more than allowed */
	uint64_t mounts_left_out, unreadable; /* that could not be read */
	uint64_t waiting;  /* older ones, with something that this one lacks */
	uint64_t lost;     /* files not read whole: zeros are in their place */
	uint64_t accepted; /* sources that shrank, with ->accept_shrink */
	uint64_t behind;   /* dumps of a standby that gets nothing new */
};

/* The nightly job.  NB_ENOMEDIUM, NB_EWRONG, NB_EFOREIGN, NB_EFULL: somebody
 * has to act, and the dump is kept in staging.  NB_EWRONG with ->verified: it
 * lacks something.  RESULT is filled in as far as the run got. */
NB_API enum nb_err nb_run(struct nightburn *nb,
			  const struct nb_run_options *options,
			  struct nb_run_result *result);
/* Writes a session by hand to the disc in the drive; never blanks. */
NB_API enum nb_err nb_append(struct nightburn *nb,
			     const struct nb_run_options *options,
			     struct nb_run_result *result);

struct nb_media_options {
	NB_SIZE(nb_media_options);
	const char *job;            /* selects the pool; NULL: the only one */
	const char *drive, *device; /* as nb_drive_choice */
	bool dry_run;
	bool wait;             /* rotate: until the wanted disc is inserted */
	int64_t wait_seconds;  /* maximum wait; 0: an hour */
	const char *volume_id; /* adopt: the volume id as it was typed; "" for a
				  disc that has none, NULL: not typed yet */
	const char *as;        /* adopt: the disc's name in the pool */
	/* adopt, if VOLUME_ID is NULL: shows the disc to the user and returns
	 * the volume id that the user typed, which must stay valid until
	 * nb_adopt returns; NULL: stop, NB_ECANCELED. */
	const char *(*confirm)(void *ctx, const struct nb_disc_info *info);
	void *ctx;
	bool accept_shrink; /* blank, adopt: as in nb_run_options */
};
/* Blanks the disc if the blank guard permits it. */
NB_API enum nb_err nb_blank(struct nightburn *nb,
			    const struct nb_media_options *options,
			    struct nb_plan_info *result);
/* Determines which disc is wanted next (RESULT->wanted) and ejects the one in
 * the drive; with WAIT, waits for the wanted disc and checks it. */
NB_API enum nb_err nb_rotate(struct nightburn *nb,
			     const struct nb_media_options *options,
			     struct nb_plan_info *result);
/*
 * The user's decision to take a disc that nightburn does not know: it is
 * blanked and becomes disc AS of the pool.  VOLUME_ID must be that of the disc,
 * otherwise NB_EFOREIGN is returned and INFO has the real one.  Only the disc
 * that INFO describes and that CONFIRM was shown is blanked; if another drive
 * or disc is found afterwards, nothing is.  NB_EUSAGE: several drives of the
 * pool have a disc that could be adopted, and none was named.
 */
NB_API enum nb_err nb_adopt(struct nightburn *nb,
			    const struct nb_media_options *options,
			    struct nb_disc_info *info);

/* Writes the image of a backup of JOB to the descriptor FD, or to the file of
 * OPTIONS (NB_EUSAGE: it exists).  It is complete if RESULT->blocks is not 0;
 * this includes NB_EWRONG, with which ->changed is not 0. */
NB_API enum nb_err nb_image(struct nightburn *nb,
			    const struct nb_run_options *options, int fd,
			    struct nb_run_result *result);

/* Blocks of 2,048 bytes that cannot be read. */
struct nb_block_run {
	uint64_t first, count;
};

struct nb_verify_result {
	NB_SIZE(nb_verify_result);
	char disc[65], backup_id[41];
	uint64_t generation, files, bytes, bad;
	int session;     /* the session that was verified, because a newer one
			    is damaged; 0: the newest */
	bool incomplete; /* the disc could not be checked to its end: BAD does
			    not count what was not read */
	/* All those that belong to files, in ascending order; the caller frees
	 * BAD_BLOCKS with free(3). */
	struct nb_block_run *bad_blocks;
	size_t bad_block_runs;
	uint64_t lost; /* of the good FILES: zeros that were burned for them */
};
/*
 * Compares every file on the disc with its hash and, if the disc is in the
 * catalog, records the date.  If the newest session is damaged, the result
 * describes the newest good one: NB_OK if that has everything that was ever
 * recorded of the disc, otherwise NB_ECORRUPT.  CHOICE and NB as in nb_disc; of
 * several discs a suspect one is preferred, then the newest.
 */
NB_API enum nb_err nb_verify(struct nightburn *nb,
			     const struct nb_drive_choice *choice,
			     struct nb_verify_result *result);

/* For a lost catalog: as nb_verify, and all backups on a good disc are
 * recorded, whether or not the catalog has the disc.  NB_EFOREIGN: its label is
 * not signed with our key, or names no disc of a pool. */
NB_API enum nb_err nb_catalog_rebuild(struct nightburn *nb,
				      const struct nb_drive_choice *choice,
				      struct nb_verify_result *result);

/* Accepts the catalog of JOB's pool as it is, although a newer backup was
 * recorded once or seen on a disc: the user confirms that it is lost. *CHANGED:
 * this was necessary. */
NB_API enum nb_err nb_accept(struct nightburn *nb, const char *job,
			     bool *changed);

/*
 * Restores a backup from the disc in the drive.  If none is named, this is the
 * newest good one that the catalog has for the disc's pool (NB_EWRONG: it is on
 * another disc), or without a catalog the newest one on the disc.  If that was
 * found damaged (nb_backup_row.check) or cannot be read, it is the newest one
 * before it that was not, and can be: files are restored and NB_EWRONG is
 * returned, but a database or disk is only written with ->allow_older.  Files
 * whose hash differs are not restored: NB_ECORRUPT; the others are.  With
 * ->salvage: NB_ESUSPECT if something is missing or may be, otherwise NB_EWRONG
 * if the manifest is missing or something cannot be proved.
 */
NB_API enum nb_err nb_restore(struct nightburn *nb,
			      const struct nb_restore_options *options,
			      struct nb_restore_result *result);
/*
 * The same for one file, or one dump, to the descriptor FD: the only file that
 * ->source, ->paths and ->patterns select, without the filters that nightburn
 * applied.  NB_EUSAGE: they select none or several, which are named, or it is
 * binary and FD is a terminal.  Nothing is written if the manifest's MAC is
 * wrong, or if only an older backup than the requested one can be read.  Its
 * hash is only known at its end: NB_ECORRUPT.  NB_EIO: also if FD is closed.
 */
NB_API enum nb_err nb_restore_output(struct nightburn *nb,
				     const struct nb_restore_options *options,
				     int fd, struct nb_restore_result *result);
/*
 * Lists the contents of a backup on the disc in the drive, the newest if none
 * is named, from the disc alone: NB may be NULL if there is a ->device.  Files
 * are those of ->source or those that ->paths and ->patterns select, contents
 * those of a dump that ->source names.  Changes nothing.
 */
NB_API enum nb_err nb_restore_list(struct nightburn *nb,
				   const struct nb_restore_options *options,
				   const struct nb_restore_listing *listing);

/* ---- the key that signs labels ---- */

#define NB_KEY_LINE 90 /* bytes of a key as text, including the NUL */

/* The key of this installation as one line of text without a newline, for a
 * second host or for safekeeping.  NB_ENOTFOUND: there is none yet. */
NB_API enum nb_err nb_key_export(struct nightburn *nb, char text[NB_KEY_LINE]);

struct nb_key_result {
	NB_SIZE(nb_key_result);
	char name[17];   /* identifies the key, and is not secret */
	char before[17]; /* of the key that was replaced, or "" */
	bool changed;    /* the key was written */
};
/* Makes TEXT, a key from nb_key_export, the key of this installation: labels
 * that are signed with it are ours.  An existing different key is replaced only
 * with FORCE, otherwise NB_EFAIL.  NB_ECORRUPT: not a key. */
NB_API enum nb_err nb_key_import(struct nightburn *nb, const char *text,
				 bool force, struct nb_key_result *result);

#ifdef __cplusplus
}
#endif

#endif
