/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/rebuild.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "job/disc/known_backups.h"
#include "job/disc/record_disc.h"
#include "job/jobs.h"

/* ---- what is still to be read ---- */

static enum nb_err
find_last(void *ctx, const struct nb_catalog_backup *row)
{
	int64_t *last = ctx;

	if (row->disc && row->created > *last)
		*last = row->created;
	return NB_OK;
}

/* What the catalog says of a disc that was not read since the newest backup it
 * knows was made is no older than that, but perhaps too old. */
static bool
is_unread(const struct nb_pool_disc *disc, int64_t last)
{
	if (disc->state == NB_DISC_SUSPECT || disc->state == NB_DISC_RETIRED)
		return false;
	return disc->state == NB_DISC_UNUSED || disc->verified < last;
}

/* Names the discs of the pool that were not read yet, with what is known of
 * them; "" if all were. */
static enum nb_err
name_unread(struct nb_pool_context *context, struct nb_str *text)
{
	const struct nb_pool_discs *discs = &context->view.discs;
	int64_t last = 0;
	enum nb_err err = nb_pool_context_refresh(context);

	if (!err)
		err = nb_catalog_backups(context->catalog, context->view.name,
					 find_last, &last);
	for (size_t i = 0; !err && i < discs->count; i++) {
		if (!is_unread(&discs->at[i], last))
			continue;
		nb_str_addf(text, "%s%s%s", text->length ? ", " : "",
			    discs->at[i].name,
			    nb_pool_is_new(context, discs->at[i].name)
				    ? " (if there is one)"
				    : "");
		if (discs->at[i].generation)
			nb_str_addf(
				text, " (generation %llu or newer)",
				(unsigned long long)discs->at[i].generation);
	}
	return !err && text->failed ? nb_fail_memory() : err;
}

/* All that is known of the pool is on discs that were read? */
static enum nb_err
catch_up(struct nb_pool_context *context, const char *disc,
	 const struct nb_reach *reach)
{
	struct nb_str text = NB_STR_INIT;
	char hint[NB_HINT_MAX];
	enum nb_err err = name_unread(context, &text);

	if (!err && reach->known < reach->marked)
		nb_log(NB_WARNING,
		       "%s: recorded; the catalog still lacks "
		       "generation %llu%s%s\nhint: %s",
		       disc, (unsigned long long)reach->marked,
		       text.length ? "; not read yet: " : "",
		       text.length ? text.text : "",
		       nb_pool_context_hint(
			       context,
			       "run nightburn catalog rebuild with that disc, "
			       "or nightburn catalog rebuild --finish if it is "
			       "lost",
			       hint));
	else if (!err && text.length)
		nb_log(NB_WARNING, "%s: recorded; not read yet: %s\nhint: %s",
		       disc, text.text,
		       nb_pool_context_hint(
			       context,
			       "run nightburn catalog rebuild with each of "
			       "them, or nightburn catalog rebuild --finish if "
			       "they are lost or were never used",
			       hint));
	else if (!err)
		err = nb_catalog_accept(context->catalog, context->view.name);
	nb_str_free(&text);
	return err;
}

enum nb_err
nb_rebuild_catch_up(struct nb_pool_context *context, const char *disc)
{
	struct nb_reach reach;
	enum nb_err err =
		nb_catalog_reach(context->catalog, context->view.name, &reach);

	return err || !reach.stale ? err : catch_up(context, disc, &reach);
}

/* Nothing may be blanked because of a disc that nobody has seen. */
static enum nb_err
give_up_unread(struct nb_pool_context *context)
{
	int64_t last = 0;
	enum nb_err err = nb_catalog_backups(
		context->catalog, context->view.name, find_last, &last);

	for (size_t i = 0; !err && i < context->view.discs.count; i++) {
		const struct nb_pool_disc *disc = &context->view.discs.at[i];

		if (!is_unread(disc, last) || disc->state != NB_DISC_GOOD)
			continue;
		nb_log(NB_WARNING,
		       "%s: was not read: the disc is suspect\nhint: run "
		       "nightburn catalog rebuild when it is found",
		       disc->name);
		err = nb_catalog_set_disc(
			context->catalog, disc->disc_id, NB_DISC_SUSPECT,
			"not read when the catalog was rebuilt");
	}
	return err;
}

static enum nb_err
finish(struct nb_pool_context *context, bool *changed)
{
	struct nb_reach reach;
	enum nb_err err =
		nb_catalog_reach(context->catalog, context->view.name, &reach);

	if (err || !reach.stale)
		return err;
	err = give_up_unread(context);
	if (!err)
		err = nb_catalog_accept(context->catalog, context->view.name);
	*changed = !err;
	return err;
}

enum nb_err
nb_rebuild_finish(struct nightburn *nb, const char *job, bool *changed)
{
	struct nb_pool_context context;
	enum nb_err err;

	*changed = false;
	err = nb_pool_context_open(nb, job, NB_POOL_WORK, &context);
	if (err)
		return err;
	err = finish(&context, changed);
	nb_pool_context_close(&context);
	return err;
}

/* ---- one disc ---- */

/* What a failed burn left is bad; the rest is everything that was ever recorded
 * for the disc, and is good. */
enum nb_err
nb_record_shortened(struct nb_pool_context *context,
		    const struct nb_inspection *look,
		    const struct nb_inspection *newest,
		    enum nb_disc_remark remark)
{
	bool labelled = newest->label_state == NB_LABEL_GOOD
		&& nb_pool_context_signed(context, &newest->label);

	return nb_catalog_shortened(
		context->catalog, look->label.disc_id, nb_clock_date(),
		labelled ? newest->label.generation : 0, remark);
}

/* Everything in the session of LOOK is good: records what the catalog lacks of
 * it, as after a run that died. */
enum nb_err
nb_record_good(struct nb_pool_context *context,
	       const struct nb_inspection *look,
	       const struct nb_inspection *newest,
	       struct nb_disc_contents *contents, bool *apart)
{
	size_t recorded;
	enum nb_err err =
		nb_record_disc(context, look, contents, &recorded, apart);

	if (!err && look->session)
		err = nb_record_shortened(context, look, newest,
					  NB_REMARK_REST);
	else if (!err)
		err = nb_catalog_verified(context->catalog, look->label.disc_id,
					  nb_clock_date());
	return err ? err : nb_warn_suspect(context, look->label.disc_id);
}

/* Is it a disc of ours? */
static enum nb_err
check_owner(struct nb_pool_context *context, const struct nb_label *label)
{
	if (!nb_pool_context_signed(context, label))
		return nb_fail(NB_EFOREIGN,
			       "%s: not recorded: the label was not made with "
			       "the key of this installation\n"
			       "hint: nightburn key import",
			       label->disc);
	if (!nb_pool_by_name(&context->view, label->disc)
	    && !(context->pool->automatic
		 && nb_config_disc_number(context->pool, label->disc)))
		return nb_fail(NB_EFOREIGN,
			       "%s: not recorded: no disc of "
			       "pool %s in the configuration",
			       label->disc, label->pool);
	return NB_OK;
}

/* The disc that has the name of the one in the drive, with another id. */
struct holder {
	const struct nb_label *label;
	bool found;
	char disc_id[NB_ID_HEX + 1];
	uint64_t generation;
	int64_t verified;
};

static enum nb_err
match_holder(void *ctx, const struct nb_catalog_disc *row)
{
	struct holder *h = ctx;

	if (h->found || !row->named || strcmp(row->pool, h->label->pool)
	    || strcmp(row->name, h->label->disc)
	    || !strcmp(row->disc_id, h->label->disc_id))
		return NB_OK;
	h->found = true;
	snprintf(h->disc_id, sizeof h->disc_id, "%s", row->disc_id);
	h->generation = row->generation;
	h->verified = row->verified;
	return NB_OK;
}

/* A disc keeps its name until it is blanked, so the one with the newer backups
 * has it now: if that is HOLDER, the one in the drive is a copy, or was
 * replaced. */
static enum nb_err
find_holder(struct nb_pool_context *context, const struct nb_inspection *newest,
	    struct holder *holder, bool *apart)
{
	uint64_t generation = holder->label->generation;
	enum nb_err err =
		nb_catalog_discs(context->catalog, match_holder, holder);

	if (newest->label_state == NB_LABEL_GOOD
	    && newest->label.generation > generation
	    && nb_pool_context_signed(context, &newest->label))
		generation = newest->label.generation;
	*apart = !err && holder->found && holder->generation >= generation;
	return err;
}

/* When the first of the sessions in CONTENTS was made; else that of LABEL. */
static int64_t
first_made(const struct nb_disc_contents *contents,
	   const struct nb_label *label)
{
	int64_t first = label->created;

	for (size_t i = 0; i < contents->backups.count; i++) {
		const struct nb_disc_backup *b = &contents->backups.at[i];

		if (b->has_label && b->label.created < first)
			first = b->label.created;
	}
	return first;
}

/* The disc that had the name is no more, unless it was read since this one got
 * it. */
static enum nb_err
replace_holder(struct nb_pool_context *context, const struct holder *holder,
	       int64_t made)
{
	return holder->found && holder->verified < made
		? nb_catalog_set_disc(context->catalog, holder->disc_id,
				      NB_DISC_BLANKED,
				      "another disc has its name")
		: NB_OK;
}

static enum nb_err
tell_apart(const struct nb_pool_context *context, const struct nb_label *label)
{
	char hint[NB_HINT_MAX];

	return nb_fail(NB_EWRONG,
		       "%s: recorded apart: the catalog has another disc of "
		       "this name, or other backups of the same generations; "
		       "nothing is written to this one\nhint: nightburn list "
		       "shows what can be restored; %s",
		       label->disc,
		       nb_pool_context_hint(
			       context,
			       "when it is no longer needed, nightburn adopt "
			       "--as NAME uses it again",
			       hint));
}

/* The backups of the bad sessions are recorded. */
static enum nb_err
tell_bad(const struct nb_inspection *look, const struct nb_recorded_bad *bad,
	 bool one_good)
{
	const char *disc = look->label.disc;
	unsigned long long good = look->label.generation;
	unsigned long long generation = bad->not_good;
	const char *what = bad->state == NB_CHECK_DAMAGED
		? "is damaged"
		: "could not be checked";

	if (!generation)
		return nb_fail(NB_EWRONG,
			       "%s: recorded; its backups are good, but a file "
			       "of nightburn's own is damaged: the disc is "
			       "suspect",
			       disc);
	if (!one_good)
		return nb_fail(NB_EWRONG,
			       "%s: recorded, but generation %llu %s\nhint: "
			       "nightburn list shows what was found of each",
			       disc, generation, what);
	return nb_fail(NB_EWRONG,
		       "%s: recorded, but generation %llu %s; the earlier "
		       "generation %llu is good\nhint: nightburn restore --to "
		       "DIR %llu restores the good one",
		       disc, generation, what, good, good);
}

/* Everything on the disc that can be told. */
static enum nb_err
record(struct nb_pool_context *context, const struct nb_inspection *look,
       const struct nb_inspection *newest, struct nb_verified *outcome,
       struct nb_recorded_bad *bad, bool *apart)
{
	bool good = outcome->err == NB_OK;
	enum nb_err err = NB_OK;

	if (good)
		err = nb_record_good(context, look, newest, outcome->contents,
				     apart);
	for (size_t i = 0; !err && i < outcome->bad.count; i++)
		err = nb_record_bad(context, &outcome->bad.at[i],
				    &outcome->found, *apart, bad);
	outcome->known = !look->session || bad->backups || bad->reused;
	if (!err && good && !outcome->known)
		err = nb_record_shortened(context, look, newest,
					  NB_REMARK_LOST);
	return err;
}

enum nb_err
nb_rebuild_disc(struct nb_pool_context *context,
		const struct nb_inspection *look,
		const struct nb_inspection *newest, struct nb_verified *outcome)
{
	struct holder holder = { .label = &look->label };
	struct nb_recorded_bad bad = { 0 };
	bool good = outcome->err == NB_OK, apart = false;
	enum nb_err err = check_owner(context, &look->label);

	if (!err)
		err = find_holder(context, newest, &holder, &apart);
	if (!err)
		err = nb_catalog_begin_rebuild(context->catalog,
					       context->view.name);
	if (!err)
		err = record(context, look, newest, outcome, &bad, &apart);
	if (!err && !apart)
		err = replace_holder(
			context, &holder,
			first_made(outcome->contents, &look->label));
	if (!err && !apart)
		err = nb_catalog_found(context->catalog, look->label.disc_id);
	if (!err && (good || bad.backups))
		err = nb_rebuild_catch_up(context, look->label.disc);
	if (err)
		return err;
	if (bad.backups)
		return tell_bad(look, &bad, good);
	return apart ? tell_apart(context, &look->label)
		     : nb_known_check_order(context->nb, &look->label);
}
