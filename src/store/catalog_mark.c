/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "store/catalog.h"
#include "store/sql.h"

/* How far the catalog is with POOL. */
static enum nb_err
load(struct nb_catalog *catalog, const char *pool, struct nb_mark *mark)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"select sequence, generation from pools where name = ?");

	memset(mark, 0, sizeof *mark);
	snprintf(mark->pool, sizeof mark->pool, "%s", pool);
	nb_sql_text(&sql, pool);
	if (nb_sql_row(&sql)) {
		mark->sequence = (uint64_t)nb_sql_get_int(&sql, 0);
		mark->generation = (uint64_t)nb_sql_get_int(&sql, 1);
	}
	return nb_sql_end(&sql);
}

enum nb_err
nb_catalog_reach(struct nb_catalog *catalog, const char *pool,
		 struct nb_reach *reach)
{
	const struct nb_mark *mark = nb_marks_find(&catalog->marks, pool);
	struct nb_mark have;
	enum nb_err err = load(catalog, pool, &have);

	if (err)
		return err;
	*reach = (struct nb_reach){
		.behind = catalog->mark_damaged
			|| (mark
			    && (have.sequence < mark->sequence
				|| have.generation < mark->generation)),
		.known = have.generation,
		.marked = mark ? mark->generation : 0,
	};
	return NB_OK;
}

/* A catalog that is behind does not come forward by being written to. */
enum nb_err
nb_catalog_advance(struct nb_catalog *catalog, const char *pool,
		   uint64_t generation)
{
	struct nb_reach reach;
	struct nb_sql sql;
	enum nb_err err = nb_catalog_reach(catalog, pool, &reach);

	if (err)
		return err;
	sql = nb_sql_prepare(
		catalog,
		"insert into pools (name, generation, sequence) "
		"values (?1, ?2, ?3) on conflict (name) do update set "
		"generation = max(generation, ?2), sequence = sequence + ?3");
	nb_sql_text(&sql, pool);
	nb_sql_int(&sql, (int64_t)generation);
	nb_sql_int(&sql, !reach.behind);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

static enum nb_err
raise_all(struct nb_catalog *catalog, bool *raised)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog, "select name, sequence, generation from pools");

	while (nb_sql_row(&sql)) {
		struct nb_mark mark = {
			.sequence = (uint64_t)nb_sql_get_int(&sql, 1),
			.generation = (uint64_t)nb_sql_get_int(&sql, 2),
		};

		snprintf(mark.pool, sizeof mark.pool, "%s",
			 nb_sql_get_text(&sql, 0));
		sql.err = nb_marks_raise(&catalog->marks, &mark, raised);
	}
	return nb_sql_end(&sql);
}

enum nb_err
nb_catalog_mark(struct nb_catalog *catalog)
{
	bool raised = false;
	enum nb_err err;

	if (catalog->mark_damaged)
		return NB_OK;
	err = raise_all(catalog, &raised);
	return err || !raised ? err
			      : nb_marks_save(catalog->dir, &catalog->marks);
}

/* Is it a disc whose burn failed, or that nobody trusts any more?  Then what
 * it says of itself was never recorded.  Of one that was blanked since, this is
 * a copy. */
static enum nb_err
is_doubtful(struct nb_catalog *catalog, const char *disc_id, bool *doubtful)
{
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"select 1 from discs where id = ? "
		"and state in ('suspect', 'retired', 'blanked')");

	nb_sql_text(&sql, disc_id);
	*doubtful = nb_sql_row(&sql);
	return nb_sql_end(&sql);
}

enum nb_err
nb_catalog_witness(struct nb_catalog *catalog, const struct nb_label *label,
		   bool *behind)
{
	struct nb_mark seen = { .generation = label->generation };
	struct nb_reach reach;
	bool doubtful, raised = false;
	enum nb_err err = nb_catalog_reach(catalog, label->pool, &reach);

	*behind = false;
	if (err || label->generation <= reach.known)
		return err;
	err = is_doubtful(catalog, label->disc_id, &doubtful);
	if (err || doubtful)
		return err;
	*behind = true;
	if (catalog->mark_damaged)
		return NB_OK;
	/* A peek remembers it for itself. */
	snprintf(seen.pool, sizeof seen.pool, "%s", label->pool);
	err = nb_marks_raise(&catalog->marks, &seen, &raised);
	return err || !raised || !catalog->working
		? err
		: nb_marks_save(catalog->dir, &catalog->marks);
}

/* In the transaction: as far as the mark, and one step further. */
static enum nb_err
catch_up(struct nb_catalog *catalog, const char *pool)
{
	const struct nb_mark *mark = nb_marks_find(&catalog->marks, pool);
	struct nb_sql sql = nb_sql_prepare(
		catalog,
		"insert into pools (name, generation, sequence) "
		"values (?1, ?2, ?3 + 1) on conflict (name) do update set "
		"generation = max(generation, ?2), "
		"sequence = max(sequence, ?3) + 1");

	nb_sql_text(&sql, pool);
	nb_sql_int(&sql, mark ? (int64_t)mark->generation : 0);
	nb_sql_int(&sql, mark ? (int64_t)mark->sequence : 0);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

enum nb_err
nb_catalog_accept(struct nb_catalog *catalog, const char *pool)
{
	enum nb_err err = nb_sql_run(catalog, "begin immediate");

	if (err)
		return err;
	err = catch_up(catalog, pool);
	if (!err)
		catalog->mark_damaged = false;
	return nb_catalog_end(catalog, err);
}

/* PATH with SUFFIX becomes ASIDE with SUFFIX, where it is there. */
static enum nb_err
move(const char *path, const char *aside, const char *suffix)
{
	char *from = NULL, *to = NULL;
	enum nb_err err;

	err = nb_str_format(&from, "%s%s", path, suffix);
	if (!err)
		err = nb_str_format(&to, "%s%s", aside, suffix);
	if (!err && rename(from, to) && errno != ENOENT)
		err = nb_fail_errno(NB_EIO, "%s: cannot rename", from);
	free(to);
	free(from);
	return err;
}

enum nb_err
nb_catalog_set_aside(const char *path)
{
	char *aside = NULL;
	enum nb_err err = NB_OK;
	int number = 0;

	do {
		free(aside);
		aside = NULL;
		err = nb_str_format(&aside, "%s.damaged-%d", path, ++number);
	} while (!err && !access(aside, F_OK));
	/* The file itself last: cut short in between, it is still one that is
	 * damaged or behind its mark. */
	if (!err)
		err = move(path, aside, "-wal");
	if (!err)
		err = move(path, aside, "-shm");
	if (!err)
		err = move(path, aside, "");
	if (!err)
		nb_log(NB_NOTE, "%s: the damaged catalog", aside);
	free(aside);
	return err;
}
