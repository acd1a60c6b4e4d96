/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the ways to restore a backup from a disc: to a directory, into a
 * database, one file to a descriptor.
 */
#ifndef NB_JOB_RESTORE_H
#define NB_JOB_RESTORE_H

#include "filter/filter.h"
#include "job/restore/extract.h"
#include "job/restore/restore_paths.h"
#include "job/restore/restore_select.h"
#include "store/temporary.h"

/* A backup that is being restored. */
struct nb_restoring {
	struct nightburn *nb;
	const struct nb_restore_options *options;
	struct nb_blocks *blocks;
	const struct nb_nodes *nodes;
	struct nb_disc_backup *backup; /* reduced to what is wanted */
};

struct nb_restore_target {
	int fd; /* the directory, open */
	bool overwrite;
	bool attributes;
};

/* Restores what nb_restore_select kept; from trees that are archives, the
 * members that OPTIONS name. */
enum nb_err nb_restore_extract(struct nightburn *nb, struct nb_blocks *blocks,
			       const struct nb_nodes *nodes,
			       const struct nb_disc_backup *backup,
			       const struct nb_restore_options *options,
			       struct nb_restore_target target,
			       struct nb_extract_result *result);

/* Restores what OPTIONS name of BACKUP, whose entries are sorted, to the
 * directory OPTIONS->to. */
enum nb_err nb_restore_to(struct nightburn *nb,
			  const struct nb_restore_options *options,
			  struct nb_blocks *blocks,
			  const struct nb_nodes *nodes,
			  struct nb_disc_backup *backup,
			  struct nb_extract_result *result);

/* The request that corresponds to OPTIONS. */
struct nb_restore_request nb_restore_request_of(
	const struct nb_restore_options *options);

/* Fills in RESULT with what was chosen. */
void nb_restore_describe_pick(const struct nb_restore_pick *pick,
			      struct nb_restore_result *result);

/* NB_EWRONG, logged, if RESULT->lost is not 0. */
enum nb_err nb_restore_lost_verdict(const struct nb_restore_result *result);

/* Moves the blocks that could not be read to RESULT, which then owns them. */
void nb_restore_give_bad(struct nb_block_runs *bad,
			 struct nb_restore_result *result);

/* Restores whatever can be read from a damaged disc: with the manifest, without
 * it by SHA256SUMS, or by the directory alone.  NB_ESUSPECT: something is
 * missing; NB_EWRONG: the manifest is missing, or something cannot be proved.
 * (salvage.c) */
enum nb_err nb_restore_salvage(struct nightburn *nb,
			       const struct nb_restore_options *options,
			       struct nb_restore_result *result);

/* Creates a temporary directory in staging (NB NULL: in /tmp), and removes what
 * dead processes left there.  End removes it and accepts NULL; NB_EIO.
 * (staged_dump.c) */
enum nb_err nb_restore_temporary(const struct nightburn *nb,
				 struct nb_temporary **out);
enum nb_err nb_restore_temporary_end(struct nb_temporary *temporary);

/* NB_EUSAGE: SPEC would replace a disc in a file, or what else is nightburn's
 * own.  (restore_paths.c) */
enum nb_err nb_restore_spares_ours(const struct nb_extract *spec);

/* Restores the wanted members of a tree that is the archive FILE, by SPEC,
 * whose entries are replaced.  (unpack.c) */
enum nb_err nb_restore_unpack(struct nb_extract *spec,
			      const struct nb_disc_backup *backup,
			      const struct nb_entry *file,
			      const struct nb_manifest_source *source,
			      const struct nb_restore_options *options,
			      struct nb_extract_result *result);

/* Passes the bytes of MEMBER, a file, to PUT; its hash is known only then:
 * NB_ECORRUPT.  (unpack.c) */
enum nb_err nb_restore_member(struct nb_blocks *blocks,
			      const struct nb_nodes *nodes,
			      const struct nb_disc_backup *backup,
			      const struct nb_restore_path *member,
			      nb_filter_sink *put, void *ctx);

/* Restores a dump into the database OPTIONS->into, through a pipe, or through
 * staging if it is a directory; only the dump is kept in the backup.  OLD (may
 * be NULL) becomes the new name of a database that was replaced.
 * (restore_database.c) */
enum nb_err nb_restore_into(struct nightburn *nb,
			    const struct nb_restore_options *options,
			    struct nb_blocks *blocks,
			    const struct nb_nodes *nodes,
			    struct nb_disc_backup *backup,
			    struct nb_extract_result *result, char old[64]);

#endif
