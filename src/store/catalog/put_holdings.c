/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records what a backup holds of its sources, and what it lacks. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/catalog/private.h"

static enum nb_err
put_shrink(struct nb_catalog *catalog, const struct nb_manifest *m,
	   size_t number, const struct nb_shrink *s)
{
	const struct nb_shrink_record row = {
		.backup_id = m->backup_id,
		.number = (int64_t)number,
		.kind = s->kind,
		.name = s->name,
		.what = nb_shrink_name(s->what),
		.previous = (int64_t)s->before,
		.present = (int64_t)s->now,
		.mount = s->mount,
	};

	return nb_catalog_put(catalog, NB_TABLE_SHRINKS, &row);
}

/* What the manifest says, and which of its files are lost. */
static enum nb_err
put_shrinks(struct nb_catalog *catalog, const struct nb_manifest *m,
	    const struct nb_holdings *list)
{
	size_t number = 0;
	enum nb_err err = NB_OK;

	for (; !err && number < m->shrinks.count; number++)
		err = put_shrink(catalog, m, number, &m->shrinks.at[number]);
	for (size_t i = 0; !err && i < list->count; i++) {
		const struct nb_holding *h = &list->at[i];
		const struct nb_shrink lost = { .kind = h->kind,
						.name = h->name,
						.what = NB_SHRINK_LOST,
						.before = h->lost_bytes,
						.now = h->lost };

		if (h->lost)
			err = put_shrink(catalog, m, number++, &lost);
	}
	return err;
}

/* All mount points of H, one per line, the first one empty if it is unknown;
 * and its identity, in lines that no mount point has ("/=WHAT<tab>VALUE").  The
 * caller frees.  NULL: all is unknown. */
static enum nb_err
join_mounts(const struct nb_holding *h, char **text)
{
	struct nb_str s = NB_STR_INIT;

	*text = NULL;
	if (!h->mount && !h->identity.count && !h->filled.count)
		return NB_OK;
	nb_str_add(&s, h->mount ? h->mount : "");
	for (size_t i = 0; i < h->inner.count; i++)
		nb_str_addf(&s, "\n%s", h->inner.at[i]);
	for (size_t i = 0; i < h->identity.count; i++)
		nb_str_addf(&s, "\n/=%s\t%s", h->identity.at[i].what,
			    h->identity.at[i].value);
	for (size_t i = 0; i < h->filled.count; i++)
		nb_str_addf(&s, "\n/#%s\t%s", h->filled.at[i].what,
			    h->filled.at[i].value);
	return nb_str_take(&s, text);
}

enum nb_err
nb_catalog_put_holdings(struct nb_catalog *catalog, const struct nb_manifest *m,
			const struct nb_entries *entries)
{
	struct nb_holdings list = NB_ARRAY_INIT;
	enum nb_err err = nb_holdings_take(m, entries, &list);

	for (size_t i = 0; !err && i < list.count; i++) {
		const struct nb_holding *h = &list.at[i];
		struct nb_holding_record row = {
			.backup_id = m->backup_id,
			.number = (int64_t)i,
			.files = h->files,
			.tables = h->tables,
			.rows = h->rows,
			.form = h->form,
		};
		char *mounts;

		err = join_mounts(h, &mounts);
		row.mount = mounts;
		if (!err)
			err = nb_catalog_put(catalog, NB_TABLE_HOLDINGS, &row);
		free(mounts);
	}
	if (!err)
		err = put_shrinks(catalog, m, &list);
	nb_holdings_free(&list);
	return err;
}
