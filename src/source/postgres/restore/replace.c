/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replaces a database: the new one is restored under another name, and both are
 * renamed in one transaction, so that a database with the name exists at any
 * time.
 */
#include "source/postgres/restore/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "source/postgres/subscription.h"

#define SESSIONS_MAX 5 /* maximum number in a message */
#define TRIES \
	5           /* attempts of the exchange, if sessions are ended for
			  it */
#define SAME_MAX 99 /* names to try within one second */

struct replacing {
	struct nb_pg_restoring *r;
	const char *name;                /* of the database */
	char beside[NB_PG_NAME_MAX + 1]; /* temporary name of the new one */
	char kept[NB_PG_NAME_MAX + 1];   /* name of the old one afterwards */
};

/* A database cannot be renamed by a session in it. */
static const char *
other_database(const struct replacing *p)
{
	return strcmp(p->name, "postgres") ? "postgres" : "template1";
}

static enum nb_err
choose_name(const struct replacing *p, const char *word,
	    char out[NB_PG_NAME_MAX + 1])
{
	char date[NB_CLOCK_TEXT], suffix[NB_CLOCK_TEXT + 32];
	bool taken = true;
	enum nb_err err = NB_OK;

	nb_clock_compact(nb_clock_date(), date);
	for (int i = 1; !err && taken && i <= SAME_MAX; i++) {
		snprintf(suffix, sizeof suffix, i > 1 ? "_%s_%s_%d" : "_%s_%s",
			 word, date, i);
		nb_pg_name_with(p->name, suffix, out);
		err = nb_pg_exists(p->r, out, &taken);
	}
	return err || !taken
		? err
		: nb_fail(NB_EFAIL, "%s: no free name for another database",
			  p->name);
}

/* ---- connected sessions ---- */

/* Sessions in the database; background workers end by themselves. */
#define SESSIONS                                                         \
	"pg_catalog.pg_stat_activity where datname = %s and pid <> "     \
	"pg_catalog.pg_backend_pid() and backend_type is distinct from " \
	"'autovacuum worker'"

/* Runs SQL, with two names in it, and with the database's name as a literal for
 * both. */
static enum nb_err
make_sessions_query(const struct replacing *p, char **sql)
{
	char *literal = NULL;
	enum nb_err err = nb_pg_quote(p->name, '\'', &literal);

	if (!err)
		err = nb_str_format(
			sql,
			"set standard_conforming_strings = on; select "
			"'session ' || coalesce(usename::text, '?') || case "
			"application_name when '' then '' else ' (' || "
			"application_name || ')' end || coalesce(' from ' || "
			"pg_catalog.host(client_addr), '') from " SESSIONS
			" union all select 'prepared transaction ' || gid from "
			"pg_catalog.pg_prepared_xacts where database = %s",
			literal, literal);
	free(literal);
	return err;
}

/* The first lines of ANSWER, joined, and their number. */
static size_t
join_lines(const char *answer, struct nb_str *out)
{
	size_t count = 0;

	while (*answer) {
		size_t n = strcspn(answer, "\n");

		if (n && count++ < SESSIONS_MAX) {
			nb_str_add(out, count > 1 ? ", " : "");
			nb_str_add_bytes(out, answer, n);
		}
		answer += n + (answer[n] == '\n');
	}
	if (count > SESSIONS_MAX)
		nb_str_addf(out, " and %zu more", count - SESSIONS_MAX);
	return count;
}

/* NB_EWRONG, logged: there are sessions. */
static enum nb_err
check_sessions(const struct replacing *p)
{
	bool ended = p->r->what->load->disconnect;
	struct nb_str who = NB_STR_INIT;
	char *sql = NULL, *answer = NULL;
	enum nb_err err = make_sessions_query(p, &sql);

	if (!err)
		err = nb_pg_client_ask(&p->r->client, other_database(p), sql,
				       &answer);
	if (!err && join_lines(answer, &who))
		err = nb_fail(NB_EWRONG,
			      "%s: the database is in use and cannot be "
			      "replaced: %s\nhint: %s",
			      p->name, who.text ? who.text : "",
			      ended || !strstr(answer, "session ")
				      ? "end them"
				      : "end them, or use --disconnect");
	nb_str_free(&who);
	free(sql);
	free(answer);
	return err;
}

/* What of logical replication would stay with the old database. */
static enum nb_err
check_replication(const struct replacing *p)
{
	const struct nb_pg_client *client = &p->r->client;
	const char *via = other_database(p);
	enum nb_err err = nb_pg_subscriptions_check(client, via, p->name);

	return err ? err : nb_pg_slots_check(client, via, p->name);
}

/* ---- the exchange ---- */

/* New sessions wait for the first rename, until the end of the transaction. */
static enum nb_err
make_exchange(const struct replacing *p, char **sql)
{
	const char *const names[] = { p->name, p->kept, p->beside };
	char *quoted[3] = { NULL }, *literal = NULL;
	struct nb_str s = NB_STR_INIT;
	enum nb_err err = nb_pg_quote(p->name, '\'', &literal);

	for (int i = 0; !err && i < 3; i++)
		err = nb_pg_quote(names[i], '"', &quoted[i]);
	nb_str_add(&s,
		   "begin; set local lock_timeout = '30s'; set local "
		   "standard_conforming_strings = on; ");
	if (!err && p->r->what->load->disconnect)
		nb_str_addf(&s,
			    "select count(pg_catalog.pg_terminate_backend("
			    "pid)) from " SESSIONS "; ",
			    literal);
	if (!err)
		nb_str_addf(&s,
			    "alter database %s rename to %s; alter database "
			    "%s rename to %s; commit",
			    quoted[0], quoted[1], quoted[2], quoted[0]);
	free(literal);
	for (int i = 0; i < 3; i++)
		free(quoted[i]);
	if (!err)
		return nb_str_take(&s, sql);
	nb_str_free(&s);
	return err;
}

/* Sessions that were ended may connect again before the first rename. */
static enum nb_err
exchange(const struct replacing *p)
{
	int tries = p->r->what->load->disconnect ? TRIES : 1;
	char *sql = NULL;
	bool done = false;
	enum nb_err err = check_replication(p);

	if (!err)
		err = make_exchange(p, &sql);
	if (!err && tries == 1)
		err = check_sessions(p);
	for (int i = 1; !err && !done && i <= tries; i++) {
		char *output = NULL;

		err = nb_pg_client_run(&p->r->client, other_database(p), sql,
				       true, &done, i < tries ? &output : NULL);
		free(output);
	}
	free(sql);
	if (!err && !done)
		err = check_sessions(p);
	return err || done ? err : NB_EFAIL;
}

/* ---- replacing ---- */

static void
remove_beside(const struct replacing *p)
{
	bool done = true;

	if (!p->r->what->load->keep)
		nb_pg_drop(p->r, p->beside, &done);
	if (p->r->what->load->keep || !done)
		nb_log(NB_WARNING,
		       "%s: was restored to replace %s, and was not removed",
		       p->beside, p->name);
}

static enum nb_err
restore_beside(const struct replacing *p)
{
	struct nb_source_restore what = *p->r->what;
	struct nb_pg_restoring beside = *p->r;
	enum nb_err err;

	what.into = p->beside;
	what.loaded = NULL;
	what.kept = NULL;
	beside.what = &what;
	beside.replaces = p->name;
	err = nb_pg_restore_database(&beside);
	if (err && beside.loaded)
		remove_beside(p);
	return err;
}

/* NB_EWRONG, logged: it should have been dropped, but still exists. */
static enum nb_err
tell_kept(const struct replacing *p)
{
	bool done = false;
	char *removal = NULL;
	enum nb_err err;

	if (p->r->what->load->drop_old) {
		err = nb_pg_drop(p->r, p->kept, &done);
		if (!err && done)
			return NB_OK;
	}
	if (p->r->what->kept)
		memcpy(p->r->what->kept, p->kept, sizeof p->kept);
	err = nb_pg_removal(&p->r->client, other_database(p), p->kept,
			    &removal);
	if (!err && p->r->what->load->drop_old)
		err = nb_fail(NB_EWRONG,
			      "%s: was replaced, but the old database could "
			      "not be dropped\nhint: %s",
			      p->name, removal);
	else if (!err)
		nb_log(NB_NOTE,
		       "%s: was replaced; the old database is now %s\n"
		       "hint: to remove it: %s",
		       p->name, p->kept, removal);
	free(removal);
	return err;
}

static enum nb_err
replace(struct replacing *p)
{
	/* Fails now rather than after hours. */
	enum nb_err err = check_replication(p);

	if (!err && !p->r->what->load->disconnect)
		err = check_sessions(p);
	if (!err)
		err = choose_name(p, NB_PG_BESIDE, p->beside);
	if (!err)
		err = restore_beside(p);
	if (err)
		return err;
	err = choose_name(p, "before", p->kept);
	if (!err)
		err = exchange(p);
	if (err) {
		remove_beside(p);
		return err;
	}
	p->r->loaded = true;
	if (p->r->what->loaded)
		*p->r->what->loaded = true;
	return tell_kept(p);
}

enum nb_err
nb_pg_replace(struct nb_pg_restoring *r)
{
	struct replacing p = { .r = r, .name = r->what->into };
	bool exists = false;
	enum nb_err err;

	if (!strcmp(p.name, "template0") || !strcmp(p.name, "template1"))
		return nb_fail(
			NB_EUSAGE,
			"%s: the server needs it as it is, and it cannot "
			"be replaced\n"
			"hint: restore into another database",
			p.name);
	err = nb_pg_exists(r, r->what->into, &exists);

	if (err)
		return err;
	if (!exists)
		return nb_pg_restore_database(r);
	err = replace(&p);
	if (err && !r->loaded)
		nb_log(NB_NOTE, "%s: the database was not changed", p.name);
	return err;
}
