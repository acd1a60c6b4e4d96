/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/run/run_summary.h"

static void
add(const struct nb_entry *e, struct nb_run_result *result)
{
	result->shared += e->shared != NULL;
	result->changed += e->torn && !e->lost;
	result->lost += e->lost;
	result->off_disc += e->flags != 0;
}

/* What is counted by its notes; of the rest there may be more than these. */
void
nb_run_summary(const struct nb_session *s, struct nb_run_result *result)
{
	uint64_t *const counts[] = {
		[NB_NOTE_TOO_LARGE] = &result->too_large,
		[NB_NOTE_CORRUPT] = &result->corrupt,
		[NB_NOTE_REREAD] = &result->reread,
		[NB_NOTE_OFF_DISC] = &result->off_disc,
		[NB_NOTE_DATE] = &result->off_disc,
		[NB_NOTE_LEFT_OUT] = &result->left_out,
		[NB_NOTE_ROWS] = &result->tables_left_out,
		[NB_NOTE_PREPARED] = &result->prepared_left_out,
		[NB_NOTE_OURS] = &result->ours_left_out,
		[NB_NOTE_MOUNT] = &result->mounts_left_out,
		[NB_NOTE_UNREADABLE] = &result->unreadable,
		[NB_NOTE_BEHIND] = &result->behind,
		[NB_NOTE_CHANGED] = NULL,
		[NB_NOTE_FLAGS] = NULL,
		[NB_NOTE_XATTRS] = NULL,
	};

	for (size_t i = 0; i < s->manifest.sources.count; i++) {
		const struct nb_manifest_source *source =
			&s->manifest.sources.at[i];

		result->excluded += source->excluded;
		for (size_t k = 0; k < source->notes.count; k++)
			if (counts[source->notes.at[k].what])
				++*counts[source->notes.at[k].what];
		for (size_t k = 0; k < source->members.count; k++)
			add(&source->members.at[k], result);
	}
	for (size_t i = 0; i < s->entries.count; i++)
		add(&s->entries.at[i], result);
}
