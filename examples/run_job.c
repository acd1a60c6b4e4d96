/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a job through libnightburn and shows its progress.
 *
 *     cc run_job.c $(pkg-config --cflags --libs nightburn) -o run_job
 *     ./run_job /etc/nightburn/nightburn.conf nightly
 */
#include <stdio.h>

#include <nightburn/nightburn.h>

static int
show_progress(void *ctx, const struct nb_progress *progress)
{
	int *percent = ctx, now;

	if (!progress->total)
		return 0;
	now = (int)(100.0 * (double)progress->done / (double)progress->total);
	if (now != *percent)
		fprintf(stderr, "%s: %d %%\n", progress->what, now);
	*percent = now;
	return 0; /* any other value stops the job */
}

static void
show_message(void *ctx, enum nb_level level, const char *message)
{
	(void)ctx;
	if (level != NB_DEBUG)
		fprintf(stderr, "%s\n", message);
}

int
main(int argc, char **argv)
{
	struct nb_run_options options = NB_INIT(nb_run_options);
	struct nb_run_result result = NB_INIT(nb_run_result);
	struct nb_plan_info plan = NB_INIT(nb_plan_info);
	struct nightburn *nb = NULL;
	int percent = -1;
	enum nb_err err;

	if (argc < 2) {
		fprintf(stderr, "usage: run_job CONFIG [JOB]\n");
		return nb_exit_status(NB_EUSAGE);
	}
	options.job = argc > 2 ? argv[2] : NULL;
	result.plan = &plan;
	nb_set_log(show_message, NULL);
	err = nb_open(argv[1], &nb);
	if (!err) {
		nb_set_progress(nb, show_progress, &percent);
		err = nb_run(nb, &options, &result);
	}
	if (result.verified)
		printf("%s is on disc %s\n", result.backup_id, plan.disc);
	nb_close(nb);
	return nb_exit_status(err);
}
