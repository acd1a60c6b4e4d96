/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Databases that a restore leaves behind, and how to remove them. */
#include "source/postgres/restore/private.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "source/postgres/subscription.h"

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
