/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration as structs.  nb_config_parse checks everything that can be
 * checked without touching the machine; nb_config_load adds the file and its
 * permissions (the one function of model/ that reads a file).
 */
#ifndef NB_MODEL_CONFIG_H
#define NB_MODEL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "base/names.h"
#include "model/record/label.h"

struct nb_config_drive {
	char *name;
	char *device;        /* "/dev/sr0" or "stdio:PATH" */
	char *serial;        /* required serial number; NULL: any */
	int speed;           /* times the medium's 1x; 0: the drive decides */
	uint64_t capacity;   /* bytes; 0: as reported by the drive */
	bool keep_tray_shut; /* the drive cannot load its tray itself */
	int timeout;         /* seconds without a response; 0: the default */
};

enum nb_rotation {
	NB_ROTATION_ALTERNATE,
	NB_ROTATION_APPEND,
	NB_ROTATION_FRESH
};

struct nb_config_pool {
	char *name;
	struct nb_names discs; /* empty if AUTOMATIC */
	bool automatic;        /* discs = auto: a new disc gets the next name */
	char *disc_names; /* "DB-###", their pattern; NULL: not AUTOMATIC */
	struct nb_names drives;
	enum nb_rotation rotation;
	bool append_on_same_disc;   /* on_same_disc = append | refuse */
	int max_nights_on_one_disc; /* 0: any number */
	bool close;                 /* close the disc after the burn */
	int64_t max_verify_age;     /* seconds since the newest backup on
				      another disc was verified; 0: any */
};

struct nb_source_kind;

struct nb_config_source {
	const struct nb_source_kind *kind;
	char *name;
	int line;      /* in the configuration file */
	void *options; /* the kind's own record */
};

/* Frees what SOURCE owns and sets it to zeros. */
void nb_config_source_clear(struct nb_config_source *source);

struct nb_config_sources NB_ARRAY(struct nb_config_source);

/* A program of the administrator that a job runs. */
enum nb_hook {
	NB_HOOK_BEFORE,
	NB_HOOK_AFTER_READ,
	NB_HOOK_AFTER,
	NB_HOOK_ON_FAILURE,
	NB_HOOK_ALWAYS,
	NB_HOOKS
};

struct nb_config_hook {
	enum nb_hook when;
	struct nb_names run; /* program and arguments; or */
	char *shell;         /* a line for /bin/sh */
	char *run_as;        /* NULL: the user who started us */
	int64_t timeout;     /* seconds */
	int line;
};

struct nb_config_hooks NB_ARRAY(struct nb_config_hook);

/* How often a run is followed by a drill. */
enum nb_drill_when {
	NB_DRILL_NEVER,
	NB_DRILL_NIGHTLY,
	NB_DRILL_WEEKLY,
	NB_DRILL_MONTHLY
};

struct nb_config_job {
	char *name;
	char *pool;
	enum nb_drill_when drill;
	struct nb_config_sources sources; /* in the order of the file */
	struct nb_config_hooks hooks;     /* of one WHEN, in that order */
};

struct nb_config_drives NB_ARRAY(struct nb_config_drive);
struct nb_config_pools NB_ARRAY(struct nb_config_pool);
struct nb_config_jobs NB_ARRAY(struct nb_config_job);

/* How often contents are compared although metadata is unchanged. */
enum nb_compare { NB_COMPARE_NEVER, NB_COMPARE_WEEKLY, NB_COMPARE_ALWAYS };

/* A disk to which a running system is copied. */
struct nb_config_clone {
	char *name;
	char *source;            /* directory, "/" */
	char *target;            /* where it is mounted; or */
	char *device;            /* device to mount for the run */
	struct nb_names exclude; /* patterns of rsync */
	bool one_file_system;
	enum nb_compare checksum;
	int max_delete;  /* percent of the files */
	int64_t timeout; /* seconds */
	int line;
};

struct nb_config_clones NB_ARRAY(struct nb_config_clone);

/* The power check: when a night's work must not begin. */
struct nb_config_power {
	char *ups;           /* "name@host" of NUT; NULL: no power check */
	char *upsc;          /* NUT's client program */
	int64_t min_runtime; /* seconds of battery; 0: any */
	bool unknown_goes;   /* ignore a UPS that does not respond */
};

struct nb_config {
	char *file; /* as named by the caller */
	char *state_dir;
	char *staging_dir;
	struct nb_config_power power; /* the block "guard" */
	struct nb_config_drives drives;
	struct nb_config_pools pools;
	struct nb_config_jobs jobs;
	struct nb_config_clones clones;
};

void nb_config_free(struct nb_config *config);

/*
 * Parses TEXT, in which sources are of KINDS (model/source_kind.h).  Each error
 * is "FILE:LINE: what; what was expected" and
 * NB_ECONFIG; references (pool of a job, drives of a pool) are checked too.
 */
enum nb_err nb_config_parse(const char *file, const char *text,
			    const struct nb_source_kind *const *kinds,
			    struct nb_config **out);

/*
 * Reads and parses FILE.  Refuses a file, or a directory above it without the
 * sticky bit, that others may write, and one that belongs neither to root nor
 * to the caller: NB_ECONFIG.
 */
enum nb_err nb_config_load(const char *file,
			   const struct nb_source_kind *const *kinds,
			   struct nb_config **out);

/* By name; NULL when there is none. */
const struct nb_config_drive *nb_config_drive(const struct nb_config *config,
					      const char *name);
const struct nb_config_pool *nb_config_pool(const struct nb_config *config,
					    const char *name);
/* The number of the disc NAME in a pool with automatic names, from 1; 0: its
 * pattern does not give that name.  (model/config/disc_names.c) */
unsigned int nb_config_disc_number(const struct nb_config_pool *pool,
				   const char *name);
/* The reverse, for numbers up to 999,999. */
void nb_config_disc_name(const struct nb_config_pool *pool, unsigned int number,
			 char name[NB_NAME_MAX + 1]);
/* The pool, or drive, NAME.  NB_EUSAGE, logged with the names that exist. */
enum nb_err nb_config_find_pool(const struct nb_config *config,
				const char *name,
				const struct nb_config_pool **out);
enum nb_err nb_config_find_drive(const struct nb_config *config,
				 const char *name,
				 const struct nb_config_drive **out);
/* The configured source of JOB that corresponds to KIND NAME in its backups:
 * the one of that name, or else (one source may produce several) the first of
 * its kind; NULL: none. */
const struct nb_config_source *nb_config_source(const struct nb_config *config,
						const char *job,
						const char *kind,
						const char *name);

/* The job NAME, or the only job when NAME is NULL.  NB_EUSAGE: there is no such
 * job, or several and none was named; logged with the names that exist. */
enum nb_err nb_config_job(const struct nb_config *config, const char *name,
			  const struct nb_config_job **out);

/* The clone NAME, or the only one when NAME is NULL, as nb_config_job. */
enum nb_err nb_config_clone(const struct nb_config *config, const char *name,
			    const struct nb_config_clone **out);

#endif
