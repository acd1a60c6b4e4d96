/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options and results of nb_restore.  Included by <nightburn/nightburn.h>.
 */
#ifndef NIGHTBURN_RESTORE_H
#define NIGHTBURN_RESTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nightburn/size.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nb_block_run;
struct nb_file_row;
struct nb_source_row;

struct nb_restore_options {
	NB_SIZE(nb_restore_options);
	const char *backup; /* id, prefix or generation; NULL: the newest */
	const char *device, *drive, *job; /* as nb_drive_choice */
	const char *to;           /* directory, created if missing; or NULL */
	const char *into;         /* database; or NULL */
	const char *source;       /* only the source of this name */
	const char *const *paths; /* only these paths within the backup */
	size_t path_count;
	bool overwrite;       /* replace existing files in TO */
	const char *conninfo; /* connection string of the server for INTO; NULL:
				 PG* variables */
	const char *run_as;   /* user who runs pg_restore and psql */
	int64_t at;           /* the newest one not after this date; 0: any
				 date */
	bool this_disc;       /* the newest one on the disc, whatever the
				 catalog has */
	bool allow_older; /* an older one, if the newest was found damaged or
				 cannot be read */
	bool salvage;     /* with TO: whatever can still be read from a
				 damaged disc */
	/* With INTO: the part of the dump to load, as the options of
	 * pg_restore; not for dumps in plain format. */
	bool no_owner, no_privileges, no_tablespaces;
	bool keep; /* keep the database that was created, even if the restore
		      failed */
	const char *const *tables, *const *schemas;
	size_t table_count, schema_count;
	const char *section;         /* pre-data, data, post-data; NULL: all */
	int jobs;                    /* parallel jobs; 0: as many as are
					useful */
	const char *const *patterns; /* with TO: only paths that match one of
					these patterns, as in nb_find, and
					everything beneath them */
	size_t pattern_count;
	/* With INTO: */
	bool with_globals; /* first the roles and tablespaces of the backup that
			      the server does not have */
	bool replace;      /* if the database exists: restore another one, and
			      exchange them when it is complete */
	bool disconnect;   /* with REPLACE: end the sessions in the old one */
	bool drop_old;     /* with REPLACE: drop the old one afterwards */
	const char *globals; /* as with_globals, those of the source of this
				name; NULL: there is one such source */
};
struct nb_restore_result {
	NB_SIZE(nb_restore_result);
	char backup_id[41], disc[65];
	uint64_t generation, files, bytes, bad;
	bool restored;     /* everything was done, including the last step */
	bool older;        /* than the one that was requested */
	uint64_t unproved; /* salvage: number of FILES that have no hash to
			      compare with */
	struct nb_block_run *bad_blocks; /* as in nb_verify_result, of the
					    requested files */
	size_t bad_block_runs;
	char old_database[64]; /* the new name of a database that was replaced,
				  or "" */
	uint64_t lost; /* of FILES: not read whole when they were burned; zeros
			  are in their place */
};

/* A backup on a disc, according to its manifest. */
struct nb_listed_backup {
	const char *id, *job, *pool, *host, *disc;
	uint64_t generation;
	int64_t created;
	uint64_t bytes, files;
};
/* Receives the results of nb_restore_list, in this order.  If a function
 * returns anything but zero, the call ends with NB_ECANCELED. */
struct nb_restore_listing {
	NB_SIZE(nb_restore_listing);
	int (*on_backup)(void *ctx, const struct nb_listed_backup *backup);
	int (*on_source)(void *ctx, const struct nb_source_row *source);
	int (*on_file)(void *ctx, const struct nb_file_row *file);
	/* A line of the table of contents of a dump. */
	int (*on_content)(void *ctx, const char *line);
	void *ctx;
};

#ifdef __cplusplus
}
#endif

#endif
