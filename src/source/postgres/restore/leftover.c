/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Databases that a restore leaves behind, and how to remove them.  While one is
 * loaded, its comment says so: what kills this process also keeps it from
 * removing the database.
 */
#include "source/postgres/restore/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "source/postgres/subscription.h"

#define MARK "nightburn: unfinished restore"
#define DATE "20010101T000000Z" /* as long as those in names */

/* The comment of the database d is a mark; bytes are compared, because it may
 * be in another encoding. */
#define MARKED                                                         \
	"exists (select from pg_catalog.pg_shdescription c where "     \
	"c.objoid = d.oid and c.classoid = 'pg_catalog.pg_database'::" \
	"regclass and substring(textsend(c.description) from 1 for "   \
	"length(textsend('" MARK "'))) = textsend('" MARK "'))"

void
nb_pg_name_with(const char *name, const char *suffix,
		char out[NB_PG_NAME_MAX + 1])
{
	size_t room = NB_PG_NAME_MAX - strlen(suffix), n = strlen(name);

	if (n > room)
		for (n = room; n && ((unsigned char)name[n] & 0xc0) == 0x80;)
			n--;
	snprintf(out, NB_PG_NAME_MAX + 1, "%.*s%s", (int)n, name, suffix);
}

static enum nb_err
is_template(const struct nb_pg_client *client, const char *via,
	    const char *name, bool *yes)
{
	char *literal = NULL, *sql = NULL, *answer = NULL;
	enum nb_err err = nb_pg_quote(name, '\'', &literal);

	if (!err)
		err = nb_str_format(&sql,
				    "set standard_conforming_strings = on; "
				    "select datistemplate from "
				    "pg_catalog.pg_database where datname = %s",
				    literal);
	if (!err)
		err = nb_pg_client_ask(client, via, sql, &answer);
	*yes = !err && answer[0] == 't';
	free(literal);
	free(sql);
	free(answer);
	return err;
}

enum nb_err
nb_pg_removal(const struct nb_pg_client *client, const char *via,
	      const char *name, char **out)
{
	struct nb_str drops = NB_STR_INIT, s = NB_STR_INIT;
	char *quoted = NULL;
	bool template = false;
	enum nb_err err = nb_pg_quote(name, '"', &quoted);

	if (!err)
		err = nb_pg_subscriptions_add(client, via, name, &drops);
	if (!err)
		err = is_template(client, via, name, &template);
	if (!err && drops.length)
		nb_str_addf(&s, "in that database %sthen in another one ",
			    drops.text);
	if (!err && template)
		nb_str_addf(&s, "ALTER DATABASE %s IS_TEMPLATE false; ",
			    quoted);
	if (!err) {
		nb_str_addf(&s, "DROP DATABASE %s", quoted);
		s.failed |= drops.failed;
		err = nb_str_take(&s, out);
	}
	nb_str_free(&drops);
	nb_str_free(&s);
	free(quoted);
	return err;
}

/* ---- the mark ---- */

/* Runs SQL, which may fail; *ANSWER (may be NULL) is the caller's. */
static enum nb_err
attempt(const struct nb_pg_restoring *r, const char *sql, char **answer)
{
	char *output = NULL;
	bool ok = false;
	enum nb_err err = nb_pg_client_run(&r->client, "postgres", sql, true,
					   &ok, &output);

	if (err || !ok || !answer)
		free(output);
	else
		*answer = output;
	return err;
}

/* COMMENT: as SQL. */
static enum nb_err
comment(const struct nb_pg_restoring *r, const char *comment)
{
	char *name = NULL, *sql = NULL;
	enum nb_err err = nb_pg_quote(r->what->into, '"', &name);

	if (!err)
		err = nb_str_format(&sql, "comment on database %s is %s", name,
				    comment);
	if (!err)
		err = attempt(r, sql, NULL);
	free(name);
	free(sql);
	return err;
}

/* Has it no comment but a mark? */
static enum nb_err
can_be_marked(const struct nb_pg_restoring *r, bool *yes)
{
	char *literal = NULL, *sql = NULL, *answer = NULL;
	enum nb_err err = nb_pg_quote(r->what->into, '\'', &literal);

	if (!err)
		err = nb_str_format(
			&sql,
			"set standard_conforming_strings = on; select count(*) "
			"from pg_catalog.pg_database d where datname = %s and "
			"(" MARKED
			" or pg_catalog.shobj_description(oid, 'pg_database') "
			"is null)",
			literal);
	if (!err)
		err = attempt(r, sql, &answer);
	*yes = answer && answer[0] == '1';
	free(literal);
	free(sql);
	free(answer);
	return err;
}

enum nb_err
nb_pg_mark(struct nb_pg_restoring *r)
{
	char date[NB_CLOCK_TEXT], *text = NULL;
	enum nb_err err = can_be_marked(r, &r->marked);

	if (!err && r->marked)
		err = nb_str_format(&text, "'" MARK ", begun %s'",
				    nb_clock_text(nb_clock_date(), date));
	if (!err && r->marked)
		err = comment(r, text);
	free(text);
	return err;
}

enum nb_err
nb_pg_unmark(const struct nb_pg_restoring *r)
{
	return r->marked ? comment(r, "NULL") : NB_OK;
}

/* ---- what is left ---- */

/* Pairs: the name of a database, "true" if it is marked.  Without a mark, the
 * name says that it was to replace the database that is restored: it is
 * complete, or empty.  None if the server does not tell. */
static enum nb_err
find_leftovers(const struct nb_pg_restoring *r, struct nb_names *out)
{
	char prefix[NB_PG_NAME_MAX + 1];
	char *literal = NULL, *sql = NULL, *answer = NULL;
	enum nb_err err;

	nb_pg_name_with(r->what->into, "_" NB_PG_BESIDE "_" DATE, prefix);
	prefix[strlen(prefix) - strlen(DATE)] = '\0';
	err = nb_pg_quote(prefix, '\'', &literal);
	if (!err)
		err = nb_str_format(
			&sql,
			"set client_encoding = 'SQL_ASCII'; set "
			"standard_conforming_strings = on; with p(b) as "
			"(select textsend(%s)), l as (select datname, " MARKED
			" marked, substring(n from 1 for length(b)) = b and "
			"encode(substring(n from length(b) + 1), 'escape') ~ "
			"'^[0-9]{8}T[0-9]{6}Z(_[0-9]+)?$' beside from p, "
			"pg_catalog.pg_database d, textsend(datname::text) n) "
			"select quote_ident(datname) || ';' || marked || ';' "
			"from l where marked or beside order by datname",
			literal);
	if (!err)
		err = attempt(r, sql, &answer);
	if (!err && answer)
		err = nb_pg_parse_names(answer, out);
	free(literal);
	free(sql);
	free(answer);
	return err;
}

enum nb_err
nb_pg_is_marked(const struct nb_pg_restoring *r, bool *yes)
{
	struct nb_names names = NB_ARRAY_INIT;
	enum nb_err err = find_leftovers(r, &names);

	*yes = false;
	for (size_t i = 0; i + 1 < names.count; i += 2)
		if (!strcmp(names.at[i], r->what->into))
			*yes = !strcmp(names.at[i + 1], "true");
	nb_names_free(&names);
	return err;
}

static enum nb_err
tell(const struct nb_pg_restoring *r, const char *name, bool marked)
{
	char *removal = NULL;
	enum nb_err err = nb_pg_removal(&r->client, "postgres", name, &removal);

	if (!err && marked)
		nb_log(NB_WARNING,
		       "%s: incomplete, because a restore into it did not "
		       "finish\n"
		       "hint: to remove it, unless that is still under way: %s",
		       name, removal);
	else if (!err)
		nb_log(NB_WARNING,
		       "%s: was restored to replace %s, and did not\n"
		       "hint: to remove it, unless that is still under way: %s",
		       name, r->what->into, removal);
	free(removal);
	return err;
}

enum nb_err
nb_pg_tell_leftovers(const struct nb_pg_restoring *r)
{
	struct nb_names names = NB_ARRAY_INIT;
	enum nb_err err = find_leftovers(r, &names);

	for (size_t i = 0; !err && i + 1 < names.count; i += 2)
		if (strcmp(names.at[i], r->what->into) != 0)
			err = tell(r, names.at[i],
				   !strcmp(names.at[i + 1], "true"));
	nb_names_free(&names);
	return err;
}
