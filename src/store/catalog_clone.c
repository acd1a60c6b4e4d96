/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/catalog.h"
#include "store/sql.h"

enum nb_err
nb_catalog_put_clone(struct nb_catalog *catalog,
		     const struct nb_catalog_clone *clone)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"insert into clones (name, id, source, target, state, note, "
		"started, finished, checked, files, transferred, deleted, "
		"bytes) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
		"on conflict (name) do update set id = excluded.id, "
		"source = excluded.source, target = excluded.target, "
		"state = excluded.state, note = excluded.note, "
		"started = excluded.started, "
		"finished = max(finished, excluded.finished), "
		"checked = max(checked, excluded.checked), "
		"files = excluded.files, transferred = excluded.transferred, "
		"deleted = excluded.deleted, bytes = excluded.bytes");

	nb_sql_text(&sql, clone->name);
	nb_sql_text(&sql, clone->id);
	nb_sql_text(&sql, clone->source);
	nb_sql_text(&sql, clone->target);
	nb_sql_text(&sql, nb_clone_state_name(clone->state));
	nb_sql_text(&sql, clone->note);
	nb_sql_int(&sql, clone->started);
	nb_sql_int(&sql, clone->finished);
	nb_sql_int(&sql, clone->checked);
	nb_sql_int(&sql, (int64_t)clone->files);
	nb_sql_int(&sql, (int64_t)clone->transferred);
	nb_sql_int(&sql, (int64_t)clone->deleted);
	nb_sql_int(&sql, (int64_t)clone->bytes);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

/* A word that is none, because the file is damaged, is no good clone. */
static enum nb_clone_state
get_state(struct nb_sql *sql, int column)
{
	enum nb_clone_state state = NB_CLONE_INCOMPLETE;

	nb_clone_state_parse(nb_sql_get_must(sql, column), &state);
	return state;
}

enum nb_err
nb_catalog_clones(struct nb_catalog *catalog,
		  enum nb_err (*fn)(void *ctx,
				    const struct nb_catalog_clone *row),
		  void *ctx)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"select name, id, source, target, state, note, started, "
		"finished, checked, files, transferred, deleted, bytes "
		"from clones order by name");

	while (nb_sql_row(&sql)) {
		struct nb_catalog_clone row = {
			.name = nb_sql_get_text(&sql, 0),
			.id = nb_sql_get_text(&sql, 1),
			.source = nb_sql_get_text(&sql, 2),
			.target = nb_sql_get_text(&sql, 3),
			.state = get_state(&sql, 4),
			.note = nb_sql_get_text(&sql, 5),
			.started = nb_sql_get_int(&sql, 6),
			.finished = nb_sql_get_int(&sql, 7),
			.checked = nb_sql_get_int(&sql, 8),
			.files = (uint64_t)nb_sql_get_int(&sql, 9),
			.transferred = (uint64_t)nb_sql_get_int(&sql, 10),
			.deleted = (uint64_t)nb_sql_get_int(&sql, 11),
			.bytes = (uint64_t)nb_sql_get_int(&sql, 12),
		};
		enum nb_err err = fn(ctx, &row);

		if (err && !sql.err)
			sql.err = err;
	}
	return nb_sql_end(&sql);
}
