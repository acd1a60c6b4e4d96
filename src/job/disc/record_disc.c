/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/record_disc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "job/disc/check_disc.h"
#include "store/journal.h"

struct conflict {
	const struct nb_label *label;
	uint64_t newest; /* generation of the pool */
	bool found;
	char twin[NB_NAME_MAX + 1]; /* a good disc with the same backup,
					   the newest; "": none */
};

static enum nb_err
is_conflict(void *ctx, const struct nb_catalog_backup *row)
{
	struct conflict *c = ctx;

	bool same = !strcmp(row->id, c->label->backup_id);

	if (row->disc_id && !strcmp(row->disc_id, c->label->disc_id))
		return NB_OK;
	if (same != (row->generation == c->label->generation))
		c->found = true;
	else if (same && row->disc && row->generation == c->newest
		 && row->disc_state == NB_DISC_GOOD)
		snprintf(c->twin, sizeof c->twin, "%s", row->disc);
	return NB_OK;
}

/* Checks that each session's label and manifest are ours and belong to this
 * disc. */
static enum nb_err
check_label(const struct nb_pool_context *context,
	    const struct nb_inspection *look,
	    const struct nb_disc_backup *found)
{
	const struct nb_label *label = &found->label;

	if (found->has_label && nb_pool_context_signed(context, label)
	    && !strcmp(label->disc_id, look->label.disc_id)) {
		if (found->mac != NB_MAC_WRONG)
			return NB_OK;
		return nb_fail(NB_ECORRUPT,
			       "%s: the manifest of backup %s is "
			       "not the one that was written",
			       look->label.disc, label->backup_id);
	}
	return nb_fail(NB_ECORRUPT,
		       "%s: the label of backup %s is not that "
		       "of this disc",
		       look->label.disc, label->backup_id);
}

/* After a run died, the next run may have used the generation again.  Or the
 * same backup was burned to another disc: while it is the newest, recording
 * both would block the rotation, because neither may be blanked. */
static enum nb_err
check_generation(struct nb_pool_context *context, const struct nb_label *label)
{
	struct conflict c = { label, context->view.generation, false, "" };
	enum nb_err err = nb_catalog_backups(context->catalog, label->pool,
					     is_conflict, &c);
	char hint[NB_HINT_MAX];

	if (!err && c.twin[0])
		return nb_fail(
			NB_EWRONG,
			"%s: not recorded: disc %s holds the "
			"same backup, the newest\nhint: %s",
			label->disc, c.twin,
			nb_pool_context_hint(
				context,
				"run nightburn verify again after the next "
				"backup, or nightburn adopt --as NAME",
				hint));
	if (err || !c.found)
		return err;
	return nb_fail(
		NB_EWRONG,
		"%s: generation %llu is now another backup\nhint: %s",
		label->disc, (unsigned long long)label->generation,
		nb_pool_context_hint(
			context,
			"run nightburn adopt --as NAME to use the disc again",
			hint));
}

static enum nb_err
commit(struct nb_pool_context *context, const struct nb_inspection *look,
       const struct nb_disc_backup *found)
{
	struct nb_catalog_session session = {
		.label = &found->label,
		.manifest = &found->manifest,
		.entries = &found->entries,
		.number = found->number,
		.start = found->part.start,
		.blocks = found->part.blocks,
		.profile = look->medium.profile_name,
		.capacity = look->medium.capacity,
		.first = found->number == 1,
		.verified = nb_clock_date(),
		.checked = found->check == NB_CHECK_GOOD ? nb_clock_date() : 0,
	};

	memcpy(session.checksum, found->part.checksum, sizeof session.checksum);
	return nb_catalog_commit(context->catalog, &session);
}

/* *KNOWN: the catalog has FOUND, of this disc. */
static enum nb_err
ask_catalog(struct nb_pool_context *context, const struct nb_inspection *look,
	    const struct nb_disc_backup *found, bool *known)
{
	return nb_catalog_holds(context->catalog, found->label.backup_id,
				look->label.disc_id, known);
}

/* Loads FOUND if it is new and may be recorded, including the own files of its
 * session. */
static enum nb_err
load(struct nb_pool_context *context, const struct nb_inspection *look,
     const struct nb_disc_contents *contents, struct nb_disc_backup *found)
{
	bool known = false;
	enum nb_err err = found->err;

	if (!err)
		err = ask_catalog(context, look, found, &known);
	if (err || known)
		return err;
	err = nb_disc_backup_load(contents, found);
	if (!err)
		err = check_label(context, look, found);
	if (!err)
		err = check_generation(context, &found->label);
	return err ? err : nb_disc_backup_complete(contents, found);
}

/* Unless it became known by recording an earlier one. */
static enum nb_err
record(struct nb_pool_context *context, const struct nb_inspection *look,
       const struct nb_disc_backup *found, size_t *recorded)
{
	bool known;
	enum nb_err err = ask_catalog(context, look, found, &known);

	if (!err && !known)
		err = check_generation(context, &found->label);
	if (!err && !known) {
		err = commit(context, look, found);
		*recorded += !err;
	}
	return err;
}

/* Records all backups, or none if one may not be recorded: a disc recorded with
 * only its older sessions would be refused for ever. */
enum nb_err
nb_record_disc(struct nb_pool_context *context,
	       const struct nb_inspection *look,
	       struct nb_disc_contents *contents, size_t *recorded)
{
	struct nb_disc_backups *list = &contents->backups;
	enum nb_err err = NB_OK;

	*recorded = 0;
	if (!nb_nodes_find(&contents->nodes, NB_MANIFEST_PATH))
		return nb_fail(NB_ECORRUPT,
			       NB_MANIFEST_PATH ": missing on the disc");
	for (size_t i = 0; !err && i < list->count; i++)
		err = load(context, look, contents, &list->at[i]);
	for (size_t i = 0; !err && i < list->count; i++) {
		if (!list->at[i].loaded)
			continue;
		err = record(context, look, &list->at[i], recorded);
		nb_disc_backup_unload(&list->at[i]);
	}
	return err;
}

/* If the session of the dead run is complete on the disc in this drive, records
 * it. */
static enum nb_err
record_whole(struct nb_pool_context *context, const struct nb_inspection *look,
	     bool *done)
{
	const struct nb_label *label = &context->dead;
	struct nb_verify_result result = { 0 };
	struct nb_disc_contents contents;
	size_t recorded = 0;
	enum nb_err err;

	if (look->label_state != NB_LABEL_GOOD
	    || !nb_pool_context_signed(context, &look->label)
	    || strcmp(look->label.disc_id, label->disc_id)
	    || strcmp(look->label.backup_id, label->backup_id))
		return NB_OK;
	err = nb_check_disc(context->nb, look, &contents, &result);
	if (err) {
		nb_disc_contents_free(&contents);
		return err == NB_ECANCELED ? err : NB_OK;
	}
	err = nb_record_disc(context, look, &contents, &recorded);
	nb_disc_contents_free(&contents);
	if (!err)
		err = nb_catalog_verified(context->catalog, label->disc_id,
					  nb_clock_date());
	*done = !err;
	return err;
}

/* If the disc is in this drive, blank or complete, records it. */
static enum nb_err
record_in(struct nb_pool_context *context, const char *drive, bool *done)
{
	const struct nb_label *label = &context->dead;
	struct nb_inspection look = { 0 };
	enum nb_err err = nb_inspect_open(context->nb, drive, &look);

	if (err)
		return err == NB_ECANCELED ? err : NB_OK;
	if (!context->died_blanking) {
		err = record_whole(context, &look, done);
	} else if (look.medium.state == NB_MEDIUM_BLANK) {
		err = nb_catalog_set_disc(context->catalog, label->disc_id,
					  NB_DISC_BLANKED, "blanked");
		*done = !err;
	}
	nb_inspect_close(&look);
	return err == NB_EWRONG || err == NB_ECORRUPT ? NB_OK : err;
}

/* This process was asked to stop before the state was known: the next run must
 * check. */
static void
remember(const struct nb_pool_context *context)
{
	struct nb_journal dead = { context->died_blanking ? NB_STEP_BLANK
							  : NB_STEP_VERIFY,
				   context->dead };

	nb_journal_begin(context->state->dir, &dead);
}

enum nb_err
nb_record_dead(struct nb_pool_context *context)
{
	const struct nb_label *label = &context->dead;
	enum nb_err err = NB_OK;
	bool done = false;

	for (size_t i = 0; !err && !done && i < context->pool->drives.count;
	     i++)
		err = record_in(context, context->pool->drives.at[i], &done);
	if (err == NB_ECANCELED)
		remember(context);
	if (!err && done) {
		if (context->died_blanking)
			nb_log(NB_NOTE,
			       "%s: the disc is blank, although the run died",
			       label->disc);
		else
			nb_log(NB_NOTE,
			       "%s: generation %llu of the run that died is "
			       "good and has been recorded",
			       label->disc,
			       (unsigned long long)label->generation);
		err = nb_pool_context_refresh(context);
	}
	return err;
}

enum nb_err
nb_warn_suspect(struct nb_pool_context *context, const char *disc_id)
{
	enum nb_err err = nb_pool_context_refresh(context);
	const struct nb_pool_disc *disc =
		nb_pool_by_id(&context->view, disc_id);

	if (!err && disc && disc->state == NB_DISC_SUSPECT)
		nb_log(NB_WARNING,
		       "%s: its files are good, but a drill failed: the disc "
		       "stays suspect\nhint: nightburn drill --this-disc, when "
		       "the cause is removed; or nightburn adopt --as NAME",
		       disc->name);
	return err;
}
