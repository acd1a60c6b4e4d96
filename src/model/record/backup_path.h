/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a backup stands on its disc: all of it beneath the directory that is
 * named as its id, "<backup-id>/postgres/testdb.dump".  What makes a backup
 * (the sources, staging) knows nothing of that: its paths are relative to the
 * backup, "postgres/testdb.dump".
 */
#ifndef NB_MODEL_BACKUP_PATH_H
#define NB_MODEL_BACKUP_PATH_H

#include "model/record/manifest.h"

/*
 * Puts ID in front of all paths: of ENTRIES, and of SOURCES, but not of an
 * archive's members.  NB_ENOMEM: some of them have it then, and the lists are
 * only good to be freed.
 */
enum nb_err nb_backup_path_put(const char *id, struct nb_entries *entries,
			       struct nb_manifest_sources *sources);

/* The part of PATH beneath the directory ID, or NULL when it is not there. */
const char *nb_backup_path_within(const char *id, const char *path);

/*
 * Takes ID off all that nb_backup_path_put puts it on.  Entries elsewhere on
 * the disc (its own files, and the directory ID) are moved to ELSEWHERE, empty
 * before; the path of a source that is elsewhere is "" then.  NB_ENOMEM: the
 * lists are only good to be freed.
 */
enum nb_err nb_backup_path_take_all(const char *id, struct nb_entries *entries,
				    struct nb_manifest_sources *sources,
				    struct nb_entries *elsewhere);

/* Takes ID off PATH, where it is there. */
void nb_backup_path_take(const char *id, char *path);

#endif
