/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/restore_select.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "job/disc/choose_drive.h"
#include "job/disc/fallback_session.h"

static bool
is_asked_for(const struct nb_label *label, const char *which)
{
	char number[24];

	if (!which)
		return true;
	snprintf(number, sizeof number, "%llu",
		 (unsigned long long)label->generation);
	return nb_backup_is_generation(which)
		? !strcmp(which, number)
		: !strncmp(label->backup_id, which, strlen(which));
}

static enum nb_err
not_here(const struct nb_inspection *look, const char *which)
{
	return nb_fail(NB_ENOTFOUND,
		       "%s: backup %s is not on disc %s\n"
		       "hint: nightburn list shows which disc it is on",
		       look->device, which ? which : "(any)", look->label.disc);
}

/* The newest backup of a job is wanted; if all were appended by hand, the
 * newest of them.  Only manifests, not labels, show which these are. */
static enum nb_err
find(const struct nb_inspection *look, struct nb_disc_contents *contents,
     const char *which, struct nb_disc_backup **out)
{
	struct nb_disc_backups *list = &contents->backups;
	struct nb_disc_backup *by_hand = NULL, *found = NULL;
	enum nb_err err = NB_OK;

	for (size_t i = list->count; !err && !found && i-- > 0;) {
		struct nb_disc_backup *b = &list->at[i];

		if (!is_asked_for(&b->label, which))
			continue;
		err = b->err ? b->err : nb_disc_backup_load(contents, b);
		if (err || strcmp(b->manifest.job, NB_JOB_BY_HAND))
			found = b;
		else if (!by_hand)
			by_hand = b;
		else
			nb_disc_backup_unload(b);
	}
	if (!found)
		found = by_hand;
	if (!err && !found)
		err = not_here(look, which);
	if (!err)
		err = nb_entries_sort(&found->entries);
	if (!err)
		*out = found;
	return err;
}

enum nb_err
nb_restore_find(struct nightburn *nb, struct nb_inspection *look,
		const char *which, struct nb_disc_contents *contents,
		struct nb_disc_backup **out)
{
	enum nb_err err, first = NB_OK, back = NB_OK;

	memset(contents, 0, sizeof *contents);
	do {
		nb_disc_contents_free(contents);
		err = nb_disc_contents_open(nb, look, contents);
		if (!err)
			err = find(look, contents, which, out);
		if (!first)
			first = err;
		if (nb_fallback_may_help(err))
			back = nb_fallback_session(look);
		else
			back = NB_ENOTFOUND;
	} while (err && !back);
	if (!err)
		return NB_OK;
	return back == NB_ENOTFOUND ? first : back;
}

enum nb_err
nb_restore_look(struct nightburn *nb, const struct nb_drive_choice *choice,
		const char *which, struct nb_inspection *look)
{
	enum nb_err err = nb_choose_to_restore(nb, choice, which, look);

	if (err)
		return err;
	if (look->medium.state == NB_MEDIUM_NONE)
		err = nb_fail(NB_ENOMEDIUM, "%s: no disc", look->device);
	else if (look->label_state != NB_LABEL_GOOD)
		err = nb_fallback_session(look);
	if (err == NB_ENOTFOUND)
		err = nb_fail(NB_EFOREIGN,
			      "%s: no nightburn label on this disc\nhint: "
			      "mount it and read its "
			      "RESTORE.txt",
			      look->device);
	if (err)
		nb_inspect_close(look);
	return err;
}
