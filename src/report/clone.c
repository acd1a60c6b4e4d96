/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

void
nb_report_clone(struct nb_str *s, const struct nb_clone_result *r, bool json)
{
	char size[16];

	if (json) {
		struct nb_object o = nb_object_begin(s);

		nb_object_text(&o, "clone", r->name);
		nb_object_number(&o, "files", r->files);
		nb_object_number(&o, "transferred", r->transferred);
		nb_object_number(&o, "deleted", r->deleted);
		nb_object_number(&o, "bytes", r->bytes);
		nb_object_bool(&o, "compared", r->compared);
		nb_object_number(&o, "corrupt", r->corrupt);
		nb_object_end(&o);
		nb_str_add(s, "\n");
		return;
	}
	nb_str_addf(s,
		    "clone %s: %llu files, %llu copied (%s), %llu deleted%s"
		    "\n",
		    r->name, (unsigned long long)r->files,
		    (unsigned long long)r->transferred,
		    nb_str_size(r->bytes, size), (unsigned long long)r->deleted,
		    r->compared ? ", contents compared" : "");
}

void
nb_report_clone_row(struct nb_str *s, const struct nb_clone_row *c, bool json)
{
	char date[32], checked[32];

	if (json) {
		struct nb_object o = nb_object_begin(s);

		nb_object_text(&o, "name", c->name);
		nb_object_text(&o, "id", c->id);
		nb_object_text(&o, "source", c->source);
		nb_object_text(&o, "target", c->target);
		nb_object_text(&o, "state", nb_clone_state_name(c->state));
		nb_object_text(&o, "note", c->note);
		nb_object_date(&o, "finished", c->finished);
		nb_object_date(&o, "compared", c->checked);
		nb_object_number(&o, "files", c->files);
		nb_object_end(&o);
		return;
	}
	nb_str_addf(s, "clone %s of %s on %s: %s, %s, contents compared %s\n",
		    c->name, c->source, c->target,
		    nb_clone_state_name(c->state),
		    nb_report_date(c->finished, date),
		    nb_report_date(c->checked, checked));
}
