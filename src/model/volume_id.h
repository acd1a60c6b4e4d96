/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The volume id of a disc: the name by which people and systems know it.  It
 * proves nothing. */
#ifndef NB_MODEL_VOLUME_ID_H
#define NB_MODEL_VOLUME_ID_H

#define NB_VOLUME_ID_SIZE 33 /* with the NUL; ECMA-119 8.4.7 */

/* ID becomes POOL_DISC_YYYYMMDD, in d-characters; DISC "": POOL_YYYYMMDD.  DATE
 * begins with the eight digits, as a backup id does. */
void nb_volume_id_make(const char *pool, const char *disc, const char *date,
		       char id[NB_VOLUME_ID_SIZE]);

#endif
