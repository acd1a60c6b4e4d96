/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The edge of the API: callers' structs, which may be of another version, on
 * one side, the library's own on the other.
 */
#include "job/api/sized.h"
#include "job/jobs.h"

#include <stddef.h>
#include <stdlib.h>

/* Does the caller's struct have this member? */
#define TAKES(theirs, type, member) \
	((theirs)->size             \
	 >= offsetof(struct type, member) + sizeof(theirs)->member)

#define OWN(type)                           \
	(struct type)                       \
	{                                   \
		.size = sizeof(struct type) \
	}

/* CHOICE may be NULL, which means all zeros. */
static enum nb_err
take_choice(const struct nb_drive_choice *choice, struct nb_drive_choice *own)
{
	*own = OWN(nb_drive_choice);
	return choice ? nb_sized_take(own, sizeof *own, choice) : NB_OK;
}

/* ---- discs ---- */

typedef enum nb_err disc_fn(struct nightburn *nb,
			    const struct nb_drive_choice *choice,
			    struct nb_disc_info *out);

static enum nb_err
call_disc(struct nightburn *nb, const struct nb_drive_choice *choice,
	  struct nb_disc_info *out, disc_fn *fn)
{
	struct nb_disc_info own = OWN(nb_disc_info);
	struct nb_drive_choice taken;
	enum nb_err err = take_choice(choice, &taken);

	if (!err)
		err = nb_sized_check(out);
	if (err)
		return err;
	err = fn(nb, &taken, &own);
	nb_sized_give(out, &own, sizeof own);
	return err;
}

enum nb_err
nb_disc(struct nightburn *nb, const struct nb_drive_choice *choice,
	struct nb_disc_info *out)
{
	return call_disc(nb, choice, out, nb_job_disc);
}

enum nb_err
nb_msinfo(struct nightburn *nb, const struct nb_drive_choice *choice,
	  struct nb_disc_info *out)
{
	return call_disc(nb, choice, out, nb_job_msinfo);
}

typedef enum nb_err verify_fn(struct nightburn *nb,
			      const struct nb_drive_choice *choice,
			      struct nb_verify_result *result);

static enum nb_err
call_verify(struct nightburn *nb, const struct nb_drive_choice *choice,
	    struct nb_verify_result *result, verify_fn *fn)
{
	struct nb_verify_result own = OWN(nb_verify_result);
	struct nb_drive_choice taken;
	enum nb_err err = take_choice(choice, &taken);

	if (!err)
		err = nb_sized_check(result);
	if (err)
		return err;
	err = fn(nb, &taken, &own);
	nb_sized_give(result, &own, sizeof own);
	if (!TAKES(result, nb_verify_result, bad_block_runs))
		free(own.bad_blocks);
	return err;
}

enum nb_err
nb_verify(struct nightburn *nb, const struct nb_drive_choice *choice,
	  struct nb_verify_result *result)
{
	return call_verify(nb, choice, result, nb_job_verify);
}

enum nb_err
nb_catalog_rebuild(struct nightburn *nb, const struct nb_drive_choice *choice,
		   struct nb_verify_result *result)
{
	return call_verify(nb, choice, result, nb_job_rebuild);
}

enum nb_err
nb_take_over(struct nightburn *nb, const struct nb_drive_choice *choice,
	     const char *from, struct nb_take_over_result *result)
{
	struct nb_take_over_result own = OWN(nb_take_over_result);
	struct nb_drive_choice taken;
	enum nb_err err = take_choice(choice, &taken);

	if (!err)
		err = nb_sized_check(result);
	if (err)
		return err;
	err = nb_job_take_over(nb, &taken, from, &own);
	nb_sized_give(result, &own, sizeof own);
	return err;
}

/* ---- runs ---- */

enum nb_err
nb_plan_job(struct nightburn *nb, const struct nb_drive_choice *choice,
	    struct nb_plan_info *out)
{
	struct nb_plan_info own = OWN(nb_plan_info);
	struct nb_drive_choice taken;
	enum nb_err err = take_choice(choice, &taken);

	if (!err)
		err = nb_sized_check(out);
	if (err)
		return err;
	err = nb_job_plan(nb, &taken, &own);
	nb_sized_give(out, &own, sizeof own);
	return err;
}

/* The complete structs of a run, and the plan that the caller wants, or
 * NULL. */
struct run {
	struct nb_run_options options;
	struct nb_plan_info plan;
	struct nb_run_result result;
	struct nb_plan_info *theirs;
};

static enum nb_err
take_run(const struct nb_run_options *options,
	 const struct nb_run_result *result, struct run *run)
{
	enum nb_err err =
		nb_sized_take(&run->options, sizeof run->options, options);

	run->plan = OWN(nb_plan_info);
	run->result = OWN(nb_run_result);
	run->result.plan = &run->plan;
	run->theirs = NULL;
	if (!err)
		err = nb_sized_check(result);
	if (!err
	    && result->size >= offsetof(struct nb_run_result, plan)
			    + sizeof result->plan)
		run->theirs = result->plan;
	if (!err && run->theirs)
		err = nb_sized_check(run->theirs);
	return err;
}

static void
give_run(struct run *run, struct nb_run_result *result)
{
	run->result.plan = run->theirs;
	nb_sized_give(result, &run->result, sizeof run->result);
	if (run->theirs)
		nb_sized_give(run->theirs, &run->plan, sizeof run->plan);
}

enum nb_err
nb_run(struct nightburn *nb, const struct nb_run_options *options,
       struct nb_run_result *result)
{
	struct run run;
	enum nb_err err = take_run(options, result, &run);

	if (err)
		return err;
	err = nb_job_run(nb, &run.options, nb_job_prove, &run.result);
	give_run(&run, result);
	return err;
}

enum nb_err
nb_append(struct nightburn *nb, const struct nb_run_options *options,
	  struct nb_run_result *result)
{
	struct run run;
	enum nb_err err = take_run(options, result, &run);

	if (err)
		return err;
	err = nb_job_append(nb, &run.options, &run.result);
	give_run(&run, result);
	return err;
}

enum nb_err
nb_image(struct nightburn *nb, const struct nb_run_options *options, int fd,
	 struct nb_run_result *result)
{
	struct run run;
	enum nb_err err = take_run(options, result, &run);

	if (err)
		return err;
	err = run.options.file
		? nb_job_image_file(nb, &run.options, &run.result)
		: nb_job_image(nb, &run.options, fd, &run.result);
	give_run(&run, result);
	return err;
}

/* ---- media ---- */

typedef enum nb_err media_fn(struct nightburn *nb,
			     const struct nb_media_options *options,
			     struct nb_plan_info *result);

static enum nb_err
call_media(struct nightburn *nb, const struct nb_media_options *options,
	   struct nb_plan_info *result, media_fn *fn)
{
	struct nb_plan_info own = OWN(nb_plan_info);
	struct nb_media_options taken;
	enum nb_err err = nb_sized_take(&taken, sizeof taken, options);

	if (!err)
		err = nb_sized_check(result);
	if (err)
		return err;
	err = fn(nb, &taken, &own);
	nb_sized_give(result, &own, sizeof own);
	return err;
}

enum nb_err
nb_blank(struct nightburn *nb, const struct nb_media_options *options,
	 struct nb_plan_info *result)
{
	return call_media(nb, options, result, nb_job_blank);
}

enum nb_err
nb_rotate(struct nightburn *nb, const struct nb_media_options *options,
	  struct nb_plan_info *result)
{
	return call_media(nb, options, result, nb_job_rotate);
}

enum nb_err
nb_adopt(struct nightburn *nb, const struct nb_media_options *options,
	 struct nb_disc_info *info)
{
	struct nb_disc_info own = OWN(nb_disc_info);
	struct nb_media_options taken;
	enum nb_err err = nb_sized_take(&taken, sizeof taken, options);

	if (!err)
		err = nb_sized_check(info);
	if (err)
		return err;
	err = nb_job_adopt(nb, &taken, &own);
	nb_sized_give(info, &own, sizeof own);
	return err;
}

/* ---- restores, clones, keys ---- */

/* FD -1: to the place that OPTIONS name. */
static enum nb_err
call_restore(struct nightburn *nb, const struct nb_restore_options *options,
	     int fd, struct nb_restore_result *result)
{
	struct nb_restore_result own = OWN(nb_restore_result);
	struct nb_restore_options taken;
	enum nb_err err = nb_sized_take(&taken, sizeof taken, options);

	if (!err)
		err = nb_sized_check(result);
	if (err)
		return err;
	err = fd < 0 ? nb_job_restore(nb, &taken, &own)
		     : nb_job_restore_output(nb, &taken, fd, &own);
	nb_sized_give(result, &own, sizeof own);
	if (!TAKES(result, nb_restore_result, bad_block_runs))
		free(own.bad_blocks);
	return err;
}

enum nb_err
nb_restore(struct nightburn *nb, const struct nb_restore_options *options,
	   struct nb_restore_result *result)
{
	return call_restore(nb, options, -1, result);
}

enum nb_err
nb_restore_output(struct nightburn *nb,
		  const struct nb_restore_options *options, int fd,
		  struct nb_restore_result *result)
{
	return fd < 0 ? nb_fail(NB_EUSAGE, "libnightburn: no descriptor")
		      : call_restore(nb, options, fd, result);
}

enum nb_err
nb_restore_list(struct nightburn *nb, const struct nb_restore_options *options,
		const struct nb_restore_listing *listing)
{
	struct nb_restore_options taken;
	struct nb_restore_listing to;
	enum nb_err err = nb_sized_take(&taken, sizeof taken, options);

	if (!err)
		err = nb_sized_take(&to, sizeof to, listing);
	return err ? err : nb_job_restore_list(nb, &taken, &to);
}

enum nb_err
nb_drill(struct nightburn *nb, const struct nb_drill_options *options,
	 struct nb_drill_result *result)
{
	struct nb_drill_result own = OWN(nb_drill_result);
	struct nb_drill_options taken;
	enum nb_err err = nb_sized_take(&taken, sizeof taken, options);

	if (!err)
		err = nb_sized_check(result);
	if (err)
		return err;
	err = nb_job_drill(nb, &taken, &own);
	nb_sized_give(result, &own, sizeof own);
	return err;
}

enum nb_err
nb_restore_bootarea(struct nightburn *nb,
		    const struct nb_bootarea_options *options,
		    struct nb_restore_result *result)
{
	struct nb_restore_result own = OWN(nb_restore_result);
	struct nb_bootarea_options taken;
	enum nb_err err = nb_sized_take(&taken, sizeof taken, options);

	if (!err)
		err = nb_sized_check(result);
	if (err)
		return err;
	err = nb_job_restore_disk(nb, &taken, &own);
	nb_sized_give(result, &own, sizeof own);
	return err;
}

enum nb_err
nb_clone(struct nightburn *nb, const struct nb_clone_options *options,
	 struct nb_clone_result *result)
{
	struct nb_clone_result own = OWN(nb_clone_result);
	struct nb_clone_options taken;
	enum nb_err err = nb_sized_take(&taken, sizeof taken, options);

	if (!err)
		err = nb_sized_check(result);
	if (err)
		return err;
	err = nb_job_clone(nb, &taken, &own);
	nb_sized_give(result, &own, sizeof own);
	return err;
}

enum nb_err
nb_key_import(struct nightburn *nb, const char *text, bool force,
	      struct nb_key_result *result)
{
	struct nb_key_result own = OWN(nb_key_result);
	enum nb_err err = nb_sized_check(result);

	if (err)
		return err;
	err = nb_job_key_import(nb, text, force, &own);
	nb_sized_give(result, &own, sizeof own);
	return err;
}
