/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a job through libnightburn and tells its progress:
 *
 *     cc run_job.c $(pkg-config --cflags --libs nightburn) -o run_job
 *     ./run_job /etc/nightburn/nightburn.conf nightly
 */
#include <stdio.h>

#include <nightburn/nightburn.h>

static int
show(void *ctx, const struct nb_progress *p)
{
	(void)ctx;
	if (p->total)
		fprintf(stderr, "\r%-20s %3d%%", p->what,
			(int)(100 * p->done / p->total));
	return 0;
}

int
main(int argc, char **argv)
{
	struct nb_run_result result = { 0 };
	struct nb_run_options options = { 0 };
	struct nightburn *nb = NULL;
	enum nb_err err;

	if (argc < 2) {
		fprintf(stderr, "usage: run_job CONFIG [JOB]\n");
		return 2;
	}
	options.job = argc > 2 ? argv[2] : NULL;
	err = nb_open(argv[1], &nb);
	if (!err) {
		nb_set_progress(nb, show, NULL);
		err = nb_run(nb, &options, &result);
		fprintf(stderr, "\n");
	}
	if (!err)
		printf("backup %s is on disc %s\n", result.backup_id,
		       result.plan.disc);
	nb_close(nb);
	return nb_exit_status(err);
}
