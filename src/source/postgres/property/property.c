/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/property/property.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is set when a database is created, and cannot be changed. */
#define FIXED \
	"'encoding', 'provider', 'collate', 'ctype', 'locale', 'icu_rules'"

/* Of the grants of one privilege by one role to another. */
#define GRANT_COLUMNS                                                    \
	"CASE a.grantee WHEN d.datdba THEN 13 ELSE 14 END,\n"            \
	"    CASE a.grantee WHEN d.datdba THEN 'owner_grant' ELSE\n"     \
	"    'grant' END, CASE a.grantee WHEN d.datdba THEN '' WHEN 0\n" \
	"    THEN '' ELSE pg_get_userbyid(a.grantee)::text END,\n"       \
	"    a.privilege_type, CASE WHEN bool_or(a.is_grantable) THEN\n" \
	"    'with grant option' ELSE '' END, CASE a.grantor WHEN\n"     \
	"    d.datdba THEN '' ELSE pg_get_userbyid(a.grantor)::text END"

#define EACH_GRANT "aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a"

/*
 * A column of "lacking" is only used if the server's pg_database does not have
 * it: names are looked up in the inner query first.  The owner has no name
 * among the privileges, neither as grantee nor as grantor, because a restore
 * may use another owner.
 */
static const char query[] =
	"SELECT d.datname, p.what, p.role, p.name, p.value, p.grantor\n"
	"FROM pg_database d\n"
	"CROSS JOIN (SELECT 'c'::\"char\" AS datlocprovider,\n"
	"    NULL::text AS datlocale, NULL::text AS daticulocale,\n"
	"    NULL::text AS daticurules) lacking\n"
	"CROSS JOIN LATERAL (SELECT v.*, '' FROM (VALUES\n"
	"    (1, 'encoding', '', '', pg_encoding_to_char(d.encoding)::text),\n"
	"    (2, 'provider', '', '', (SELECT CASE datlocprovider\n"
	"        WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END\n"
	"        FROM pg_database b WHERE b.oid = d.oid)),\n"
	"    (3, 'collate', '', '', d.datcollate::text),\n"
	"    (4, 'ctype', '', '', d.datctype::text),\n"
	"    (5, 'locale', '', '', (SELECT coalesce(datlocale, daticulocale)\n"
	"        FROM pg_database b WHERE b.oid = d.oid)),\n"
	"    (6, 'icu_rules', '', '', (SELECT daticurules\n"
	"        FROM pg_database b WHERE b.oid = d.oid)),\n"
	"    (7, 'tablespace', '', '', (SELECT t.spcname::text\n"
	"        FROM pg_tablespace t WHERE t.oid = d.dattablespace)),\n"
	"    (8, 'owner', '', '', pg_get_userbyid(d.datdba)::text),\n"
	"    (9, 'connection_limit', '', '', d.datconnlimit::text),\n"
	"    (10, 'template', '', '', d.datistemplate::text),\n"
	"    (11, 'comment', '', '',\n"
	"        shobj_description(d.oid, 'pg_database'))) v\n"
	"  UNION ALL SELECT 12, 'label', '', l.provider, l.label, ''\n"
	"    FROM pg_shseclabel l WHERE l.objoid = d.oid\n"
	"    AND l.classoid = 'pg_database'::regclass\n"
	"  UNION ALL SELECT " GRANT_COLUMNS " FROM " EACH_GRANT "\n"
	"    GROUP BY a.grantee, a.privilege_type, a.grantor\n"
	"  UNION ALL SELECT 15, 'setting', CASE s.setrole WHEN 0 THEN ''\n"
	"    ELSE pg_get_userbyid(s.setrole)::text END, '', c.line, ''\n"
	"    FROM pg_db_role_setting s, unnest(s.setconfig) c(line)\n"
	"    WHERE s.setdatabase = d.oid\n"
	"  ) p(n, what, role, name, value, grantor)\n"
	"WHERE p.value IS NOT NULL AND ";

void
nb_pg_add_property_query(struct nb_str *s, const char *condition)
{
	nb_str_add(s, query);
	nb_str_add(s, condition);
	nb_str_add(s,
		   "\nORDER BY d.datname, p.n, p.role COLLATE \"C\",\n"
		   "    p.name COLLATE \"C\", p.value COLLATE \"C\",\n"
		   "    p.grantor COLLATE \"C\"");
}

enum nb_err
nb_pg_take_property(const char *const row[5], struct nb_properties *list)
{
	const char *value = row[3], *equals = strchr(value, '=');
	struct nb_property p = { .what = (char *)(uintptr_t)row[0],
				 .role = (char *)(uintptr_t)row[1],
				 .name = (char *)(uintptr_t)row[2],
				 .value = (char *)(uintptr_t)value,
				 .grantor = (char *)(uintptr_t)row[4] };
	char *name = NULL;
	enum nb_err err = NB_OK;

	if (!strcmp(p.what, "setting") && equals) {
		err = nb_str_format(&name, "%.*s", (int)(equals - value),
				    value);
		p.name = name;
		p.value = (char *)(uintptr_t)equals + 1;
	}
	if (!err)
		err = nb_properties_add(list, &p);
	free(name);
	return err;
}

void
nb_pg_add_text(struct nb_str *s, const char *text)
{
	nb_str_add_sql(s, text, '\'');
}

void
nb_pg_add_name(struct nb_str *s, const char *name)
{
	nb_str_add_sql(s, name, '"');
}

/* ---- differences ---- */

/* A grant or a setting exists or not; everything else has a value.  Names of
 * locales are compared so that "de_DE.UTF-8" and "de_DE.utf8" are equal. */
#define PRIVILEGE                                           \
	"'privilege ' || name || CASE coalesce(was, has)\n" \
	"    WHEN '' THEN '' ELSE ' ' || coalesce(was, has) END || ' of ' "
#define BY "CASE grantor WHEN '' THEN '' ELSE ' granted by ' || grantor END"
static const char differences[] =
	"), pair AS (SELECT what, role, name, grantor, w.value AS was,\n"
	"  n.value AS has\n"
	"  FROM (SELECT *, CASE WHEN what ~ 'grant|setting' THEN value\n"
	"    ELSE '' END AS key FROM was) w\n"
	"  FULL JOIN (SELECT *, CASE WHEN what ~ 'grant|setting' THEN value\n"
	"    ELSE '' END AS key FROM now) n\n"
	"  USING (what, role, name, key, grantor))\n"
	"SELECT left(regexp_replace(CASE what\n"
	"  WHEN 'setting' THEN 'setting ' || coalesce(was, has) ||\n"
	"    CASE role WHEN '' THEN '' ELSE ' of role ' || role END\n"
	"  WHEN 'label' THEN 'security label of ' || name\n"
	"  WHEN 'grant' THEN " PRIVILEGE " || CASE role WHEN '' THEN\n"
	"    'PUBLIC' ELSE role END || " BY "\n"
	"  WHEN 'owner_grant' THEN " PRIVILEGE " || 'the owner' || " BY "\n"
	"  ELSE replace(what, '_', ' ') END || CASE\n"
	"  WHEN what !~ 'grant|setting' THEN\n"
	"    ' is ' || coalesce(has, 'none') || ', was ' || coalesce(was, "
	"'none')\n"
	"  WHEN has IS NULL THEN ' is missing' ELSE ' is new' END,\n"
	"  '[[:cntrl:]]+', ' ', 'g'), 500) AS line\n"
	"FROM pair WHERE CASE WHEN what IN ('collate', 'ctype', 'locale') "
	"THEN\n"
	"  translate(lower(was), '-_', '') IS DISTINCT FROM\n"
	"  translate(lower(has), '-_', '')\n"
	"  ELSE was IS DISTINCT FROM has END\n"
	"ORDER BY what, role, name, line";

static bool
is_fixed(const char *what)
{
	char quoted[32];
	int n = snprintf(quoted, sizeof quoted, "'%s'", what);

	return n < (int)sizeof quoted && strstr(FIXED, quoted);
}

void
nb_pg_add_differences(struct nb_str *s, const struct nb_properties *list,
		      const char *database, bool fixed)
{
	struct nb_str where = NB_STR_INIT;
	const char *comma = "";

	nb_str_add(
		s,
		"WITH was(what, role, name, value, grantor) AS (SELECT * FROM "
		"(VALUES\n");
	for (size_t i = 0; i < list->count; i++) {
		const struct nb_property *p = &list->at[i];
		bool setting = !strcmp(p->what, "setting");

		/* A comment may be invalid in the encoding of another
		 * database. */
		if (fixed && !is_fixed(p->what))
			continue;
		nb_str_addf(s, "%s(", comma);
		nb_pg_add_text(s, p->what);
		nb_str_add(s, ", ");
		nb_pg_add_text(s, p->role);
		nb_str_add(s, ", ");
		nb_pg_add_text(s, setting ? "" : p->name);
		nb_str_add(s, ", ");
		if (setting) {
			nb_pg_add_text(s, p->name);
			nb_str_add(s, " || '=' || ");
		}
		nb_pg_add_text(s, p->value);
		nb_str_add(s, ", ");
		nb_pg_add_text(s, p->grantor);
		nb_str_add(s, ")");
		comma = ",\n";
	}
	nb_str_add(s, ") v), now AS (\n");
	nb_str_addf(&where, "d.datname = %s%s", database,
		    fixed ? " AND p.what IN (" FIXED ")" : "");
	nb_pg_add_property_query(s, where.text ? where.text : "");
	s->failed |= where.failed;
	nb_str_free(&where);
	nb_str_add(s, differences);
}
