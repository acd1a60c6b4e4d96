/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/manifest_mac.h"

#include "base/log.h"

enum nb_err
nb_manifest_mac_log(const struct nb_disc_backup *backup)
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

enum nb_err
nb_manifest_macs_check(const struct nb_disc_contents *contents)
{
	enum nb_err err, first = NB_OK;

	for (size_t i = contents->backups.count; i-- > 0;) {
		const struct nb_disc_backup *backup = &contents->backups.at[i];

		err = backup->judged ? nb_manifest_mac_log(backup) : NB_OK;
		if (!first)
			first = err;
	}
	return first;
}
