/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of backups, as `find` prints them, and in the style of ls. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "report/report.h"

static const char *
file_type(const void *row)
{
	const struct nb_file_row *f = row;

	return nb_entry_type_name(f->type);
}

#define FILE_ROW struct nb_file_row

static const struct nb_column file_columns[] = {
	NB_COLUMN(TEXT, "backup", FILE_ROW, backup_id),
	NB_COLUMN(TEXT, "disc", FILE_ROW, disc),
	NB_COLUMN(NUMBER, "generation", FILE_ROW, generation),
	NB_COLUMN(TEXT, "path", FILE_ROW, path),
	{ .name = "type", .type = NB_COLUMN_WORD, .text = file_type },
	NB_COLUMN(TEXT, "target", FILE_ROW, target),
	NB_COLUMN(BYTES, "size", FILE_ROW, size),
	NB_COLUMN(NUMBER, "uid", FILE_ROW, uid),
	NB_COLUMN(NUMBER, "gid", FILE_ROW, gid),
	NB_COLUMN(MODE, "mode", FILE_ROW, mode),
	NB_COLUMN(DATE, "mtime", FILE_ROW, mtime),
	NB_COLUMN_CHARS("sha256", FILE_ROW, sha256),
	NB_COLUMN(BOOL, "disc_lost", FILE_ROW, disc_lost),
};

#define NAME_SIZE 65
#define LOST " (lost)"

static void
describe_file(struct nb_str *s, const void *row)
{
	const struct nb_file_row *f = row;
	struct nb_str name = NB_STR_INIT;
	char size[16], disc[NAME_SIZE + sizeof LOST];

	snprintf(disc, sizeof disc, "%s%s", f->disc ? f->disc : "-",
		 f->disc_lost ? LOST : "");
	nb_str_addf(s, "%4llu  %-10s %9s ", (unsigned long long)f->generation,
		    disc, nb_str_size(f->size, size));
	nb_report_add_name(&name, f->path);
	nb_report_add_last(s, &name);
}

const struct nb_record nb_record_file =
	NB_RECORD("file", file_columns, describe_file);

/* ---- in the style of ls ---- */

/* "drwxr-sr-t" */
static const char *
mode_text(const struct nb_file_row *f, char text[11])
{
	static const char types[] = "-dlpcbs", rwx[] = "rwxrwxrwx";

	text[0] = (size_t)f->type < sizeof types - 1 ? types[f->type] : '?';
	for (int i = 0; i < 9; i++)
		text[1 + i] = f->mode & 0400U >> i ? rwx[i] : '-';
	for (int i = 0; i < 3; i++)
		if (f->mode & 04000U >> i)
			text[3 + 3 * i] =
				(i < 2 ? "Ss" : "Tt")[text[3 + 3 * i] == 'x'];
	text[10] = '\0';
	return text;
}

static const char *
minute(int64_t date, char text[32])
{
	time_t seconds = (time_t)date;
	struct tm tm;

	if (!gmtime_r(&seconds, &tm)
	    || !strftime(text, 32, "%Y-%m-%d %H:%M", &tm))
		strcpy(text, "?");
	return text;
}

static void
describe_listed_file(struct nb_str *s, const void *row)
{
	const struct nb_file_row *f = row;
	char mode[11], owner[32], size[16], date[32];
	struct nb_str name = NB_STR_INIT;

	snprintf(owner, sizeof owner, "%u:%u", f->uid, f->gid);
	nb_str_addf(s, "%s %-9s %8s %s", mode_text(f, mode), owner,
		    f->type == NB_ENTRY_FILE ? nb_str_size(f->size, size) : "-",
		    minute(f->mtime, date));
	nb_report_add_name(&name, f->path);
	if (f->target) {
		nb_str_add(&name, " -> ");
		nb_report_add_name(&name, f->target);
	}
	nb_report_add_last(s, &name);
}

const struct nb_record nb_record_listed_file =
	NB_RECORD("file", file_columns, describe_listed_file);
