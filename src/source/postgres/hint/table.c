/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/hint/hint.h"

#define SUPERUSER "restore as a superuser, as with --run-as postgres"

#define BOTH(text)                                                   \
	{                                                            \
		[NB_PG_DUMPING] = (text), [NB_PG_RESTORING] = (text) \
	}
#define ONLY_RESTORE(text)                 \
	{                                  \
		[NB_PG_RESTORING] = (text) \
	}

/* The first one that matches counts. */
const struct nb_pg_cause nb_pg_causes[] = {
	/* ---- connecting ---- */
	{ .mark = "Peer authentication failed for user \"",
	  .remedy = { "run_as = \"%s\" in this block: the programs run as that "
		      "user of the system",
		      "--run-as %s: the programs run as that user of the "
		      "system" } },
	{ .mark = "no password supplied", .find = nb_pg_hint_password },
	{ .mark = "password authentication failed for user \"",
	  .find = nb_pg_hint_password },
	{ .mark = "pg_hba.conf entry for",
	  .remedy = BOTH("add a line for it to pg_hba.conf on the server, then "
			 "SELECT pg_reload_conf()") },
	{ .mark = "pg_hba.conf rejects connection",
	  .remedy = BOTH("change that line of pg_hba.conf on the server, then "
			 "SELECT pg_reload_conf()") },
	{ .mark = "FATAL:  role \"",
	  .also = "\" does not exist",
	  .remedy = { "run_as = \"postgres\" in this block, or user=NAME in "
		      "its conninfo, for a role that exists",
		      "--run-as postgres, or --conninfo user=NAME, for a role "
		      "that exists" } },
	{ .mark = "FATAL:  database \"",
	  .also = "\" does not exist",
	  .remedy = { "psql -l lists the databases; database = \"NAME\" in "
		      "this block, if it is not the name of the block; take "
		      "the block out if the database was dropped for good",
		      "createdb --maintenance-db=template1 %s" } },
	{ .mark = "FATAL:  database \"",
	  .also = "\" is not currently accepting connections",
	  .remedy = BOTH("in another database: ALTER DATABASE \"%s\" "
			 "ALLOW_CONNECTIONS true") },
	{ .mark = "FATAL:  permission denied for database \"",
	  .remedy = BOTH("GRANT CONNECT ON DATABASE \"%s\" to that user") },
	{ .mark = "too many connections for database \"",
	  .remedy = BOTH("ALTER DATABASE \"%s\" CONNECTION LIMIT -1, or try "
			 "again later") },
	{ .mark = "too many connections for role \"",
	  .remedy = BOTH("ALTER ROLE \"%s\" CONNECTION LIMIT -1, or try again "
			 "later") },
	{ .mark = "sorry, too many clients already",
	  .remedy = BOTH("try again later, or raise max_connections") },
	{ .mark = "remaining connection slots are reserved",
	  .remedy = BOTH("try again later, or raise max_connections") },
	{ .mark = "FATAL:  the database system is ",
	  .remedy = BOTH("try again when the server accepts connections") },
	{ .mark = "could not translate host name \"",
	  .remedy = BOTH("getent hosts %s must find it; or name another host "
			 "in conninfo") },
	{ .mark = "connection to server on socket \"",
	  .also = "accepting connections on that socket?",
	  .find = nb_pg_hint_socket },
	{ .mark = "accepting TCP/IP connections?",
	  .remedy = BOTH("start the server, or let it listen there: "
			 "listen_addresses and port in postgresql.conf") },

	/* ---- statements ---- */
	{ .mark = "row-level security policy for table \"",
	  .remedy = { "dump as a superuser or a role with BYPASSRLS",
		      "restore as a superuser or a role with BYPASSRLS" } },
	{ .mark = "extension control file \"", .find = nb_pg_hint_extension },
	{ .mark = "could not access file \"",
	  .remedy = ONLY_RESTORE("install the package with that library where "
				 "the server runs") },
	{ .mark = "could not create locale \"",
	  .remedy = ONLY_RESTORE("generate that locale where the server runs "
				 "(Debian: dpkg-reconfigure locales), restart "
				 "the server") },
	{ .mark = "directory \"",
	  .also = "\" does not exist",
	  .remedy = ONLY_RESTORE("where the server runs: mkdir -p \"%s\"; "
				 "chown postgres \"%s\"; or leave tablespaces "
				 "out: --no-tablespaces") },
	{ .mark = "could not set permissions on directory \"",
	  .remedy = ONLY_RESTORE("where the server runs: chown postgres "
				 "\"%s\"; or leave tablespaces out: "
				 "--no-tablespaces") },
	{ .mark = "role \"",
	  .also = "\" does not exist",
	  .remedy = { NULL,
		      "--with-globals restores the roles and tablespaces that "
		      "this server lacks",
		      "--with-globals restores the roles and tablespaces that "
		      "this server lacks; --no-owner, --no-privileges and "
		      "--no-tablespaces do without" } },
	{ .mark = "ablespace \"",
	  .also = "\" does not exist",
	  .remedy = { NULL,
		      "--with-globals restores the roles and tablespaces that "
		      "this server lacks",
		      "--with-globals restores the roles and tablespaces that "
		      "this server lacks; --no-owner, --no-privileges and "
		      "--no-tablespaces do without" } },
	{ .mark = "must be member of role \"",
	  .remedy = { NULL, SUPERUSER, SUPERUSER "; or --no-owner" } },
	{ .mark = "must be able to SET ROLE \"",
	  .remedy = { NULL, SUPERUSER, SUPERUSER "; or --no-owner" } },
	{ .mark = "permission denied",
	  .remedy = { "dump as a superuser", SUPERUSER } },
	{ .mark = "ust be superuser", .remedy = ONLY_RESTORE(SUPERUSER) },
	{ .mark = "ust be owner of ", .remedy = ONLY_RESTORE(SUPERUSER) },
};

const size_t nb_pg_cause_count = sizeof nb_pg_causes / sizeof *nb_pg_causes;
