/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "report/report.h"

/* ---- backups ---- */

static const char *
backup_disc_state(const void *row)
{
	const struct nb_backup_row *b = row;

	return b->disc ? nb_disc_state_name(b->disc_state) : NULL;
}

static const char *
backup_drill(const void *row)
{
	const struct nb_backup_row *b = row;

	return b->drilled ? nb_drill_state_name(b->drill) : NULL;
}

static const char *
backup_check(const void *row)
{
	const struct nb_backup_row *b = row;

	return b->checked ? nb_check_state_name(b->check) : NULL;
}

#define BACKUP struct nb_backup_row

static const struct nb_column backup_columns[] = {
	NB_COLUMN(TEXT, "backup", BACKUP, id),
	NB_COLUMN(TEXT, "job", BACKUP, job),
	NB_COLUMN(TEXT, "pool", BACKUP, pool),
	NB_COLUMN(TEXT, "host", BACKUP, host),
	NB_COLUMN(NUMBER, "generation", BACKUP, generation),
	NB_COLUMN(DATE, "created", BACKUP, created),
	NB_COLUMN(DATE, "verified", BACKUP, verified),
	NB_COLUMN(BYTES, "bytes", BACKUP, bytes),
	NB_COLUMN(NUMBER, "files", BACKUP, files),
	NB_COLUMN(TEXT, "disc", BACKUP, disc),
	{ .name = "disc_state",
	  .type = NB_COLUMN_WORD,
	  .text = backup_disc_state },
	NB_COLUMN(NUMBER, "session", BACKUP, session),
	NB_COLUMN(DATE, "drilled", BACKUP, drilled),
	{ .name = "drill", .type = NB_COLUMN_WORD, .text = backup_drill },
	NB_COLUMN(DATE, "checked", BACKUP, checked),
	{ .name = "check", .type = NB_COLUMN_WORD, .text = backup_check },
	NB_COLUMN(NUMBER, "bad", BACKUP, bad),
	NB_COLUMN(BOOL, "shrunk", BACKUP, shrunk),
	NB_COLUMN(BOOL, "apart", BACKUP, apart),
	NB_COLUMN(NUMBER, "lost", BACKUP, lost),
};

/* What was last found of a backup that is on a disc. */
static void
add_check(struct nb_str *s, const struct nb_backup_row *b)
{
	char date[32], files[48];

	nb_report_date(b->checked, date);
	if (b->check == NB_CHECK_GOOD)
		nb_str_addf(s, ", checked %.10s", date);
	else if (b->check == NB_CHECK_NONE)
		nb_str_add(s, ", not checked");
	else if (b->bad)
		nb_str_addf(s, ", DAMAGED, %s, found %.10s",
			    nb_report_count(b->bad, "file", files), date);
	else
		nb_str_addf(s, ", DAMAGED, found %.10s", date);
}

static void
describe_backup(struct nb_str *s, const void *row)
{
	const struct nb_backup_row *b = row;
	char size[16], date[32], files[48];

	nb_str_addf(s, "%4llu  %s  %-10s %8s",
		    (unsigned long long)b->generation, b->id, b->job,
		    nb_str_size(b->bytes, size));
	if (b->disc)
		nb_str_addf(s, "  %s (%s%s)", b->disc, backup_disc_state(b),
			    b->apart && b->disc_state != NB_DISC_REPLACED
				    ? ", apart"
				    : "");
	else
		nb_str_add(s, "  no longer on any disc");
	if (b->disc)
		add_check(s, b);
	if (b->shrunk)
		nb_str_add(s, ", SHRUNK");
	if (b->lost)
		nb_str_addf(s, ", %s LOST",
			    nb_report_count(b->lost, "file", files));
	if (b->drilled)
		nb_str_addf(s, ", drill of %s %s",
			    nb_report_date(b->drilled, date), backup_drill(b));
	nb_str_add(s, "\n");
}

const struct nb_record nb_record_backup =
	NB_RECORD("backup", backup_columns, describe_backup);

/* ---- those that wait for a disc ---- */

static const struct nb_column waiting_columns[] = {
	NB_COLUMN(TEXT, "backup", BACKUP, id),
	NB_COLUMN(TEXT, "job", BACKUP, job),
	NB_COLUMN(TEXT, "pool", BACKUP, pool),
	NB_COLUMN(TEXT, "host", BACKUP, host),
	NB_COLUMN(DATE, "created", BACKUP, created),
	NB_COLUMN(BYTES, "bytes", BACKUP, bytes),
	NB_COLUMN(NUMBER, "files", BACKUP, files),
};

static void
describe_waiting(struct nb_str *s, const void *row)
{
	const struct nb_backup_row *b = row;
	char size[16];

	/* Trees are read when they are burned. */
	if (!b->bytes)
		snprintf(size, sizeof size, "trees");
	else
		nb_str_size(b->bytes, size);
	nb_str_addf(s,
		    "wait  %s  %-10s %8s\n"
		    "      for a disc: nightburn run -j %s --resume\n",
		    b->id, b->job, size, b->job);
}

const struct nb_record nb_record_waiting =
	NB_RECORD("waiting", waiting_columns, describe_waiting);

/* ---- their sources ---- */

static const struct nb_column source_columns[] = {
	NB_COLUMNS_OF_SOURCE,
};

static void
describe_source(struct nb_str *s, const void *row)
{
	const struct nb_source_row *r = row;
	struct nb_str path = NB_STR_INIT;
	char size[16];

	nb_str_addf(s, "%s %s%s%s%s  %s ", r->kind, r->name,
		    r->format ? " (" : "", r->format ? r->format : "",
		    r->format ? ")" : "", nb_str_size(r->stored, size));
	nb_report_add_name(&path, r->path ? r->path : "");
	nb_report_add_last(s, &path);
}

const struct nb_record nb_record_source =
	NB_RECORD("source", source_columns, describe_source);

/* ---- discs ---- */

static const char *
disc_state(const void *row)
{
	const struct nb_disc_row *d = row;

	return nb_disc_state_name(d->state);
}

#define DISC struct nb_disc_row

static const struct nb_column disc_columns[] = {
	NB_COLUMN(TEXT, "pool", DISC, pool),
	NB_COLUMN(TEXT, "disc", DISC, name),
	NB_COLUMN(TEXT, "disc_id", DISC, disc_id),
	{ .name = "state", .type = NB_COLUMN_WORD, .text = disc_state },
	NB_COLUMN(TEXT, "note", DISC, note),
	NB_COLUMN(TEXT, "profile", DISC, profile),
	NB_COLUMN(NUMBER, "generation", DISC, generation),
	NB_COLUMN(DATE, "verified", DISC, verified),
	NB_COLUMN(NUMBER, "sessions", DISC, sessions),
	NB_COLUMN(NUMBER, "cycles", DISC, cycles),
	NB_COLUMN(BOOL, "apart", DISC, apart),
};

static void
describe_disc(struct nb_str *s, const void *row)
{
	const struct nb_disc_row *d = row;
	char date[32];

	nb_str_addf(s, "%-10s %-10s %-8s generation %llu, verified %s%s%s",
		    d->pool, d->name, disc_state(d),
		    (unsigned long long)d->generation,
		    nb_report_date(d->verified, date), d->note ? ", " : "",
		    d->note ? d->note : "");
	if (d->apart)
		nb_str_addf(s, ", apart: disc id %.8s", d->disc_id);
	nb_str_add(s, "\n");
}

const struct nb_record nb_record_known_disc =
	NB_RECORD("disc", disc_columns, describe_disc);

/* ---- clones ---- */

static const char *
clone_state(const void *row)
{
	const struct nb_clone_row *c = row;

	return nb_clone_state_name(c->state);
}

#define CLONE struct nb_clone_row

static const struct nb_column clone_columns[] = {
	NB_COLUMN(TEXT, "name", CLONE, name),
	NB_COLUMN(TEXT, "id", CLONE, id),
	NB_COLUMN(TEXT, "source", CLONE, source),
	NB_COLUMN(TEXT, "target", CLONE, target),
	{ .name = "state", .type = NB_COLUMN_WORD, .text = clone_state },
	NB_COLUMN(TEXT, "note", CLONE, note),
	NB_COLUMN(DATE, "finished", CLONE, finished),
	NB_COLUMN(DATE, "compared", CLONE, checked),
	NB_COLUMN(NUMBER, "files", CLONE, files),
};

static void
describe_clone(struct nb_str *s, const void *row)
{
	const struct nb_clone_row *c = row;
	char date[32], checked[32];

	nb_str_addf(s, "clone %s of %s on %s: %s, %s, contents compared %s\n",
		    c->name, c->source, c->target, clone_state(c),
		    nb_report_date(c->finished, date),
		    nb_report_date(c->checked, checked));
}

const struct nb_record nb_record_known_clone =
	NB_RECORD("clone", clone_columns, describe_clone);
