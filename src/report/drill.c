/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

#define DRILL struct nb_drill_result

static const struct nb_column columns[] = {
	NB_COLUMN_CHARS("backup", DRILL, backup_id),
	NB_COLUMN_CHARS("disc", DRILL, disc),
	NB_COLUMN(NUMBER, "generation", DRILL, generation),
	NB_COLUMN(NUMBER, "databases", DRILL, databases),
	NB_COLUMN(NUMBER, "tables", DRILL, tables),
	NB_COLUMN(NUMBER, "rows", DRILL, rows),
	NB_COLUMN(NUMBER, "checksums", DRILL, checksums),
	NB_COLUMN(NUMBER, "files", DRILL, files),
	NB_COLUMN(BYTES, "bytes", DRILL, bytes),
	NB_COLUMN(NUMBER, "differences", DRILL, differences),
	NB_COLUMN(NUMBER, "bad", DRILL, bad),
	NB_COLUMN(NUMBER, "failed", DRILL, failed),
	NB_COLUMN(NUMBER, "lacking", DRILL, lacking),
	NB_COLUMN(NUMBER, "altered", DRILL, altered),
	NB_COLUMN(NUMBER, "uncounted", DRILL, uncounted),
	NB_COLUMN_CHARS("directory", DRILL, directory),
	NB_COLUMN(NUMBER, "lost", DRILL, lost),
};

/* ", 3 sources WORDS" */
static void
add_problem(struct nb_str *s, uint64_t count, const char *what,
	    const char *words)
{
	char text[48];

	if (count)
		nb_str_addf(s, ", %s %s", nb_report_count(count, what, text),
			    words);
}

static void
describe(struct nb_str *s, const void *row)
{
	const DRILL *r = row;
	char text[48], size[16];

	nb_str_addf(s, "%s from disc %s: ", r->backup_id,
		    r->disc[0] ? r->disc : "(no label)");
	nb_str_addf(s, "%s, ", nb_report_count(r->databases, "database", text));
	nb_str_addf(s, "%s, ", nb_report_count(r->tables, "table", text));
	nb_str_addf(s, "%s, ", nb_report_count(r->rows, "row", text));
	nb_str_addf(s, "%s, ", nb_report_count(r->checksums, "checksum", text));
	nb_str_addf(s, "%s, %s restored",
		    nb_report_count(r->files, "file", text),
		    nb_str_size(r->bytes, size));
	add_problem(s, r->differences, "difference", "found");
	add_problem(s, r->bad, "file", "BAD");
	add_problem(s, r->lost, "file", "LOST when burned");
	add_problem(s, r->failed, "source", "NOT restored");
	add_problem(s, r->lacking, "source", "CANNOT be restored here");
	add_problem(s, r->altered, "database", "NOT as before");
	add_problem(s, r->uncounted, "database", "not compared");
	nb_str_add(s, "\n");
}

const struct nb_record nb_record_drill = NB_RECORD("drill", columns, describe);
