/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is reported if there is nothing else to report, and a configuration. */
#include "report/report.h"

static const char *
error_name(const void *row)
{
	const struct nb_error_row *e = row;

	return nb_err_name(e->err);
}

#define ERROR struct nb_error_row

static const struct nb_column error_columns[] = {
	{ .name = "error", .type = NB_COLUMN_WORD, .text = error_name },
	NB_COLUMN(STATUS, "exit_status", ERROR, err),
	NB_COLUMN_CHARS("message", ERROR, message),
	NB_COLUMN_CHARS("hint", ERROR, hint),
};

static void
describe_error(struct nb_str *s, const void *row)
{
	const struct nb_error_row *e = row;

	nb_str_addf(s, "%s\n", e->message);
}

const struct nb_record nb_record_error =
	NB_RECORD("error", error_columns, describe_error);

#define CONFIG struct nb_config_row

static const struct nb_column config_columns[] = {
	NB_COLUMN(TEXT, "file", CONFIG, file),
	NB_COLUMN(NUMBER, "jobs", CONFIG, jobs),
	NB_COLUMN(NUMBER, "sources", CONFIG, sources),
	NB_COLUMN(NUMBER, "pools", CONFIG, pools),
	NB_COLUMN(NUMBER, "drives", CONFIG, drives),
};

static void
describe_config(struct nb_str *s, const void *row)
{
	const struct nb_config_row *c = row;

	nb_str_addf(s,
		    "%s: good: jobs %zu, sources %zu, pools %zu, drives "
		    "%zu\n",
		    c->file, c->jobs, c->sources, c->pools, c->drives);
}

const struct nb_record nb_record_config =
	NB_RECORD("configuration", config_columns, describe_config);
