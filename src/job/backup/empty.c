/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/empty.h"

#include "job/backup/measure.h"

enum nb_err
nb_backup_compare_empty(struct nb_backup *backup, const struct nb_holdings *now)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < now->count; i++) {
		const struct nb_holding *is = &now->at[i];
		const struct nb_shrink shrink = { .kind = is->kind,
						  .name = is->name,
						  .what = NB_SHRINK_FILES };

		if (is->database || is->files != 0 || is->lost
		    || nb_backup_least(backup, is).ratio <= 0
		    || nb_holdings_find(&backup->last, is->kind, is->name,
					false))
			continue;
		err = nb_shrinks_add(&backup->shrinks, &shrink);
	}
	return err;
}
