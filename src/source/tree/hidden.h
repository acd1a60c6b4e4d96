/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NB_SOURCE_TREE_HIDDEN_H
#define NB_SOURCE_TREE_HIDDEN_H

#include "source/tree/options.h"

/*
 * Notes in RECORD, and logs, what of the directory PATH this process does not
 * see although the system has it: an empty file system in memory is in its
 * place, or what is mounted there is not mounted for this process.  That is
 * what options of a systemd unit do, such as ProtectHome.  What RULES leave out
 * is not meant.  OBJECT is in messages.  Nothing is known where the mounts of
 * process 1 cannot be read, or where it has another root directory.  NB_ENOMEM
 */
enum nb_err nb_tree_note_hidden(const char *object, const char *path,
				const struct nb_tree_rules *rules,
				struct nb_manifest_source *record);

#endif
