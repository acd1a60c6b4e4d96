/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a database has before a dump is loaded into it. */
#include "source/postgres/restore/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "source/postgres/objects.h"

/* Extensions in the template do not count; without a template, those that every
 * database has do not. */
static enum nb_err
make_objects_query(const struct nb_pg_restoring *r, char **sql)
{
	char *known = NULL;
	bool ok = false;
	enum nb_err err =
		nb_pg_client_run(&r->client, "template1", nb_pg_template_query,
				 false, &ok, &known);

	if (!err)
		err = nb_str_format(sql,
				    "with known(name) as (select "
				    "unnest(array[%s]::name[]))%s",
				    ok && known && *known ? known : "'plpgsql'",
				    nb_pg_objects_query);
	free(known);
	return err;
}

/* Of the tables that extensions did not create, those that have rows, or had
 * some. */
static enum nb_err
make_rows_query(char **sql)
{
	return nb_str_dup(
		"select count(*), 'table ' || min(c.oid::regclass::text) from "
		"pg_catalog.pg_class c where c.relkind = 'r' and c.oid >= "
		"16384 and pg_catalog.pg_relation_size(c.oid) > 0 and "
		"c.relnamespace::regnamespace::text !~ '^pg_(toast_)?temp_' "
		"and not exists (select from pg_catalog.pg_depend d where "
		"d.classid = 'pg_catalog.pg_class'::regclass and d.objid = "
		"c.oid and d.deptype = 'e')",
		sql);
}

/* OBJECTS: what it has. */
static enum nb_err
refuse_unfinished(const struct nb_pg_restoring *r, const char *objects)
{
	char *removal = NULL;
	enum nb_err err =
		nb_pg_removal(&r->client, "postgres", r->what->into, &removal);

	if (!err)
		err = nb_fail(NB_EWRONG,
			      "%s: incomplete, because a restore into it did "
			      "not finish: it has %s\n"
			      "hint: to remove it, unless that is still under "
			      "way: %s",
			      r->what->into, objects, removal);
	free(removal);
	return err;
}

static enum nb_err
refuse(const struct nb_pg_restoring *r, const char *objects)
{
	const char *database = r->what->into;
	bool unfinished = false;
	enum nb_err err = nb_pg_is_marked(r, &unfinished);

	if (err)
		return err;
	if (unfinished)
		return refuse_unfinished(r, objects);
	if (r->section == NB_PG_SECTION_DATA)
		return nb_fail(NB_EWRONG,
			       "%s: there is data already: in %s\n"
			       "hint: truncate these tables, or restore into "
			       "another database",
			       database, objects);
	return nb_fail(NB_EWRONG,
		       "%s: the database is not empty: it has %s\n"
		       "hint: drop it, restore into another database, or use "
		       "--replace",
		       database, objects);
}

/* ANSWER looks like "3|table t". */
static enum nb_err
check_answer(const struct nb_pg_restoring *r, const char *answer)
{
	char *object, *objects = NULL, others[40] = "";
	unsigned long long count = strtoull(answer, &object, 10);
	enum nb_err err;

	if (!count && *object == '|')
		return NB_OK;
	object += *object == '|';
	if (count > 1)
		snprintf(others, sizeof others, " and %llu more", count - 1);
	err = nb_str_format(&objects, "%.*s%s", (int)strcspn(object, "\n"),
			    object, others);
	if (!err)
		err = refuse(r, objects);
	free(objects);
	return err;
}

enum nb_err
nb_pg_check_target(const struct nb_pg_restoring *r, bool *exists)
{
	char *answer = NULL, *sql = NULL;
	enum nb_err err;

	/* What the earlier sections created is needed; after the data, a
	 * database may have anything. */
	if (r->section == NB_PG_SECTION_POST_DATA)
		err = nb_str_dup("select '0|'", &sql);
	else if (r->section == NB_PG_SECTION_DATA)
		err = make_rows_query(&sql);
	else
		err = make_objects_query(r, &sql);
	if (!err)
		err = nb_pg_client_run(&r->client, r->what->into, sql, false,
				       exists, &answer);
	if (!err && *exists)
		err = check_answer(r, answer ? answer : "");
	free(sql);
	free(answer);
	return err;
}
