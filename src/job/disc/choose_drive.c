/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/choose_drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct devices NB_ARRAY(const char *);

/* The inspected drives, open. */
struct search {
	struct nb_inspection *look;
	struct nb_drive_seen *seen;
	size_t count;
	enum nb_err first_error;
};

static enum nb_err
add(struct devices *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->at[i], name))
			return NB_OK;
	return nb_array_push(list, name);
}

static enum nb_err
add_pool(const struct nb_config *config, const struct nb_config_job *job,
	 struct devices *list)
{
	const struct nb_config_pool *pool = nb_config_pool(config, job->pool);
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < pool->drives.count; i++)
		err = add(list, pool->drives.at[i]);
	return err;
}

static enum nb_err
add_pools(const struct nb_config *config, const char *name,
	  struct devices *list)
{
	const struct nb_config_job *job;
	enum nb_err err = NB_OK;

	if (name) {
		err = nb_config_job(config, name, &job);
		return err ? err : add_pool(config, job, list);
	}
	for (size_t i = 0; !err && i < config->jobs.count; i++)
		err = add_pool(config, &config->jobs.at[i], list);
	for (size_t i = 0; !err && !list->count && i < config->drives.count;
	     i++)
		err = add(list, config->drives.at[i].name);
	return err;
}

/* Does it look like a device?  Otherwise it is a name. */
static bool
is_device(const char *text)
{
	return strchr(text, '/') || !strncmp(text, "stdio:", 6);
}

static enum nb_err
find_devices(struct nightburn *nb, const struct nb_drive_choice *choice,
	     struct devices *list)
{
	const char *named = choice->device ? choice->device : choice->drive;
	const struct nb_config_drive *unused;
	enum nb_err err = NB_OK;

	if (choice->device && choice->drive)
		return nb_fail(NB_EUSAGE,
			       "%s, %s: two drives are named\nhint: use "
			       "--device or --drive",
			       choice->device, choice->drive);
	if (!nb && !choice->device)
		return nb_fail(NB_EUSAGE,
			       "no drive specified\n"
			       "hint: use --device or a configuration file");
	if (!named)
		return add_pools(nb->config, choice->job, list);
	if (nb && (choice->drive || !is_device(named)))
		err = nb_config_find_drive(nb->config, named, &unused);
	return err ? err : add(list, named);
}

static enum nb_err
rate(const struct nb_search *search, struct search *s, size_t i)
{
	if (!search->rate || !s->seen[i].loaded || s->seen[i].fit)
		return NB_OK;
	return search->rate(search->ctx, &s->look[i], &s->seen[i].fit);
}

/* A drive that does not respond is not an error if another one does. */
static enum nb_err
look_at(struct nightburn *nb, const char *device, struct search *s)
{
	struct nb_inspection *look = &s->look[s->count];
	enum nb_err err = nb_inspect_open(nb, device, look);

	if (err && !s->first_error)
		s->first_error = err;
	s->seen[s->count].answers = !err;
	s->seen[s->count].loaded = !err && look->medium.state != NB_MEDIUM_NONE;
	s->count++;
	return err == NB_ECANCELED ? err : NB_OK;
}

/* Writable discs are rated at once, so that no drive is inspected without need.
 * For the wanted disc, rating is needed only if there are several, or may be,
 * since a drive that does not respond may have one. */
static enum nb_err
look_at_all(struct nightburn *nb, const struct devices *list,
	    const struct nb_search *search, struct search *s)
{
	size_t loaded = 0;
	bool several;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < list->count; i++) {
		err = look_at(nb, list->at[i], s);
		if (!err && search->purpose == NB_CHOOSE_WRITABLE)
			err = rate(search, s, i);
		loaded += s->seen[i].loaded;
		if (!err && nb_choose_settled(search->purpose, &s->seen[i]))
			break;
	}
	several = loaded > 1 || s->first_error;
	for (size_t i = 0; !err && several && i < s->count; i++)
		err = rate(search, s, i);
	return err;
}

static enum nb_err
fail_several(const struct search *s)
{
	struct nb_str text = NB_STR_INIT;
	char *list = NULL;
	enum nb_err err;

	for (size_t i = 0; i < s->count; i++) {
		const struct nb_inspection *look = &s->look[i];

		if (!s->seen[i].fit)
			continue;
		nb_str_addf(&text, "%s%s (", text.length ? ", " : "",
			    look->config ? look->config->name : look->device);
		if (look->volume_id[0])
			nb_str_addf(&text, "volume id \"%s\")",
				    look->volume_id);
		else
			nb_str_addf(&text, "%s, no volume id)",
				    nb_medium_state_name(look->medium.state));
	}
	err = nb_str_take(&text, &list);
	if (!err)
		err = nb_fail(NB_EUSAGE,
			      "several drives have a disc that could be meant: "
			      "%s\nhint: choose one with --drive",
			      list);
	free(list);
	return err;
}

static enum nb_err
take(const struct nb_search *search, struct search *s,
     struct nb_inspection *out)
{
	size_t at;

	switch (nb_choose(search->purpose, s->seen, s->count, &at)) {
	case NB_CHOICE_DRIVE:
		*out = s->look[at];
		memset(&s->look[at], 0, sizeof s->look[at]);
		return NB_OK;
	case NB_CHOICE_SEVERAL:
		return fail_several(s);
	case NB_CHOICE_UNKNOWN:
		return nb_fail(NB_EUSAGE,
			       "a drive does not respond, so the wanted disc "
			       "cannot be determined\nhint: choose the drive "
			       "with --drive");
	default:
		return s->first_error
			? s->first_error
			: nb_fail(NB_EUSAGE,
				  "no drive in the configuration\nhint: write "
				  "a block drive \"NAME\" { ... }");
	}
}

enum nb_err
nb_choose_drive(struct nightburn *nb, const struct nb_drive_choice *choice,
		const struct nb_search *search, struct nb_inspection *out)
{
	const struct nb_drive_choice nothing = { .device = NULL };
	struct devices list = NB_ARRAY_INIT;
	struct search s = { .count = 0 };
	enum nb_err err;

	memset(out, 0, sizeof *out);
	err = find_devices(nb, choice ? choice : &nothing, &list);
	if (!err) {
		s.look = calloc(list.count + 1, sizeof *s.look);
		s.seen = calloc(list.count + 1, sizeof *s.seen);
		if (!s.look || !s.seen)
			err = nb_fail_memory();
	}
	if (!err)
		err = look_at_all(nb, &list, search, &s);
	if (!err)
		err = take(search, &s, out);
	for (size_t i = 0; i < s.count; i++)
		nb_inspect_close(&s.look[i]);
	free(s.look);
	free(s.seen);
	nb_array_free(&list);
	return err;
}

/*
 * How well a disc that may be written serves: one that is due is better than
 * one that was left in the drive, and of two that are due the one on which
 * nothing is destroyed; a disc that is being filled comes before the next one.
 */
static uint64_t
rank(const struct nb_decision *decision, enum nb_rotation rotation)
{
	bool filling = rotation == NB_ROTATION_APPEND;

	if (decision->plan == NB_PLAN_REFUSE)
		return 0;
	if (decision->plan == NB_PLAN_FRESH)
		return filling ? NB_CHOOSE_FITS - 1 : NB_CHOOSE_FITS;
	if (decision->plan == NB_PLAN_BLANK_FRESH)
		return NB_CHOOSE_FITS - 2;
	return decision->reason == NB_REASON_ROOM_LEFT ? NB_CHOOSE_FITS : 1;
}

static bool
is_passed_over(const struct nb_pool_context *context, const char *device)
{
	for (size_t i = 0; i < context->passed_over.count; i++)
		if (!strcmp(context->passed_over.at[i].device, device))
			return true;
	return false;
}

enum nb_err
nb_choose_pass_over(struct nb_pool_context *context,
		    const struct nb_inspection *look, bool *again)
{
	struct nb_passed_over one = { "" };

	*again = context->pool->drives.count > 1
		&& !is_passed_over(context, look->device);
	snprintf(one.device, sizeof one.device, "%s", look->device);
	return *again ? nb_array_push(&context->passed_over, one) : NB_OK;
}

struct writing {
	struct nb_pool_context *context;
	enum nb_intent intent;
};

static enum nb_err
rate_for_writing(void *ctx, const struct nb_inspection *look, uint64_t *fit)
{
	const struct writing *w = ctx;
	struct nb_decision decision;
	enum nb_err err = nb_inspect_heed(w->context, look);

	if (err)
		return err;
	decision = nb_inspect_decide(w->context, look, w->intent,
				     (struct nb_need){ 0 });
	if (!is_passed_over(w->context, look->device))
		*fit = rank(&decision, w->context->pool->rotation);
	return NB_OK;
}

enum nb_err
nb_choose_to_write(struct nb_pool_context *context,
		   const struct nb_drive_choice *choice, enum nb_intent intent,
		   struct nb_inspection *look, struct nb_decision *decision)
{
	struct writing writing = { context, intent };
	const struct nb_drive_choice in_pool = {
		.device = choice->device,
		.drive = choice->drive,
		.job = context->job->name,
	};
	enum nb_err err;

	err = nb_choose_drive(context->nb, &in_pool,
			      &(struct nb_search){ NB_CHOOSE_WRITABLE,
						   rate_for_writing, &writing },
			      look);
	if (!err)
		*decision = nb_inspect_decide(context, look, intent,
					      (struct nb_need){ 0 });
	return err;
}
