/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/record_disc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "job/disc/check_disc.h"

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

/* After a run died, or the catalog was lost, the next run may have used the
 * generation again.  Or the same backup was burned to another disc: while it is
 * the newest, recording both would block the rotation, because neither may be
 * blanked. */
static enum nb_err
check_generation(struct nb_pool_context *context, const struct nb_label *label,
		 bool *apart)
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
	if (apart) {
		*apart = true;
		return NB_OK;
	}
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
       const struct nb_disc_backup *found, enum nb_check_state check,
       uint64_t bad, bool suspect, bool apart)
{
	bool good = check == NB_CHECK_GOOD;
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
		.verified = good ? nb_clock_date() : 0,
		.checked = check != NB_CHECK_NONE ? nb_clock_date() : 0,
		.damaged = check == NB_CHECK_DAMAGED,
		.bad = bad,
		.suspect = suspect,
		.apart = apart,
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
     const struct nb_disc_contents *contents, struct nb_disc_backup *found,
     bool *apart)
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
		err = check_generation(context, &found->label, apart);
	return err ? err : nb_disc_backup_complete(contents, found);
}

/* Unless it became known by recording an earlier one. */
static enum nb_err
record(struct nb_pool_context *context, const struct nb_inspection *look,
       const struct nb_disc_backup *found, size_t *recorded, bool *apart)
{
	bool known;
	enum nb_err err = ask_catalog(context, look, found, &known);

	if (!err && !known)
		err = check_generation(context, &found->label, apart);
	if (!err && !known) {
		err = commit(context, look, found, found->check, 0, false,
			     apart && *apart);
		*recorded += !err;
	}
	return err;
}

/* Records all backups, or none if one may not be recorded: a disc recorded with
 * only its older sessions would be refused for ever. */
enum nb_err
nb_record_disc(struct nb_pool_context *context,
	       const struct nb_inspection *look,
	       struct nb_disc_contents *contents, size_t *recorded, bool *apart)
{
	struct nb_disc_backups *list = &contents->backups;
	enum nb_err err = NB_OK;

	*recorded = 0;
	if (!nb_nodes_find(&contents->nodes, NB_MANIFEST_PATH))
		return nb_fail(NB_ECORRUPT,
			       NB_MANIFEST_PATH ": missing on the disc");
	for (size_t i = 0; !err && i < list->count; i++)
		err = load(context, look, contents, &list->at[i], apart);
	for (size_t i = 0; !err && i < list->count; i++) {
		if (!list->at[i].loaded)
			continue;
		err = record(context, look, &list->at[i], recorded, apart);
		nb_disc_backup_unload(&list->at[i]);
	}
	return err;
}

/* ---- what is not good ---- */

/* The only job of the pool; "": there are several, so it is not known. */
static const char *
only_job(const struct nb_pool_context *context)
{
	const struct nb_config *config = context->nb->config;
	const char *name = NULL;

	for (size_t i = 0; i < config->jobs.count; i++) {
		if (strcmp(config->jobs.at[i].pool, context->view.name) != 0)
			continue;
		if (name)
			return "";
		name = config->jobs.at[i].name;
	}
	return name ? name : "";
}

/* What the label of a backup says, whose manifest cannot be read. */
static void
take_label(const struct nb_pool_context *context, const struct nb_label *label,
	   struct nb_manifest *m)
{
	const char *job = label->by_hand ? NB_JOB_BY_HAND : only_job(context);

	memcpy(m->backup_id, label->backup_id, sizeof m->backup_id);
	memcpy(m->pool, label->pool, sizeof m->pool);
	snprintf(m->job, sizeof m->job, "%s", job);
	m->generation = label->generation;
	m->created = label->created;
}

/* Everything that can be read of it. */
static enum nb_err
load_bad(const struct nb_pool_context *context,
	 const struct nb_disc_contents *contents, struct nb_disc_backup *b,
	 bool *whole)
{
	enum nb_err err = b->err ? b->err : nb_disc_backup_load(contents, b);

	if (!err && b->mac != NB_MAC_WRONG)
		err = nb_disc_backup_complete(contents, b);
	*whole = !err && b->mac != NB_MAC_WRONG;
	if (*whole || err == NB_ENOMEM || err == NB_ECANCELED)
		return err;
	nb_disc_backup_unload(b);
	take_label(context, &b->label, &b->manifest);
	return NB_OK;
}

static void
tell_reused(const struct nb_label *label, struct nb_recorded_bad *out)
{
	out->reused++;
	nb_log(NB_WARNING,
	       "%s: generation %llu is now another backup; what this disc has "
	       "of it is the rest of a run that failed",
	       label->disc, (unsigned long long)label->generation);
}

static void
count_bad(const struct nb_label *label, enum nb_check_state check,
	  struct nb_recorded_bad *out)
{
	uint64_t generation = label->generation;

	out->backups++;
	if (generation > out->generation)
		out->generation = generation;
	if (check == NB_CHECK_GOOD || generation < out->not_good)
		return;
	out->not_good = generation;
	out->state = check;
}

static enum nb_err
record_bad(struct nb_pool_context *context, const struct nb_inspection *look,
	   const struct nb_disc_contents *contents, struct nb_disc_backup *b,
	   const struct nb_found_backups *found, bool apart,
	   struct nb_recorded_bad *out)
{
	struct conflict c = { &b->label, context->view.generation, false, "" };
	const struct nb_found_backup *f =
		nb_found_backup(found, b->label.backup_id);
	enum nb_check_state check = f ? f->check : NB_CHECK_NONE;
	bool known = true, whole = false;
	enum nb_err err;

	if (!b->has_label || !nb_pool_context_signed(context, &b->label)
	    || strcmp(b->label.disc_id, look->label.disc_id) != 0)
		return NB_OK;
	err = ask_catalog(context, look, b, &known);
	if (!err && !known)
		err = nb_catalog_backups(context->catalog, b->label.pool,
					 is_conflict, &c);
	if (!err && c.found)
		tell_reused(&b->label, out);
	if (err || known || c.found)
		return err;
	err = load_bad(context, contents, b, &whole);
	if (!whole)
		check = NB_CHECK_DAMAGED;
	if (!err)
		err = commit(context, look, b, check, f ? f->bad : 0, true,
			     apart);
	nb_disc_backup_unload(b);
	if (!err)
		count_bad(&b->label, check, out);
	return err;
}

/* Its directory tree cannot be read: only the label tells of it. */
static enum nb_err
record_label(struct nb_pool_context *context, const struct nb_inspection *look,
	     const struct nb_found_backups *found, bool apart,
	     struct nb_recorded_bad *out)
{
	const struct nb_disc_contents none = { .blocks = NULL };
	struct nb_disc_backup b = {
		.err = NB_EIO,
		.label = look->label,
		.has_label = true,
		.number = look->session ? look->session : look->medium.sessions,
		.part = { .start = nb_inspect_start(look) },
	};

	return record_bad(context, look, &none, &b, found, apart, out);
}

enum nb_err
nb_record_bad(struct nb_pool_context *context, const struct nb_inspection *look,
	      const struct nb_found_backups *found, bool apart,
	      struct nb_recorded_bad *out)
{
	struct nb_disc_contents contents = { .blocks = NULL };
	size_t before = out->backups;
	enum nb_err err;

	if (look->label_state != NB_LABEL_GOOD)
		return NB_OK;
	err = nb_disc_contents_open(context->nb, look, &contents);
	if (!err)
		err = nb_disc_contents_sessions(&contents, look);
	if (err == NB_ECORRUPT || err == NB_EIO)
		err = record_label(context, look, found, apart, out);
	for (size_t i = 0; !err && i < contents.backups.count; i++)
		err = record_bad(context, look, &contents,
				 &contents.backups.at[i], found, apart, out);
	nb_disc_contents_free(&contents);
	return err || out->backups == before
		? err
		: nb_catalog_set_disc(context->catalog, look->label.disc_id,
				      NB_DISC_SUSPECT, NB_NOTE_BAD_SESSION);
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
		       "the cause is removed%s",
		       disc->name,
		       disc->generation < context->view.generation
			       ? "; or nightburn adopt --as NAME"
			       : "");
	return err;
}
