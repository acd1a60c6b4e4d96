/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/kin.h"

#include <string.h>

#include "base/log.h"

/* Of what both know of two sources. */
struct likeness {
	size_t same, other;
};

static void
compare(const struct nb_holding *was, const struct nb_holding *now,
	struct likeness *out)
{
	for (size_t i = 0; i < was->identity.count; i++) {
		const struct nb_property *p = &was->identity.at[i];
		const char *is = nb_properties_get(&now->identity, p->what);

		if (is && !strcmp(is, p->value))
			out->same++;
		else if (is)
			out->other++;
	}
}

static bool
is_like(const struct nb_holdings *was, const struct nb_holdings *now)
{
	struct likeness all = { 0, 0 };

	for (size_t i = 0; i < was->count; i++) {
		const struct nb_holding *h = &was->at[i];
		const struct nb_holding *is =
			nb_holdings_find(now, h->kind, h->name, h->database);

		if (is)
			compare(h, is, &all);
	}
	return all.same && !all.other;
}

static enum nb_err
look_at(struct nb_backup *backup, const struct nb_kin *kin,
	const struct nb_holdings *now)
{
	struct nb_holdings was = NB_ARRAY_INIT;
	enum nb_err err =
		nb_catalog_holdings(backup->context->catalog, kin->id, &was);

	if (!err && is_like(&was, now))
		backup->kin = *kin;
	nb_holdings_free(&was);
	return err;
}

enum nb_err
nb_backup_find_kin(struct nb_backup *backup, const struct nb_holdings *now)
{
	struct nb_catalog *catalog = backup->context->catalog;
	const struct nb_line line = nb_pool_context_line(backup->context);
	const bool known = backup->kin.id[0] != '\0';
	struct nb_last_complete last;
	struct nb_kins list = NB_ARRAY_INIT;
	enum nb_err err = nb_catalog_last_complete(catalog, &line, &last);

	memset(&backup->kin, 0, sizeof backup->kin);
	if (err || last.id[0])
		return err;
	err = nb_catalog_kin(catalog, &line, &list);
	for (size_t i = 0; !err && !backup->kin.id[0] && i < list.count; i++)
		err = look_at(backup, &list.at[i], now);
	nb_array_free(&list);
	if (!err && backup->kin.id[0] && !known)
		nb_log(NB_NOTE,
		       "%s: compared with the backups of job %s of pool %s, "
		       "which had the same sources and is not configured any "
		       "more",
		       line.job, backup->kin.job, backup->kin.pool);
	return err;
}
