/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contents of a backup on a disc: restore --list. */
#include <stdio.h>
#include <string.h>

#include "report/report.h"

#define INDENT 4

/* ---- the backup ---- */

#define BACKUP struct nb_listed_backup

static const struct nb_column backup_columns[] = {
	NB_COLUMN(TEXT, "backup", BACKUP, id),
	NB_COLUMN(TEXT, "job", BACKUP, job),
	NB_COLUMN(TEXT, "pool", BACKUP, pool),
	NB_COLUMN(TEXT, "host", BACKUP, host),
	NB_COLUMN(TEXT, "disc", BACKUP, disc),
	NB_COLUMN(NUMBER, "generation", BACKUP, generation),
	NB_COLUMN(DATE, "created", BACKUP, created),
	NB_COLUMN(BYTES, "bytes", BACKUP, bytes),
	NB_COLUMN(NUMBER, "files", BACKUP, files),
};

static void
describe_backup(struct nb_str *s, const void *row)
{
	const struct nb_listed_backup *b = row;
	char date[32], size[16], files[48];
	struct nb_str text = NB_STR_INIT, clean = NB_STR_INIT;

	nb_str_addf(&text,
		    "backup %s of job %s on %s: generation %llu, %s, disc %s "
		    "of pool %s, %s, %s",
		    b->id, b->job, b->host, (unsigned long long)b->generation,
		    nb_report_date(b->created, date), b->disc, b->pool,
		    nb_report_count(b->files, "file", files),
		    nb_str_size(b->bytes, size));
	if (text.text)
		nb_report_add_name(&clean, text.text);
	if (clean.text)
		nb_str_add_wrapped(s, clean.text, 0, INDENT);
	nb_str_add(s, "\n");
	s->failed |= text.failed || clean.failed;
	nb_str_free(&text);
	nb_str_free(&clean);
}

const struct nb_record nb_record_listed_backup =
	NB_RECORD("backup", backup_columns, describe_backup);

/* ---- its sources ---- */

static const struct nb_column source_columns[] = {
	NB_COLUMNS_OF_SOURCE,
	NB_COLUMN(NUMBER, "files", struct nb_source_row, files),
};

static void
describe_source(struct nb_str *s, const void *row)
{
	const struct nb_source_row *r = row;
	struct nb_str name = NB_STR_INIT, line = NB_STR_INIT;
	char size[16], files[48];

	nb_str_addf(&line, "%-9s %-9s %9s %13s", r->kind,
		    r->format ? r->format : "", nb_str_size(r->stored, size),
		    nb_report_count(r->files, "file", files));
	if (line.text)
		nb_report_add_name(s, line.text);
	s->failed |= line.failed;
	nb_str_free(&line);
	nb_report_add_name(&name, r->name);
	nb_report_add_last(s, &name);
}

const struct nb_record nb_record_listed_source =
	NB_RECORD("source", source_columns, describe_source);

/* ---- the contents of a dump ---- */

static const struct nb_column content_columns[] = {
	NB_COLUMN(TEXT, "entry", struct nb_content_row, line),
};

static void
describe_content(struct nb_str *s, const void *row)
{
	const struct nb_content_row *r = row;

	nb_report_add_name(s, r->line);
	nb_str_add(s, "\n");
}

const struct nb_record nb_record_content =
	NB_RECORD("content", content_columns, describe_content);
