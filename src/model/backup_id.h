/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The id of a backup: its date and eight random digits,
 * "20261121T013000Z-be88de43". */
#ifndef NB_MODEL_BACKUP_ID_H
#define NB_MODEL_BACKUP_ID_H

/* What follows the id with which NAME begins, "" or more; NULL: it begins with
 * none. */
const char *nb_backup_id_end(const char *name);

#endif
