/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "disc/read/bad_blocks.h"
#include "job/disc/check_disc.h"
#include "job/disc/choose_drive.h"
#include "job/jobs.h"
#include "job/disc/doubt.h"
#include "job/disc/fallback_session.h"
#include "job/disc/restorable.h"
#include "job/disc/unlabelled.h"
#include "job/disc/verify_record.h"

static enum nb_err
check_files(struct nightburn *nb, const struct nb_inspection *look,
	    struct nb_disc_contents *contents, struct nb_verify_result *result)
{
	const struct nb_label *label = &look->label;

	memcpy(result->disc, label->disc, sizeof result->disc);
	memcpy(result->backup_id, label->backup_id, sizeof result->backup_id);
	result->generation = label->generation;
	result->session = look->session;
	return nb_check_disc(nb, look, contents, result);
}

/* Verifies all files of the session of LOOK. */
static enum nb_err
check_session(struct nightburn *nb, const struct nb_inspection *look,
	      struct nb_verified *v, struct nb_verify_result *result)
{
	enum nb_err err = NB_EFOREIGN, added;

	memset(result, 0, sizeof *result);
	nb_disc_contents_free(v->contents);
	if (look->label_state == NB_LABEL_GOOD)
		err = check_files(nb, look, v->contents, result);
	added = nb_verified_add(v, v->contents);
	if (!added && err)
		added = nb_array_push(&v->bad, *look);
	return added ? added : err;
}

/* NB_EFOREIGN: it is not even an image. */
static enum nb_err
check_image(struct nightburn *nb, struct nb_inspection *look,
	    struct nb_disc_contents *contents, struct nb_verify_result *result)
{
	enum nb_err err = nb_doubt_in_pools(nb, look);

	if (err)
		return err;
	err = nb_unlabelled_identify(look);
	if (err)
		return err == NB_ENOTFOUND ? NB_EFOREIGN : err;
	return check_files(nb, look, contents, result);
}

/*
 * Verifies the newest session, or else the newest good one before it: LOOK is
 * at that then.  If there is none, LOOK and RESULT describe the newest one that
 * has a label, and its error is returned.  NEWEST always describes the newest
 * session.  V->contents, to be freed, are of LOOK if it is good; V->found has
 * what was found of each backup.
 */
static enum nb_err
check_disc(struct nightburn *nb, struct nb_inspection *look,
	   struct nb_verified *v, struct nb_verify_result *newest,
	   struct nb_verify_result *result)
{
	enum nb_err err = check_session(nb, look, v, newest);
	enum nb_err first = err, back;
	struct nb_verify_result next;
	struct nb_inspection at = *look;

	*result = next = *newest;
	while (err == NB_EFOREIGN || nb_fallback_may_help(err)) {
		back = err == NB_ECORRUPT && next.bad && !next.incomplete
			? nb_fallback_earlier(&at)
			: nb_fallback_session(&at);
		if (back)
			return back == NB_ENOTFOUND ? first : back;
		err = check_session(nb, &at, v, &next);
		if (!err || first == NB_EFOREIGN) {
			*look = at;
			*result = next;
			first = err;
		}
	}
	/* A modified manifest is not an accident, so this is no reason to fall
	 * back to another session. */
	return err ? err : nb_manifest_macs_check(v->contents);
}

/* What the newest session was, a backup or the rest of a burn that failed, only
 * the catalog could tell. */
static enum nb_err
unknown_newest(const struct nb_inspection *look,
	       const struct nb_inspection *newest, const struct nb_verified *v)
{
	struct nb_str text = NB_STR_INIT;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !text.length && i < v->found.count; i++)
		if (v->found.at[i].check == NB_CHECK_DAMAGED)
			nb_found_text(&v->found, &text);
	if (text.text)
		err = nb_fail(NB_EWRONG,
			      "%s: session %d is not good: %s\n"
			      "hint: nightburn restore --salvage takes from a "
			      "damaged one what it still gives",
			      look->label.disc, newest->medium.sessions,
			      text.text);
	nb_str_free(&text);
	if (err)
		return err;
	return nb_fail(NB_EWRONG,
		       "%s: session %d is damaged: if it was a backup, that is "
		       "lost; generation %llu before it is good\n"
		       "hint: nightburn restore --salvage takes from a damaged "
		       "one what it still gives",
		       look->label.disc, newest->medium.sessions,
		       (unsigned long long)look->label.generation);
}

/* Is it the newest session, and hidden from those who look for it where the
 * disc begins? */
static bool
is_unmountable(const struct nb_inspection *look,
	       const struct nb_disc_contents *contents)
{
	const struct nb_medium *medium = &look->medium;

	return medium->random_access && contents->blocks
		&& (!look->session || look->session >= medium->sessions)
		&& !nb_reader_is_mountable(contents->blocks,
					   nb_inspect_start(look));
}

static enum nb_err
fail_unmountable(const struct nb_inspection *look)
{
	return nb_fail(NB_EWRONG,
		       "%s: all backups are good, but other systems cannot "
		       "mount the disc: its first volume descriptor, at block "
		       "16, is damaged\n"
		       "hint: nightburn restore reads it; when another disc "
		       "has a newer backup, nightburn adopt --as NAME writes "
		       "it again",
		       look->label.disc);
}

static void
tell_open_session(const struct nb_inspection *look)
{
	if (look->medium.open_session)
		nb_log(NB_NOTE,
		       "%s: a burn that was interrupted left a session open; "
		       "what is before it is verified, and nothing can be "
		       "appended",
		       look->device);
}

/* The disc is as it was burned; the backups on it are not what the sources
 * were. */
static void
tell_lost(const struct nb_disc_contents *contents,
	  struct nb_verify_result *result)
{
	for (size_t i = 0; i < contents->backups.count; i++) {
		const struct nb_disc_backup *b = &contents->backups.at[i];
		bool one = b->lost == 1;

		result->lost += b->lost;
		if (b->lost)
			nb_log(NB_WARNING,
			       "%s: backup %s: %llu file%s not read whole when "
			       "%s burned: zeros are in %s place",
			       b->label.disc, b->label.backup_id,
			       (unsigned long long)b->lost,
			       one ? " was" : "s were",
			       one ? "it was" : "they were",
			       one ? "its" : "their");
	}
}

static const char *
nothing_here(const struct nb_inspection *look)
{
	return look->medium.state == NB_MEDIUM_BLANK
		? "the disc is blank"
		: "no nightburn label on this disc\n"
		  "hint: if it is a disc of the pool, it is broken: "
		  "nightburn catalog lost NAME says so";
}

/* What was verified is good: is there more to say? */
static enum nb_err
judge_newest(const struct nb_inspection *look,
	     const struct nb_inspection *newest, const struct nb_verified *v)
{
	if (v->unmountable)
		return fail_unmountable(look);
	return look->session && !v->known ? unknown_newest(look, newest, v)
					  : NB_OK;
}

static enum nb_err
verify(struct nightburn *nb, const struct nb_drive_choice *choice, bool lost,
       struct nb_verify_result *result)
{
	struct nb_verify_result first;
	struct nb_disc_contents contents = { .blocks = NULL };
	struct nb_inspection look, newest;
	struct nb_block_runs bad = NB_ARRAY_INIT;
	struct nb_verified v = { .lost = lost, .contents = &contents };
	enum nb_err err, recorded;

	memset(result, 0, sizeof *result);
	err = lost ? nb_choose_to_rebuild(nb, choice, &look)
		   : nb_choose_to_verify(nb, choice, &look);
	if (err)
		return err;
	look.bad_blocks = &bad;
	newest = look;
	tell_open_session(&look);
	if (look.medium.state == NB_MEDIUM_NONE)
		err = nb_fail(NB_ENOMEDIUM, "%s: no disc", look.device);
	else
		err = check_disc(nb, &look, &v, &first, result);
	if (err == NB_EFOREIGN && !lost && look.label_state != NB_LABEL_GOOD)
		err = check_image(nb, &look, &contents, result);
	v.err = err;
	v.unmountable = !err && is_unmountable(&look, &contents);
	if (look.label_state == NB_LABEL_GOOD) {
		recorded = err == NB_ECANCELED
			? NB_OK
			: nb_verify_record(nb, &look, &newest, &v);
		/* Report what is wrong rather than what is good. */
		if (!err && recorded && first.disc[0])
			*result = first;
		if (!err || (lost && recorded == NB_EWRONG))
			err = recorded;
		if (!err)
			err = judge_newest(&look, &newest, &v);
	} else if (err == NB_EFOREIGN) {
		nb_fail(err, "%s: %s", look.device, nothing_here(&look));
	}
	tell_lost(&contents, result);
	nb_disc_contents_free(&contents);
	nb_array_free(&v.found);
	nb_array_free(&v.bad);
	nb_inspect_close(&look);
	nb_bad_blocks_tidy(&bad);
	result->bad_blocks = bad.at;
	result->bad_block_runs = bad.count;
	return err;
}

enum nb_err
nb_job_verify(struct nightburn *nb, const struct nb_drive_choice *choice,
	      struct nb_verify_result *result)
{
	return verify(nb, choice, false, result);
}

enum nb_err
nb_job_rebuild(struct nightburn *nb, const struct nb_drive_choice *choice,
	       struct nb_verify_result *result)
{
	return verify(nb, choice, true, result);
}

enum nb_err
nb_accept(struct nightburn *nb, const char *job, bool *changed)
{
	struct nb_reach reach;
	struct nb_pool_context context;
	enum nb_err err;

	*changed = false;
	err = nb_pool_context_open(nb, job, NB_POOL_WORK, &context);
	if (err)
		return err;
	err = nb_catalog_reach(context.catalog, context.view.name, &reach);
	if (!err && reach.stale) {
		err = nb_catalog_accept(context.catalog, context.view.name);
		*changed = !err;
	}
	nb_pool_context_close(&context);
	return err;
}
