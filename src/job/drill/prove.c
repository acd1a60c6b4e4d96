/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The drill that follows a run. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "job/jobs.h"

#define DAY ((int64_t)24 * 3600)
#define SLACK (DAY / 2) /* a night may begin earlier than the last one */

struct last {
	const char *job;
	int64_t now;
	int64_t date; /* 0: none */
};

/* One of the future was written by a clock that was wrong. */

static enum nb_err
find_last(void *ctx, const struct nb_catalog_backup *row)
{
	struct last *last = ctx;

	if (!strcmp(row->job, last->job) && row->drilled > last->date
	    && row->drilled <= last->now)
		last->date = row->drilled;
	return NB_OK;
}

static enum nb_err
is_due(struct nightburn *nb, const struct nb_config_job *job, bool *due)
{
	static const int64_t periods[] = {
		[NB_DRILL_NIGHTLY] = 0,
		[NB_DRILL_WEEKLY] = 7 * DAY - SLACK,
		[NB_DRILL_MONTHLY] = 30 * DAY - SLACK,
	};
	struct nb_catalog *catalog = NULL;
	struct last last = { .job = job->name, .now = nb_clock_date() };
	enum nb_err err;

	*due = false;
	if (job->drill == NB_DRILL_NEVER)
		return NB_OK;
	err = nb_catalog_of(nb, NB_CATALOG_LIST, &catalog);
	if (err)
		return err;
	err = nb_catalog_backups(catalog, job->pool, find_last, &last);
	nb_catalog_close(catalog);
	*due = !last.date
		|| nb_clock_is_due(last.date, last.now, periods[job->drill]);
	return err;
}

static void
add(struct nb_str *s, uint64_t count, const char *noun)
{
	nb_str_addf(s, "%s%" PRIu64 " %s%s", s->length ? ", " : "", count, noun,
		    count == 1 ? "" : "s");
}

static void
tell(const struct nb_drill_result *r)
{
	struct nb_str s = NB_STR_INIT;

	add(&s, r->databases, "database");
	add(&s, r->tables, "table");
	add(&s, r->rows, "row");
	add(&s, r->files, "file");
	if (!s.failed)
		nb_log(NB_NOTE, "%s: drill: %s restored", r->backup_id, s.text);
	nb_str_free(&s);
}

enum nb_err
nb_job_prove(struct nightburn *nb, const struct nb_config_job *job,
	     struct nb_run_result *result)
{
	const struct nb_drill_options options = {
		.size = sizeof options,
		.backup = result->backup_id,
		.device = result->plan->device,
		.job = job->name,
	};
	struct nb_drill_result drill = { .size = sizeof drill };
	bool due = false;
	enum nb_err err = is_due(nb, job, &due);

	if (err || !due)
		return err;
	err = nb_job_drill(nb, &options, &drill);
	if (drill.backup_id[0])
		tell(&drill);
	result->drilled = !err;
	if (!err || err == NB_ECANCELED || err == NB_ENOMEM)
		return err;
	/* It is burned and verified; only a failed drill makes it suspect. */
	return err == NB_ECORRUPT ? NB_ESUSPECT : NB_EWRONG;
}
