/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/restore_select.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "job/disc/fallback_session.h"
#include "job/disc/unlabelled.h"
#include "store/key.h"

/* What the steps of a selection share. */
struct choosing {
	struct nightburn *nb;
	const struct nb_restore_request *request;
	struct nb_known_backups known;
	/* The backup that the catalog selects; NULL: whatever the disc has. */
	const struct nb_known_backup *meant;
	/* The one that would be selected if it were not known to be damaged, or
	 * NULL. */
	const struct nb_known_backup *damaged;
	enum nb_restore_place place;
	struct nb_restore_pick *pick;
};

static bool
is_meant(const struct nb_restore_wish *wish, const struct nb_label *label)
{
	if (wish->backup)
		return nb_restore_names(wish->backup, label->backup_id,
					label->generation);
	return !wish->at || label->created <= wish->at;
}

/* Neither the catalog nor the disc has what is wanted. */
static enum nb_err
no_such_backup(const struct choosing *c)
{
	const struct nb_restore_wish *wish = &c->request->wish;
	const struct nb_inspection *look = &c->pick->look;
	const char *disc = look->label.disc;
	const char *hint = c->known.list.count
		? "nightburn list shows the backups"
		: "nightburn restore --list shows the newest backup of a disc";
	char date[NB_CLOCK_TEXT];

	if (wish->backup && nb_restore_is_path(wish->backup)
	    && !c->request->no_paths)
		return nb_restore_no_backup(c->pick, wish->backup);
	if (wish->backup)
		return nb_fail(NB_ENOTFOUND,
			       "%s: backup %s is not on disc %s%s\nhint: %s",
			       look->device, wish->backup, disc,
			       c->known.list.count ? ", nor in the catalog"
						   : "",
			       hint);
	if (!wish->at)
		return nb_fail(NB_ENOTFOUND, "%s: no backup%s%s on disc %s",
			       look->device, wish->job ? " of job " : "",
			       wish->job ? wish->job : "", disc);
	nb_clock_text(wish->at, date);
	return nb_fail(NB_ENOTFOUND,
		       "%s: no backup on disc %s is as old as %.10s %.8s "
		       "UTC\nhint: %s",
		       look->device, disc, date, date + 11, hint);
}

/* What is wanted is not on the disc in the drive: which disc has it? */
static enum nb_err
not_here(struct choosing *c)
{
	const struct nb_restore_wish *wish = &c->request->wish;
	const struct nb_inspection *look = &c->pick->look;
	const struct nb_restore_disc disc = { .id = look->label.disc_id,
					      .pool = look->label.pool };
	const struct nb_known_backup *b, *damaged;
	char name[NB_RESTORE_NAME_MAX];

	/* A list of what is on this disc did not need them. */
	if (wish->backup && !c->known.list.count
	    && nb_known_backups_load(c->nb, &c->known))
		return NB_ENOMEM;
	if (nb_restore_place(c->known.list.at, c->known.list.count, wish, &disc,
			     &b, &damaged)
	    != NB_RESTORE_ELSEWHERE)
		return no_such_backup(c);
	nb_restore_name(b->generation, b->created, name);
	if (!b->disc)
		return nb_fail(NB_ENOTFOUND,
			       "%s: %s is no longer on any disc\n"
			       "hint: nightburn list shows the backups",
			       look->device, name);
	return nb_fail(NB_EWRONG, "%s: %s is on %s, not on %s\nhint: insert %s",
		       look->device, name, b->disc, look->label.disc, b->disc);
}

/* Should B, which was loaded, be preferred to all others? */
static bool
is_of_the_job(const struct choosing *c, const struct nb_restore_wish *wish,
	      const struct nb_disc_backup *b)
{
	const char *job = c->request->wish.job;

	if (wish->backup && !(job && nb_backup_is_generation(wish->backup)))
		return !nb_job_is_by_hand(b->manifest.job);
	return job ? !strcmp(b->manifest.job, job)
		   : !nb_job_is_by_hand(b->manifest.job);
}

/* Is it one that was passed over? */
static bool
is_known_damaged(const struct choosing *c, const char *id)
{
	for (size_t i = 0; c->damaged && i < c->known.list.count; i++) {
		const struct nb_known_backup *b = &c->known.list.at[i];

		if (b->damaged && b->disc_id && !strcmp(b->id, id)
		    && !strcmp(b->disc_id, c->pick->look.label.disc_id))
			return true;
	}
	return false;
}

/* The newest backup of a job is wanted; if all were appended by hand, the
 * newest of them.  Only manifests, not labels, show which these are. */
static enum nb_err
find(struct choosing *c, const struct nb_restore_wish *wish)
{
	struct nb_disc_contents *contents = &c->pick->contents;
	struct nb_disc_backups *list = &contents->backups;
	struct nb_disc_backup *by_hand = NULL, *found = NULL;
	enum nb_err err = NB_OK;

	for (size_t i = list->count; !err && !found && i-- > 0;) {
		struct nb_disc_backup *b = &list->at[i];

		if (!is_meant(wish, &b->label)
		    || is_known_damaged(c, b->label.backup_id))
			continue;
		err = b->err ? b->err : nb_disc_backup_load(contents, b);
		if (err || is_of_the_job(c, wish, b))
			found = b;
		else if (!by_hand && nb_job_is_by_hand(b->manifest.job))
			by_hand = b;
		else
			nb_disc_backup_unload(b);
	}
	if (!found)
		found = by_hand;
	if (!err && !found)
		return NB_ENOTFOUND;
	if (!err)
		err = nb_entries_sort(&found->entries);
	if (!err)
		c->pick->backup = found;
	return err;
}

/* Exactly the backup that is meant. */
static enum nb_err
find_meant(struct choosing *c)
{
	struct nb_restore_wish exact = c->request->wish;
	enum nb_err err;

	if (c->place == NB_RESTORE_HERE)
		exact.backup = c->meant->id;
	err = nb_restore_single(&c->pick->contents, exact.backup);
	return err ? err : find(c, &exact);
}

/* In the current session: what is meant or, if none was named, an older one. */
static enum nb_err
find_in_session(struct choosing *c)
{
	enum nb_err err;

	nb_disc_contents_free(&c->pick->contents);
	err = nb_disc_contents_open(c->nb, &c->pick->look, &c->pick->contents);
	if (!err)
		err = find_meant(c);
	if (err == NB_ENOTFOUND && !c->request->wish.backup
	    && c->place == NB_RESTORE_HERE)
		err = find(c, &c->request->wish);
	return err;
}

static enum nb_err
find_in_sessions(struct choosing *c)
{
	enum nb_err err, first = NB_OK, back = NB_OK;

	do {
		err = find_in_session(c);
		if (!first)
			first = err;
		if (nb_fallback_may_help(err))
			back = nb_fallback_session(&c->pick->look);
		else
			back = NB_ENOTFOUND;
	} while (err && !back);
	if (!err)
		return NB_OK;
	if (back != NB_ENOTFOUND)
		return back;
	return first == NB_ENOTFOUND ? not_here(c) : first;
}

/* Is it older than the one that is meant?  Without a catalog, the contents of
 * unreadable sessions are unknown. */
static bool
is_older(const struct choosing *c)
{
	const struct nb_label *found = &c->pick->backup->label;
	const struct nb_known_backup *newest =
		c->damaged ? c->damaged : c->meant;

	if (c->request->wish.backup)
		return false;
	if (newest)
		return strcmp(found->backup_id, newest->id)
			&& found->generation <= newest->generation;
	return c->pick->look.session != 0;
}

/* Which backup would be newer, and what is wrong with it. */
static void
describe_newest(const struct choosing *c)
{
	const struct nb_known_backup *newest =
		c->damaged ? c->damaged : c->meant;
	struct nb_restore_pick *pick = c->pick;

	if (newest)
		nb_restore_name(newest->generation, newest->created,
				pick->meant);
	else
		strcpy(pick->meant, "the newest session");
	strcpy(pick->why, "cannot be read");
	if (!c->damaged)
		return;
	nb_restore_damage(newest, pick->why);
	nb_restore_word(newest->job, newest->id, newest->generation,
			pick->damaged);
}

static enum nb_err
check_age(const struct choosing *c)
{
	struct nb_restore_pick *pick = c->pick;
	const struct nb_label *label = &pick->backup->label;
	char found[NB_RESTORE_NAME_MAX], hint[NB_RESTORE_NAME_MAX];

	if (!is_older(c))
		return nb_restore_check_later(c->request, &c->known, pick);
	describe_newest(c);
	nb_restore_name(label->generation, label->created, found);
	nb_restore_try(pick, "\nhint: ", hint);
	pick->older = true;
	pick->allowed = c->request->allow_older;
	if (pick->allowed && pick->damaged[0])
		nb_log(NB_WARNING, "%s: %s %s; %s is taken instead%s",
		       pick->look.device, pick->meant, pick->why, found, hint);
	if (pick->allowed || !c->request->replaces)
		return NB_OK;
	return nb_fail(NB_EWRONG,
		       "%s: %s %s; nothing was restored\n"
		       "hint: --allow-older restores %s instead%s",
		       pick->look.device, pick->meant, pick->why, found, hint);
}

/* The generation of the newest backup, if the label can be believed. */
static uint64_t
believed(const struct choosing *c)
{
	const struct nb_label *label = &c->pick->look.label;
	struct nb_key key = { { 0 } };
	bool ours = c->nb && !nb_key_load(c->nb->config->state_dir, &key)
		&& nb_label_is_signed(label, &key);

	nb_key_clear(&key);
	return ours && !nb_known_suspect(c->nb, label->disc_id)
		? label->generation
		: 0;
}

/* Which backup is meant, and is it here? */
static enum nb_err
decide(struct choosing *c)
{
	const struct nb_inspection *look = &c->pick->look;
	const struct nb_restore_disc disc = {
		.id = look->label.disc_id,
		.pool = look->label.pool,
		.generation = believed(c),
	};
	char name[NB_RESTORE_NAME_MAX], what[3 * NB_RESTORE_NAME_MAX];

	c->place = nb_restore_place(c->known.list.at, c->known.list.count,
				    &c->request->wish, &disc, &c->meant,
				    &c->damaged);
	if (c->meant && !c->request->wish.backup)
		nb_restore_tell_damaged(c->meant);
	if (c->place != NB_RESTORE_ELSEWHERE || c->request->wish.backup)
		return NB_OK;
	nb_restore_name(c->meant->generation, c->meant->created, name);
	nb_restore_tell_damaged(c->damaged);
	snprintf(what, sizeof what, "%s is on %.124s", name, c->meant->disc);
	if (nb_restore_tell_complete(c->request, &c->known, c->meant, what,
				     c->pick))
		return NB_EWRONG;
	/* What this disc has may be later than the date. */
	if (c->request->wish.at)
		return nb_fail(NB_EWRONG, "%s: %s\nhint: insert %s",
			       look->device, what, c->meant->disc);
	return nb_fail(NB_EWRONG,
		       "%s: %s\nhint: insert it, or name generation %llu, or "
		       "use --this-disc",
		       look->device, what,
		       (unsigned long long)look->label.generation);
}

/* There is no disc, or a blank one: which has what is meant? */
static enum nb_err
nothing_there(const struct choosing *c, enum nb_err err, const char *what)
{
	const struct nb_known_backup *b = nb_restore_meant(
		c->known.list.at, c->known.list.count, &c->request->wish, NULL);
	char name[NB_RESTORE_NAME_MAX];

	if (!b || !b->disc)
		return nb_fail(err, "%s: %s", c->pick->look.device, what);
	if (nb_restore_tell_complete(c->request, &c->known, b, what, c->pick))
		return err;
	return nb_fail(err, "%s: %s\nhint: insert %s, which has %s",
		       c->pick->look.device, what, b->disc,
		       nb_restore_name(b->generation, b->created, name));
}

/* The newest session with a nightburn label, or an image, which has none. */
static enum nb_err
find_label(const struct choosing *c)
{
	struct nb_inspection *look = &c->pick->look;
	enum nb_err err = NB_OK;

	if (look->medium.state == NB_MEDIUM_NONE)
		return nothing_there(c, NB_ENOMEDIUM, "no disc");
	if (look->label_state != NB_LABEL_GOOD)
		err = nb_fallback_session(look);
	if (err == NB_ENOTFOUND)
		err = nb_unlabelled_identify(look);
	if (err == NB_ENOTFOUND && look->medium.state == NB_MEDIUM_BLANK)
		err = nothing_there(c, NB_EFOREIGN, "the disc is blank");
	else if (err == NB_ENOTFOUND)
		err = nb_fail(NB_EFOREIGN,
			      "%s: no nightburn label on this disc\nhint: %s",
			      look->device,
			      look->volume_id[0] ? "mount it, read RESTORE.txt"
						 : "insert another disc");
	return err;
}

enum nb_err
nb_restore_pick(struct nightburn *nb, const struct nb_restore_request *request,
		struct nb_restore_pick *pick)
{
	struct choosing c = { .nb = nb, .request = request, .pick = pick };
	enum nb_err err = NB_OK;

	memset(pick, 0, sizeof *pick);
	if (!request->this_disc)
		err = nb_known_backups_load(nb, &c.known);
	if (!err)
		err = nb_known_backups_single(&c.known, request->wish.backup);
	if (!err)
		err = nb_choose_to_restore(nb, &request->drive, &request->wish,
					   &c.known, &pick->look);
	if (!err)
		err = find_label(&c);
	if (!err)
		err = decide(&c);
	if (!err)
		err = find_in_sessions(&c);
	if (!err)
		err = check_age(&c);
	if (!err && pick->backup->manifest.shrinks.count)
		nb_restore_find_complete(&c.known, pick->backup->manifest.job,
					 request->wish.at, pick);
	nb_known_backups_free(&c.known);
	return err;
}

void
nb_restore_pick_close(struct nb_restore_pick *pick)
{
	nb_disc_contents_free(&pick->contents);
	nb_inspect_close(&pick->look);
}
