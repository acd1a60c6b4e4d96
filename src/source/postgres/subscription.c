/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/subscription.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

/* All databases have the same catalog of subscriptions. */
#define OF_DATABASE                                                         \
	" from pg_catalog.pg_subscription s join pg_catalog.pg_database d " \
	"on d.oid = s.subdbid where d.datname = "

/* Neither what the database sets by default nor its event triggers may stop
 * the statements that follow. */
#define PREPARE                                                               \
	"set transaction_read_only = off; "                                   \
	"select pg_catalog.set_config('session_replication_role', 'replica'," \
	" true) from pg_catalog.pg_roles where rolname = current_user and "   \
	"rolsuper; "

static enum nb_err
make_query(const char *select, const char *database, const char *condition,
	   char **sql)
{
	char *literal = NULL;
	enum nb_err err = nb_pg_quote(database, '\'', &literal);

	if (!err)
		err = nb_str_format(sql,
				    "set standard_conforming_strings = on; "
				    "%s" OF_DATABASE "%s%s",
				    select, literal, condition);
	free(literal);
	return err;
}

/* ANSWER: their names, and the statements. */
static enum nb_err
refuse(const char *database, const char *answer)
{
	size_t n = strcspn(answer, "\n");
	const char *statements = answer + n + (answer[n] == '\n');

	return nb_fail(NB_EWRONG,
		       "%s: the database has subscriptions and cannot be "
		       "replaced: %.*s\n"
		       "hint: they would go on in the old database, under "
		       "another name; in %s, detach them first (their slots "
		       "remain): %.*s",
		       database, (int)n, answer, database,
		       (int)strcspn(statements, "\n"), statements);
}

enum nb_err
nb_pg_subscriptions_check(const struct nb_pg_client *client, const char *via,
			  const char *database)
{
	static const char select[] =
		"select string_agg(quote_ident(subname), ', ' order by "
		"subname) || e'\\n' || string_agg(format('ALTER SUBSCRIPTION "
		"%1$I DISABLE; ALTER SUBSCRIPTION %1$I SET (slot_name = NONE)'"
		", subname), '; ' order by subname)";
	char *sql = NULL, *answer = NULL;
	enum nb_err err = make_query(
		select, database,
		" and (subenabled or subslotname is not null)", &sql);

	if (!err)
		err = nb_pg_client_ask(client, via, sql, &answer);
	if (!err && *answer && *answer != '\n')
		err = refuse(database, answer);
	free(sql);
	free(answer);
	return err;
}

enum nb_err
nb_pg_subscriptions_tell(const struct nb_pg_client *client, const char *via,
			 const char *database)
{
	static const char select[] =
		"select string_agg(quote_ident(subname), ', ' order by "
		"subname) || e'\\n' || string_agg(format('ALTER SUBSCRIPTION "
		"%1$I ENABLE; ALTER SUBSCRIPTION %1$I REFRESH PUBLICATION "
		"WITH (copy_data = false)', subname), '; ' order by subname)";
	char *sql = NULL, *answer = NULL;
	bool ok = false;
	enum nb_err err =
		make_query(select, database, " and not subenabled", &sql);

	if (!err)
		err = nb_pg_client_run(client, via, sql, false, &ok, &answer);
	if (!err && ok && answer && *answer && *answer != '\n')
		nb_log(NB_WARNING,
		       "%s: subscriptions come back disabled: %.*s\n"
		       "hint: in %s, %.*s",
		       database, (int)strcspn(answer, "\n"), answer, database,
		       (int)strcspn(strchr(answer, '\n') + 1, "\n"),
		       strchr(answer, '\n') + 1);
	free(sql);
	free(answer);
	return err;
}

enum nb_err
nb_pg_slots_check(const struct nb_pg_client *client, const char *via,
		  const char *database)
{
	char *literal = NULL, *sql = NULL, *answer = NULL;
	enum nb_err err = nb_pg_quote(database, '\'', &literal);

	/* The names have only letters, digits and underscores. */
	if (!err)
		err = nb_str_format(
			&sql,
			"select string_agg(slot_name, ', ' order by slot_name)"
			" || e'\\n' || string_agg(format('SELECT "
			"pg_drop_replication_slot(%%L)', slot_name), '; ' "
			"order by slot_name) from "
			"pg_catalog.pg_replication_slots where database = %s",
			literal);
	if (!err)
		err = nb_pg_client_ask(client, via, sql, &answer);
	if (!err && *answer && *answer != '\n')
		err = nb_fail(NB_EWRONG,
			      "%s: the database has replication slots and "
			      "cannot be replaced: %.*s\n"
			      "hint: who reads them would miss changes; if "
			      "they may be dropped: %.*s",
			      database, (int)strcspn(answer, "\n"), answer,
			      (int)strcspn(strchr(answer, '\n') + 1, "\n"),
			      strchr(answer, '\n') + 1);
	free(literal);
	free(sql);
	free(answer);
	return err;
}

enum nb_err
nb_pg_subscriptions_add(const struct nb_pg_client *client, const char *via,
			const char *database, struct nb_str *out)
{
	static const char select[] =
		"select string_agg(format('DROP SUBSCRIPTION %I; ', subname), "
		"'' order by subname)";
	char *sql = NULL, *answer = NULL;
	enum nb_err err = make_query(select, database, "", &sql);

	if (!err)
		err = nb_pg_client_ask(client, via, sql, &answer);
	if (!err)
		nb_str_add_bytes(out, answer, strcspn(answer, "\n"));
	free(sql);
	free(answer);
	return err;
}

enum nb_err
nb_pg_subscriptions_drop(const struct nb_pg_client *client,
			 const char *database, bool *ok)
{
	static const char select[] =
		"select string_agg(format('alter subscription %1$I disable; "
		"alter subscription %1$I set (slot_name = none); "
		"drop subscription %1$I; ', subname), '')";
	char *sql = NULL, *answer = NULL, *drop = NULL;
	enum nb_err err = make_query(select, database, "", &sql);

	*ok = false;
	if (!err)
		err = nb_pg_client_run(client, "postgres", sql, true, ok,
				       &answer);
	if (!err && *ok && answer && *answer && *answer != '\n') {
		err = nb_str_format(&drop, PREPARE "%s", answer);
		if (!err)
			err = nb_pg_client_run(client, database, drop, true, ok,
					       NULL);
	}
	free(sql);
	free(answer);
	free(drop);
	return err;
}
