/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An old program: compiled with old_api.h, run with the library of today.  It
 * looks, runs the job, verifies and lists, and holds that nothing was written
 * beyond the structs that it knows.
 *
 *     old_program CONFIG
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "old_api.h"

#define GUARD 4096
#define MARK 0xa5

/* A struct of SIZE bytes with a guard right after it. */
static void *
guarded(size_t size)
{
	char *bytes = malloc(size + GUARD);

	if (!bytes)
		exit(99);
	memset(bytes, 0, size);
	memset(bytes + size, MARK, GUARD);
	memcpy(bytes, &size, sizeof size);
	return bytes;
}

static void
check_guard(const void *of, size_t size, const char *what)
{
	const unsigned char *bytes = of;
	size_t now;

	memcpy(&now, of, sizeof now);
	for (size_t i = size; i < size + GUARD; i++) {
		if (bytes[i] != MARK || now != size) {
			printf("%s: overrun at %zu of %zu\n", what, i, size);
			exit(98);
		}
	}
}

static void
must(enum nb_err err, const char *what)
{
	if (!err)
		return;
	printf("%s: status %d\n", what, nb_exit_status(err));
	exit(97);
}

static void
look(struct nightburn *nb)
{
	struct nb_config_summary *sum = guarded(sizeof *sum);
	struct nb_disc_info *disc = guarded(sizeof *disc);
	struct nb_plan_info *plan = guarded(sizeof *plan);

	nb_config_summary(nb, sum);
	check_guard(sum, sizeof *sum, "nb_config_summary");
	printf("jobs %zu, pools %zu\n", sum->jobs, sum->pools);
	must(nb_disc(nb, NULL, disc), "nb_disc");
	check_guard(disc, sizeof *disc, "nb_disc");
	printf("drive %s, state %d, capacity %d\n", disc->drive, disc->state,
	       disc->capacity > disc->free);
	must(nb_plan_job(nb, NULL, plan), "nb_plan_job");
	check_guard(plan, sizeof *plan, "nb_plan_job");
	printf("plan %d for %s in %s\n", plan->plan, plan->disc, plan->drive);
	free(plan);
	free(disc);
	free(sum);
}

static int
print_backup(void *ctx, const struct nb_backup_row *row)
{
	printf("backup %d of %s\n", ++*(int *)ctx, row->job);
	return 0;
}

static void
work(struct nightburn *nb)
{
	struct nb_run_options *options = guarded(sizeof *options);
	struct nb_run_result *result = guarded(sizeof *result);
	struct nb_plan_info *plan = guarded(sizeof *plan);
	struct nb_verify_result *verified = guarded(sizeof *verified);
	int count = 0;

	result->plan = plan;
	must(nb_run(nb, options, result), "nb_run");
	check_guard(result, sizeof *result, "nb_run");
	check_guard(plan, sizeof *plan, "nb_run: plan");
	printf("generation %d on %s, %d files\n", (int)result->generation,
	       result->plan->disc, (int)result->files);
	must(nb_verify(nb, NULL, verified), "nb_verify");
	check_guard(verified, sizeof *verified, "nb_verify");
	printf("verified generation %d on %s, same %d\n",
	       (int)verified->generation, verified->disc,
	       !strcmp(verified->backup_id, result->backup_id));
	result->plan = NULL;
	must(nb_run(nb, options, result), "nb_run without a plan");
	check_guard(result, sizeof *result, "nb_run without a plan");
	must(nb_list(nb, NULL, print_backup, &count), "nb_list");
	free(verified);
	free(plan);
	free(result);
	free(options);
}

int
main(int argc, char **argv)
{
	struct nightburn *nb = NULL;

	if (argc != 2)
		return nb_exit_status(NB_EUSAGE);
	must(nb_open(argv[1], &nb), "nb_open");
	look(nb);
	work(nb);
	nb_close(nb);
	return 0;
}
