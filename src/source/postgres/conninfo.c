/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/str.h"
#include "base/user.h"
#include "source/postgres/count/connect.h"
#include "source/postgres/postgres.h"

/* MESSAGE, which the caller frees with PQfreemem, explains why it is not a
 * connection string; NULL: out of memory. */
static PQconninfoOption *
parse_text(const char *text, char **message)
{
	*message = NULL;
	return PQconninfoParse(text ? text : "", message);
}

static enum nb_err
parse(const struct nb_config_source *source, PQconninfoOption **options)
{
	char *message = NULL;
	enum nb_err err;

	*options = parse_text(nb_pg_options(source)->conninfo, &message);
	if (*options)
		return NB_OK;
	if (!message)
		return nb_fail_memory();
	err = nb_fail(NB_ECONFIG, "postgres %s: conninfo: %.*s", source->name,
		      (int)strcspn(message, "\n"), message);
	PQfreemem(message);
	return err;
}

static const char *
option(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword; options++)
		if (!strcmp(options->keyword, keyword))
			return options->val;
	return NULL;
}

void
nb_pg_add_value(struct nb_str *s, const char *value)
{
	nb_str_add(s, "'");
	for (const char *p = value; *p; p++) {
		if (*p == '\'' || *p == '\\')
			nb_str_add(s, "\\");
		nb_str_add_bytes(s, p, 1);
	}
	nb_str_add(s, "'");
}

static void
add_option(struct nb_str *s, const char *keyword, const char *value)
{
	nb_str_addf(s, "%s%s=", s->length ? " " : "", keyword);
	nb_pg_add_value(s, value);
}

/* Is it in the string as it was given? */
static bool
is_taken(const PQconninfoOption *o, const char *database)
{
	return o->val && strcmp(o->keyword, "password") != 0
		&& strcmp(o->keyword, "options") != 0
		&& !(database && !strcmp(o->keyword, "dbname"));
}

/* FIRST, then THEIRS, which therefore take precedence.  Options in the string
 * replace those in the environment. */
static enum nb_err
join_options(const char *first, const char *theirs, struct nb_str *s,
	     char **variable)
{
	const char *set = getenv("PGOPTIONS");
	struct nb_str both = NB_STR_INIT;

	if (!theirs)
		return *first ? nb_str_format(variable, "PGOPTIONS=%s %s",
					      first, set ? set : "")
			      : NB_OK;
	nb_str_addf(&both, "%s%s%s", first, *first ? " " : "", theirs);
	if (!both.failed)
		add_option(s, "options", both.text);
	s->failed |= both.failed;
	nb_str_free(&both);
	return NB_OK;
}

static enum nb_err
take_options(const PQconninfoOption *options, const char *database,
	     const char *first, struct nb_pg_conninfo *out)
{
	struct nb_pg_conninfo made = { .text = NULL };
	const char *password = option(options, "password");
	struct nb_str s = NB_STR_INIT;
	size_t n = 0;
	enum nb_err err, taken;

	for (const PQconninfoOption *o = options; o->keyword; o++)
		if (is_taken(o, database))
			add_option(&s, o->keyword, o->val);
	if (database)
		add_option(&s, "dbname", database);
	err = join_options(first ? first : NB_PG_UNLIMITED,
			   option(options, "options"), &s, &made.options);
	taken = nb_str_take(&s, &made.text);
	err = err ? err : taken;
	if (!err && password)
		err = nb_str_format(&made.password, "PGPASSWORD=%s", password);
	if (made.password)
		made.environ_add[n++] = made.password;
	made.environ_add[n] = made.options;
	if (err)
		nb_pg_conninfo_clear(&made);
	else
		*out = made;
	return err;
}

static enum nb_err
describe_server(const PQconninfoOption *options, char **out)
{
	const char *host = option(options, "host");
	const char *port = option(options, "port");
	const char *service = option(options, "service");

	if (!host)
		host = option(options, "hostaddr");
	if (!host && service)
		return nb_str_format(out, "service %s", service);
	return nb_str_format(out, "%s%s%s", host && *host ? host : "this host",
			     port ? ", port " : "", port ? port : "");
}

enum nb_err
nb_pg_conninfo_server(const struct nb_config_source *source, char **out)
{
	PQconninfoOption *options = NULL;
	enum nb_err err = parse(source, &options);

	if (!err)
		err = describe_server(options, out);
	PQconninfoFree(options);
	return err;
}

enum nb_err
nb_pg_conninfo(const struct nb_config_source *source, const char *database,
	       struct nb_pg_conninfo *out)
{
	PQconninfoOption *options = NULL;
	enum nb_err err = parse(source, &options);

	if (!err)
		err = take_options(options, database, NULL, out);
	PQconninfoFree(options);
	return err;
}

enum nb_err
nb_pg_conninfo_given(const char *text, const char *database, const char *first,
		     struct nb_pg_conninfo *out)
{
	char *message = NULL;
	PQconninfoOption *options = parse_text(text, &message);
	enum nb_err err;

	if (options)
		err = take_options(options, database, first, out);
	else if (message)
		err = nb_fail(NB_EUSAGE, "restore: --conninfo: %.*s",
			      (int)strcspn(message, "\n"), message);
	else
		err = nb_fail_memory();
	PQfreemem(message);
	PQconninfoFree(options);
	return err;
}

void
nb_pg_conninfo_plain(struct nb_pg_conninfo *conninfo)
{
	conninfo->environ_add[conninfo->password ? 1 : 0] = NULL;
}

void
nb_pg_conninfo_clear(struct nb_pg_conninfo *conninfo)
{
	free(conninfo->text);
	free(conninfo->options);
	free(conninfo->password);
	*conninfo = (struct nb_pg_conninfo){ .text = NULL };
}

/* The password file that libpq will use, as run_as. */
static enum nb_err
find_passfile(const struct nb_config_source *source, char **path)
{
	PQconninfoOption *options = NULL;
	const char *chosen, *home = getenv("HOME");
	struct nb_user user = { .name = NULL };
	enum nb_err err = parse(source, &options);

	if (err)
		return err;
	chosen = option(options, "passfile");
	if (!chosen)
		chosen = getenv("PGPASSFILE");
	if (chosen && *chosen) {
		err = nb_str_dup(chosen, path);
	} else if (nb_pg_options(source)->run_as || !home || !*home) {
		err = nb_user_find(NULL, nb_pg_options(source)->run_as, &user);
		if (!err)
			err = nb_str_format(path, "%s/.pgpass", user.home);
		nb_user_free(&user);
	} else {
		err = nb_str_format(path, "%s/.pgpass", home);
	}
	PQconninfoFree(options);
	return err;
}

enum nb_err
nb_pg_warn_passfile(const struct nb_config_source *source)
{
	char *path = NULL;
	struct stat st;
	enum nb_err err = find_passfile(source, &path);

	if (err)
		return err;
	if (!stat(path, &st) && st.st_mode & 077)
		nb_log(NB_WARNING,
		       "%s: accessible by others (mode %04o), so libpq ignores "
		       "it\nhint: chmod 0600 %s",
		       path, (unsigned int)st.st_mode & 07777, path);
	free(path);
	return NB_OK;
}

enum nb_err
nb_pg_check_user(const struct nb_config_source *source)
{
	struct nb_user user = { .name = NULL };
	char of[256];
	enum nb_err err;

	snprintf(of, sizeof of, "postgres %s", source->name);
	err = nb_user_find(of, nb_pg_options(source)->run_as, &user);
	if (!err && !nb_user_allowed(&user))
		err = nb_fail(NB_ESOURCE,
			      "%s: only root can become %s\n"
			      "hint: start nightburn as root or as %s",
			      of, user.name, user.name);
	nb_user_free(&user);
	return err;
}
