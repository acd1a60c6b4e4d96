/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The API as an earlier version could have had it: a few functions, and structs
 * that end before members were added.  Frozen: a program that was compiled with
 * this has to run with every later library.  Never to be changed.
 */
#ifndef OLD_API_H
#define OLD_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nb_err { NB_OK = 0, NB_EUSAGE = 2 };

struct nightburn;

struct nb_config_summary {
	size_t size;
	size_t jobs, pools;
};

struct nb_disc_info {
	size_t size;
	char device[512];
	char drive[65];
	int state; /* 1: blank, 2: appendable */
	char profile[80];
	uint64_t capacity, free;
};

struct nb_plan_info {
	size_t size;
	char job[65], pool[65];
	char drive[65], device[512];
	int plan; /* 1: fresh */
	int reason;
	char disc[65];
	char wanted[65];
};

struct nb_run_options {
	size_t size;
	const char *job;
	const char *drive;
};

struct nb_run_result {
	size_t size;
	struct nb_plan_info *plan;
	char backup_id[41];
	uint64_t generation, files;
};

struct nb_verify_result {
	size_t size;
	char disc[65], backup_id[41];
	uint64_t generation, files;
};

struct nb_backup_row {
	const char *id, *job;
};

extern enum nb_err nb_open(const char *config, struct nightburn **out);
extern void nb_close(struct nightburn *nb);
extern void nb_config_summary(const struct nightburn *nb,
			      struct nb_config_summary *out);
extern enum nb_err nb_disc(struct nightburn *nb, const void *choice,
			   struct nb_disc_info *out);
extern enum nb_err nb_plan_job(struct nightburn *nb, const void *choice,
			       struct nb_plan_info *out);
extern enum nb_err nb_run(struct nightburn *nb,
			  const struct nb_run_options *options,
			  struct nb_run_result *result);
extern enum nb_err nb_verify(struct nightburn *nb, const void *choice,
			     struct nb_verify_result *result);
extern enum nb_err nb_list(struct nightburn *nb, const char *pool,
			   int (*fn)(void *ctx, const struct nb_backup_row *),
			   void *ctx);
extern int nb_exit_status(enum nb_err err);

#endif
