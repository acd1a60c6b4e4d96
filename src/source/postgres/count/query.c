/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/count/query.h"

const char nb_pg_count_settings[] =
	/* A limit of the database is in force until then. */
	"SET statement_timeout TO 0;"
	"SET search_path TO pg_catalog;"
	"SET client_encoding TO 'SQL_ASCII';"
	"SET standard_conforming_strings TO on;"
	"SET row_security TO off;"
	"SET DateStyle TO ISO;"
	"SET IntervalStyle TO postgres;"
	"SET TimeZone TO 'UTC';"
	"SET lc_monetary TO 'C';"
	"SET bytea_output TO hex;"
	"SET extra_float_digits TO 1;"
	/* Those of them that the server has. */
	"SELECT set_config(name, CASE name WHEN 'jit' THEN 'off' ELSE '0' END,"
	" false) FROM pg_settings WHERE name IN ('statement_timeout',"
	" 'idle_in_transaction_session_timeout', 'transaction_timeout',"
	" 'idle_session_timeout', 'jit')";

#define USER_SCHEMA "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

#define NO_MEMBER                                                         \
	"NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.deptype = 'e' AND" \
	" d.classid = 'pg_class'::regclass AND d.objid = c.oid)"

#define TABLES(columns)                                                       \
	"SELECT n.nspname, c.relname, c.oid, c.relfilenode" columns " FROM"   \
	" pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE"     \
	" c.relkind = 'r' AND " USER_SCHEMA " AND " NO_MEMBER " AND"          \
	" (c.relpersistence = 'p' OR (c.relpersistence = 'u' AND NOT"         \
	" pg_is_in_recovery())) ORDER BY n.nspname COLLATE \"C\", c.relname " \
	"COLLATE \"C\""

const char *
nb_pg_tables_query(bool content)
{
	/* A restore may change the order of columns. */
	return content
		? TABLES(", (SELECT string_agg(quote_ident(a.attname), ', '"
			 " ORDER BY a.attname COLLATE \"C\") FROM pg_attribute"
			 " a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT"
			 " a.attisdropped AND a.attgenerated = '')")
		: TABLES("");
}

const char nb_pg_sequences_query[] =
	"SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON"
	" n.oid = c.relnamespace WHERE c.relkind = 'S' AND c.relpersistence ="
	" 'p' AND " USER_SCHEMA " AND " NO_MEMBER " ORDER BY n.nspname"
	" COLLATE \"C\", c.relname COLLATE \"C\"";

const char nb_pg_hashed_query[] =
	"WITH RECURSIVE up(leaf, above, level) AS (SELECT i.inhrelid,"
	" i.inhparent, 1 FROM pg_inherits i JOIN pg_class c ON c.oid ="
	" i.inhrelid WHERE c.relkind = 'r' UNION ALL SELECT up.leaf,"
	" i.inhparent, up.level + 1 FROM up JOIN pg_inherits i ON i.inhrelid ="
	" up.above) SELECT DISTINCT ON (up.leaf) n.nspname, c.relname,"
	" m.nspname, r.relname FROM up JOIN pg_partitioned_table p ON"
	" p.partrelid = up.above AND p.partstrat = 'h' JOIN pg_class c ON"
	" c.oid = up.leaf JOIN pg_namespace n ON n.oid = c.relnamespace JOIN"
	" pg_class r ON r.oid = up.above JOIN pg_namespace m ON m.oid ="
	" r.relnamespace ORDER BY up.leaf, up.level DESC";

/* A table without pages has no rows. */
const char nb_pg_missing_query[] =
	"SELECT n.nspname::text, c.relname::text, 'extension ' || e.extname"
	" FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid JOIN"
	" pg_class c ON c.oid = d.objid JOIN pg_namespace n ON n.oid ="
	" c.relnamespace WHERE d.deptype = 'e' AND d.refclassid ="
	" 'pg_extension'::regclass AND d.classid = 'pg_class'::regclass AND"
	" c.relkind = 'r' AND c.oid <> ALL (coalesce(e.extconfig, '{}')) AND"
	" pg_relation_size(c.oid) > 0"
	" UNION ALL SELECT n.nspname::text, c.relname::text, 'unlogged' FROM"
	" pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE"
	" c.relkind = 'r' AND c.relpersistence = 'u' AND pg_is_in_recovery()"
	" AND " USER_SCHEMA " AND " NO_MEMBER
	" UNION ALL SELECT '', gid, 'prepared' FROM pg_prepared_xacts WHERE"
	" database = current_database() ORDER BY 3, 1, 2";

const char nb_pg_rewritten_query[] =
	"SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON"
	" n.oid = c.relnamespace WHERE c.relkind = 'r' AND c.relpersistence <>"
	" 't' AND pg_relation_filenode(c.oid) <> c.relfilenode AND " USER_SCHEMA
	" AND (" NO_MEMBER " OR EXISTS (SELECT 1 FROM pg_extension e WHERE"
	" c.oid = ANY (e.extconfig))) ORDER BY n.nspname COLLATE \"C\","
	" c.relname COLLATE \"C\"";

const char nb_pg_extensions_query[] =
	"SELECT extname, extversion FROM pg_extension WHERE extname <>"
	" 'plpgsql' ORDER BY extname COLLATE \"C\"";

void
nb_pg_add_relation(struct nb_str *s, const char *schema, const char *name)
{
	nb_str_add_sql(s, schema, '"');
	nb_str_add(s, ".");
	nb_str_add_sql(s, name, '"');
}

void
nb_pg_add_row_query(struct nb_str *s, const char *schema, const char *name)
{
	nb_str_add(s, "SELECT 1 FROM ONLY ");
	nb_pg_add_relation(s, schema, name);
	nb_str_add(s, " LIMIT 1");
}

#define SUM_OF(text) \
	"coalesce(sum(('x' || left(md5(" text "), 16))::bit(64)::bigint), 0)"

void
nb_pg_add_table_query(struct nb_str *s, const char *schema, const char *name,
		      const char *oid, const char *columns)
{
	nb_str_add(s, "SELECT count(*), ");
	if (columns)
		nb_str_addf(s, SUM_OF("ROW(%s)::text"), columns);
	else
		nb_str_add(s, "NULL");
	nb_str_addf(s, ", pg_relation_filenode(%s) FROM ONLY ", oid);
	nb_pg_add_relation(s, schema, name);
}

const char *
nb_pg_large_query(bool content)
{
	/* Zeros at the end of a page may not be stored, nor may pages of
	 * zeros. */
	return content
		? "SELECT (SELECT count(*) FROM "
		  "pg_largeobject_metadata), " SUM_OF(
			  "loid || ':' || pageno || ':' || encode(data, 'hex')"
			  " || repeat('00', current_setting('block_size')::int"
			  " / 4 - length(data))") " FROM pg_largeobject WHERE"
						  " btrim(data, '\\x00') <> ''"
		: "SELECT count(*), NULL FROM pg_largeobject_metadata";
}
