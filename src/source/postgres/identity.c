/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/record/holding.h"
#include "source/postgres/postgres.h"

#define DIGITS 20 /* of the largest one */

static bool
is_identifier(const char *text)
{
	size_t n = text ? strlen(text) : 0;

	return n && n <= DIGITS && strspn(text, "0123456789") == n;
}

static enum nb_err
identify_cluster(const char *system, struct nb_properties *identity)
{
	char *value = NULL;
	enum nb_err err = nb_str_format(&value, "system identifier %s", system);

	if (!err)
		err = nb_identity_add(identity, NB_IDENTITY_CLUSTER, "", value);
	free(value);
	return err;
}

static enum nb_err
identify_server(const struct nb_config_source *source,
		struct nb_properties *identity)
{
	const char *through = nb_pg_options(source)->remote.host;
	char *server = NULL, *value = NULL;
	enum nb_err err = nb_pg_conninfo_server(source, &server);

	if (!err)
		err = nb_str_format(&value, "%s%s%s", server,
				    through ? " on " : "",
				    through ? through : "");
	if (!err)
		err = nb_identity_add(identity, NB_IDENTITY_SERVER, "", value);
	free(server);
	free(value);
	return err;
}

enum nb_err
nb_pg_identify(const struct nb_config_source *source,
	       const struct nb_pg_server *server,
	       struct nb_manifest_source *record)
{
	enum nb_err err = nb_identity_add(
		&record->identity, NB_IDENTITY_DATABASE, "", record->database);

	if (err)
		return err;
	err = is_identifier(server->system)
		? identify_cluster(server->system, &record->identity)
		: identify_server(source, &record->identity);
	return err ? err : nb_pg_note_behind(source, server, record);
}
