/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

static void
write_row(const struct nb_report *r, struct nb_str *s,
	  const struct nb_record *record, const void *row)
{
	size_t from = s->length;

	(void)r;
	record->describe(s, row);
	nb_report_fit(s, from);
}

/* For people: each record has its own function for this. */
const struct nb_report_form nb_report_text = { .row = write_row };
