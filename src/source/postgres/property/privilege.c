/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/property/property.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define OF_DB "FROM pg_database d WHERE datname = :'db'"

static bool
is_grant(const struct nb_property *p)
{
	return !strcmp(p->what, "grant") || !strcmp(p->what, "owner_grant");
}

static bool
is_to_owner(const struct nb_property *p)
{
	return !strcmp(p->what, "owner_grant");
}

/* Privileges as in a new database: TEMPORARY and CONNECT for all, and
 * everything for the owner. */
static bool
is_usual(const struct nb_properties *list)
{
	size_t owners = 0, all = 0, others = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct nb_property *p = &list->at[i];

		if (!is_grant(p))
			continue;
		if (*p->value || *p->grantor || *p->role)
			others++;
		else if (is_to_owner(p))
			owners++;
		else
			*(!strcmp(p->name, "CREATE") ? &others : &all) += 1;
	}
	return owners == 3 && all == 2 && !others;
}

/* ---- one grant ---- */

/* As an expression. */
static void
add_grantee(struct nb_str *s, const struct nb_property *p, const char *owner)
{
	if (!is_to_owner(p) && !*p->role) {
		nb_str_add(s, "'PUBLIC'");
		return;
	}
	nb_str_add(s, "quote_ident(");
	if (!is_to_owner(p))
		nb_pg_add_text(s, p->role);
	else if (*p->grantor && owner)
		nb_pg_add_text(s, owner);
	else
		nb_str_add(s, "pg_get_userbyid(datdba)");
	nb_str_add(s, ")");
}

/* A superuser grants in the owner's name; any other grantor has to grant it
 * again. */
static void
add_grant(struct nb_str *s, const struct nb_property *p, const char *owner,
	  const char *condition)
{
	nb_str_add(s, "SELECT ");
	if (*p->grantor)
		nb_str_add(s, "format('SET ROLE %I', rolname), ");
	nb_str_add(s, "format('GRANT %s ON DATABASE %I TO %s%s', ");
	nb_pg_add_text(s, p->name);
	nb_str_add(s, ", datname, ");
	add_grantee(s, p, owner);
	nb_str_addf(s, ", '%s')", *p->value ? " WITH GRANT OPTION" : "");
	if (*p->grantor) {
		nb_str_add(s,
			   ", 'RESET ROLE'\n  FROM pg_database d JOIN pg_roles "
			   "ON rolname = ");
		nb_pg_add_text(s, p->grantor);
		nb_str_add(s, " WHERE datname = :'db'");
	} else {
		nb_str_add(s, "\n  " OF_DB);
	}
	nb_str_addf(s, "%s \\gexec\n", condition);
}

/* ---- their order ---- */

/* Can P be granted once all that are DONE have been? */
static bool
is_possible(const struct nb_properties *list, const bool *done,
	    const struct nb_property *p)
{
	bool possible = !*p->grantor;

	for (size_t i = 0; !possible && i < list->count; i++) {
		const struct nb_property *from = &list->at[i];

		possible = done[i] && *from->value
			&& !strcmp(from->role, p->grantor)
			&& !strcmp(from->name, p->name);
	}
	return possible;
}

/* A role must have a privilege before it can grant it to others. */
static void
add_grants(struct nb_str *s, const struct nb_properties *list,
	   const char *owner, const char *condition)
{
	bool *done = calloc(list->count + 1, sizeof *done);
	bool more = true;

	s->failed |= !done;
	while (done && more) {
		more = false;
		for (size_t i = 0; i < list->count; i++) {
			const struct nb_property *p = &list->at[i];

			if (done[i] || !is_grant(p)
			    || !is_possible(list, done, p))
				continue;
			add_grant(s, p, owner, condition);
			done[i] = more = true;
		}
	}
	free(done);
}

/* ---- all of them ---- */

static void
add_owner(struct nb_str *s, const char *owner, const char *condition)
{
	nb_str_add(s,
		   "SELECT format('ALTER DATABASE %I OWNER TO %I', datname, ");
	nb_pg_add_text(s, owner);
	nb_str_addf(s, ")\n  " OF_DB "%s \\gexec\n", condition);
}

/* Is the current owner among those who are named in LIST? */
static void
add_owner_is_named(struct nb_str *s, const struct nb_properties *list)
{
	nb_str_add(s, " AND pg_get_userbyid(datdba) IN (''");
	for (size_t i = 0; i < list->count; i++) {
		const struct nb_property *p = &list->at[i];

		if (!is_grant(p))
			continue;
		nb_str_add(s, ", ");
		nb_pg_add_text(s, p->role);
		nb_str_add(s, ", ");
		nb_pg_add_text(s, p->grantor);
	}
	nb_str_add(s, ")");
}

/*
 * ALTER DATABASE OWNER replaces the earlier owner by the new one in all
 * privileges.  So the owner is set last: until then, a member of the owner's
 * role could not grant in its own name, and the owner's own privileges could
 * not be granted by others who have them from the owner.  But a role that has
 * privileges of its own cannot take the owner's place meanwhile.
 */
void
nb_pg_add_privileges(struct nb_str *s, const struct nb_properties *list)
{
	const char *owner = nb_properties_get(list, "owner");
	const char *condition =
		is_usual(list) ? " AND d.datacl IS NOT NULL" : "";
	struct nb_str named = NB_STR_INIT;

	add_owner_is_named(&named, list);
	s->failed |= named.failed;
	if (owner && named.text)
		add_owner(s, owner, named.text);
	nb_str_free(&named);
	nb_str_addf(s,
		    "SELECT DISTINCT format('REVOKE ALL ON DATABASE %%I FROM "
		    "%%s CASCADE', datname,\n"
		    "  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE "
		    "quote_ident(pg_get_userbyid(grantee)) END)\n"
		    "  FROM pg_database d, aclexplode(coalesce(datacl, "
		    "acldefault('d', datdba)))\n"
		    "  WHERE datname = :'db'%s \\gexec\n",
		    condition);
	add_grants(s, list, owner, condition);
	if (owner)
		add_owner(s, owner, "");
}
