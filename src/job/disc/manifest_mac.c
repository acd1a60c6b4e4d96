/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/manifest_mac.h"

#include <stdlib.h>

#include "base/log.h"

enum nb_err
nb_manifest_mac_tell(const struct nb_disc_backup *backup)
{
	if (backup->mac == NB_MAC_NONE)
		nb_log(NB_NOTE, "%s: has no MAC; written by an older nightburn",
		       backup->path);
	if (backup->mac != NB_MAC_WRONG)
		return NB_OK;
	return nb_fail(NB_ECORRUPT,
		       "%s: wrong MAC; the manifest is not the one that was "
		       "written\nhint: do not trust the content of this disc "
		       "without checking it",
		       backup->path);
}

/* A file that bears two names passes the read-back under one of them. */
static enum nb_err
judge(const struct nb_disc_contents *contents, struct nb_disc_backup *backup)
{
	char *text;
	size_t length;
	enum nb_err err;

	if (backup->judged || !contents->has_key)
		return NB_OK;
	err = nb_disc_text(contents, backup->path, &text, &length);
	if (err)
		return err;
	nb_disc_backup_judge(contents, backup, text, length);
	free(text);
	return NB_OK;
}

enum nb_err
nb_manifest_macs_check(struct nb_disc_contents *contents)
{
	enum nb_err err, first = NB_OK;

	for (size_t i = contents->backups.count; i-- > 0;) {
		struct nb_disc_backup *backup = &contents->backups.at[i];

		err = judge(contents, backup);
		if (!err && backup->judged)
			err = nb_manifest_mac_tell(backup);
		if (!first)
			first = err;
	}
	return first;
}
