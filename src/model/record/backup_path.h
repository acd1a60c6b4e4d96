/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths on the disc: all of a backup is beneath the directory that is named
 * after its id, "<backup-id>/postgres/testdb.dump".  The code that creates a
 * backup (the sources, staging) does not use it: its paths are relative to the
 * backup, "postgres/testdb.dump".
 */
#ifndef NB_MODEL_BACKUP_PATH_H
#define NB_MODEL_BACKUP_PATH_H

#include "model/record/manifest.h"

/*
 * Puts ID before all paths: those of ENTRIES and of SOURCES, but not those of
 * an archive's members.  NB_ENOMEM: only some of them have it then, and the
 * lists can only be freed.
 */
enum nb_err nb_backup_path_put(const char *id, struct nb_entries *entries,
			       struct nb_manifest_sources *sources);

/* The part of PATH beneath the directory ID, or NULL if it is not there. */
const char *nb_backup_path_within(const char *id, const char *path);

/*
 * Removes ID from all paths to which nb_backup_path_put adds it.  Entries
 * elsewhere on the disc (its own files, and the directory ID) are moved to
 * ELSEWHERE, which must be empty; the path of a source that is elsewhere
 * becomes "".  NB_ENOMEM: the lists can only be freed.
 */
enum nb_err nb_backup_path_take_all(const char *id, struct nb_entries *entries,
				    struct nb_manifest_sources *sources,
				    struct nb_entries *elsewhere);

/* Removes ID from PATH, if it is there. */
void nb_backup_path_take(const char *id, char *path);

#endif
