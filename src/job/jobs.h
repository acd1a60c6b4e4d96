/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The jobs that implement the functions of the API with sized structs
 * (job/api/calls.c): the same contracts (<nightburn/nightburn.h>), with
 * complete structs.  A result is passed in zeroed, except for ->plan of a run,
 * which is never NULL here.
 */
#ifndef NB_JOB_JOBS_H
#define NB_JOB_JOBS_H

#include "job/job.h"

enum nb_err nb_job_plan(struct nightburn *nb,
			const struct nb_drive_choice *choice,
			struct nb_plan_info *out);
/* Called for a verified backup of JOB, without the lock; an error is that of
 * the run. */
typedef enum nb_err nb_prove_fn(struct nightburn *nb,
				const struct nb_config_job *job,
				struct nb_run_result *result);

/* PROVE: before the hooks that follow; NULL: nothing more is done. */
enum nb_err nb_job_run(struct nightburn *nb,
		       const struct nb_run_options *options, nb_prove_fn *prove,
		       struct nb_run_result *result);
/* The drill, if JOB wants one now. */
nb_prove_fn nb_job_prove;
enum nb_err nb_job_append(struct nightburn *nb,
			  const struct nb_run_options *options,
			  struct nb_run_result *result);
enum nb_err nb_job_image(struct nightburn *nb,
			 const struct nb_run_options *options, int fd,
			 struct nb_run_result *result);
/* To the file of OPTIONS. */
enum nb_err nb_job_image_file(struct nightburn *nb,
			      const struct nb_run_options *options,
			      struct nb_run_result *result);

enum nb_err nb_job_disc(struct nightburn *nb,
			const struct nb_drive_choice *choice,
			struct nb_disc_info *out);
enum nb_err nb_job_msinfo(struct nightburn *nb,
			  const struct nb_drive_choice *choice,
			  struct nb_disc_info *out);
enum nb_err nb_job_verify(struct nightburn *nb,
			  const struct nb_drive_choice *choice,
			  struct nb_verify_result *result);
enum nb_err nb_job_take_over(struct nightburn *nb,
			     const struct nb_drive_choice *choice,
			     const char *from,
			     struct nb_take_over_result *result);
enum nb_err nb_job_lost(struct nightburn *nb, const char *job, const char *disc,
			struct nb_lost_result *result);
enum nb_err nb_job_rebuild(struct nightburn *nb,
			   const struct nb_drive_choice *choice,
			   struct nb_verify_result *result);

enum nb_err nb_job_blank(struct nightburn *nb,
			 const struct nb_media_options *options,
			 struct nb_plan_info *result);
enum nb_err nb_job_rotate(struct nightburn *nb,
			  const struct nb_media_options *options,
			  struct nb_plan_info *result);
enum nb_err nb_job_adopt(struct nightburn *nb,
			 const struct nb_media_options *options,
			 struct nb_disc_info *info);

enum nb_err nb_job_restore(struct nightburn *nb,
			   const struct nb_restore_options *options,
			   struct nb_restore_result *result);
enum nb_err nb_job_restore_output(struct nightburn *nb,
				  const struct nb_restore_options *options,
				  int fd, struct nb_restore_result *result);
enum nb_err nb_job_restore_list(struct nightburn *nb,
				const struct nb_restore_options *options,
				const struct nb_restore_listing *listing);
enum nb_err nb_job_drill(struct nightburn *nb,
			 const struct nb_drill_options *options,
			 struct nb_drill_result *result);
enum nb_err nb_job_restore_disk(struct nightburn *nb,
				const struct nb_bootarea_options *options,
				struct nb_restore_result *result);
enum nb_err nb_job_clone(struct nightburn *nb,
			 const struct nb_clone_options *options,
			 struct nb_clone_result *result);
enum nb_err nb_job_key_import(struct nightburn *nb, const char *text,
			      bool force, struct nb_key_result *result);

#endif
