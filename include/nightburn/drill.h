/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A drill: a backup is restored to a temporary place and compared.  Included by
 * <nightburn/nightburn.h>.
 */
#ifndef NIGHTBURN_DRILL_H
#define NIGHTBURN_DRILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nightburn/error.h>
#include <nightburn/size.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nightburn;

struct nb_drill_options {
	NB_SIZE(nb_drill_options);
	const char *backup; /* id, prefix or generation; NULL: the newest, also
			       if it was found damaged */
	const char *device, *drive, *job; /* as nb_drive_choice */
	const char *source; /* only the source of this name, and the roles */
	const char *run_as; /* user who runs the server; NULL: as configured, or
			       postgres */
	bool this_disc;     /* as in nb_restore_options */
	bool keep;          /* keep the server running, and the files */
};
struct nb_drill_result {
	NB_SIZE(nb_drill_result);
	char backup_id[41], disc[65];
	uint64_t generation;
	/* What was restored: databases, what was compared in them, and the
	 * files of all other sources. */
	uint64_t databases, tables, rows, checksums, files, bytes;
	/* What was not restored correctly: tables and the like that differ,
	 * files that are damaged, sources that cannot be restored. */
	uint64_t differences, bad, failed;
	/* What this machine cannot restore as it was: sources that it cannot
	 * restore at all, databases whose properties differ. */
	uint64_t lacking, altered;
	uint64_t uncounted;  /* databases in which nothing was compared */
	char directory[512]; /* directory of what was kept, or "" */
	uint64_t lost; /* of FILES: not read whole when they were burned; zeros
			  are in their place */
};

/*
 * Restores a backup from the disc in the drive as nb_restore does, databases
 * into a temporary cluster, and compares.  NB_ECORRUPT: something was not
 * restored, or differs; NB_EWRONG: everything that this machine can restore is
 * good, but ->lacking, ->altered or ->lost is not 0; NB_EFULL: not enough space
 * in staging_dir; other errors: the drill did not take place, and
 * RESULT->backup_id is "".
 */
NB_API enum nb_err nb_drill(struct nightburn *nb,
			    const struct nb_drill_options *options,
			    struct nb_drill_result *result);

#ifdef __cplusplus
}
#endif

#endif
