/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

static const char *
or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static void
plan_object(struct nb_str *s, const struct nb_plan_info *p)
{
	struct nb_object o = nb_object_begin(s);

	nb_object_text(&o, "job", p->job);
	nb_object_text(&o, "pool", p->pool);
	nb_object_text(&o, "drive", or_null(p->drive));
	nb_object_text(&o, "device", p->device);
	nb_object_text(&o, "plan", p->job[0] ? nb_plan_name(p->plan) : "");
	nb_object_text(&o, "reason",
		       p->job[0] ? nb_plan_reason_code(p->reason) : "");
	nb_object_text(&o, "text",
		       p->job[0] ? nb_plan_reason_text(p->reason) : NULL);
	nb_object_text(&o, "hint",
		       p->job[0] ? nb_plan_reason_hint(p->reason) : NULL);
	nb_object_text(&o, "disc", or_null(p->disc));
	nb_object_text(&o, "wanted", or_null(p->wanted));
	nb_object_number(&o, "need", p->need);
	nb_object_number(&o, "available", p->available);
	nb_object_number(&o, "generation", p->generation);
	nb_object_number(&o, "exit_status", (uint64_t)nb_exit_status(p->err));
	nb_object_end(&o);
}

void
nb_report_plan(struct nb_str *s, const struct nb_plan_info *p, bool json)
{
	if (json) {
		plan_object(s, p);
		nb_str_add(s, "\n");
		return;
	}
	nb_str_addf(s, "job     %s, pool %s\n", p->job, p->pool);
	nb_str_addf(s, "drive   %s%s%s\n", p->drive, p->drive[0] ? ": " : "",
		    p->device);
	if (p->disc[0])
		nb_str_addf(s, "disc    %s\n", p->disc);
	nb_str_addf(s, "plan    %s, because %s\n", nb_plan_name(p->plan),
		    nb_plan_reason_text(p->reason));
	if (p->need)
		nb_str_addf(s, "size    %llu blocks of %llu\n",
			    (unsigned long long)p->need,
			    (unsigned long long)p->available);
	if (p->wanted[0])
		nb_str_addf(s, "wanted  %s\n", p->wanted);
	if (nb_plan_reason_hint(p->reason))
		nb_str_addf(s, "hint    %s\n", nb_plan_reason_hint(p->reason));
}

static void
add_note(struct nb_str *s, uint64_t count, const char *text)
{
	if (count)
		nb_str_addf(s, "    %llu %s\n", (unsigned long long)count,
			    text);
}

static void
add_notes(struct nb_str *s, const struct nb_run_result *r)
{
	add_note(s, r->shared,
		 "unchanged, in an earlier session of this "
		 "disc");
	add_note(s, r->excluded, "left out by patterns");
	add_note(s, r->too_large, "left out, larger than max_file_size");
	add_note(s, r->changed, "CHANGED while they were read");
	add_note(s, r->corrupt, "with OTHER BYTES and no sign of a change");
	add_note(s, r->reread,
		 "whose earlier copy on this disc is DAMAGED, "
		 "written anew");
}

void
nb_report_run(struct nb_str *s, const struct nb_run_result *r, bool json)
{
	char size[16];

	if (json) {
		struct nb_object o = nb_object_begin(s);

		nb_object_text(&o, "backup", or_null(r->backup_id));
		nb_object_number(&o, "generation", r->generation);
		nb_object_number(&o, "files", r->files);
		nb_object_number(&o, "bytes", r->bytes);
		nb_object_number(&o, "blocks", r->blocks);
		nb_object_number(&o, "session", (uint64_t)r->session);
		nb_object_bool(&o, "burned", r->burned);
		nb_object_bool(&o, "verified", r->verified);
		nb_object_bool(&o, "staged", r->staged);
		nb_object_number(&o, "shared", r->shared);
		nb_object_number(&o, "excluded", r->excluded);
		nb_object_number(&o, "too_large", r->too_large);
		nb_object_number(&o, "changed", r->changed);
		nb_object_number(&o, "corrupt", r->corrupt);
		nb_object_number(&o, "reread", r->reread);
		nb_str_add(s, ", \"plan\": ");
		plan_object(s, &r->plan);
		nb_object_end(&o);
		nb_str_add(s, "\n");
	} else if (r->verified) {
		nb_str_addf(s,
			    "%s: generation %llu on disc %s, session %d: "
			    "%llu files, %s, verified\n",
			    r->backup_id, (unsigned long long)r->generation,
			    r->plan.disc, r->session,
			    (unsigned long long)r->files,
			    nb_str_size(r->bytes, size));
		add_notes(s, r);
	} else if (!r->backup_id[0]) {
		nb_report_plan(s, &r->plan, false);
	}
}

void
nb_report_image(struct nb_str *s, const char *file,
		const struct nb_run_result *r, bool json)
{
	char size[16];

	if (json) {
		struct nb_object o = nb_object_begin(s);

		nb_object_bytes(&o, "image", file);
		nb_object_text(&o, "backup", or_null(r->backup_id));
		nb_object_number(&o, "files", r->files);
		nb_object_number(&o, "bytes", r->bytes);
		nb_object_number(&o, "blocks", r->blocks);
		nb_object_end(&o);
		nb_str_add(s, "\n");
		return;
	}
	nb_str_addf(s, "%s: %llu files, %s, an image of %llu blocks\n", file,
		    (unsigned long long)r->files, nb_str_size(r->bytes, size),
		    (unsigned long long)r->blocks);
}

void
nb_report_verify(struct nb_str *s, const struct nb_verify_result *r, bool json)
{
	char size[16];

	if (json) {
		struct nb_object o = nb_object_begin(s);

		nb_object_text(&o, "disc", or_null(r->disc));
		nb_object_text(&o, "backup", or_null(r->backup_id));
		nb_object_number(&o, "generation", r->generation);
		nb_object_number(&o, "files", r->files);
		nb_object_number(&o, "bytes", r->bytes);
		nb_object_number(&o, "bad", r->bad);
		nb_object_number(&o, "session", (uint64_t)r->session);
		nb_object_end(&o);
		nb_str_add(s, "\n");
		return;
	}
	nb_str_addf(s, "disc %s, ", r->disc);
	if (r->session)
		nb_str_addf(s, "session %d, ", r->session);
	nb_str_addf(s, "generation %llu: %llu files, %s, are good",
		    (unsigned long long)r->generation,
		    (unsigned long long)r->files, nb_str_size(r->bytes, size));
	if (r->bad)
		nb_str_addf(s, ", %llu are BAD", (unsigned long long)r->bad);
	nb_str_add(s, "\n");
}

void
nb_report_restore(struct nb_str *s, const struct nb_restore_result *r,
		  bool json)
{
	char size[16];

	if (json) {
		struct nb_object o = nb_object_begin(s);

		nb_object_text(&o, "backup", or_null(r->backup_id));
		nb_object_text(&o, "disc", or_null(r->disc));
		nb_object_number(&o, "generation", r->generation);
		nb_object_number(&o, "files", r->files);
		nb_object_number(&o, "bytes", r->bytes);
		nb_object_number(&o, "bad", r->bad);
		nb_object_end(&o);
		nb_str_add(s, "\n");
		return;
	}
	nb_str_addf(s, "%s from disc %s: %llu files, %s, restored",
		    r->backup_id, r->disc, (unsigned long long)r->files,
		    nb_str_size(r->bytes, size));
	if (r->bad)
		nb_str_addf(s, ", %llu NOT delivered",
			    (unsigned long long)r->bad);
	nb_str_add(s, "\n");
}
