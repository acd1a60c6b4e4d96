/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said, and what else the disc has, if the backup that is meant is
 * damaged, or another one was made later. */
#include "job/restore/restore_paths.h"
#include "job/restore/restore_select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "model/record/backup_path.h"
#include "model/decide/shrink.h"

#define NAMED 4 /* of the ids that begin alike */

void
nb_restore_try(const struct nb_restore_pick *pick, const char *head,
	       char out[NB_RESTORE_NAME_MAX])
{
	*out = '\0';
	if (pick->damaged[0])
		snprintf(out, NB_RESTORE_NAME_MAX,
			 "%sname %s to try that one anyway", head,
			 pick->damaged);
}

void
nb_restore_tell_damaged(const struct nb_known_backup *b)
{
	char name[NB_RESTORE_NAME_MAX], why[NB_RESTORE_NAME_MAX];

	if (b && b->damaged)
		nb_log(NB_WARNING, "%s: %s %s", b->disc,
		       nb_restore_name(b->generation, b->created, name),
		       nb_restore_damage(b, why));
}

enum nb_err
nb_restore_check_later(const struct nb_restore_request *request,
		       const struct nb_known_backups *known,
		       struct nb_restore_pick *pick)
{
	const struct nb_label *label = &pick->backup->label;
	const struct nb_known_backup chosen = {
		.job = pick->backup->manifest.job,
		.pool = pick->backup->manifest.pool,
		.generation = label->generation,
		.created = label->created,
	};
	const struct nb_known_backup *later;
	char name[NB_RESTORE_NAME_MAX], found[NB_RESTORE_NAME_MAX];
	int64_t before = nb_clock_date();

	if (request->wish.at && request->wish.at < before)
		before = request->wish.at;
	later = request->wish.backup || pick->older
		? NULL
		: nb_restore_later(known->list.at, known->list.count, &chosen,
				   before);
	if (!later)
		return NB_OK;
	nb_restore_name(later->generation, later->created, name);
	nb_restore_name(label->generation, label->created, found);
	if (request->replaces && !request->allow_older)
		return nb_fail(NB_EWRONG,
			       "%s: %s has the highest number, but %s, on %s, "
			       "was made later; nothing was restored\n"
			       "hint: name the one that is meant: %llu or %llu",
			       pick->look.device, found, name, later->disc,
			       (unsigned long long)later->generation,
			       (unsigned long long)label->generation);
	pick->later = later->generation;
	pick->allowed = request->allow_older;
	snprintf(pick->meant, sizeof pick->meant, "%s", name);
	return NB_OK;
}

static enum nb_err
later_verdict(const struct nb_restore_pick *pick)
{
	const struct nb_label *label = &pick->backup->label;
	char found[NB_RESTORE_NAME_MAX];

	if (!pick->later || pick->allowed)
		return NB_OK;
	return nb_fail(
		NB_EWRONG,
		"%s: this is %s, which has the highest number, but %s "
		"was made later\nhint: name the one that is meant: %llu "
		"or %llu",
		pick->look.device,
		nb_restore_name(label->generation, label->created, found),
		pick->meant, (unsigned long long)pick->later,
		(unsigned long long)label->generation);
}

enum nb_err
nb_restore_pick_verdict(const struct nb_restore_pick *pick)
{
	const struct nb_label *label = &pick->backup->label;
	char found[NB_RESTORE_NAME_MAX], hint[NB_RESTORE_NAME_MAX];

	if (!pick->older || pick->allowed)
		return later_verdict(pick);
	nb_restore_name(label->generation, label->created, found);
	if (pick->damaged[0])
		nb_restore_try(pick, "", hint);
	else
		strcpy(hint, "nightburn list shows which discs have others");
	return nb_fail(NB_EWRONG,
		       "%s: %s was restored, because %s %s\nhint: %s",
		       pick->look.device, found, pick->meant, pick->why, hint);
}

void
nb_restore_find_complete(const struct nb_known_backups *known, const char *job,
			 int64_t at, struct nb_restore_pick *pick)
{
	const struct nb_known_backup *best = NULL;
	char name[NB_RESTORE_NAME_MAX];

	for (size_t i = 0; i < known->list.count; i++) {
		const struct nb_known_backup *b = &known->list.at[i];

		if (!b->shrunk && !b->damaged && b->disc && !strcmp(b->job, job)
		    && (!at || b->created <= at)
		    && (!best || b->lost < best->lost
			|| (b->lost == best->lost
			    && b->generation > best->generation)))
			best = b; /* on a lost disc only if no other has any */
	}
	if (best)
		snprintf(pick->complete, sizeof pick->complete,
			 "name %llu to restore %s, on %.124s",
			 (unsigned long long)best->generation,
			 nb_restore_name(best->generation, best->created, name),
			 best->disc);
}

bool
nb_restore_tell_complete(const struct nb_restore_request *request,
			 const struct nb_known_backups *known,
			 const struct nb_known_backup *b, const char *what,
			 struct nb_restore_pick *pick)
{
	char name[NB_RESTORE_NAME_MAX];

	if (!b->shrunk || request->wish.backup)
		return false;
	nb_restore_find_complete(known, b->job, request->wish.at, pick);
	if (!pick->complete[0])
		return false;
	nb_log(NB_ERROR,
	       "%s: %s\nhint: %s; insert %s for %s, which lacks something of "
	       "the one before it",
	       pick->look.device, what, pick->complete, b->disc,
	       nb_restore_name(b->generation, b->created, name));
	return true;
}

enum nb_err
nb_restore_check_complete(const struct nb_restore_request *request,
			  const char *source,
			  const struct nb_restore_pick *pick, bool done)
{
	const struct nb_shrinks *shrinks = &pick->backup->manifest.shrinks;
	const struct nb_label *label = &pick->backup->label;
	char text[NB_SHRINK_TEXT], name[NB_RESTORE_NAME_MAX];
	size_t told = 0;

	for (size_t i = 0; i < shrinks->count; i++) {
		if (source && strcmp(source, shrinks->at[i].name) != 0)
			continue;
		told++;
		nb_log(NB_WARNING, "%s", nb_shrink_text(&shrinks->at[i], text));
	}
	if (!told || request->wish.backup)
		return NB_OK;
	return nb_fail(NB_EWRONG,
		       "%s: %s lacks something of the one before it%s\n"
		       "hint: %s; name %llu for this one",
		       pick->look.device,
		       nb_restore_name(label->generation, label->created, name),
		       done ? "" : "; nothing was restored",
		       pick->complete[0] ? pick->complete
					 : "nightburn list shows the others",
		       (unsigned long long)label->generation);
}

static const char *
name_of(const struct nb_disc_backup *b, char out[NB_RESTORE_NAME_MAX])
{
	return nb_restore_name(b->label.generation, b->label.created, out);
}

/* The backup of the same job before the chosen one; NULL: there is none whose
 * manifest can be read. */
static struct nb_disc_backup *
find_before(struct nb_restore_pick *pick)
{
	struct nb_disc_backups *list = &pick->contents.backups;
	const char *job = pick->backup->manifest.job;

	for (size_t i = (size_t)(pick->backup - list->at); i-- > 0;) {
		struct nb_disc_backup *b = &list->at[i];

		if (b->err || nb_disc_backup_load(&pick->contents, b))
			continue;
		if (!strcmp(b->manifest.job, job)
		    && !nb_entries_sort(&b->entries))
			return b;
		nb_disc_backup_unload(b);
	}
	return NULL;
}

bool
nb_restore_pick_damaged(const struct nb_restore_request *request,
			struct nb_restore_pick *pick)
{
	struct nb_disc_backup *before = find_before(pick);
	const char *disc = pick->look.label.disc;
	bool named = request->wish.backup;
	char bad[NB_RESTORE_NAME_MAX], good[NB_RESTORE_NAME_MAX];
	char word[NB_BACKUP_ID_MAX + 1];

	if (!before)
		return false;
	nb_restore_word(before->manifest.job, before->label.backup_id,
			before->label.generation, word);
	name_of(pick->backup, bad);
	name_of(before, good);
	if (request->replaces && request->allow_older && !named) {
		nb_log(NB_WARNING, "%s: %s is damaged; %s is restored instead",
		       disc, bad, good);
		nb_disc_backup_unload(pick->backup);
		pick->backup = before;
		pick->older = pick->allowed = true;
		return true;
	}
	if (request->replaces && !named)
		nb_log(NB_NOTE,
		       "%s: %s is damaged\nhint: --allow-older restores the "
		       "one before it, %s",
		       disc, bad, good);
	else
		nb_log(NB_NOTE,
		       "%s: %s is damaged\nhint: name %s to restore %s", disc,
		       bad, word, good);
	return false;
}

/* ---- what is asked for is in another backup ---- */

static enum nb_err
found(void *ctx, const struct nb_restore_path *path)
{
	(void)path;
	*(bool *)ctx = true;
	return NB_OK;
}

static bool
has(const struct nb_disc_backup *b, const struct nb_restore_options *options)
{
	const struct nb_manifest_sources *list = &b->manifest.sources;
	const struct nb_manifest_source *source = NULL;
	bool any = false;

	for (size_t i = 0; options->source && i < list->count; i++)
		if (!strcmp(list->at[i].name, options->source))
			source = &list->at[i];
	if (options->source && !source)
		return false;
	return !nb_restore_each(b, options, source, found, &any) && any;
}

void
nb_restore_who_has(struct nb_disc_contents *contents,
		   const struct nb_disc_backup *but,
		   const struct nb_restore_options *options,
		   char id[NB_BACKUP_ID_MAX + 1])
{
	struct nb_disc_backups *list = &contents->backups;
	bool of_a_job = false;

	id[0] = '\0';
	if (!options->source && !options->path_count && !options->pattern_count)
		return;
	for (size_t i = list->count; !of_a_job && i-- > 0;) {
		struct nb_disc_backup *b = &list->at[i];

		if (b == but || b->err || nb_disc_backup_load(contents, b))
			continue;
		of_a_job =
			has(b, options) && !nb_job_is_by_hand(b->manifest.job);
		if (of_a_job || (!id[0] && has(b, options)))
			memcpy(id, b->manifest.backup_id, NB_BACKUP_ID_MAX + 1);
		nb_disc_backup_unload(b);
	}
}

/* Is PATH, as `nightburn find` shows them, within a backup on the disc? */
static const char *
split_path(const struct nb_disc_backups *list, const char *path, char **id)
{
	for (size_t i = 0; i < list->count; i++) {
		*id = list->at[i].label.backup_id;
		if (nb_backup_path_within(*id, path))
			return nb_backup_path_within(*id, path);
	}
	return NULL;
}

bool
nb_restore_is_path(const char *which)
{
	return which[strspn(which, "0123456789abcdefABCDEFTZ-")] != '\0';
}

enum nb_err
nb_restore_single(const struct nb_disc_contents *contents, const char *which)
{
	const struct nb_disc_backups *list = &contents->backups;
	struct nb_str ids = NB_STR_INIT;
	char *text = NULL;
	size_t count = 0;
	enum nb_err err;

	if (!which || nb_backup_is_generation(which))
		return NB_OK;
	for (size_t i = 0; i < list->count; i++) {
		const char *id = list->at[i].label.backup_id;

		if (!nb_restore_names(which, id, 0))
			continue;
		if (++count <= NAMED)
			nb_str_addf(&ids, "%s%s", count > 1 ? ", " : "", id);
		else if (count == NAMED + 1)
			nb_str_add(&ids, ", ...");
	}
	if (count < 2) {
		nb_str_free(&ids);
		return NB_OK;
	}
	err = nb_str_take(&ids, &text);
	if (!err)
		err = nb_fail(NB_EFAIL,
			      "%s: more than one backup id begins like this\n"
			      "hint: name one of those on this disc: %s",
			      which, text);
	free(text);
	return err;
}

enum nb_err
nb_restore_no_backup(struct nb_restore_pick *pick, const char *path)
{
	struct nb_disc_contents *contents = &pick->contents;
	const struct nb_restore_options options = { .paths = &path,
						    .path_count = 1 };
	char who[NB_BACKUP_ID_MAX + 1], *id = who;
	const char *within = split_path(&contents->backups, path, &id);

	if (!within) {
		id = who;
		nb_restore_who_has(contents, NULL, &options, who);
	}
	if (!within && !who[0])
		return nb_fail(NB_ENOTFOUND,
			       "%s: %s is no backup, nor a path in one of this "
			       "disc\nhint: nightburn restore --list --path "
			       "'*' shows the paths of the newest",
			       pick->look.device, path);
	return nb_fail(NB_ENOTFOUND,
		       "%s: %s is no backup\n"
		       "hint: a path follows the backup: %s %s",
		       pick->look.device, path, id, within ? within : path);
}

void
nb_restore_tell_other(struct nb_disc_contents *contents,
		      const struct nb_disc_backup *but, const char *disc,
		      const struct nb_restore_options *options)
{
	char id[NB_BACKUP_ID_MAX + 1];

	nb_restore_who_has(contents, but, options, id);
	if (id[0])
		nb_log(NB_NOTE,
		       "%s: another backup on this disc has it\n"
		       "hint: name that as the backup: %s",
		       disc, id);
}
