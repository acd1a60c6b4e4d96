/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disc with its remark, which is a row of its own. */
#include "store/catalog/private.h"

/* The row of the remark exists from the first one on. */
static enum nb_err
get_remark(struct nb_catalog *catalog, const char *disc_id, bool *found,
	   enum nb_disc_remark *out)
{
	const struct nb_remark_record like = { .disc_id = disc_id };
	struct nb_remark_record row;
	enum nb_err err =
		nb_catalog_get(catalog, NB_TABLE_REMARKS, &like, &row, found);

	*out = NB_REMARK_NONE;
	if (!err && *found)
		nb_remark_parse(row.remark, out);
	nb_row_clear(&nb_catalog_tables[NB_TABLE_REMARKS], &row);
	return err;
}

enum nb_err
nb_catalog_get_disc(struct nb_catalog *catalog, const char *disc_id,
		    struct nb_disc_record *disc, bool *found,
		    enum nb_disc_remark *remark)
{
	const struct nb_disc_record like = { .id = disc_id };
	bool remarked;
	enum nb_err err =
		nb_catalog_get(catalog, NB_TABLE_DISCS, &like, disc, found);

	return err ? err : get_remark(catalog, disc_id, &remarked, remark);
}

enum nb_err
nb_catalog_put_disc(struct nb_catalog *catalog,
		    const struct nb_disc_record *disc,
		    enum nb_disc_remark remark)
{
	const struct nb_remark_record row = { disc->id,
					      nb_remark_name(remark) };
	enum nb_disc_remark before;
	bool found = false;
	enum nb_err err = nb_catalog_put(catalog, NB_TABLE_DISCS, disc);

	if (!err)
		err = get_remark(catalog, disc->id, &found, &before);
	if (!err && (found || remark != NB_REMARK_NONE))
		err = nb_catalog_put(catalog, NB_TABLE_REMARKS, &row);
	return err;
}
