/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/run/run_summary.h"

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
	};

	for (size_t i = 0; i < s->manifest.sources.count; i++) {
		const struct nb_manifest_source *source =
			&s->manifest.sources.at[i];

		result->excluded += source->excluded;
		for (size_t k = 0; k < source->notes.count; k++)
			if (source->notes.at[k].what != NB_NOTE_CHANGED)
				++*counts[source->notes.at[k].what];
		for (size_t k = 0; k < source->members.count; k++)
			result->changed += source->members.at[k].torn;
	}
	for (size_t i = 0; i < s->entries.count; i++) {
		result->shared += s->entries.at[i].shared != NULL;
		result->changed += s->entries.at[i].torn;
	}
}
