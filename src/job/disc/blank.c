/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/jobs.h"
#include "job/disc/blank.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "job/destroy.h"
#include "job/disc/choose_drive.h"
#include "job/disc/fingerprint.h"
#include "store/journal.h"

struct blank {
	struct nb_pool_context *context;
	struct nb_inspection *look;
	struct nb_inspection before; /* as inspected for the plan, or as shown
					to the user */
	const struct nb_blanking *how;
	/* Its label is signed with our key.  Nothing is recorded about any
	 * other disc, whatever its label says; if blanking it is interrupted,
	 * it remains an unknown disc. */
	bool known;
	/* Unless KNOWN: the disc of the catalog that it is according to a label
	 * that has another key, or to that of an earlier session; "": none. */
	char listed[NB_ID_HEX + 1];
	char now[NB_FINGERPRINT_SIZE]; /* of an adoption */
	enum nb_guard answer;
};

static const char *
state_dir(const struct blank *b)
{
	return b->context->state->dir;
}

/* The label that the catalog may know it by. */
static const struct nb_label *
label_of(const struct blank *b)
{
	return b->before.label_state == NB_LABEL_GOOD ? &b->before.label
						      : &b->before.earlier;
}

static bool
is_in_catalog(const struct blank *b)
{
	return b->known || b->listed[0];
}

static enum nb_err
intend(void *ctx)
{
	const struct blank *b = ctx;
	struct nb_journal intent = { NB_STEP_BLANK, *label_of(b) };

	return is_in_catalog(b) ? nb_journal_begin(state_dir(b), &intent)
				: NB_OK;
}

/* Retracts an intent that was not carried out: otherwise the next blank disc
 * would be mistaken for this one. */
static enum nb_err
retract(void *ctx)
{
	const struct blank *b = ctx;

	return is_in_catalog(b) ? nb_journal_end(state_dir(b)) : NB_OK;
}

static enum nb_err
match_listed(void *ctx, const struct nb_catalog_disc *row)
{
	struct blank *b = ctx;
	const struct nb_label *label = label_of(b);

	if (!strcmp(row->disc_id, label->disc_id)
	    && !strcmp(row->pool, label->pool)
	    && !strcmp(row->name, label->disc))
		snprintf(b->listed, sizeof b->listed, "%s", row->disc_id);
	return NB_OK;
}

static enum nb_err
find_listed(struct blank *b)
{
	bool labelled =
		b->before.label_state == NB_LABEL_GOOD || b->before.has_earlier;

	return labelled && !b->known && b->context->catalog
		? nb_catalog_discs(b->context->catalog, match_listed, b)
		: NB_OK;
}

/* Reads the disc and the catalog again. */
static enum nb_err
look_again(void *ctx)
{
	struct blank *b = ctx;
	enum nb_err err = nb_inspect_again(b->look);

	if (!err && b->how->typed)
		err = nb_fingerprint(b->look, b->now);
	return err ? err : nb_pool_context_refresh(b->context);
}

static enum nb_guard
ask_guard(const struct blank *b)
{
	const struct nb_pool_context *context = b->context;
	const struct nb_guard_facts facts = {
		.lock_held = context->lock != NULL,
		.first_state = b->before.label_state,
		.second_state = b->look->label_state,
		.first = &b->before.label,
		.second = &b->look->label,
		.key = context->has_key ? &context->key : NULL,
		.first_drive = b->before.identity,
		.second_drive = b->look->identity,
		.pool = &context->view,
		.max_verify_age = context->pool->max_verify_age,
		.now = nb_clock_date(),
		.typed = b->how->typed,
		.first_volume = b->before.volume_id,
		.second_volume = b->look->volume_id,
		.first_disc = b->how->shown,
		.second_disc = b->now,
		.holds_newer = b->how->holds_newer,
		.newest_of = b->how->newest_of,
		.alone = b->how->alone,
		.blank_only = b->how->image_blocks == 0,
		.image_complete = b->how->image_blocks != 0,
		.image_blocks = b->how->image_blocks,
		.image_shrunk = b->how->image_shrunk,
		.disc_blocks = b->look->medium.capacity,
		.intent_stored = true,
	};

	return nb_guard_check(&facts);
}

static const char *
name_of(const struct nb_inspection *look)
{
	return look->label.disc[0] ? look->label.disc : look->device;
}

/* What it alone holds, if that is why it is not blanked. */
static const char *
alone_on(const struct blank *b)
{
	const struct nb_pool_disc *disc =
		nb_pool_by_id(&b->context->view, b->look->label.disc_id);

	if (b->answer != NB_GUARD_ONLY_COPY)
		return "";
	return disc && disc->alone[0] ? disc->alone
		: b->how->alone       ? b->how->alone
				      : "";
}

/* The catalog has it as lost. */
static bool
is_given_up(const struct blank *b)
{
	bool lost = false;

	return b->context->catalog && label_of(b)->disc_id[0]
		&& !nb_catalog_is_lost(b->context->catalog,
				       label_of(b)->disc_id, &lost)
		&& lost;
}

/* "": none. */
static const char *
hint_of(const struct blank *b)
{
	const struct nb_inspection *look = b->look;

	if (b->how->holds_newer && look->label_state == NB_LABEL_GOOD
	    && !nb_pool_context_signed(b->context, &look->label))
		return "\nhint: if the key was kept, nightburn key import, "
		       "then "
		       "nightburn catalog rebuild with each disc of the pool; "
		       "if not, burn a backup that is not empty to another "
		       "disc first; or "
		       "nightburn adopt --accept-shrink --as NAME, if what is "
		       "on it is no longer needed";
	if (b->how->holds_newer && is_given_up(b))
		return "\nhint: nightburn catalog rebuild records it again; "
		       "or nightburn adopt --accept-shrink --as NAME, if what "
		       "is on it is no longer needed";
	if (b->how->holds_newer && look->label_state == NB_LABEL_GOOD
	    && look->label.generation <= b->context->view.generation)
		return "\nhint: it is the last backup that lacks nothing: "
		       "start nightburn run with another disc first; or "
		       "nightburn adopt --accept-shrink --as NAME, if what is "
		       "on it is no longer needed";
	if (b->how->holds_newer)
		return "\nhint: nightburn verify shows what is good on it; "
		       "start nightburn run with another disc first";
	if (b->answer == NB_GUARD_UNREAD)
		return "\nhint: run nightburn verify with the disc that has "
		       "the newest backup first; if that is the one that "
		       "cannot be read, nightburn catalog lost with its name";
	if (b->answer == NB_GUARD_ONLY_COPY)
		return "\nhint: restore it; if it is no longer needed, run "
		       "nightburn adopt --accept-shrink --as NAME";
	return "";
}

static enum nb_err
permit(void *ctx)
{
	struct blank *b = ctx;
	char hint[NB_HINT_MAX];

	b->answer = ask_guard(b);
	if (b->answer == NB_GUARD_PERMIT)
		return NB_OK;
	return nb_fail(NB_EWRONG, "%s: not %s: %s%s%s%s",
		       b->how->typed ? b->look->device : name_of(b->look),
		       b->how->typed ? "adopted" : "blanked",
		       nb_guard_text(b->answer), *alone_on(b) ? ": " : "",
		       alone_on(b),
		       nb_pool_context_hint(b->context, hint_of(b), hint));
}

/* Somebody said that it is no longer needed. */
static void
tell_accepted(const struct blank *b)
{
	const struct nb_pool_disc *disc =
		nb_pool_by_id(&b->context->view, b->look->label.disc_id);

	if (disc && disc->accepted[0])
		nb_log(NB_ERROR, "accepted: disc %s alone holds %s", disc->name,
		       disc->accepted);
}

static enum nb_err
act(void *ctx)
{
	struct blank *b = ctx;

	if (b->look->medium.state == NB_MEDIUM_BLANK)
		return NB_OK;
	tell_accepted(b);
	if (b->known)
		nb_log(NB_NOTE, "%s: blanking %s (generation %llu)",
		       b->look->device, b->look->label.disc,
		       (unsigned long long)b->look->label.generation);
	return nb_drive_blank(b->look->drive, b->answer);
}

/* The name that no disc has after an adoption.  An automatic one is new: the
 * disc loses the one that it had.  NULL: none. */
static const char *
freed_name(const struct blank *b)
{
	const struct nb_label *label = &b->before.label;

	if (!b->how->as || !b->context->pool->automatic)
		return b->how->as;
	if (!b->known || strcmp(label->pool, b->context->view.name)
	    || !strcmp(label->disc, b->how->as))
		return NULL;
	return label->disc;
}

static enum nb_err
record(void *ctx, enum nb_err err)
{
	struct blank *b = ctx;
	struct nb_catalog *catalog = b->context->catalog;

	if (err == NB_ESUSPECT && is_in_catalog(b)
	    && nb_catalog_suspect(catalog, label_of(b), "blanking failed"))
		return err; /* the journal already has it */
	if (err) {
		retract(b);
		return err;
	}
	if (b->known)
		err = nb_catalog_set_disc(catalog, b->before.label.disc_id,
					  NB_DISC_BLANKED, "blanked");
	else if (b->listed[0])
		err = nb_catalog_set_disc(catalog, b->listed, NB_DISC_BLANKED,
					  "blanked");
	if (!err && freed_name(b))
		err = nb_catalog_release_name(catalog, b->context->view.name,
					      freed_name(b));
	return err ? err : retract(b);
}

enum nb_err
nb_blank_disc(struct nb_pool_context *context, struct nb_inspection *look,
	      const struct nb_blanking *how)
{
	static const struct nb_destroy steps = {
		.work = NB_WORK_BLANK,
		.inhibit = "a disc is being blanked",
		.intend = intend,
		.look = look_again,
		.permit = permit,
		.act = act,
		.retract = retract,
		.record = record,
	};
	struct nb_destroy these = steps;
	struct blank b = {
		.context = context,
		.look = look,
		.before = *look,
		.how = how,
		.known = look->label_state == NB_LABEL_GOOD
			&& nb_pool_context_signed(context, &look->label),
		.answer = NB_GUARD_NO_INTENT,
	};
	enum nb_err err;

	/* The write that follows holds the inhibitor lock for both. */
	if (how->image_blocks)
		these.inhibit = NULL;
	err = find_listed(&b);
	if (!err && how->dry_run) {
		snprintf(b.now, sizeof b.now, "%s", how->shown);
		return permit(&b);
	}
	if (!err)
		err = nb_destroy(context->nb, &these, &b);
	if (!err)
		err = nb_inspect_again(look);
	if (!err && look->medium.state != NB_MEDIUM_BLANK)
		err = nb_fail(NB_EWRONG,
			      "%s: not the disc that was blanked\nhint: leave "
			      "%s in the drive until the "
			      "run ends",
			      look->device, name_of(&b.before));
	return err;
}

static enum nb_err
blank_locked(struct nb_pool_context *context,
	     const struct nb_media_options *options,
	     struct nb_plan_info *result)
{
	const struct nb_blanking nothing_follows = { .image_blocks = 0 };
	const struct nb_drive_choice choice = {
		.device = options->device,
		.drive = options->drive,
	};
	struct nb_decision decision;
	struct nb_inspection look = { 0 };
	enum nb_err err;

	err = nb_choose_to_write(context, &choice, NB_INTENT_BLANK, &look,
				 &decision);
	if (err)
		return err;
	nb_plan_fill(context, &look, &decision, result);
	if (decision.plan == NB_PLAN_REFUSE)
		err = nb_plan_refused(result);
	else if (decision.plan == NB_PLAN_BLANK_FRESH && !options->dry_run)
		err = nb_blank_disc(context, &look, &nothing_follows);
	nb_inspect_close(&look);
	return err;
}

enum nb_err
nb_job_blank(struct nightburn *nb, const struct nb_media_options *options,
	     struct nb_plan_info *result)
{
	struct nb_pool_context context;
	enum nb_err err;

	memset(result, 0, sizeof *result);
	err = nb_pool_context_open(
		nb, options->job,
		options->dry_run ? NB_POOL_PEEK : NB_POOL_WORK, &context);
	if (err)
		return err;
	err = nb_pool_context_accept(&context, options->accept_shrink);
	if (!err)
		err = nb_pool_context_key(&context, false);
	if (!err)
		err = blank_locked(&context, options, result);
	nb_pool_context_close(&context);
	return err;
}
