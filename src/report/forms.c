/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

/* Each form has a file of its own and a line here; their order is that of the
 * options. */
/* clang-format off */
#define FORMS(form) \
	form(nb_report_text) \
	form(nb_report_json)
/* clang-format on */

#define DECLARED(form) extern const struct nb_report_form form;
#define LISTED(form) &form,

FORMS(DECLARED)

const struct nb_report_form *const nb_report_forms[] = { FORMS(LISTED) NULL };
