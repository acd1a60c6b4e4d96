/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/report.h"

/* ---- plans ---- */

/* If a job ended before there was a plan, none is printed. */
static const char *
plan_name(const void *row)
{
	const struct nb_plan_info *p = row;

	return p->job[0] ? nb_plan_name(p->plan) : "";
}

static const char *
plan_reason(const void *row)
{
	const struct nb_plan_info *p = row;

	return p->job[0] ? nb_plan_reason_code(p->reason) : "";
}

static const char *
plan_text(const void *row)
{
	const struct nb_plan_info *p = row;

	return p->job[0] ? nb_plan_reason_text(p->reason) : NULL;
}

static const char *
plan_hint(const void *row)
{
	const struct nb_plan_info *p = row;

	return p->hint[0] ? p->hint : NULL;
}

#define PLAN struct nb_plan_info

static const struct nb_column plan_columns[] = {
	NB_COLUMN_NAME("job", PLAN, job),
	NB_COLUMN_NAME("pool", PLAN, pool),
	NB_COLUMN_CHARS("drive", PLAN, drive),
	NB_COLUMN_NAME("device", PLAN, device),
	{ .name = "plan", .type = NB_COLUMN_WORD, .text = plan_name },
	{ .name = "reason", .type = NB_COLUMN_WORD, .text = plan_reason },
	{ .name = "text", .type = NB_COLUMN_TEXT, .text = plan_text },
	{ .name = "hint", .type = NB_COLUMN_TEXT, .text = plan_hint },
	NB_COLUMN_CHARS("disc", PLAN, disc),
	NB_COLUMN_CHARS("wanted", PLAN, wanted),
	NB_COLUMN(BLOCKS, "need", PLAN, need),
	NB_COLUMN(BLOCKS, "available", PLAN, available),
	NB_COLUMN(NUMBER, "generation", PLAN, generation),
	NB_COLUMN(STATUS, "exit_status", PLAN, err),
	NB_COLUMN_CHARS("about", PLAN, about),
	NB_COLUMN(BYTES, "expected", PLAN, expected),
};

/* HEAD and the text after it, wrapped to the width of a terminal. */
__attribute__((format(printf, 3, 4))) static void
add_line(struct nb_str *s, const char *head, const char *fmt, ...)
{
	char text[640];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	nb_str_add(s, head);
	nb_str_add_wrapped(s, text, strlen(head), strlen(head));
	nb_str_add(s, "\n");
}

static void
describe_plan(struct nb_str *s, const void *row)
{
	const struct nb_plan_info *p = row;
	char need[16], room[16];

	nb_str_addf(s, "job     %s, pool %s\n", p->job, p->pool);
	nb_str_addf(s, "drive   %s%s%s\n", p->drive, p->drive[0] ? ": " : "",
		    p->device);
	if (p->disc[0])
		nb_str_addf(s, "disc    %s\n", p->disc);
	add_line(s, "plan    ", "%s, because %s%s%s", plan_name(p),
		 plan_text(p), p->about[0] ? ": " : "", p->about);
	if (p->need || p->expected)
		nb_str_addf(s, "size    %s of %s%s\n",
			    nb_str_size(p->need ? p->need * 2048 : p->expected,
					need),
			    nb_str_size(p->available * 2048, room),
			    p->need ? "" : ", if it is like the last backup");
	else if (p->generation && p->plan != NB_PLAN_REFUSE)
		nb_str_add(s, "size    not known, there is no backup yet\n");
	if (p->wanted[0])
		nb_str_addf(s, "wanted  %s\n", p->wanted);
	if (plan_hint(p))
		add_line(s, "hint    ", "%s", plan_hint(p));
}

const struct nb_record nb_record_plan =
	NB_RECORD("plan", plan_columns, describe_plan);

/* ---- runs ---- */

static const void *
run_plan(const void *row, size_t index)
{
	const struct nb_run_result *r = row;

	return index ? NULL : r->plan;
}

#define RUN struct nb_run_result

static const struct nb_column run_columns[] = {
	NB_COLUMN_CHARS("backup", RUN, backup_id),
	NB_COLUMN(NUMBER, "generation", RUN, generation),
	NB_COLUMN(NUMBER, "files", RUN, files),
	NB_COLUMN(BYTES, "bytes", RUN, bytes),
	NB_COLUMN(BLOCKS, "blocks", RUN, blocks),
	NB_COLUMN(NUMBER, "session", RUN, session),
	NB_COLUMN(BOOL, "burned", RUN, burned),
	NB_COLUMN(BOOL, "verified", RUN, verified),
	NB_COLUMN(BOOL, "drilled", RUN, drilled),
	NB_COLUMN(BOOL, "staged", RUN, staged),
	NB_COLUMN(NUMBER, "shared", RUN, shared),
	NB_COLUMN(NUMBER, "excluded", RUN, excluded),
	NB_COLUMN(NUMBER, "too_large", RUN, too_large),
	NB_COLUMN(NUMBER, "changed", RUN, changed),
	NB_COLUMN(NUMBER, "lost", RUN, lost),
	NB_COLUMN(NUMBER, "corrupt", RUN, corrupt),
	NB_COLUMN(NUMBER, "reread", RUN, reread),
	NB_COLUMN(NUMBER, "off_disc", RUN, off_disc),
	NB_COLUMN(NUMBER, "left_out", RUN, left_out),
	NB_COLUMN(NUMBER, "tables_left_out", RUN, tables_left_out),
	NB_COLUMN(NUMBER, "prepared_left_out", RUN, prepared_left_out),
	NB_COLUMN(NUMBER, "ours_left_out", RUN, ours_left_out),
	NB_COLUMN(NUMBER, "mounts_left_out", RUN, mounts_left_out),
	NB_COLUMN(NUMBER, "unreadable", RUN, unreadable),
	NB_COLUMN(NUMBER, "shrunk", RUN, shrunk),
	NB_COLUMN(NUMBER, "accepted", RUN, accepted),
	NB_COLUMN(NUMBER, "nights", RUN, nights),
	NB_COLUMN(NUMBER, "waiting", RUN, waiting),
	NB_COLUMN(NUMBER, "behind", RUN, behind),
	{ .name = "plan",
	  .type = NB_COLUMN_RECORD,
	  .item = run_plan,
	  .record = &nb_record_plan },
};

static void
add_note(struct nb_str *s, uint64_t count, const char *noun, const char *one,
	 const char *many)
{
	char counted[48];

	if (count)
		nb_str_addf(s, "    %s %s\n",
			    nb_report_count(count, noun, counted),
			    count == 1 ? one : many);
}

static void
add_notes(struct nb_str *s, const struct nb_run_result *r)
{
	add_note(s, r->shared, "file",
		 "unchanged, in an earlier session of this disc",
		 "unchanged, in earlier sessions of this disc");
	add_note(s, r->excluded, "name", "excluded by a pattern",
		 "excluded by patterns");
	add_note(s, r->too_large, "file", "left out, larger than max_file_size",
		 "left out, larger than max_file_size");
	add_note(s, r->off_disc, "name",
		 "whose link target, date or flags only the manifest can hold",
		 "whose link targets, dates or flags only the manifest can "
		 "hold");
	add_note(s, r->left_out, "database",
		 "LEFT OUT, it allows no connections",
		 "LEFT OUT, they allow no connections");
	add_note(s, r->tables_left_out, "table", "whose rows are LEFT OUT",
		 "whose rows are LEFT OUT");
	add_note(s, r->prepared_left_out, "prepared transaction", "LEFT OUT",
		 "LEFT OUT");
	add_note(s, r->ours_left_out, "name", "of nightburn itself, left out",
		 "of nightburn itself, left out");
	add_note(s, r->mounts_left_out, "mount point",
		 "LEFT OUT, it cannot be read",
		 "LEFT OUT, they cannot be read");
	add_note(s, r->unreadable, "name",
		 "LEFT OUT or EMPTY, it cannot be read",
		 "LEFT OUT or EMPTY, they cannot be read");
}

static void
add_faults(struct nb_str *s, const struct nb_run_result *r)
{
	add_note(s, r->shrunk, "source",
		 "SHRUNK, much less than in the last good backup",
		 "SHRUNK, much less than in the last good backup");
	add_note(s, r->accepted, "source",
		 "much less than in the last good backup, accepted",
		 "much less than in the last good backup, accepted");
	add_note(s, r->behind, "dump",
		 "BEHIND, of a standby that gets nothing new",
		 "BEHIND, of a standby that gets nothing new");
	add_note(s, r->waiting, "backup",
		 "WAITING for a disc, with something that this one lacks",
		 "WAITING for a disc, with something that this one lacks");
	add_note(s, r->lost, "file",
		 "LOST, it vanished or could not be read when it was burned",
		 "LOST, they vanished or could not be read when they were "
		 "burned");
	add_note(s, r->changed, "file", "CHANGED while it was read",
		 "CHANGED while they were read");
	add_note(s, r->corrupt, "file",
		 "with CHANGED CONTENT but unchanged metadata",
		 "with CHANGED CONTENT but unchanged metadata");
	add_note(s, r->reread, "file",
		 "whose earlier copy on this disc is DAMAGED, written again",
		 "whose earlier copies on this disc are DAMAGED, written "
		 "again");
}

static void
describe_run(struct nb_str *s, const void *row)
{
	const struct nb_run_result *r = row;
	char size[16], files[48];

	if (!r->verified) {
		if (!r->backup_id[0])
			describe_plan(s, r->plan);
		return;
	}
	nb_str_addf(s,
		    "%s: generation %llu on disc %s, session %d: %s, %s, "
		    "verified%s",
		    r->backup_id, (unsigned long long)r->generation,
		    r->plan->disc, r->session,
		    nb_report_count(r->files, "file", files),
		    nb_str_size(r->bytes, size), r->drilled ? ", drilled" : "");
	nb_str_add(s, "\n");
	add_notes(s, r);
	add_faults(s, r);
}

const struct nb_record nb_record_run =
	NB_RECORD("run", run_columns, describe_run);
