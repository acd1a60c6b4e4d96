/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said, and what else the disc has, if the backup that is meant is
 * damaged. */
#include "job/restore/restore_select.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "model/record/holding.h"

const char *
nb_restore_name(uint64_t generation, int64_t created,
		char out[NB_RESTORE_NAME_MAX])
{
	char date[NB_CLOCK_TEXT];

	nb_clock_text(created, date);
	snprintf(out, NB_RESTORE_NAME_MAX, "generation %llu (%.10s %.5s UTC)",
		 (unsigned long long)generation, date, date + 11);
	return out;
}

const char *
nb_restore_damage(const struct nb_known_backup *b,
		  char out[NB_RESTORE_NAME_MAX])
{
	char date[NB_CLOCK_TEXT], files[40] = "";

	nb_clock_text(b->checked, date);
	if (b->bad)
		snprintf(files, sizeof files, " (%llu file%s)",
			 (unsigned long long)b->bad, b->bad == 1 ? "" : "s");
	snprintf(out, NB_RESTORE_NAME_MAX, "was found damaged on %.10s%s", date,
		 files);
	return out;
}

void
nb_restore_try(const struct nb_restore_pick *pick, const char *head,
	       char out[NB_RESTORE_NAME_MAX])
{
	*out = '\0';
	if (pick->damaged)
		snprintf(out, NB_RESTORE_NAME_MAX,
			 "%sname %llu to try that one anyway", head,
			 (unsigned long long)pick->damaged);
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
nb_restore_pick_verdict(const struct nb_restore_pick *pick)
{
	const struct nb_label *label = &pick->backup->label;
	char found[NB_RESTORE_NAME_MAX], hint[NB_RESTORE_NAME_MAX];

	if (!pick->older)
		return NB_OK;
	nb_restore_name(label->generation, label->created, found);
	if (pick->damaged)
		nb_restore_try(pick, "", hint);
	else
		strcpy(hint, "nightburn list shows which discs have others");
	return nb_fail(NB_EWRONG,
		       "%s: %s was restored, because %s %s\nhint: %s",
		       pick->look.device, found, pick->meant, pick->why, hint);
}

void
nb_restore_find_complete(const struct nb_known_backups *known,
			 struct nb_restore_pick *pick)
{
	const struct nb_manifest *m = &pick->backup->manifest;
	const struct nb_known_backup *best = NULL;
	char name[NB_RESTORE_NAME_MAX];

	for (size_t i = 0; m->shrinks.count && i < known->list.count; i++) {
		const struct nb_known_backup *b = &known->list.at[i];

		if (!b->shrunk && !b->damaged && b->disc
		    && !strcmp(b->job, m->job)
		    && (!best || b->generation > best->generation))
			best = b;
	}
	if (best)
		snprintf(pick->complete, sizeof pick->complete,
			 "name %llu to restore %s, on %.64s",
			 (unsigned long long)best->generation,
			 nb_restore_name(best->generation, best->created, name),
			 best->disc);
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

	for (size_t i = 0; !request->wish.backup && i < shrinks->count; i++) {
		if (source && strcmp(source, shrinks->at[i].name) != 0)
			continue;
		told++;
		nb_log(NB_WARNING, "%s", nb_shrink_text(&shrinks->at[i], text));
	}
	if (!told)
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

	if (!before)
		return false;
	name_of(pick->backup, bad);
	name_of(before, good);
	if (request->replaces && request->allow_older && !named) {
		nb_log(NB_WARNING, "%s: %s is damaged; %s is restored instead",
		       disc, bad, good);
		nb_disc_backup_unload(pick->backup);
		pick->backup = before;
		return true;
	}
	if (request->replaces && !named)
		nb_log(NB_NOTE,
		       "%s: %s is damaged\nhint: --allow-older restores the "
		       "one before it, %s",
		       disc, bad, good);
	else
		nb_log(NB_NOTE,
		       "%s: %s is damaged\nhint: name %llu to restore %s", disc,
		       bad, (unsigned long long)before->label.generation, good);
	return false;
}
