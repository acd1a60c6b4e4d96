/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/property/property.h"

#include <stdlib.h>
#include <string.h>

static const char create_head[] =
	"-- Creates a database as it was when it was backed up, before its "
	"dump is\n"
	"-- loaded:\n"
	"--     psql -d postgres -v db=NAME -f THIS_FILE\n"
	"-- Each line of output is something that is not as it was.\n";

static const char settings_head[] =
	"-- Gives a database the settings that it had when it was backed up, "
	"after its\n"
	"-- dump was loaded:\n"
	"--     psql -d NAME -f THIS_FILE\n"
	"-- Each line of output is something that is not as it was.\n";

/* Bytes are not converted, whether they are those of the database or of another
 * one. */
static const char head[] = "\\set QUIET on\n"
			   "\\set ON_ERROR_STOP off\n"
			   "\\pset tuples_only on\n"
			   "\\pset format unaligned\n"
			   "SET client_encoding = 'SQL_ASCII';\n"
			   "SET standard_conforming_strings = on;\n"
			   "SET search_path = pg_catalog;\n";

static const char *
value(const struct nb_properties *list, const char *what, const char *usual)
{
	const char *found = nb_properties_get(list, what);

	return found ? found : usual;
}

static bool
is(const struct nb_property *p, const char *what)
{
	return !strcmp(p->what, what);
}

/* ---- a setting ---- */

/* These are recorded as a list of quoted names (pg_dump has the same list). */
static bool
is_name_list(const char *name)
{
	static const char *const lists[] = {
		"local_preload_libraries",   "search_path",
		"session_preload_libraries", "shared_preload_libraries",
		"temp_tablespaces",          "unix_socket_directories",
	};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (!strcasecmp(name, lists[i]))
			return true;
	return false;
}

/* One name of such a list, after *P, as a constant. */
static void
add_item(struct nb_str *s, const char **p)
{
	bool quoted = **p == '"';
	const char *end = quoted ? "\"" : ", ";
	struct nb_str item = NB_STR_INIT;

	for (*p += quoted; **p; ++*p) {
		if (quoted && **p == '"' && (*p)[1] == '"')
			++*p;
		else if (strchr(end, **p))
			break;
		nb_str_add_bytes(&item, *p, 1);
	}
	if (quoted && **p)
		++*p;
	nb_pg_add_text(s, item.text ? item.text : "");
	s->failed |= item.failed;
	nb_str_free(&item);
}

static void
add_name_list(struct nb_str *s, const char *text)
{
	const char *p = text + strspn(text, ", "), *comma = "";

	if (!*p)
		nb_str_add(s, "''");
	while (*p) {
		nb_str_add(s, comma);
		add_item(s, &p);
		p += strspn(p, ", ");
		comma = ", ";
	}
}

static void
add_setting(struct nb_str *s, const struct nb_property *p)
{
	if (*p->role) {
		nb_str_add(s, "ALTER ROLE ");
		nb_pg_add_name(s, p->role);
		nb_str_add(s, " IN DATABASE :\"db\" SET ");
	} else {
		nb_str_add(s, "ALTER DATABASE :\"db\" SET ");
	}
	nb_pg_add_name(s, p->name);
	nb_str_add(s, " TO ");
	if (is_name_list(p->name))
		add_name_list(s, p->value);
	else
		nb_pg_add_text(s, p->value);
	nb_str_add(s, ";\n");
}

/* ---- creating ---- */

#define MISSING "NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = :'db')"

/* Part of an expression: the options of CREATE DATABASE for the provider of the
 * locale.  Before version 15 there is only one. */
static void
add_provider(struct nb_str *s, const struct nb_properties *list)
{
	const char *provider = value(list, "provider", "libc");
	const char *rules = nb_properties_get(list, "icu_rules");
	bool icu = !strcmp(provider, "icu");

	if (!icu && strcmp(provider, "builtin")) {
		nb_str_add(s,
			   "\n  || CASE WHEN "
			   "current_setting('server_version_num')::int >= "
			   "150000 THEN ' LOCALE_PROVIDER libc' ELSE '' "
			   "END");
		return;
	}
	nb_str_addf(s, "\n  || ' LOCALE_PROVIDER %s %s ' || quote_literal(",
		    provider, icu ? "ICU_LOCALE" : "BUILTIN_LOCALE");
	nb_pg_add_text(s, value(list, "locale", ""));
	nb_str_add(s, ")");
	if (icu && rules) {
		nb_str_add(s, " || ' ICU_RULES ' || quote_literal(");
		nb_pg_add_text(s, rules);
		nb_str_add(s, ")");
	}
}

/* A statement that creates the database, unless an earlier one did.  LOCALE:
 * another one instead of its own; the provider is in LIST. */
static void
add_create(struct nb_str *s, const struct nb_properties *list,
	   const struct nb_properties *provider, const char *locale)
{
	const char *tablespace = value(list, "tablespace", "pg_default");

	nb_str_add(s,
		   "SELECT format('CREATE DATABASE %I TEMPLATE template0 "
		   "ENCODING %L LC_COLLATE %L LC_CTYPE %L',\n  :'db', ");
	nb_pg_add_text(s, value(list, "encoding", "UTF8"));
	nb_str_add(s, ", ");
	nb_pg_add_text(s, locale ? locale : value(list, "collate", "C"));
	nb_str_add(s, ", ");
	nb_pg_add_text(s, locale ? locale : value(list, "ctype", "C"));
	nb_str_add(s, ")");
	add_provider(s, provider);
	if (strcmp(tablespace, "pg_default")) {
		nb_str_add(s,
			   "\n  || coalesce((SELECT format(' TABLESPACE "
			   "%I', spcname) FROM pg_tablespace WHERE "
			   "spcname = ");
		nb_pg_add_text(s, tablespace);
		nb_str_add(s, "), '')");
	}
	nb_str_add(s, "\n  WHERE " MISSING " \\gexec\n");
}

static void
add_creates(struct nb_str *s, const struct nb_properties *list)
{
	static const struct nb_properties none;
	bool libc = !strcmp(value(list, "provider", "libc"), "libc");
	bool c = !strcmp(value(list, "collate", "C"), "C")
		&& !strcmp(value(list, "ctype", "C"), "C");

	add_create(s, list, list, NULL);
	/* A server may lack its locale: then another one is better than
	 * none. */
	if (!libc && !c)
		add_create(s, list, list, "C");
	if (!libc || !c)
		add_create(s, list, &none, "C");
}

static void
add_tablespace(struct nb_str *s, const char *tablespace)
{
	nb_str_add(s,
		   "SELECT format('ALTER DATABASE %I SET TABLESPACE "
		   "%I', datname, ");
	nb_pg_add_text(s, tablespace);
	nb_str_add(s,
		   ")\n  FROM pg_database d JOIN pg_tablespace t ON "
		   "t.oid = d.dattablespace\n  WHERE datname = "
		   ":'db' AND spcname <> ");
	nb_pg_add_text(s, tablespace);
	nb_str_add(s, " \\gexec\n");
}

/* Settings on which values may depend that are computed while the dump is
 * loaded: materialized views, generated columns, indexes, CHECKs. */
static bool
is_early(const char *name)
{
	static const char *const early[] = {
		"TimeZone",    "timezone_abbreviations",
		"DateStyle",   "IntervalStyle",
		"lc_monetary", "lc_numeric",
		"lc_time",     "default_text_search_config",
		"bytea_output"
	};

	for (size_t i = 0; i < sizeof early / sizeof *early; i++)
		if (!strcasecmp(name, early[i]))
			return true;
	return strchr(name, '.') != NULL;
}

static void
add_early_settings(struct nb_str *s, const struct nb_properties *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct nb_property *p = &list->at[i];

		if (is(p, "setting") && !*p->role && is_early(p->name))
			add_setting(s, p);
	}
}

enum nb_err
nb_pg_create_script(const struct nb_properties *list, char **text)
{
	const char *tablespace = nb_properties_get(list, "tablespace");
	struct nb_str s = NB_STR_INIT;

	nb_str_add(&s, create_head);
	nb_str_add(&s, head);
	nb_str_add(&s, "SELECT NOT " MISSING " AS existed \\gset\n");
	add_creates(&s, list);
	nb_str_add(&s,
		   "SELECT " MISSING " AS missing \\gset\n"
		   "\\if :missing\n"
		   "SELECT 'it was not created';\n"
		   "\\quit\n"
		   "\\endif\n"
		   "SELECT coalesce(string_agg(line, E'\\n'), '') AS "
		   "lines,\n  count(*) > 0 AND :'existed'::bool AS refused "
		   "FROM (\n");
	nb_pg_add_differences(&s, list, ":'db'", true);
	nb_str_add(&s,
		   ") x \\gset\n"
		   "SELECT :'lines' WHERE :'lines' <> '';\n"
		   "\\if :refused\n"
		   "\\quit\n"
		   "\\endif\n");
	if (tablespace)
		add_tablespace(&s, tablespace);
	nb_pg_add_privileges(&s, list);
	add_early_settings(&s, list);
	return nb_str_take(&s, text);
}

/* ---- settings ---- */

static void
add_comment(struct nb_str *s, const char *comment)
{
	nb_str_add(s, "COMMENT ON DATABASE :\"db\" IS ");
	if (comment)
		nb_pg_add_text(s, comment);
	else
		nb_str_add(s, "NULL");
	nb_str_add(s, ";\n");
}

static void
add_settings(struct nb_str *s, const struct nb_properties *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct nb_property *p = &list->at[i];

		if (is(p, "setting"))
			add_setting(s, p);
		if (!is(p, "label"))
			continue;
		nb_str_add(s, "SECURITY LABEL FOR ");
		nb_pg_add_name(s, p->name);
		nb_str_add(s, " ON DATABASE :\"db\" IS ");
		nb_pg_add_text(s, p->value);
		nb_str_add(s, ";\n");
	}
}

enum nb_err
nb_pg_settings_script(const struct nb_properties *list, char **text)
{
	struct nb_str s = NB_STR_INIT;

	nb_str_add(&s, settings_head);
	nb_str_add(&s, head);
	nb_str_add(&s,
		   "SELECT current_database() AS db \\gset\n"
		   "ALTER DATABASE :\"db\" RESET ALL;\n"
		   "SELECT format('ALTER ROLE %I IN DATABASE %I RESET ALL', "
		   "pg_get_userbyid(setrole), :'db')\n"
		   "  FROM pg_db_role_setting s JOIN pg_database d ON d.oid = "
		   "s.setdatabase\n"
		   "  WHERE datname = :'db' AND setrole <> 0 \\gexec\n");
	add_settings(&s, list);
	add_comment(&s, nb_properties_get(list, "comment"));
	nb_str_addf(&s,
		    "ALTER DATABASE :\"db\" CONNECTION LIMIT %ld;\n"
		    "ALTER DATABASE :\"db\" IS_TEMPLATE %s;\n",
		    strtol(value(list, "connection_limit", "-1"), NULL, 10),
		    strcmp(value(list, "template", "false"), "true") ? "false"
								     : "true");
	nb_pg_add_differences(&s, list, ":'db'", false);
	nb_str_add(&s, ";\n");
	return nb_str_take(&s, text);
}
