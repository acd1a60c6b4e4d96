/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Restores roles and tablespaces. */
#include "source/postgres/restore/private.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

#define TEXT_MAX \
	((size_t)64 << 20) /* far more than the roles of a server
				       need */
#define NAMED_MAX 10       /* maximum number of names in a message */

static enum nb_err
take(void *ctx, const void *data, size_t n)
{
	struct nb_str *s = ctx;

	if (n > TEXT_MAX - s->length)
		return nb_fail(NB_EFULL, "the globals are larger than %zu MiB",
			       TEXT_MAX >> 20);
	if (memchr(data, 0, n))
		return nb_fail(NB_ECORRUPT, "the globals are not text");
	nb_str_add_bytes(s, data, n);
	return NB_OK;
}

/* The names of all roles, or tablespaces, as bytes. */
static enum nb_err
ask(const struct nb_pg_restoring *r, const char *column, const char *table,
    struct nb_names *names)
{
	char *sql = NULL, *answer = NULL;
	enum nb_err err = nb_str_format(
		&sql,
		"set client_encoding = 'SQL_ASCII'; select "
		"pg_catalog.quote_ident(%s) || ';' from pg_catalog.%s",
		column, table);

	if (!err)
		err = nb_pg_client_ask(&r->client, "postgres", sql, &answer);
	if (!err)
		err = nb_pg_parse_names(answer, names);
	free(sql);
	free(answer);
	return err;
}

static enum nb_err
execute(const struct nb_pg_restoring *r, const char *text)
{
	const char *name = r->what->record->name;
	struct nb_pg_script script = { .object = name,
				       .text = text,
				       .psql = r->client.psql,
				       .environ_add =
					       r->client.server.environ_add,
				       .run_as = r->what->run_as,
				       .stop = true };
	struct nb_names lines = NB_ARRAY_INIT;
	char *target = NULL;
	enum nb_err err = nb_pg_client_target(&r->client, "postgres", &target);

	script.target = target;
	if (!err)
		err = nb_pg_run_script(&script, &lines);
	nb_names_free(&lines);
	free(target);
	return err;
}

static void
tell_left(const char *object, const struct nb_names *left)
{
	struct nb_str s = NB_STR_INIT;

	for (size_t i = 0; i < left->count && i < NAMED_MAX; i++)
		nb_str_addf(&s, "%s%s", i ? ", " : "", left->at[i]);
	if (left->count > NAMED_MAX)
		nb_str_addf(&s, " and %zu more", left->count - NAMED_MAX);
	if (s.text)
		nb_log(NB_NOTE, "%s: left unchanged, because they exist: %s",
		       object, s.text);
	nb_str_free(&s);
}

static enum nb_err
restore(const struct nb_pg_restoring *r, const char *text)
{
	struct nb_names roles = NB_ARRAY_INIT, spaces = NB_ARRAY_INIT;
	struct nb_names left = NB_ARRAY_INIT;
	const char *name = r->what->record->name;
	bool wanted = !r->what->load->no_tablespaces;
	char *script = NULL;
	enum nb_err err = ask(r, "rolname", "pg_roles", &roles);

	if (!err && wanted)
		err = ask(r, "spcname", "pg_tablespace", &spaces);
	if (!err) {
		err = nb_pg_globals_script(
			text, &roles, wanted ? &spaces : NULL, &script, &left);
		if (err == NB_ECORRUPT)
			nb_fail(err, "%s: not a script of pg_dumpall", name);
	}
	if (!err)
		err = execute(r, script);
	if (!err)
		tell_left(name, &left);
	nb_names_free(&roles);
	nb_names_free(&spaces);
	nb_names_free(&left);
	free(script);
	return err;
}

enum nb_err
nb_pg_restore_globals(struct nb_pg_restoring *r)
{
	struct nb_str s = NB_STR_INIT;
	char *text = NULL;
	enum nb_err err = r->what->read(r->what->read_ctx, take, &s);

	if (!err)
		err = nb_str_take(&s, &text);
	if (!err)
		err = restore(r, text);
	nb_str_free(&s);
	free(text);
	return err;
}
