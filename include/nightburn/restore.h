/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What nb_restore is asked for, and what it tells.  Included by
 * <nightburn/nightburn.h>.
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

struct nb_restore_options {
	NB_SIZE(nb_restore_options);
	const char *backup; /* id, prefix or generation; NULL: the newest */
	const char *device, *drive, *job; /* as nb_drive_choice */
	const char *to;           /* directory, made when missing; or NULL */
	const char *into;         /* database; or NULL */
	const char *source;       /* only the source of this name */
	const char *const *paths; /* only these paths of the backup */
	size_t path_count;
	bool overwrite;       /* replace files that exist in TO */
	const char *conninfo; /* of the server for INTO; NULL: PG* */
	const char *run_as;   /* user for pg_restore and psql */
	int64_t at;           /* the newest not after this date; 0: of all */
	bool this_disc;       /* the newest on the disc, whatever the catalog
				 says */
	bool allow_older;     /* an older one if the newest cannot be read */
	bool salvage;         /* to TO, whatever a damaged disc still gives */
	/* INTO: what of the dump, as the options of pg_restore; not for dumps
	 * in plain format. */
	bool no_owner, no_privileges, no_tablespaces;
	bool keep; /* leave the database that was created, although the restore
		      failed */
	const char *const *tables, *const *schemas;
	size_t table_count, schema_count;
	const char *section;         /* pre-data, data, post-data; NULL: all */
	int jobs;                    /* at once; 0: as many as make sense */
	const char *const *patterns; /* TO: only paths that match one, as in
					nb_find, and what is beneath */
	size_t pattern_count;
};
struct nb_restore_result {
	NB_SIZE(nb_restore_result);
	char backup_id[41], disc[65];
	uint64_t generation, files, bytes, bad;
	bool restored;     /* all of it, to the last step */
	bool older;        /* than the backup that was meant */
	uint64_t unproved; /* salvage: of FILES, without a hash to compare */
	struct nb_block_run *bad_blocks; /* as nb_verify_result, of the files
					    that were asked for */
	size_t bad_block_runs;
};

#ifdef __cplusplus
}
#endif

#endif
