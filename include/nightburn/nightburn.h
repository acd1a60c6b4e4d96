/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libnightburn: everything that the program nightburn does, for other
 * programs.
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
 * How structs and functions may grow is told in <nightburn/size.h>.
 *
 * What it does to the process that calls it:
 *
 * - It starts threads, which end with the call that started them, except the
 *   one that asks the UPS, which ends with nb_close.
 * - It forks and runs programs (pg_dump, ssh, rsync, hooks), and waits for each
 *   by its process id: SIGCHLD must not be ignored, and nobody may wait for any
 *   child.  Between fork and exec only what signal-safety(7) lists is called,
 *   but in the two cases here.  All descriptors are closed on exec.
 * - A disc is read in a forked child, with limits of its own, that goes on
 *   without exec: to be called before other threads of the program hold locks
 *   of libraries that nightburn uses, too.
 * - While a drive is open, a forked child is its watchdog.  When a call of the
 *   drive does not return (option timeout), it writes a line to stderr and
 *   sends SIGALRM to the process, with the exit status that is right at that
 *   moment as its value, and SIGKILL ten seconds later.  Nothing can be saved
 *   in the process then: the call hangs in the kernel.  A program that wants
 *   that status has a handler of SIGALRM (SA_SIGINFO) which calls _exit with
 *   it, as nightburn has; without one SIGALRM ends it.  What was begun is in
 *   the journal, and the next run deals with it.
 * - Signals: see nb_progress_fn.  No handler is installed and no mask of the
 *   caller's threads is changed.  SIGPIPE and SIGXFSZ should be ignored; then
 *   they are errors that are reported.  Only nb_remote_serve ignores SIGPIPE
 *   itself.
 * - It does not exit, and changes neither directory, umask, locale nor
 *   environment.
 */
#ifndef NIGHTBURN_NIGHTBURN_H
#define NIGHTBURN_NIGHTBURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nightburn/catalog.h>
#include <nightburn/disk.h>
#include <nightburn/error.h>
#include <nightburn/restore.h>
#include <nightburn/size.h>
#include <nightburn/state.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0" */
NB_API const char *nb_version(void);

struct nightburn;

/*
 * Reads the configuration CONFIG (see nightburn.conf(5)).  Touches nothing
 * else.  NB_ECONFIG.  nb_close accepts NULL.
 */
NB_API enum nb_err nb_open(const char *config, struct nightburn **out);
NB_API void nb_close(struct nightburn *nb);

/* How far a long step is. */
struct nb_progress {
	const char *what; /* "dump testdb", "burn", "read back", ...; "":
				 between two steps */
	uint64_t done;    /* bytes */
	uint64_t total;   /* bytes; 0: not known */
};

/*
 * Called often, from the thread that called the job.  Not zero: stop; the job
 * ends with NB_ECANCELED, or NB_ESUSPECT when a burn was under way.
 *
 * The signals SIGINT, SIGTERM and SIGHUP stop a job in the same way when the
 * program blocked them (pthread_sigmask) before the first call: they stay
 * pending, and no call of a drive is interrupted.  A program that does not
 * block them is ended by them, as by a crash.
 */
typedef int nb_progress_fn(void *ctx, const struct nb_progress *progress);
NB_API void nb_set_progress(struct nightburn *nb, nb_progress_fn *fn,
			    void *ctx);

/* What the configuration holds, for people; one line a job, source, drive. */
struct nb_config_summary {
	NB_SIZE(nb_config_summary);
	size_t jobs, pools, drives, sources;
};
NB_API void nb_config_summary(const struct nightburn *nb,
			      struct nb_config_summary *out);

/* ---- drives and discs ---- */

struct nb_drive_row {
	char address[256], vendor[16], product[24], revision[8], serial[64];
	char profiles[256];
};
/* Calls FN for each recorder of this machine; not zero from it ends the call
 * with NB_ECANCELED.  Needs no configuration. */
NB_API enum nb_err nb_drives(int (*fn)(void *ctx, const struct nb_drive_row *),
			     void *ctx);

/*
 * Which drive.  Each may be NULL.  DEVICE ("/dev/sr0", "stdio:PATH", or the
 * name of a configured drive) or DRIVE (such a name) says it; else it is one of
 * the drives of JOB's pool, in their order, or with no JOB of all pools: the
 * one with the disc that is wanted, where several have a disc.  NB_EUSAGE: both
 * DEVICE and DRIVE, or no such drive or job.
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
	enum nb_label_state label; /* of the newest session */
	int session;               /* what follows is of this one, because the
				      newest is bad; 0: of the newest */
	char disc_id[33], pool[65], disc[65], backup_id[41];
	uint64_t generation;
	int64_t created;  /* of the label */
	bool ours;        /* the label was made with the key of this
				      installation */
	bool key_checked; /* OURS is known: there is a configuration, and
				      its key could be read, or there is none */
};
/*
 * Looks at the disc in a drive, the first that has one.  CHOICE may be NULL; NB
 * may be when CHOICE has a DEVICE.  NB_ENOMEDIUM (not logged, and OUT is filled
 * in): no disc.
 */
NB_API enum nb_err nb_disc(struct nightburn *nb,
			   const struct nb_drive_choice *choice,
			   struct nb_disc_info *out);
/* The same, for a program that writes a session itself: NB_OK only when one
 * can be written, else NB_ENOMEDIUM or NB_EWRONG. */
NB_API enum nb_err nb_msinfo(struct nightburn *nb,
			     const struct nb_drive_choice *choice,
			     struct nb_disc_info *out);

/* ---- jobs ---- */

/* What a run would do, or did. */
struct nb_plan_info {
	NB_SIZE(nb_plan_info);
	char job[65], pool[65];
	char drive[65], device[512];
	enum nb_plan plan;
	enum nb_plan_reason reason;
	char disc[65];            /* the disc that it is or becomes, or "" */
	char wanted[65];          /* the disc that a person should insert */
	uint64_t need, available; /* blocks; need 0: not known before a dump */
	uint64_t generation;      /* that the new backup will have */
	enum nb_err err;          /* NB_OK, or what the refusal is */
	char hint[512];           /* what a person can do, with the job and the
				     disc by their names; or "" */
};
/* Looks, decides, touches nothing.  Returns OUT->err (not logged) once there is
 * a plan, also one that is a refusal; before that OUT->job is "".  CHOICE may
 * be NULL, and its JOB where there is only one. */
NB_API enum nb_err nb_plan_job(struct nightburn *nb,
			       const struct nb_drive_choice *choice,
			       struct nb_plan_info *out);

struct nb_run_options {
	NB_SIZE(nb_run_options);
	const char *job;            /* NULL: the only one */
	const char *drive, *device; /* as nb_drive_choice */
	bool dry_run;
	bool resume;        /* burn what waits in staging, no dump */
	bool accept_shrink; /* min_ratio does not count this time */
	/* nb_append: trees to burn instead of the job's sources; NULL: the
	 * job's sources */
	const char *const *paths;
	size_t path_count;
};

struct nb_run_result {
	NB_SIZE(nb_run_result);
	struct nb_plan_info *plan; /* the caller's, to be filled in as well;
				      NULL: not wanted */
	char backup_id[41];
	uint64_t generation, files, bytes, blocks;
	int session;
	bool burned, verified;
	bool staged;        /* the dump waits for `run --resume` */
	uint64_t shared;    /* files that an earlier session holds */
	uint64_t excluded;  /* names that patterns left out */
	uint64_t too_large; /* files that max_file_size left out */
	/* What a person should look at, although all was verified: files that
	 * changed while they were read, that have other bytes with no sign of
	 * a change, whose earlier copy on the disc was damaged. */
	uint64_t changed, corrupt, reread;
	uint64_t off_disc; /* names whose link target or date ISO 9660 cannot
			      hold: they are in the manifest, and restored */
	uint64_t left_out; /* databases that allow no connections */
};

/* The nightly job. NB_ENOMEDIUM, NB_EWRONG, NB_EFOREIGN, NB_EFULL: a person is
 * needed, the dump waits in staging.  NB_EWRONG with RESULT->verified: the
 * backup is good, and ->changed, ->corrupt or ->reread is not 0.  RESULT is
 * filled in as far as it got. */
NB_API enum nb_err nb_run(struct nightburn *nb,
			  const struct nb_run_options *options,
			  struct nb_run_result *result);
/* A session by hand, on the disc in the drive; never blanks. */
NB_API enum nb_err nb_append(struct nightburn *nb,
			     const struct nb_run_options *options,
			     struct nb_run_result *result);

struct nb_media_options {
	NB_SIZE(nb_media_options);
	const char *job;            /* gives the pool; NULL: the only one */
	const char *drive, *device; /* as nb_drive_choice */
	bool dry_run;
	bool wait;             /* rotate: until the right disc is in */
	int64_t wait_seconds;  /* at most; 0: an hour */
	const char *volume_id; /* adopt: as a person typed it; "" for a disc
				      without one, NULL: not typed yet */
	const char *as;        /* adopt: the disc's name in the pool */
	/* adopt, when VOLUME_ID is NULL: shows the disc to a person, and gives
	 * what that person types as its volume id (it must stay until nb_adopt
	 * returns); NULL: stop, NB_ECANCELED. */
	const char *(*confirm)(void *ctx, const struct nb_disc_info *info);
	void *ctx;
};
/* Makes the disc blank, through the blank guard. */
NB_API enum nb_err nb_blank(struct nightburn *nb,
			    const struct nb_media_options *options,
			    struct nb_plan_info *result);
/* Says which disc is wanted next (RESULT->wanted), ejects the one in the
 * drive; with WAIT, waits for the wanted one and checks it. */
NB_API enum nb_err nb_rotate(struct nightburn *nb,
			     const struct nb_media_options *options,
			     struct nb_plan_info *result);
/*
 * A person's decision to take a disc that nightburn does not know: it is made
 * blank, and becomes disc AS of the pool.  VOLUME_ID must be the disc's own:
 * else NB_EFOREIGN, and INFO says what it is.  What is destroyed is what INFO
 * tells, and CONFIRM was shown: when another drive or disc is found there then,
 * nothing is.  NB_EUSAGE: several drives of the pool have a disc that could be
 * adopted, and none is named.
 */
NB_API enum nb_err nb_adopt(struct nightburn *nb,
			    const struct nb_media_options *options,
			    struct nb_disc_info *info);

/* Writes the image of a backup of JOB to the descriptor FD.  It is whole when
 * RESULT->blocks is not 0, also with NB_EWRONG: then ->changed is not 0. */
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
	int session;     /* told of, a newer one is bad; 0: newest */
	bool incomplete; /* the disc could not be checked to its end: what was
			    not read is not in BAD */
	/* All that belong to files, in order; the caller frees BAD_BLOCKS with
	 * free(3). */
	struct nb_block_run *bad_blocks;
	size_t bad_block_runs;
};
/*
 * Compares every file on the disc with its hash and, where the catalog knows
 * the disc, records the date.  When the newest session is bad, the newest one
 * that is good is told of: NB_OK when it holds all that was ever recorded of
 * the disc, else NB_ECORRUPT.  CHOICE and NB as
 * nb_disc; of several discs a suspect one comes first, then the newest.
 */
NB_API enum nb_err nb_verify(struct nightburn *nb,
			     const struct nb_drive_choice *choice,
			     struct nb_verify_result *result);

/* After the catalog was lost: as nb_verify, and all backups on a disc that is
 * good are recorded, whether the catalog knows the disc or not.  NB_EFOREIGN:
 * its label does not bear our key, or names no disc of a pool. */
NB_API enum nb_err nb_catalog_rebuild(struct nightburn *nb,
				      const struct nb_drive_choice *choice,
				      struct nb_verify_result *result);

/* Takes the catalog of JOB's pool for what there is, although a newer backup
 * was recorded once, or seen on a disc: a person says that it is lost.
 * *CHANGED: that was needed. */
NB_API enum nb_err nb_accept(struct nightburn *nb, const char *job,
			     bool *changed);

/*
 * Brings a backup back from the disc in the drive.  Without one named, it is
 * the newest good one that the catalog knows of the disc's pool (NB_EWRONG: it
 * is on another disc); without a catalog, the newest on the disc.  If that
 * cannot be read, the newest before it that can be: files are delivered and
 * NB_EWRONG is returned, a database or disk is not touched, unless
 * ->allow_older.  A file whose hash differs is not delivered: NB_ECORRUPT, the
 * others are.  With ->salvage: NB_ESUSPECT when something is missing or may be,
 * else NB_EWRONG when the manifest is, or something is not proved.
 */
NB_API enum nb_err nb_restore(struct nightburn *nb,
			      const struct nb_restore_options *options,
			      struct nb_restore_result *result);

/* ---- a source's work for another host ---- */

/* Reads one request from IN, does it, answers to OUT, where all messages go as
 * well.  ALLOWED: kinds of sources that may be read wherever they are, and
 * absolute paths beneath which trees may be; none: no bound.  SIGPIPE is
 * ignored from then on.  NB_EUSAGE: another word in ALLOWED; NB_ECANCELED:
 * nobody listens any more. */
NB_API enum nb_err nb_remote_serve(int in, int out, const char *const *allowed,
				   size_t count);

/* ---- the key that labels bear ---- */

#define NB_KEY_LINE 90 /* bytes of a key as text, with the NUL */

/* The key of this installation as one line of text, without newline, for a
 * second host or a safe.  NB_ENOTFOUND: there is none yet. */
NB_API enum nb_err nb_key_export(struct nightburn *nb, char text[NB_KEY_LINE]);

struct nb_key_result {
	NB_SIZE(nb_key_result);
	char name[17];   /* tells keys apart, is no secret */
	char before[17]; /* of the key that was there, or "" */
	bool changed;    /* the key was written */
};
/* Makes TEXT, which nb_key_export gave, the key of this installation: labels
 * that bear it are ours.  A different key that is there is replaced only with
 * FORCE, else NB_EFAIL.  NB_ECORRUPT: not a key. */
NB_API enum nb_err nb_key_import(struct nightburn *nb, const char *text,
				 bool force, struct nb_key_result *result);

#ifdef __cplusplus
}
#endif

#endif
