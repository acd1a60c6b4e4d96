/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports: rows (record.h) in a chosen form.  Commands fill in rows and do not
 * know forms; forms write columns and do not know commands.
 *
 * A report is one row, or a list of rows, or parts of either kind with a name.
 * Rows are written as they come: there may be a million.
 */
#ifndef NB_REPORT_REPORT_H
#define NB_REPORT_REPORT_H

#include "report/record.h"

enum nb_report_shape { NB_REPORT_ONE, NB_REPORT_LIST, NB_REPORT_PARTS };

struct nb_report;

/* A form of reports.  Functions that are NULL write nothing; the others append
 * to S. */
struct nb_report_form {
	const char *name; /* of the option; NULL: the default form */
	const char *summary;
	/* For programs: reports are written despite --quiet, and also for a job
	 * that failed. */
	bool complete;
	void (*begin)(const struct nb_report *report, struct nb_str *s);
	void (*begin_part)(const struct nb_report *report, struct nb_str *s,
			   const char *name);
	void (*row)(const struct nb_report *report, struct nb_str *s,
		    const struct nb_record *record, const void *row);
	void (*end_part)(const struct nb_report *report, struct nb_str *s);
	void (*end)(const struct nb_report *report, struct nb_str *s);
};

/* All forms, the one without a name first, ended by NULL (forms.c). */
extern const struct nb_report_form *const nb_report_forms[];

struct nb_report {
	const struct nb_report_form *form;
	/* Prints S, which it frees. */
	enum nb_err (*put)(void *ctx, struct nb_str *s);
	void *ctx;
	enum nb_err err; /* of PUT, the first */
	/* Why the command failed; NULL: it did not, or that is not known yet.
	 * Before the row, if there is one, else before the end. */
	const struct nb_error_row *failure;

	/* For the form: what is being written. */
	enum nb_report_shape shape, part_shape;
	size_t parts, rows; /* before this one; rows: of this part */
};

void nb_report_begin(struct nb_report *report, enum nb_report_shape shape);
/* In NB_REPORT_PARTS; ends the part before. */
void nb_report_part(struct nb_report *report, const char *name,
		    enum nb_report_shape shape);
/* Returns ->err. */
enum nb_err nb_report_row(struct nb_report *report,
			  const struct nb_record *record, const void *row);
enum nb_err nb_report_end(struct nb_report *report);
/* All of it, with one row. */
enum nb_err nb_report_one(struct nb_report *report,
			  const struct nb_record *record, const void *row);

/* ---- text for people ---- */

/* "2026-11-21 01:15 UTC", or "never" for 0. */
const char *nb_report_date(int64_t date, char buf[32]);

/* "1 file", "2 files". */
const char *nb_report_count(uint64_t count, const char *noun, char buf[48]);

/* The number of columns of TEXT, which is UTF-8. */
int nb_report_columns(const char *text);

/* A name for a terminal: control characters, marks of the direction, and bytes
 * that are not UTF-8, are escaped as in C. */
void nb_report_add_name(struct nb_str *s, const char *name);

/* Ends the line with NAME, which it frees; NAME gets its own line if this one
 * would be longer than 80 columns. */
void nb_report_add_last(struct nb_str *s, struct nb_str *name);

/* Breaks the lines from byte FROM of S on that are longer than 80 columns:
 * after a comma, or between the columns of a table, which are two spaces apart;
 * indented from the second line on.  A name that is longer remains in one
 * piece. */
void nb_report_fit(struct nb_str *s, size_t from);

/*
 * One line of progress, shorter than WIDTH columns: what is being done and, if
 * there is room, a bar, the percentage, MB/s and the time left.  The step began
 * SECONDS ago.
 */
void nb_report_progress(struct nb_str *s, const struct nb_progress *p,
			double seconds, int width);

#endif
